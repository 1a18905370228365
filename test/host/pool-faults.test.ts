import { execFileSync } from 'node:child_process';
import {
	appendFileSync,
	linkSync,
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
import { describe, expect, it, vi } from 'vitest';
import { keyOf } from './bundle.ts';
import { has, isRoot } from './host.ts';
import { describeTree, lookAt, PoolHost, poolUnit, type TestFile, undoUnit } from './pool-rig.ts';

vi.setConfig({ maxConcurrency: 6 });
const concurrently = { concurrent: true };

const text = (path: string): string => readFileSync(path, 'utf8');

/** Two replaced in two folders, one created in a new one. */
const files = (host: PoolHost): readonly TestFile[] => [
	{ dest: host.at('etc/a'), old: 'old a\n', wanted: 'new a\n' },
	{ dest: host.at('new/b'), wanted: 'new b\n' },
	{ dest: host.at('etc/d/c'), old: 'old c\n', wanted: 'new c\n' },
];

async function prepared(host: PoolHost): Promise<readonly string[]> {
	host.prepare(files(host));
	return describeTree(host.targets);
}

const isNew = (host: PoolHost): boolean => files(host).every(({ dest, wanted }) => text(dest) === wanted);

describe.skipIf(!isRoot)('a disk that is full (needs root for a file system of its own)', concurrently, () => {
	it('D1: where the new files would go: nothing is replaced', async () => {
		using host = new PoolHost('dash', { targets: 'size=256k' });
		const before = await prepared(host);
		const big = { dest: host.at('big'), wanted: 'x'.repeat(300_000) };
		await host.work('R1', [poolUnit({ files: [...files(host), big] })]);
		expect(host.verdict('R1')).toBe('failed stage');
		expect(await describeTree(host.targets)).toEqual(before);
	});

	it('D1: where the backup would go: nothing is replaced', async () => {
		using host = new PoolHost('dash', { mount: 'size=1m' });
		const before = await prepared(host);
		const fills = `cat /dev/zero >${host.state}/filled 2>/dev/null; true`;
		const unit = poolUnit({ files: files(host), validate: [fills] });
		await host.work('R1', [unit]);
		expect([host.verdict('R1'), host.receipt(unit)]).toEqual(['failed stage', 'failed']);
		expect(await describeTree(host.targets)).toEqual(before);
	});

	it('D1: from the replacement on: it is committed all the same, or undone', async () => {
		for (const check of ['true', 'false']) {
			using host = new PoolHost('dash', { mount: 'size=1m' });
			const before = await prepared(host);
			const fills = `cat /dev/zero >${host.state}/filled 2>/dev/null; true`;
			const unit = poolUnit({ files: files(host), activate: [fills], check: [check] });
			await host.work('R1', [unit]);
			expect(host.verdict('R1')).toBe(check === 'true' ? 'changed exit' : 'rolled_back check');
			expect(host.receipt(unit)).toBe(check === 'true' ? 'ok' : 'failed');
			if (check === 'true') expect(isNew(host)).toBe(true);
			else expect(await describeTree(host.targets)).toEqual(before);
		}
	});

	it.skipIf(!has('strace'))('D1: at the second replacement: the first is undone (needs strace)', async () => {
		using host = new PoolHost('dash', { inside: ['sh', '-c', failingRename, 'fail'] });
		const before = await prepared(host);
		const unit = poolUnit({ files: files(host) });
		await host.work('R1', [unit]);
		expect([host.verdict('R1'), host.receipt(unit)]).toEqual(['rolled_back swap', 'failed']);
		expect(await describeTree(host.targets)).toEqual(before);
	});

	it('D2: of inodes: nothing is replaced', async () => {
		using host = new PoolHost('dash', { targets: 'nr_inodes=12' });
		const before = await prepared(host);
		const many = Array.from({ length: 8 }, (_, index) => ({ dest: host.at(`f${index}`), wanted: `${index}` }));
		const unit = poolUnit({ files: [...files(host), ...many] });
		await host.work('R1', [unit]);
		expect([host.verdict('R1'), host.receipt(unit)]).toEqual(['failed stage', 'failed']);
		expect(await describeTree(host.targets)).toEqual(before);
	});
});

/** Every rename onto the third file fails, of whatever process. */
const failingRename =
	'exec strace -f --seccomp-bpf -qq -o /dev/null -e trace=rename,renameat,renameat2 -P "../c" -e inject=rename,renameat,renameat2:error=ENOSPC "$@"';

describe.skipIf(!isRoot)('a disk that is read-only (needs root for a file system of its own)', concurrently, () => {
	it('D3: is told in the plan', () => {
		using host = new PoolHost('dash', { targets: 'size=1m' });
		host.prepare(files(host));
		expect(lookAt(host, [host.at('etc/a')]).filter(line => line.startsWith('bar'))).toEqual([]);
		remount(host, 'ro');
		expect(lookAt(host, [host.at('etc/a'), host.at('new/b')]).filter(line => line.startsWith('bar'))).toEqual([
			`bar 1 closed ${host.at('etc')}`,
			`bar 2 closed ${host.at()}`,
		]);
	});

	it('D3: since the plan: nothing is replaced', async () => {
		using host = new PoolHost('dash', { targets: 'size=1m' });
		const before = await prepared(host);
		remount(host, 'ro');
		await host.work('R1', [poolUnit({ files: files(host) })]);
		expect(host.verdict('R1')).toBe('failed stage');
		expect(await describeTree(host.targets)).toEqual(before);
	});

	it('D3: in the middle: it is told that not all could be put back, and the next run does it', async () => {
		using host = new PoolHost('dash', { targets: 'size=1m' });
		const before = await prepared(host);
		const unit = poolUnit({ files: files(host) });
		await host.workWith('R1', [unit], 'pool.moved', () => remount(host, 'ro'));
		expect([host.verdict('R1'), host.receipt(unit)]).toEqual(['rollback_failed swap', undefined]);
		remount(host, 'rw');
		await host.work('R2', []);
		expect(host.receipt(unit)).toBe('failed');
		expect(await describeTree(host.targets)).toEqual(before);
	});
});

const remount = (host: PoolHost, how: 'ro' | 'rw'): void => {
	execFileSync('mount', ['-o', `remount,${how}`, host.targets]);
};

describe.skipIf(!isRoot)('a disk that cannot be relied on (needs root to hide sync)', concurrently, () => {
	// What is forced to disk, one after the other, and what becomes of the pool when the disk says no just there.
	const rows = [
		['the record of the run', 'changed exit'],
		['the start of the job', 'refused disk'],
		['the record of the transaction', 'refused disk'],
		['the mark that it prepares', 'failed disk'],
		['what lies beside the targets', 'failed disk'],
		['the mark that it replaces', 'rolled_back disk'],
		['the new names', 'rolled_back disk'],
		['the mark that it is committed', 'rolled_back disk'],
		// It is forced there once more before anything is told.
		['what is remembered of the files', 'changed exit'],
		['the receipt', 'unknown disk'],
		['nothing', 'changed exit'],
	] as const;
	it.for(rows.map(([what, verdict], index) => ({ what, verdict, at: index + 1 })))(
		'D4: at $what: $verdict, and all old or all new',
		async ({ verdict, at }) => {
			using host = new PoolHost('dash', { inside: ['sh', '-c', hideSync, 'hide'] });
			writeFileSync(`${host.folder}/sync`, failingSync(host.folder, at), { mode: 0o755 });
			const before = await prepared(host);
			const unit = poolUnit({ files: files(host) });
			await host.work('R1', [unit]);
			const tree = await describeTree(host.targets);
			const isDone = /^(changed|unknown) /.test(verdict);
			expect([host.verdict('R1'), isDone ? isNew(host) : tree]).toEqual([verdict, isDone ? true : before]);
			await host.work('R2', []);
			expect(await describeTree(host.targets)).toEqual(tree);
			expect(host.receipt(unit)).toBe(isDone ? 'ok' : /^refused/.test(verdict) ? undefined : 'failed');
		},
	);
});

describe.skipIf(!isRoot || !has('strace'))(
	'a file system that cannot be relied on (needs strace)',
	concurrently,
	() => {
		it('D4: is no place to replace files in', async () => {
			using host = new PoolHost('dash', { inside: ['sh', '-c', failingFsync, 'fail'] });
			const before = await prepared(host);
			const unit = poolUnit({ files: files(host) });
			await host.work('R1', [unit]);
			expect([host.verdict('R1'), host.receipt(unit)]).toEqual(['failed disk', 'failed']);
			expect(await describeTree(host.targets)).toEqual(before);
		});
	},
);

const failingFsync =
	'exec strace -f --seccomp-bpf -qq -o /dev/null -e trace=fsync -P "${HSCTL_STATE%/*}/targets/etc" -e inject=fsync:error=EIO "$@"';

const hideSync = `here=\${HSCTL_STATE%/*}; real=$(command -v sync); : >"$here/real"
mount --bind "$real" "$here/real" && mount --bind "$here/sync" "$real" && exec "$@"`;

/** Says no at its n-th call. */
const failingSync = (folder: string, at: number): string => `#!/bin/sh
echo >>${folder}/calls
[ "$(wc -l <${folder}/calls)" != ${at} ] || { echo 'sync: Input/output error' >&2; exit 1; }
exec ${folder}/real "$@"
`;

describe.skipIf(!isRoot)('a file that cannot be replaced (needs root)', concurrently, () => {
	it.skipIf(!has('chattr'))(
		'D5: because something is mounted on it, or because it is immutable, is told in the plan',
		async () => {
			using host = new PoolHost();
			host.prepare(files(host));
			const other = `${host.folder}/other`;
			writeFileSync(other, 'mounted\n');
			execFileSync('mount', ['--bind', other, host.at('etc/a')]);
			execFileSync('chattr', ['+i', host.at('etc/d/c')]);
			try {
				const lines = lookAt(host, [host.at('etc/a'), host.at('etc/d/c')]);
				expect(lines).toContain('bar 1 mounted');
				expect(lines).toContain(`fixed ${host.at('etc/d/c')}`);
			} finally {
				execFileSync('chattr', ['-i', host.at('etc/d/c')]);
				execFileSync('umount', [host.at('etc/a')]);
			}
		},
	);

	it.skipIf(!has('chattr'))('D5: since the plan: all are as they were', async () => {
		using host = new PoolHost();
		const before = await prepared(host);
		execFileSync('chattr', ['+i', host.at('etc/d')]);
		try {
			await host.work('R1', [poolUnit({ files: files(host) })]);
		} finally {
			execFileSync('chattr', ['-i', host.at('etc/d')]);
		}
		expect(host.verdict('R1')).toBe('failed stage');
		expect(await describeTree(host.targets)).toEqual(before);
		writeFileSync(`${host.folder}/other`, 'old c\n');
		const unit = poolUnit({ attempt: 2, files: files(host) });
		const mount = {
			inside: ['sh', '-c', `mount --bind ${host.folder}/other ${host.at('etc/d/c')} && exec "$@"`, 'mount'],
		};
		using mounted = new PoolHost('dash', mount);
		Object.assign(mounted, { folder: host.folder, state: host.state, runner: host.runner });
		await mounted.work('R2', [unit]);
		expect(host.verdict('R2').replace(/ .*/, '')).toMatch(/^(failed|refused|rolled_back)$/);
		expect(await describeTree(host.targets)).toEqual(before);
	});

	it('D6: a state folder mounted noexec is no hindrance', async () => {
		using host = new PoolHost('dash', { mount: 'size=4m,noexec' });
		const before = await prepared(host);
		const unit = poolUnit({ files: files(host), check: ['true'], confirmMs: 10 });
		await host.work('R1', [unit]);
		expect([host.verdict('R1'), host.errors(unit)]).toEqual(['rolled_back confirm', '']);
		expect(await describeTree(host.targets)).toEqual(before);
	});
});

describe('a target that is a link', concurrently, () => {
	it('D7: is told in the plan, and met after it nothing is replaced', async () => {
		using host = new PoolHost();
		host.prepare(files(host));
		renameSync(host.at('etc/a'), host.at('etc/real'));
		symlinkSync('real', host.at('etc/a'));
		const before = await describeTree(host.targets);
		expect(lookAt(host, [host.at('etc/a')])).toContain('link 1 real');
		await host.work('R1', [poolUnit({ files: files(host) })]);
		expect(host.verdict('R1')).toBe('refused meet');
		expect(await describeTree(host.targets)).toEqual(before);
	});

	it('D7: among several hard ones keeps all of them when it is taken back', async () => {
		using host = new PoolHost();
		host.prepare(files(host));
		linkSync(host.at('etc/a'), host.at('etc/other name'));
		const before = await describeTree(host.targets);
		const unit = poolUnit({ files: files(host) });
		await host.work('R1', [unit]);
		expect([text(host.at('etc/a')), text(host.at('etc/other name'))]).toEqual(['new a\n', 'old a\n']);
		await host.work('R2', [undoUnit(unit)]);
		expect(await describeTree(host.targets)).toEqual(before);
		await host.work('R3', [poolUnit({ attempt: 2, files: files(host), check: ['false'] })]);
		expect(await describeTree(host.targets)).toEqual(before);
	});
});

describe.skipIf(!isRoot || !has('setfacl') || !has('setfattr'))(
	'what a file system knows of a file',
	concurrently,
	() => {
		it('D8: ACLs and attributes are kept by a change and by taking it back (needs root, setfacl, setfattr)', async () => {
			using host = new PoolHost();
			host.prepare(files(host));
			execFileSync('setfacl', ['-m', 'd:u:daemon:rwx', host.at('etc')]);
			execFileSync('setfacl', ['-m', 'u:daemon:rw', host.at('etc/d/c')]);
			for (const name of ['user.note', 'trusted.note'])
				execFileSync('setfattr', ['-n', name, '-v', 'kept', host.at('etc/d/c')]);
			const before = await describeTree(host.targets, true);
			const ofFiles = (tree: readonly string[]) =>
				tree
					.filter(line => /^etc\/(a|d\/c) /.test(line))
					.map(line => line.replace(/ \d+ (?=100)/, ' ').replace(/links \d+ \w+ /, ''));
			expect(ofFiles(before).join('\n')).toContain('trusted.note');
			const unit = poolUnit({ files: files(host) });
			await host.work('R1', [unit]);
			expect(isNew(host)).toBe(true);
			expect(ofFiles(await describeTree(host.targets, true))).toEqual(ofFiles(before));
			await host.work('R2', [undoUnit(unit)]);
			expect(await describeTree(host.targets, true)).toEqual(before);
			await host.work('R3', [poolUnit({ attempt: 2, files: files(host), check: ['false'] })]);
			expect(await describeTree(host.targets, true)).toEqual(before);
		});
	},
);

describe('a file that somebody edits between plan and commit', concurrently, () => {
	const edits: Readonly<Record<string, (path: string) => void>> = {
		'in place': path => appendFileSync(path, 'edited\n'),
		'by rename': path => {
			writeFileSync(`${path}.tmp`, 'edited\n');
			renameSync(`${path}.tmp`, path);
		},
		'by rename, with the same bytes': path => {
			writeFileSync(`${path}.tmp`, text(path));
			renameSync(`${path}.tmp`, path);
		},
		'by deleting it': path => rmSync(path),
		'by a link in its place': path => {
			rmSync(path);
			symlinkSync('/etc/passwd', path);
		},
		'by a folder in its place': path => {
			rmSync(path);
			mkdirSync(path);
		},
	};
	const rows = [
		['in place', 'pool.preparing', 'refused meet'],
		['in place', 'pool.validated', 'refused meet'],
		['in place', 'pool.backed:3', 'refused meet'],
		['in place', 'pool.committing', 'rolled_back meet'],
		['in place', 'pool.swap:3', 'rolled_back meet'],
		['by rename', 'pool.validated', 'refused meet'],
		['by rename', 'pool.armed', 'rolled_back meet'],
		['by deleting it', 'pool.preparing', 'refused meet'],
		['by deleting it', 'pool.staged', 'rolled_back meet'],
		['by a link in its place', 'pool.validated', 'failed stage'],
		['by a link in its place', 'pool.committing', 'rolled_back meet'],
		['by a folder in its place', 'pool.swapped', 'changed exit'],
		['by rename', 'pool.swapped', 'changed exit'],
	] as const;
	it.for(rows)('F6: %s at %s: %s, and the edit stays', async ([how, point, verdict]) => {
		using host = new PoolHost();
		await prepared(host);
		const edited = host.at('etc/d/c');
		const others = (tree: readonly string[]) => tree.filter(line => !line.startsWith('etc/d/c '));
		const before = others(await describeTree(host.targets));
		const unit = poolUnit({ files: files(host) });
		let after: readonly string[] = [];
		const describeEdited = async () => (await describeTree(host.at('etc/d'))).filter(line => line.startsWith('c '));
		await host.workWith('R1', [unit], point, async () => {
			edits[how]?.(edited);
			after = (await describeEdited()).map(line => line.replace(/\d+ links/, ''));
		});
		expect([host.verdict('R1'), host.receipt(unit)]).toEqual([
			verdict,
			verdict.startsWith('changed') ? 'ok' : 'failed',
		]);
		expect((await describeEdited()).map(line => line.replace(/\d+ links/, ''))).toEqual(after);
		if (!verdict.startsWith('changed')) expect(others(await describeTree(host.targets))).toEqual(before);
		expect(
			readdirSync(host.targets, { recursive: true, encoding: 'utf8' }).filter(path => path.includes('.hsctl')),
		).toEqual([]);
	});
});

describe('two pools for one file', concurrently, () => {
	it('F7: the second meets what the first has put there', async () => {
		using host = new PoolHost();
		const before = await prepared(host);
		const dest = host.at('etc/a');
		const first = poolUnit({ name: 'pool.first', files: files(host) });
		const blind = poolUnit({ name: 'pool.blind', files: [{ dest, old: 'old a\n', wanted: 'other\n' }] });
		const second = poolUnit({ name: 'pool.second', files: [{ dest, old: 'new a\n', wanted: 'other\n' }] });
		await host.work('R1', [first, blind, second]);
		expect([0, 1, 2].map(index => host.verdict('R1', index))).toEqual(['changed exit', 'refused meet', 'changed exit']);
		// What lies on top has to be taken back first.
		await host.work('R2', [undoUnit(first, 'one')]);
		expect([host.verdict('R2'), text(dest)]).toEqual(['refused meet', 'other\n']);
		await host.work('R3', [undoUnit(second, 'two'), undoUnit(first, 'three')]);
		expect(await describeTree(host.targets)).toEqual(before);
	});

	it('F7: of two runs at once one has the host', async () => {
		using host = new PoolHost();
		await prepared(host);
		const [first, second] = ['first', 'second'].map(name => poolUnit({ name: `pool.${name}`, files: files(host) }));
		if (first === undefined || second === undefined) throw new Error('two');
		await host.workWith('R1', [first], 'pool.swapped', async () => {
			const events = await host.work('R2', [second]);
			expect(events.find(({ e }) => e === 'locked')).toMatchObject({ owner: { run: 'R1' } });
		});
		expect([host.verdict('R1'), host.receipt(first), host.receipt(second)]).toEqual(['changed exit', 'ok', undefined]);
		expect(lstatSync(host.at('etc/a')).isFile()).toBe(true);
		expect(statSync(host.at('etc/a')).nlink).toBe(1);
		expect(keyOf(first)).not.toBe(keyOf(second));
	});
});
