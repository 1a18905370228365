import type { Check } from '../../model/health.ts';
import type { Become } from '../../model/unit.ts';
import { judgeClock, type Skew } from './clock.ts';
import type { HostLock, Readings } from './read.ts';
import { tools } from './tools.ts';

/** What the readings of a host mean for a run there, in the order of `checkNames`; `reached` is not among them. */
export const judgeHost = (readings: Readings, become: Become, skew: Skew | undefined): readonly Check[] => [
	judgeBecome(readings, become),
	judgeShell(readings),
	judgeTools(readings),
	judgeState(readings),
	judgeDisk(readings),
	judgeClock(skew),
	judgeDetaching(readings),
	judgePackages(readings),
	judgeLock(readings.hostLock),
	judgeRuns(readings),
];

export function judgeBecome({ facts: { user, uid } }: Pick<Readings, 'facts'>, become: Become): Check {
	const who = `${user} (${uid})`;
	if (become === 'none') return ok('become', uid === 0 ? `works as ${who}` : `works as ${who}, without become`);
	return uid === 0
		? ok('become', `works as ${who} by ${become}`)
		: fail('become', `${become} leads to ${who}, not to root`, `see what its configuration gives this user`);
}

const testedShells: readonly string[] = ['dash', 'busybox', 'bash'];

export function judgeShell({ shell: { program, bash, ksh } }: Pick<Readings, 'shell'>): Check {
	const name = program.slice(program.lastIndexOf('/') + 1);
	if (bash !== '' || name === 'bash') return ok('shell', `/bin/sh is bash ${bash}`.trim());
	if (testedShells.includes(name)) return ok('shell', `/bin/sh is ${name}`);
	const cure = 'let /bin/sh be dash, busybox or bash';
	if (ksh !== '') return warn('shell', `/bin/sh is a Korn shell (${ksh}), which hsctl is not tested with`, cure);
	if (name === '') return warn('shell', 'which shell /bin/sh is cannot be seen', cure);
	return warn('shell', `/bin/sh is ${name}, which hsctl is not tested with`, cure);
}

export function judgeTools({ tools: found }: Pick<Readings, 'tools'>): Check {
	const missing = tools.filter(name => (found.get(name) ?? '') === '');
	if (missing.length > 0)
		return fail(
			'tools',
			`there is no ${missing.join(', ')}`,
			'install coreutils and findutils, or busybox with these applets',
		);
	const isBusybox = /busybox$/.test(found.get('sha256sum') ?? '') || found.get('sha256sum') === 'sha256sum';
	const set = isBusybox ? 'busybox' : 'coreutils';
	if ((found.get('setsid') ?? '') === '' && (found.get('timeout') ?? '') === '')
		return fail('tools', `there is neither setsid nor timeout beside ${set}`, 'install util-linux or coreutils');
	return ok('tools', `${set} has all that is needed`);
}

export function judgeState({ facts: { state }, write }: Pick<Readings, 'facts' | 'write'>): Check {
	const { path, condition, because } = state;
	switch (condition) {
		case 'unsafe':
			return fail(
				'state_folder',
				`${path} is not used: ${because}`,
				`look at it with \`ls -ld ${path}\`; it has to be a folder of this user with mode 0700`,
			);
		case 'unwritable':
			return fail(
				'state_folder',
				`${path} cannot be used: ${because}`,
				'set `become`, or give the host another `state_dir`',
			);
		case 'absent':
			return ok('state_folder', `${path} is not there yet and can be made`);
		default:
			return write === 'done'
				? ok('state_folder', `${path} takes writes, links and renames`)
				: fail(
						'state_folder',
						`in ${path} it was not possible to ${write || 'try anything'}`,
						'make room there, or give the host a `state_dir` on a local file system',
					);
	}
}

const mib = 1024;

