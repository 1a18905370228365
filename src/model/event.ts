import type { HostName, RunId, UnitAddress } from './brand.ts';
import type { ExitCode } from './exit-code.ts';
import type { StatusCounts, UnitStatus } from './outcome.ts';
import type { Decision } from './plan.ts';

/** Everything that happens in a run. Plain data in snake_case: it is the `--json` output, the journal and the screen's input. */
export type RunEvent =
	| {
			readonly type: 'run_started';
			readonly playbook: string;
			readonly file: string;
			readonly purpose: 'do' | 'undo';
			readonly fingerprint: string;
			readonly controller: string;
			readonly user: string;
			/** What was planned, so that a reader needs nothing else to draw the run. */
			readonly hosts: readonly {
				readonly host: HostName;
				readonly units: readonly { readonly unit: UnitAddress; readonly action: Decision['kind'] }[];
			}[];
	  }
	| { readonly type: 'host_state'; readonly host: HostName; readonly state: HostState; readonly because: string }
	| {
			readonly type: 'unit_started';
			readonly host: HostName;
			readonly unit: UnitAddress;
			readonly attempt: number;
			readonly detached_by: string;
	  }
	| {
			readonly type: 'output';
			readonly host: HostName;
			readonly unit: UnitAddress;
			readonly stream: 'out' | 'err';
			/** Byte offset of `text` in the stream; a gap means that the middle of a long output was left on the host. */
			readonly offset: number;
			/** How many bytes of the stream `text` stands for: not its own, where a secret was hidden or a byte was no text. */
			readonly length: number;
			readonly text: string;
	  }
	| {
			readonly type: 'unit_finished';
			readonly host: HostName;
			readonly unit: UnitAddress;
			readonly status: UnitStatus;
			readonly because: string;
			readonly changed: boolean;
			readonly exit_code: number | null;
			readonly duration_ms: number;
			/** Path of the log folder on the host, when something ran. */
			readonly log: string | null;
	  }
	| { readonly type: 'warning'; readonly code: string; readonly message: string; readonly host: HostName | null }
	| {
			readonly type: 'run_finished';
			readonly counts: StatusCounts;
			readonly exit_code: ExitCode;
			readonly duration_ms: number;
	  };

/**
 * waiting · connecting · staging: the bundle is on its way · running · held: the host asks before it goes on ·
 * confirming: it undoes a change by itself unless a new connection confirms ·
 * stopping: nothing new starts · detached: it goes on without us · locked: someone else works there · unreachable · done.
 */
export type HostState =
	| 'waiting'
	| 'connecting'
	| 'staging'
	| 'running'
	| 'held'
	| 'confirming'
	| 'stopping'
	| 'detached'
	| 'locked'
	| 'unreachable'
	| 'done';

/** An event with its number in the run and its time (RFC 3339 UTC, milliseconds), as the bus hands it to every sink. */
export type NumberedEvent = RunEvent & { readonly seq: number; readonly at: string; readonly run: RunId };
