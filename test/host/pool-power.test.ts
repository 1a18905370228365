import { execFile, execFileSync, spawnSync } from 'node:child_process';
import { copyFileSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import { promisify } from 'node:util';
import { describe, expect, it, onTestFinished } from 'vitest';
import { bundleFiles, keyOf, sha256, type TestUnit, writeFiles } from './bundle.ts';
import { has, isRoot } from './host.ts';
import { PoolHost, poolUnit, type TestFile } from './pool-rig.ts';

const canLoop = isRoot && has('mkfs.ext4') && spawnSync('losetup', ['-f']).status === 0;
const isLong = process.env.HSCTL_LONG !== undefined;
const [runs, perRun] = isLong ? [10, 20] : [4, 10];

const files = (host: PoolHost): readonly TestFile[] => [
	{ dest: host.at('etc/a'), old: 'old a\n'.repeat(2000), wanted: 'new a\n'.repeat(3000) },
	{ dest: host.at('made/b'), wanted: 'new b\n'.repeat(2000) },
	{ dest: host.at('c'), old: 'old c\n', wanted: 'new c\n' },
];

/** A small generator: the same seed is the same moments. */
function chances(seed: number): () => number {
	let state = seed;
	return () => {
		state = (state * 1_664_525 + 1_013_904_223) % 4_294_967_296;
		return state / 4_294_967_296;
	};
}

/** What is on the disk of a machine that loses power now: two readings that agree are of one moment. */
function imageOf(disk: string): Buffer {
	for (let before = readFileSync(disk); ; ) {
		const now = readFileSync(disk);
		if (now.equals(before)) return now;
		before = now;
	}
}

const inDisk = 'mount -o loop "$DISK" "${HSCTL_STATE%/*}" && exec "$@"';

/** The machine starts again with that disk, and somebody or something comes. */
const comeBack = `mount -o loop "$DISK" "\${HSCTL_STATE%/*}" || exit 9
sh "$RUNNER" $WORDS >&2
cd "\${HSCTL_STATE%/*}/targets" || exit 9
find . | sort | while read -r path; do
	echo "$path $(stat -c '%F %i %a %u %g' "$path") $([ -d "$path" ] || stat -c '%h %Y' "$path") $([ -d "$path" ] || sha256sum <"$path")"
done
cd "$HSCTL_STATE" || exit 9
for txn in txn/*/; do [ ! -d "$txn" ] || echo "open $(ls "$txn" | grep -cx end)"; done
for receipt in receipts/*.json; do [ ! -e "$receipt" ] || cat "$receipt"; done`;

interface Found {
	readonly tree: readonly string[];
	readonly open: number;
	readonly status: string | undefined;
}

describe.skipIf(!canLoop)('a machine that loses power while it changes the files of a pool', () => {
	it(
		'D9: has all old files or all new ones when it is back (needs root, mkfs.ext4 and a loop device)',
		async () => {
			const seed = Number(process.env.HSCTL_SEED ?? Date.now() % 1_000_000);
			const chance = chances(seed);
			using host = new PoolHost('dash', { inside: ['sh', '-c', inDisk, 'disk'] });
			host.prepare(files(host));
			const unit = poolUnit({
				files: files(host),
				validateFile: 'test -s "$HSCTL_FILE"',
				activate: ['true'],
				check: ['true'],
			});
			for (const [run, units] of Object.entries({ R1: [unit], N1: [] }))
				writeFiles(host.path('runs', run), bundleFiles(units as readonly TestUnit[]));
			const disks = mkdtempSync(join(tmpdir(), 'hsctl-disks-'));
			onTestFinished(() => rmSync(disks, { recursive: true }));
			const empty = join(disks, 'empty');
			execFileSync('mkfs.ext4', ['-q', '-F', '-b', '1024', '-d', host.folder, empty, '8M']);
			const old = await found(host, unit, empty, 'status R1');
			const images = new Map<string, { readonly image: Buffer; readonly moment: number; readonly isOver: boolean }>();
			let duration = 400;
			for (let run = 0; run < runs; run++) {
				// Its timer may hold the one of the run before for a while.
				const disk = join(disks, `run-${run}`);
				copyFileSync(empty, disk);
				const began = performance.now();
				const child = host.start(['sequence', 'R1', 'test'], { DISK: disk });
				const over = new Promise<void>(done => child.on('exit', () => done()));
				const moments = Array.from({ length: perRun }, () => chance() * duration).sort((a, b) => a - b);
				for (const moment of moments) {
					await pause(Math.max(0, began + moment - performance.now()));
					const isOver = child.exitCode !== null;
					const image = imageOf(disk);
					images.set(sha256(image), { image, moment, isOver });
				}
				await over;
				duration = performance.now() - began;
			}
			const ends = { old: 0, new: 0 };
			let index = 0;
			for (const { image, moment, isOver } of images.values()) {
				const disk = join(disks, `${index}`);
				writeFileSync(disk, image);
				const words = index++ % 2 === 0 ? 'sequence N1 test' : 'recover';
				const { tree, open, status } = await found(host, unit, disk, words);
				rmSync(disk);
				const isOld = JSON.stringify(tree) === JSON.stringify(old.tree);
				const of = `seed ${seed}, ${Math.round(moment)} ms, ${words}`;
				if (!isOld) expectNew(host, tree, of);
				expect(isOver && isOld, of).toBe(false);
				expect([open, isOld ? status === 'ok' : status], of).toEqual([0, isOld ? false : 'ok']);
				ends[isOld ? 'old' : 'new']++;
			}
			// Otherwise the moments were none.
			expect(ends.old, `seed ${seed}`).toBeGreaterThan(0);
			expect(ends.old + ends.new).toBeGreaterThan(runs * perRun * 0.2);
		},
		isLong ? 300_000 : 60_000,
	);
});

async function found(host: PoolHost, unit: TestUnit, disk: string, words: string): Promise<Found> {
	const env = { PATH: process.env.PATH, HSCTL_STATE: host.state, DISK: disk, RUNNER: host.runner, WORDS: words };
	const { stdout } = await promisify(execFile)('unshare', ['-m', 'sh', '-c', comeBack], { env });
	const lines = stdout.split('\n').slice(0, -1);
	const receipts = lines.filter(line => line.startsWith('{') && line.includes(keyOf(unit)));
	return {
		tree: lines.filter(line => line.startsWith('.')),
		open: lines.filter(line => line === 'open 0').length,
		status: receipts.map(line => JSON.parse(line).status as string)[0],
	};
}

function expectNew(host: PoolHost, tree: readonly string[], of: string): void {
	const digests = tree.flatMap(line => {
		const [, path = '', digest = ''] = /^\.\/(\S+) regular file .* (\w{64}) {2}-$/.exec(line) ?? [];
		return path === '' ? [] : [[join(host.targets, path), digest]];
	});
	expect(Object.fromEntries(digests), of).toEqual(
		Object.fromEntries(files(host).map(({ dest, wanted }) => [dest, sha256(wanted)])),
	);
	expect(
		tree.filter(line => line.includes('.hsctl')),
		of,
	).toEqual([]);
}
