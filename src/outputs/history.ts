import type { RunSummary } from '../ports/journal.ts';
import { exitWords } from './run/summary.ts';
import { styleFor, type Tone } from './style.ts';
import { duration } from './text/duration.ts';
import { clip, pad, padStart, widthOf } from './text/width.ts';
import type { TextLook } from './text-out.ts';
import { visibleLine } from './visible.ts';

/** The list of runs, as given: a line each. Ids are shortened as far as they stay apart in the list. */
export function historyText(runs: readonly RunSummary[], look: TextLook): string {
	const { paint, glyphs } = styleFor(look);
	if (runs.length === 0) return 'No runs yet\n';
	const rows = runs.map(run => row(run, shortest(runs.map(({ run }) => run))));
	const widths = head.map((title, column) =>
		Math.max(widthOf(title), ...rows.map(({ cells }) => widthOf(cells[column] ?? ''))),
	);
	const line = (cells: readonly string[], paintResult: (text: string) => string): string => {
		const padded = cells.map((cell, column) => (column === 4 ? padStart : pad)(cell, widths[column] ?? 0));
		const before = padded.slice(0, 3).join('  ');
		const after = `${padded[4]}  ${cells[5]}`;
		const room = look.columns - widthOf(`${before}  ${padded[3]}  `);
		return `${before}  ${paintResult(padded[3] ?? '')}  ${clip(after, Math.max(room, 12), glyphs.cut)}`.trimEnd();
	};
	const lines = rows.map(({ cells, tone }) => line(cells, text => paint(tone, text)));
	return `${[
		paint(
			'strong',
			line(head, text => text),
		),
		...lines,
	].join('\n')}\n`;
}

const head = ['RUN', 'STARTED (UTC)', 'TOOK', 'RESULT', 'HOSTS', 'PLAYBOOK'] as const;

function row(run: RunSummary, idLength: number): { readonly cells: readonly string[]; readonly tone: Tone } {
	const { finishedAt, startedAt, exitCode } = run;
	const took = finishedAt === null ? '' : duration(Date.parse(finishedAt) - Date.parse(startedAt));
	const undo = run.purpose === 'undo' ? ' (rollback)' : '';
	const cells = [
		run.run.slice(0, idLength),
		startedAt.slice(0, 16).replace('T', ' '),
		took,
		exitCode === null ? 'no end seen' : `${exitWords(exitCode)} (${exitCode})`,
		String(run.hosts),
		visibleLine(run.playbook) + undo,
	];
	return { cells, tone: toneOf(exitCode) };
}

const toneOf = (exitCode: number | null): Tone => {
	if (exitCode === null) return 'attention';
	return exitCode === 0 || exitCode === 2 ? 'good' : 'bad';
};

/** A ULID's first ten characters are its millisecond: fewer would make ids look alike that are not. */
function shortest(ids: readonly string[]): number {
	for (let length = 10; length < 26; length += 1) {
		if (new Set(ids.map(id => id.slice(0, length))).size === new Set(ids).size) return length;
	}
	return 26;
}
