import { execFileSync } from 'node:child_process';
import {
	appendFileSync,
	chmodSync,
	chownSync,
	existsSync,
	lchownSync,
	lstatSync,
	mkdirSync,
	readdirSync,
	readFileSync,
	renameSync,
	rmSync,
	statSync,
	symlinkSync,
	writeFileSync,
} from 'node:fs';
import { dirname } from 'node:path';
import { describe, expect, it, vi } from 'vitest';
import { bundleFiles, jobOf, writeFiles } from './bundle.ts';
import { busyboxRoot, enterRoot } from './busybox-root.ts';
import { has, isRoot, shells, TestHost } from './host.ts';
import { describeTree, PoolHost, poolUnit, type TestFile, undoUnit } from './pool-rig.ts';

vi.setConfig({ maxConcurrency: 6 });
const concurrently = { concurrent: true };

const text = (path: string): string => readFileSync(path, 'utf8');
const modeOf = (path: string): string => (statSync(path).mode & 0o7777).toString(8);

describe.each(shells)('a pool in %s', concurrently, shell => {
	it.skipIf(!has(shell))('replaces and creates, and its undo leaves the very same files', async () => {
		using host = new PoolHost(shell);
		const files = [
			{ dest: host.at('a'), old: 'old\n', wanted: 'new\n' },
			{ dest: host.at('same'), old: 'same\n', wanted: 'same\n' },
			{ dest: host.at('made/deep/b'), wanted: 'created\n' },
		];
		host.prepare(files);
		const before = await describeTree(host.targets);
		const unit = poolUnit({ files, validate: [`grep -q new "$HSCTL_STAGED${host.at('a')}"`], check: ['true'] });
		await host.work('R1', [unit]);
		expect([host.verdict('R1'), host.errors(unit)]).toEqual(['changed exit', '']);
		expect(files.map(({ dest }) => text(dest))).toEqual(files.map(({ wanted }) => wanted));
		expect(modeOf(host.at('made/deep/b'))).toBe('644');
		await host.work('R2', [undoUnit(unit)]);
		expect([host.verdict('R2'), host.receipt(unit)]).toEqual(['changed exit', 'undone']);
		expect(await describeTree(host.targets)).toEqual(before);
	});

	it.skipIf(!has(shell))('that fails leaves the very same files, and puts them into use again', async () => {
		using host = new PoolHost(shell);
		const files = [
			{ dest: host.at('a'), old: 'old\n', wanted: 'new\n' },
			{ dest: host.at('made/b'), wanted: 'created\n' },
		];
		host.prepare(files);
		const before = await describeTree(host.targets);
		const unit = poolUnit({ files, activate: [`cat ${host.at('a')}`], check: ['exit 3'] });
		await host.work('R1', [unit]);
		expect([host.verdict('R1'), host.receipt(unit)]).toEqual(['rolled_back check', 'failed']);
		expect(host.read('jobs', jobOf(unit), 'out')).toMatch(/^\+ cat .*\nnew\n\+ exit 3\n\+ cat .*\nold\n$/);
		expect(await describeTree(host.targets)).toEqual(before);
	});

	it.skipIf(!has(shell))('copes with any name that a path can have', async () => {
		using host = new PoolHost(shell);
		const names = [' a b ', `it's "q"`, '-n', '--help', '$HOME`id`', '*', 'a\\nb', 'ä 漢 😀', '%s#', 'x'.repeat(255)];
		const files = names.map((name, index): TestFile => {
			const wanted = `new ${name}\n`;
			if (index % 3 === 0) return { dest: host.at(`in ${name.slice(0, 200)}`, name), wanted };
			return { dest: host.at(name), old: `old ${name}\n`, wanted };
		});
		host.prepare(files);
		const before = await describeTree(host.targets);
		const unit = poolUnit({ files, validateFile: 'test -s "$HSCTL_FILE"' });
		await host.work('R1', [unit]);
		expect([host.verdict('R1'), host.errors(unit)]).toEqual(['changed exit', '']);
		expect(files.map(({ dest }) => text(dest))).toEqual(files.map(({ wanted }) => wanted));
		await host.work('R2', [undoUnit(unit)]);
		expect(await describeTree(host.targets)).toEqual(before);
	});
});

