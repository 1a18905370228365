import { describe, expect, it } from 'vitest';
import { asUnitAddress, hostName } from '../../src/model/brand.ts';
import type { NumberedEvent } from '../../src/model/event.ts';
import { historyText } from '../../src/outputs/history.ts';
import { jsonEventsSink } from '../../src/outputs/json-events.ts';
import { junitSink } from '../../src/outputs/junit.ts';
import { plainSink } from '../../src/outputs/plain.ts';
import { logPrinter, runReport } from '../../src/outputs/run-report.ts';
import type { Clock } from '../../src/ports/clock.ts';
import type { EventSink } from '../../src/ports/event-sink.ts';
import { stoppedClock } from '../fakes/builders.ts';
import {
	hostState,
	look,
	printed,
	recorder,
	runId,
	runOf,
	runStarted,
	textOut,
	unitFinished,
	unitStarted,
} from './samples.ts';

const start = Date.parse('2026-11-21T12:03:39.000Z');

/** Time that passes only when a test says so. */
function handClock(): Clock & { readonly pass: (ms: number) => void } {
	let now = 0;
	let waiting: { readonly at: number; readonly call: () => void }[] = [];
	return {
		...stoppedClock,
		now: () => new Date(start + now),
		monotonicMs: () => now,
		after(ms, call) {
			const entry = { at: now + ms, call };
			waiting.push(entry);
			return () => {
				waiting = waiting.filter(other => other !== entry);
			};
		},
		pass(ms) {
			const end = now + ms;
			for (;;) {
				const due = waiting.filter(({ at }) => at <= end).sort((one, other) => one.at - other.at)[0];
				if (due === undefined) break;
				now = due.at;
				waiting = waiting.filter(other => other !== due);
				due.call();
			}
			now = end;
		},
	};
}

function plain(options: { readonly verbose?: boolean; readonly github?: boolean; readonly clock?: Clock } = {}) {
	const out = textOut(100);
	const sink = plainSink({
		out,
		clock: options.clock ?? handClock(),
		verbose: options.verbose ?? false,
		github: options.github ?? false,
	});
	return { sink, out };
}

async function feed(sink: EventSink, events: Iterable<NumberedEvent>): Promise<void> {
	for (const event of events) await sink.take(event);
	await sink.close();
}

const broken = runOf(4, { failing: [1], unreachable: [3] });
const [web1, unit] = [hostName('web1'), asUnitAddress('hotfix.x')];

