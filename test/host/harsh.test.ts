import { execFileSync } from 'node:child_process';
import { chmodSync, copyFileSync, existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { keyOf } from './bundle.ts';
import { has, isRoot, TestHost } from './host.ts';
import { finished, output, verdicts } from './view.ts';

describe.skipIf(!isRoot)('a full or odd disk (needs root for a file system of its own)', () => {
	it('lets a script that filled it still have its receipt (D1)', async () => {
		using host = new TestHost('dash', { mount: 'size=512k' });
		const unit = { script: `cat /dev/zero >${host.state}/filled 2>/dev/null; exit 3` };
		const view = await host.run('R1', [unit]);
		expect(finished(view)).toMatchObject({ status: 'failed', why: 'exit', rc: 3 });
		expect(host.memory([unit])).toEqual([expect.stringMatching(/^receipt .*"status":"failed"/)]);
	});

	it('makes an end that cannot be written unknown, for this run and for the next (D1)', async () => {
		using host = new TestHost('dash', { mount: 'size=512k' });
		const unit = { script: `cat /dev/zero >${host.state}/filled 2>/dev/null; true`, spec: { restarts: 'a b c d e f g h' } };
		const view = await host.run('R1', [unit]);
		expect(verdicts(view)).toEqual(['unknown disk']);
		expect(host.memory([unit])[0]).toMatch(/^job \w+\.1 lost /);
		expect(host.list('receipts')).toEqual([]);
	});

	it('starts nothing whose end it could not write (D1)', async () => {
		using host = new TestHost('dash', { mount: 'size=512k' });
		// A probe may write little, but nobody keeps it from writing often.
		const probe = `for i in 1 2 3 4 5 6; do cat /dev/zero >${host.state}/filled.$i; done 2>/dev/null; echo same`;
		const unit = { script: `touch ${host.folder}/ran`, probe: [probe, 'same'] as const };
		const view = await host.run('R1', [unit]);
		expect(verdicts(view)).toEqual(['refused disk']);
		expect(existsSync(`${host.folder}/ran`)).toBe(false);
	});

	it('may be mounted noexec: scripts are read, not executed (D6)', async () => {
		using host = new TestHost('dash', { mount: 'size=1m,noexec' });
		expect(output(await host.run('R1', [{ script: 'echo ran' }]), 'out 0').toString()).toBe('ran\n');
	});
});

describe('a disk that cannot be relied on', () => {
	it.skipIf(!has('strace'))('starts nothing when the start cannot be forced to it (D4, needs strace)', async () => {
		const inside = ['strace', '-f', '-qq', '-o', '/dev/null', '-e', 'trace=fsync', '-e', 'inject=fsync:error=EIO'];
		using host = new TestHost('dash', { inside });
		const view = await host.run('R1', [{ script: `touch ${host.folder}/ran` }]);
		expect(verdicts(view)).toEqual(['refused disk']);
		expect(existsSync(`${host.folder}/ran`)).toBe(false);
		expect(host.list('receipts')).toEqual([]);
	});

	it.skipIf(!has('strace'))('makes an end unknown that cannot be forced to it (D4, needs strace)', async () => {
		// Each sync(1) is a process of its own and calls fsync(2) some times: the run's, the start's and the end's are told apart by path.
		const inside = ['strace', '-f', '-qq', '-o', '/dev/null', '-e', 'trace=fsync', '-e', 'inject=fsync:error=EIO:when=1'];
		using host = new TestHost('dash');
		const unit = { script: 'true' };
		const path = host.path('receipts');
		mkdirSync(path);
		using broken = new TestHost('dash', { inside: [...inside, '-P', path] });
		Object.assign(broken, { state: host.state, runner: host.runner });
		expect(verdicts(await broken.run('R1', [unit]))).toEqual(['unknown disk']);
		expect(host.memory([unit]).length).toBeGreaterThan(0);
	});
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
		expect(output(view, 'out 0').toString()).not.toContain('LEAK');
		expect(JSON.parse(host.read('receipts', `hotfix.u0~main~${keyOf(unit)}.json`))).toMatchObject({ detached_by: 'systemd' });
		expect(readFileSync(`${fake.folder}/log`, 'utf8').split('\n')[0]).toMatch(
			/^--unit=hsctl-R1 --no-block --quiet --collect -p OOMPolicy=continue -p KillMode=control-group .* sequence R1 systemd$/,
		);
	});
});

/** Records its words and starts what it is told, as a service: with nothing but what is set for it. */
const fakeSystemdRun = (log: string): string => `#!/bin/sh
echo "$*" >>${log}
for word in "$@"; do
	shift
	case $word in
		--setenv=*) set -- "$@" "\${word#--setenv=}" ;;
		-* | OOMPolicy=* | KillMode=* | IgnoreSIGPIPE=*) ;;
		*) set -- "$@" "$word" ;;
	esac
done
exec env -i setsid -f env "$@" </dev/null >/dev/null 2>&1
`;

const pretendSystemd = `fake=$1; shift
mount -t tmpfs none /run && mkdir -p /run/systemd/system && mount --bind "$fake" /usr/bin/systemd-run && exec "$@"`;

const enterRoot = `root=$1; shift
mkdir -p "$root$(dirname "$HSCTL_STATE")" "$root/proc" "$root/dev" "$root/etc"
mount --bind /proc "$root/proc" && mount --bind /dev "$root/dev" && mount --bind "$(dirname "$HSCTL_STATE")" "$root$(dirname "$HSCTL_STATE")"
exec chroot "$root" "$@"`;

/** A root folder with busybox, its libraries, and a link for each of its programs. */
function busyboxRoot(folder: string): string {
	const root = join(folder, 'root');
	const busybox = execFileSync('sh', ['-c', 'command -v busybox']).toString().trim();
	const libraries = (has('ldd') ? execFileSync('sh', ['-c', `ldd ${busybox} || true`]).toString() : '').match(/\/\S+/g) ?? [];
	for (const path of libraries) {
		mkdirSync(dirname(join(root, path)), { recursive: true });
		copyFileSync(path, join(root, path));
		chmodSync(join(root, path), 0o755);
	}
	mkdirSync(join(root, 'bin'), { recursive: true });
	copyFileSync(busybox, join(root, 'bin/busybox'));
	chmodSync(join(root, 'bin/busybox'), 0o755);
	execFileSync('chroot', [root, '/bin/busybox', '--install', '-s', '/bin']);
	return root;
}
