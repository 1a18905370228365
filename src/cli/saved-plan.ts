import type { Plan } from '../model/plan.ts';
import { toCamelKeys } from '../outputs/text/key-case.ts';

/** A plan that `-o` or `--json` wrote; `undefined` for anything else. It is only ever compared with a plan made anew, so its inside is not trusted. */
export function readSavedPlan(text: string): Plan | undefined {
	try {
		const value = toCamelKeys(JSON.parse(text));
		return isPlan(value) ? value : undefined;
	} catch {
		return undefined;
	}
}

/** hsctl wrote it for itself, so it is no playbook, even when it is cut off or of another version: JSON is YAML, and a brace alone tells nothing. */
export const isOwnFile = (text: string): boolean => ownFormat(text) !== undefined;

/** The same, and a plan. */
export const isPlanFile = (text: string): boolean => ownFormat(text)?.startsWith('plan/') === true;

const ownFormat = (text: string): string | undefined =>
	/^\uFEFF?\s*\{/.test(text) ? /"format"\s*:\s*"hsctl\/([^"]*)/.exec(text.slice(0, 4096))?.[1] : undefined;

const isPlan = (value: unknown): value is Plan =>
	typeof value === 'object' &&
	value !== null &&
	'format' in value &&
	value.format === 'hsctl/plan/v1' &&
	'hosts' in value &&
	Array.isArray(value.hosts) &&
	'request' in value &&
	typeof value.request === 'object' &&
	'fingerprint' in value;
