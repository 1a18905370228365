import { findReferences } from '../../interpolate.ts';
import type { AnsibleValue } from './tree.ts';

/** What a variable of Ansible is to hsctl. */
export type Meaning =
	/** A value for scripts and references. */
	| { readonly kind: 'variable'; readonly text: string; readonly warning?: LeftOut }
	/** One of the words that say how a host is reached. */
	| { readonly kind: 'connection'; readonly name: ConnectionVariable; readonly text: string }
	| ({ readonly kind: 'left_out' } & LeftOut);

/** Clauses: what becomes of it and why; what to do. */
export interface LeftOut {
	readonly reason: string;
	readonly cure?: string;
	readonly isHarmless?: boolean;
}

/** The names that have a place in an inventory of hsctl, older spellings put into today's. */
export const connectionVariables = [
	'host',
	'port',
	'user',
	'connection',
	'become',
	'become_method',
	'become_user',
] as const;

export type ConnectionVariable = (typeof connectionVariables)[number];

/** Of two spellings the older one wins where both are given, as it does for Ansible. */
export const spellings: Readonly<Record<ConnectionVariable, readonly string[]>> = {
	host: ['ansible_ssh_host', 'ansible_host'],
	port: ['ansible_ssh_port', 'ansible_port'],
	user: ['ansible_ssh_user', 'ansible_user'],
	connection: ['ansible_connection'],
	become: ['ansible_become'],
	become_method: ['ansible_become_method'],
	become_user: ['ansible_become_user'],
};

const bySpelling = new Map(connectionVariables.flatMap(name => spellings[name].map(word => [word, name] as const)));

/** What to make of one definition; names are looked at elsewhere. */
export function meaningOf(name: string, value: AnsibleValue): Meaning {
	const special = /^ansible_/.test(name) && !bySpelling.has(name) ? ofAnsible(name) : undefined;
	if (special !== undefined) return { kind: 'left_out', ...special };
	const variable = bySpelling.get(name);
	if (variable !== undefined && value.kind === 'none')
		return { kind: 'left_out', reason: 'is left out: it has no value', isHarmless: true };
	const plain = plainText(value);
	if (plain.kind === 'left_out') return plain;
	if (variable === undefined) return { kind: 'variable', text: plain.text, ...warningFor(name, plain.text) };
	const wrong = checks[variable]?.(plain.text);
	return wrong === undefined
		? { kind: 'connection', name: variable, text: plain.text }
		: { kind: 'left_out', reason: `is left out: ${wrong}`, cure: 'correct it, or write the value into the inventory' };
}

const toSecrets = 'keep it under `secrets` of the playbook (docs/language.md)';

type Plain = { readonly kind: 'text'; readonly text: string } | ({ readonly kind: 'left_out' } & LeftOut);

const leftOut = (because: string, cure: string): Plain => ({
	kind: 'left_out',
	reason: `is left out: ${because}`,
	cure,
});

function plainText(value: AnsibleValue): Plain {
	switch (value.kind) {
		case 'none':
			return { kind: 'text', text: '' };
		case 'list':
		case 'map':
			return leftOut(`it is a ${value.kind}, and values here are text`, 'write what scripts need of it as text');
		case 'encrypted':
			return leftOut('it is encrypted with ansible-vault', toSecrets);
		case 'tagged':
			return leftOut(`its tag \`${value.tag.slice(0, 40)}\` means something to Ansible only`, 'write the value out');
		case 'text':
			return textProblem(value.text, value.isUnsafe) ?? value;
	}
}

/** As much as the schema takes. */
const longest = 65_536;

// What cannot stand in YAML, in an environment, or before a person without deceiving one of them.
const strange =
	/[\u0000-\u0008\u000b\u000c\u000e-\u001f\u007f-\u009f\u202a-\u202e\u2066-\u2069\ufeff\ufffe\uffff]|[\ud800-\udfff]/u;

