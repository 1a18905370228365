import { describe, expect, it } from 'vitest';
import { judgeClock, measureSkew } from '../../../src/execution/doctor/clock.ts';
import {
	judgeBecome,
	judgeDetaching,
	judgeDisk,
	judgeHost,
	judgeLock,
	judgePackages,
	judgeRuns,
	judgeShell,
	judgeState,
	judgeTools,
} from '../../../src/execution/doctor/judge.ts';
import type { HostLock, Readings } from '../../../src/execution/doctor/read.ts';
import { tools } from '../../../src/execution/doctor/tools.ts';
import { hostPath } from '../../../src/model/brand.ts';
import { type Check, checkNames } from '../../../src/model/health.ts';
import type { HostStateFolder } from '../../../src/model/host-facts.ts';
import { facts } from '../../fakes/builders.ts';

/** `warn: what it says`. */
const words = ({ result, says }: Check): string => `${result}: ${says}`;

const shell = (program: string, more: Partial<Readings['shell']> = {}) => ({ program, bash: '', ksh: '', ...more });
const found = (without: readonly string[] = [], at = '/usr/bin/'): Readings['tools'] =>
	new Map([...tools, 'setsid', 'timeout'].map(name => [name, without.includes(name) ? '' : `${at}${name}`]));
const state = (condition: HostStateFolder['condition'], because = ''): Pick<Readings, 'facts'> => ({
	facts: facts({ state: { path: hostPath('/var/lib/hsctl'), condition, because } }),
});
const disk = (rest: Partial<Readings['disk']>): Pick<Readings, 'disk'> => ({
	disk: { freeKib: 5 * 1024 * 1024, mountedOn: '/', type: 'ext4', options: [], ...rest },
});
const held = (state: 'alive' | 'orphan' | 'left'): HostLock => ({
	state,
	sinceMs: Date.parse('2026-11-21T10:00:00Z'),
	run: '01ABC-1',
	controller: 'desk',
	user: 'ann',
	pid: '77',
});

