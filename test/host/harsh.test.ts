import { execFileSync } from 'node:child_process';
import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { jobOf, keyOf } from './bundle.ts';
import { busyboxRoot, enterRoot } from './busybox-root.ts';
import { has, isRoot, TestHost } from './host.ts';
import { finished, output, verdicts } from './view.ts';

const concurrently = { concurrent: true };

describe.skipIf(!isRoot)('a full or odd disk (needs root for a file system of its own)', concurrently, () => {
	it('D1: lets a script that filled it still have its receipt', async () => {
		using host = new TestHost('dash', { mount: 'size=512k' });
		const unit = { script: `cat /dev/zero >${host.state}/filled 2>/dev/null; exit 3` };
		const view = await host.run('R1', [unit]);
		expect(finished(view)).toMatchObject({ status: 'failed', why: 'exit', rc: 3 });
		expect(host.memory([unit])[0]).toMatch(/^receipt .*"status":"failed"/);
	});

	it('D1: takes the place of a receipt beforehand and does not give it back while it is written', () => {
		using host = new TestHost();
		const program = 'cd "$HSCTL_STATE"; hs_write f reserved; hs_fill f end; cat f';
		expect(host.look(`${host.functions()}${program}`)).toEqual(['end', 'rved']);
	});

	it('D1: makes an end that cannot be written unknown, for this run and for the next', async () => {
		using host = new TestHost('dash', { mount: 'size=512k' });
		const unit = {
			script: `cat /dev/zero >${host.state}/filled 2>/dev/null; true`,
			spec: { restarts: 'a b c d e f g h' },
		};
		const view = await host.run('R1', [unit]);
		expect(verdicts(view)).toEqual(['unknown disk']);
		expect(host.memory([unit])[0]).toMatch(/^job \w+\.1 lost /);
		expect(host.list('receipts')).toEqual([]);
	});

	it('D1: starts nothing whose end it could not write', async () => {
		using host = new TestHost('dash', { mount: 'size=512k' });
		const fills = { script: `cat /dev/zero >${host.state}/filled 2>/dev/null; true` };
		const view = await host.run('R1', [fills, { script: `touch ${host.folder}/ran` }]);
		expect(verdicts(view)).toEqual(['changed exit', 'refused disk']);
		expect(existsSync(`${host.folder}/ran`)).toBe(false);
	});

	it('D6: may be mounted noexec: scripts are read, not executed', async () => {
		using host = new TestHost('dash', { mount: 'size=1m,noexec' });
		expect(output(await host.run('R1', [{ script: 'echo ran' }]), 'out 0').toString()).toBe('ran\n');
	});
});

const strace = ['strace', '-f', '-qq', '-o', '/dev/null', '-e', 'trace=fsync'];

describe('a disk that cannot be relied on', concurrently, () => {
	it.skipIf(!has('strace'))('D4: starts nothing when the start cannot be forced to it (needs strace)', async () => {
		const inside = [...strace, '-e', 'inject=fsync:error=EIO'];
		using host = new TestHost('dash', { inside });
		const view = await host.run('R1', [{ script: `touch ${host.folder}/ran` }]);
		expect(verdicts(view)).toEqual(['refused disk']);
		expect(existsSync(`${host.folder}/ran`)).toBe(false);
		expect(host.list('receipts')).toEqual([]);
	});

	it.skipIf(!has('strace'))('D4: makes an end unknown that cannot be forced to it (needs strace)', async () => {
		using host = new TestHost('dash');
		mkdirSync(host.path('receipts'));
		// Of all that is forced to disk, the folder of receipts comes last.
		const inside = [...strace, '-P', host.path('receipts'), '-e', 'inject=fsync:error=EIO'];
		using failing = new TestHost('dash', { inside });
		Object.assign(failing, { state: host.state, runner: host.runner });
		expect(verdicts(await failing.run('R1', [{ script: 'true' }]))).toEqual(['unknown disk']);
		expect(host.list('receipts')).toEqual([]);
		expect(host.memory([{ script: 'true' }])).toEqual([expect.stringMatching(/^job \w+\.1 lost /)]);
	});

	it.skipIf(!has('strace'))(
		'D4: forces to it what a killed run could not, before anything else (needs strace)',
		async () => {
			using host = new TestHost('dash');
			const [done, other] = [{ script: 'true' }, { script: 'true', label: 'other', name: 'hotfix.other' }];
			await host.run('R1', [done], { HSCTL_CRASH: 'end.kept' });
			const trace = `${host.folder}/trace`;
			const inside = ['strace', '-f', '-qq', '-y', '-o', trace, '-e', 'trace=fsync'];
			using watched = new TestHost('dash', { inside });
			Object.assign(watched, { state: host.state, runner: host.runner });
			expect(verdicts(await watched.run('R2', [other]))).toEqual(['changed exit']);
			const forced = readFileSync(trace, 'utf8');
			expect(forced.indexOf(`/jobs/${jobOf(done)}/run/rc>`)).toBeGreaterThan(0);
			expect(forced.indexOf(`/jobs/${jobOf(other)}/`)).toBeGreaterThan(forced.indexOf(`/jobs/${jobOf(done)}/run/rc>`));
		},
	);
});

