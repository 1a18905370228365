import { describe, expect, it } from 'vitest';
import { asUnitAddress, hostName } from '../../../src/model/brand.ts';
import type { HostState } from '../../../src/model/event.ts';
import type { UnitStatus } from '../../../src/model/outcome.ts';
import { emptyRun, foldEvent } from '../../../src/outputs/run/run-fold.ts';
import { styleFor } from '../../../src/outputs/style.ts';
import { countMoods, moodOf, rank } from '../../../src/outputs/tui/mood.ts';
import { blankScreen, next, type Screen, type ScreenKey, watchedHost } from '../../../src/outputs/tui/screen.ts';
import { scrollbackLines } from '../../../src/outputs/tui/scrollback.ts';
import { hostState, type RunShape, recorder, runOf, runStarted, unitFinished, unitStarted } from '../samples.ts';

const screenOf = (hosts: number, shape: RunShape = {}): Screen =>
	runOf(hosts, shape).reduce((screen, event) => next(screen, { type: 'event', event }), blankScreen);

const press = (screen: Screen, ...keys: readonly ScreenKey[]): Screen =>
	keys.reduce((pressed, key) => next(pressed, { type: 'key', key }), screen);

// edge-001 and -002 are done (002 failed), 003 is unreachable, 004 to 007 run, 008 to 010 wait.
const middle = screenOf(10, { failing: [1], unreachable: [2], finished: 3, waiting: 3 });

describe('the order of hosts', () => {
	it.each([
		['waiting', null, 'waiting'],
		['connecting', null, 'running'],
		['staging', null, 'running'],
		['running', 'changed', 'running'],
		['running', 'failed', 'failed'],
		['running', 'rolled_back', 'failed'],
		['done', 'unknown', 'failed'],
		['done', 'skipped', 'done'],
		['done', 'blocked', 'done'],
		['held', null, 'held'],
		['confirming', null, 'confirming'],
		['stopping', null, 'running'],
		['locked', null, 'locked'],
		['detached', null, 'detached'],
		['unreachable', 'unreachable', 'unreachable'],
	] as const satisfies readonly (readonly [HostState, UnitStatus | null, string])[])(
		'a host that is %s with a unit %s counts as %s',
		(state, status, mood) => {
			const [host, unit] = [hostName('a'), asUnitAddress('hotfix.x')];
			const { events, emit } = recorder();
			emit(0, runStarted([host], [unit]));
			if (status !== null) emit(0, unitFinished(host, unit, status, ''));
			emit(0, hostState(host, state));
			expect(moodOf(events.reduce(foldEvent, emptyRun).hosts[0]!)).toBe(mood);
		},
	);

	it('puts failures first, then what needs a look, what runs longest, what waits; done is only counted', () => {
		expect(rank(middle.fold.hosts).map(({ host, mood }) => `${host.name} ${mood}`)).toEqual([
			'edge-002 failed',
			'edge-003 unreachable',
			'edge-004 running',
			'edge-005 running',
			'edge-006 running',
			'edge-007 running',
			'edge-008 waiting',
			'edge-009 waiting',
			'edge-010 waiting',
		]);
		expect(
			countMoods(middle.fold.hosts)
				.map(({ mood, amount }) => `${amount} ${mood}`)
				.join(', '),
		).toBe('1 failed, 1 unreachable, 4 running, 3 waiting, 1 done');
	});
});