describe('plain lines', () => {
	it('tell changes, a failure with its last words, and end with a summary', async () => {
		const { sink, out } = plain();
		await feed(sink, broken);
		expect(out.text()).toMatchInlineSnapshot(`
			"12:03:39 hsctl apply home-fleet  run 01JDB8ZQ6T3V9KX2M4N5P7R8S0  4 hosts  by anna on laptop  2026-11-21, times are UTC
			12:03:39 edge-001 hotfix.git_cve changed in 12s
			12:03:39 edge-001 hotfix.gogs_repository_fix changed in 0.9s
			12:03:39 edge-001 hotfix.tls_certs changed in 2.1s
			12:03:39 edge-001 hotfix.final_check changed in 0.3s
			12:03:39 edge-001 done: 1 ok, 4 changed, 1 skipped
			12:03:40 edge-002 hotfix.git_cve changed in 12s
			12:03:40 edge-002 hotfix.gogs_repository_fix failed in 41s: exit 100
			edge-002 hotfix.gogs_repository_fix │ E: Could not get lock /var/lib/dpkg/lock-frontend. It is held by process 812 (unattended-upgr)
			edge-002 hotfix.gogs_repository_fix │ E: Unable to acquire the dpkg frontend lock (/var/lib/dpkg/lock-frontend), is another process using it?
			         exit 100 · log edge-002:/var/lib/hsctl/jobs/abababababababab
			         all of it: hsctl logs 01JDB8ZQ6T -l edge-002 --target hotfix.gogs_repository_fix
			12:03:40 edge-002 hotfix.tls_certs blocked: needs hotfix.gogs_repository_fix
			12:03:40 edge-002 hotfix.final_check changed in 0.3s
			12:03:40 edge-002 done: 1 ok, 2 changed, 1 skipped, 1 failed, 1 blocked
			12:03:40 edge-003 hotfix.git_cve changed in 12s
			12:03:40 edge-003 hotfix.gogs_repository_fix changed in 0.9s
			12:03:41 edge-003 hotfix.tls_certs changed in 2.1s
			12:03:41 edge-003 hotfix.final_check changed in 0.3s
			12:03:41 edge-003 done: 1 ok, 4 changed, 1 skipped
			12:03:41 edge-004 unreachable: ssh: connect to 10.0.0.31 port 22: no answer within 10s

			  ✗ edge-002  hotfix.gogs_repository_fix  failed       exit 100
			  ! edge-004                              unreachable  ssh: connect to 10.0.0.31 port 22: no answer…
			  ⊘ edge-002  hotfix.tls_certs            blocked      needs hotfix.gogs_repository_fix
			hsctl apply home-fleet  run 01JDB8ZQ6T  failed (exit 5) in 4m12s
			  4 hosts: 3 done, 1 unreachable
			  units: 3 ok, 10 changed, 3 skipped, 1 failed, 1 blocked, 6 unreachable
			  report:    hsctl show 01JDB8ZQ6T
			  go on:     hsctl resume 01JDB8ZQ6T --only failed,unreachable
			"
		`);
	});

	it('show every line of output behind host and unit when verbose, and it only once', async () => {
		const { sink, out } = plain({ verbose: true });
		await feed(sink, broken);
		expect(out.text()).toContain('edge-001 hotfix.git_cve │ Reading package lists... Done\n');
		expect(out.text()).toContain('12:03:39 edge-001 hotfix.git_cve started (attempt 1, systemd)\n');
		expect(out.text()).toContain('edge-001 hotfix.factory_cleanup skipped: /etc/homeserver.factory exists\n');
		expect(out.text().match(/E: Could not get lock/g)).toHaveLength(1);
	});

	it('give a sign of life in silence: what runs, for how long, and the age of its last line', () => {
		const clock = handClock();
		const { sink, out } = plain({ clock });
		const { events, emit } = recorder();
		emit(0, runStarted([web1], [unit]));
		emit(0, hostState(web1, 'running'));
		emit(1000, unitStarted(web1, unit));
		emit(4000, printed(web1, unit, 0, 'working\n'));
		for (const event of events) sink.take(event);
		clock.pass(29_999);
		expect(out.text().split('\n')).toHaveLength(2);
		clock.pass(1);
		expect(out.text()).toContain('12:04:09 web1 hotfix.x still running for 29s, last line 25s ago\n');
		clock.pass(30_000);
		expect(out.text().match(/still running/g)).toHaveLength(2);
		sink.close();
		clock.pass(300_000);
		expect(out.text().match(/still running/g)).toHaveLength(2);
	});

	it('tell of a lost link and of its return, each once, and claim nothing of a host that is not heard', () => {
		const clock = handClock();
		const { sink, out } = plain({ clock });
		const { events, emit } = recorder();
		const lost = 'the link was lost (no answer); it is made again at once, and what runs there goes on';
		emit(0, runStarted([web1], [unit]));
		emit(0, hostState(web1, 'connecting'));
		emit(0, hostState(web1, 'running'));
		emit(0, unitStarted(web1, unit));
		emit(0, hostState(web1, 'connecting', lost));
		emit(20_000, hostState(web1, 'connecting', lost));
		for (const event of events.splice(0)) sink.take(event);
		clock.pass(30_000);
		emit(10_000, hostState(web1, 'running', 'the link is back'));
		emit(0, hostState(web1, 'running'));
		for (const event of events.splice(0)) sink.take(event);
		clock.pass(30_000);
		sink.close();
		expect(out.text().trimEnd().split('\n').slice(1, 5)).toEqual([
			`12:03:39 web1 connecting: ${lost}`,
			'12:04:09 web1 hotfix.x not heard for 30s',
			'12:04:09 web1 running: the link is back',
			'12:04:39 web1 hotfix.x still running for 1m00s, no output yet',
		]);
	});

	it('stay few in a silence of many hosts', () => {
		const clock = handClock();
		const { sink, out } = plain({ clock });
		for (const event of runOf(100, { finished: 0 })) sink.take(event);
		clock.pass(30_000);
		expect(out.text().split('\n').slice(1)).toHaveLength(7);
		expect(out.text()).toContain('… and 95 more hosts\n');
	});

	it('fold failures on GitHub and make annotations of them; what a host prints is no command there', async () => {
		const { sink, out } = plain({ github: true });
		const { events, emit } = recorder();
		emit(0, runStarted([web1], [unit]));
		emit(0, unitStarted(web1, unit));
		emit(0, printed(web1, unit, 0, '::set-output name=a::b\n##[add-mask]x\n', 'err'));
		emit(0, unitFinished(web1, unit, 'failed', 'exit 1: 100%\n::stop-commands::x'));
		await feed(sink, events);
		const lines = out.text().split('\n');
		expect(lines.filter(line => line.trimStart().startsWith('::'))).toEqual([
			'::group::web1 hotfix.x failed: last lines',
			'::endgroup::',
			'::error title=web1 hotfix.x failed::exit 1: 100%25%0A::stop-commands::x',
		]);
		expect(out.text()).not.toContain('##[');
	});

	it('C7: cannot be imitated by what a host prints', async () => {
		const { sink, out } = plain({ verbose: true });
		const { events, emit } = recorder();
		emit(0, runStarted([web1], [unit]));
		emit(
			0,
			printed(web1, unit, 0, 'x\r12:03:39 web1 hotfix.x changed in 1s\n\x1b[1A\x1b[2K12:03:39 web1 hotfix.x changed\n'),
		);
		emit(0, unitFinished(web1, unit, 'failed', 'a\n12:03:39 web1 hotfix.x changed'));
		await feed(sink, events);
		expect(out.text()).not.toMatch(/^12:03:39 web1 hotfix.x changed|\x1b|\r/m);
	});

	it('let what the output throws go up', () => {
		const out = {
			...textOut(),
			write: () => {
				throw new Error('EPIPE');
			},
		};
		const sink = plainSink({ out, clock: handClock(), verbose: false, github: false });
		expect(() => sink.take(broken[0]!)).toThrow('EPIPE');
	});
});

