import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { type Ran, type Rig, rig, until } from './rig.ts';

const apply = ['apply', 'p.yaml', '--yes', '--json'];

/** `host unit` → status and why. */
const ends = ({ stdout }: Ran): Readonly<Record<string, readonly [string, string]>> =>
	Object.fromEntries(
		stdout
			.split('\n')
			.filter(line => line.includes('"unit_finished"'))
			.map(line => JSON.parse(line))
			.map(({ host, status, because }) => [host, [status, because]]),
	);

const names = ['one', 'two', 'three'];

/** Three hosts of this machine with a pool that commits on all of them or on none. */
async function threeHosts(r: Rig, check: string, options = ''): Promise<void> {
	const hosts = names.map(name => `${name}: { connection: local, state_dir: ${r.root}/${name} }`).join(', ');
	r.write({
		'hsctl.config.yaml': 'hsctl: 1\n',
		'files/conf': 'new\n',
		'p.yaml': `hsctl: 1
name: p
hosts: all_of_us
inventory: { groups: { all_of_us: { hosts: { ${hosts} } } } }
pools:
  conf:
    together: true
    ${options}
    files: [ { src: files/conf, dest: "$MARKS/\${host.name}/conf" } ]
    check: [ ${JSON.stringify(check)} ]
`,
	});
	const locked = await r.hsctl(['lock']);
	if (locked.code !== 0) throw new Error(locked.stderr);
}

const isThere = (r: Rig): readonly boolean[] => names.map(name => existsSync(join(r.marks, name, 'conf')));

describe.concurrent('a pool that hosts commit together', () => {
	it('is on all of them when all got that far, however few may work at once', async ({ onTestFinished }) => {
		const r = rig(onTestFinished);
		await threeHosts(r, 'true');
		const ran = await r.hsctl([...apply, '-P', '1']);
		expect([ran.code, isThere(r)]).toEqual([0, [true, true, true]]);
		expect(Object.values(ends(ran)).map(([status]) => status)).toEqual(['changed', 'changed', 'changed']);
	});

	it('is on none of them when one does not get that far', async ({ onTestFinished }) => {
		const r = rig(onTestFinished);
		await threeHosts(r, 'test ${host.name} != two');
		const began = Date.now();
		const ran = await r.hsctl(apply);
		expect([ran.code, isThere(r)]).toEqual([5, [false, false, false]]);
		// Nobody waits for the end of the time: the word comes as soon as it is known.
		expect(Date.now() - began).toBeLessThan(60_000);
		expect(ends(ran).two?.[0]).toBe('rolled_back');
		expect(new Set(Object.values(ends(ran)).map(([status]) => status))).toEqual(new Set(['rolled_back']));
		expect(Object.values(ends(ran)).map(([, because]) => because)).toContain(
			'it was not confirmed: some host did not get that far; every file is as it was',
		);
	});

	it('is on none of them when the controller dies before it has said a word', async ({ onTestFinished }) => {
		const r = rig(onTestFinished);
		await threeHosts(r, 'true', 'confirm: 2s');
		const killed = await r.hsctl(apply, { HSCTL_CRASH: 'controller-before-confirm' });
		expect(killed.code).toBe(null);
		await until(() => names.every(name => readEvents(r, name).includes('"e":"end"')));
		expect(isThere(r)).toEqual([false, false, false]);
	});

	it('is begun on none of them when one of them stands in its way in the plan', async ({ onTestFinished }) => {
		const r = rig(onTestFinished);
		await threeHosts(r, 'true', 'when: { not: { file_exists: { path: "/nowhere/${host.name}" } } }');
		r.write({ '../marks/two/conf': 'customised\n' });
		const ran = await r.hsctl(apply);
		expect([ran.code, isThere(r)]).toEqual([5, [false, true, false]]);
		expect(readFileSync(join(r.marks, 'two/conf'), 'utf8')).toBe('customised\n');
		expect(ends(ran).one).toEqual([
			'blocked',
			'all hosts or none, and on two: conf: no baseline, no package and no pool knows this version; on_customised is skip',
		]);
	});
});

function readEvents(r: Rig, name: string): string {
	const runs = join(r.root, name, 'runs');
	if (!existsSync(runs)) return '';
	const [run] = readdirSync(runs);
	const file = join(runs, run ?? '', 'events');
	return existsSync(file) ? readFileSync(file, 'utf8') : '';
}
