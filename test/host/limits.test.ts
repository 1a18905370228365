import { writeFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { cgroup } from '../lab/cgroup.ts';
import { jobOf } from './bundle.ts';
import { has, processesOf, shells, TestHost, until } from './host.ts';
import { finished, output } from './view.ts';

const isLong = process.env.HSCTL_LONG !== undefined;
const none = 'this machine lets nobody make a control group';

// The kernel chooses whom it ends: now and then it is the supervisor, and the end of the script is unknown then.
describe('a script beyond all measure (needs control groups)', { retry: 2 }, () => {
	it.for(shells)(
		'B17: that the kernel kills for its memory has failed by a signal, and the host goes on: %s',
		async (shell, { onTestFinished, skip }) => {
			const little = cgroup('memory', 20 * 1024 * 1024, onTestFinished);
			if (little === undefined || !has(shell)) return skip(none);
			using host = new TestHost(shell, { inside: ['sh', '-c', `echo 0 >${little.procs}; exec "$@"`, 'join'] });
			const greedy = `head -c 300000000 /dev/zero | tail -c 200000000 | wc -c & wait $!\nx=$(head -c 300000000 /dev/zero | tr '\\0' x)\n`;
			const view = await host.run('R1', [{ script: greedy }, { script: 'echo next' }]);
			expect(finished(view)).toMatchObject({ status: 'failed', why: 'signal', signal: 9, oom: true });
			expect(output(view, 'out 1').toString()).toBe('next\n');
		},
	);

	it('B17: that somebody else kills is not said to have been ended for its memory', async ({
		onTestFinished,
		skip,
	}) => {
		const much = cgroup('memory', 200 * 1024 * 1024, onTestFinished);
		if (much === undefined) return skip(none);
		using host = new TestHost('dash', { inside: ['sh', '-c', `echo 0 >${much.procs}; exec "$@"`, 'join'] });
		const view = await host.run('R1', [{ script: 'kill -9 $$' }]);
		expect(finished(view)).toMatchObject({ status: 'failed', why: 'signal', signal: 9 });
		expect(finished(view)).not.toHaveProperty('oom');
	});

	it('B10: that forks without end is ended with all it has started, in a host that has a limit for it', async ({
		onTestFinished,
		skip,
	}) => {
		const few = cgroup('pids', 60, onTestFinished);
		if (few === undefined) return skip(none);
		using host = new TestHost();
		const bomb = `echo 0 >${few.procs}\n(f() { f & f & sleep 300; }; f) 2>/dev/null &\nwhile :; do :; done\n`;
		const view = await host.run('R1', [
			{ script: bomb, label: host.folder, spec: { timeout_ms: 500, grace_ms: 200 } },
			{ script: 'echo next' },
		]);
		expect(finished(view)).toMatchObject({ status: 'failed', why: 'timeout', survivors: 0 });
		expect(output(view, 'out 1').toString()).toBe('next\n');
		expect(processesOf(`${host.state}/jobs`)).toEqual([]);
	});

	it.skipIf(!has('perl')).for(isLong ? shells : ['dash' as const])(
		'B10: that leaves the runner itself no process is ended in time, and its end is told or honestly unknown: %s (needs perl)',
		async (shell, { onTestFinished, skip }) => {
			const few = cgroup('pids', 60, onTestFinished);
			if (few === undefined) return skip(none);
			const inside = ['sh', '-c', `echo 0 >${few.procs}; exec "$@"`, 'join'];
			using host = new TestHost(shell, { inside });
			// The shells end when they cannot fork; this one asks again and again, and takes what anybody else gives back.
			const bomb = `perl -e 'while (1) { $p = fork; if (defined $p && $p == 0) { sleep 300; exit } }' &
while :; do :; done
`;
			const unit = { script: bomb, label: host.folder, spec: { timeout_ms: 1500, grace_ms: 200 } };
			host.stage('n', [unit]);
			// The view is in there too, and may end.
			host.start(['begin', 'R1', 'n']);
			await until(() => host.memory([unit])[0]?.includes(' running ') === true, 'it runs');
			await until(() => /^receipt | (?:finished|lost) /.test(host.memory([unit])[0] ?? ''), 'its end is known');
			expect(host.read('jobs', jobOf(unit), 'run', 'ended')).toMatch(/^timeout /);
			await until(() => processesOf(`HSCTL_JOB=${jobOf(unit)}`).length === 0, 'all of it is gone');
			expect(host.memory([unit])[0]).toMatch(/ \{.*"status":"failed","why":"timeout"| lost /);
		},
	);
});

describe.each(shells)('the count of what the kernel has ended, with %s', shell => {
	it.skipIf(!has(shell)).each([
		['version 2', 'low 0\nhigh 0\nmax 812\noom 4\noom_kill 3\noom_group_kill 1\n', '3'],
		['version 1', 'oom_kill_disable 0\nunder_oom 0\noom_kill 12\n', '12'],
		['an old kernel', 'oom_kill_disable 0\nunder_oom 0\n', 'unknown'],
		['a group that is gone', undefined, 'unknown'],
	])('B17: is read from control groups of %s', (_, text, count) => {
		using host = new TestHost(shell);
		const file = `${host.folder}/count`;
		if (text !== undefined) writeFileSync(file, text);
		const program = `hs_oom_file=${file}; hs_count_oom && echo "$hs_oom"`;
		expect(host.look(`${host.functions()}\n${program}`)).toEqual([count]);
	});
});
