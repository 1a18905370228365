import { chmodSync, existsSync, mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { readStatus } from '../../src/execution/read-status.ts';
import { hostName } from '../../src/model/brand.ts';
import { ok } from '../../src/model/result.ts';
import { statusText } from '../../src/outputs/status/human.ts';
import { end } from '../lab/processes.ts';
import { apply, type PoolRig, poolRig } from './pool-rig.ts';
import { finish, until } from './rig.ts';

const pool = (check: string) => `  site:
    files: [ { src: files/a, dest: "$T/\${host.me}/a" }, { src: files/b, dest: "$T/\${host.me}/b" } ]
    on_customised: replace
    check: [ '${check}' ]
`;

async function written(r: PoolRig, check = 'true', top = ''): Promise<void> {
	for (const host of r.hosts) r.put({ [`${host}/a`]: 'old a\n' });
	r.files({ a: 'new a\n', b: 'new b\n' });
	await r.playbook(pool(check), top);
}

async function applied(r: PoolRig): Promise<void> {
	await written(r);
	await r.run(...apply);
}

const status = (r: PoolRig, ...words: readonly string[]) => r.run('status', '--playbook', 'p.yaml', ...words);

const hostsOf = ({ stdout }: { readonly stdout: string }) => JSON.parse(stdout).hosts;

const time = String.raw`2\d{3}-\d\d-\d\d \d\d:\d\d`;

describe.concurrent('hsctl status', { timeout: 60_000 }, () => {
	it('shows units by their latest receipt, with when and by which run, and what can be undone', async ({
		onTestFinished,
	}) => {
		const r = poolRig(onTestFinished);
		r.write({ 'hotfixes/bad.sh': 'exit 3\n', 'hotfixes/good.sh': 'true\n', 'hotfixes/good_undo.sh': 'true\n' });
		await written(r, 'true', 'hotfixes:\n  bad: {}\n  good: { undo: hotfixes/good_undo.sh }\n');
		expect((await status(r)).stdout).toContain('nothing has been done here');
		await r.run(...apply);
		await r.run('rollback', 'hotfix.good', '--yes');
		const ran = await status(r);
		expect(ran.code).toBe(0);
		expect(ran.stdout).toMatch(new RegExp(`^ {2}✗ hotfix\\.bad +failed +${time} +01\\w{8} +exit 3$`, 'm'));
		expect(ran.stdout).toMatch(new RegExp(`^ {2}↺ hotfix\\.good +undone +${time} +01\\w{8}$`, 'm'));
		expect(ran.stdout).toMatch(
			new RegExp(
				`^ {2}= pool\\.site +done +${time} +(01\\w{8})\\n {2}↺ pool\\.site +backup +${time} +\\1 +2 files, can be undone$`,
				'm',
			),
		);
		expect(ran.stdout).toMatch(/^1 host: 1 unit failed, 1 change can be undone\. Nothing was written anywhere\.$/m);
		await r.run('rollback', 'pool.site', '--yes');
		const [box] = hostsOf(await status(r, '--json'));
		expect(box.undoable).toEqual([]);
		expect(box.units).toContainEqual(
			expect.objectContaining({
				unit: 'pool.site',
				playbook: 'p',
				status: 'undone',
				run: expect.stringMatching(/^01\w{24}$/),
			}),
		);
	});

	it('puts hosts that are alike together, and names those that do not answer, with 4', async ({ onTestFinished }) => {
		const r = poolRig(onTestFinished, { hosts: ['two'] });
		await applied(r);
		const ran = await status(r);
		expect([ran.code, ran.stdout]).toEqual([0, expect.stringMatching(/^box, two \(2 hosts alike\)$/m)]);
		expect(ran.stdout.match(/pool\.site/g)).toHaveLength(2);
		expect((await status(r, '-l', 'two')).stdout).toMatch(/^two$/m);
		r.write({ 'i.yaml': 'groups: { g: { hosts: { gone: { address: 127.0.0.1, port: 9 } } } }\n' });
		const gone = await r.run('status', '-i', 'i.yaml');
		expect([gone.code, gone.stdout]).toEqual([4, expect.stringMatching(/^gone\n {2}! unreachable +connect: /m)]);
		const json = await r.run('status', '-i', 'i.yaml', '--json');
		expect([json.code, hostsOf(json)]).toEqual([4, [{ host: 'gone', reached: false, because: expect.any(String) }]]);
	});

	it('tells a change at work from one that nobody works on (6), and what becomes of it; it ends what it says', async ({
		onTestFinished,
	}) => {
		const r = poolRig(onTestFinished);
		await written(r, 'touch $MARKS/in; until [ -e $MARKS/go ]; do sleep 0.05; done');
		const ended = finish(r.start([...apply]));
		await until(() => existsSync(join(r.marks, 'in')));
		const during = await status(r);
		expect([during.code, during.stdout]).toEqual([
			0,
			expect.stringMatching(/! locked +by run 01\w{8} of \S+ on \S+ for \d/),
		]);
		expect(during.stdout).toMatch(
			/! at work +pool\.site of run 01\w{8}: its files are being put into place and into use/,
		);
		killAll(r);
		await ended;
		const left = await status(r);
		expect([left.code, left.stdout]).toEqual([
			6,
			expect.stringMatching(
				/! interrupted +pool\.site of run 01\w{8}: some of its files may be replaced;[\s\S]*next run/,
			),
		]);
		const [box] = hostsOf(await status(r, '--json'));
		expect(box.open).toMatchObject([{ unit: 'pool.site', stage: 'committing', worker: 'none' }]);
		expect([r.read('box/a'), box.undoable]).toEqual(['new a\n', []]);
		writeFileSync(join(r.marks, 'go'), '');
		const resumed = await r.run('resume', 'last', '--yes', '--json');
		expect([resumed.code, r.read('box/a')]).toEqual([0, 'new a\n']);
		const after = await status(r);
		expect([after.code, after.stdout]).toEqual([0, expect.stringContaining('1 change can be undone')]);
		expect((await r.run('rollback', 'pool.site', '--yes')).code).toBe(0);
		expect(r.read('box/a')).toBe('old a\n');
	});

	it('believes nothing in a folder that others can write to', async ({ onTestFinished }) => {
		const r = poolRig(onTestFinished);
		await written(r);
		mkdirSync(r.state);
		chmodSync(r.state, 0o777);
		const ran = await status(r);
		expect([ran.code, ran.stdout]).toEqual([4, expect.stringContaining('cannot be trusted: others may write to it')]);
	});

	it('needs to know whose hosts', async ({ onTestFinished }) => {
		const ran = await poolRig(onTestFinished).run('status');
		expect([ran.code, ran.stdout, ran.stderr]).toEqual([3, '', expect.stringContaining('-i FILE')]);
	});
});

/** Supervisor and pool of the only run, as by `kill -9`. */
function killAll(r: PoolRig): void {
	const [run = ''] = readdirSync(join(r.state, 'runs'));
	const [txn = ''] = readdirSync(join(r.state, 'txn'));
	for (const file of [`runs/${run}/super`, `txn/${txn}/engine`]) {
		const [pid] = readFileSync(join(r.state, file), 'utf8').split(' ');
		end(Number(pid), 'SIGKILL');
	}
}

describe('the answer of a host', () => {
	const frames = (more: Readonly<Record<string, string>>) =>
		new Map(Object.entries({ lock: 'free', machine: 'm', end: '', ...more }));
	const about = 'pool.x pool.x~p 01AAAAAAAAAAAAAAAAAAAAAAAA';

	it.each([
		['without its end', new Map([['lock', 'free']])],
		['without a word on its lock', new Map([['end', '']])],
		['with another word on its lock', frames({ lock: 'perhaps' })],
	])('%s is none', (_, answer) => {
		expect(readStatus(answer)).toBeUndefined();
	});

	it.each([
		['open J.1 committing none', { stage: 'committing', worker: 'none' }],
		['open J.1 confirming guard', { stage: 'confirming', worker: 'guard' }],
		['open J.1 rolling boot', { stage: 'rolling', worker: 'boot' }],
		['open J.1 preparing live', { stage: 'preparing', worker: 'live' }],
		['open J.1 something else', { stage: 'unknown', worker: 'none' }],
	])('tells of a change: %s', (line, expected) => {
		expect(readStatus(frames({ changes: `${line} ${about}` }))?.open).toEqual([
			{ unit: 'pool.x', playbook: 'p', run: '01AAAAAAAAAAAAAAAAAAAAAAAA', ...expected },
		]);
	});

	it('has the latest change of a pool first, as the host names them, whatever its clock has said', () => {
		const changes = `kept A.1 2 ${about}\nkept B.1 1 ${about.replace(/A+$/, '')}B\nkept C.1 3 pool.a pool.a~p 01C`;
		const ends = '100 /var/lib/h/txn/A.1/end\n200 /var/lib/h/txn/B.1/end';
		const undoable = readStatus(frames({ changes, ends }))?.undoable;
		expect(undoable?.map(({ unit, files, committedAt }) => [unit, files, committedAt])).toEqual([
			['pool.a', 3, undefined],
			['pool.x', 2, '1970-01-01T00:01:40.000Z'],
			['pool.x', 1, '1970-01-01T00:03:20.000Z'],
		]);
	});

	const line = (rest: Readonly<Record<string, unknown>>) => {
		const receipt = {
			format: 'hsctl/receipt/v1',
			unit: 'pool.x',
			playbook: 'p',
			key: 'a'.repeat(64),
			attempt: 1,
			run: '01A',
			status: 'ok',
			why: 'exit',
			exit_code: 0,
			script: `sha256:${'b'.repeat(64)}`,
			finished_at: '2026-01-01T00:00:00Z',
			machine_id: 'm',
			...rest,
		};
		return `receipt ${receipt.unit}~${receipt.playbook}~${receipt.key}.json ${JSON.stringify(receipt)}`;
	};
	const job = (attempt: number, state: string) => `job ${'a'.repeat(64)}.${attempt} ${state} none`;
	const starts = `${'a'.repeat(64)}.2 pool.x p 01B`;

	it.each([
		[
			'by its latest receipt',
			[line({}), line({ key: 'c'.repeat(64), status: 'undone', finished_at: '2026-01-02T00:00:00Z' })],
			['undone'],
		],
		[
			'by its failed undo',
			[line({ status: 'failed', purpose: 'undo', why: 'exit', exit_code: 3 })],
			['failed exit 3 undo'],
		],
		['by no receipt of another machine', [line({ machine_id: 'other' })], []],
		['of each playbook', [line({}), line({ playbook: 'q' })], ['done', 'done']],
		['by a start that runs', [line({}), job(2, 'running')], ['running']],
		['by a start that nobody saw end', [job(2, 'lost')], ['unknown']],
		['by no start that a later receipt has settled', [line({ attempt: 3 }), job(2, 'lost')], ['done']],
		['by no start that never was', [job(2, 'void')], []],
	])('tells of a unit %s', (_, memory, expected) => {
		const units = readStatus(frames({ memory: memory.join('\n'), starts }))?.units;
		expect(
			units?.map(({ status, why, exitCode, purpose }) =>
				[status, why, exitCode, purpose].filter(word => word !== undefined).join(' '),
			),
		).toEqual(expected);
	});

	it.each([80, 60, 40])('fits in %i columns', columns => {
		const long = `pool.${'long_'.repeat(8)}`;
		const answer = readStatus(
			frames({
				memory: [line({ unit: long, status: 'failed', why: 'rollback_failed' }), line({})].join('\n'),
				changes: `kept A.1 2 ${about}\nopen B.1 committing boot ${about}`,
				pending: 'pending nginx.service 01A',
			}),
		);
		if (answer === undefined) throw new Error('it is an answer');
		const text = statusText([{ host: hostName('box'), answer: ok(answer) }], { columns, color: false, unicode: true });
		expect(Math.max(...text.split('\n').map(row => row.length))).toBeLessThanOrEqual(
			Math.max(columns, long.length + 4),
		);
		for (const word of [long, 'could not be put into use again', 'interrupted', 'nginx.service', 'can be undone'])
			expect(text.replaceAll(/\s+/g, ' ')).toContain(word);
	});
});
