import { existsSync, mkdirSync, readdirSync, readFileSync, readlinkSync, writeFileSync } from 'node:fs';
import { afterAll, describe, expect, it, vi } from 'vitest';
import { jobOf, type TestUnit } from './bundle.ts';
import { isRoot, until } from './host.ts';
import {
	describeTree,
	noneIsLeft,
	PoolHost,
	type PoolSurroundings,
	poolUnit,
	type TestFile,
	undoUnit,
	verifyUnit,
} from './pool-rig.ts';

vi.setConfig({ maxConcurrency: 6 });
const concurrently = { concurrent: true };

const text = (path: string): string => readFileSync(path, 'utf8');
const files = (host: PoolHost): readonly TestFile[] => [
	{ dest: host.at('a'), old: 'old a\n', wanted: 'new a\n' },
	{ dest: host.at('made/b'), wanted: 'new b\n' },
];

async function waiting(confirmMs: number, surroundings: PoolSurroundings = {}) {
	const host = new PoolHost('dash', surroundings);
	states.add(host.state);
	host.prepare(files(host));
	const unit = poolUnit({ files: files(host), activate: [`cat ${host.at('a')}`], confirmMs });
	return { host, unit, before: await describeTree(host.targets) };
}

const states = new Set<string>();
afterAll(() => noneIsLeft(states), 40_000);

const isConfirming = (host: PoolHost, run: string) => host.events(run).some(({ e }) => e === 'confirming');

describe('a pool that somebody has to confirm', concurrently, () => {
	it('is undone by itself when nobody does, soon after the time', async () => {
		const { host, unit, before } = await waiting(300);
		using _ = host;
		const began = Date.now();
		await host.work('R1', [unit]);
		expect([host.verdict('R1'), host.receipt(unit)]).toEqual(['rolled_back confirm', 'failed']);
		expect(Date.now() - began).toBeLessThan(300 + 8_000);
		expect(await describeTree(host.targets)).toEqual(before);
		expect(host.read('jobs', jobOf(unit), 'out')).toMatch(/new a\n\+ cat .*\nold a\n$/);
	});

	it('stands when somebody does, and has not before it waits', async () => {
		const { host, unit } = await waiting(60_000);
		using _ = host;
		const over = host.workWith('R1', [unit], 'pool.swapped', async () => {
			expect((await host.say(['confirm', 'R1', '0'])).lines).toEqual(['Z early']);
		});
		await until(() => isConfirming(host, 'R1'), 'it waits', 15_000);
		expect((await host.say(['confirm', 'R1', '0'])).lines).toEqual(['Z said']);
		await over;
		expect([host.verdict('R1'), text(host.at('made/b'))]).toEqual(['changed exit', 'new b\n']);
		expect((await host.say(['revoke', 'R1', '0'])).lines).toEqual(['Z late']);
	});

	it('hears one of two words that are said at the same moment, and does what it says', async () => {
		const { host } = await waiting(60_000);
		using _ = host;
		const rounds = process.env.HSCTL_LONG === undefined ? 8 : 50;
		const units = Array.from({ length: rounds }, (_, index) => {
			const file = { dest: host.at(`f${index}`), old: 'old\n', wanted: 'new\n' };
			host.prepare([file]);
			return poolUnit({ name: `pool.p${index}`, files: [file], confirmMs: 60_000 });
		});
		const over = host.work('R1', units);
		for (const index of units.keys()) {
			await until(
				() => host.events('R1').some(({ e, i }) => e === 'confirming' && i === index),
				`${index} waits`,
				30_000,
			);
			// Now one is started first, now the other.
			const words = index % 2 === 0 ? (['confirm', 'revoke'] as const) : (['revoke', 'confirm'] as const);
			const said = await Promise.all(
				words.map(async word => [word, (await host.say([word, 'R1', `${index}`])).lines.at(-1)] as const),
			);
			const { confirm: confirmed, revoke: revoked } = Object.fromEntries(said);
			expect([confirmed, revoked].sort()).toEqual(['Z late', 'Z said']);
			await until(() => host.verdict('R1', index) !== 'no end', `${index} ends`, 30_000);
			const end = confirmed === 'Z said' ? ['changed exit', 'new\n'] : ['rolled_back confirm', 'old\n'];
			expect([host.verdict('R1', index), text(host.at(`f${index}`))]).toEqual(end);
		}
		await over;
	}, 120_000);

	it('is undone by its guard when it was killed while it waited, and its supervisor too', async () => {
		const { host, unit, before } = await waiting(60_000);
		using _ = host;
		await host.work('R1', [unit], { HSCTL_CRASH: 'pool.confirming=STOP', HSCTL_GUARD_MS: '0' });
		expect(text(host.at('a'))).toBe('new a\n');
		await until(() => host.receipt(unit) !== undefined, 'the guard has come', 15_000);
		expect(await describeTree(host.targets)).toEqual(before);
		expect(JSON.parse(host.read('jobs', jobOf(unit), 'run', 'rc'))).toMatchObject({
			status: 'failed',
			why: 'rolled_back',
			detached_by: 'guard',
		});
		await until(() => host.look('hs_memory_state none').at(-1) === 'lock free', 'the guard has gone', 15_000);
	});

	it('is committed by its guard when it was confirmed, and killed before it heard that', async () => {
		const { host, unit } = await waiting(60_000);
		using _ = host;
		await host.work('R1', [unit], { HSCTL_CRASH: 'pool.confirming=STOP', HSCTL_GUARD_MS: '1500' });
		expect((await host.say(['confirm', 'R1', '0'])).lines).toEqual(['Z said']);
		await until(() => host.receipt(unit) !== undefined, 'the guard has come', 15_000);
		expect([host.receipt(unit), text(host.at('a')), host.remembered(unit).length]).toEqual(['ok', 'new a\n', 2]);
	});

	it('has its undo confirmed as well, but not the undo by a failed verification', async () => {
		const { host, unit, before } = await waiting(60_000);
		using _ = host;
		const confirmed = async (run: string, units: readonly TestUnit[]) => {
			const over = host.work(run, units);
			await until(() => isConfirming(host, run), 'it waits', 15_000);
			await host.say(['confirm', run, '0']);
			await over;
		};
		await confirmed('R1', [unit]);
		const changed = await describeTree(host.targets);
		const over = host.work('R2', [undoUnit(unit)]);
		await until(() => isConfirming(host, 'R2'), 'it waits', 15_000);
		await host.say(['revoke', 'R2', '0']);
		await over;
		expect([host.verdict('R2'), host.receipt(unit)]).toEqual(['rolled_back confirm', 'ok']);
		expect(await describeTree(host.targets)).toEqual(changed);
		await confirmed('R3', [undoUnit(unit, 'again')]);
		expect(await describeTree(host.targets)).toEqual(before);
		const again = poolUnit({ attempt: 2, files: files(host), confirmMs: 60_000 });
		await confirmed('R4', [again, verifyUnit('exit 1', [0])]);
		expect([host.verdict('R4', 1), host.receipt(again)]).toEqual(['rolled_back verify', 'undone']);
		expect(await describeTree(host.targets)).toEqual(before);
	});
});

