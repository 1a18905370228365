import { execFileSync, spawnSync } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import { has } from '../fakes/programs.ts';

export const hasTmux = has('tmux');

/** A real terminal of its own: what a person would see, press and lose. */
export interface Terminal {
	/** Starts a shell command in it, in place of the one before. */
	run(command: string): void;
	/** Waits until the command is over, and gives its exit code. */
	ends(): Promise<number>;
	/** What is on the screen; with `all`, what has scrolled away too. */
	text(all?: 'all'): string;
	/** Waits until it is there; the test's own time limit ends the waiting. */
	shows(pattern: RegExp): Promise<void>;
	keys(...names: readonly string[]): void;
	resize(columns: number, rows: number): void;
	/** What tmux knows of the terminal: `#{pane_title}`, `#{cursor_flag}` … */
	state(format: string): string;
	/** What was put into the clipboard by whoever writes to this terminal. */
	clipboard(): string;
	/** As the window is closed: everybody in it gets SIGHUP. */
	close(): void;
}

export function terminal(
	onTestFinished: (cleanUp: () => void) => void,
	{
		columns = 80,
		rows = 24,
		term = 'tmux-256color',
	}: { readonly columns?: number; readonly rows?: number; readonly term?: string } = {},
): Terminal {
	const folder = mkdtempSync(join(tmpdir(), 'hsctl-terminal-'));
	const socket = join(folder, 'tmux');
	const tmux = (...words: readonly string[]): string =>
		execFileSync('tmux', ['-f', '/dev/null', '-S', socket, ...words], {
			encoding: 'utf8',
			env: { PATH: process.env.PATH, HOME: folder, LC_ALL: 'C.UTF-8' },
			stdio: ['ignore', 'pipe', 'pipe'],
		});
	const close = (): void => {
		spawnSync('tmux', ['-S', socket, 'kill-server'], { stdio: 'ignore' });
	};
	onTestFinished(() => {
		close();
		rmSync(folder, { recursive: true, force: true });
	});
	const size = ['-x', String(columns), '-y', String(rows)];
	const options = [
		['remain-on-exit', 'on'],
		['status', 'off'],
		['escape-time', '0'],
		['window-size', 'manual'],
		['set-clipboard', 'on'],
		['allow-rename', 'on'],
		['default-terminal', term],
		['history-limit', '20000'],
	].flatMap(([name = '', value = '']) => [';', 'set', '-g', name, value]);
	tmux('-u', 'new-session', '-d', ...size, 'exec sleep 600', ...options, ';', 'resize-window', ...size);
	const text = (all?: 'all'): string => tmux('capture-pane', '-p', ...(all === undefined ? [] : ['-S', '-']));
	let count = 0;
	const shows = async (pattern: RegExp): Promise<RegExpExecArray> => {
		for (;;) {
			const found = pattern.exec(text());
			if (found !== null) return found;
			await pause(30);
		}
	};
	return {
		run(command) {
			count += 1;
			tmux('respawn-pane', '-k', `${command}; echo "end ${count} with $?"; exec sleep 600`);
		},
		ends: async () => Number((await shows(new RegExp(`^end ${count} with (\\d+)$`, 'm')))[1]),
		text,
		shows: async pattern => void (await shows(pattern)),
		keys: (...names) => void tmux('send-keys', ...names),
		resize: (width, height) => void tmux('resize-window', '-x', String(width), '-y', String(height)),
		state: format => tmux('display', '-p', format).trim(),
		clipboard: () => spawnSync('tmux', ['-S', socket, 'show-buffer'], { encoding: 'utf8' }).stdout,
		close,
	};
}
