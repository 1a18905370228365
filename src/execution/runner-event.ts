/** One line of a run's event file on the host, as src/host/sequence.sh writes it. */
export type RunnerEvent =
	| { readonly e: 'accepted'; readonly fence: number; readonly detached_by: string; readonly synced: string }
	/** Another run works there, and the person is willing to wait. */
	| { readonly e: 'waiting'; readonly owner: Readonly<Record<string, unknown>> }
	| { readonly e: 'locked'; readonly owner: Readonly<Record<string, unknown>> }
	| { readonly e: 'started'; readonly i: number; readonly job: string }
	| { readonly e: 'held'; readonly i: number }
	/** A pool has done all but the commit, and waits so long for a new connection to confirm. */
	| { readonly e: 'confirming'; readonly i: number; readonly ms: number }
	| { readonly e: 'resumed'; readonly i: number; readonly word: string }
	| RunnerFinished
	| { readonly e: 'stopped' }
	| { readonly e: 'end' };

export interface RunnerFinished {
	readonly e: 'finished';
	readonly i: number;
	readonly status: string;
	readonly why: string;
	/** `null`: nothing ran, or nobody saw its end. */
	readonly rc: number | null;
	readonly ms: number;
	/** The index of the unit that is in the way of a blocked one. */
	readonly by: number | null;
	readonly survivors: number;
	readonly signal?: number;
	/** Of a pool: which of its files or commands it was, counted from 1. */
	readonly step?: number;
	/** Of a pool: its files are as they were, and could not be put into use again. */
	readonly inactive?: boolean;
	/** Of a pool: what somebody else had written meanwhile was in the way, and is kept on the host. */
	readonly aside?: boolean;
	/** Meanwhile the kernel has ended something of the run for want of memory. */
	readonly oom?: boolean;
}

/** Whole lines of an event file that arrives in pieces. A line that is no event of ours is passed over. */
export class RunnerEvents {
	#pending = '';

	push(text: string): readonly RunnerEvent[] {
		const lines = (this.#pending + text).split('\n');
		this.#pending = lines.pop() ?? '';
		return lines.flatMap(readEvent);
	}
}

const kinds = new Set([
	'accepted',
	'waiting',
	'locked',
	'started',
	'held',
	'confirming',
	'resumed',
	'finished',
	'stopped',
	'end',
]);

function readEvent(line: string): readonly RunnerEvent[] {
	try {
		const value: unknown = JSON.parse(line);
		return isRunnerEvent(value) ? [value] : [];
	} catch {
		return [];
	}
}

/** The runner's own file, in a folder that only it can write: its kind is checked, its fields are taken at their word. */
const isRunnerEvent = (value: unknown): value is RunnerEvent =>
	typeof value === 'object' && value !== null && 'e' in value && typeof value.e === 'string' && kinds.has(value.e);
