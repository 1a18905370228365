import type { HostFacts } from '../../model/host-facts.ts';
import { readFrames } from '../frames.ts';
import { readFacts, readPendingRestarts } from '../read-probe.ts';

/** What a host told a doctor program; numbers that it did not tell are absent. */
export interface Readings {
	readonly facts: HostFacts;
	/** Milliseconds since 1970 by the host's clock, when the program began and when it ended, each with how far it may be late. */
	readonly clock?: { readonly begunMs: number; readonly endedMs: number; readonly grainMs: number };
	/** The path of the program that runs `/bin/sh`, `''` when it is not seen; and the versions that tell shells apart. */
	readonly shell: { readonly program: string; readonly bash: string; readonly ksh: string };
	/** Name → where it is; '' for one that is not there. */
	readonly tools: ReadonlyMap<string, string>;
	/** What could not be done in the state folder, `done`, or '' when it was not tried. */
	readonly write: string;
	readonly disk: DiskReadings;
	readonly detach: string;
	readonly heldLocks: readonly { readonly file: string; readonly pid: string; readonly name: string }[];
	readonly hostLock: HostLock;
	readonly runs: readonly { readonly run: string; readonly state: 'running' | 'dead' }[];
	readonly pendingRestarts: readonly string[];
}

export interface DiskReadings {
	readonly freeKib?: number;
	readonly freeInodes?: number;
	readonly totalInodes?: number;
	readonly mountedOn?: string;
	readonly type?: string;
	readonly options: readonly string[];
}

export type HostLock =
	| { readonly state: 'free' }
	| {
			/** Its holder lives · only its script lives · it died without giving it back. */
			readonly state: 'alive' | 'orphan' | 'left';
			readonly sinceMs?: number;
			readonly run: string;
			readonly controller: string;
			readonly user: string;
			readonly pid: string;
	  };

/** `undefined`: the answer was cut off. */
export function readDoctor(printed: Uint8Array, nonce: string): Readings | undefined {
	const frames = new Map(readFrames(printed, nonce).map(frame => [frame.name, frame.text]));
	if (!frames.has('end')) return undefined;
	const lines = (name: string): readonly string[] => (frames.get(name) ?? '').split('\n').filter(line => line !== '');
	const said = (name: string): ReadonlyMap<string, string> => new Map(lines(name).map(firstWord));
	const clock = readClock(frames.get('begun') ?? '', frames.get('end') ?? '');
	const shell = said('shell');
	return {
		facts: readFacts(frames),
		...(clock === undefined ? {} : { clock }),
		shell: { program: shell.get('program') ?? '', bash: shell.get('bash') ?? '', ksh: shell.get('ksh') ?? '' },
		tools: new Map(lines('tools').map(line => firstWord(firstWord(line)[1]))),
		write: frames.get('write') ?? '',
		disk: readDisk(said('disk')),
		detach: frames.get('detach') ?? '',
		heldLocks: lines('packages').map(readHeld),
		hostLock: readHostLock(frames.get('lock') ?? ''),
		runs: lines('runs').map(readRun),
		pendingRestarts: readPendingRestarts(frames).map(({ service }) => service),
	};
}

function firstWord(line: string): readonly [word: string, rest: string] {
	const blank = line.indexOf(' ');
	return blank === -1 ? [line, ''] : [line.slice(0, blank), line.slice(blank + 1).trim()];
}

function readClock(begun: string, ended: string): Readings['clock'] {
	const [from, to] = [readTime(begun), readTime(ended)];
	if (from === undefined || to === undefined) return undefined;
	return { begunMs: from.ms, endedMs: to.ms, grainMs: Math.max(from.grainMs, to.grainMs) };
}

/** busybox prints no fraction: then the middle of the second is meant. */
function readTime(text: string): { readonly ms: number; readonly grainMs: number } | undefined {
	const [, seconds, fraction] = /^(\d{1,12})(?:\.(\d{3})\d*)?/.exec(text) ?? [];
	if (seconds === undefined) return undefined;
	return fraction === undefined
		? { ms: Number(seconds) * 1000 + 500, grainMs: 500 }
		: { ms: Number(seconds) * 1000 + Number(fraction), grainMs: 1 };
}

/** As `df -P` prints a file system: device, blocks, used, free, use, where it is mounted. */
function readDisk(said: ReadonlyMap<string, string>): DiskReadings {
	const [kib, inodes] = [readDf(said.get('kib')), readDf(said.get('inodes'))];
	const [type, options = ''] = (said.get('mount') ?? '').split(' ');
	return {
		...(kib === undefined ? {} : { freeKib: kib.free, mountedOn: kib.mountedOn }),
		...(inodes === undefined ? {} : { freeInodes: inodes.free, totalInodes: inodes.total }),
		...(type === undefined || type === '' ? {} : { type }),
		options: options.split(',').filter(option => option !== ''),
	};
}

function readDf(line = ''): { readonly total: number; readonly free: number; readonly mountedOn: string } | undefined {
	const [, total, free, mountedOn] = /\s(\d+)\s+-?\d+\s+(-?\d+)\s+\S+\s+(\/.*)$/.exec(line) ?? [];
	return mountedOn === undefined ? undefined : { total: Number(total), free: Number(free), mountedOn };
}

function readHeld(line: string): Readings['heldLocks'][number] {
	const [, rest] = firstWord(line);
	const [file = '', pid = '', ...name] = rest.split(' ');
	return { file, pid, name: name.join(' ') };
}

function readHostLock(line: string): HostLock {
	const [, state, since, owner = ''] = /^(alive|orphan|left) (\d+) (.*)$/.exec(line) ?? [];
	if (state !== 'alive' && state !== 'orphan' && state !== 'left') return { state: 'free' };
	// The runner writes words without quotes or blanks there.
	const field = (name: string): string => new RegExp(`"${name}":"?([^",}]*)`).exec(owner)?.[1] ?? '';
	return {
		state,
		...(since === undefined || since === '0' ? {} : { sinceMs: Number(since) * 1000 }),
		run: field('run'),
		controller: field('controller'),
		user: field('user'),
		pid: field('pid'),
	};
}

function readRun(line: string): Readings['runs'][number] {
	const [, run = '', state] = line.split(' ');
	return { run, state: state === 'running' ? 'running' : 'dead' };
}
