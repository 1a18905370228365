import { createHash } from 'node:crypto';
import { asJobKey, type Digest, type JobKey, type UnitAddress } from '../model/brand.ts';
import type { SecretText } from '../model/secret.ts';

/** All that makes a job this job: content decides identity, not time and not the file's name. */
export interface JobContent {
	readonly address: UnitAddress;
	readonly purpose: 'do' | 'undo';
	readonly script: Digest;
	readonly interpreter: readonly string[];
	readonly env: Readonly<Record<string, string>>;
	/** Without the secrets' values: another value does not make it another job. */
	readonly stdin?: string | SecretText;
	/** `root` or `login`: who runs it. */
	readonly user: string;
}

/**
 * The key under which a host claims and remembers a job: one start per key and attempt.
 * Timeouts, tags, needs and the run policy are left out on purpose: changing them does not change what the script does,
 * so it must not make a finished fix look new (docs/decisions/0005).
 */
export function jobKey(content: JobContent): JobKey {
	const env = Object.entries(content.env).sort(([a], [b]) => (a < b ? -1 : 1));
	const parts = [
		format,
		content.address,
		content.purpose,
		content.script,
		content.interpreter,
		env,
		content.stdin ?? null,
		content.user,
	];
	return asJobKey(createHash('sha256').update(JSON.stringify(parts)).digest('hex'));
}

const format = 'hsctl/job/v1';
