import { beforeAll, describe, expect, it } from 'vitest';
import { type Ran, statuses } from '../cli/rig.ts';
import { baseOfMachines, canBoot, type MachineOptions, needsMachines } from '../lab/machines.ts';
import { type MachineRig, machineRig } from './rig.ts';

const apply = ['apply', 'p.yaml', '--yes', '--json'];
const attach = ['attach', 'last', '--json'];

const old = ['one: old', 'two: old'];
const changed = ['one: new', 'three: new', 'two: new'];

interface App {
	readonly confirm?: string;
	/** Who uses the files takes as long over taking them up as /root/hold is there. */
	readonly holds?: boolean;
	/** The host never gets over replacing this one of the files: /run/moving tells that it is at it. */
	readonly stuckAt?: string;
	readonly init?: NonNullable<MachineOptions['init']>;
}

/** A pool of two files that are replaced and one that is created. Who uses them notes in /root/used what was in the second one. */
async function changesApp(
	onTestFinished: Parameters<typeof machineRig>[0],
	{ confirm = 'off', holds = false, stuckAt, init = 'systemd' }: App = {},
): Promise<MachineRig> {
	const rig = await machineRig(onTestFinished, {
		init,
		files: {
			'/srv/app/one': 'old\n',
			'/srv/app/two': 'old\n',
			...(holds ? { '/root/hold': '' } : {}),
			...(stuckAt === undefined ? {} : { '/usr/local/sbin/mv': stuckMv(stuckAt) }),
		},
	});
	await rig.playbook(
		`pools:
  app:
    files:
      - { src: files/app, dest: /srv/app/one }
      - { src: files/app, dest: /srv/app/two }
      - { src: files/app, dest: /srv/app/three }
    on_customised: replace
    activate: [ "cat /srv/app/two >>/root/used; while [ -e /root/hold ]; do sleep 0.05; done" ]
    confirm: ${confirm}
`,
		{ 'files/app': 'new\n' },
	);
	return rig;
}

const stuckMv = (name: string): string => `#!/bin/sh
case "$*" in */${name}) : >/run/moving; sleep 600 ;; esac
exec /usr/bin/mv "$@"
`;

const filesOf = async ({ machine }: MachineRig): Promise<readonly string[]> =>
	(await machine.exec('sh', '-c', 'cd /srv/app && for file in *; do echo "$file: $(cat "$file")"; done')).split('\n');

/** What was taken up, one after another. */
const usedBy = async ({ machine }: MachineRig): Promise<readonly string[]> =>
	(await machine.exec('cat', '/root/used')).split('\n');

/** Who has ended the only job of the host. */
const endedBy = async ({ machine }: MachineRig): Promise<string> =>
	JSON.parse(await machine.exec('sh', '-c', 'cat /var/lib/hsctl/jobs/*/run/rc')).detached_by;

/** The service that is the run. */
const serviceOf = async ({ machine }: MachineRig): Promise<string> =>
	(await machine.exec('systemctl', 'list-units', '--plain', '--no-legend', 'hsctl-0*')).split(' ')[0] ?? '';

/** Waits until nothing is left to start, and tells `running` where all has started well. */
const settled = ({ machine }: MachineRig): Promise<string> =>
	machine.exec('sh', '-c', 'systemctl is-system-running --wait || systemctl --failed --plain --no-legend');

/** Whatever of ours systemd still knows once it has ended; what it is ending needs its time. */
const leftOver = async ({ machine }: MachineRig): Promise<string> => {
	await machine.until('sh', '-c', 'case "$(systemctl show -p ActiveState "hsctl-*")" in *activ*) exit 1 ;; esac');
	return machine.exec(
		...['sh', '-c', 'find /etc/systemd/system -name "*hsctl*"; systemctl list-units --plain --no-legend "hsctl-*"'],
	);
};

const endOf = ({ stdout }: Ran) =>
	JSON.parse(stdout.split('\n').find(line => line.includes('"unit_finished"')) ?? '{}');

