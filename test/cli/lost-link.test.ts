import { describe, expect, it } from 'vitest';
import { end } from '../lab/processes.ts';
import { canGoFar, type FarRig, farRig, needsFar } from './far-rig.ts';
import { finish, type Ran, statuses, until } from './rig.ts';

const apply = ['apply', 'p.yaml', '--yes', '--json'];
/** Prints numbers until it is let go. */
const counting =
	'echo begun >>$MARKS/ran\ni=0\nwhile [ ! -e $MARKS/go ]; do i=$((i+1)); echo $i; sleep 0.02; done\necho last\necho ended >>$MARKS/ran\n';

const printed = ({ stdout }: Ran): string =>
	stdout
		.split('\n')
		.filter(line => line.includes('"type":"output"'))
		.map(line => JSON.parse(line).text)
		.join('');

const isWhole = (text: string): boolean => {
	const lines = text.trimEnd().split('\n');
	return lines.pop() === 'last' && lines.every((line, at) => line === String(at + 1));
};

/** Starts a run of a script that counts until it is let go, and gives it when the first numbers are here. */
async function startCounting(far: FarRig, script = counting) {
	await far.playbook('  a: {}\n', { a: script });
	const child = far.start(apply);
	let said = '';
	child.stdout?.on('data', chunk => {
		said += String(chunk);
	});
	const ended = finish(child);
	await until(() => said.includes('"type":"output"'));
	return { child, ended, said: () => said, letGo: () => far.write({ '../marks/go': '' }) };
}

function expectOnce(far: FarRig, ran: Ran): void {
	expect([ran.code, statuses(ran)]).toEqual([0, { 'hotfix.a': 'changed' }]);
	expect(isWhole(printed(ran))).toBe(true);
	expect(far.lines('ran')).toEqual(['begun', 'ended']);
}

describe.skipIf(!canGoFar)(`a run over ssh (${needsFar})`, () => {
	it('A2: goes on when the link is reset in the middle of its output, which is shown whole, and runs once', async ({
		onTestFinished,
	}) => {
		const far = await farRig(onTestFinished);
		const { ended, letGo } = await startCounting(far);
		for (const seen of [2, 3, 4]) {
			far.line.cut('reset');
			await until(() => far.line.seen >= seen);
		}
		letGo();
		const ran = await ended;
		expectOnce(far, ran);
		expect(ran.stdout).toContain('the link was lost');
		expect(ran.stdout).toContain('the link is back');
	});

	it('A3: goes on when its own step restarts sshd and ends every session', async ({ onTestFinished }) => {
		const far = await farRig(onTestFinished, { sudo: 'USER ALL=(ALL) NOPASSWD: ALL' });
		const restart = `${counting.split('\n').slice(0, 1).join('')}\necho 1\nsudo -n kill -HUP ${far.sshd.pid}\nfor pid in $(cat /proc/${far.sshd.pid}/task/*/children); do sudo -n kill -9 "$pid"; done\necho last\necho ended >>$MARKS/ran\n`;
		await far.playbook('  a: {}\n', { a: restart });
		expectOnce(far, await far.hsctl(apply));
	});

	it('A4: goes on when its session is killed on the host', async ({ onTestFinished }) => {
		const far = await farRig(onTestFinished);
		const { ended, letGo } = await startCounting(far);
		for (const pid of far.sshd.sessions()) end(pid, 'SIGKILL');
		await until(() => far.line.seen > 1);
		letGo();
		expectOnce(far, await ended);
	});

	it('A20: is found done by a controller that slept while the link was lost and the work ended', async ({
		onTestFinished,
	}) => {
		const far = await farRig(onTestFinished);
		const { child, ended, letGo } = await startCounting(far);
		child.kill('SIGSTOP');
		far.line.cut('reset');
		letGo();
		await until(() => far.lines('ran').includes('ended'));
		child.kill('SIGCONT');
		expectOnce(far, await ended);
	});

	it('A19: is sent on where it was when the link breaks on the way, says how far it is, and arrives whole', async ({
		onTestFinished,
	}) => {
		const far = await farRig(onTestFinished);
		// A NUL cannot travel in a program: such a script goes as a file.
		const script = `echo begun >>$MARKS/ran\necho last\necho ended >>$MARKS/ran\nexit 0\n\0${'x'.repeat(8_000_000)}`;
		await far.playbook('  a: {}\n', { a: script });
		const ended = far.hsctl(apply);
		for (const bytes of [3_000_000, 6_000_000]) {
			await until(() => far.line.bytes > bytes);
			far.line.cut('reset');
		}
		const ran = await ended;
		expectOnce(far, ran);
		// Twice a piece that was on its way, and the rest of the exchanges.
		expect(far.line.bytes).toBeLessThan(8_000_000 * 1.4 + 2 * 1024 * 1024);
		expect(ran.stdout).toMatch(/of 7\.6 MiB sent/);
	});

	describe.runIf(process.env.HSCTL_LONG)('with nobody to tell that the link is gone', () => {
		it('A1: notices a line that swallows everything within a minute, and goes on when it is healed', async ({
			onTestFinished,
		}) => {
			const far = await farRig(onTestFinished);
			const { ended, said, letGo } = await startCounting(far);
			far.line.blackHole();
			const before = Date.now();
			await until(() => said().includes('the link was lost'));
			expect(Date.now() - before).toBeLessThan(75_000);
			far.line.heal();
			letGo();
			expectOnce(far, await ended);
		}, 180_000);

		it('A5: leaves a session that is frozen on the host, and goes on with another', async ({ onTestFinished }) => {
			const far = await farRig(onTestFinished);
			const { ended, said, letGo } = await startCounting(far);
			for (const pid of far.sshd.sessions()) end(pid, 'SIGSTOP');
			await until(() => said().includes('the link is back'));
			letGo();
			expectOnce(far, await ended);
		}, 180_000);
	});
});
