import type { SecretSource } from '../../model/secret.ts';
import type { Secret } from '../generated/playbook.generated.ts';
import { findReferences } from '../interpolate.ts';
import type { CheckContext } from './context.ts';
import { refuseReferences } from './references.ts';

/** Where each secret comes from. */
export const readSecrets = ({ document }: CheckContext): ReadonlyMap<string, SecretSource> =>
	new Map(
		Object.entries(document.secrets ?? {}).flatMap(([name, secret]) => {
			const source = sourceOf(secret);
			return source === undefined ? [] : [[name, source] as const];
		}),
	);

function sourceOf({ file, age, env, command }: Secret): SecretSource | undefined {
	if (env !== undefined) return { kind: 'env', variable: env };
	if (command !== undefined)
		return { kind: 'command', words: typeof command === 'string' ? ['/bin/sh', '-c', command] : command };
	if (age !== undefined) return { kind: 'file', path: age, encrypted: true };
	return file === undefined ? undefined : { kind: 'file', path: file, encrypted: file.endsWith('.age') };
}

/**
 * Every secret is asked for by someone, and comes from a place without `${…}`. Where a secret comes from is not looked at: a file, a variable or a command of the machine
 * that applies need not be on the one that validates.
 */
export function checkSecrets({ document, parts, report }: CheckContext): void {
	for (const [id, secret] of Object.entries(document.secrets ?? {}))
		for (const key of ['file', 'age', 'command'] as const) refuseReferences(secret[key], ['secrets', id, key], report);
	const secrets = Object.keys(document.secrets ?? {});
	// What was left out of a hotfix may be the only use of a secret.
	if (secrets.length === 0 || !parts.isWhole(['hotfixes'])) return;
	// The whole file counts, also what does not fit the schema: it may be the only place where a secret is used.
	const used = secretsIn(parts.parsed.value);
	for (const id of secrets.filter(name => !used.has(name)))
		report.add({
			code: 'HS1704',
			path: ['secrets', id],
			what: 'key',
			severity: 'warning',
			message: `nothing uses the secret \`${id}\``,
			hint: `use it as \`\${secret.${id}}\` in a \`stdin\`, or remove it`,
		});
}

function secretsIn(value: unknown): ReadonlySet<string> {
	const found = new Set<string>();
	const look = (inside: unknown): void => {
		if (typeof inside === 'string') {
			if (!inside.includes('${')) return;
			for (const { scope, name } of findReferences(inside).references) if (scope === 'secret') found.add(name);
		} else if (typeof inside === 'object' && inside !== null) {
			for (const item of Object.values(inside)) look(item);
		}
	};
	look(value);
	return found;
}
