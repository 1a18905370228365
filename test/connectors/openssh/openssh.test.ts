import { execFileSync } from 'node:child_process';
import { mkdtempSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { faultProxy } from '../../lab/fault-proxy.ts';
import { agent, hasSshd, isRoot, type Lab, lab, needsSshd, type Sshd, user } from '../../lab/lab.ts';
import { type Place, type RigOptions, rig, run } from '../ssh/rig.ts';

describe.skipIf(!hasSshd)(`hosts by OpenSSH's client (${needsSshd})`, () => {
	let here: Lab;
	let sshd: Sshd;
	let other: Sshd;
	beforeAll(async () => {
		here = lab();
		[sshd, other] = await Promise.all([here.sshd({ hostKeys: ['ed25519', 'rsa'] }), here.sshd({ last: 2 })]);
	});
	afterAll(() => here.close(), 30_000);

	const kept = { idleMs: 5000 };
	const client = (options: RigOptions = {}) => rig(here, { limits: kept, ...options, by: 'openssh' });
	const either = (options: RigOptions = {}) => rig(here, { limits: kept, ...options, by: 'either' });
	/** Programs that come before the real ones. */
	const before = (programs: Readonly<Record<string, string>>): { readonly PATH: string } => {
		const folder = mkdtempSync(join(here.folder, 'bin-'));
		for (const [name, text] of Object.entries(programs)) writeFileSync(join(folder, name), text, { mode: 0o755 });
		return { PATH: `${folder}:${process.env.PATH}` };
	};
	const pinOf = (place: Sshd, key: string) => `[${place.address}]:${place.port} ${key}`;
	const opened = async (made: ReturnType<typeof rig>, place: Place) => {
		const result = await made.open(place);
		if (!result.ok) throw new Error(result.because);
		return { said: await run(result.connection, 'echo in'), by: result.by };
	};
	const logins = (place: Sshd) => (place.log().match(/Accepted \S+ for/g) ?? []).length;
	const tries = (place: Sshd) => (place.log().match(/(Failed|Accepted|Postponed) \w+ for/g) ?? []).length;

	it('are logged in to again when the connection is gone right after the login', async () => {
		const gone = join(here.folder, 'gone');
		const ssh = execFileSync('sh', ['-c', 'command -v ssh'], { encoding: 'utf8' }).trim();
		// The background client of the first login ends before anybody has asked for it.
		const text = `#!/bin/bash
${ssh} "$@" || exit
[[ " $* " == *" -M "* && ! -e ${gone} ]] || exit 0
: >${gone}
for word in "$@"; do [[ $last != -S ]] || socket=$word; last=$word; done
${ssh} -S "$socket" -O exit none 2>/dev/null
`;
		const loginsBefore = logins(sshd);
		const made = client({ known: [sshd.pin()], env: before({ ssh: text }), limits: { idleMs: 5000, dialWaitMs: 1 } });
		expect(await opened(made, sshd)).toMatchObject({ said: 'in\n' });
		expect(logins(sshd) - loginsBefore).toBe(2);
	});

	describe('A21: what ssh2 cannot do is done by OpenSSH, which is said in one clause', () => {
		it('A21: a host behind a ProxyCommand', async () => {
			const config = ['ProxyCommand bash -c "exec 3<>/dev/tcp/%h/%p; cat <&3 & exec cat >&3"'];
			expect(await opened(either({ config, known: [sshd.pin()] }), sshd)).toEqual({
				said: 'in\n',
				by: 'openssh (its ssh config has a ProxyCommand)',
			});
		});

		it('A21: a host that takes certificates only', async () => {
			const ca = here.key('ca');
			const place = await here.sshd({ authorized: [], config: [`TrustedUserCAKeys ${ca}.pub`] });
			const path = here.key('certified');
			execFileSync('ssh-keygen', ['-q', '-s', ca, '-I', 'me', '-n', 'root', `${path}.pub`]);
			expect(await opened(either({ keys: [path], known: [place.pin()] }), { ...place, user: 'root' })).toEqual({
				said: 'in\n',
				by: `openssh (${path} has a certificate beside it)`,
			});
			place.stop();
		});

		it('A21: a host that shows a certificate, and is known by who signs it', async () => {
			const ca = here.key('host_ca');
			const place = await here.sshd({ last: 3 });
			const hostKey = place.hostKeyFile;
			execFileSync('ssh-keygen', ['-q', '-s', ca, '-I', 'it', '-h', '-n', place.address, `${hostKey}.pub`]);
			const certified = await here.sshd({
				last: 3,
				config: [`HostKey ${hostKey}`, `HostCertificate ${hostKey}-cert.pub`],
			});
			const known = [`@cert-authority ${place.address},[${place.address}]:* ${here.publicKey(ca)}`];
			const { said, by } = await opened(either({ known }), certified);
			expect([said, by]).toEqual([
				'in\n',
				expect.stringMatching(/^openssh \(its host key is known by a certificate authority only/),
			]);
			certified.stop();
			place.stop();
		});

		it('A21: a key that ssh2 cannot read', async () => {
			const path = here.key('pkcs8', { type: 'rsa', format: 'PKCS8' });
			const place = await here.sshd({ authorized: [here.publicKey(path)] });
			expect((await opened(either({ keys: [path], known: [place.pin()] }), place)).by).toMatch(
				/^openssh \(ssh2 cannot read \S+pkcs8 \(.*\) and no agent holds a key\)$/,
			);
			// ssh2 has a key to try first; what it cannot read is tried when the host has refused that.
			const both = either({ keys: [here.key('id'), path], known: [place.pin()] });
			expect((await opened(both, place)).by).toMatch(/^openssh \(ssh2 cannot read \S+pkcs8/);
			place.stop();
		});

		it('A21: a host with no algorithm that ssh2 knows', async () => {
			const place = await here.sshd({ config: ['KexAlgorithms sntrup761x25519-sha512@openssh.com'] });
			const made = either({ known: [place.pin()] });
			const wanted = { said: 'in\n', by: 'openssh (ssh2 and the host have no algorithm in common)' };
			expect(await opened(made, place)).toEqual(wanted);
			expect(await opened(made, place)).toEqual(wanted);
			// It is known the second time: ssh2 does not try again.
			expect(place.log().match(/no matching key exchange/g)?.length).toBe(1);
			place.stop();
		});

		it('A21: a key on a security key: OpenSSH is asked, and what it says is told', async () => {
			const path = join(here.folder, 'sk');
			// The public half is enough to see what it is; the device is on no test machine.
			const fields = ['sk-ssh-ed25519@openssh.com', Buffer.alloc(32, 7), 'ssh:'].map(field => {
				const bytes = Buffer.from(field);
				const length = Buffer.alloc(4);
				length.writeUInt32BE(bytes.length);
				return Buffer.concat([length, bytes]);
			});
			writeFileSync(`${path}.pub`, `sk-ssh-ed25519@openssh.com ${Buffer.concat(fields).toString('base64')} me\n`);
			writeFileSync(path, 'not here\n', { mode: 0o600 });
			expect(await either({ keys: [path], known: [sshd.pin()] }).why(sshd)).toMatch(/^authentication: /);
			expect(await rig(here, { keys: [path], known: [sshd.pin()] }).why(sshd)).toBe(
				`instead: ${path} is a key on a security key`,
			);
		});

		it('A21: is the only one where the inventory says so, and then there is nothing to say', async () => {
			expect(await opened(client({ known: [sshd.pin()] }), sshd)).toEqual({ said: 'in\n', by: undefined });
		});

		it('tells both failures when neither gets in', async () => {
			const path = here.key('pkcs8', { type: 'rsa', format: 'PKCS8' });
			const because = await either({ keys: [here.key('id2'), path], known: [sshd.pin()] }).why(sshd);
			expect(because).toMatch(
				/^authentication: it refused the key \S+id2; OpenSSH's client, tried because ssh2 cannot read \S+pkcs8 .*: authentication: it refused the key \S+id2, the key \S+pkcs8$/,
			);
		});
	});

	describe('host keys', () => {
		it.each([['client'], ['either']])(
			'A10: a changed one ends it, by %s: both fingerprints, no login, no other way',
			async by => {
				const before = [tries(sshd), sshd.log().match(/Connection from/g)?.length ?? 0];
				const path = here.key('pkcs8', { type: 'rsa', format: 'PKCS8' });
				const options = {
					keys: [here.key('id'), path],
					known: [pinOf(sshd, other.hostKey())],
					answer: () => 'yes',
					config: ['StrictHostKeyChecking no', 'NoHostAuthenticationForLocalhost yes'],
				};
				const made = by === 'client' ? client(options) : either(options);
				const because = await made.why(sshd);
				expect(because).toMatch(
					/^handshake: its host key has changed: it shows ssh-ed25519 SHA256:\S+, but \S+ line 1 pins ssh-ed25519 SHA256:\S+; .*ssh-keygen -R '\[127/,
				);
				expect(new Set(because.match(/SHA256:\S{43}/g)).size).toBe(2);
				expect([tries(sshd), sshd.log().match(/Connection from/g)?.length ?? 0]).toEqual([
					before[0],
					Number(before[1]) + 1,
				]);
				expect(made.asked).toEqual([]);
			},
		);

		it.each([['no'], ['accept-new']])(
			'A11: an unknown one is refused with what would make it known, also where the config says %s',
			async strict => {
				const before = tries(sshd);
				const { why } = client({ config: [`StrictHostKeyChecking ${strict}`, 'NoHostAuthenticationForLocalhost yes'] });
				const because = await why({ ...sshd, user: 'root' });
				expect(because).toMatch(/^handshake: its host key is not known: ssh-ed25519 SHA256:\S{43}; compare it/);
				expect(because).toContain(`connect once with ssh -p ${sshd.port} root@${sshd.address}`);
				expect(tries(sshd)).toBe(before);
			},
		);

		it('A11: an unknown one is asked about on a terminal, once, and written down', async () => {
			const made = client({ answer: () => 'yes' });
			expect((await opened(made, sshd)).said).toBe('in\n');
			expect((await opened(client({ known: readFileSync(made.knownHosts, 'utf8').split('\n') }), sshd)).said).toBe(
				'in\n',
			);
			expect(made.asked.map(({ words, isSecret }) => [words.split('\n')[1]?.trim(), isSecret])).toEqual([
				[expect.stringMatching(/^(ssh-)?ed25519 SHA256:\S{43}$/i), false],
			]);
			expect(readFileSync(made.knownHosts, 'utf8')).toContain(sshd.hostKey());
		});

		it.each(['no', '', 'y'])('A11: the answer %j trusts nobody', async answer => {
			const made = client({ answer: () => answer });
			expect(await made.why(sshd)).toMatch(/^handshake: its host key was not accepted/);
			expect([readFileSync(made.knownHosts, 'utf8'), made.asked.length]).toEqual(['', 1]);
		});

		it('A10: another type than all that are pinned is no better than a changed one', async () => {
			const known = [pinOf(other, sshd.hostKey('rsa'))];
			for (const made of [client({ known, answer: () => 'yes' }), client({ known })])
				expect(await made.why(other)).toMatch(
					/^handshake: its host key has changed: it shows ssh-ed25519 .* pins ssh-rsa/,
				);
		});

		it('A12: a revoked one is refused', async () => {
			const { why } = client({ known: [sshd.pin(), `@revoked * ${sshd.hostKey()}`] });
			expect(await why(sshd)).toMatch(/^handshake: its host key is revoked/);
		});

		it('are checked for jump hosts too, whatever the config says', async () => {
			const config = [
				'StrictHostKeyChecking no',
				'NoHostAuthenticationForLocalhost yes',
				'Host far',
				'ProxyJump hop',
				'Host hop',
				`HostName ${other.address}`,
				`Port ${other.port}`,
			];
			const before = tries(other);
			expect(await client({ config, known: [sshd.pin()] }).why(sshd)).toMatch(
				/^handshake: the host key of \S+ is not known/,
			);
			expect(tries(other)).toBe(before);
			expect((await opened(client({ config, known: [sshd.pin(), other.pin()] }), sshd)).said).toBe('in\n');
		});
	});

	it('one login serves many, at most eight sessions at once', async () => {
		const before = logins(sshd);
		const made = client({ known: [sshd.pin()] });
		const connections = await Promise.all([1, 2, 3, 4].map(() => made.connection(sshd)));
		const answers = await Promise.all(
			Array.from({ length: 14 }, (_, index) => run(connections[index % 4] ?? never(), `sleep 0.1; echo ${index}`)),
		);
		expect(answers).toEqual(Array.from({ length: 14 }, (_, index) => `${index}\n`));
		expect(logins(sshd)).toBe(before + 1);
	});

	it('A6: a host that allows one session has them one after the other', async () => {
		const place = await here.sshd({ config: ['MaxSessions 1'] });
		const connection = await client({ known: [place.pin()] }).connection(place);
		const answers = await Promise.all([1, 2, 3].map(index => run(connection, `echo ${index}`)));
		expect(answers).toEqual(['1\n', '2\n', '3\n']);
		place.stop();
	});

	it('A6: what was left behind and still counts on the host takes a new login', async () => {
		const place = await here.sshd({ config: ['MaxSessions 1'] });
		const connection = await client({ known: [place.pin()] }).connection(place);
		const leaving = new AbortController();
		const running = run(connection, 'echo on; exec sleep 20', {
			signal: leaving.signal,
			onStdout: () => leaving.abort(),
		});
		expect(await running).toBe('lost: we left');
		expect(await run(connection, 'echo again')).toBe('again\n');
		place.stop();
	});

	const mastersOf = (place: { readonly port: number }) =>
		readdirSync('/proc')
			.filter(name => /^\d+$/.test(name))
			.filter(pid => {
				try {
					const words = readFileSync(`/proc/${pid}/cmdline`, 'utf8').split('\0');
					return words.includes('-M') && words.includes(String(place.port));
				} catch {
					return false;
				}
			})
			.map(Number);

	it('a master that is killed is a lost view, and the next exchange is a new login', async () => {
		const place = await here.sshd();
		const connection = await client({ known: [place.pin()] }).connection(place);
		const killed = run(connection, 'echo on; exec sleep 20', {
			onStdout: () => {
				for (const pid of mastersOf(place)) process.kill(pid, 'SIGKILL');
			},
		});
		expect(await killed).toMatch(/^lost: the connection was closed/);
		expect(await run(connection, 'exit 255')).toBe('');
		expect(logins(place)).toBe(2);
		place.stop();
	});

	it('A4: a session that is killed on the host is lost, not ended', async () => {
		const connection = await client({ known: [sshd.pin()] }).connection(sshd);
		expect(await run(connection, 'kill -9 "$PPID"; sleep 5')).toMatch(/^lost: /);
		expect(await run(connection, 'kill -9 $$')).toBe('lost: the shell ended without a code');
		expect(await run(connection, 'echo in')).toBe('in\n');
	});

	it('A1: a black hole is found out, and the next exchange is a new login', async () => {
		await using proxy = await faultProxy(sshd);
		const limits = { ...kept, keepaliveMs: 1000, keepaliveCount: 1 };
		const connection = await client({
			known: [pinOf({ ...sshd, port: proxy.port }, sshd.hostKey())],
			limits,
		}).connection(proxy);
		const running = run(connection, 'echo on; exec sleep 20', { onStdout: () => proxy.blackHole() });
		expect(await running).toBe('lost: it does not answer any more');
		proxy.cut('reset');
		proxy.heal();
		expect(await run(connection, 'echo in')).toBe('in\n');
	});

	it('a fresh login has a master of its own, which is gone with it', async () => {
		const place = await here.sshd();
		const made = client({ known: [place.pin()] });
		await made.connection(place);
		const old = mastersOf(place);
		const own = await made.connection(place, 'none', { isFresh: true });
		expect(mastersOf(place).length).toBe(2);
		await own[Symbol.asyncDispose]();
		expect(mastersOf(place)).toEqual(old);
		const alone = client({ known: [place.pin()] });
		await alone.connection(place, 'none', { isFresh: true });
		await alone.connector[Symbol.asyncDispose]();
		expect(mastersOf(place)).toEqual(old);
		place.stop();
	});

	it('is in no group of ours, and ends with us: processes, sockets and all', async () => {
		const place = await here.sshd();
		const runtime = join(here.folder, 'run');
		execFileSync('mkdir', ['-p', runtime]);
		const made = client({ known: [place.pin()], env: { XDG_RUNTIME_DIR: runtime } });
		await made.connection(place);
		const [master = 0] = mastersOf(place);
		const groupOf = (pid: number | 'self') =>
			readFileSync(`/proc/${pid}/stat`, 'utf8').split(') ')[1]?.split(' ').slice(2, 4);
		expect(groupOf(master)).not.toEqual(groupOf('self'));
		expect(readdirSync(runtime).map(name => name.slice(0, 6))).toEqual(['hsctl-']);
		await made.connection(place, 'none', { isFresh: true });
		await made.connector[Symbol.asyncDispose]();
		expect([mastersOf(place), readdirSync(runtime)]).toEqual([[], []]);
		place.stop();
	});

	it('a master ends by itself when nobody uses it, for a hsctl that was killed', async () => {
		const place = await here.sshd();
		const made = rig(here, { known: [place.pin()], by: 'openssh', limits: { idleMs: 2000 } });
		expect(await run(await made.connection(place), 'echo used')).toBe('used\n');
		expect(mastersOf(place).length).toBe(1);
		// Nothing of ours ends it here: we hold the connection open.
		await expect.poll(() => mastersOf(place).length, { timeout: 5000 }).toBe(0);
		place.stop();
	});

	it.each([
		[
			'nothing listens there',
			async () => ({ address: here.address(9), port: 1 }),
			[],
			/^connect: the connection was refused: nothing listens there$/,
		],
		[
			'there is no such name',
			async () => ({ address: 'no-such-host.invalid', port: 22 }),
			[],
			/^connect: there is no address of this name$/,
		],
		[
			'a ProxyCommand fails',
			async () => sshd,
			['ProxyCommand echo no way >&2; exit 3'],
			/^connect: its ProxyCommand ended before the host said a word \(.*no way.*\)$/,
		],
	])('says why not, with the phase: %s', async (_, place, config, wanted) => {
		expect(await client({ config, known: [sshd.pin()], limits: { ...kept, dials: 1 } }).why(await place())).toMatch(
			wanted,
		);
	});

	it('says what was refused, and that a password would be asked for on a terminal', async () => {
		const place = await here.sshd({ authorized: [], config: ['PasswordAuthentication yes'] });
		expect(await client({ known: [place.pin()] }).why(place)).toMatch(
			/^authentication: it refused the key \S+id; it would take a password, and nobody is here to be asked$/,
		);
		place.stop();
	});

	it('says that there is no ssh program', async () => {
		const made = client({ known: [sshd.pin()], env: { PATH: '/nowhere' } });
		expect(await made.why(sshd)).toMatch(/no ssh program/);
	});

	it('H8: takes no name for an option', async () => {
		const name = '-oProxyCommand=touch owned';
		expect(await client({ known: [sshd.pin()] }).why({ ...sshd, name })).toMatch(/is not the name of a host$/);
	});

	it('asks for a passphrase once, and tells a wrong one', async () => {
		const path = here.key('locked', { passphrase: 'open sesame' });
		const place = await here.sshd({ authorized: [here.publicKey(path)] });
		const right = client({ keys: [path], known: [place.pin()], answer: () => 'open sesame' });
		expect((await opened(right, place)).said).toBe('in\n');
		expect((await opened(right, { ...place, name: 'second' })).said).toBe('in\n');
		expect(right.asked).toEqual([{ words: `Passphrase of ${path}: `, isSecret: true }]);
		const wrong = client({ keys: [path], known: [place.pin()], answer: () => 'wrong' });
		expect(await wrong.why(place)).toMatch(/^authentication: .*the passphrase of \S+locked is wrong/);
		expect(wrong.asked.length).toBe(1);
		expect(await client({ keys: [path], known: [place.pin()] }).why(place)).toMatch(/^authentication: /);
		place.stop();
	});

	it('uses the agent', async () => {
		const key = here.key('agent_key');
		const place = await here.sshd({ authorized: [here.publicKey(key)] });
		const made = client({ known: [place.pin()], env: { SSH_AUTH_SOCK: agent(here, [key]) } });
		expect((await opened(made, place)).said).toBe('in\n');
		place.stop();
	});

	describe.skipIf(!isRoot)('with a password (needs root)', () => {
		let name: string;
		let place: Sshd;
		beforeAll(async () => {
			name = user(here, { password: 'pass word\\1' });
			place = await here.sshd({ config: ['PasswordAuthentication yes', 'PubkeyAuthentication no'] });
		});

		it('asks for it once, and nobody can see it: no argument, no environment, no file', async () => {
			const runtime = join(here.folder, 'run');
			execFileSync('mkdir', ['-p', runtime]);
			const seen = () =>
				execFileSync(
					'sh',
					[
						'-c',
						`cat /proc/[0-9]*/cmdline /proc/[0-9]*/environ 2>/dev/null | grep -ac "pass[ ]word" || :; find ${runtime} -type f -exec grep -l "pass[ ]word" {} + || :`,
					],
					{ encoding: 'utf8' },
				);
			const during: string[] = [];
			const made = client({
				known: [place.pin()],
				env: { XDG_RUNTIME_DIR: runtime },
				answer: () => {
					during.push(seen());
					return 'pass word\\1';
				},
			});
			for (const host of ['one', 'two']) {
				const connection = await made.connection({ ...place, name: host, user: name });
				expect(await run(connection, 'id -un')).toBe(`${name}\n`);
			}
			expect([...during, seen()]).toEqual(['0\n', '0\n']);
			expect(made.asked).toEqual([{ words: `Password of ${name}@${place.address}:${place.port}: `, isSecret: true }]);
		});

		it('tries a wrong one once, and never again, also not after ssh2', async () => {
			const before = place.log().match(/Failed password/g)?.length ?? 0;
			const path = here.key('pkcs8', { type: 'rsa', format: 'PKCS8' });
			const made = either({ keys: [here.key('id'), path], known: [place.pin()], answer: () => 'wrong' });
			for (const _ of [1, 2]) expect(await made.why({ ...place, user: name })).toMatch(/authentication: /);
			expect([made.asked.length, place.log().match(/Failed password/g)?.length]).toEqual([1, before + 1]);
			const alone = client({ known: [place.pin()], answer: () => 'wrong' });
			expect(await alone.why({ ...place, user: name })).toMatch(/^authentication: it refused the password/);
			expect(await alone.why({ ...place, user: name })).toMatch(/the password was wrong before and is not tried again/);
			expect([alone.asked.length, place.log().match(/Failed password/g)?.length]).toEqual([1, before + 2]);
		});
	});
});

const never = (): never => {
	throw new Error('there is none');
};