describe('keys', () => {
	it.each<[string, readonly ScreenKey[], Partial<Screen>, string]>([
		['nothing: the first that works is shown', [], { chosen: null }, 'edge-004'],
		['down: the next one', ['down'], {}, 'edge-005'],
		['up: the one above', ['up', 'up'], {}, 'edge-002'],
		['up at the top stays there', Array(20).fill('up'), {}, 'edge-002'],
		['down at the end stays there', Array(20).fill('down'), {}, 'edge-010'],
		[
			'f: the log of the host that is shown, and it stays that host',
			['down', 'full'],
			{ isFull: true, chosen: hostName('edge-005') },
			'edge-005',
		],
		['f again: back', ['full', 'full'], { isFull: false }, 'edge-004'],
		[
			'escape: first out of the log, then back to the most interesting',
			['down', 'full', 'back', 'back'],
			{ isFull: false, chosen: null },
			'edge-004',
		],
		['up in the log scrolls', ['full', 'up', 'up', 'down'], { scroll: 1 }, 'edge-004'],
		[
			'scrolling ends at the beginning of the log',
			['full', ...Array<ScreenKey>(50).fill('up')],
			{ scroll: 6 },
			'edge-004',
		],
		['Ctrl-C once', ['interrupt'], { interrupts: 1 }, 'edge-004'],
		[
			'Ctrl-C four times counts three',
			['interrupt', 'interrupt', 'interrupt', 'interrupt'],
			{ interrupts: 3 },
			'edge-004',
		],
	])('%s', (_what, keys, expected, watched) => {
		const screen = press(middle, ...keys);
		expect(screen).toMatchObject(expected);
		expect(watchedHost(screen)?.name).toBe(watched);
	});

	it('do no harm before there is a host', () => {
		for (const key of ['up', 'down', 'full', 'back', 'interrupt'] as const)
			expect(watchedHost(press(blankScreen, key))).toBeUndefined();
	});

	it('a host that is done is left for the next interesting one', () => {
		const chosen = press(middle, 'down');
		const event = {
			...hostState(hostName('edge-005'), 'done'),
			seq: 999,
			at: '2026-11-21T13:00:00.000Z',
			run: chosen.fold.run!,
		};
		expect(watchedHost(next(chosen, { type: 'event', event }))?.name).toBe('edge-004');
	});
});

describe('what stays above the screen', () => {
	it('is a line for each host that is over, and each failure with its last words and the command to go on with', () => {
		let fold = emptyRun;
		const lines = runOf(4, { failing: [1], unreachable: [3] }).flatMap(event => {
			fold = foldEvent(fold, event);
			return scrollbackLines(fold, event, styleFor({ color: false, unicode: true }), 80);
		});
		expect(lines.join('\n')).toMatchInlineSnapshot(`
			"✓ edge-001  done after 0.7s: 1 ok, 4 changed, 1 skipped
			✗ edge-002 hotfix.gogs_repository_fix failed in 41s: exit 100
			  edge-002 hotfix.gogs_repository_fix │ E: Could not get lock /var/lib/dpkg/lock-frontend. It is held by process 812 (unattended-upgr)
			  edge-002 hotfix.gogs_repository_fix │ E: Unable to acquire the dpkg frontend lock (/var/lib/dpkg/lock-frontend), is another process using it?
			  exit 100 · log edge-002:/var/lib/hsctl/jobs/abababababababab
			  all of it: hsctl logs 01JDB8ZQ6T -l edge-002 --target hotfix.gogs_repository_fix
			✗ edge-002  done after 1.3s: 1 ok, 2 changed, 1 skipped, 1 failed, 1 blocked
			✓ edge-003  done after 2.0s: 1 ok, 4 changed, 1 skipped
			! edge-004  unreachable: ssh: connect to 10.0.0.31 port 22: no answer within 10s"
		`);
	});

	it('is the whole list of units when there is one host', () => {
		const { events, emit } = recorder();
		const [host, unit] = [hostName('a'), asUnitAddress('hotfix.x')];
		emit(0, runStarted([host], [unit]));
		emit(0, unitStarted(host, unit));
		emit(1300, unitFinished(host, unit, 'changed', 'it ran', 1300));
		emit(0, hostState(host, 'done'));
		const lines = scrollbackLines(
			events.reduce(foldEvent, emptyRun),
			events.at(-1)!,
			styleFor({ color: false, unicode: true }),
			80,
		);
		expect(lines).toEqual(['✓ a  done after 1.3s: 1 changed', '  ✓ hotfix.x  changed  1.3s']);
	});
});