describe('what belongs to a file', concurrently, () => {
	it.skipIf(!isRoot || !has('setcap'))(
		'mode, owner and capabilities are kept, unless the playbook says otherwise (needs root)',
		async () => {
			using host = new PoolHost();
			const rows: readonly (Partial<TestFile> & {
				readonly before: readonly [mode: number, uid: number];
				readonly after: string;
			})[] = [
				{ before: [0o640, 0], after: '640 0 0' },
				{ before: [0o4755, 12], after: '4755 12 0 cap' },
				{ before: [0o4755, 12], owner: '13', after: '4755 13 0 cap' },
				{ before: [0o2755, 12], group: '14', after: '2755 12 14 cap' },
				{ before: [0o4755, 12], owner: '13', mode: '0600', after: '600 13 0 cap' },
				{ before: [0o600, 0], mode: '0444', after: '444 0 0' },
			];
			const files = rows.map(({ before, after, ...rest }, index) => ({
				dest: host.at(`f${index}`),
				old: '',
				wanted: `${index}`,
				...rest,
			}));
			host.prepare(files);
			for (const [
				index,
				{
					before: [mode, uid],
					after,
				},
			] of rows.entries()) {
				chownSync(host.at(`f${index}`), uid, 0);
				if (after.endsWith('cap')) execFileSync('setcap', ['cap_net_raw+ep', host.at(`f${index}`)]);
				chmodSync(host.at(`f${index}`), mode);
			}
			const before = await describeTree(host.targets, true);
			const unit = poolUnit({ files });
			await host.work('R1', [unit]);
			const capabilities = (path: string) => (execFileSync('getcap', [path]).length > 0 ? ' cap' : '');
			const seen = files.map(
				({ dest }) => `${modeOf(dest)} ${statSync(dest).uid} ${statSync(dest).gid}${capabilities(dest)}`,
			);
			expect(seen).toEqual(rows.map(({ after }) => after));
			await host.work('R2', [undoUnit(unit)]);
			expect(await describeTree(host.targets, true)).toEqual(before);
		},
	);
});

describe('a backup', concurrently, () => {
	const one = (host: PoolHost, old: string | undefined, wanted: string, attempt = 1) =>
		poolUnit({ attempt, keep: 2, files: [{ dest: host.at('a'), ...(old === undefined ? {} : { old }), wanted }] });

	it('is taken from the second copy when the first was tampered with, and refuses when both were', async () => {
		using host = new PoolHost();
		writeFileSync(host.at('a'), 'v1\n');
		const unit = one(host, 'v1\n', 'v2\n');
		await host.work('R1', [unit]);
		const copy = (kind: string) => host.path('txn', jobOf(unit), kind, '1.bak');
		appendFileSync(copy('old'), 'x');
		appendFileSync(copy('link'), 'x');
		await host.work('R2', [undoUnit(unit, 'first')]);
		expect([host.verdict('R2'), text(host.at('a')), host.receipt(unit)]).toEqual(['failed backup', 'v2\n', 'ok']);
		writeFileSync(copy('old'), 'v1\n');
		await host.work('R3', [undoUnit(unit, 'second')]);
		expect([host.verdict('R3'), text(host.at('a')), host.receipt(unit)]).toEqual(['changed exit', 'v1\n', 'undone']);
	});

	it('refuses when its record was tampered with, and when there is none', async () => {
		using host = new PoolHost();
		writeFileSync(host.at('a'), 'v1\n');
		const unit = one(host, 'v1\n', 'v2\n');
		await host.work('R1', [unit]);
		appendFileSync(host.path('txn', jobOf(unit), 'manifest'), '# \n');
		await host.work('R2', [undoUnit(unit, 'first')]);
		rmSync(host.path('txn', jobOf(unit)), { recursive: true });
		await host.work('R3', [undoUnit(unit, 'second')]);
		expect([host.verdict('R2'), host.verdict('R3'), text(host.at('a'))]).toEqual([
			'failed backup',
			'failed backup',
			'v2\n',
		]);
		expect(host.list('txn')).toEqual([]);
	});

	it('is kept for as many changes as the playbook says, whatever fails in between, and undone one after the other', async () => {
		using host = new PoolHost();
		writeFileSync(host.at('a'), 'v1\n');
		const first = one(host, 'v1\n', 'v2\n');
		const second = one(host, 'v2\n', 'v3\n');
		const third = one(host, 'v3\n', 'v4\n');
		const failing = poolUnit({
			keep: 2,
			files: [{ dest: host.at('a'), old: 'v4\n', wanted: 'v5\n' }],
			check: ['false'],
		});
		for (const [index, unit] of [first, second, third, failing].entries()) await host.work(`R${index}`, [unit]);
		expect([text(host.at('a')), host.verdict('R3')]).toEqual(['v4\n', 'rolled_back check']);
		const kept = () =>
			host
				.list('txn')
				.filter(job => host.read('txn', job, 'end') === 'committed\n' && !host.has('txn', job, 'reverse'));
		expect(kept().sort()).toEqual([jobOf(second), jobOf(third)].sort());
		await host.work('R4', [undoUnit(third)]);
		await host.work('R5', [undoUnit(second)]);
		await host.work('R6', [undoUnit(first)]);
		expect([text(host.at('a')), host.verdict('R6'), host.remembered(first).length]).toEqual([
			'v2\n',
			'failed backup',
			1,
		]);
	});

	it('is there for at least the latest change until the next one', async () => {
		using host = new PoolHost();
		writeFileSync(host.at('a'), 'v1\n');
		const unit = poolUnit({ keep: 0, files: [{ dest: host.at('a'), old: 'v1\n', wanted: 'v2\n' }] });
		await host.work('R1', [unit]);
		expect([host.verdict('R1'), host.receipt(unit)]).toEqual(['changed exit', 'ok']);
	});
});

