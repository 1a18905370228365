import { execFileSync } from 'node:child_process';
import { existsSync, readFileSync } from 'node:fs';
import { hostname } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { localConnector } from '../../src/connectors/local.ts';
import { Secrets } from '../../src/connectors/secrets.ts';
import { hostPath } from '../../src/model/brand.ts';
import type { Become } from '../../src/model/unit.ts';
import type { Question } from '../../src/ports/ask.ts';
import type { Opened } from '../../src/ports/connection.ts';
import { systemClock, systemRandom } from '../../src/storage/clock.ts';
import { host } from '../fakes/builders.ts';
import { has } from '../fakes/programs.ts';
import { hasSshd, homeOf, isRoot, type Lab, lab, needsSshd, type Sshd, user } from '../lab/lab.ts';
import { rig, run } from './ssh/rig.ts';

/** One machine with passwords of its own, and the three ways to it: they become another user alike. */
describe.skipIf(!hasSshd || !isRoot || !has('unshare'))(`becoming root (${needsSshd}, and root)`, () => {
	const password = 'pass word\\1$(x)"';
	const rootPassword = 'the root of all\\n %s';
	let here: Lab;
	let sshd: Sshd;
	let ada: string;
	let bob: string;
	beforeAll(async () => {
		here = lab();
		ada = user(here, { password, sudo: 'Defaults:USER timestamp_timeout=0, lecture=always\nUSER ALL=(ALL) ALL' });
		bob = user(here, { password });
		sshd = await here.sshd({
			etc: {
				rootPassword,
				files: { 'doas.conf': `permit ${ada} as root\npermit nopass ${bob} as root\n`, ...impatient() },
			},
		});
	});
	afterAll(() => here.close(), 30_000);

	interface Way {
		readonly asked: readonly Question[];
		open(become: Become, name?: string): Promise<Opened>;
	}

	const over =
		(by?: 'openssh') =>
		(name: string, answer?: string): Way => {
			const made = rig(here, {
				known: [sshd.pin()],
				limits: { idleMs: 5000 },
				...(answer === undefined ? {} : { answer: () => answer }),
				...(by === undefined ? {} : { by }),
			});
			return {
				asked: made.asked,
				open: (become, called = 'far') => made.open({ ...sshd, name: called, user: name }, become),
			};
		};
	/** Another user in the other machine's /etc, as if hsctl had been started there. */
	const locally = (name: string, answer?: string): Way => {
		const asked: Question[] = [];
		const ask =
			answer === undefined
				? undefined
				: {
						async ask(question: Question) {
							asked.push(question);
							return answer;
						},
					};
		const connector = localConnector({
			env: { PATH: process.env.PATH ?? '', HOME: homeOf(name) },
			clock: systemClock,
			random: systemRandom,
			secrets: new Secrets(ask),
			user: name,
			before: [
				'nsenter',
				'-m',
				'-t',
				String(sshd.pid),
				'--',
				'setpriv',
				'--reuid',
				name,
				'--regid',
				name,
				'--init-groups',
			],
		});
		return { asked, open: become => connector.open(host('box'), become, new AbortController().signal) };
	};

	describe.concurrent.each([
		['by ssh2', over(), 'far'],
		['by OpenSSH', over('openssh'), 'far'],
		['on this machine', locally, hostname()],
	] as const)('%s', (_, way, place) => {
		const isHere = place !== 'far';
		const connectionOf = async (made: Way, become: Become) => {
			const opened = await made.open(become);
			if (!opened.ok) throw new Error(opened.because);
			return opened.connection;
		};
		const because = async (made: Way, become: Become) => {
			const opened = await made.open(become);
			return opened.ok ? 'it was opened' : opened.because;
		};

		it('H16: is nobody else where nobody else is asked for', async () => {
			expect(await run(await connectionOf(way(ada, 'never'), 'none'), 'id -un')).toBe(`${ada}\n`);
		});

		it.runIf(has('doas'))('H16: asks nobody where doas asks nobody (needs doas)', async () => {
			const made = way(bob, 'never');
			expect(await run(await connectionOf(made, 'doas'), 'id -un')).toBe('root\n');
			expect(made.asked).toEqual([]);
		});

		const asking = [
			['sudo', password, `sudo password of %u (${place}): `],
			['doas', password, `doas password of %u (${place}): `],
			['su', rootPassword, `root password of ${place}: `],
		] as const;
		for (const [become, secret, words] of asking)
			describe.skipIf(!has(become) || (become === 'doas' && !has('script')))(`${become} (needs ${become})`, () => {
				it('H16: gets the password once for each exchange, asked for once; it is in no argument, no environment and no file', async () => {
					const made = way(ada, secret);
					const connection = await connectionOf(made, become);
					// A pattern that does not find itself.
					const pattern = `${secret.slice(0, 3)}[${secret.charAt(3)}]${secret.slice(4, 8)}`;
					const look = `id -un; for name in cmdline environ; do cat /proc/[0-9]*/$name 2>/dev/null | tr '\\0' '\\n' | grep -c '${pattern}'; done; grep -rl '${pattern}' /tmp/hsctl-??????/ /run/user/*/hsctl-* 2>/dev/null; cat; :`;
					expect(await run(connection, look)).toBe('root\n0\n0\n');
					const result = await connection.exec('{\necho words >&2\necho more\nexit 4\n} </dev/null\n' as never, {
						byteBudget: 10_000,
					});
					expect(result).toMatchObject({ kind: 'exited', code: 4, stderr: 'words\n' });
					const file = hostPath(join(here.folder, `${become}-${isHere}`));
					await connection.put(bytes('as root\0\n'), file);
					expect(execFileSync('stat', ['-c', '%U %a', file], { encoding: 'utf8' })).toBe('root 600\n');
					expect(Buffer.concat(await Array.fromAsync(connection.read(file, 3))).toString()).toBe('root\0\n');
					expect(await run(connection, 'echo "$USER $HOME"; command -v chpasswd')).toMatch(
						/^root \/root\n\/.*sbin\/chpasswd\n$/,
					);
					expect(made.asked).toEqual([{ words: words.replace('%u', ada), isSecret: true }]);
				});

				it('H16: a wrong one is tried once, and not again', async () => {
					const made = way(ada, 'wrong');
					const wrong = new RegExp(
						`^${become} says that the password of (root|${ada}) is wrong; it is not tried again`,
					);
					const whys = await Promise.all([1, 2].map(() => because(made, become)));
					expect(whys).toEqual([expect.stringMatching(wrong), expect.stringMatching(wrong)]);
					expect(made.asked.length).toBe(1);
				});

				it('H16: says what is missing where nobody can be asked', async () => {
					expect(await because(way(ada), become)).toMatch(
						new RegExp(
							`^${become} .*password.*; nobody is here to be asked for one$|^doas does not let us in without a password .*; nobody is here to be asked for one$`,
						),
					);
				});
			});
	});

	it.runIf(has('su'))("H16: root's password of one host goes to no other", async () => {
		const made = over()(ada, 'wrong');
		for (const name of ['one', 'two']) expect((await made.open('su', name)).ok).toBe(false);
		expect(made.asked.map(({ words }) => words)).toEqual(['root password of one: ', 'root password of two: ']);
	});

	it('H16: root becomes nobody: nothing is asked and nothing is started', async () => {
		for (const become of ['sudo', 'doas', 'su'] as const) {
			const made = over()('root', 'never');
			const opened = await made.open(become);
			expect(opened.ok && (await run(opened.connection, 'id -un'))).toBe('root\n');
			expect(made.asked).toEqual([]);
		}
	});
});

/** PAM as it is here, but a wrong password is told at once. */
function impatient(): Readonly<Record<string, string>> {
	const path = 'pam.d/common-auth';
	return existsSync(`/etc/${path}`)
		? { [path]: readFileSync(`/etc/${path}`, 'utf8').replace('pam_unix.so', 'pam_unix.so nodelay') }
		: {};
}

async function* bytes(text: string): AsyncIterable<Uint8Array> {
	yield Buffer.from(text);
}
