import { spawnSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { jobOf, keyOf, type TestUnit } from './bundle.ts';
import { has, shells, TestHost, until } from './host.ts';
import { finished, output, verdicts } from './view.ts';

describe.concurrent.each(shells)('a job on a host with %s', shell => {
	const test = it.skipIf(!has(shell));

	test('that succeeds is changed, its output arrives before its end, and its receipt stays', async () => {
		using host = new TestHost(shell);
		const unit: TestUnit = { script: 'echo out; echo err >&2\n' };
		const view = await host.run('R1', [unit]);
		expect(verdicts(view)).toEqual(['changed exit']);
		expect(output(view, 'out 0').toString()).toBe('out\n');
		expect(output(view, 'err 0').toString()).toBe('err\n');
		expect(view.lines.findIndex(line => line.startsWith('O 0'))).toBeLessThan(view.lines.length - 3);
		expect(view.end).toBe('end');
		expect(JSON.parse(host.read('receipts', `hotfix.u0~main~${keyOf(unit)}.json`))).toMatchObject({
			format: 'hsctl/receipt/v1',
			unit: 'hotfix.u0',
			attempt: 1,
			run: 'R1',
			status: 'ok',
			why: 'exit',
			exit_code: 0,
			detached_by: 'setsid',
			synced: 'file',
			out_bytes: 4,
			err_bytes: 4,
			script_path: 'hotfixes/u0.sh',
		});
	});

	test.for([
		['exit 1', 'exit', 1],
		['exit 126', 'exit', 126],
		['exit 127', 'exit', 127],
		['exit 255', 'exit', 255],
		['kill -SEGV $$', 'signal', 139],
		['kill -KILL $$', 'signal', 137],
	] as const)('B7, B13: %s is the word of the script: failed, %s, %i', async ([script, why, rc]) => {
		using host = new TestHost(shell);
		const view = await host.run('R1', [{ script }]);
		expect(finished(view)).toMatchObject({
			status: 'failed',
			why,
			rc,
			...(why === 'signal' ? { signal: rc - 128 } : {}),
		});
	});

	test('B8: that is deaf to TERM is killed after its grace, with its whole group', async () => {
		using host = new TestHost(shell);
		const script = "trap '' TERM\nsleep 300 &\necho $! \nwhile :; do sleep 1; done\n";
		const view = await host.run('R1', [{ script, spec: { timeout_ms: 100, grace_ms: 300 } }]);
		expect(finished(view)).toMatchObject({ status: 'failed', why: 'timeout', survivors: 0 });
		const child = output(view, 'out 0').toString().trim();
		await until(() => !isAlive(child), 'the background child is gone');
	});

	test('B8: whose children are deaf to TERM though it is not loses them after its grace', async () => {
		using host = new TestHost(shell);
		const script = "(trap '' TERM; while :; do sleep 0.1; done) &\necho $!\nsleep 300\n";
		const view = await host.run('R1', [{ script, spec: { timeout_ms: 200, grace_ms: 100 } }]);
		expect(finished(view)).toMatchObject({ status: 'failed', why: 'timeout', survivors: 0 });
	});

	test('is claimed once: the same attempt is refused ever after, and does not touch what is there', async () => {
		using host = new TestHost(shell);
		const unit = { script: `echo ran >>${host.folder}/log` };
		await host.run('R1', [unit]);
		const view = await host.run('R2', [unit, { label: 'next', script: 'true' }]);
		expect(verdicts(view)).toEqual(['refused claimed', 'changed exit']);
		expect(readFileSync(`${host.folder}/log`, 'utf8')).toBe('ran\n');
		expect(host.memory([unit])[0]).toContain('"run":"R1"');
	});

	test('is told apart from its need: what a failed one needs is blocked to the grandchild, a skipped need blocks nobody', async () => {
		using host = new TestHost(shell);
		const view = await host.run('R1', [
			{ script: 'exit 3' },
			{ script: 'true', needs: [0] },
			{ script: 'true', needs: [1] },
			{ script: 'true', kind: 'check', probe: ['echo same', 'same'] },
			{ script: 'true', needs: [3] },
		]);
		expect(verdicts(view)).toEqual([
			'failed exit',
			'blocked need',
			'blocked need',
			'skipped unchanged',
			'changed exit',
		]);
		expect(finished(view, 2)).toMatchObject({ by: 1 });
	});

	test('inherits no descriptor from the runner', async () => {
		using host = new TestHost(shell);
		const script = 'exec ls /proc/self/fd\n';
		const view = await host.run('R1', [{ script }]);
		// Some test environments hand descriptors of their own to every process: those are not ours to close.
		const bare = spawnSync('sh', ['-c', script], { stdio: ['ignore', 'pipe', 'pipe'] });
		expect(output(view, 'out 0').toString()).toBe(bare.stdout.toString());
	});

	test('ignores no signal that a script may want to hear', async () => {
		using host = new TestHost(shell);
		const view = await host.run('R1', [{ script: 'exec grep SigIgn /proc/self/status\n' }]);
		expect(output(view, 'out 0').toString()).toBe('SigIgn:\t0000000000000000\n');
	});

	test('B11: that asks gets no answer, and no terminal to ask on: it goes on at once', async () => {
		using host = new TestHost(shell);
		const script = 'read -r x; echo "read $?"\nhead -c 1\n(exec 3</dev/tty) 2>/dev/null && echo terminal\necho over\n';
		const view = await host.run('R1', [{ script }]);
		expect([verdicts(view), output(view, 'out 0').toString()]).toEqual([['changed exit'], 'read 1\nover\n']);
	});

	test('sees a clean environment, the root folder and no input', async () => {
		using host = new TestHost(shell);
		const script = 'env | sort\npwd\nread x || echo eof\numask\n';
		const view = await host.run('R1', [{ script }], { LEAK: 'yes' });
		const lines = output(view, 'out 0').toString().trim().split('\n');
		expect(lines.filter(line => !/^(_|OLDPWD|SHLVL)=/.test(line))).toEqual([
			expect.stringMatching(/^HOME=\//),
			`HSCTL_JOB=${jobOf({ script }, 0)}`,
			expect.stringMatching(/^HSCTL_MARK=\d+ \d+ [\w-]+\.\d+$/),
			'HSCTL_RUN=R1',
			'HSCTL_UNIT=hotfix.u0',
			'LC_ALL=C',
			expect.stringMatching(/^LOGNAME=./),
			expect.stringMatching(/^PATH=/),
			'PWD=/',
			expect.stringMatching(/^USER=./),
			'/',
			'eof',
			'0077',
		]);
	});
});

function isAlive(pid: string): boolean {
	try {
		return !/\) [ZX] /.test(readFileSync(`/proc/${pid}/stat`, 'latin1'));
	} catch {
		return false;
	}
}