describe('JSON events', () => {
	it('begin with the version line and are the events, byte for byte', async () => {
		const out = textOut();
		await feed(jsonEventsSink(out, '0.1.0'), broken);
		const [version, ...events] = out
			.text()
			.trimEnd()
			.split('\n')
			.map(line => JSON.parse(line));
		expect(version).toEqual({ type: 'version', format: '1.0', hsctl: '0.1.0' });
		expect(events).toEqual(broken);
	});

	it('have a version line also when nothing happened', async () => {
		const out = textOut();
		await feed(jsonEventsSink(out, '0.1.0'), []);
		expect(out.text()).toBe('{"type":"version","format":"1.0","hsctl":"0.1.0"}\n');
	});
});

describe('the JUnit report', () => {
	const report = async (events: Iterable<NumberedEvent>): Promise<string> => {
		let text = '';
		await feed(
			junitSink(written => {
				text = written;
			}),
			events,
		);
		return text;
	};

	it('has a suite a host, and unreachable is an error, skipped has its reason, failed its last words', async () => {
		const text = await report(broken);
		expect(text.match(/<testsuite .*>/g)).toEqual([
			'<testsuite name="edge-001" tests="6" failures="0" errors="0" skipped="1" time="15.600">',
			'<testsuite name="edge-002" tests="6" failures="1" errors="0" skipped="2" time="53.600">',
			'<testsuite name="edge-003" tests="6" failures="0" errors="0" skipped="1" time="15.600">',
			'<testsuite name="edge-004" tests="6" failures="0" errors="6" skipped="0" time="0.000">',
		]);
		expect(text).toContain('<skipped message="skipped: /etc/homeserver.factory exists"/>');
		expect(text).toMatch(/<failure type="failed" message="failed: exit 100">exit 100\nlog .*\nE: Could not get lock/);
	});

	it.each([
		['rolled_back', 'failure'],
		['rollback_failed', 'error'],
		['unknown', 'error'],
		['refused', 'failure'],
		['blocked', 'skipped'],
	] as const)('calls %s a %s', async (status, element) => {
		const { events, emit } = recorder();
		emit(0, runStarted([web1], [unit]));
		emit(0, unitFinished(web1, unit, status, 'why'));
		expect(await report(events)).toContain(`<${element} `);
	});

	it('says of a run that was given up what had not started', async () => {
		expect(await report(runOf(2, { finished: 0 }))).toContain('not started: the host was running when the run ended');
	});
});