describe.skipIf(!isRoot || !has('busybox'))('a host that has nothing but busybox (needs root for a chroot)', () => {
	it('does all of it', async () => {
		using root = new TestHost();
		const inside = ['unshare', '-m', 'sh', '-c', enterRoot, 'enter', busyboxRoot(root.folder)];
		using host = new TestHost('busybox sh', { inside });
		const units = [
			{ script: 'echo out; cat', stdin: 'in', env: { A: 'b' } },
			{ script: 'sleep 300 & sleep 300', spec: { timeout_ms: 200, grace_ms: 100 } },
			{ script: 'true', needs: [1] },
			{ script: 'true', probe: ['echo same', 'same'] as const },
		];
		const view = await host.run('R1', units);
		expect(view.errors).toBe('');
		expect(verdicts(view)).toEqual(['changed exit', 'failed timeout', 'blocked need', 'changed exit']);
		expect(output(view, 'out 0').toString()).toBe('out\nin');
		expect(finished(view, 1)).toMatchObject({ survivors: 0 });
		expect(view.events[0]).toMatchObject({ e: 'accepted', detached_by: 'setsid', synced: 'file' });
		expect(host.memory(units)[0]).toContain('"status":"ok"');
	});
});

describe.skipIf(!isRoot || !has('setpriv'))('an ordinary user (needs root to become one, and setpriv)', () => {
	it('has a host memory of its own, and nothing in it is missing', async () => {
		const inside = ['setpriv', '--reuid=12345', '--regid=12345', '--clear-groups'];
		using host = new TestHost('dash', { inside });
		const unit = { script: 'id -u; echo $HOME', env: { A: 'b' } };
		host.stage('n', [unit]);
		execFileSync('chown', ['-R', '12345:12345', host.folder]);
		const view = await host.say(['begin', 'R1', 'n']);
		expect(view.errors).toBe('');
		expect(verdicts(view)).toEqual(['changed exit']);
		expect(output(view, 'out 0').toString()).toBe('12345\n/\n');
		expect(host.memory([unit])[0]).toContain('"user":"12345"');
	});
});

describe.skipIf(!isRoot)('a host without setsid(1) (needs root to hide it)', () => {
	it('still detaches the run and ends a script in time, though not what that has started', async () => {
		const hide = 'mount --bind /dev/null "$(command -v setsid)" && exec "$@"';
		using host = new TestHost('dash', { inside: ['unshare', '-m', 'sh', '-c', hide, 'hide'] });
		const view = await host.run('R1', [
			{ script: 'echo ran' },
			{ script: 'exec sleep 300', spec: { timeout_ms: 100, grace_ms: 100 } },
		]);
		expect(verdicts(view)).toEqual(['changed exit', 'failed timeout']);
		expect(view.events[0]).toMatchObject({ e: 'accepted', detached_by: 'fork' });
	});
});

describe.skipIf(!isRoot)('a host that runs systemd (needs root to make it look like one)', () => {
	it('gets the run as a service of its own, with a clean environment', async () => {
		using fake = new TestHost();
		writeFileSync(`${fake.folder}/systemd-run`, fakeSystemdRun(`${fake.folder}/log`), { mode: 0o755 });
		const inside = ['unshare', '-m', 'sh', '-c', pretendSystemd, 'pretend', `${fake.folder}/systemd-run`];
		using host = new TestHost('dash', { inside });
		const unit = { script: 'env' };
		const view = await host.run('R1', [unit], { LEAK: 'yes' });
		expect(verdicts(view)).toEqual(['changed exit']);
		expect(view.events[0]).toMatchObject({ e: 'accepted', detached_by: 'systemd' });
		expect(output(view, 'out 0').toString()).not.toMatch(/LEAK|INVOCATION_ID/);
		expect(JSON.parse(host.read('receipts', `hotfix.u0~main~${keyOf(unit)}.json`))).toMatchObject({
			detached_by: 'systemd',
		});
		expect(readFileSync(`${fake.folder}/log`, 'utf8').split('\n')[0]).toMatch(
			/^--unit=hsctl-R1 --no-block --quiet --collect -p OOMPolicy=continue -p KillMode=control-group .* sequence R1 systemd$/,
		);
	});
});

/** Records its words and starts what it is told, with an environment of its own, as a service manager does. */
const fakeSystemdRun = (log: string): string => `#!/bin/sh
echo "$*" >>${log}
while :; do
	case $1 in
		-p) shift 2 ;;
		-*) shift ;;
		*) break ;;
	esac
done
INVOCATION_ID=1 exec setsid -f "$@" </dev/null >/dev/null 2>&1
`;

const pretendSystemd = `fake=$1; shift
mount -t tmpfs none /run && mkdir -p /run/systemd/system && mount --bind "$fake" /usr/bin/systemd-run && exec "$@"`;