describe('what somebody else does to the files of a pool', concurrently, () => {
	it('is kept aside when the pool has to put the old one back', async () => {
		using host = new PoolHost();
		const files = ['a', 'b', 'c', 'd'].map(name => ({
			dest: host.at(name),
			old: `old ${name}\n`,
			wanted: `new ${name}\n`,
		}));
		files.push({ dest: host.at('e'), wanted: 'new e\n' } as never, { dest: host.at('f'), wanted: 'new f\n' } as never);
		host.prepare(files);
		const before = await describeTree(host.targets);
		const edit = `cd ${host.targets}; echo edited >a; rm b; ln -sf /nowhere c; rm f`;
		const unit = poolUnit({
			files,
			activate: [`test -e ${host.folder}/done || { ${edit}; }; : >${host.folder}/done`],
			check: ['false'],
		});
		await host.work('R1', [unit]);
		expect(host.verdict('R1')).toBe('rolled_back check');
		expect(await describeTree(host.targets)).toEqual(before);
		const aside = host.path('txn', jobOf(unit), 'aside');
		expect([text(`${aside}/1`), lstatSync(`${aside}/3`).isSymbolicLink()]).toEqual(['edited\n', true]);
		expect(host.errors(unit)).toContain(`kept as ${aside}/1`);
		// It stays for a person, however many changes follow.
		await host.work('R2', [poolUnit({ keep: 1, attempt: 2, files })]);
		expect(text(`${aside}/1`)).toBe('edited\n');
	});

	it('in a created file is kept, and the file goes', async () => {
		using host = new PoolHost();
		const files = [{ dest: host.at('made/a'), wanted: 'new\n' }];
		const unit = poolUnit({
			files,
			activate: [`[ ! -e ${host.at('made/a')} ] || echo edited >${host.at('made/a')}`],
			check: ['false'],
		});
		await host.work('R1', [unit]);
		expect([host.verdict('R1'), existsSync(host.at('made'))]).toEqual(['rolled_back check', false]);
		const aside = host.path('txn', jobOf(unit), 'aside/1');
		expect([text(aside), host.errors(unit)]).toEqual(['edited\n', expect.stringContaining(`kept as ${aside}`)]);
	});

	it('keeps one file from being put back, and no other; it is tried again by the next run', async () => {
		using host = new PoolHost();
		const files = ['a', 'b', 'c'].map(name => ({ dest: host.at(name), old: `old ${name}\n`, wanted: `new ${name}\n` }));
		host.prepare(files);
		const before = await describeTree(host.targets);
		const unit = poolUnit({ files, activate: [`cd ${host.targets}; rm b; mkdir b`], check: ['false'] });
		await host.work('R1', [unit]);
		expect(host.verdict('R1')).toBe('rollback_failed check');
		expect([host.receipt(unit), text(host.at('a')), text(host.at('c'))]).toEqual([undefined, 'old a\n', 'old c\n']);
		rmSync(host.at('b'), { recursive: true });
		await host.work('R2', []);
		expect(host.receipt(unit)).toBe('failed');
		rmSync(host.at('b'), { recursive: true });
		expect(before.length).toBe(4);
	});

	it('with our own folder beside them does no harm: there is another copy', async () => {
		using host = new PoolHost();
		const files = [
			{ dest: host.at('a'), old: 'old a\n', wanted: 'new a\n' },
			{ dest: host.at('b'), wanted: 'new b\n' },
		];
		host.prepare(files);
		const before = await describeTree(host.targets);
		const unit = poolUnit({ files, activate: [`rm -rf ${host.at()}/.hsctl-*`], check: ['false'] });
		await host.work('R1', [unit]);
		expect(host.verdict('R1')).toBe('rolled_back check');
		expect(await describeTree(host.targets)).toEqual(before);
	});
});

