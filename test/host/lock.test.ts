import { chmodSync, existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import locksText from '../../src/host/locks.sh';
import { TestHost, until } from './host.ts';
import { finished, verdicts } from './view.ts';

const [boot = ''] = (() => {
	using host = new TestHost();
	return host.look('hs_identity; echo "$hs_boot"');
})();

const owner = (fields: Readonly<Record<string, string | number>>): string =>
	`${JSON.stringify({ pid: 4_000_000, start: 1, boot, run: 'R0', controller: 'desk', user: 'bob', ...fields })}\n`;

function takeLock(host: TestHost, fields: Readonly<Record<string, string | number>>, fence = 7): void {
	mkdirSync(host.path('lock'), { recursive: true });
	writeFileSync(host.path('lock', String(fence)), owner(fields));
}

describe('the host lock', () => {
	it('F1: keeps a second run out and names its holder', async () => {
		using host = new TestHost();
		const first = host.run('R1', [
			{ script: `touch ${host.folder}/runs; while [ ! -e ${host.folder}/go ]; do sleep 0.02; done` },
		]);
		await until(() => existsSync(`${host.folder}/runs`), 'the first run works');
		const second = await host.run('R2', [{ script: 'true', stdin: 'secret' }]);
		expect(second.events.map(event => event.e)).toEqual(['locked', 'end']);
		expect(second.events[0]?.owner).toMatchObject({ run: 'R1', controller: 'laptop', user: 'alice' });
		expect(second.end).toBe('end');
		expect(host.has('runs', 'R2', 'jobs')).toBe(false);
		expect(host.look('hs_memory_state none').at(-1)).toMatch(/^lock held \{.*"run":"R1"/);
		writeFileSync(`${host.folder}/go`, '');
		expect(verdicts(await first)).toEqual(['changed exit']);
		expect(verdicts(await host.run('R3', [{ label: 'next', script: 'true' }]))).toEqual(['changed exit']);
	});

	it('F4: is not held up by a daemon that a job has started', async () => {
		using host = new TestHost();
		await host.run('R1', [{ script: `sleep 300 & echo $! >${host.folder}/pid` }]);
		expect(verdicts(await host.run('R2', [{ label: 'next', script: `kill $(cat ${host.folder}/pid)` }]))).toEqual([
			'changed exit',
		]);
	});

	it.each([
		['its holder is dead', {}],
		['its holder is from before a restart of the host', { pid: process.pid, boot: 'another' }],
		['another process has the PID of its holder', { pid: process.pid, start: 1 }],
	])('F3, B14: is taken over with a higher fence when %s', async (_, fields) => {
		using host = new TestHost();
		takeLock(host, fields);
		expect(host.look('hs_memory_state none').at(-1)).toBe('lock free');
		const view = await host.run('R1', [{ script: 'true' }]);
		expect(view.events[0]).toMatchObject({ e: 'accepted', fence: 8 });
		expect(JSON.parse(host.read('receipts', host.list('receipts')[0] ?? ''))).toMatchObject({ fence: 8 });
	});

	it('F2: is not taken from a holder that is alive, whatever it does', async () => {
		using host = new TestHost();
		const stat = process.getBuiltinModule('node:fs').readFileSync('/proc/self/stat', 'latin1');
		takeLock(host, { pid: process.pid, start: Number(stat.slice(stat.lastIndexOf(')') + 2).split(' ')[19]) });
		const view = await host.run('R1', [{ script: 'true' }]);
		expect(view.events).toEqual([
			{ e: 'locked', owner: expect.objectContaining({ run: 'R0', user: 'bob' }) },
			{ e: 'end' },
		]);
	});

	it('says nothing about a fence that was pruned while somebody looked at it: only the highest number counts', async () => {
		using host = new TestHost();
		takeLock(host, {}, 7);
		const program = `
hs_run=R1 hs_me='1 2 3' && cd "$HSCTL_STATE" && mkdir -p runs/R1 && echo mine >runs/R1/owner
hs_see_lock
echo theirs >lock/9; rm lock/7
hs_take $((hs_fence + 1)) || echo "lost to $hs_fence"`;
		expect(host.look(`${host.functions()}${program}`)).toEqual(['lost to 9']);
	});

	it('keeps few of its numbers, and the highest for ever', async () => {
		using host = new TestHost();
		for (let fence = 1; fence < 30; fence += 1) takeLock(host, {}, fence);
		await host.run('R1', [{ script: 'true' }]);
		expect(host.list('lock')).toEqual(['30', '30.released']);
	});
});

describe('a lock that a person takes away', () => {
	const slow = (host: TestHost) =>
		`touch ${host.folder}/runs; while [ ! -e ${host.folder}/go ]; do sleep 0.02; done; echo ended >>${host.folder}/ended`;
	const show = (host: TestHost) => host.look(`${locksText}hs_show_lock`).join('');
	const take = (host: TestHost, fence: number, run: string) =>
		host.look(`${locksText}hs_take_away ${fence} ${run} 'bob on desk'`).join('');

	it('F2: a supervisor that slept meanwhile starts nothing more when it wakes', async () => {
		using host = new TestHost();
		const first = host.run('R1', [
			{ label: 'a', script: slow(host) },
			{ label: 'b', script: `echo b >>${host.folder}/ended` },
		]);
		await until(() => existsSync(`${host.folder}/runs`), 'the first run works');
		const supervisor = Number(host.read('runs', 'R1', 'super').split(' ')[0]);
		process.kill(supervisor, 'SIGSTOP');
		expect(show(host)).toMatch(/^working 1 \d+ \{"pid":\d+.*"run":"R1"/);
		expect(take(host, 1, 'R1')).toBe('taken');
		expect(host.read('lock', '1.released')).toBe('bob on desk\n');
		expect(verdicts(await host.run('R2', [{ label: 'c', script: 'true' }]))).toEqual(['changed exit']);
		writeFileSync(`${host.folder}/go`, '');
		process.kill(supervisor, 'SIGCONT');
		expect(verdicts(await first)).toEqual(['changed exit', 'refused overtaken']);
		expect(readFileSync(`${host.folder}/ended`, 'utf8')).toBe('ended\n');
		expect(verdicts(await host.run('R3', [{ label: 'd', script: 'true' }]))).toEqual(['changed exit']);
	});

	it('is taken only under the number and the run that were seen', async () => {
		using host = new TestHost();
		expect([show(host), take(host, 1, 'R1')]).toEqual(['free', 'free']);
		const first = host.run('R1', [{ script: slow(host) }]);
		await until(() => existsSync(`${host.folder}/runs`), 'the first run works');
		expect([take(host, 2, 'R1'), take(host, 1, 'R2')]).toEqual(['other', 'other']);
		expect(show(host)).toMatch(/^working/);
		writeFileSync(`${host.folder}/go`, '');
		await first;
		expect(show(host)).toBe('free');
	});

	it('is shown as orphaned when only a script is left of its holder', async () => {
		using host = new TestHost();
		const first = host.run('R1', [{ script: slow(host) }]);
		await until(() => existsSync(`${host.folder}/runs`), 'the first run works');
		process.kill(Number(host.read('runs', 'R1', 'super').split(' ')[0]), 'SIGKILL');
		await until(() => show(host).startsWith('orphaned 1 '), 'the lock is orphaned');
		writeFileSync(`${host.folder}/go`, '');
		await until(() => show(host) === 'free', 'the script has ended');
		await first;
	});

	it('is not spoken of where the folder cannot be trusted', () => {
		using host = new TestHost();
		chmodSync(host.state, 0o777);
		expect([show(host), take(host, 1, 'R1')]).toEqual([
			expect.stringMatching(/^unsafe /),
			expect.stringMatching(/^unsafe /),
		]);
	});
});

describe('the gate', () => {
	it('has one winner: a script that was proved void never starts (50 races)', () => {
		using host = new TestHost();
		const race = `
cd "$HSCTL_STATE" && mkdir jobs runs && hs_identity
hs_run=R1 unit=u hs_setsid='' interpreter=/bin/sh hs_starts=0
round=0
while [ $((round += 1)) -le 50 ]; do
	hs_job=$round.1 hs_dir=jobs/$round.1
	mkdir -p $hs_dir/run && echo void >$hs_dir/run/void && echo 'echo started' >$hs_dir/script
	(hs_child) >$hs_dir/out 2>&1 &
	(hs_void $hs_dir && echo voided >$hs_dir/proof) &
	wait
	echo "$(cat $hs_dir/out $hs_dir/proof 2>/dev/null)"
done`;
		const ends = host.look(`${host.functions()}${race}`);
		expect(ends).toHaveLength(50);
		expect(ends.filter(end => end !== 'started' && end !== 'voided')).toEqual([]);
	});
});

describe('old runs', () => {
	it('go when there are more than thirty, with their finished jobs but not with their receipts', async () => {
		using host = new TestHost();
		for (let run = 0; run < 33; run += 1) await host.run(`R${run}`, [{ label: `u${run}`, script: 'true' }]);
		expect(host.list('runs')).toHaveLength(30);
		expect(host.list('jobs')).toHaveLength(30);
		expect(host.list('receipts')).toHaveLength(33);
		expect(host.has('runs', 'R32')).toBe(true);
		expect(finished(await host.say(['follow', 'R32'])).status).toBe('changed');
	});
});
