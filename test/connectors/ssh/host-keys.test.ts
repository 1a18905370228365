import { existsSync, mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { hasSshd, type Lab, lab, needsSshd, type Sshd } from '../../lab/lab.ts';
import { rig, run } from './rig.ts';

describe.skipIf(!hasSshd)(`host keys (${needsSshd})`, () => {
	let here: Lab;
	let sshd: Sshd;
	let other: Sshd;
	beforeAll(async () => {
		here = lab();
		[sshd, other] = await Promise.all([here.sshd({ hostKeys: ['ed25519', 'rsa', 'ecdsa'] }), here.sshd({ last: 2 })]);
	});
	afterAll(() => here.close());

	const pinOf = (place: Sshd, key: string) => `[${place.address}]:${place.port} ${key}`;
	const triesToLogIn = (place: Sshd) => (place.log().match(/(Failed|Accepted|Postponed) \w+ for/g) ?? []).length;

	it('A10: a changed host key ends it before anything is sent: both fingerprints, no login, no other way', async () => {
		const before = triesToLogIn(sshd);
		const { why } = rig(here, { known: [pinOf(sshd, other.hostKey())], answer: () => 'yes' });
		const because = await why(sshd);
		expect(because).toMatch(
			/^handshake: its host key has changed: it shows ssh-ed25519 SHA256:\S+, but \S+ line 1 pins ssh-ed25519 SHA256:\S+; .*ssh-keygen -R '\[127/,
		);
		expect(new Set(because.match(/SHA256:\S+/g)).size).toBe(2);
		expect(triesToLogIn(sshd)).toBe(before);
	});

	it('A10: a host that shows another type than all that are pinned is no better', async () => {
		const { why, asked } = rig(here, { known: [pinOf(other, sshd.hostKey('rsa'))], answer: () => 'yes' });
		expect(await why(other)).toMatch(
			/its host key has changed its type: it shows ssh-ed25519 SHA256:\S+, but .* pins ssh-rsa SHA256:/,
		);
		expect(asked).toEqual([]);
	});

	it('A10: a host is checked under its own name, also where another name has the same address and is connected', async () => {
		const alias = ['Host evil', 'HostKeyAlias known-as-evil'];
		const pins = [pinOf(sshd, sshd.hostKey()), `known-as-evil ${other.hostKey()}`];
		const made = rig(here, { config: alias, known: pins, limits: { idleMs: 5000 } });
		const good = await made.connection({ ...sshd, name: 'good' });
		expect(await made.why({ ...sshd, name: 'evil' })).toMatch(/its host key has changed/);
		expect(await run(good, 'echo in')).toBe('in\n');
	});

	it('A11: an unknown host is refused where nobody is there, with what would make it known', async () => {
		const before = triesToLogIn(sshd);
		const { why } = rig(here);
		const because = await why({ address: sshd.address, port: sshd.port, user: 'root' });
		expect(because).toContain(`ssh -p ${sshd.port} root@${sshd.address}`);
		expect(because).toContain(`add this line to ${here.folder}/known_hosts`);
		expect(because).toContain(sshd.pin('ed25519'));
		expect(because).toMatch(/handshake: its host key is not known: ssh-ed25519 SHA256:/);
		expect(triesToLogIn(sshd)).toBe(before);
	});

	it('A11: the line that is proposed makes it known', async () => {
		const first = await rig(here).why(sshd);
		const line = /known_hosts-\d+: (.*)$/.exec(first)?.[1] ?? '';
		expect(await run(await rig(here, { known: [line] }).connection(sshd), 'echo in')).toBe('in\n');
	});

	it('A11: an unknown host is asked about on a terminal, once, and written down', async () => {
		const { connection, asked, knownHosts } = rig(here, { answer: () => 'yes' });
		expect(await run(await connection(sshd), 'echo in')).toBe('in\n');
		expect(await run(await connection(sshd), 'echo in')).toBe('in\n');
		expect(asked.map(({ words, isSecret }) => [words.split('\n')[1]?.trim(), isSecret])).toEqual([
			[expect.stringMatching(/^ssh-ed25519 SHA256:\S{43}$/), false],
		]);
		expect(readFileSync(knownHosts, 'utf8')).toBe(`${sshd.pin('ed25519')}\n`);
	});

	it('A11: is written hashed where the config says so, behind a last line without an end', async () => {
		const { connection, why, knownHosts } = rig(here, { config: ['HashKnownHosts yes'], answer: () => 'yes' });
		writeFileSync(knownHosts, '# mine');
		await connection(sshd);
		expect(readFileSync(knownHosts, 'utf8')).toMatch(/^# mine\n\|1\|\S+=\|\S+= ssh-ed25519 \S+\n$/);
		expect(
			await run(await rig(here, { known: readFileSync(knownHosts, 'utf8').split('\n') }).connection(sshd), 'echo in'),
		).toBe('in\n');
		rmSync(knownHosts);
		expect(await why({ ...other, address: '127.0.0.1', port: 1 })).toMatch(/^connect: the connection was refused/);
	});

	it.each(['no', '', 'y', 'YES PLEASE'])('A11: the answer %j trusts nobody', async answer => {
		const { why, knownHosts } = rig(here, { answer: () => answer });
		expect(await why(sshd)).toBe('handshake: its host key was not accepted');
		expect(readFileSync(knownHosts, 'utf8')).toBe('');
	});

	it.each([
		['StrictHostKeyChecking yes', []],
		['BatchMode yes', []],
	])('A11: is not asked about where the config says %s', async (line, wanted) => {
		const { why, asked } = rig(here, { config: [line], answer: () => 'yes' });
		expect(await why(sshd)).toMatch(/its host key is not known/);
		expect(asked).toEqual(wanted);
	});

	it('A11: is never trusted by a config that checks nothing', async () => {
		const { why } = rig(here, { config: ['StrictHostKeyChecking no'] });
		expect(await why(sshd)).toMatch(/its host key is not known/);
	});

	it('A12: a revoked key is refused even where it is pinned', async () => {
		const { why } = rig(here, { known: [sshd.pin(), `@revoked * ${sshd.hostKey()}`] });
		expect(await why(sshd)).toMatch(/^handshake: its host key is revoked \(\S+ line 2\)/);
	});

	it.each(['rsa', 'ecdsa', 'ed25519'] as const)(
		'A13: when only its %s key is pinned, that is the one it shows',
		async type => {
			const { connection } = rig(here, { known: [sshd.pin(type)] });
			expect(await run(await connection(sshd), 'echo in')).toBe('in\n');
		},
	);

	it('A13: is found under its alias', async () => {
		const { connection } = rig(here, { config: ['HostKeyAlias farm'], known: [`farm ${sshd.hostKey()}`] });
		expect(await run(await connection(sshd), 'echo in')).toBe('in\n');
	});

	it('A21: a host known by a certificate authority only is handed on, with the reason', async () => {
		const { why } = rig(here, { known: [`@cert-authority ${sshd.pin()}`] });
		expect(await why(sshd)).toMatch(/^instead: its host key is known by a certificate authority only \(\S+ line 1\)$/);
	});

	it('H13: a config that lies in the folder where hsctl is called is not read', async () => {
		const before = process.cwd();
		const repository = join(here.folder, 'repository');
		mkdirSync(join(repository, '.ssh'), { recursive: true });
		for (const file of ['config', 'ssh_config', '.ssh/config'])
			writeFileSync(
				join(repository, file),
				`ProxyCommand touch ${here.folder}/owned\nMatch exec "touch ${here.folder}/owned"\n`,
			);
		const { connection } = rig(here, { known: [sshd.pin()] });
		process.chdir(repository);
		try {
			expect(await run(await connection(sshd), 'echo in')).toBe('in\n');
		} finally {
			process.chdir(before);
		}
		expect(existsSync(join(here.folder, 'owned'))).toBe(false);
	});
});
