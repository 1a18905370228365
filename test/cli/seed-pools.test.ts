import { chmodSync, cpSync, existsSync, mkdirSync, readFileSync, statSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { dirname, join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { has } from '../host/host.ts';
import { canGoFar, type FarRig, farRig, needsFar } from './far-rig.ts';
import { type Ran, statuses } from './rig.ts';

/** A home server as the seed's pools expect one, in a folder of the host: what is there, and what its programs do. */
interface HomeServer extends FarRig {
	/** A path of the home server. */
	at(path: string): string;
	put(path: string, text: string, mode?: number): void;
	read(path: string): string | undefined;
	/** What was called there, one after another. */
	calls(): readonly string[];
	on(verb: 'plan' | 'apply', playbook: string, ...words: readonly string[]): Promise<Ran>;
}

type OnTestFinished = Parameters<typeof farRig>[0];

const shippedAt = (name: string) => `playbooks/pools/files/website/${name}.shipped.tsx`;
const site = '/var/www/homeserver';
const auth = `${site}/src/auth.tsx`;
const login = `${site}/src/login.tsx`;
const cron = '/etc/cron.d/homeserver-logrotate';

async function homeServer(onTestFinished: OnTestFinished): Promise<HomeServer> {
	const far = await farRig(onTestFinished, { sudo: 'USER ALL=(ALL) NOPASSWD: ALL' });
	const root = join(far.home, 'lab');
	const at = (path: string) => join(root, path);
	const put: HomeServer['put'] = (path, text, mode = 0o644) => {
		mkdirSync(dirname(at(path)), { recursive: true });
		writeFileSync(at(path), text);
		chmodSync(at(path), mode);
	};
	const read = (path: string) => (existsSync(at(path)) ? readFileSync(at(path), 'utf8') : undefined);
	// Only the programs that would change this machine have stand-ins; curl, visudo and sh are the real ones.
	for (const name of ['npm', 'systemctl', 'logrotate'])
		put(
			`/bin/${name}`,
			`#!/bin/sh\necho "${name} $*" >>${at('/calls')}\n! grep -qsf ${at(`/${name}-refuses`)} ${at(auth)}\n`,
			0o755,
		);
	const health = await healthOf(
		onTestFinished,
		() => read('/health-refuses') === undefined || read(cron) === undefined,
	);
	for (const what of ['playbooks', 'hsctl.lock', 'hsctl.config.yaml', 'hotfixes'])
		cpSync(what, join(far.home, 'repo', what), { recursive: true });
	const host = `{ address: ${far.line.address}, port: ${far.line.port}, connection: ssh, state_dir: ${far.state}, become: sudo }`;
	far.write({ 'lab.yaml': `groups: { lab: { hosts: { localhost: ${host} } } }\n` });
	const set = {
		root,
		health,
		...Object.fromEntries(['npm', 'systemctl', 'logrotate'].map(name => [name, at(`/bin/${name}`)])),
		visudo: '/usr/sbin/visudo',
	};
	return {
		...far,
		at,
		put,
		read,
		calls: () => (read('/calls') ?? '').split('\n').slice(0, -1),
		on(verb, playbook, ...words) {
			const text = readFileSync(`playbooks/pools/${playbook}.yaml`, 'utf8');
			const vars = Object.entries(set).flatMap(([name, value]) =>
				new RegExp(`\\b${name}: `).test(text.slice(0, text.indexOf('pools:'))) ? ['--set', `${name}=${value}`] : [],
			);
			const asked = verb === 'apply' ? ['--yes', '--json'] : [];
			return far.hsctl([verb, `playbooks/pools/${playbook}.yaml`, '-i', 'lab.yaml', ...vars, ...asked, ...words]);
		},
	};
}

/** The website's own word on whether it is well. */
async function healthOf(onTestFinished: OnTestFinished, isWell: () => boolean): Promise<string> {
	const server = createServer((_, response) => response.writeHead(isWell() ? 200 : 500).end());
	await new Promise<void>(done => server.listen(0, '127.0.0.1', done));
	onTestFinished(() => void server.close());
	return `http://127.0.0.1:${(server.address() as AddressInfo).port}/health`;
}

const withWebsite = async (onTestFinished: OnTestFinished): Promise<HomeServer> => {
	const lab = await homeServer(onTestFinished);
	lab.put(`${site}/package.json`, '{}');
	for (const name of ['auth', 'login']) lab.put(`${site}/src/${name}.tsx`, readFileSync(shippedAt(name), 'utf8'));
	return lab;
};

describe
	.skipIf(!canGoFar || !has('curl'))
	.concurrent(`the pools of the seed on a host (${needsFar}, and curl)`, { timeout: 60_000 }, () => {
		it('bring the change of the house and the new version together, build once, and have nothing to do afterwards', async ({
			onTestFinished,
		}) => {
			const lab = await withWebsite(onTestFinished);
			const own = (lab.read(auth) ?? '').replace('Welcome home', 'Welcome to the Smiths');
			lab.put(auth, own, 0o640);
			const ran = await lab.on('apply', 'website');
			expect([ran.code, statuses(ran)]).toEqual([
				0,
				{ 'pool.website_auth': 'changed', 'pool.homeserver_logrotate': 'changed', verify: 'ok' },
			]);
			expect(lab.read(auth)).toContain('Welcome to the Smiths');
			expect(lab.read(auth)).toContain('answer.status === 204');
			expect(lab.read(login)).toBe(readFileSync('playbooks/pools/files/website/login.tsx', 'utf8'));
			expect(lab.calls().filter(call => !call.startsWith('logrotate'))).toEqual([
				'npm run build',
				'systemctl restart homeserver',
			]);
			const again = await lab.on('apply', 'website');
			expect([again.code, statuses(again)]).toEqual([
				0,
				{ 'pool.website_auth': 'ok', 'pool.homeserver_logrotate': 'ok', verify: 'skipped' },
			]);
			expect(lab.calls().filter(call => call.startsWith('npm'))).toHaveLength(1);
		});

		it('leave a file alone that the house has changed where the new version changes it too, and with it the whole pool', async ({
			onTestFinished,
		}) => {
			const lab = await withWebsite(onTestFinished);
			const own = (lab.read(auth) ?? '').replace('return answer.ok', 'return answer.ok && isSunday()');
			lab.put(auth, own);
			const planned = await lab.on('plan', 'website', '--diff');
			expect(planned.stdout).toMatch(/! pool\.website_auth +conflict +auth\.tsx: no baseline/);
			expect(planned.stdout).toMatch(/both have changed one place, the first at line 7 of the\s+host's file/);
			expect(planned.stdout).toMatch(/^ +-.*isSunday/m);
			const ran = await lab.on('apply', 'website');
			expect(statuses(ran)).toEqual({
				'pool.website_auth': 'skipped',
				'pool.homeserver_logrotate': 'changed',
				verify: 'ok',
			});
			expect([lab.read(auth), lab.read(login)]).toEqual([own, readFileSync(shippedAt('login'), 'utf8')]);
			expect(lab.calls().filter(call => call.startsWith('npm'))).toEqual([]);
		});

		it('are old again, all of them, when the build fails, and when the website is not well afterwards', async ({
			onTestFinished,
		}) => {
			const lab = await withWebsite(onTestFinished);
			const before = [lab.read(auth), statSync(lab.at(auth)).ino, statSync(lab.at(login)).ino];
			const now = () => [lab.read(auth), statSync(lab.at(auth)).ino, statSync(lab.at(login)).ino];
			lab.put('/npm-refuses', '204\n');
			const unbuilt = await lab.on('apply', 'website', '--target', 'pool.website_auth');
			expect([unbuilt.code, statuses(unbuilt)]).toEqual([5, { 'pool.website_auth': 'rolled_back', verify: 'ok' }]);
			expect(now()).toEqual(before);
			lab.put('/npm-refuses', 'nothing that is there\n');
			lab.put('/health-refuses', '');
			const unwell = await lab.on('apply', 'website');
			expect([unwell.code, statuses(unwell)]).toEqual([
				5,
				{ 'pool.website_auth': 'rolled_back', 'pool.homeserver_logrotate': 'rolled_back', verify: 'rolled_back' },
			]);
			expect([now(), lab.read(cron), lab.read('/etc/logrotate.d/homeserver')]).toEqual([before, undefined, undefined]);
			// What is in use is what is there: built for the new files, and for the old ones again.
			expect(lab.calls().filter(call => call === 'npm run build')).toHaveLength(4);
		});

		it('replace what was customised where the playbook says so, and give it back when they are taken back', async ({
			onTestFinished,
		}) => {
			const lab = await homeServer(onTestFinished);
			lab.put('/usr/local/sbin/mountNas.sh', '#!/bin/sh\n# of the house\n', 0o700);
			lab.put('/etc/systemd/system/mountNas.service', '[Service]\nExecStart=/bin/true\n');
			const { ino } = statSync(lab.at('/usr/local/sbin/mountNas.sh'));
			const ran = await lab.on('apply', 'services');
			expect([ran.code, statuses(ran)]).toEqual([0, { 'pool.mount_nas_service': 'changed' }]);
			const sudoers = statSync(lab.at('/etc/sudoers.d/flask-mount'));
			expect([sudoers.mode & 0o7777, sudoers.uid]).toEqual([0o440, 0]);
			const back = await lab.hsctl(['rollback', 'pool.mount_nas_service', '--yes', '--json']);
			expect([back.code, statuses(back)]).toEqual([0, { 'pool.mount_nas_service': 'changed' }]);
			expect(lab.read('/usr/local/sbin/mountNas.sh')).toBe('#!/bin/sh\n# of the house\n');
			expect(statSync(lab.at('/usr/local/sbin/mountNas.sh'))).toMatchObject({ ino, mode: 0o100_700 });
			expect(existsSync(lab.at('/etc/sudoers.d'))).toBe(false);
			expect(lab.calls()).toEqual([
				'systemctl daemon-reload',
				'systemctl cat mountNas.service',
				'systemctl daemon-reload',
			]);
		});

		it('put a script there and run it', async ({ onTestFinished }) => {
			const lab = await homeServer(onTestFinished);
			lab.put('/opt/gogs/custom/conf/app.ini', `[repository]\nROOT = ${lab.at('/repositories')}\n`);
			const ran = await lab.on('apply', 'gogs');
			expect([ran.code, statuses(ran)]).toEqual([0, { 'pool.gogs_repository_fix': 'changed' }]);
			expect(existsSync(lab.at('/repositories'))).toBe(true);
		});
	});
