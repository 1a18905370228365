import { describe, expect, it } from 'vitest';
import { asUnitAddress, hostName } from '../../src/model/brand.ts';
import { cutPiece, lastLine, streamStart } from '../../src/outputs/run/line-cutter.ts';
import { lastWords } from '../../src/outputs/run/printed.ts';
import { currentUnit, emptyRun, foldEvent } from '../../src/outputs/run/run-fold.ts';
import { styleFor } from '../../src/outputs/style.ts';
import { scrollbackLines } from '../../src/outputs/tui/scrollback.ts';
import { printed, recorder, runOf, runStarted, unitFinished, unitStarted } from './samples.ts';

/** All whole lines of a text that comes in these pieces, and what is left over. */
function cut(pieces: readonly string[]): readonly string[] {
	let place = streamStart;
	const all: string[] = [];
	for (const text of pieces) {
		const { lines, place: after } = cutPiece(place, { offset: place.next, text });
		all.push(...lines);
		place = after;
	}
	return [...all, ...lastLine(place)];
}

describe('lines from pieces', () => {
	it.each([
		['whole lines', ['a\nb\n'], ['a', 'b']],
		['a line in three pieces', ['a', 'b', 'c\n'], ['abc']],
		['no line end at all', ['abc'], ['abc']],
		['CR LF cut in the middle', ['a\r', '\nb\r\n'], ['a', 'b']],
		['a progress bar', ['10%\r', '20%\r', '30%\n'], ['10%', '20%', '30%']],
		['empty lines', ['\n\na\n'], ['', '', 'a']],
		['an escape sequence cut in the middle', ['\x1b[3', '1mred\n'], ['\\x1b[31mred']],
	])('come out whole: %s', (_what, pieces, lines) => {
		expect(cut(pieces)).toEqual(lines);
	});

	it('do not depend on how the text was cut', () => {
		const text = 'first\r\nsecond\rthird\n\nlast one';
		expect(cut([...text])).toEqual(cut([text]));
	});

	it('C5: have a bound: a text without line ends is broken', () => {
		const lines = cut(Array(100).fill('x'.repeat(1000)));
		expect(Math.max(...lines.map(line => line.length))).toBeLessThanOrEqual(4096);
		expect(lines.join('')).toHaveLength(100_000);
	});

	it('C1: say when the middle of a long output was left out, but not for what redaction takes away', () => {
		const first = cutPiece(streamStart, { offset: 0, text: 'begin\nhalf' });
		expect(cutPiece(first.place, { offset: 10_010, text: 'end\n' }).lines).toEqual([
			'half',
			'[10000 bytes are only in the log on the host]',
			'end',
		]);
		expect(cutPiece(first.place, { offset: 50, text: ' line\n' }).lines).toEqual(['half line']);
	});
});

describe('a run folded from its events', () => {
	const [host, unit] = [hostName('web1'), asUnitAddress('hotfix.git_cve')];

	it('is the same for the same events, however often it is folded, and survives JSON', () => {
		const events = runOf(5, { failing: [1], unreachable: [2] });
		const replayed = events.map(event => JSON.parse(JSON.stringify(event)));
		expect(replayed.reduce(foldEvent, emptyRun)).toEqual(events.reduce(foldEvent, emptyRun));
	});

	it('knows the unit that works, and keeps the last twenty lines of stderr of one that failed', () => {
		const { events, emit } = recorder();
		emit(0, runStarted([host], [unit]));
		emit(0, unitStarted(host, unit));
		for (let line = 0, offset = 0; line < 30; line += 1, offset += 3)
			emit(0, printed(host, unit, offset, `${String(line).padStart(2, '0')}\n`, 'err'));
		emit(0, printed(host, unit, 0, 'progress\n'));
		const running = events.reduce(foldEvent, emptyRun);
		expect(currentUnit(running.hosts[0]!)?.address).toBe(unit);
		emit(0, unitFinished(host, unit, 'failed', 'exit 100'));
		const failed = events.reduce(foldEvent, emptyRun);
		const words = lastWords(failed.hosts[0]!.units[0]!.printed);
		expect([words.length, words[0], words.at(-1)]).toEqual([20, '10', '29']);
		expect(failed.counts.failed).toBe(1);
	});

	it('lets stdout speak when stderr is silent, and keeps nothing of what went well among many hosts', () => {
		const { events, emit } = recorder();
		emit(0, runStarted([host, hostName('web2')], [unit]));
		emit(0, unitStarted(host, unit));
		emit(0, printed(host, unit, 0, 'no newline at the end'));
		const words = (status: 'failed' | 'changed'): readonly string[] => {
			const end = { ...events.at(-1)!, ...unitFinished(host, unit, status, '') };
			return lastWords([...events, end].reduce(foldEvent, emptyRun).hosts[0]!.units[0]!.printed);
		};
		expect(words('failed')).toEqual(['no newline at the end']);
		expect(words('changed')).toEqual([]);
	});

	it('keeps what a success printed where one host alone is at work: somebody is there to read it', () => {
		const { events, emit } = recorder();
		emit(0, runStarted([host], [unit]));
		emit(0, unitStarted(host, unit));
		emit(0, printed(host, unit, 0, 'looked at disks\n'));
		emit(0, unitFinished(host, unit, 'changed', ''));
		const fold = events.reduce(foldEvent, emptyRun);
		expect(lastWords(fold.hosts[0]!.units[0]!.printed)).toEqual(['looked at disks']);
		const style = styleFor({ color: false, unicode: true });
		expect(scrollbackLines(fold, events.at(-1)!, style, 80).join('\n')).toContain('looked at disks');
	});

	it('shows a change that was taken back as its last word, counts it once, and leaves out what the change had printed', () => {
		const { events, emit } = recorder();
		emit(0, runStarted([host], [unit]));
		emit(0, unitStarted(host, unit));
		emit(0, printed(host, unit, 0, 'built\n'));
		emit(0, unitFinished(host, unit, 'changed', ''));
		emit(0, unitFinished(host, unit, 'rolled_back', 'a command of `verify` failed (exit 1); every file is as it was'));
		const fold = events.reduce(foldEvent, emptyRun);
		expect(fold.counts).toMatchObject({ changed: 0, rolled_back: 1 });
		expect(fold.hosts[0]?.units[0]?.end?.status).toBe('rolled_back');
		expect(lastWords(fold.hosts[0]!.units[0]!.printed)).toEqual([]);
	});

	it('takes events of hosts and units that nobody announced', () => {
		const { events, emit } = recorder();
		emit(0, unitFinished(host, unit, 'changed', ''));
		expect(events.reduce(foldEvent, emptyRun).hosts[0]).toMatchObject({
			name: 'web1',
			units: [{ address: unit, end: { status: 'changed' } }],
		});
	});
});
