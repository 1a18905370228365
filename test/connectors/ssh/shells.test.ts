import { execFileSync, spawn } from 'node:child_process';
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { Spotter } from '../../../src/connectors/shell/spotter.ts';
import { commandLine, startWords } from '../../../src/connectors/shell/start-words.ts';
import { whyNoShell } from '../../../src/connectors/shell/why-no-shell.ts';
import { hostPath } from '../../../src/model/brand.ts';
import type { Connection } from '../../../src/ports/connection.ts';
import { has } from '../../fakes/programs.ts';
import { freePort, hasSshd, homeOf, isRoot, type Lab, lab, needsSshd, type Sshd, user } from '../../lab/lab.ts';
import { rig, run } from './rig.ts';

describe('the line that a login shell gets', () => {
	it('has one pair of quotes and nothing that a shell could take for something else', () => {
		const line = commandLine(startWords({ become: 'sudo', marker: 'M1', script: "cat '!' \\ $HOME `id`\n☂" }));
		expect(line).toMatch(/^exec sudo -n -- \/bin\/sh -c '[^'!\n]*'$/);
	});

	it('has no password in it, only the words by which sudo will ask', () => {
		expect(commandLine(startWords({ become: 'sudo', marker: 'M1', nonce: 'P1' }))).toBe(
			"exec sudo -S -p P1 -- /bin/sh -c 'printf %s%s M 1; exec /bin/sh -s'",
		);
	});

	it.each([
		[
			'none',
			'This account is currently not available.\n',
			1,
			'the host did not start /bin/sh but answered “This account is currently not available.” and exit code 1: its login shell or a forced command does not let us',
		],
		[
			'none',
			'',
			null,
			'the host did not start /bin/sh but answered nothing: its login shell or a forced command does not let us',
		],
		[
			'sudo',
			'sudo: a password is required\n',
			1,
			'sudo does not let us in without a password (sudo: a password is required)',
		],
		[
			'sudo',
			'noise\nsudo: sorry, you must have a tty to run sudo\n',
			1,
			'sudo on the host wants a terminal (sudo: sorry, you must have a tty to run sudo): switch requiretty off for this user',
		],
		[
			'sudo',
			'bash: line 1: exec: sudo: not found\n',
			127,
			'sudo does not let us in (bash: line 1: exec: sudo: not found)',
		],
		['doas', 'doas: Operation not permitted\n', 1, 'doas does not let us in (doas: Operation not permitted)'],
		[
			'none',
			'\u001b]0;owned\u0007bye\u202e\n',
			0,
			'the host did not start /bin/sh but answered “]0;owned bye” and exit code 0: its login shell or a forced command does not let us',
		],
	] as const)('with become %s, %j is told as a clause', (become, said, code, because) => {
		expect(whyNoShell({ become, said, code })).toBe(because);
	});

	it('finds words wherever the chunks break', () => {
		const whole = Buffer.from('xxMARMARKERrest');
		for (let cut = 0; cut <= whole.length; cut += 1) {
			const spotter = new Spotter('MARKER');
			const first = spotter.push(whole.subarray(0, cut));
			const rest = first ?? spotter.push(whole.subarray(cut));
			expect(
				Buffer.concat([
					rest ?? Buffer.from('never'),
					first === undefined ? Buffer.alloc(0) : whole.subarray(cut),
				]).toString(),
			).toBe('rest');
		}
	});
});