export function judgeDisk({ disk }: Pick<Readings, 'disk'>): Check {
	const { freeKib, freeInodes, totalInodes, mountedOn, type, options } = disk;
	if (freeKib === undefined) return warn('disk', 'how much room there is cannot be seen', 'see `df -h` there');
	// File systems that make inodes as they need them count none.
	const hasInodes = freeInodes !== undefined && (totalInodes ?? 0) > 0;
	const inodes = hasInodes ? `, ${freeInodes} inodes` : '';
	const noexec = options.includes('noexec') ? '; noexec is no hindrance: scripts are started by their interpreter' : '';
	const says = `${roomWords(freeKib)}${inodes} free on ${mountedOn}${type === undefined ? '' : ` (${type})`}`;
	const cure = `make room on ${mountedOn}, or give the host another \`state_dir\``;
	if (freeKib < 4 * mib || (hasInodes && freeInodes < 100)) return fail('disk', `only ${says}`, cure);
	if (freeKib < 300 * mib || (hasInodes && freeInodes < 2000)) return warn('disk', `only ${says}`, cure);
	return ok('disk', says + noexec);
}

const roomWords = (kib: number): string =>
	kib < 10 * mib * mib ? `${Math.floor(kib / mib)} MiB` : `${Math.floor(kib / mib / mib)} GiB`;

export function judgeDetaching({ detach }: Pick<Readings, 'detach'>): Check {
	switch (detach) {
		case 'systemd':
			return ok('detaching', 'work gets a service of its own (systemd-run)');
		case 'setsid':
			return ok('detaching', 'work gets a session of its own (setsid)');
		default:
			return warn(
				'detaching',
				'there is neither systemd-run nor setsid: work only gets another parent, and the end of a login may end it',
				'install util-linux',
			);
	}
}

export function judgePackages({ facts: { packageManager }, heldLocks }: Pick<Readings, 'facts' | 'heldLocks'>): Check {
	const [held] = heldLocks;
	if (held === undefined)
		return ok('package_manager', packageManager === 'none' ? 'there is none' : `${packageManager}, its lock is free`);
	const holder = held.pid === '' ? 'somebody who cannot be seen' : `${held.name || 'process'} (${held.pid})`;
	return warn(
		'package_manager',
		`${packageManager}: ${held.file} is held by ${holder}`,
		'units that install packages would wait or fail: let it come to its end',
	);
}

export function judgeLock(lock: HostLock): Check {
	if (lock.state === 'free') return ok('host_lock', 'no run of hsctl is at work');
	const since =
		lock.sinceMs === undefined
			? ''
			: ` since ${new Date(lock.sinceMs).toISOString().slice(0, 16).replace('T', ' ')} UTC`;
	const who = `run ${lock.run} of ${lock.user}@${lock.controller}`;
	switch (lock.state) {
		case 'alive':
			return warn(
				'host_lock',
				`held${since} by ${who}, which is alive (${lock.pid})`,
				`\`hsctl attach ${runId(lock.run)}\` on ${lock.controller} watches it, \`--wait\` waits for it`,
			);
		case 'orphan':
			return warn(
				'host_lock',
				`held${since} by ${who}: its supervisor is dead, and a script of it still runs`,
				`let the script end, or end it with \`hsctl cancel ${runId(lock.run)}\` on ${lock.controller}`,
			);
		default:
			return ok('host_lock', `${who} died without giving it back${since}; the next run puts that right`);
	}
}

/** A host's later stages have the run's id with a number behind it. */
const runId = (run: string): string => run.replace(/-\d+$/, '');

export function judgeRuns({ runs, pendingRestarts }: Pick<Readings, 'runs' | 'pendingRestarts'>): Check {
	const dead = runs.filter(({ state }) => state === 'dead').map(({ run }) => run);
	const running = runs.filter(({ state }) => state === 'running').map(({ run }) => run);
	const owed = pendingRestarts.length === 0 ? '' : `; restarts still owed: ${pendingRestarts.join(', ')}`;
	if (dead.length > 0)
		return warn(
			'runs',
			`${dead.join(', ')} did not come to an end${owed}`,
			'the next apply settles what it left; `hsctl plan` says how',
		);
	if (running.length > 0) return ok('runs', `${running.join(', ')} goes on${owed}`);
	return owed === '' ? ok('runs', 'none is open') : warn('runs', owed.slice(2), 'the next apply does them');
}

const ok = (check: Check['check'], says: string): Check => ({ check, result: 'ok', says });
const warn = (check: Check['check'], says: string, cure: string): Check => ({ check, result: 'warn', says, cure });
const fail = (check: Check['check'], says: string, cure: string): Check => ({ check, result: 'fail', says, cure });
