import {
	asDigest,
	asJobKey,
	asUnitAddress,
	type HostName,
	hostName,
	hostPath,
	type JobKey,
	type UnitAddress,
} from '../model/brand.ts';
import type { HostFacts, HostStateFolder } from '../model/host-facts.ts';
import type { HostPlace } from '../model/inventory.ts';
import { type JobState, jobEnds, type OpenJob, type Receipt, type UnitMemory } from '../model/receipt.ts';
import { fail, ok, type Result } from '../model/result.ts';
import type { SavedLook, SeenAs, SeenHost } from '../model/saved-facts.ts';
import type { Become } from '../model/unit.ts';

/** The one host of a file that `hsctl facts --save` wrote; or what is wrong with the file, in one clause. */
export function parseSavedFacts(text: string): Result<SeenHost, string> {
	try {
		const document = map(parsed(text));
		if (document.format !== 'hsctl/facts/v1') return fail(otherFormat(document.format));
		const [host, ...more] = list(document.hosts, 'hosts', map);
		return host === undefined || more.length > 0 ? fail('it is not of exactly one host') : ok(readHost(host));
	} catch (error) {
		if (error instanceof Damage) return fail(error.message);
		throw error;
	}
}

const otherFormat = (format: unknown): string =>
	typeof format === 'string'
		? `its format is ${JSON.stringify(format.slice(0, 60))}, not hsctl/facts/v1`
		: 'it has no format';

/** Thrown and caught in this file only: the place in the document, and what is not there. */
class Damage extends Error {}

function parsed(text: string): unknown {
	try {
		return JSON.parse(text);
	} catch {
		throw new Damage('it is not JSON; was it cut off, or does it have the marks of a merge?');
	}
}

type Fields = Readonly<Record<string, unknown>>;

function map(value: unknown, place = 'the file'): Fields {
	if (typeof value !== 'object' || value === null || Array.isArray(value))
		throw new Damage(`${place} is not an object`);
	return Object.fromEntries(Object.entries(value));
}

function list<Item>(value: unknown, place: string, item: (value: unknown, place: string) => Item): readonly Item[] {
	if (!Array.isArray(value)) throw new Damage(`\`${place}\` is not a list`);
	return value.map((one, index) => item(one, `${place}[${index}]`));
}

function text(fields: Fields, key: string): string {
	const value = fields[key];
	if (typeof value !== 'string') throw new Damage(`\`${key}\` is not a text`);
	return value;
}

function whole(fields: Fields, key: string): number {
	const value = fields[key];
	if (typeof value !== 'number' || !Number.isSafeInteger(value)) throw new Damage(`\`${key}\` is not a whole number`);
	return value;
}

function oneOf<Word extends string>(fields: Fields, key: string, words: readonly Word[]): Word {
	const value = text(fields, key);
	const word = words.find(one => one === value);
	if (word === undefined) throw new Damage(`\`${key}\` is ${JSON.stringify(value.slice(0, 60))}, which it cannot be`);
	return word;
}

function readHost(fields: Fields): SeenHost {
	if (fields.reached !== true) throw new Damage('it is of a host that was not reached');
	const takenAt = text(fields, 'taken_at');
	if (Number.isNaN(Date.parse(takenAt))) throw new Damage('`taken_at` is not a time');
	return {
		name: hostName(text(fields, 'name')),
		reached: true,
		takenAt: new Date(takenAt).toISOString(),
		place: readPlace(map(fields.place, '`place`')),
		seen: list(fields.seen, 'seen', (value, place) => readSeenAs(map(value, place))),
	};
}

function readPlace(fields: Fields): HostPlace {
	const optional = <Key extends string, Value>(key: string, name: Key, read: (key: string) => Value) =>
		fields[key] === undefined ? {} : { [name]: read(key) };
	const asText = (key: string) => text(fields, key);
	const asNumber = (key: string) => whole(fields, key);
	return {
		connection: oneOf(fields, 'connection', ['local', 'ssh', 'openssh', 'lxc']),
		...optional('address', 'address', asText),
		...optional('port', 'port', asNumber),
		...optional('user', 'user', asText),
		...optional('on', 'on', (key): HostName => hostName(asText(key))),
		...optional('vmid', 'vmid', asNumber),
		...optional('state_dir', 'stateDir', asText),
	};
}

