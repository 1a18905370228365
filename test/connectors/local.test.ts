import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { localConnector } from '../../src/connectors/local.ts';
import { Secrets } from '../../src/connectors/secrets.ts';
import type { Connection, ShellProgram } from '../../src/ports/connection.ts';
import { systemClock, systemRandom } from '../../src/storage/clock.ts';
import { connectionContract } from '../contracts/connection.ts';
import { connectorContract } from '../contracts/connector.ts';
import { host } from '../fakes/builders.ts';
import { has } from '../fakes/programs.ts';

const connector = (shell?: readonly string[], env: Readonly<Record<string, string>> = {}) =>
	localConnector({
		...{ clock: systemClock, random: systemRandom, secrets: new Secrets(undefined), user: 'me' },
		env: { PATH: process.env.PATH ?? '', ...env },
		...(shell === undefined ? {} : { shell }),
	});

async function open(...how: Parameters<typeof connector>): Promise<Connection> {
	const opened = await connector(...how).open(host('here'), 'none', new AbortController().signal);
	if (!opened.ok) throw new Error(opened.because);
	return opened.connection;
}

const rigOf = (shell?: readonly string[]) => async () => {
	const folder = mkdtempSync(join(tmpdir(), 'hsctl-connection-'));
	return {
		open: () => open(shell),
		folder,
		close: () => rmSync(folder, { recursive: true, force: true }),
	};
};

connectorContract('the local connector', async () => ({ connector, host: host('here'), close() {} }), 'shells');
connectionContract('the local connection', rigOf());
if (has('busybox')) connectionContract('the local connection to busybox sh', rigOf(['busybox', 'sh']));
else it.skip('the local connection to busybox sh (busybox is not on this machine)', () => {});

describe('the local connection', () => {
	const run = async (connection: Connection, program: string) => {
		const result = await connection.exec(`{\n${program}\n} </dev/null\n` as ShellProgram, { byteBudget: 100_000 });
		return result.kind === 'exited' ? new TextDecoder().decode(result.stdout) : result.because;
	};

	it('begins in / and sees nothing of our environment but what it is given', async () => {
		process.env.HSCTL_TEST_SECRET = 'x';
		const connection = await open(undefined, { HOME: '/nowhere' });
		expect(await run(connection, 'pwd; echo "$HOME ${HSCTL_TEST_SECRET-unset}"')).toBe('/\n/nowhere unset\n');
		delete process.env.HSCTL_TEST_SECRET;
	});

	it('is in a group of its own: Ctrl-C on our terminal is not for it', async () => {
		const connection = await open();
		const [pid, group] = (await run(connection, 'ps -o pid=,pgid= -p $$')).trim().split(/\s+/);
		expect(pid).toBe(group);
	});

	it('says what is wrong when there is no such shell', async () => {
		const connection = await open(['/no/such/shell']);
		const result = await connection.exec('exit 0' as ShellProgram, { byteBudget: 100 });
		expect(result).toMatchObject({ kind: 'lost', because: expect.stringMatching(/no\/such\/shell/) });
	});

	it('is lost when the shell is killed, and not taken for an exit', async () => {
		expect(await run(await open(), 'kill -9 $$')).toMatch(/SIGKILL/);
	});

	it('ends what it has started when we leave, but nothing with a session of its own', async () => {
		const folder = mkdtempSync(join(tmpdir(), 'hsctl-leave-'));
		const connection = await open();
		const leaving = new AbortController();
		const program = `setsid sh -c 'echo $$ >${folder}/own.new; mv ${folder}/own.new ${folder}/own; exec sleep 60' >/dev/null 2>&1 &
setsid sh -c 'echo $$ >${folder}/loud.new; mv ${folder}/loud.new ${folder}/loud; while :; do sleep 0.05; echo loud; done' &
until [ -e ${folder}/own ] && [ -e ${folder}/loud ]; do sleep 0.02; done
sleep 60 &
echo $! >${folder}/group
echo ready
wait`;
		await connection.exec(`{\n${program}\n} </dev/null\n` as ShellProgram, {
			byteBudget: 1000,
			signal: leaving.signal,
			onStdout: () => leaving.abort(),
		});
		// A dead process may stay listed where PID 1 collects nobody.
		const alive = async (name: string) =>
			(
				await run(
					connection,
					`read -r stat 2>/dev/null <"/proc/$(cat ${folder}/${name})/stat" || stat=') X'
case \${stat##*')'} in ' Z'* | ' X'*) echo no ;; *) echo yes ;; esac`,
				)
			).trim();
		expect(await alive('own')).toBe('yes');
		await expect.poll(() => alive('group'), { timeout: 5000 }).toBe('no');
		// What got away and prints to us finds nobody there.
		await expect.poll(() => alive('loud'), { timeout: 5000 }).toBe('no');
		await run(connection, `kill "$(cat ${folder}/own)"`);
		rmSync(folder, { recursive: true, force: true });
	});
});
