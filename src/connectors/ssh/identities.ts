import { existsSync, readFileSync } from 'node:fs';
import ssh2 from 'ssh2';
import type { Identity } from './choose.ts';
import { isSecurityKey, sameBytes } from './host-key.ts';

/** An identity file that exists. */
export type IdentityFile = Identity & {
	/** Its public half, where it can be read without a passphrase. */
	readonly blob?: Uint8Array;
};

export function readIdentity(path: string): IdentityFile | undefined {
	const text = textOf(path);
	if (text === undefined) return undefined;
	const blob = publicHalf(text) ?? publicFile(path);
	const half = blob === undefined ? {} : { blob };
	if (existsSync(`${path}-cert.pub`)) return { path, kind: 'with_certificate', ...half };
	if (blob !== undefined && isSecurityKey(typeOf(blob))) return { path, kind: 'security_key', ...half };
	const parsed = parsePrivateKey(text);
	if (!(parsed instanceof Error)) return { path, kind: 'key', blob: parsed.getPublicSSH() };
	return /encrypted|passphrase/i.test(parsed.message)
		? { path, kind: 'locked_key', ...half }
		: { path, kind: 'not_understood', because: parsed.message, ...half };
}

/** A private key, or why it is none. */
export function parsePrivateKey(text: string, passphrase?: string): ssh2.ParsedKey | Error {
	const parsed = ssh2.utils.parseKey(text, passphrase);
	const key = Array.isArray(parsed) ? parsed[0] : parsed;
	return key instanceof Error || key.isPrivateKey() ? key : new Error('it holds no private key');
}

export const readKeyText = (path: string): string => textOf(path) ?? '';

/** What will be offered, in this order. */
export type OfferedKey<Held> =
	| { readonly from: 'agent'; readonly key: Held }
	| { readonly from: 'file'; readonly path: string; readonly isLocked: boolean };

/**
 * A host counts every key that it refuses, so the likely ones come first: those of the agent that a file names, files that can be
 * used at once, the agent's other keys, and last what a person has to unlock.
 */
export function orderKeys<Held extends { readonly type: string; readonly blob: Uint8Array }>(
	files: readonly IdentityFile[],
	held: readonly Held[],
	identitiesOnly: boolean,
): readonly OfferedKey<Held>[] {
	const usable = held.filter(({ type }) => !isSecurityKey(type) && !type.includes('-cert-'));
	const inAgent = ({ blob }: IdentityFile): Held | undefined =>
		blob === undefined ? undefined : usable.find(key => sameBytes(key.blob, blob));
	const named = files.map(inAgent).filter(key => key !== undefined);
	const others = identitiesOnly ? [] : usable.filter(key => !named.includes(key));
	const fromFiles = (kind: Identity['kind']): readonly OfferedKey<Held>[] =>
		files
			.filter(file => file.kind === kind && inAgent(file) === undefined)
			.map(({ path }) => ({ from: 'file', path, isLocked: kind === 'locked_key' }));
	const fromAgent = (keys: readonly Held[]): readonly OfferedKey<Held>[] => keys.map(key => ({ from: 'agent', key }));
	return [...fromAgent(named), ...fromFiles('key'), ...fromAgent(others), ...fromFiles('locked_key')];
}

function textOf(path: string): string | undefined {
	try {
		return readFileSync(path, 'utf8');
	} catch {
		return undefined;
	}
}

const typeOf = (blob: Uint8Array): string => {
	const bytes = Buffer.from(blob);
	return bytes.length < 4 ? '' : bytes.subarray(4, 4 + bytes.readUInt32BE(0)).toString('latin1');
};

/** OpenSSH's own format keeps the public half in the open (PROTOCOL.key). */
function publicHalf(text: string): Uint8Array | undefined {
	const encoded = /-----BEGIN OPENSSH PRIVATE KEY-----([\s\S]*?)-----END/.exec(text)?.[1];
	if (encoded === undefined) return undefined;
	const bytes = Buffer.from(encoded, 'base64');
	let at = 'openssh-key-v1\0'.length;
	const skip = (): Buffer | undefined => {
		if (at + 4 > bytes.length) return undefined;
		const end = at + 4 + bytes.readUInt32BE(at);
		const field = end > bytes.length ? undefined : bytes.subarray(at + 4, end);
		at = end;
		return field;
	};
	// Cipher, key derivation and its options; then the number of keys.
	for (const _ of ['cipher', 'kdf', 'options']) skip();
	at += 4;
	return skip();
}

function publicFile(path: string): Uint8Array | undefined {
	const [, encoded] = textOf(`${path}.pub`)?.trim().split(/\s+/) ?? [];
	return encoded === undefined ? undefined : Buffer.from(encoded, 'base64');
}
