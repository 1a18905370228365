import { mkdirSync, readdirSync, readFileSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import type { Composition } from '../../src/compose.ts';
import { stoppedClock } from '../fakes/builders.ts';
import { here } from './in-process.ts';
import { type Rig, rig } from './rig.ts';

const script = 'echo x >>$MARKS/ran\n';

/** A repository with a playbook for the host `box`, which is this machine, and one that nobody reaches. */
async function fleet(onTestFinished: Parameters<typeof rig>[0], hotfixes: string): Promise<Rig> {
	const r = rig(onTestFinished);
	r.write({
		'hsctl.config.yaml': 'hsctl: 1\ninventory: fleet.yaml\n',
		'fleet.yaml': `groups: { all_of_us: { hosts: { box: { connection: local, state_dir: ${r.state} }, gone: { address: 127.0.0.1, port: 9 } } } }\n`,
		'p.yaml': `hsctl: 1\nname: p\nhosts: box\nhotfixes:\n${hotfixes}`,
		...Object.fromEntries(['a', 'b'].map(name => [`hotfixes/${name}.sh`, script])),
	});
	await here(r, ['lock']);
	return r;
}

const isThere = '  a: { when: { file_exists: { path: /etc/os-release } } }\n';

/** Saved facts stand for every host, and time stands still. */
const offline: Partial<Composition> = {
	clock: stoppedClock,
	connectors: () => Promise.reject(new Error('somebody asked for a connector')),
};

const save = ['facts', 'p.yaml', '--save', 'facts'];
const plan = ['plan', 'p.yaml', '--facts', 'facts'];
const fileOf = (r: Rig, host = 'box') => join(r.root, 'repo/facts', `${host}.json`);

describe.concurrent('hsctl facts', () => {
	it('shows what each host tells, and goes on where one is not reached', async ({ onTestFinished }) => {
		const r = await fleet(onTestFinished, isThere);
		const ran = await here(r, ['facts']);
		expect([ran.code, ran.stderr]).toEqual([4, '']);
		expect(ran.stdout).toMatch(/^box\n +arch +\w+\n[\s\S]*os\.id +\w+/);
		expect(ran.stdout).toMatch(/gone\n +! unreachable +/);
	});

	it('prints one document with everything that a plan needs', async ({ onTestFinished }) => {
		const r = await fleet(onTestFinished, isThere);
		const { hosts, format } = JSON.parse((await here(r, ['facts', 'p.yaml', '--json'])).stdout);
		expect([format, hosts.length]).toEqual(['hsctl/facts/v1', 1]);
		expect(hosts[0].seen[0].looks).toContainEqual(
			expect.objectContaining({ fact: 'file_exists /etc/os-release', printed: 'there' }),
		);
	});

	it('keeps what a plan needs to know of the files of pools, but none of their bytes', async ({ onTestFinished }) => {
		const r = await fleet(onTestFinished, isThere);
		const at = (name: string) => join(r.root, 'etc', name);
		mkdirSync(join(r.root, 'etc'));
		writeFileSync(at('own'), 'a secret of the house\n');
		writeFileSync(at('same'), 'new\n');
		const files = ['own', 'same', 'absent'].map(name => `{ src: files/new, dest: ${at(name)} }`).join(', ');
		r.write({
			'files/new': 'new\n',
			'p.yaml': `hsctl: 1\nname: p\nhosts: box\npools: { site: { files: [${files}] } }\n`,
		});
		await here(r, ['lock']);
		await here(r, save);
		expect(readFileSync(fileOf(r), 'utf8')).not.toContain('secret of the house');
		const { stdout } = await here(r, plan, { parts: offline });
		expect(stdout).toMatch(/! pool\.site +conflict +own: no baseline, no package and no pool knows this version/);
		expect(stdout).toContain('what differs is not shown: only a look at the host shows it');
		expect(stdout).toMatch(/\+ \S+\/absent +create/);
	});

	it('writes nothing on a host', async ({ onTestFinished }) => {
		const r = await fleet(onTestFinished, isThere);
		await here(r, save);
		expect(readdirSync(r.root)).not.toContain('host');
	});

	it('saves a file a host, for its owner alone, the same again but for the time', async ({ onTestFinished }) => {
		const r = await fleet(onTestFinished, isThere);
		mkdirSync(join(r.root, 'repo/facts'));
		writeFileSync(fileOf(r), 'old', { mode: 0o644 });
		const ran = await here(r, save, { parts: { clock: stoppedClock } });
		expect([ran.code, ran.stderr]).toEqual([0, 'Saved the facts of 1 host in facts\n']);
		expect(readdirSync(join(r.root, 'repo/facts'))).toEqual(['box.json']);
		expect(statSync(fileOf(r)).mode & 0o777).toBe(0o600);
		const first = readFileSync(fileOf(r), 'utf8');
		await here(r, save, { parts: { clock: stoppedClock } });
		expect(readFileSync(fileOf(r), 'utf8')).toBe(first);
	});

	it('leaves the old facts of a host alone that is not reached, and says so', async ({ onTestFinished }) => {
		const r = await fleet(onTestFinished, isThere);
		mkdirSync(join(r.root, 'repo/facts'));
		writeFileSync(fileOf(r, 'gone'), 'old');
		const ran = await here(r, ['facts', '--save', 'facts', '-q']);
		expect([ran.code, ran.stdout, ran.stderr]).toEqual([
			4,
			'',
			expect.stringMatching(/^hsctl: nothing was saved of gone: /),
		]);
		expect(readFileSync(fileOf(r, 'gone'), 'utf8')).toBe('old');
		expect(readdirSync(join(r.root, 'repo/facts'))).toEqual(['box.json', 'gone.json']);
	});

	it.for<[readonly string[], number, RegExp]>([
		[['-l', 'box - box'], 8, /no host of fleet\.yaml/],
		[['-l', 'bxo'], 3, /HS1203[\s\S]*did you mean `box`/],
		[['--tags', 'x'], 3, /--tags speaks of a playbook, and none is named/],
		[['--set', 'a=b'], 3, /--set speaks of a playbook/],
		[['-i', 'nope.yaml'], 3, /HS1001/],
		[['p.yaml', '-l', 'gone'], 8, /the selection leaves no host/],
		[['nope.yaml'], 3, /HS1001/],
		[['--save', 'p.yaml'], 3, /HS1017: p\.yaml is a file, and facts are saved in a folder/],
		[['--save', 'p.yaml/x'], 3, /HS1017/],
	])('%j ends with %d and says why', async ([words, code, said], { onTestFinished }) => {
		const r = await fleet(onTestFinished, isThere);
		const ran = await here(r, ['facts', ...words], {
			parts: { connectors: offline.connectors } as Partial<Composition>,
		});
		expect([ran.code, ran.stdout, ran.stderr]).toEqual([code, '', expect.stringMatching(said)]);
	});
});

describe.concurrent('a plan from saved facts', () => {
	it('contacts nobody, decides the same, and is the same to the byte each time', async ({ onTestFinished }) => {
		const r = await fleet(onTestFinished, `${isThere}  b: { when: { file_exists: { path: /nowhere } } }\n`);
		await here(r, save, { parts: { clock: stoppedClock } });
		const ran = await here(r, plan, { parts: offline });
		expect([ran.code, ran.stderr]).toEqual([0, '']);
		expect(ran.stdout).toMatch(/hotfix\.a +run +\/etc\/os-release exists/);
		expect(ran.stdout).toMatch(/hotfix\.b +skip +\/nowhere does not exist/);
		expect(ran.stdout).toContain(
			'From the facts in facts, the oldest taken 2026-08-01 12:00 UTC; no host was contacted.',
		);
		for (const format of [[], ['--json'], ['--markdown'], ['-v']]) {
			const [one, other] = [
				await here(r, [...plan, ...format], { parts: offline }),
				await here(r, [...plan, ...format], { parts: offline }),
			];
			expect(one).toEqual(other);
		}
	});

	it('knows what was done there, and what it has to be asked for', async ({ onTestFinished }) => {
		const r = await fleet(onTestFinished, isThere);
		await here(r, ['apply', 'p.yaml', '--yes', '--tui', 'off']);
		await here(r, save);
		r.write({
			'p.yaml': `hsctl: 1\nname: p\nhosts: box\nhotfixes:\n${isThere}  b: { when: { file_exists: { path: /other } } }\n`,
		});
		await here(r, ['lock']);
		const ran = await here(r, plan, { parts: offline });
		expect(ran.code).toBe(5);
		expect(ran.stdout).toMatch(/hotfix\.a +done/);
		expect(ran.stdout).toMatch(/hotfix\.b +unknown +file_exists \/other is not in the saved facts of box \(taken/);
		expect(ran.stdout).toContain('1 unknown on 1 host');
	});

	it('says of a host without a file how to get one', async ({ onTestFinished }) => {
		const r = await fleet(onTestFinished, isThere);
		mkdirSync(join(r.root, 'repo/facts'));
		const ran = await here(r, plan, { parts: offline });
		expect([ran.code, ran.stdout.replaceAll(/\s+/g, ' ')]).toEqual([
			4,
			expect.stringContaining('nothing is saved of it in facts; `hsctl facts PLAYBOOK --save facts` looks at it'),
		]);
	});

	it('can be saved and shown, and is not applied', async ({ onTestFinished }) => {
		const r = await fleet(onTestFinished, isThere);
		await here(r, save);
		const saved = await here(r, [...plan, '-o', 'saved.plan', '-q'], { parts: offline });
		expect([saved.code, saved.stderr]).toEqual([0, expect.stringContaining('so it is not applied')]);
		expect((await here(r, ['show', 'saved.plan'])).stdout).toContain('no host was contacted');
		const applied = await here(r, ['apply', 'saved.plan', '--yes'], { parts: offline });
		expect([applied.code, applied.stderr]).toEqual([
			7,
			expect.stringMatching(/refused: saved\.plan was made from saved facts[\s\S]*help: .*hsctl plan PLAYBOOK -o FILE/),
		]);
		expect(r.lines('ran')).toEqual([]);
	});

	it.for<[string, (r: Rig) => void, RegExp]>([
		['that are not there', () => {}, /HS1811: there is no folder `facts`[\s\S]*hsctl facts PLAYBOOK --save facts/],
		['that are a file', r => r.write({ facts: '' }), /HS1811: facts is a file, and saved facts are a folder/],
		[
			'that are cut off',
			r => r.write({ 'facts/box.json': '{ "format": "hsctl/facts/v1", ' }),
			/HS1811: facts\/box\.json holds no saved facts: it is not JSON/,
		],
		['that are something else', r => r.write({ 'facts/box.json': '{}' }), /HS1811: .*it has no format/],
		['that are a folder', r => r.write({ 'facts/box.json/x': '' }), /HS1811: facts\/box\.json .*it is a folder/],
	])('refuses facts %s', async ([, make, said], { onTestFinished }) => {
		const r = await fleet(onTestFinished, isThere);
		make(r);
		const ran = await here(r, plan, { parts: offline });
		expect([ran.code, ran.stdout, ran.stderr]).toEqual([3, '', expect.stringMatching(said)]);
	});

	it('refuses the facts of another host', async ({ onTestFinished }) => {
		const r = await fleet(onTestFinished, isThere);
		await here(r, save);
		writeFileSync(fileOf(r, 'gone'), readFileSync(fileOf(r), 'utf8'));
		const ran = await here(r, plan, { parts: offline });
		expect([ran.code, ran.stderr]).toEqual([
			3,
			expect.stringMatching(/gone\.json holds no saved facts: it is of the host `box`/),
		]);
	});
});
