import { describe, expect, it } from 'vitest';
import { applyPlan } from '../../src/execution/apply-plan.ts';
import { openBus } from '../../src/execution/bus.ts';
import { Interrupts } from '../../src/execution/interrupts.ts';
import { makePlan } from '../../src/execution/make-plan.ts';
import { asRunId } from '../../src/model/brand.ts';
import type { NumberedEvent } from '../../src/model/event.ts';
import type { Hotfix } from '../../src/model/unit.ts';
import type { Connector, PutResult } from '../../src/ports/connection.ts';
import {
	countingRandom,
	fileExists,
	host,
	hotfix,
	keyOf,
	leapingClock,
	need,
	playbook,
	request,
	stoppedClock,
} from '../fakes/builders.ts';
import {
	type Behaviour,
	connectorTo,
	FakeConnection,
	healthyHost,
	probeAnswer,
	record,
	type Teller,
	view,
} from '../fakes/fake-connection.ts';

const run = asRunId('01RUN');
const accepted = { e: 'accepted', fence: 1, detached_by: 'setsid', synced: 'file' };
const started = (i: number) => ({ e: 'started', i, job: 'x.1' });
const finished = (i: number, status = 'changed', why = 'exit', rest = {}) => ({
	e: 'finished',
	i,
	status,
	why,
	rc: 0,
	ms: 5,
	by: null,
	survivors: 0,
	drift: false,
	...rest,
});
const end = { e: 'end' };

const isProbe = (program: string) => /^hs_frame pending /m.test(program);

/** Plans on a healthy made-up host, then plays these views one after the other, a program each. */
async function play(
	units: readonly Hotfix[],
	views: readonly (string | Behaviour)[],
	looks: Readonly<Record<string, string>> = {},
) {
	const left = [...views];
	const connection = new FakeConnection((program, tell) => {
		if (isProbe(program)) {
			tell.out(probeAnswer(program, frame => looks[frame] ?? healthyHost(frame)));
			return 0;
		}
		const next = left.shift();
		if (next === undefined) return 127;
		if (typeof next !== 'string') return next(program, tell);
		// Cut into small pieces, as a network would.
		const bytes = Buffer.from(next);
		for (let at = 0; at < bytes.length; at += 7) tell.out(bytes.subarray(at, at + 7));
		return 0;
	});
	return { ...(await applyOn(units, connectorTo(connection))), connection };
}

async function applyOn(units: readonly Hotfix[], connector: Connector) {
	const connectorFor = () => connector;
	const random = countingRandom();
	const made = await makePlan(
		{
			playbook: playbook(units, { on: [host('web1', { connection: 'ssh' })] }),
			narrowing: { tags: [], targets: [] },
			request: request(),
			purpose: 'do',
		},
		{ connectorFor, random, signal: new AbortController().signal, parallel: 4, clock: stoppedClock },
	);
	if (!made.ok) throw new Error(JSON.stringify(made.error));
	const clock = leapingClock();
	const events: NumberedEvent[] = [];
	const bus = openBus(
		run,
		[{ name: 'test', kind: 'durable', take: event => void events.push(event), close() {} }],
		stoppedClock,
	);
	const { code, isOpen } = await applyPlan(made.value, {
		run,
		bus,
		clock,
		random,
		interrupts: new Interrupts(),
		parallel: 4,
		controller: 'c',
		user: 'u',
		secrets: new Map(),
		lockWaitMs: 0,
		connectorFor,
	});
	return {
		code,
		isOpen,
		pauses: clock.pauses,
		events,
		ends: events.flatMap(event =>
			event.type === 'unit_finished' ? [`${event.unit} ${event.status} ${event.because}`] : [],
		),
		states: events.flatMap(event => (event.type === 'host_state' ? [event.state] : [])),
	};
}

const [a, b] = [hotfix({ address: 'hotfix.a' }), hotfix({ address: 'hotfix.b' })];

