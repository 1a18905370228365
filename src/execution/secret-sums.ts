import { createHash } from 'node:crypto';
import type { RunId } from '../model/brand.ts';
import { type SecretText, secretNames } from '../model/secret.ts';

/** By name, what tells a secret from another one and tells nothing else: too short to be tried against, and another one in each run. */
export type SecretSums = Readonly<Record<string, string>>;

/** Of the secrets that some jobs take. */
export const secretSums = (
	run: RunId,
	texts: readonly (string | SecretText | undefined)[],
	secrets: ReadonlyMap<string, string>,
): SecretSums =>
	Object.fromEntries(texts.flatMap(secretNames).map(name => [name, sumOf(run, name, secrets.get(name) ?? '')]));

/** The secrets that are not what they were in a run: what it printed of the old ones would not be hidden. */
export const changedSecrets = (run: RunId, sums: SecretSums, secrets: ReadonlyMap<string, string>): readonly string[] =>
	Object.keys(sums).filter(name => secrets.has(name) && sums[name] !== sumOf(run, name, secrets.get(name) ?? ''));

const sumOf = (run: RunId, name: string, value: string): string =>
	createHash('sha256').update(`${run}\n${name}\n${value}`).digest('hex').slice(0, 6);