const becomes: readonly Become[] = ['none', 'sudo', 'doas', 'su'];

const readSeenAs = (fields: Fields): SeenAs => ({
	become: oneOf(fields, 'become', becomes),
	facts: readFacts(map(fields.facts, '`facts`')),
	looks: list(fields.looks, 'looks', (value, place) => readLook(map(value, place))),
	memory: readMemory(map(fields.memory, '`memory`')),
	pendingRestarts: list(fields.pending_restarts, 'pending_restarts', (value, place) => {
		const restart = map(value, place);
		return { service: text(restart, 'service'), run: text(restart, 'run') };
	}),
});

const readLook = (fields: Fields): SavedLook => ({
	fact: text(fields, 'fact'),
	look: text(fields, 'look'),
	printed: text(fields, 'printed'),
});

function readFacts(fields: Fields): HostFacts {
	const os = map(fields.os, '`os`');
	return {
		os: { id: text(os, 'id'), family: text(os, 'family'), version: text(os, 'version'), name: text(os, 'name') },
		kernel: text(fields, 'kernel'),
		arch: text(fields, 'arch'),
		hostname: text(fields, 'hostname'),
		user: text(fields, 'user'),
		uid: whole(fields, 'uid'),
		bootId: text(fields, 'boot_id'),
		machineId: text(fields, 'machine_id'),
		packageManager: text(fields, 'package_manager'),
		serviceManager: text(fields, 'service_manager'),
		state: readState(map(fields.state, '`state`')),
	};
}

const readState = (fields: Fields): HostStateFolder => ({
	path: hostPath(text(fields, 'path')),
	condition: oneOf(fields, 'condition', ['present', 'absent', 'unsafe', 'unwritable']),
	because: text(fields, 'because'),
});

const readMemory = (fields: Fields): UnitMemory => ({
	receipts: list(fields.receipts, 'receipts', (value, place) => readReceipt(map(value, place))),
	damaged: list(fields.damaged, 'damaged', (value, place) => text({ [place]: value }, place)),
	jobs: list(fields.jobs, 'jobs', (value, place) => readJob(map(value, place))),
});

const jobStates: readonly JobState[] = [
	'staged',
	'claimed',
	'void',
	'running',
	'orphan',
	'lost',
	'interrupted',
	'abandoned',
	'refused',
	'damaged',
	'finished',
];

const readJob = (fields: Fields): OpenJob => ({
	key: jobKey(fields),
	attempt: whole(fields, 'attempt'),
	state: oneOf(fields, 'state', jobStates),
	evidence: text(fields, 'evidence'),
});

function jobKey(fields: Fields): JobKey {
	const key = text(fields, 'key');
	if (!/^[0-9a-f]{64}$/.test(key)) throw new Damage('`key` is not the key of a job');
	return asJobKey(key);
}

const readReceipt = (fields: Fields): Receipt => ({
	format: oneOf(fields, 'format', ['hsctl/receipt/v1']),
	unit: unitOf(fields),
	playbook: text(fields, 'playbook'),
	key: jobKey(fields),
	attempt: whole(fields, 'attempt'),
	run: text(fields, 'run'),
	status: oneOf(fields, 'status', ['ok', 'failed', 'undone']),
	why: oneOf(fields, 'why', jobEnds),
	exitCode: whole(fields, 'exit_code'),
	script: asDigest(text(fields, 'script')),
	scriptPath: text(fields, 'script_path'),
	user: text(fields, 'user'),
	startedAt: text(fields, 'started_at'),
	finishedAt: text(fields, 'finished_at'),
	durationMs: whole(fields, 'duration_ms'),
	bootId: text(fields, 'boot_id'),
	machineId: text(fields, 'machine_id'),
	detachedBy: text(fields, 'detached_by'),
	synced: text(fields, 'synced'),
});

const unitOf = (fields: Fields): UnitAddress => asUnitAddress(text(fields, 'unit'));
