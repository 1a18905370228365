import { chownSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { end } from '../lab/processes.ts';
import { canGoFar, farRig, needsFar } from './far-rig.ts';
import { finish, statuses, until } from './rig.ts';

const names = ['web1', 'web2', 'web3'];

/** Three hosts behind one jump host, all of them the same machine. */
async function behindJump(onTestFinished: Parameters<typeof farRig>[0]) {
	const far = await farRig(onTestFinished);
	const jump = await far.lab.sshd({ last: 2 });
	const { line, sshd, home } = far;
	const config = [
		`Host jump\n  HostName ${jump.address}\n  Port ${jump.port}\n  User ${far.person}`,
		`Host ${names.join(' ')}\n  ProxyJump jump\n  HostName ${line.address}\n  Port ${line.port}`,
	];
	writeFileSync(join(home, '.ssh/config'), `${config.join('\n')}\n`);
	writeFileSync(join(home, '.ssh/known_hosts'), `[${line.address}]:${line.port} ${sshd.hostKey()}\n${jump.pin()}\n`);
	const { uid, gid } = statSync(home);
	chownSync(join(home, '.ssh/config'), uid, gid);
	far.write({
		'hsctl.config.yaml': 'hsctl: 1\n',
		'p.yaml': `hsctl: 1\nname: p\nhosts: all\ninventory: { groups: { web: { hosts: { ${names.map(name => `${name}: { state_dir: ${home}/${name} }`).join(', ')} } } } }\nhotfixes:\n  a: {}\n`,
		'hotfixes/a.sh': 'echo begun >>$MARKS/ran\nuntil [ -e $MARKS/go ]; do sleep 0.05; done\necho ended >>$MARKS/ran\n',
	});
	const locked = await far.hsctl(['lock']);
	if (locked.code !== 0) throw new Error(locked.stderr);
	return { ...far, jump };
}

describe.skipIf(!canGoFar)(`hosts behind a jump host (${needsFar})`, () => {
	it('A14: are all told as unreachable in one line when the jump host is down', async ({ onTestFinished }) => {
		const far = await behindJump(onTestFinished);
		far.jump.stop();
		const plan = await far.hsctl(['plan', 'p.yaml']);
		expect(plan.code).toBe(4);
		expect(plan.stdout.split('\n').slice(0, 2)).toEqual([
			'web1, web2, web3 (3 hosts alike)',
			expect.stringMatching(/^ {2}! unreachable {2}via jump \(\S+\): connect: the connection was refused/),
		]);
	});

	it('A14: go on while it dies in the middle, and are seen again when it is back', async ({ onTestFinished }) => {
		const far = await behindJump(onTestFinished);
		const child = far.start(['apply', 'p.yaml', '--yes', '--json']);
		const ended = finish(child);
		await until(() => far.lines('ran').length === 3);
		for (const pid of far.jump.sessions()) end(pid, 'SIGKILL');
		far.write({ '../marks/go': '' });
		const ran = await ended;
		expect([ran.code, statuses(ran)]).toEqual([0, { 'hotfix.a': 'changed' }]);
		expect(far.lines('ran').filter(word => word === 'begun').length).toBe(3);
		expect(ran.stdout.split('the link is back').length - 1).toBe(3);
	});
});