describe('a doctor', () => {
	it.each<[string, Check, string]>([
		['root', judgeBecome({ facts: facts() }, 'none'), 'ok: works as root (0)'],
		['root by sudo', judgeBecome({ facts: facts() }, 'sudo'), 'ok: works as root (0) by sudo'],
		[
			'somebody else',
			judgeBecome({ facts: facts({ user: 'ann', uid: 1000 }) }, 'none'),
			'ok: works as ann (1000), without become',
		],
		[
			'a sudo that leads elsewhere',
			judgeBecome({ facts: facts({ user: 'ann', uid: 1000 }) }, 'sudo'),
			'fail: sudo leads to ann (1000), not to root',
		],
		['dash', judgeShell({ shell: shell('/usr/bin/dash') }), 'ok: /bin/sh is dash'],
		['busybox', judgeShell({ shell: shell('/bin/busybox') }), 'ok: /bin/sh is busybox'],
		['bash', judgeShell({ shell: shell('/usr/bin/bash', { bash: '5.2.15' }) }), 'ok: /bin/sh is bash 5.2.15'],
		[
			'a strange shell',
			judgeShell({ shell: shell('/bin/yash') }),
			'warn: /bin/sh is yash, which hsctl is not tested with',
		],
		['a shell that is not seen', judgeShell({ shell: shell('') }), 'warn: which shell /bin/sh is cannot be seen'],
		['coreutils', judgeTools({ tools: found() }), 'ok: coreutils has all that is needed'],
		[
			'busybox alone',
			judgeTools({ tools: new Map([...found()].map(([name]) => [name, '/bin/busybox'])) }),
			'ok: busybox has all that is needed',
		],
		[
			'tools that are missing',
			judgeTools({ tools: found(['sha256sum', 'sync']) }),
			'fail: there is no sha256sum, sync',
		],
		[
			'nothing to bound a look with',
			judgeTools({ tools: found(['setsid', 'timeout']) }),
			'fail: there is neither setsid nor timeout beside coreutils',
		],
		[
			'a good state folder',
			judgeState({ ...state('present'), write: 'done' }),
			'ok: /var/lib/hsctl takes writes, links and renames',
		],
		[
			'a state folder without links',
			judgeState({ ...state('present'), write: 'link a file' }),
			'fail: in /var/lib/hsctl it was not possible to link a file',
		],
		[
			'a state folder to come',
			judgeState({ ...state('absent'), write: '' }),
			'ok: /var/lib/hsctl is not there yet and can be made',
		],
		[
			'a state folder of somebody else',
			judgeState({ ...state('unsafe', 'it belongs to somebody else'), write: '' }),
			'fail: /var/lib/hsctl is not used: it belongs to somebody else',
		],
		[
			'a state folder that cannot be',
			judgeState({ ...state('unwritable', '/var/lib takes no writes'), write: '' }),
			'fail: /var/lib/hsctl cannot be used: /var/lib takes no writes',
		],
		['room', judgeDisk(disk({})), 'ok: 5120 MiB free on / (ext4)'],
		[
			'noexec',
			judgeDisk(disk({ options: ['rw', 'noexec'], freeInodes: 5000, totalInodes: 9000 })),
			'ok: 5120 MiB, 5000 inodes free on / (ext4); noexec is no hindrance: scripts are started by their interpreter',
		],
		['no inodes to count', judgeDisk(disk({ freeInodes: 0, totalInodes: 0 })), 'ok: 5120 MiB free on / (ext4)'],
		['little room', judgeDisk(disk({ freeKib: 100 * 1024 })), 'warn: only 100 MiB free on / (ext4)'],
		['no room', judgeDisk(disk({ freeKib: 0 })), 'fail: only 0 MiB free on / (ext4)'],
		[
			'no inodes',
			judgeDisk(disk({ freeInodes: 3, totalInodes: 9000 })),
			'fail: only 5120 MiB, 3 inodes free on / (ext4)',
		],
		['no df', judgeDisk({ disk: { options: [] } }), 'warn: how much room there is cannot be seen'],
		['systemd', judgeDetaching({ detach: 'systemd' }), 'ok: work gets a service of its own (systemd-run)'],
		['setsid', judgeDetaching({ detach: 'setsid' }), 'ok: work gets a session of its own (setsid)'],
		['a free package manager', judgePackages({ facts: facts(), heldLocks: [] }), 'ok: apt, its lock is free'],
		[
			'a package manager at work',
			judgePackages({ facts: facts(), heldLocks: [{ file: '/var/lib/dpkg/lock', pid: '7', name: 'apt-get' }] }),
			'warn: apt: /var/lib/dpkg/lock is held by apt-get (7)',
		],
		[
			'a package manager at work for somebody unseen',
			judgePackages({ facts: facts(), heldLocks: [{ file: '/var/lib/dpkg/lock', pid: '', name: '' }] }),
			'warn: apt: /var/lib/dpkg/lock is held by somebody who cannot be seen',
		],
		['no other run', judgeLock({ state: 'free' }), 'ok: no run of hsctl is at work'],
		[
			'another run',
			judgeLock(held('alive')),
			'warn: held since 2026-11-21 10:00 UTC by run 01ABC-1 of ann@desk, which is alive (77)',
		],
		[
			'a script without its supervisor',
			judgeLock(held('orphan')),
			'warn: held since 2026-11-21 10:00 UTC by run 01ABC-1 of ann@desk: its supervisor is dead, and a script of it still runs',
		],
		[
			'a lock of a dead run',
			judgeLock(held('left')),
			'ok: run 01ABC-1 of ann@desk died without giving it back since 2026-11-21 10:00 UTC; the next run puts that right',
		],
		['no open run', judgeRuns({ runs: [], pendingRestarts: [] }), 'ok: none is open'],
		[
			'an open run',
			judgeRuns({ runs: [{ run: '01ABC', state: 'running' }], pendingRestarts: [] }),
			'ok: 01ABC goes on',
		],
		[
			'a dead run',
			judgeRuns({ runs: [{ run: '01ABC', state: 'dead' }], pendingRestarts: ['nginx'] }),
			'warn: 01ABC did not come to an end; restarts still owed: nginx',
		],
	])('sees %s', (_, check, said) => {
		expect(words(check)).toBe(said);
		expect(check.cure === undefined).toBe(check.result === 'ok');
	});

	it('names the run to attach to without the number of its stage', () => {
		expect(judgeLock(held('alive')).cure).toContain('`hsctl attach 01ABC` on desk');
	});

	it('tells all checks in their order', () => {
		const readings: Readings = {
			...state('present'),
			shell: shell('/usr/bin/dash'),
			tools: found(),
			write: 'done',
			...disk({}),
			detach: 'setsid',
			heldLocks: [],
			hostLock: { state: 'free' },
			runs: [],
			pendingRestarts: [],
		};
		expect(judgeHost(readings, 'none', undefined).map(({ check }) => check)).toEqual(checkNames.slice(1));
	});
});

describe('the clock of a host', () => {
	const ours = { sentMs: 10_000, receivedMs: 10_400 };

	it.each([
		[
			'the same as ours',
			{ begunMs: 10_100, endedMs: 10_300, grainMs: 1 },
			"ok: 0 ms ahead of this machine's, give or take 101 ms",
		],
		['behind', { begunMs: 100, endedMs: 300, grainMs: 1 }, "warn: 10000 ms behind this machine's, give or take 101 ms"],
		[
			'ahead',
			{ begunMs: 16_100, endedMs: 16_300, grainMs: 1 },
			"warn: 6000 ms ahead of this machine's, give or take 101 ms",
		],
		[
			'perhaps ahead',
			{ begunMs: 15_500, endedMs: 15_500, grainMs: 500 },
			"ok: 5300 ms ahead of this machine's, give or take 700 ms",
		],
	])('is %s', (_, clock, said) => {
		expect(words(judgeClock(measureSkew(clock, ours)))).toBe(said);
	});

	it('may tell nothing', () => {
		expect(words(judgeClock(measureSkew(undefined, ours)))).toBe('warn: its clock tells nothing');
	});
});
