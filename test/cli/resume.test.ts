import { describe, expect, it } from 'vitest';
import { here } from './in-process.ts';
import { type Ran, type Rig, rig } from './rig.ts';

/** `p` for hosts here, each with a memory of its own; one that is down answers at no port. */
function fleet(r: Rig, hosts: Readonly<Record<string, 'up' | 'down'>>): void {
	const lines = Object.entries(hosts).map(([name, how]) =>
		how === 'up'
			? `        ${name}: { connection: local, state_dir: ${r.root}/${name}, vars: { me: ${name} } }\n`
			: `        ${name}: { address: 127.0.0.1, port: 1, vars: { me: ${name} } }\n`,
	);
	r.write({
		'p.yaml': `hsctl: 1\nname: p\nhosts: all\ninventory:\n  groups:\n    all_of_us:\n      hosts:\n${lines.join('')}hotfixes:\n  base: {}\n  one: { needs: [hotfix.base], env: { ME: "\${host.me}" } }\n  two: { env: { ME: "\${host.me}" } }\n`,
	});
}

/** Every pair of host and unit that a run has finished with, but those that are only told of again. */
const pairs = ({ stdout }: Ran): readonly string[] =>
	stdout
		.split('\n')
		.filter(line => line.includes('"unit_finished"'))
		.map(line => JSON.parse(line))
		.map(({ host, unit, status }) => `${host} ${unit} ${status}`)
		.sort();

async function begun(r: Rig, scripts: Readonly<Record<'one' | 'two', string>>): Promise<void> {
	r.write({
		'hsctl.config.yaml': 'hsctl: 1\n',
		'hotfixes/base.sh': 'true\n',
		'hotfixes/one.sh': scripts.one,
		'hotfixes/two.sh': scripts.two,
	});
	fleet(r, { h1: 'up', h2: 'up', h3: 'down' });
	const locked = await here(r, ['lock']);
	if (locked.code !== 0) throw new Error(locked.stderr);
}

const resume = (r: Rig, only: string) => here(r, ['resume', '--only', only, '--yes', '--json']);
const apply = ['apply', 'p.yaml', '--yes', '--json'];

describe.concurrent('what `resume` plans', () => {
	it('is each host’s own rest: what failed there with what it needs, and everything where nobody could look', async ({
		onTestFinished,
	}) => {
		const r = rig(onTestFinished);
		await begun(r, { one: 'exit 3\n', two: 'true\n' });
		await here(r, apply);
		const onlyDown = await resume(r, 'failed,unreachable');
		expect(pairs(onlyDown)).toEqual([
			'h1 hotfix.base ok',
			'h1 hotfix.one failed',
			'h2 hotfix.base ok',
			'h2 hotfix.one failed',
		]);
		fleet(r, { h1: 'up', h2: 'up', h3: 'up' });
		expect(pairs(await resume(r, 'failed,unreachable'))).toEqual([
			'h1 hotfix.base ok',
			'h1 hotfix.one failed',
			'h2 hotfix.base ok',
			'h2 hotfix.one failed',
			'h3 hotfix.base changed',
			'h3 hotfix.one failed',
			'h3 hotfix.two changed',
		]);
	});

	it('is no unit that failed on another host only', async ({ onTestFinished }) => {
		const r = rig(onTestFinished);
		await begun(r, { one: '[ "$ME" != h1 ]\n', two: '[ "$ME" != h2 ]\n' });
		await here(r, apply);
		expect(pairs(await resume(r, 'failed'))).toEqual([
			'h1 hotfix.base ok',
			'h1 hotfix.one failed',
			'h2 hotfix.two failed',
		]);
	});

	it('is on a host that was down no more than the run was asked for', async ({ onTestFinished }) => {
		const r = rig(onTestFinished);
		await begun(r, { one: 'true\n', two: 'true\n' });
		await here(r, [...apply, '--target', 'hotfix.two']);
		fleet(r, { h1: 'up', h2: 'up', h3: 'up' });
		expect(pairs(await resume(r, 'unreachable'))).toEqual(['h3 hotfix.two changed']);
	});
});
