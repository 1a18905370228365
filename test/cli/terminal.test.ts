import { describe, expect, it } from 'vitest';
import { hasTmux, type Terminal, terminal } from '../lab/terminal.ts';
import { dangers, hostile, hostileScript } from './hostile-output.ts';
import { hsctlBin, type Rig, rig, statuses, until } from './rig.ts';

const isLong = process.env.HSCTL_LONG !== undefined;
/** Their bytes are looked at without a terminal too (hostile-output.test.ts). */
const longCases = isLong
	? ([
			['plain lines', 'apply p.yaml --yes --tui off -v', 'tmux-256color', 80],
			['JSON', 'apply p.yaml --yes --json', 'tmux-256color', 80],
		] as const)
	: [];

/** As a person types it, in the folder of the repository. */
const typed = ({ root }: Rig, words: string, env = ''): string =>
	`cd '${root}/repo'; env -i PATH="$PATH" TERM="$TERM" LC_ALL=C.UTF-8 HOME='${root}/home' XDG_STATE_HOME='${root}/controller' ${env} '${hsctlBin}' ${words}`;

/** Prints, waits until it is let go, and fails. */
const waiting = (script: string): string =>
	`${script.replace('exit 3\n', '')}\necho begun >>$MARKS/ran\nuntil [ -e $MARKS/go ]; do sleep 0.02; done\necho ended >>$MARKS/ran\nexit 3\n`;

const go = (r: Rig): void => r.write({ '../marks/go': '' });

function expectUntouched(screen: Terminal): void {
	expect(screen.state('#{pane_title}')).not.toContain('hacked');
	expect(screen.clipboard()).toBe('');
	expect(screen.state('#{alternate_on}')).toBe('0');
	expect(dangers(screen.text('all'))).toEqual([]);
}

describe.skipIf(!hasTmux).concurrent('on a real terminal (needs tmux)', () => {
	it('C6: hostile output would write to the clipboard and the title, were it let through', async ({
		onTestFinished,
	}) => {
		const screen = terminal(onTestFinished);
		const octal = [...Buffer.from(hostile.clipboard + hostile.title)].map(
			byte => `\\${byte.toString(8).padStart(3, '0')}`,
		);
		screen.run(`printf '${octal.join('')}'`);
		expect(await screen.ends()).toBe(0);
		await until(() => screen.clipboard() === 'hacked');
		expect(screen.state('#{pane_title}')).toBe('hacked-title');
	});

	it.for([
		['the live screen', 'apply p.yaml --yes', 'tmux-256color', 80],
		['the live screen of 20 columns', 'apply p.yaml --yes', 'tmux-256color', 20],
		['a terminal that can do nothing', 'apply p.yaml --yes', 'dumb', 80],
		...longCases,
	] as const)('C6, I1: hostile output steers nothing on %s', async ([, words, term, columns], { onTestFinished }) => {
		const r = rig(onTestFinished);
		await r.playbook('  a: {}\n', { a: waiting(hostileScript()) });
		const screen = terminal(onTestFinished, { columns, term });
		screen.run(typed(r, words));
		await until(() => r.lines('ran').includes('begun'));
		if (words.endsWith('--yes')) await screen.shows(/hotfix/);
		screen.resize(40, 10);
		screen.resize(200, 50);
		screen.resize(columns, 24);
		go(r);
		expect(await screen.ends()).toBe(5);
		expectUntouched(screen);
		expect(screen.state('#{cursor_flag}')).toBe('1');
	});

	it.for(isLong ? [80, 20] : [20])(
		'C6, I1: hostile output steers nothing when it is shown again in %d columns',
		async (columns, { onTestFinished }) => {
			const r = rig(onTestFinished);
			await r.playbook('  a: {}\n', { a: hostileScript() });
			await r.hsctl(['apply', 'p.yaml', '--yes']);
			const screen = terminal(onTestFinished, { columns });
			for (const [verb, code] of [
				['show last', 0],
				['logs', 0],
				['attach last', 5],
				['plan p.yaml -v', 0],
			] as const) {
				screen.run(typed(r, verb));
				expect(await screen.ends()).toBe(code);
				expectUntouched(screen);
			}
			expect(screen.text('all')).toContain('hotfix.a');
		},
	);

	it('I1: NO_COLOR and a terminal that can do nothing get no escape sequence at all', async ({ onTestFinished }) => {
		const r = rig(onTestFinished);
		await r.playbook('  a: {}\n', { a: 'echo hi; exit 3\n' });
		for (const [term, env, flags] of [
			['dumb', '', ''],
			['tmux-256color', 'NO_COLOR=1', '--tui off'],
		] as const) {
			const screen = terminal(onTestFinished, { term });
			// script(1) writes down every byte that a terminal gets.
			screen.run(
				`script -qec "${typed(r, `apply p.yaml --yes ${flags}`, env).replaceAll('"', '\\"').replaceAll('$', '\\$')}" '${r.marks}/typescript'`,
			);
			expect(await screen.ends()).toBe(5);
			const bytes = r.lines('typescript').filter(line => !line.startsWith('Script '));
			expect(bytes.join('\n')).toContain('box hotfix.a │ hi');
			expect(bytes.filter(line => line.includes('\x1b'))).toEqual([]);
		}
	});

	it('B4: a terminal that is closed ends hsctl, and not what runs on the host', async ({ onTestFinished }) => {
		const r = rig(onTestFinished);
		await r.playbook('  a: {}\n  b: {}\n', {
			a: waiting('').replace('exit 3\n', ''),
			b: 'echo b >>$MARKS/ran\n',
		});
		const screen = terminal(onTestFinished);
		screen.run(typed(r, `apply p.yaml --yes`));
		await until(() => r.lines('ran').includes('begun'));
		await screen.shows(/hotfix\.a/);
		screen.close();
		go(r);
		await until(() => r.lines('ran').includes('b'));
		const [run] = JSON.parse((await r.hsctl(['history', '--json'])).stdout).runs;
		expect(run).toMatchObject({ exit_code: null });
		const attached = await r.hsctl(['attach', 'last', '--json']);
		expect([attached.code, statuses(attached)]).toEqual([0, { 'hotfix.a': 'changed', 'hotfix.b': 'changed' }]);
		expect(r.lines('ran')).toEqual(['begun', 'ended', 'b']);
		expect((await r.hsctl(['audit', 'verify'])).code).toBe(0);
	});
});
