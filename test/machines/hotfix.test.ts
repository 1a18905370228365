import { beforeAll, describe, expect, it } from 'vitest';
import { statuses } from '../cli/rig.ts';
import { baseOfMachines, canBoot, needsMachines } from '../lab/machines.ts';
import { machineRig } from './rig.ts';

const apply = ['apply', 'p.yaml', '--yes', '--json'];

describe.skipIf(!canBoot).concurrent(`a hotfix on a machine (${needsMachines})`, { timeout: 120_000 }, () => {
	beforeAll(() => void baseOfMachines(), 300_000);

	it('B9: takes what has got away into a session of its own along, where systemd runs the host', async ({
		onTestFinished,
	}) => {
		const rig = await machineRig(onTestFinished);
		await rig.playbook('hotfixes:\n  leaves: { script: hotfixes/leaves.sh }\n', {
			'hotfixes/leaves.sh': `#!/bin/sh
setsid sh -c 'echo $$ >/root/away; exec sleep 600' &
while [ ! -s /root/away ]; do sleep 0.05; done
`,
		});
		const ran = await rig.hsctl(apply);
		expect([ran.code, statuses(ran)]).toEqual([0, { 'hotfix.leaves': 'changed' }]);
		await rig.machine.until('sh', '-c', '[ -s /root/away ] && [ ! -d "/proc/$(cat /root/away)" ]');
	});

	it('B16: that ran when the power was cut has no known end, and a person is asked', async ({ onTestFinished }) => {
		const rig = await machineRig(onTestFinished);
		const { machine } = rig;
		await rig.playbook('hotfixes:\n  slow: { script: hotfixes/slow.sh }\n', {
			'hotfixes/slow.sh': '#!/bin/sh\necho ran >>/root/ran\nsleep 600\n',
		});
		const watching = rig.hsctl(apply);
		await machine.until('test', '-s', '/root/ran');
		await machine.powerCut();
		await machine.boot();
		const watched = await watching;
		expect([watched.code, statuses(watched)]).toEqual([6, { 'hotfix.slow': 'unknown' }]);
		const plan = await rig.hsctl(['plan', 'p.yaml']);
		expect([plan.code, plan.stdout]).toEqual([6, expect.stringContaining('was interrupted by a restart of the host')]);
		expect(await machine.exec('cat', '/root/ran')).toBe('ran');
	});

	it('B16: that restarts the host is ended by that like all else there, and has failed', async ({ onTestFinished }) => {
		const rig = await machineRig(onTestFinished);
		await rig.playbook('hotfixes:\n  restarts: { script: hotfixes/restarts.sh }\n', {
			'hotfixes/restarts.sh': '#!/bin/sh\nsystemctl reboot\nsleep 600\n',
		});
		const next = rig.machine.nextBoot();
		const ran = await rig.hsctl(apply);
		await next;
		expect([ran.code, statuses(ran)]).toEqual([5, { 'hotfix.restarts': 'failed' }]);
		expect(ran.stdout).toContain('ended by SIGTERM');
	});
});