function textProblem(text: string, isUnsafe: boolean): Plain | undefined {
	if (!isUnsafe && /\{[{%#]/.test(text))
		return leftOut(
			'it is a template, and here nothing fills one in',
			'write the value out, or work it out in the script',
		);
	if (text.length > longest) return leftOut(`it is longer than ${longest} characters`, 'bring it along as a file');
	if (strange.test(text)) return leftOut('it holds control characters', 'bring it along as a file');
	const [reference] = findReferences(text).references;
	if (reference !== undefined)
		return leftOut(`\`${reference.text}\` in it means something to hsctl`, 'write it in another way');
	return undefined;
}

function warningFor(name: string, text: string): { readonly warning?: LeftOut } {
	if (text === '' || !/(?:^|_)(?:password|passwd|passphrase|secret|token|api_?key|private_key)$/i.test(name)) return {};
	return {
		warning: { reason: 'is copied as it is, and looks like a secret: plans and the history show it', cure: toSecrets },
	};
}

const checks: { readonly [Name in ConnectionVariable]?: (text: string) => string | undefined } = {
	host: text =>
		/^[A-Za-z0-9_:[][A-Za-z0-9._:%[\]-]{0,254}$/.test(text) ? undefined : 'it is no name and no IP address',
	port: text =>
		/^[0-9]{1,5}$/.test(text) && Number(text) >= 1 && Number(text) <= 65_535 ? undefined : 'it is no number of a port',
	user: text => (/^[A-Za-z0-9_][A-Za-z0-9._@\\-]{0,63}[$]?$/.test(text) ? undefined : 'it is no name of a user'),
	become: text => (truth(text) === undefined ? 'it is neither yes nor no' : undefined),
	become_method: text =>
		becomeMethod(text) === undefined
			? `\`${text.slice(0, 40)}\` is a way to become root that hsctl does not know`
			: undefined,
	become_user: text => (text === 'root' ? undefined : 'hsctl becomes root only, so `become` is left out with it'),
};

/** Ansible's words for yes and no. */
export function truth(text: string): boolean | undefined {
	if (/^(?:y|yes|on|1|1\.0|true|t)$/i.test(text)) return true;
	return /^(?:n|no|off|0|0\.0|false|f)$/i.test(text) ? false : undefined;
}

export function becomeMethod(text: string): 'sudo' | 'doas' | 'su' | undefined {
	const name = text.replace(/^(?:ansible\.builtin|community\.general)\./, '');
	return name === 'sudo' || name === 'doas' || name === 'su' ? name : undefined;
}

/** `undefined`: Ansible reaches the host in a way that hsctl does not know. */
export function connectionKind(text: string): 'ssh' | 'local' | undefined {
	const name = text.replace(/^(?:ansible\.builtin|ansible\.netcommon)\./, '');
	if (name === 'local') return 'local';
	return ['ssh', 'smart', 'paramiko', 'paramiko_ssh'].includes(name) ? 'ssh' : undefined;
}

const sshConfig = 'write it for this host into ~/.ssh/config, which hsctl obeys';

function ofAnsible(name: string): LeftOut {
	const words = name.slice('ansible_'.length);
	for (const [pattern, made] of special) if (pattern.test(words)) return made;
	return {
		reason: 'is left out: it steers Ansible, and hsctl has no such setting',
		cure: 'if scripts need the value, give it another name',
	};
}

const special: readonly (readonly [RegExp, LeftOut])[] = [
	[
		/^(?:become|sudo|su|doas)_pass(?:word)?$/,
		{
			reason: 'is left out: it is a password',
			cure: 'let sudo work without one there, or type it when hsctl asks',
		},
	],
	[
		/pass(?:word|phrase)?$|_secret$|_token$/,
		{ reason: 'is left out: it is a password', cure: 'log in with a key, or type it when hsctl asks' },
	],
	[
		/private_key(?:_file)?$/,
		{ reason: 'is left out: the ssh config says which key is used', cure: `IdentityFile: ${sshConfig}` },
	],
	[
		/^(?:ssh|scp|sftp)_.*args$|^paramiko_proxy_command$/,
		{ reason: 'is left out: options of ssh are no part of an inventory', cure: `ProxyJump and the like: ${sshConfig}` },
	],
	[
		/host_key_checking$/,
		{ reason: 'is left out: host keys are always verified', cure: 'let `ssh` know the key of the host first' },
	],
	[/_interpreter$/, { reason: 'is left out: no Python is needed on a host', isHarmless: true }],
	[
		/pipelining$|^remote_tmp$|^async_dir$|^shell_|^ssh_(?:transfer_method|retries|executable)|^scp_if_ssh$|timeout$/,
		{ reason: 'is left out: it is about how Ansible works', isHarmless: true },
	],
	[
		/^group_priority$/,
		{ reason: 'is passed over, as Ansible does in a file of variables', cure: 'write it into the inventory itself' },
	],
];
