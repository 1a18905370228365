import { execFileSync } from 'node:child_process';
import { chmodSync } from 'node:fs';
import { createServer } from 'node:net';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { agent, hasSshd, isRoot, type Lab, lab, needsSshd, type Sshd, user } from '../../lab/lab.ts';
import { rig, run } from './rig.ts';

describe.skipIf(!hasSshd)(`logging in (${needsSshd})`, () => {
	let here: Lab;
	let sshd: Sshd;
	const accepted: string[] = [];
	beforeAll(async () => {
		here = lab();
		for (const type of ['rsa', 'ecdsa'] as const) accepted.push(here.publicKey(here.key(`key_${type}`, { type })));
		accepted.push(here.publicKey(here.key('locked', { passphrase: 'open sesame' })));
		accepted.push(here.publicKey(here.key('id')));
		sshd = await here.sshd({ authorized: accepted });
	});
	afterAll(() => here.close());

	const refusals = (place: Sshd) => (place.log().match(/^Failed publickey/gm) ?? []).length;
	const only = { config: ['IdentitiesOnly yes'] };

	it.each(['key_rsa', 'key_ecdsa', 'id'])('opens with the key %s', async name => {
		const { connection } = rig(here, { ...only, keys: [here.key(name)], known: [sshd.pin()] });
		expect(await run(await connection(sshd), 'echo in')).toBe('in\n');
	});

	it('asks for a passphrase once, however many hosts want the key', async () => {
		const options = { keys: [here.key('locked')], known: [sshd.pin()], answer: () => 'open sesame' };
		const { connection, asked } = rig(here, options);
		for (const name of ['one', 'two']) expect(await run(await connection({ ...sshd, name }), 'echo in')).toBe('in\n');
		expect(asked).toEqual([{ words: `Passphrase of ${here.folder}/locked: `, isSecret: true }]);
	});

	it.each([
		['wrong', () => 'wrong', /the passphrase of \S+locked is wrong/],
		['not given', () => undefined, /\S+locked has a passphrase and nobody gave it; ssh-add \S+locked would help/],
		['not asked for, because nobody is there', undefined, /locked has a passphrase and nobody gave it/],
	])('says that a passphrase is %s', async (_, answer, wanted) => {
		const options = { keys: [here.key('locked')], known: [sshd.pin()], ...(answer === undefined ? {} : { answer }) };
		expect(await rig(here, options).why(sshd)).toMatch(wanted);
	});

	it('uses the agent, also for a key that is locked in its file', async () => {
		const key = here.key('agent_key');
		const place = await here.sshd({ authorized: [here.publicKey(key)] });
		const socket = agent(here, [key]);
		for (const config of [[], [`IdentityAgent ${socket}`]]) {
			const env: Record<string, string> = config.length === 0 ? { SSH_AUTH_SOCK: socket } : {};
			const { connection } = rig(here, { config, known: [place.pin()], env });
			expect(await run(await connection(place), 'echo in')).toBe('in\n');
		}
		place.stop();
	});

	it('offers with IdentitiesOnly no key of the agent that no file names', async () => {
		const key = here.key('agent_key');
		const place = await here.sshd({ authorized: [here.publicKey(key)] });
		const env = { SSH_AUTH_SOCK: agent(here, [key]) };
		const { why } = rig(here, { ...only, known: [place.pin()], env });
		expect(await why(place)).toMatch(/^authentication: it refused the key \S+id\b/);
		expect(refusals(place)).toBe(1);
		place.stop();
	});

	it('A8: offers three keys and no more, and says so', async () => {
		const names = Array.from({ length: 6 }, (_, index) => `spare_${index}`);
		const place = await here.sshd({ authorized: [] });
		const env = {
			SSH_AUTH_SOCK: agent(
				here,
				names.map(name => here.key(name)),
			),
		};
		const { why } = rig(here, { known: [place.pin()], env });
		const because = await why(place);
		expect(because).toMatch(
			/^authentication: it refused the key \S+id, the agent's key spare_0, the agent's key spare_1; 4 more keys were not offered/,
		);
		expect(refusals(place)).toBe(3);
		place.stop();
	});

	it('A8: a host that punishes this address is left alone, with the reason', async () => {
		let calls = 0;
		const server = createServer(socket => {
			calls += 1;
			socket.end('Not allowed at this time\r\n');
		});
		const port = await new Promise<number>(resolve => {
			server.listen(0, '127.0.0.1', () => {
				const place = server.address();
				resolve(typeof place === 'object' && place !== null ? place.port : 0);
			});
		});
		expect(await rig(here).why({ address: '127.0.0.1', port })).toMatch(
			/^handshake: it does not let this address in for a while.*PerSourcePenalties/,
		);
		expect(calls).toBe(1);
		server.close();
	});

	it('hands a key that ssh2 cannot read on, with the reason (A21)', async () => {
		const path = here.key('pkcs8', { type: 'rsa', format: 'PKCS8' });
		expect(await rig(here, { keys: [path], known: [sshd.pin()] }).why(sshd)).toMatch(
			/^instead: ssh2 cannot read \S+pkcs8 \(.*\) and no agent holds a key$/,
		);
		const { connection } = rig(here, { keys: [path, here.key('id')], known: [sshd.pin()] });
		expect(await run(await connection(sshd), 'echo in')).toBe('in\n');
	});

	it('hands a host with a ProxyCommand and a key with a certificate on (A21)', async () => {
		const { why } = rig(here, { config: ['ProxyCommand nc %h %p'], known: [sshd.pin()] });
		expect(await why(sshd)).toBe('instead: its ssh config has a ProxyCommand');
		const path = here.key('certified');
		execFileSync('ssh-keygen', ['-q', '-s', here.key('ca'), '-I', 'me', '-n', 'root', `${path}.pub`]);
		expect(await rig(here, { keys: [path], known: [sshd.pin()] }).why(sshd)).toBe(
			`instead: ${path} has a certificate beside it`,
		);
	});

	it('says what is missing where nothing can be offered', async () => {
		const place = await here.sshd({ config: ['PasswordAuthentication yes'] });
		const { why } = rig(here, { config: ['PubkeyAuthentication no'], known: [place.pin()] });
		expect(await why(place)).toBe(
			'authentication: there was nothing to offer; it would take a password, and nobody is here to be asked',
		);
		place.stop();
	});

	it('does not take a key file that others can read for a reason to stop', async () => {
		chmodSync(here.key('id'), 0o644);
		const { connection } = rig(here, { known: [sshd.pin()] });
		expect(await run(await connection(sshd), 'echo in')).toBe('in\n');
	});

	describe.skipIf(!isRoot)('with a password (needs root)', () => {
		let name: string;
		let plain: Sshd;
		let keyboard: Sshd;
		beforeAll(async () => {
			name = user(here, { password: 'right' });
			plain = await here.sshd({ config: ['PasswordAuthentication yes', 'PubkeyAuthentication no'] });
			keyboard = await here.sshd({
				config: ['UsePAM yes', 'KbdInteractiveAuthentication yes', 'PubkeyAuthentication no', 'MaxAuthTries 2'],
			});
		});
		const wrongs = (place: Sshd) =>
			(place.log().match(/^(Failed (password|keyboard)|error: PAM: Authentication failure)/gm) ?? []).length;

		it('asks for it once for all connections', async () => {
			const { connection, asked } = rig(here, { known: [plain.pin()], answer: () => 'right' });
			const place = { ...plain, user: name };
			for (const _ of [1, 2]) {
				const opened = await connection(place);
				expect(await run(opened, 'id -un')).toBe(`${name}\n`);
				await opened[Symbol.asyncDispose]();
			}
			expect(asked).toEqual([{ words: `Password of ${name}@${plain.address}:${plain.port}: `, isSecret: true }]);
		});

		it('tries a wrong one once, and never again', async () => {
			const { why, asked } = rig(here, { known: [plain.pin()], answer: () => 'wrong' });
			const place = { ...plain, user: name };
			expect(await why(place)).toBe('authentication: it refused the password');
			expect(await why(place)).toMatch(/the password was wrong before and is not tried again/);
			expect([asked.length, wrongs(plain)]).toEqual([1, 1]);
		});

		it('answers the questions of a host', async () => {
			const { connection, asked } = rig(here, { known: [keyboard.pin()], answer: () => 'right' });
			const place = { ...keyboard, user: name };
			expect(await run(await connection(place), 'id -un')).toBe(`${name}\n`);
			expect(asked).toEqual([{ words: expect.stringMatching(new RegExp(`^${name}@.*Password: $`)), isSecret: true }]);
		});

		it('answers a question wrong once, and never again', async () => {
			const { why, asked } = rig(here, { known: [keyboard.pin()], answer: () => 'wrong' });
			const place = { ...keyboard, user: name };
			expect(await why(place)).toMatch(/^authentication: it refused the answers to its questions$/);
			expect(await why(place)).toMatch(/was wrong before and is not tried again/);
			expect(asked.length).toBe(1);
		});

		it('takes a key and then a password where a host wants both', async () => {
			const both = await here.sshd({
				config: ['PasswordAuthentication yes', 'AuthenticationMethods publickey,password'],
			});
			const { connection } = rig(here, { known: [both.pin()], answer: () => 'right' });
			expect(await run(await connection({ ...both, user: name }), 'id -un')).toBe(`${name}\n`);
		});
	});
});