describe.skipIf(!canBoot).concurrent(`a pool on a machine (${needsMachines})`, { timeout: 120_000 }, () => {
	beforeAll(() => void baseOfMachines(), 300_000);

	it('is a service of its own, and leaves nothing behind but its memory', async ({ onTestFinished }) => {
		const rig = await changesApp(onTestFinished, { confirm: '60s' });
		const health = await rig.hsctl(['doctor', 'box']);
		const checks = health.stdout.match(/^ {2}\S .*$/gm) ?? [];
		expect([checks.length > 8, checks.filter(line => !/ ok /.test(line)), health.code]).toEqual([true, [], 0]);
		const ran = await rig.hsctl(apply);
		expect([ran.code, statuses(ran), await filesOf(rig)]).toEqual([0, { 'pool.app': 'changed' }, changed]);
		expect(await endedBy(rig)).toBe('systemd');
		expect(await leftOver(rig)).toBe('');
		expect(await rig.machine.exec('sh', '-c', 'journalctl -q -p warning -g hsctl- || :')).toBe('');
		expect(await settled(rig)).toBe('running');
	});

	it('ends with the supervisor of its run, process for process, and the next run brings it to its end', async ({
		onTestFinished,
	}) => {
		const rig = await changesApp(onTestFinished, { holds: true });
		const { machine } = rig;
		const first = rig.hsctl(apply);
		await machine.until('test', '-s', '/root/used');
		const service = await serviceOf(rig);
		await machine.exec('sh', '-c', `kill -9 "$(systemctl show -p MainPID --value ${service})"`);
		// A control group goes when the last process in it has gone.
		await machine.until('test', '!', '-e', `/sys/fs/cgroup/system.slice/${service}`);
		expect((await first).code).toBe(6);
		expect(await filesOf(rig)).toEqual(changed);
		await machine.exec('rm', '/root/hold');
		expect((await rig.hsctl(['plan', 'p.yaml'])).stdout).toContain('an earlier change of it was interrupted');
		const second = await rig.hsctl(apply);
		expect([second.code, statuses(second)]).toEqual([0, { 'pool.app': 'changed' }]);
		expect([await filesOf(rig), await usedBy(rig)]).toEqual([changed, ['new', 'old', 'new']]);
		expect(await leftOver(rig)).toBe('');
	});

	it('is undone by a guard that is not part of the run, when nobody is left to confirm it', async ({
		onTestFinished,
	}) => {
		const rig = await changesApp(onTestFinished, { confirm: '60s' });
		const { machine } = rig;
		const killed = await rig.hsctl(apply, { HSCTL_CRASH: 'controller-before-confirm' });
		expect([killed.code, await filesOf(rig)]).toEqual([null, changed]);
		const began = Date.now();
		await machine.exec('systemctl', 'kill', '-s', 'KILL', await serviceOf(rig));
		await machine.until('sh', '-c', '! systemctl -q is-active "hsctl-guard-*"');
		expect(Date.now() - began).toBeLessThan(30_000);
		expect([await filesOf(rig), await usedBy(rig), await endedBy(rig)]).toEqual([old, ['new', 'old'], 'guard']);
		const attached = await rig.hsctl(attach);
		expect([attached.code, statuses(attached)]).toEqual([5, { 'pool.app': 'rolled_back' }]);
		expect(endOf(attached).because).toBe('the runner on the host was ended while it ran; every file is as it was');
		expect(await leftOver(rig)).toBe('');
	});

	it('is undone by the machine itself when the power was cut after the first file', async ({ onTestFinished }) => {
		const rig = await changesApp(onTestFinished, { stuckAt: 'two' });
		const { machine } = rig;
		const watching = rig.hsctl(apply);
		await machine.until('test', '-e', '/run/moving');
		expect(await filesOf(rig)).toEqual(['one: new', 'two: old']);
		await machine.powerCut();
		await machine.boot();
		expect(await settled(rig)).toBe('running');
		expect([await filesOf(rig), await usedBy(rig), await endedBy(rig)]).toEqual([old, ['old'], 'boot']);
		expect(await leftOver(rig)).toBe('');
		const watched = await watching;
		expect([watched.code, statuses(watched)]).toEqual([5, { 'pool.app': 'rolled_back' }]);
	});

	it('is undone by the next run after a power cut where nothing is called at the start of a machine', async ({
		onTestFinished,
	}) => {
		const rig = await changesApp(onTestFinished, { init: 'tiny', holds: true });
		const { machine } = rig;
		const watching = rig.hsctl(apply);
		await machine.until('test', '-s', '/root/used');
		await machine.powerCut();
		await machine.boot();
		await machine.exec('rm', '/root/hold');
		expect((await watching).code).toBe(6);
		expect(await filesOf(rig)).toEqual(changed);
		const next = await rig.hsctl(apply);
		expect([next.code, statuses(next)]).toEqual([0, { 'pool.app': 'changed' }]);
		expect([await filesOf(rig), await usedBy(rig)]).toEqual([changed, ['new', 'old', 'new']]);
	});

	it('is undone when the machine is restarted before it was confirmed', async ({ onTestFinished }) => {
		const rig = await changesApp(onTestFinished, { confirm: '60s' });
		const { machine } = rig;
		const killed = await rig.hsctl(apply, { HSCTL_CRASH: 'controller-before-confirm' });
		expect([killed.code, await filesOf(rig)]).toEqual([null, changed]);
		const [life, next] = [machine.bootId(), machine.nextBoot()];
		await machine.exec('systemctl', 'reboot');
		await next;
		expect(machine.bootId()).not.toBe(life);
		expect(await settled(rig)).toBe('running');
		expect([await filesOf(rig), await usedBy(rig)]).toEqual([old, ['new', 'old']]);
		const attached = await rig.hsctl(attach);
		expect([attached.code, statuses(attached)]).toEqual([5, { 'pool.app': 'rolled_back' }]);
		expect(await leftOver(rig)).toBe('');
	});

	it('that locks us out of the real sshd is undone in its time, and waits for a confirmation unasked', async ({
		onTestFinished,
	}) => {
		const rig = await machineRig(onTestFinished);
		const { machine } = rig;
		const path = '/etc/ssh/sshd_config';
		const before = await machine.exec('cat', path);
		const pool = (confirm: string): string => `pools:
  sshd:
    files: [ { src: files/sshd_config, dest: ${path}, validate: "/usr/sbin/sshd -t -f %s" } ]
    on_customised: replace
    activate: [ "systemctl reload ssh" ]
${confirm}`;
		const files = { 'files/sshd_config': `AllowUsers nobody\n${before}\n` };
		await rig.playbook(pool(''), files);
		expect((await rig.hsctl(['plan', 'p.yaml', '--verbose'])).stdout).toMatch(/confirm: 1m,\s+else undone/);
		await rig.playbook(pool('    confirm: 5s\n'), files);
		const ran = await rig.hsctl(apply);
		expect([ran.code, statuses(ran)]).toEqual([5, { 'pool.sshd': 'rolled_back' }]);
		const took: number = endOf(ran).duration_ms;
		expect([took >= 5_000, took < 5_000 + 8_000]).toEqual([true, true]);
		expect(await machine.exec('cat', path)).toBe(before);
		expect(await machine.exec('journalctl', '-q', '-u', 'ssh')).toContain('not listed in AllowUsers');
		// It was put into use again as well: we can come in.
		expect((await rig.hsctl(['plan', 'p.yaml'])).stdout).toContain('undone by itself');
	});
});