describe.skipIf(!hasSshd || !isRoot)(`login shells (${needsSshd}, and root)`, () => {
	let here: Lab;
	let sshd: Sshd;
	beforeAll(async () => {
		here = lab();
		sshd = await here.sshd({ ownHome: true });
	});
	afterAll(() => here.close(), 30_000);

	const open = (name: string): Promise<Connection> =>
		rig(here, { known: [sshd.pin()] }).connection({ ...sshd, user: name });
	const why = (name: string): Promise<string> => rig(here, { known: [sshd.pin()] }).why({ ...sshd, user: name });

	const shells = [
		['bash', '/bin/bash'],
		['dash', '/bin/dash'],
		['csh', '/bin/csh'],
		['tcsh', '/usr/bin/tcsh'],
		['fish', '/usr/bin/fish'],
	] as const;
	for (const [program, path] of shells)
		it.skipIf(!has(program))(`A17: works through ${program} (needs ${program})`, async () => {
			const name = user(here, { shell: path });
			const connection = await open(name);
			expect(await run(connection, 'for word in a b; do echo "$word"; done')).toBe('a\nb\n');
			const file = hostPath(join(homeOf(name), "it's a\nfile!"));
			await connection.put(bytes('x !! $x'), file);
			expect(Buffer.concat(await Array.fromAsync(connection.read(file, 2))).toString()).toBe('!! $x');
		});

	it.skipIf(!has('dropbear'))('A17: works with dropbear (needs dropbear)', async () => {
		const name = user(here);
		const [address, port] = [here.address(9), await freePort(here.address(9))];
		const hostKey = join(here.folder, 'dropbear');
		const printed = execFileSync('dropbearkey', ['-t', 'ed25519', '-f', hostKey], { encoding: 'utf8', stdio: 'pipe' });
		mkdirSync(join(homeOf(name), '.ssh'));
		writeFileSync(join(homeOf(name), '.ssh/authorized_keys'), here.publicKey(here.key('id')));
		execFileSync('chown', ['-R', name, join(homeOf(name), '.ssh')]);
		const child = spawn('dropbear', ['-F', '-E', '-p', `${address}:${port}`, '-r', hostKey], { stdio: 'ignore' });
		here.onEnd(() => void child.kill('SIGKILL'));
		const pin = `[${address}]:${port} ${/^ssh-ed25519 \S+/m.exec(printed)?.[0]}`;
		const made = rig(here, { known: [pin], limits: { keepaliveMs: 100, keepaliveCount: 3 } });
		const place = { address, port, user: name };
		await expect.poll(() => made.open(place).then(opened => opened.ok || opened.because), { timeout: 5000 }).toBe(true);
		const connection = await made.connection(place);
		// Longer than an unanswered question would last.
		expect(await run(connection, 'sleep 1; echo in')).toBe('in\n');
		const file = hostPath(join(homeOf(name), 'file'));
		await connection.put(bytes('bytes'), file);
		expect(Buffer.concat(await Array.fromAsync(connection.read(file, 0))).toString()).toBe('bytes');
	});

	it('A17: says what a shell for nobody says', async () => {
		const name = user(here, { shell: '/usr/sbin/nologin' });
		expect(await why(name)).toBe(
			'the host did not start /bin/sh but answered “This account is currently not available.” and exit code 1: its login shell or a forced command does not let us',
		);
	});

	it('A17: says what a forced command answers, and sends it nothing', async () => {
		const name = user(here);
		const got = join(homeOf(name), 'got');
		const forced = await here.sshd({
			ownHome: true,
			authorized: [`command="cat >${got}; echo backups only >&2; exit 3" ${here.publicKey(here.key('id'))}`],
		});
		const because = await rig(here, { known: [forced.pin()], limits: { channelMs: 1000 } }).why({
			...forced,
			user: name,
		});
		// It waits for something that we do not send before a shell has shown itself.
		expect(because).toBe('no answer within 1000 ms');
		expect(readFileSync(got, 'utf8')).toBe('');
		const other = await here.sshd({
			authorized: [`command="echo backups only >&2; exit 3" ${here.publicKey(here.key('id'))}`],
		});
		expect(await rig(here, { known: [other.pin()] }).why({ ...other, user: name })).toMatch(
			/answered “backups only” and exit code 3/,
		);
	});

	it('A17: works through a forced command that runs what it was asked for', async () => {
		const name = user(here);
		const place = await here.sshd({
			authorized: [`command="sh -c \\"$SSH_ORIGINAL_COMMAND\\"" ${here.publicKey(here.key('id'))}`],
		});
		expect(await run(await rig(here, { known: [place.pin()] }).connection({ ...place, user: name }), 'echo in')).toBe(
			'in\n',
		);
	});

	it('A16: what profiles print is not ours, on neither side of what we print', async () => {
		const name = user(here, { shell: '/bin/bash' });
		for (const file of ['.bashrc', '.profile', '.bash_profile', '.bash_logout'])
			writeFileSync(
				join(homeOf(name), file),
				'echo "*** welcome ***"; printf "no newline"; echo noise >&2; read -t 0 x\n',
			);
		const connection = await open(name);
		const result = await connection.exec('{\nprintf ours\nexit\n} </dev/null\n' as never, { byteBudget: 10_000 });
		expect(result).toMatchObject({ kind: 'exited', code: 0 });
		expect(await run(connection, 'printf ours')).toBe('ours');
		const file = hostPath(join(homeOf(name), 'file'));
		await connection.put(bytes('bytes'), file);
		expect(Buffer.concat(await Array.fromAsync(connection.read(file, 0))).toString()).toBe('bytes');
	});

	it('A16: a profile that never stops printing is cut off', async () => {
		const name = user(here, { shell: '/bin/bash' });
		writeFileSync(join(homeOf(name), '.bashrc'), 'while :; do echo noise noise noise noise noise; done\n');
		expect(await why(name)).toMatch(/it sent more than 262144 bytes/);
	});

	describe.skipIf(!has('sudo'))('with sudo (needs sudo)', () => {
		const asking = (connectionRig: ReturnType<typeof rig>, name: string) =>
			connectionRig.connection({ ...sshd, user: name }, 'sudo');

		it('H16: asks nobody where sudo asks nobody', async () => {
			const name = user(here, { sudo: 'USER ALL=(ALL) NOPASSWD: ALL' });
			const made = rig(here, { known: [sshd.pin()], answer: () => 'never' });
			expect(await run(await asking(made, name), 'id -un')).toBe('root\n');
			expect(made.asked).toEqual([]);
		});

		it('H16: sends a password once for each exchange, asked for once, and never where others could see it', async () => {
			const name = user(here, {
				password: 'pass word\\1',
				sudo: 'Defaults:USER timestamp_timeout=0, lecture=always\nUSER ALL=(ALL) ALL',
			});
			const made = rig(here, { known: [sshd.pin()], answer: () => 'pass word\\1' });
			const connection = await asking(made, name);
			const seen = await run(
				connection,
				'id -un; cat /proc/*/cmdline /proc/$$/environ 2>/dev/null | tr "\\0" "\\n" | grep -c "pass[ ]word" || :; cat',
			);
			expect(seen).toBe('root\n0\n');
			const result = await connection.exec('{\necho words >&2\nexit 4\n} </dev/null\n' as never, {
				byteBudget: 10_000,
			});
			expect(result).toMatchObject({ kind: 'exited', code: 4, stderr: 'words\n' });
			const file = hostPath('/root/.hsctl-test-sudo');
			await connection.put(bytes('as root'), file);
			expect(Buffer.concat(await Array.fromAsync(connection.read(file, 3))).toString()).toBe('root');
			await run(connection, `rm ${file}`);
			expect(made.asked).toEqual([{ words: `sudo password of ${name} (far): `, isSecret: true }]);
		});

		it('H16: a wrong password is tried once, and on no other host again', async () => {
			const name = user(here, {
				password: 'right',
				sudo: 'Defaults:USER timestamp_timeout=0, passwd_tries=3\nUSER ALL=(ALL) ALL',
			});
			const made = rig(here, { known: [sshd.pin()], answer: () => 'wrong' });
			const wrong = `sudo says that the password of ${name} is wrong; it is not tried again, on no host`;
			const whys = await Promise.all(
				['one', 'two', 'three'].map(host => made.why({ ...sshd, name: host, user: name }, 'sudo')),
			);
			expect(whys).toEqual([wrong, wrong, wrong]);
			expect(made.asked.length).toBe(1);
		});

		it('H16: says what is missing where nobody can be asked', async () => {
			const name = user(here, { password: 'right', sudo: 'USER ALL=(ALL) ALL' });
			expect(await rig(here, { known: [sshd.pin()] }).why({ ...sshd, user: name }, 'sudo')).toBe(
				'sudo does not let us in without a password (sudo: a password is required); nobody is here to be asked for one',
			);
		});

		it('H16: says that sudo wants a terminal', async () => {
			const name = user(here, { sudo: 'Defaults:USER requiretty\nUSER ALL=(ALL) NOPASSWD: ALL' });
			expect(await rig(here, { known: [sshd.pin()] }).why({ ...sshd, user: name }, 'sudo')).toMatch(
				/^sudo on the host wants a terminal/,
			);
		});

		it('H16: says that somebody may not use sudo at all', async () => {
			const name = user(here, { password: 'right', sudo: '# USER' });
			const made = rig(here, { known: [sshd.pin()], answer: () => 'right' });
			expect(await made.why({ ...sshd, user: name }, 'sudo')).toMatch(
				/sudo does not let us in \(.*not in the sudoers file/,
			);
		});
	});

	/** sudo as others write it: it asks in its own words, somewhere on stderr. */
	it('H16: finds the question also where another sudo wraps words around it', async () => {
		const name = user(here);
		const fake = join(homeOf(name), 'bin');
		const script = `#!/bin/sh
case $1 in -n) echo 'sudo: interactive authentication is required' >&2; exit 1 ;; esac
printf '[sudo: %s] Password: ' "$3" >&2
IFS= read -r answer
[ "$answer" = right ] || { printf '\\nsudo: Authentication failed, try again.\\n[sudo: %s] Password: ' "$3" >&2; read -r more; exit 1; }
shift 4
exec "$@"
`;
		mkdirSync(fake);
		writeFileSync(join(fake, 'sudo'), script, { mode: 0o755 });
		const place = await here.sshd({ config: [`SetEnv PATH=${fake}:/usr/bin:/bin`] });
		for (const [answer, wanted] of [
			['right', 'in\n'],
			['wrong', /the password of \S+ is wrong/],
		] as const) {
			const made = rig(here, { known: [place.pin()], answer: () => answer });
			const opened = await made.open({ ...place, user: name }, 'sudo');
			if (typeof wanted === 'string')
				expect(opened.ok ? await run(opened.connection, 'echo in') : opened.because).toBe(wanted);
			else expect(opened.ok ? '' : opened.because).toMatch(wanted);
		}
	});
});

async function* bytes(text: string): AsyncIterable<Uint8Array> {
	yield Buffer.from(text);
}
