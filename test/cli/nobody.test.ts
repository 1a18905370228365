import { type SpawnOptions, spawn } from 'node:child_process';
import {
	chmodSync,
	chownSync,
	cpSync,
	existsSync,
	mkdirSync,
	mkdtempSync,
	readdirSync,
	rmSync,
	statSync,
	writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { finish, type Ran, statuses } from './rig.ts';

const isRoot = process.getuid?.() === 0;
const nobody = 65_534;

/** Our files where everybody may read them: the folder that the tests run in may be closed to others. */
let place: string;
beforeAll(() => {
	place = mkdtempSync(join(tmpdir(), 'hsctl-nobody-'));
	chmodSync(place, 0o755);
	const node = ['x64', 'arm64'].map(machine => `node_modules/node-linux-${machine}/bin/node`).filter(existsSync);
	for (const what of ['bin', 'dist', 'playbooks', 'hotfixes', 'hsctl.lock', ...node]) {
		mkdirSync(dirname(join(place, what)), { recursive: true });
		cpSync(what, join(place, what), { recursive: true });
	}
});
afterAll(() => rmSync(place, { recursive: true, force: true }));

interface Person {
	readonly home: string;
	hsctl(...words: readonly string[]): Promise<Ran>;
}

/** Somebody who is not root, with a home of their own. Without root it is whoever runs the tests. */
function person(id = nobody, more: Readonly<Record<string, string>> = {}): Person {
	const home = mkdtempSync(join(place, 'home-'));
	const who = isRoot ? { uid: id, gid: id } : {};
	if (isRoot) chownSync(home, id, id);
	const env = { PATH: process.env.PATH, HOME: home, XDG_STATE_HOME: join(home, 'state'), CI: 'true', ...more };
	const options: SpawnOptions = { cwd: place, env, ...who, stdio: ['ignore', 'pipe', 'pipe'] };
	return { home, hsctl: (...words) => finish(spawn(join(place, 'bin/hsctl'), words, options)) };
}

const apply = ['apply', 'playbooks/first.yaml', '--yes', '--json'];

describe.concurrent('somebody who is not root', () => {
	it('plans the first playbook, and nothing is written', async () => {
		const { home, hsctl } = person();
		const ran = await hsctl('plan', 'playbooks/first.yaml');
		expect([ran.code, ran.stderr]).toEqual([0, '']);
		expect(ran.stdout).toMatch(/hotfix\.check_up +run/);
		expect(existsSync(join(home, 'state'))).toBe(false);
	});

	it('applies it, and a second time only what is to be done every time is done', async () => {
		const { hsctl } = person();
		for (const _time of ['first', 'second']) {
			const ran = await hsctl(...apply);
			expect([ran.code, ran.stderr]).toEqual([0, '']);
			expect(statuses(ran)).toMatchObject({
				'hotfix.private_keys': 'skipped',
				'hotfix.shell_history': 'skipped',
				'hotfix.check_up': 'changed',
			});
		}
		expect((await hsctl('logs', 'last')).stdout).toContain('looked at disks');
		expect((await hsctl('history')).stdout.match(/succeeded/g)).toHaveLength(2);
	});

	it('has the memory of the machine and the history in their own state folder, closed to others', async () => {
		const { home, hsctl } = person();
		await hsctl(...apply);
		for (const folder of ['state/hsctl', 'state/hsctl/controller']) {
			const { mode, uid } = statSync(join(home, folder));
			expect([mode & 0o777, uid]).toEqual([0o700, isRoot ? nobody : process.getuid?.()]);
		}
		expect(readdirSync(join(home, 'state/hsctl/receipts'))).toHaveLength(1);
		expect(readdirSync(home)).toEqual(['state']);
	});
});

describe.skipIf(!isRoot)('somebody whom the machine knows little of (skipped without root)', () => {
	it('a user without a name, as containers have them, is a user like any other', async () => {
		const { hsctl } = person(54_321);
		expect((await hsctl('validate', 'playbooks/seed-conditions.yaml')).code).toBe(0);
	});

	it('with a home that cannot be written is told so, with a cure, before a plan is shown or asked about', async () => {
		const { home, hsctl } = person();
		chownSync(home, 0, 0);
		const ran = await hsctl('apply', 'playbooks/first.yaml', '--yes');
		expect([ran.code, ran.stdout]).toEqual([3, '']);
		expect(ran.stderr).toMatch(/HS1807: .*\/home-.*: permission denied\n.*XDG_STATE_HOME/);
		// There is nothing to be read, and that needs no permission.
		expect(await hsctl('history')).toMatchObject({ code: 0, stderr: '' });
	});

	it('and no home at all is told what to set', async () => {
		const { hsctl } = person(54_321, { HOME: '', XDG_STATE_HOME: '' });
		const ran = await hsctl('apply', 'playbooks/first.yaml', '--yes');
		expect([ran.code, ran.stdout]).toEqual([3, '']);
		expect(ran.stderr).toMatch(/HS1807: .*: \/: permission denied\n.*XDG_STATE_HOME/);
	});

	it.for([
		['lock', 'playbooks'],
		['init', 'new'],
		['facts', 'playbooks/first.yaml', '--save', 'new'],
	])('is told where nothing can be written: %j', async words => {
		const { hsctl } = person();
		const ran = await hsctl(...words);
		expect([ran.code, ran.stderr]).toEqual([3, expect.stringMatching(/HS1017: .*: permission denied/)]);
	});

	it('is told why saved facts cannot be read', async () => {
		const { hsctl } = person();
		const closed = mkdtempSync(join(place, 'closed-'));
		const ran = await hsctl('plan', 'playbooks/first.yaml', '--facts', closed);
		expect([ran.code, ran.stderr]).toEqual([3, expect.stringMatching(/HS1811: .* cannot be read: permission denied/)]);
	});

	it('is told why a playbook cannot be read', async () => {
		const { home, hsctl } = person();
		writeFileSync(join(home, 'closed.yaml'), 'hsctl: 1\nname: closed\n', { mode: 0o600 });
		const ran = await hsctl('plan', join(home, 'closed.yaml'));
		expect([ran.code, ran.stderr]).toEqual([3, expect.stringContaining('permission denied')]);
	});
});
