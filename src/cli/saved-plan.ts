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
