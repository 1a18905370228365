import { createHash } from 'node:crypto';
import { asDigest, asJobKey, asUnitAddress } from '../model/brand.ts';
import type { JobEnd, Receipt } from '../model/receipt.ts';

/** A receipt as the host's runner wrote it, or `undefined` when its sum does not fit, or a field is missing or of the wrong kind: then it proves nothing. */
export function parseReceipt(line: string): Receipt | undefined {
	const value = parseObject(line);
	if (value === undefined || value.format !== 'hsctl/receipt/v1') return undefined;
	if (!isWhole(line, value)) return undefined;
	const text = (name: string) => (typeof value[name] === 'string' ? value[name] : undefined);
	const number = (name: string) => (typeof value[name] === 'number' ? value[name] : undefined);
	const status = text('status');
	const fields = {
		unit: text('unit'),
		playbook: text('playbook'),
		key: text('key'),
		attempt: number('attempt'),
		run: text('run'),
		exitCode: number('exit_code'),
		script: text('script'),
		finishedAt: text('finished_at'),
	};
	if (status !== 'ok' && status !== 'failed' && status !== 'undone') return undefined;
	if (!isComplete(fields)) return undefined;
	return {
		format: 'hsctl/receipt/v1',
		unit: asUnitAddress(fields.unit),
		playbook: fields.playbook,
		key: asJobKey(fields.key),
		attempt: fields.attempt,
		run: fields.run,
		status,
		...(status === 'failed' && value.purpose === 'undo' ? { purpose: value.purpose } : {}),
		why: (text('why') ?? 'exit') as JobEnd,
		exitCode: fields.exitCode,
		script: asDigest(fields.script),
		scriptPath: text('script_path') ?? '',
		user: text('user') ?? '',
		startedAt: text('started_at') ?? '',
		finishedAt: fields.finishedAt,
		durationMs: number('duration_ms') ?? 0,
		bootId: text('boot_id') ?? '',
		// The runner says `unknown` where the facts of a host have an empty text.
		machineId: text('machine_id')?.replace(/^unknown$/, '') ?? '',
		detachedBy: text('detached_by') ?? '',
		synced: text('synced') ?? '',
	};
}

/** The last field is the SHA-256 of all that stands before it. A receipt that was written without one has none to fit. */
function isWhole(line: string, { sum }: Readonly<Record<string, unknown>>): boolean {
	// A sum whose very name was damaged is still a sum.
	if (sum === undefined) return !/:"[0-9a-f]{64}"\}$/.test(line.slice(-68));
	const summed = line.slice(0, Math.max(0, line.lastIndexOf(',"sum":"')));
	return line === `${summed},"sum":"${createHash('sha256').update(summed).digest('hex')}"}`;
}

type Complete<Fields> = { readonly [Name in keyof Fields]: Exclude<Fields[Name], undefined> };

const isComplete = <Fields extends Readonly<Record<string, unknown>>>(
	fields: Fields,
): fields is Fields & Complete<Fields> => Object.values(fields).every(field => field !== undefined);

function parseObject(line: string): Readonly<Record<string, unknown>> | undefined {
	try {
		const value: unknown = JSON.parse(line);
		return typeof value === 'object' && value !== null ? Object.fromEntries(Object.entries(value)) : undefined;
	} catch {
		return undefined;
	}
}
