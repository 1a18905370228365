import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { type Rig, rig } from './rig.ts';

const good = (name: string) => `hsctl: 1\nname: ${name}\nhotfixes: { a: {} }\n`;

/** A repository with one pinned script, so that a playbook with the unit `a` has no problem and no warning. */
async function repository(
	onTestFinished: Parameters<typeof rig>[0],
	files: Readonly<Record<string, string>> = {},
): Promise<Rig> {
	const r = rig(onTestFinished);
	await r.playbook('  a: {}\n', { a: 'echo x >>$MARKS/ran\n' });
	r.write(files);
	return r;
}

const filesIn = (json: string): readonly string[] => JSON.parse(json).files;

describe.concurrent('a playbook that is empty', () => {
	it.for([
		['without a byte', ''],
		['of empty lines', '\n\n'],
		['of comments', '# later\n'],
		['of a document mark', '---\n'],
	] as const)('%s is a problem with a place and a cure, and begins no run', async ([, text], { onTestFinished }) => {
		const r = await repository(onTestFinished, { 'empty.yaml': text });
		const validated = await r.hsctl(['validate', 'empty.yaml']);
		expect([validated.code, validated.stderr]).toEqual([3, '']);
		expect(validated.stdout).toMatch(/^empty\.yaml:1:1: error HS1012: [\s\S]*`hsctl: 1`[\s\S]*/);
		const ran = await r.hsctl(['apply', 'empty.yaml', '--yes']);
		expect([ran.code, ran.stdout, ran.stderr]).toEqual([3, '', expect.stringContaining('empty.yaml:1:1')]);
		expect(JSON.parse((await r.hsctl(['history', '--json'])).stdout).runs).toEqual([]);
	});

	it.for(['plan', 'graph', 'fmt'])('is nothing for %s either', async (verb, { onTestFinished }) => {
		const r = await repository(onTestFinished, { 'empty.yaml': '' });
		const ran = await r.hsctl([verb, 'empty.yaml']);
		expect([ran.code, ran.stdout, ran.stderr]).toEqual([3, '', expect.stringContaining('empty.yaml:1:1')]);
	});

	it('in one section is asked whether that was meant', async ({ onTestFinished }) => {
		const r = await repository(onTestFinished, { 'q.yaml': 'hsctl: 1\nname: q\nhotfixes:\n' });
		const ran = await r.hsctl(['plan', 'q.yaml']);
		expect([ran.code, ran.stdout]).toEqual([3, '']);
		expect(ran.stderr).toMatch(/^q\.yaml:3:1: error HS1103: [\s\S]*`hotfixes: \{\}`/);
	});
});

describe.concurrent('a playbook without a unit', () => {
	it.for([
		['no section', ''],
		['an empty section', 'hotfixes: {}\n'],
	] as const)('(%s) has no problem, nothing to do and nothing pending', async ([, section], { onTestFinished }) => {
		const r = await repository(onTestFinished, { 'q.yaml': `hsctl: 1\nname: q\n${section}` });
		expect((await r.hsctl(['validate', '--strict', 'q.yaml'])).stdout).toContain('No problems');
		const plan = await r.hsctl(['plan', 'q.yaml', '--detailed-exitcode']);
		expect([plan.code, plan.stderr]).toEqual([0, '']);
		expect(plan.stdout).toContain('0 to run');
		// Nothing is to be done, so nobody has to say yes.
		const ran = await r.hsctl(['apply', 'q.yaml']);
		expect([ran.code, ran.stderr]).toEqual([0, '']);
		expect(r.lines('ran')).toEqual([]);
	});
});

