import { chmodSync, cpSync, existsSync, mkdirSync, readdirSync, readFileSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { here } from './in-process.ts';
import { type Rig, rig, statuses } from './rig.ts';

const yaml = (folder: string): readonly string[] =>
	readdirSync(folder)
		.filter(name => name.endsWith('.yaml'))
		.sort();
const playbooks = yaml('playbooks');
const pools = yaml('playbooks/pools');

/** What each promises on a machine where all is well: by a first apply, and by a second one. */
const promised: Readonly<Record<string, Readonly<Record<string, readonly [first: string, second: string]>>>> = {
	'first.yaml': {
		'hotfix.private_keys': ['skipped', 'skipped'],
		'hotfix.shell_history': ['skipped', 'skipped'],
		'hotfix.restart_due': existsSync('/run/reboot-required') ? ['changed', 'changed'] : ['skipped', 'skipped'],
		'hotfix.check_up': ['changed', 'changed'],
	},
	'seed-conditions.yaml': {
		'hotfix.gogs_repository_fix': ['skipped', 'skipped'],
		'hotfix.git_cve': ['skipped', 'skipped'],
		'hotfix.factory_note': existsSync('/etc/homeserver.factory') ? ['skipped', 'skipped'] : ['changed', 'ok'],
		'hotfix.collect_diagnostics': ['changed', 'changed'],
	},
};

const inventory = ['-i', 'here.yaml'];
const apply = (playbook: string) => ['apply', `playbooks/${playbook}`, ...inventory, '--yes', '--json'];

/** A copy of what we ship, word for word, and an inventory that keeps this machine's memory in the rig. */
function shipped(onTestFinished: Parameters<typeof rig>[0]): Rig {
	const r = rig(onTestFinished);
	for (const what of ['playbooks', 'hotfixes', 'hsctl.lock', 'hsctl.config.yaml'])
		cpSync(what, join(r.root, 'repo', what), { recursive: true });
	const host = `localhost: { connection: local, state_dir: ${r.state} }`;
	const groups = `groups: { here: { hosts: { ${host} } } }`;
	r.write({ 'here.yaml': `module_schema_path: ${r.root}/modules/<module>.json\n${groups}\n` });
	return r;
}

/** The same, with one more line a unit: scripts work in the rig's home, never in that of the person who runs the tests. */
function shippedForApply(onTestFinished: Parameters<typeof rig>[0]): Rig {
	const r = shipped(onTestFinished);
	for (const playbook of playbooks) {
		const file = join(r.root, 'repo/playbooks', playbook);
		const text = readFileSync(file, 'utf8');
		writeFileSync(file, text.replace(/^ {4}script: .*$/gm, `$&\n    env: { HOME: ${r.root}/home }`));
	}
	return r;
}

describe.concurrent('the playbooks that we ship', () => {
	it('have a promise in this file, each of them', () => {
		expect(Object.keys(promised)).toEqual(playbooks);
	});

	it('have no problem and no warning, are formatted, and run nothing but what hsctl.lock pins', async ({
		onTestFinished,
	}) => {
		const r = shipped(onTestFinished);
		const folders = ['playbooks', 'playbooks/pools'];
		const ran = await r.hsctl(['validate', '--strict', ...folders]);
		const all = playbooks.length + pools.length;
		expect([ran.code, ran.stdout]).toEqual([0, expect.stringContaining(`in ${all} files`)]);
		expect(await r.hsctl(['fmt', '--check', ...folders])).toEqual({ code: 0, stdout: '', stderr: '' });
		expect(await r.hsctl(['lock', '--check'])).toMatchObject({ code: 0, stderr: '' });
	});

	it.for(playbooks)(
		'%s is planned with a reason for each unit, and nothing is written',
		async (playbook, { onTestFinished }) => {
			const r = shipped(onTestFinished);
			const ran = await r.hsctl(['plan', `playbooks/${playbook}`, ...inventory]);
			expect([ran.code, ran.stderr]).toEqual([0, '']);
			for (const unit of Object.keys(promised[playbook] ?? {}))
				expect(ran.stdout).toMatch(new RegExp(`^  [~=] ${unit} +(run|skip) +\\S`, 'm'));
			expect(existsSync(r.state)).toBe(false);
		},
	);

	it.for(playbooks)(
		'%s does what it promises, and a second time only what is to be done every time',
		async (playbook, { onTestFinished }) => {
			const r = shippedForApply(onTestFinished);
			for (const time of [0, 1]) {
				const ran = await r.hsctl(apply(playbook));
				expect([ran.code, ran.stderr]).toEqual([0, '']);
				expect(statuses(ran)).toEqual(
					Object.fromEntries(Object.entries(promised[playbook] ?? {}).map(([unit, times]) => [unit, times[time]])),
				);
			}
		},
	);
});

/** Where the pools of the seed would be, on a machine that has nothing of them. */
const elsewhere = ({ root }: Rig) => ['--set', `root=${root}/lab`];

describe.concurrent('the pools that we ship', () => {
	it('are for machines that have what they mend, and say so elsewhere', async ({ onTestFinished }) => {
		const r = shipped(onTestFinished);
		const ran = await here(r, ['plan', 'playbooks/pools', ...inventory, ...elsewhere(r)]);
		expect([ran.code, ran.stderr]).toEqual([0, '']);
		const said = ran.stdout
			.match(/^ {2}[~=!] pool\.\S+ +\w+/gm)
			?.map(line => line.trim().split(/ +/).slice(1).join(' '));
		expect(said?.toSorted()).toEqual([
			'pool.gogs_repository_fix skip',
			'pool.homeserver_logrotate skip',
			'pool.mount_nas_service skip',
			'pool.website_auth skip',
		]);
		expect(existsSync(r.state)).toBe(false);
	});

	it('bring a change of the house and the new version together, and show that beforehand', async ({
		onTestFinished,
	}) => {
		const r = shipped(onTestFinished);
		const site = join(r.root, 'lab/var/www/homeserver');
		mkdirSync(join(site, 'src'), { recursive: true });
		chmodSync(r.root, 0o755);
		writeFileSync(join(site, 'package.json'), '{}');
		for (const name of ['auth', 'login'])
			cpSync(`playbooks/pools/files/website/${name}.shipped.tsx`, join(site, `src/${name}.tsx`));
		const own = readFileSync(join(site, 'src/auth.tsx'), 'utf8').replace('Welcome home', 'Welcome to the Smiths');
		writeFileSync(join(site, 'src/auth.tsx'), own);
		const { stdout } = await here(r, ['plan', 'playbooks/pools/website.yaml', ...inventory, ...elsewhere(r), '--diff']);
		expect(stdout).toContain('~ pool.website_auth          run  1 to replace, 1 to merge');
		expect(stdout).toMatch(/^ {10}-\s+return answer\.ok;\n {10}\+\s+return answer\.status === 204;$/m);
		expect(stdout).toContain("           export const greeting = 'Welcome to the Smiths';");
		expect(stdout).toMatch(/login\.tsx +replace +it is as it was shipped/);
		expect(stdout).toMatch(/\+ \S+\/etc\/logrotate\.d\/homeserver +create/);
	});
});

describe.concurrent('first.yaml', () => {
	it('says what deserves a look', async ({ onTestFinished }) => {
		const r = shippedForApply(onTestFinished);
		await r.hsctl(apply('first.yaml'));
		const { stdout } = await r.hsctl(['logs', 'last', '--target', 'hotfix.check_up']);
		expect(stdout).toMatch(/│ kernel .*\d/);
		expect(stdout).toContain('looked at disks');
	});
});

describe.concurrent('seed-conditions.yaml', () => {
	it.for([
		['0.1.7', 'run'],
		['0.1.8', 'skip'],
	] as const)('mends a Git service whose module says %s: %s', async ([version, action], { onTestFinished }) => {
		const r = shipped(onTestFinished);
		mkdirSync(join(r.root, 'modules'));
		writeFileSync(join(r.root, 'modules/gogs.json'), JSON.stringify({ metadata: { schema_version: version } }));
		const { stdout } = await r.hsctl(['plan', 'playbooks/seed-conditions.yaml', ...inventory]);
		expect(stdout).toMatch(new RegExp(`hotfix\\.gogs_repository_fix +${action} +.*${version}`));
	});

	it('leaves a note, takes it back, and collects what a helper asks for', async ({ onTestFinished }) => {
		const r = shippedForApply(onTestFinished);
		const note = join(r.root, 'home/.local/share/homeserver/left-factory');
		await r.hsctl(apply('seed-conditions.yaml'));
		expect(readFileSync(note, 'utf8')).toMatch(/^\d{4}-\d\d-\d\dT[\d:]{8}Z\n$/);
		expect((await r.hsctl(['logs', 'last', '--target', 'hotfix.collect_diagnostics'])).stdout).toContain('Linux');
		const undone = await r.hsctl(['rollback', 'hotfix.factory_note', ...inventory, '--yes', '--json']);
		expect([undone.code, statuses(undone)]).toEqual([0, { 'hotfix.factory_note': 'changed' }]);
		expect(existsSync(note)).toBe(false);
	});
});

describe.concurrent('the shipped playbooks, in full', () => {
	// Right before the work the host looks again in the home that the system knows, while the plan looked in $HOME.
	it('first.yaml closes keys and histories that others can read, and touches nothing else', async ({
		onTestFinished,
	}) => {
		const r = shippedForApply(onTestFinished);
		const files = { '.ssh/id_ed25519': 0o644, '.ssh/id_ed25519.pub': 0o644, '.bash_history': 0o640, '.profile': 0o644 };
		mkdirSync(join(r.root, 'home/.ssh'));
		for (const [name, mode] of Object.entries(files)) {
			writeFileSync(join(r.root, 'home', name), 'x');
			chmodSync(join(r.root, 'home', name), mode);
		}
		const ran = await r.hsctl(apply('first.yaml'));
		expect(statuses(ran)).toMatchObject({ 'hotfix.private_keys': 'changed', 'hotfix.shell_history': 'changed' });
		expect(Object.keys(files).map(name => statSync(join(r.root, 'home', name)).mode & 0o777)).toEqual([
			0o600, 0o644, 0o600, 0o644,
		]);
		expect(statuses(await r.hsctl(apply('first.yaml')))).toMatchObject({
			'hotfix.private_keys': 'skipped',
			'hotfix.shell_history': 'skipped',
		});
	});

	it('what was applied with another inventory is rolled back with it', async ({ onTestFinished }) => {
		const r = shippedForApply(onTestFinished);
		await r.hsctl(apply('seed-conditions.yaml'));
		const undone = await r.hsctl(['rollback', 'hotfix.factory_note', '--yes', '--json']);
		expect(statuses(undone)).toEqual({ 'hotfix.factory_note': 'changed' });
	});
});