describe.skipIf(!isRoot)('a folder that belongs to somebody else (needs root)', concurrently, () => {
	const stranger = 12_345;
	const strange = (host: PoolHost, files: readonly TestFile[]) => {
		host.prepare(files);
		mkdirSync(host.at('theirs/ssh'), { recursive: true });
		for (const path of readdirSync(host.targets, { recursive: true, encoding: 'utf8' }))
			chownSync(host.at(path), stranger, stranger);
	};

	it('may be moved away with ours in it: nothing is written where a link in its place leads', async () => {
		using host = new PoolHost();
		const files = [{ dest: host.at('theirs/ssh/authorized_keys'), wanted: 'key\n' }];
		for (const [index, point] of ['pool.preparing', 'pool.staged', 'pool.committing'].entries()) {
			host.forgetCrashes();
			rmSync(host.at(), { recursive: true });
			mkdirSync(host.at());
			strange(host, files);
			mkdirSync(host.at('ours'));
			await host.workWith(`R${index}`, [poolUnit({ attempt: index + 1, files })], point, () => {
				renameSync(host.at('theirs/ssh'), host.at('theirs/moved'));
				symlinkSync(host.at('ours'), host.at('theirs/ssh'));
				lchownSync(host.at('theirs/ssh'), stranger, stranger);
			});
			expect([point, host.verdict(`R${index}`).replace(/ .*/, ''), readdirSync(host.at('ours'))]).toEqual([
				point,
				point === 'pool.preparing' ? 'failed' : 'rolled_back',
				[],
			]);
		}
	});

	it('is used by way of a link that only root can turn', async () => {
		using host = new PoolHost();
		symlinkSync('real', host.at('link'));
		const files = [{ dest: host.at('link/a'), old: 'old\n', wanted: 'new\n' }];
		mkdirSync(host.at('real'));
		host.prepare(files);
		await host.work('R1', [poolUnit({ files })]);
		expect([host.verdict('R1'), text(host.at('real/a'))]).toEqual(['changed exit', 'new\n']);
	});

	it('cannot give us another folder for ours, nor a file', async () => {
		using host = new PoolHost();
		const files = [{ dest: host.at('theirs/a'), old: 'old\n', wanted: 'new\n' }];
		strange(host, files);
		const unit = poolUnit({ files });
		const own = `${dirname(host.at('theirs/a'))}/.hsctl-${jobOf(unit).slice(0, 12)}-1`;
		await host.workWith('R1', [unit], 'pool.committing', () => {
			renameSync(own, `${own}.moved`);
			mkdirSync(own, { mode: 0o700 });
			chownSync(own, stranger, stranger);
			writeFileSync(`${own}/1.new`, 'theirs\n');
		});
		expect([host.verdict('R1'), text(host.at('theirs/a'))]).toEqual(['rollback_failed swap', 'old\n']);
		rmSync(own, { recursive: true });
		await host.work('R2', []);
		expect([host.receipt(unit), text(host.at('theirs/a'))]).toEqual(['failed', 'old\n']);
	});
});