describe('the work on a host', () => {
	it('is told as it happens', async () => {
		const text =
			record.start(run) +
			record.event(0, accepted) +
			record.event(99, started(0)) +
			record.output('out', 0, 0, 'hello') +
			record.event(150, finished(0)) +
			record.event(222, end) +
			record.over('end');
		const played = await play([a], [text]);
		expect(played.states).toEqual(['connecting', 'staging', 'running', 'done']);
		expect(played.events.map(event => event.type)).toEqual([
			'run_started',
			'host_state',
			'host_state',
			'host_state',
			'unit_started',
			'output',
			'unit_finished',
			'host_state',
			'run_finished',
		]);
		expect(played.code).toBe(0);
	});

	it('that somebody else does already is refused, and stays told as locked', async () => {
		const owner = { pid: 7, run: '01OTHER', user: 'bob', controller: 'laptop' };
		const played = await play([a], [view(run, [{ e: 'locked', owner }, end])]);
		expect(played.ends).toEqual(['hotfix.a refused another run works there: run 01OTHER of bob on laptop (pid 7)']);
		expect([played.code, played.states.at(-1)]).toEqual([7, 'locked']);
	});

	it.each([
		[
			'X unsafe others may write to it',
			'the folder of its memory cannot be trusted: others may write to it; nothing was started',
		],
		['X manifest mismatch', 'the bundle did not arrive whole (mismatch); nothing was started'],
		['X state cannot write to /var/lib/hsctl/inbox', 'cannot write to /var/lib/hsctl/inbox; nothing was started'],
	])('is refused when the host says `%s`', async (line, because) => {
		const played = await play([a], [`${line}\n`]);
		expect(played.ends).toEqual([`hotfix.a refused ${because}`]);
		expect([played.code, played.states.at(-1)]).toEqual([7, 'unreachable']);
	});

	it('whose runner is dead is known by its receipts, by what never began, and else unknown', async () => {
		const receipt = (rest: object) =>
			JSON.stringify({
				format: 'hsctl/receipt/v1',
				unit: 'u',
				playbook: 'web',
				key: keyOf('x'),
				attempt: 1,
				run,
				status: 'ok',
				why: 'exit',
				exit_code: 0,
				script: 's',
				finished_at: 'f',
				duration_ms: 7,
				...rest,
			});
		const units = ['ok', 'failed', 'undone', 'signal', 'lost', 'orphan', 'staged', 'void', 'cut', 'silent'].map(id =>
			hotfix({ address: `hotfix.${id}` }),
		);
		const lines = [
			`finished ${receipt({})}`,
			`finished ${receipt({ status: 'failed', exit_code: 3 })}`,
			`finished ${receipt({ status: 'undone' })}`,
			`finished ${receipt({ status: 'failed', why: 'timeout', exit_code: 143 })}`,
			'lost supervisor',
			'orphan x',
			'staged none',
			'void none',
			'finished {"for',
		];
		const text =
			record.start(run) +
			record.event(0, accepted) +
			lines.map((line, index) => `S ${index} ${line}\n`).join('') +
			record.over('dead');
		const played = await play(units, [text]);
		expect(played.ends).toEqual([
			'hotfix.ok changed done; the runner on the host was ended afterwards',
			'hotfix.failed failed exit 3',
			'hotfix.undone changed done; the runner on the host was ended afterwards',
			'hotfix.signal failed did not end within 1m; its processes were ended',
			'hotfix.lost unknown the runner on the host was ended while it ran (lost)',
			'hotfix.orphan unknown the runner on the host was ended while it ran (orphan)',
			'hotfix.staged not_started the runner on the host was ended before it started',
			'hotfix.void not_started the runner on the host was ended before it started',
			'hotfix.cut unknown the runner on the host was ended while it ran (finished)',
			'hotfix.silent not_started the runner on the host was ended before it came to this unit',
		]);
	});

	it('ends a unit once, whatever the host says afterwards, and hears of no unit that is not there', async () => {
		const events = [
			accepted,
			started(0),
			finished(0, 'failed', 'exit', { rc: 3 }),
			finished(0),
			finished(77),
			started(-1),
			finished(1),
			end,
		];
		const played = await play([a, b], [view(run, events)]);
		expect(played.ends).toEqual(['hotfix.a failed exit 3', 'hotfix.b changed always']);
	});

	it('is unknown where the host ends its work without a word', async () => {
		const played = await play([a], [view(run, [accepted, end])]);
		expect(played.ends).toEqual(['hotfix.a unknown the host ended its work without a word on this unit']);
		expect(played.code).toBe(6);
	});

	it('is watched again from where a broken link ended, and nothing is told twice', async () => {
		const first =
			record.start(run) +
			record.event(0, accepted) +
			record.event(100, started(0)) +
			record.output('out', 0, 0, 'one ') +
			record.output('err', 0, 0, 'E') +
			'O 0 4 100\nhalf of it';
		const again: string[] = [];
		const second: Behaviour = (program, { out }) => {
			again.push(/ follow .*$/m.exec(program)?.[0] ?? '');
			out(record.start(run) + record.output('out', 0, 4, 'two') + record.event(300, finished(0)) + record.over('end'));
			return 0;
		};
		const played = await play([a], [first, second]);
		const offset = 100 + Buffer.byteLength(JSON.stringify(started(0))) + 1;
		expect(again).toEqual([` follow 01RUN ${offset} 0 4 1`]);
		expect(
			played.events.flatMap(event =>
				event.type === 'output' ? [`${event.stream} ${event.offset} ${event.text}`] : [],
			),
		).toEqual(['out 0 one ', 'err 0 E', 'out 4 two']);
		expect(played.ends).toEqual(['hotfix.a changed always']);
	});

	it('is watched again from the beginning of the job that ran, not from where the one before ended', async () => {
		const events = [accepted, started(0), finished(0), started(1)];
		const sizes = events.map(event => Buffer.byteLength(JSON.stringify(event)) + 1);
		const at = sizes.reduce((sum, size) => sum + size, 0);
		const [before = '', last = ''] = view(run, events)
			.replace('Z end\n', '')
			.split(/(?=E \d+ \d+\n\{"e":"finished")/);
		const again: string[] = [];
		const second: Behaviour = (program, { out }) => {
			again.push(/ follow .*$/m.exec(program)?.[0] ?? '');
			out(record.start(run) + record.event(at, finished(1)) + record.over('end'));
			return 0;
		};
		await play([a, b], [`${before}${record.output('out', 0, 0, 'one')}${last}`, second]);
		expect(again).toEqual([` follow 01RUN ${at} 1 0 0`]);
	});

	it('is left open when the link cannot be made again for minutes: nobody knows how it ends', async () => {
		const cut = (_: string, { out }: Teller) => {
			out(record.start(run) + record.event(0, accepted));
			return null;
		};
		const played = await play([a], [cut, ...Array<Behaviour>(40).fill(() => null)]);
		expect([played.ends, played.code, played.isOpen]).toEqual([[], 6, true]);
		expect(played.pauses.slice(0, 8)).toEqual([0, 500, 1000, 2000, 4000, 8000, 15_000, 15_000]);
		expect(played.pauses.reduce((sum, ms) => sum + ms, 0)).toBe(180_500);
		expect(played.states).toEqual(['connecting', 'staging', 'running', 'connecting', 'detached']);
		expect(played.events.map(({ type }) => type)).not.toContain('run_finished');
		expect(played.events.flatMap(event => (event.type === 'host_state' ? [event.because] : [])).slice(3)).toEqual([
			'the link was lost (the line is cut); it is made again at once, and what runs there goes on',
			'its link is lost (the line is cut); what runs there goes on by itself',
		]);
	});

	it('is given up after a few tries when the shell is there and gives no view', async () => {
		const played = await play([a], [record.start(run) + record.event(0, accepted)]);
		expect([played.ends, played.code, played.pauses]).toEqual([[], 6, [0, 500, 1000, 2000]]);
		expect(played.states.at(-1)).toBe('detached');
	});

	it('has all its patience again when the host was heard', async () => {
		const heard = `${record.start(run)}${record.event(0, accepted)}`;
		const beat: Behaviour = (_, { out }) => {
			out(`${record.start(run)}T\n`);
			return 127;
		};
		const silent: Behaviour = () => 127;
		const last = view(run, [accepted, started(0), finished(0)]);
		const played = await play([a], [heard, silent, silent, beat, silent, last]);
		expect(played.pauses).toEqual([0, 500, 1000, 0, 500]);
		expect(played.ends).toEqual(['hotfix.a changed always']);
	});

	it('is sent again, under another nonce, as long as the host has said nothing of it', async () => {
		const nonces: string[] = [];
		const deaf: Behaviour = program => {
			nonces.push(/ begin 01RUN (\w+)$/m.exec(program)?.[1] ?? 'none');
			return 127;
		};
		const second: Behaviour = (program, teller) => {
			deaf(program, teller);
			teller.out(view(run, [accepted, started(0), finished(0)]));
			return 0;
		};
		const played = await play([a], [deaf, second]);
		expect(new Set(nonces).size).toBe(2);
		expect(nonces).not.toContain('none');
		expect(played.ends).toEqual(['hotfix.a changed always']);
	});

	it.each([
		['refused when the host has never got it', record.start(run) + record.over('absent'), 'refused'],
		['watched when it was there all the time', view(run, [accepted, started(0), finished(0)]), 'changed'],
	])('that is refused when it is sent again is %s', async (_, seen, status) => {
		const silent: Behaviour = () => 127;
		const played = await play([a], [silent, 'X state cannot write to /x\n', seen]);
		expect(played.ends).toEqual([expect.stringMatching(new RegExp(`^hotfix\\.a ${status} `))]);
	});

	it('lets nothing of a later stage start on what nobody saw the end of', async () => {
		const later = hotfix({ address: 'hotfix.b', needs: [need('hotfix.a', 'all')] });
		const played = await play([a, later], [record.start(run) + record.event(0, accepted)]);
		expect([played.ends, played.code]).toEqual([['hotfix.b blocked needs hotfix.a, whose end nobody has seen yet'], 6]);
		expect(played.states.at(-1)).toBe('detached');
	});

	it('is asked again about a question whose link broke before it was whole', async () => {
		const unit = hotfix({ address: 'hotfix.b', when: fileExists('/x'), needs: [need('hotfix.a')] });
		const before = [accepted, started(0), finished(0)];
		const sizes = before.map(event => Buffer.byteLength(JSON.stringify(event)) + 1);
		const at = sizes.reduce((sum, size) => sum + size, 0);
		const first = view(run, before).replace('Z end\n', '') + record.event(at, { e: 'held', i: 1 });
		const said: string[] = [];
		const second: Behaviour = (program, { out }) => {
			said.push(/ (follow|answer) .*$/m.exec(program)?.[0] ?? '');
			out(record.start(run) + record.event(at, { e: 'held', i: 1 }) + record.held(1, 'look look:0 6\nabsent\n'));
			out(record.event(at + 20, finished(1, 'skipped', 'answer')) + record.over('end'));
			return 0;
		};
		const answer: Behaviour = program => {
			said.push(/ (follow|answer) .*$/m.exec(program)?.[0] ?? '');
			return 0;
		};
		const played = await play([a, unit], [first, second, answer], { 'look:1:0': 'there' });
		expect(played.ends[1]).toBe('hotfix.b skipped /x does not exist');
		expect(said[0]).toBe(` follow 01RUN ${at} 0 0 0`);
		expect(said[1]).toBe(' answer 01RUN 1 skip');
	});

	it('is an outcome also when a file cannot be put there', async () => {
		const bytes = Buffer.from([0]);
		const unit = hotfix({ script: { ...hotfix().script, bytes } });
		const connection = new (class extends FakeConnection {
			override put(): Promise<PutResult> {
				return Promise.resolve({ kind: 'refused', because: '/x was not written: No space left on device' });
			}
		})((program, tell) => {
			tell.out(probeAnswer(program, healthyHost));
			return 0;
		});
		const played = await applyOn([unit], connectorTo(connection));
		expect(played.ends).toEqual(['hotfix.a refused /x was not written: No space left on device; nothing was started']);
	});

	it('is unreachable when the host does not open a second time', async () => {
		const connection = new FakeConnection((program, tell) => {
			tell.out(probeAnswer(program, healthyHost));
			return 0;
		});
		let opens = 0;
		const played = await applyOn([a], {
			open() {
				opens += 1;
				return Promise.resolve(opens === 1 ? { ok: true, connection } : { ok: false, because: 'connection refused' });
			},
		});
		expect(played.ends).toEqual(['hotfix.a unreachable connection refused']);
		expect([played.code, played.states.at(-1)]).toEqual([4, 'unreachable']);
	});
});

describe('a look', () => {
	it.each<[string, Behaviour, string]>([
		[
			'that is cut',
			(program, { out }) => {
				out(probeAnswer(program, healthyHost).slice(0, -9));
				return 0;
			},
			'its answer was cut off',
		],
		[
			'that says why it failed',
			(_, { err }) => {
				err('warning\nsh: syntax error\n');
				return 2;
			},
			'its answer was cut off: sh: syntax error',
		],
		[
			'that sends too much',
			(_, { out }) => {
				out(Buffer.alloc(65 * 1024 * 1024));
				return 0;
			},
			'it sent more than 67108864 bytes',
		],
	])('H11: %s leaves the host unreached', async (_, behaviour, because) => {
		const played = await applyOn([a], connectorTo(new FakeConnection(behaviour)));
		expect(played.events).toContainEqual(
			expect.objectContaining({ type: 'host_state', state: 'unreachable', because }),
		);
		expect(played.code).toBe(4);
	});
});