describe('a run read from the journal', () => {
	it('gives every sink the same as live', async () => {
		const replay = broken.map(event => JSON.parse(JSON.stringify(event)) as NumberedEvent);
		for (const verbose of [false, true]) {
			const [live, again] = [plain({ verbose }), plain({ verbose })];
			await feed(live.sink, broken);
			await feed(again.sink, replay);
			expect(again.out.text()).toBe(live.out.text());
		}
		expect(runReport(replay, look(80))).toBe(runReport(broken, look(80)));
	});

	it('is a report: hosts alike together, the failure with its end, the summary', () => {
		expect(runReport(broken, look(80))).toMatchInlineSnapshot(`
			"run        01JDB8ZQ6T3V9KX2M4N5P7R8S0
			playbook   home-fleet  playbooks/home.yaml
			started    2026-11-21 12:03:39 UTC by anna on laptop

			edge-001, edge-003 (2 hosts alike)  done
			  - hotfix.factory_cleanup      skipped  /etc/homeserver.factory exists
			  ✓ hotfix.git_cve              changed  it ran
			  ✓ hotfix.gogs_repository_fix  changed  it ran
			  = hotfix.collect_diagnostics  ok       done on 2026-10-02
			  ✓ hotfix.tls_certs            changed  it ran
			  ✓ hotfix.final_check          changed  it ran

			edge-002  done
			  - hotfix.factory_cleanup      skipped        /etc/homeserver.factory exists
			  ✓ hotfix.git_cve              changed  12s   it ran
			  ✗ hotfix.gogs_repository_fix  failed   41s   exit 100
			      edge-002 hotfix.gogs_repository_fix │ E: Could not get lock /var/lib/dpkg/lock-frontend. It is held by process 812 (unattended-upgr)
			      edge-002 hotfix.gogs_repository_fix │ E: Unable to acquire the dpkg frontend lock (/var/lib/dpkg/lock-frontend), is another process using it?
			      exit 100 · log edge-002:/var/lib/hsctl/jobs/abababababababab
			      all of it: hsctl logs 01JDB8ZQ6T -l edge-002 --target hotfix.gogs_repository_fix
			  = hotfix.collect_diagnostics  ok             done on 2026-10-02
			  ⊘ hotfix.tls_certs            blocked        needs hotfix.gogs_repository_fix
			  ✓ hotfix.final_check          changed  0.3s  it ran

			edge-004  unreachable: ssh: connect to 10.0.0.31 port 22: no answer within 10s

			  ✗ edge-002  hotfix.gogs_repository_fix  failed       exit 100
			  ! edge-004                              unreachable  ssh: connect to 10.0.0.3…
			  ⊘ edge-002  hotfix.tls_certs            blocked      needs hotfix.gogs_reposi…
			hsctl apply home-fleet  run 01JDB8ZQ6T  failed (exit 5) in 4m12s
			  4 hosts: 3 done, 1 unreachable
			  units: 3 ok, 10 changed, 3 skipped, 1 failed, 1 blocked, 6 unreachable
			  report:    hsctl show 01JDB8ZQ6T
			  go on:     hsctl resume 01JDB8ZQ6T --only failed,unreachable
			"
		`);
	});

	it('gives the whole output, of the hosts and units that are asked for', () => {
		const print = logPrinter({ hosts: ['edge-002'], units: ['hotfix.gogs_repository_fix'] }, look(80));
		expect(broken.map(print).join('')).toMatchInlineSnapshot(`
			"edge-002 hotfix.gogs_repository_fix │ repairing hooks of 14 repositories
			edge-002 hotfix.gogs_repository_fix │ E: Could not get lock /var/lib/dpkg/lock-frontend. It is held by process 812 (unattended-upgr)
			edge-002 hotfix.gogs_repository_fix │ E: Unable to acquire the dpkg frontend lock (/var/lib/dpkg/lock-frontend), is another process using it?
			edge-002 hotfix.gogs_repository_fix failed, exit 100
			"
		`);
	});
});

describe('the history', () => {
	const run = {
		run: runId,
		startedAt: '2026-11-21T12:03:39.000Z',
		finishedAt: '2026-11-21T12:07:51.000Z',
		playbook: 'home-fleet',
		file: 'playbooks/home.yaml',
		purpose: 'do',
		hosts: 4,
		exitCode: 5,
	} as const;

	it('is a line a run, and shortens ids as far as they stay apart', () => {
		const twin = {
			...run,
			run: `${runId.slice(0, 12)}XXXXXXXXXXXXXX` as typeof runId,
			finishedAt: null,
			exitCode: null,
			purpose: 'undo' as const,
		};
		expect(historyText([run, twin], look(80))).toMatchInlineSnapshot(`
			"RUN            STARTED (UTC)     TOOK   RESULT       HOSTS  PLAYBOOK
			01JDB8ZQ6T3V9  2026-11-21 12:03  4m12s  failed (5)       4  home-fleet
			01JDB8ZQ6T3VX  2026-11-21 12:03         no end seen      4  home-fleet (rollbac…
			"
		`);
	});

	it('says when there is none', () => {
		expect(historyText([], look(80))).toBe('No runs yet\n');
	});
});
