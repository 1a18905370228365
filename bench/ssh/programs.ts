import { createHash } from 'node:crypto';
import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Site } from './site.ts';

/** What the twenty conditions of W1 look at; the same on every host. */
export interface Fixtures {
	readonly present: readonly string[];
	readonly sums: readonly { readonly path: string; readonly sha256: string }[];
	readonly binaries: readonly string[];
}

export function makeFixtures({ folder }: Site): Fixtures {
	const fixed = join(folder, 'fixed');
	mkdirSync(fixed, { recursive: true });
	const file = (name: string, text: string): string => {
		const path = join(fixed, name);
		writeFileSync(path, text);
		return path;
	};
	return {
		present: numbered(10).map(name => file(`file${name}`, '')),
		sums: numbered(5).map(name => {
			const text = `${name}\n`.repeat(20_000);
			return { path: file(`sum${name}`, text), sha256: createHash('sha256').update(text).digest('hex') };
		}),
		binaries: ['bash', 'sed', 'grep', 'tar', 'gzip'],
	};
}

/** `01`, `02`, … */
export const numbered = (count: number): readonly string[] =>
	Array.from({ length: count }, (_, index) => String(index + 1).padStart(2, '0'));

/** Twenty looks, one line each; ends with 1 when something is not as it should be. */
export const w1Program = ({ present, sums, binaries }: Fixtures): string =>
	[
		'rc=0',
		...present.map(path => `if [ -e ${path} ]; then echo there; else echo absent; rc=1; fi`),
		...sums.map(({ path, sha256 }) => `echo '${sha256}  ${path}' | sha256sum -c - || rc=1`),
		...binaries.map(name => `${name} --version | head -n 1 || rc=1`),
		'exit $rc\n',
	].join('\n');

/** One small script of W2; `$DIR` is the host's folder. */
export const w2Script = (name: string): string =>
	`set -eu\nprintf 'written by step ${name}\\n' >"$DIR/.f${name}.new"\nmv "$DIR/.f${name}.new" "$DIR/f${name}"\n`;

/** Twenty scripts in sequence, each an own process of sh and only where its file is missing. The host knows itself by its address. */
export const w2Program = (work: string): string =>
	[
		`set -eu\nset -- $SSH_CONNECTION\nexport DIR=${work}/$3`,
		...numbered(20).map(
			name =>
				`if [ ! -e "$DIR/f${name}" ]; then /bin/sh -s <<'STEP' || exit 1\n${w2Script(name)}STEP\nelse echo done; fi`,
		),
		'echo all\n',
	].join('\n');

/** Takes the payload on stdin, verifies it, and puts it in its place. */
export const w3Command = (work: string, sha256: string): string =>
	`set -eu; set -- $SSH_CONNECTION; f=${work}/$3/payload; cat >"$f.new"; echo "${sha256}  $f.new" | sha256sum -c -; mv "$f.new" "$f"`;