describe('what takes a change back', concurrently, () => {
	it('is not ended by who cancels the run', async () => {
		const { host, before } = await waiting(0);
		using _ = host;
		const cancels = `: >${host.path('runs/R1/cancel')}; sleep 60`;
		const slow = poolUnit({ files: files(host), activate: ['sleep 1.5'], check: [cancels], spec: { grace_ms: 100 } });
		await host.work('R1', [slow]);
		expect([host.verdict('R1'), host.receipt(slow)]).toEqual(['rolled_back cancelled', 'failed']);
		expect(await describeTree(host.targets)).toEqual(before);
	});

	it("keeps the host as long as it lives, though its supervisor is dead: two of them would be in each other's way", async () => {
		const { host, before } = await waiting(0);
		using _ = host;
		const unit = poolUnit({ files: files(host), check: ['kill -9 $PPID'] });
		const lock = () => host.look('hs_memory_state none').at(-1)?.replace(/ \{.*/, '');
		await host.outlive('R1', [unit], 'restore.begun', async goOn => {
			expect(lock()).toBe('lock held');
			expect((await host.work('R2', [])).map(({ e }) => e)).toEqual(['locked', 'end']);
			goOn();
			await until(() => lock() === 'lock free', 'it is done', 15_000);
		});
		await host.work('R3', []);
		expect(host.receipt(unit)).toBe('failed');
		expect(await describeTree(host.targets)).toEqual(before);
	});

	it('is ended at the time of the job, and goes on with the next run', async () => {
		const { host, before } = await waiting(0);
		using _ = host;
		const hangs = `test "$(cat ${host.at('a')})" = 'new a' || test -e ${host.folder}/healed || exec sleep 300`;
		const unit = poolUnit({
			files: files(host),
			activate: [hangs],
			check: ['false'],
			spec: { timeout_ms: 3_000, grace_ms: 100 },
		});
		await host.work('R1', [unit]);
		expect([host.verdict('R1').replace(/ .*/, ''), host.receipt(unit)]).toEqual(['rollback_failed', undefined]);
		writeFileSync(`${host.folder}/healed`, '');
		await host.work('R2', []);
		expect(host.receipt(unit)).toBe('failed');
		expect(await describeTree(host.targets)).toEqual(before);
	});
});

describe.skipIf(!isRoot || !existsSync('/etc/cron.d'))(
	'a host that is started again in the middle (needs root)',
	concurrently,
	() => {
		const hookOf = (host: PoolHost): string | undefined => readdirSync(host.hooks)[0];

		it('calls what cron was told before the first file was replaced, and nothing of it is left afterwards', async () => {
			const { host, unit, before } = await waiting(0);
			using _ = host;
			await host.workWith('R1', [unit], 'pool.armed', () =>
				expect(hookOf(host)).toMatch(/^hsctl-recover-[0-9a-f]{12}-1$/),
			);
			expect([host.verdict('R1'), readdirSync(host.hooks)]).toEqual(['changed exit', []]);
			await host.work('R2', [undoUnit(unit)]);
			expect(readdirSync(host.hooks)).toEqual([]);
			const again = poolUnit({ attempt: 2, files: files(host) });
			host.forgetCrashes();
			await host.work('R3', [again], { HSCTL_CRASH: 'pool.swapped=STOP' });
			const [path = '', line = ''] = text(`${host.hooks}/${hookOf(host)}`).split('\n');
			expect(path).toMatch(/^PATH=\/usr\/local\/sbin:/);
			await host.callAsCron(line.replace(/^@reboot root /, ''));
			expect(await describeTree(host.targets)).toEqual(before);
			expect([host.receipt(again), readdirSync(host.hooks), host.look('hs_memory_state none').at(-1)]).toEqual([
				'failed',
				[],
				'lock free',
			]);
			expect(JSON.parse(host.read('jobs', jobOf(again), 'run', 'rc'))).toMatchObject({ detached_by: 'boot' });
		});
	},
);

describe.skipIf(!isRoot)('a host that runs systemd (needs root to make it look like one)', concurrently, () => {
	it('has a service for the start of the host, and one that guards, and nothing of them is left afterwards', async () => {
		const { host, unit } = await waiting(60_000, { inside: ['sh', '-c', pretendSystemd, 'pretend'] });
		using _ = host;
		const folder = `${host.folder}/systemd`;
		mkdirSync(`${folder}/system`, { recursive: true });
		writeFileSync(`${host.folder}/systemd-run`, `#!/bin/sh\necho "$*" >>${host.folder}/called\n`, { mode: 0o755 });
		const over = host.work('R1', [unit]);
		await until(() => isConfirming(host, 'R1'), 'it waits', 15_000);
		const name = `hsctl-recover-${jobOf(unit).slice(0, 12)}-1.service`;
		expect(text(`${folder}/system/${name}`)).toContain(
			`Type=oneshot\nExecStart=/bin/sh -c "[ -e '${host.state}/txn/${jobOf(unit)}/runner' ] && HSCTL_STATE='${host.state}' exec `,
		);
		expect(readlinkSync(`${folder}/system/multi-user.target.wants/${name}`)).toBe(`/etc/systemd/system/${name}`);
		expect(text(`${host.folder}/called`)).toMatch(
			/^--unit=hsctl-guard-[0-9a-f]{12}-1 --no-block --quiet --collect --setenv=HSCTL_STATE=\S+ \/bin\/sh \S+\/runner guard \w+\.1\n$/,
		);
		expect((await host.say(['confirm', 'R1', '0'])).lines).toEqual(['Z said']);
		await over;
		expect(host.verdict('R1')).toBe('changed exit');
		expect(readdirSync(folder, { recursive: true, encoding: 'utf8' }).filter(path => path.includes('hsctl'))).toEqual(
			[],
		);
	});
});

/** `/etc/systemd` is a folder of the test in there, and `systemd-run` only writes down what it is told. */
const pretendSystemd = `here=\${HSCTL_STATE%/*}
mount -t tmpfs none /run && mkdir -p /run/systemd/system && mount --bind "$here/systemd" /etc/systemd || exit 1
for at in /usr/bin/systemd-run /bin/systemd-run; do [ ! -e "$at" ] || mount --bind "$here/systemd-run" "$at"; done
exec "$@"`;
