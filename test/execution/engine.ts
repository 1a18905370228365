import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { localConnector } from '../../src/connectors/local.ts';
import { Secrets } from '../../src/connectors/secrets.ts';
import { applyPlan } from '../../src/execution/apply-plan.ts';
import { openBus } from '../../src/execution/bus.ts';
import { Interrupts } from '../../src/execution/interrupts.ts';
import { type MadePlan, makePlan } from '../../src/execution/make-plan.ts';
import { asRunId } from '../../src/model/brand.ts';
import type { NumberedEvent } from '../../src/model/event.ts';
import type { ExitCode } from '../../src/model/exit-code.ts';
import type { Answer } from '../../src/model/plan.ts';
import type { Playbook } from '../../src/model/playbook.ts';
import type { Hotfix } from '../../src/model/unit.ts';
import type { Connection } from '../../src/ports/connection.ts';
import type { EventSink } from '../../src/ports/event-sink.ts';
import { systemClock, systemRandom } from '../../src/storage/clock.ts';
import { host, playbook, request } from '../fakes/builders.ts';
import { counted } from '../fakes/fake-connection.ts';

export interface Wish {
	readonly purpose?: 'do' | 'undo';
	readonly answers?: Readonly<Record<string, Answer>>;
	readonly targets?: readonly string[];
	readonly set?: Readonly<Record<string, string>>;
	readonly rest?: Partial<Playbook>;
}

export interface Applied {
	readonly code: ExitCode;
	readonly run: string;
	readonly events: readonly NumberedEvent[];
	/** `unit status because`, in the order of their ends. */
	readonly ends: readonly string[];
	readonly statuses: Readonly<Record<string, string>>;
	/** What a unit printed on a stream. */
	printed(unit: string, stream?: 'out' | 'err'): string;
}

export interface Hooks {
	readonly interrupts?: Interrupts;
	readonly sinks?: readonly EventSink[];
	onEvent?(event: NumberedEvent): void;
}

/** The whole engine without a command line: this machine as the host `box`, with a memory of its own. */
export interface Engine {
	readonly folder: string;
	readonly state: string;
	/** The exchanges since the last look at them. */
	exchanges(): number;
	plan(units: readonly Hotfix[], wish?: Wish): Promise<MadePlan>;
	applyPlan(made: MadePlan, hooks?: Hooks): Promise<Applied>;
	apply(units: readonly Hotfix[], wish?: Wish, hooks?: Hooks): Promise<Applied>;
	/** The lines that scripts have written to a file in `folder`, which they know as `$HSCTL_VAR_BOX`. */
	lines(name: string): readonly string[];
	close(): void;
}

let runs = 0;

export function engine(env: Readonly<Record<string, string>> = {}, shell?: readonly string[]): Engine {
	const folder = mkdtempSync(join(tmpdir(), 'hsctl-engine-'));
	const state = join(folder, 'state');
	const box = host('box', { stateDir: state });
	const connector = localConnector({
		clock: systemClock,
		random: systemRandom,
		secrets: new Secrets(undefined),
		user: 'tester',
		env: { HOME: folder, USER: 'tester', ...env },
		...(shell === undefined ? {} : { shell }),
	});
	let exchanges = 0;
	const connectorFor = () => ({
		async open(...args: Parameters<typeof connector.open>) {
			const opened = await connector.open(...args);
			return opened.ok ? { ok: true as const, connection: countInto(opened.connection) } : opened;
		},
	});
	const countInto = (connection: Connection): Connection => {
		const inner = counted(connection);
		return {
			...inner,
			exec(program, options) {
				exchanges += 1;
				return inner.exec(program, options);
			},
			put(bytes, path) {
				exchanges += 1;
				return inner.put(bytes, path);
			},
		};
	};
	const made: Engine = {
		folder,
		state,
		exchanges() {
			const now = exchanges;
			exchanges = 0;
			return now;
		},
		async plan(units, { purpose = 'do', answers = {}, targets = [], set = {}, rest = {} } = {}) {
			const planned = await makePlan(
				{
					playbook: playbook(units, { on: [box], ...rest, vars: new Map([['box', folder], ...(rest.vars ?? [])]) }),
					narrowing: { tags: [], targets },
					request: request({ answers, targets, set }),
					purpose,
				},
				{ connectorFor, random: systemRandom, signal: new AbortController().signal, parallel: 8, clock: systemClock },
			);
			if (!planned.ok) throw new Error(JSON.stringify(planned.error));
			return planned.value;
		},
		async applyPlan(plan, { interrupts = new Interrupts(), sinks = [], onEvent } = {}) {
			const events: NumberedEvent[] = [];
			const keep: EventSink = {
				name: 'the test',
				kind: 'durable',
				take(event) {
					events.push(event);
					onEvent?.(event);
				},
				close() {},
			};
			runs += 1;
			const run = asRunId(`01TEST${String(process.pid).padStart(8, '0')}${String(runs).padStart(6, '0')}`);
			const bus = openBus(run, [keep, ...sinks], systemClock);
			const { code } = await applyPlan(plan, {
				run,
				bus,
				clock: systemClock,
				random: systemRandom,
				interrupts,
				parallel: 8,
				controller: 'test',
				user: 'alice',
				secrets: new Map(),
				lockWaitMs: 0,
				connectorFor,
			});
			const ends = events.flatMap(event => (event.type === 'unit_finished' ? [event] : []));
			return {
				code,
				run,
				events,
				ends: ends.map(({ unit, status, because }) => `${unit} ${status} ${because}`),
				statuses: Object.fromEntries(ends.map(({ unit, status }) => [unit, status])),
				printed: (unit, stream = 'out') =>
					events
						.map(event => (event.type === 'output' && event.unit === unit && event.stream === stream ? event.text : ''))
						.join(''),
			};
		},
		async apply(units, wish, hooks) {
			return made.applyPlan(await made.plan(units, wish), hooks);
		},
		lines(name) {
			try {
				return readFileSync(join(folder, name), 'utf8')
					.split('\n')
					.filter(line => line !== '');
			} catch {
				return [];
			}
		},
		close: () => rmSync(folder, { recursive: true, force: true, maxRetries: 10, retryDelay: 50 }),
	};
	return made;
}