describe.skipIf(!isRoot || !has('busybox'))(
	'a host that has nothing but busybox (needs root for a chroot)',
	concurrently,
	() => {
		it('changes files in any folder, its root too', async () => {
			using place = new TestHost();
			const root = busyboxRoot(place.folder);
			using host = new PoolHost('busybox sh', { inside: ['sh', '-c', enterRoot, 'enter', root] });
			writeFileSync(`${root}/a`, 'old\n', { mode: 0o640 });
			chownSync(`${root}/a`, 12, 34);
			const files = [
				{ dest: '/a', old: 'old\n', wanted: 'new\n' },
				{ dest: '/made/b', wanted: 'created\n' },
			];
			const unit = poolUnit({ files, validateFile: 'test -s "$HSCTL_FILE"' });
			await host.work('R1', [unit]);
			expect([host.verdict('R1'), host.errors(unit), text(`${root}/a`), text(`${root}/made/b`)]).toEqual([
				'changed exit',
				'',
				'new\n',
				'created\n',
			]);
			const dress = () => [modeOf(`${root}/a`), statSync(`${root}/a`).uid, statSync(`${root}/a`).gid];
			expect(dress()).toEqual(['640', 12, 34]);
			await host.work('R2', [undoUnit(unit)]);
			// The state folder is mounted there: for later there is only a copy of the old file.
			expect([host.verdict('R2'), text(`${root}/a`), dress()]).toEqual(['changed exit', 'old\n', ['640', 12, 34]]);
			expect(readdirSync(root).filter(name => /^(made|\.hsctl)/.test(name))).toEqual([]);
			const inode = statSync(`${root}/a`).ino;
			await host.work('R3', [poolUnit({ attempt: 2, files, check: ['kill -9 $PPID'] })]);
			expect([host.verdict('R3'), text(`${root}/a`), statSync(`${root}/a`).ino]).toEqual([
				'rolled_back died',
				'old\n',
				inode,
			]);
		});
	},
);

describe.skipIf(!isRoot || !has('setpriv'))(
	'an ordinary user (needs root to become one, and setpriv)',
	concurrently,
	() => {
		it('changes files of its own, and nothing is put where only root may', async () => {
			const inside = ['setpriv', '--reuid=12345', '--regid=12345', '--clear-groups'];
			using host = new PoolHost('dash', { inside });
			const files = [
				{ dest: host.at('a'), old: 'old\n', wanted: 'new\n' },
				{ dest: host.at('made/b'), wanted: 'created\n' },
			];
			host.prepare(files);
			const unit = poolUnit({ files });
			for (const [run, units] of Object.entries({ R1: [unit], R2: [undoUnit(unit)] }))
				writeFiles(host.path('runs', run), bundleFiles(units));
			execFileSync('chown', ['-R', '12345:12345', host.folder]);
			const before = await describeTree(host.targets);
			await host.say(['sequence', 'R1', 'test']);
			expect([host.verdict('R1'), host.errors(unit), text(host.at('made/b'))]).toEqual([
				'changed exit',
				'',
				'created\n',
			]);
			expect(host.list('txn', jobOf(unit))).not.toContain('hook');
			await host.say(['sequence', 'R2', 'test']);
			expect(host.verdict('R2')).toBe('changed exit');
			expect(await describeTree(host.targets)).toEqual(before);
		});
	},
);

describe.runIf(process.env.HSCTL_LONG)('a thousand files', () => {
	it('are changed, undone, and taken back', { timeout: 600_000 }, async () => {
		using host = new PoolHost();
		const files = Array.from({ length: 1000 }, (_, index) => {
			return { dest: host.at(`folder ${index % 10}`, `${index}`), old: `old ${index}\n`, wanted: `new ${index}\n` };
		});
		host.prepare(files);
		const before = await describeTree(host.targets);
		const unit = poolUnit({ files, validate: ['true'] });
		const again = poolUnit({ attempt: 2, files, check: ['false'] });
		for (const [run, job, verdict] of [
			['R1', unit, 'changed exit'],
			['R2', undoUnit(unit), 'changed exit'],
			['R3', again, 'rolled_back check'],
		] as const) {
			await host.work(run, [job]);
			expect(host.verdict(run)).toBe(verdict);
		}
		expect(await describeTree(host.targets)).toEqual(before);
	});
});
