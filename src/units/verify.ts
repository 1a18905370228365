import { createHash } from 'node:crypto';
import { asUnitAddress, repoPath, sha256Digest } from '../model/brand.ts';
import { quote } from '../model/command.ts';
import type { Job } from '../model/plan.ts';
import type { Verify } from '../model/unit.ts';
import { jobKey } from './job-key.ts';

export const verifyAddress = asUnitAddress('verify');

/** Stands where other jobs name their script's file. */
export const verifyPath = repoPath('hsctl:verify');

/** Runs one command after another; the first that fails decides, and is named on stderr. */
export const verifyScript = (commands: readonly (readonly string[])[]): string => `#!/bin/sh
# Comes with hsctl: the commands of the playbook's \`verify\`.
check() {
	name=$1
	printf '+ %s\\n' "$name"
	shift
	("$@") || { code=$?; printf '%s: ended with %s\\n' "$name" "$code" >&2; exit "$code"; }
}
${commands.map(words => `check ${[shown(words), ...words].map(quote).join(' ')}\n`).join('')}`;

const shown = (words: readonly string[]): string =>
	words[0] === '/bin/sh' && words[1] === '-c' ? (words[2] ?? '') : words.join(' ');

/** Each run's verification is a start of its own: the bundle derives its key from the run. */
export function verifyJob(
	commands: readonly (readonly string[])[],
	{ env, unit, user }: { readonly env: Readonly<Record<string, string>>; readonly unit: Verify; readonly user: string },
): Job {
	const digest = sha256Digest(createHash('sha256').update(verifyScript(commands)).digest('hex'));
	const interpreter = ['/bin/sh'];
	return {
		key: jobKey({ address: verifyAddress, purpose: 'do', script: digest, interpreter, env, user }),
		attempt: 1,
		script: { path: verifyPath, digest, interpreter },
		purpose: 'do',
		despiteUnknown: true,
		env,
		timeoutMs: unit.timeoutMs,
		restarts: [],
		onFailure: unit.onFailure,
	};
}
