import { execFileSync, spawnSync } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { canGoLive, liveSink } from '../../../src/outputs/tui/live.tsx';
import { stoppedClock } from '../../fakes/builders.ts';
import { bundle } from './bundle-demo.ts';

const hasTmux = process.env.CI !== undefined || spawnSync('tmux', ['-V']).status === 0;

describe('a live screen', () => {
	it.each([
		[true, true, 'xterm-256color', true],
		[false, true, 'xterm', false],
		[true, false, 'xterm', false],
		[true, true, 'dumb', false],
		[true, true, undefined, true],
	] as const)('I1: with stdin a terminal: %s, stdout: %s, TERM %s may be drawn: %s', (stdin, stdout, term, may) => {
		// A stream that is no terminal has no isTTY at all.
		const stream = (isTTY: boolean) => (isTTY ? { isTTY } : {}) as { isTTY: boolean };
		expect(canGoLive(stream(stdin), stream(stdout), term)).toBe(may);
	});

	it('is never mounted without a terminal', () => {
		const { stdin, stdout } = process;
		const clock = { ...stoppedClock, now: () => new Date(0) };
		const options = {
			stdin: { ...stdin, isTTY: false } as never,
			stdout,
			look: { columns: 120, color: false, unicode: true },
			clock,
			onInterrupt() {},
		};
		expect(() => liveSink(options)).toThrow('needs a terminal');
	});
});

describe.skipIf(!hasTmux)('a live screen on a real terminal (needs tmux)', () => {
	const folder = mkdtempSync(join(tmpdir(), 'hsctl-live-'));
	const demo = join(folder, 'demo.mjs');
	// A server that is asked to end takes its time: each screen gets one of its own.
	let screens = 0;
	let socket = '';
	const tmux = (...words: string[]): string =>
		execFileSync('tmux', ['-f', '/dev/null', '-S', socket, ...words], {
			encoding: 'utf8',
			env: { ...process.env, LC_ALL: 'C.UTF-8', TMUX: '' },
		});
	const screen = (...more: string[]): string => tmux('capture-pane', '-p', ...more);

	beforeAll(() => bundle(fileURLToPath(new URL('demo.tsx', import.meta.url)), demo));
	afterEach(() => {
		spawnSync('tmux', ['-S', socket, 'kill-server']);
	});
	afterAll(() => rmSync(folder, { recursive: true, force: true }));

	function start(columns: number, rows: number, ...words: string[]): void {
		const command = `sleep 0.05; env -u CI -u NO_COLOR ${process.execPath} ${demo} ${words.join(' ')}; echo "ended with $?"; exec sleep 60`;
		screens += 1;
		socket = join(folder, `tmux${screens}`);
		const size = ['-x', String(columns), '-y', String(rows)];
		tmux(
			'-u',
			'new-session',
			'-d',
			...size,
			command,
			';',
			'set',
			'-g',
			'remain-on-exit',
			'on',
			';',
			'set',
			'-g',
			'status',
			'off',
			';',
			'set',
			'-g',
			'escape-time',
			'0',
			';',
			'set',
			'-g',
			'window-size',
			'manual',
			';',
			'resize-window',
			'-x',
			String(columns),
			'-y',
			String(rows),
		);
	}

	async function until(found: () => boolean, what: string): Promise<void> {
		for (const end = Date.now() + 8000; !found(); ) {
			if (Date.now() > end) expect.fail(`${what} never came:\n${screen()}`);
			await pause(30);
		}
	}
	const untilShown = (pattern: RegExp): Promise<void> => until(() => pattern.test(screen()), String(pattern));
	const untilEnded = (): Promise<void> => untilShown(/^ended with 0$/m);
	const keys = (...names: string[]): string => tmux('send-keys', ...names);

	it('shows ten hosts, follows keys, and tells what each Ctrl-C does', async () => {
		start(80, 24, '10', 'hold');
		await untilShown(/› ● edge-004 {2}running[\s\S]*\^C stop/);
		keys('Down');
		await untilShown(/› ● edge-005/);
		keys('f');
		await untilShown(/edge-005 hotfix.git_cve\n│ Reading package lists/);
		keys('f', 'C-c');
		await untilShown(/Stopping: nothing new starts/);
		keys('C-c');
		await untilShown(/Cancelling on the hosts/);
		keys('C-c');
		await untilEnded();
		expect(tmux('display', '-p', '#{cursor_flag}').trim()).toBe('1');
		expect(screen()).toMatch(/has not ended\n[\s\S]*watch: {5}hsctl attach 01JDB8ZQ6T/);
	});

	it('leaves failures, hosts and a summary in the scrollback, and nothing of the live part', async () => {
		start(80, 24, '10', 'finish');
		await untilEnded();
		const all = screen('-S', '-');
		expect(all.match(/^✗ edge-010 hotfix.gogs_repository_fix failed/gm)).toHaveLength(1);
		expect(all.match(/^✓ edge-001 {2}done/gm)).toHaveLength(1);
		expect(all).toMatch(
			/^ {2}✗ edge-010 {2}hotfix.gogs_repository_fix {2}failed[\s\S]*failed \(exit 5\) in 4m12s[\s\S]*hsctl resume/m,
		);
		expect(all).not.toMatch(/\^C stop|█/);
	});

	it('I1: survives 20 columns and being resized, and keeps to rows less two', async () => {
		start(20, 24, '50', 'hold');
		await untilShown(/hsctl apply/);
		for (const [columns, rows] of [
			[60, 12],
			[10, 5],
			[120, 40],
			[80, 24],
		]) {
			tmux('resize-window', '-x', String(columns), '-y', String(rows));
			await until(
				() =>
					screen()
						.split('\n')
						.some(line => line.startsWith('hsctl') || /^[█░]/.test(line)),
				`a frame at ${columns}×${rows}`,
			);
		}
		await untilShown(/› ● edge-017 {2}running[\s\S]*\^C stop/);
		keys('C-c', 'C-c', 'C-c');
		await untilEnded();
	});
});
