import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type Rig, rig } from './rig.ts';

/** One run on two hosts, in one group, with two units. */
let r: Rig;
const cleanUps: (() => void)[] = [];
beforeAll(async () => {
	r = rig(cleanUp => cleanUps.push(cleanUp));
	await r.playbook('  a: {}\n  b: {}\n', { a: 'echo from a\n', b: 'echo from b\n' });
	const host = (name: string) => `${name}: { connection: local, state_dir: ${r.root}/${name} }`;
	const groups = `groups: { web: { hosts: { ${host('box')} } }, db: { hosts: { ${host('crate')} } }, idle: { hosts: { other: {} } } }`;
	r.write({
		'p.yaml': `hsctl: 1\nname: p\nhosts: web, db\ninventory: { ${groups} }\nhotfixes:\n  a: {}\n  b: {}\n`,
	});
	const ran = await r.hsctl(['apply', 'p.yaml', '--yes']);
	if (ran.code !== 0) throw new Error(ran.stderr);
});
afterAll(() => {
	for (const cleanUp of cleanUps) cleanUp();
});

const all = ['box a', 'box b', 'crate a', 'crate b'];

/** Which host and unit a line of output is from. */
const printed = (stdout: string) =>
	[...stdout.matchAll(/^(\w+) .*hotfix\.(\w).*from (\w)$/gm)].map(([, host, unit]) => `${host} ${unit}`).sort();

describe.concurrent('logs', () => {
	it.for([
		[[], all],
		[
			['-l', 'box'],
			['box a', 'box b'],
		],
		[
			['-l', 'b*'],
			['box a', 'box b'],
		],
		[
			['-l', 'web'],
			['box a', 'box b'],
		],
		[
			['-l', 'all - web'],
			['crate a', 'crate b'],
		],
		[['-l', 'box', '-l', 'crate'], all],
		[['--target', 'hotfix.*'], all],
		[
			['--target', 'hotfix.a'],
			['box a', 'crate a'],
		],
		[
			['--target', 'hotfix.?', '-l', 'db'],
			['crate a', 'crate b'],
		],
	] as const)('with %j shows what was printed there', async ([words, expected]) => {
		const ran = await r.hsctl(['logs', ...words]);
		expect([ran.code, ran.stderr]).toEqual([0, '']);
		expect(printed(ran.stdout)).toEqual(expected);
	});

	it.for([
		[['-l', 'nope'], 'HS1203', '`nope`', 'box, crate'],
		[['-l', 'bxo'], 'HS1203', 'did you mean `box`'],
		[['-l', 'idle'], 'HS1205', 'box, crate'],
		[['-l', 'x*'], 'HS1205', 'box, crate'],
		[['-l', 'box&'], 'HS1204', '--limit'],
		[['--target', 'hotfix.c'], 'HS1805', 'did you mean `hotfix.'],
		[['--target', 'pool.*'], 'HS1805', 'hotfix.a, hotfix.b'],
	] as const)('with %j finds nothing, and says so', async ([words, ...parts]) => {
		const ran = await r.hsctl(['logs', ...words]);
		expect([ran.code, ran.stdout]).toEqual([3, '']);
		for (const part of parts) expect(ran.stderr).toContain(part);
	});

	it('with --json leaves the same away', async () => {
		const { stdout } = await r.hsctl(['logs', '--json', '-l', 'box', '--target', 'hotfix.b']);
		const events: { host?: string; unit?: string }[] = stdout
			.trimEnd()
			.split('\n')
			.map(line => JSON.parse(line));
		expect(new Set(events.flatMap(({ unit }) => unit ?? []))).toEqual(new Set(['hotfix.b']));
		expect(new Set(events.flatMap(({ host }) => host ?? []))).toEqual(new Set(['box']));
	});
});