describe.concurrent('a folder', () => {
	it.for([['validate'], ['plan'], ['apply', '--yes'], ['lock'], ['fmt'], ['graph']])(
		'without a playbook is told so, with a cure: %s',
		async (words, { onTestFinished }) => {
			const r = rig(onTestFinished);
			mkdirSync(join(r.root, 'repo/nothing'));
			const ran = await r.hsctl([...words, 'nothing']);
			expect(ran.code).toBe(3);
			const [told, other] = words[0] === 'validate' ? [ran.stdout, ran.stderr] : [ran.stderr, ran.stdout];
			expect(other).toBe('');
			expect(told).toMatch(/HS1506: .*\bnothing\b[\s\S]*`hsctl init`/);
		},
	);

	it('is every playbook in it, and in its folder `playbooks`', async ({ onTestFinished }) => {
		const r = await repository(onTestFinished, {
			'many/one.yaml': good('one'),
			'many/two.yml': good('two'),
			'many/playbooks/three.yaml': good('three'),
		});
		expect(await r.hsctl(['validate', 'many'])).toMatchObject({
			code: 0,
			stdout: expect.stringContaining('in 3 files'),
		});
		const { stdout } = await r.hsctl(['validate', 'many', '--json']);
		expect(filesIn(stdout)).toEqual(['many/one.yaml', 'many/two.yml', 'many/playbooks/three.yaml']);
		expect((await r.hsctl(['plan', 'many'])).stdout.match(/hotfix\.a +run/g)).toHaveLength(3);
	});

	it('is checked to its end: a problem in one playbook hides none in another, and they are counted', async ({
		onTestFinished,
	}) => {
		const r = await repository(onTestFinished, {
			'many/one.yaml': good('one').replace('a: {}', 'a: { timeout: 5 }'),
			'many/two.yaml': good('two'),
			'many/three.yaml': good('three').replace('a: {}', 'b: {}'),
		});
		const { code, stdout } = await r.hsctl(['validate', 'many']);
		expect(code).toBe(3);
		expect(stdout).toMatch(/many\/one\.yaml:3:\d+: error HS1301[\s\S]*many\/three\.yaml:3:\d+: error HS/);
		expect(stdout).toMatch(/\n2 errors, 0 warnings in \d files\n$/);
		const planned = await r.hsctl(['plan', 'many']);
		expect([planned.code, planned.stdout]).toEqual([3, '']);
		for (const name of ['one', 'three']) expect(planned.stderr).toContain(`many/${name}.yaml`);
	});

	it('may hold other files: inventories, modules, our settings and the YAML of other programs are passed over', async ({
		onTestFinished,
	}) => {
		const r = await repository(onTestFinished, {
			'home.yaml': good('home'),
			'hosts.yaml': 'groups: { web: { hosts: { web1: {} } } }\n',
			'more-hosts.yaml': 'hsctl: 1\ngroups: { web: { hosts: { web2: {} } } }\n',
			'module.yaml': 'name: m\nversion: "1.0.0"\nsteps: [ { script: do.sh } ]\n',
			'compose.yaml': 'services: { web: { image: nginx } }\n',
			'notes.md': 'hsctl: 1\n',
		});
		const ran = await r.hsctl(['validate', '--strict', '--json', '.']);
		expect([ran.code, filesIn(ran.stdout)]).toEqual([0, ['home.yaml', 'p.yaml']]);
	});

	it.for([
		['an empty one', ''],
		['one without its first line', 'name: late\nhotfixes: { a: {} }\n'],
	] as const)('with a playbook that was forgotten says so: %s', async ([, text], { onTestFinished }) => {
		const r = await repository(onTestFinished, { 'many/one.yaml': good('one'), 'many/late.yaml': text });
		const ran = await r.hsctl(['validate', 'many']);
		expect([ran.code, ran.stdout]).toEqual([3, expect.stringContaining('many/late.yaml:1:1: error')]);
	});

	it.for([
		['an inventory', 'groups: { web: { hosts: { web1: {} } } }\n'],
		['a module', 'name: m\nversion: "1.0.0"\n'],
		['the YAML of another program', 'services: {}\n'],
	] as const)(
		'is one thing, a file another: %s that is named is no playbook, and told what one starts with',
		async ([, text], { onTestFinished }) => {
			const r = await repository(onTestFinished, { 'other.yaml': text });
			for (const verb of ['validate', 'plan']) {
				const ran = await r.hsctl([verb, 'other.yaml']);
				expect([ran.code, ran.stdout + ran.stderr]).toEqual([3, expect.stringMatching(/HS1111: [\s\S]*`hsctl: 1`/)]);
			}
		},
	);
});

describe.concurrent('a folder of playbooks, in full', () => {
	it.for([
		['no YAML at all', '{{ broken: [\n'],
		['a playbook in braces', '{ "hsctl": 1, "name": "braces", "hotfixes": { "a": { "timeout": 5 } } }\n'],
	] as const)('a folder passes nothing over that was meant as a playbook: %s', async ([, text], { onTestFinished }) => {
		const r = await repository(onTestFinished, { 'many/one.yaml': good('one'), 'many/meant.yaml': text });
		expect((await r.hsctl(['validate', 'many'])).code).toBe(3);
	});

	it('a plan of several playbooks says which is which', async ({ onTestFinished }) => {
		const r = await repository(onTestFinished, { 'many/one.yaml': good('one'), 'many/two.yaml': good('two') });
		expect((await r.hsctl(['plan', 'many'])).stdout).toMatch(/\bone\b[\s\S]*\btwo\b/);
	});

	it('a plan of several playbooks with --json is one document', async ({ onTestFinished }) => {
		const r = await repository(onTestFinished, { 'many/one.yaml': good('one'), 'many/two.yaml': good('two') });
		JSON.parse((await r.hsctl(['plan', 'many', '--json'])).stdout);
	});
});
