import fc from 'fast-check';
import { renderToString } from 'ink';
import { render } from 'ink-testing-library';
import { describe, expect, it } from 'vitest';
import { asUnitAddress } from '../../../src/model/brand.ts';
import { styleFor } from '../../../src/outputs/style.ts';
import { widthOf } from '../../../src/outputs/text/width.ts';
import { type Frame, frameOf, type Size } from '../../../src/outputs/tui/frame.ts';
import { paintLine } from '../../../src/outputs/tui/line.ts';
import { blankScreen, next, type Screen, type ScreenKey } from '../../../src/outputs/tui/screen.ts';
import { View } from '../../../src/outputs/tui/view.tsx';
import { hostState, type RunShape, recorder, runOf, runStarted, sampleHosts, unitStarted } from '../samples.ts';

const style = styleFor({ color: false, unicode: true });

function screenOf(hosts: number, shape: RunShape, keys: readonly ScreenKey[] = []): Screen {
	const events = runOf(hosts, shape);
	const screen = events.reduce((drawn, event) => next(drawn, { type: 'event', event }), blankScreen);
	const pressed = keys.reduce((drawn, key) => next(drawn, { type: 'key', key }), screen);
	return next(pressed, { type: 'tick', nowMs: Date.parse(screen.fold.lastAt) + 48_000 });
}

/** A third done with a failure, a third at work, a third waiting. */
const middle = (hosts: number, keys?: readonly ScreenKey[]): Screen =>
	screenOf(
		hosts,
		{
			finished: Math.floor(hosts / 3),
			waiting: Math.floor(hosts / 3),
			failing: hosts === 1 ? [0] : [1],
			unreachable: hosts > 5 ? [2] : [],
		},
		keys,
	);

const draw = (screen: Screen, size: Size): string =>
	renderToString(<View frame={frameOf(screen, size, style)} columns={size.columns} style={style} />, {
		columns: size.columns,
	});

const linesOf = (frame: Frame) => [...frame.head, ...frame.hosts, ...frame.units, ...frame.output, ...frame.foot];

describe('the live screen', () => {
	for (const size of [
		{ columns: 80, rows: 24 },
		{ columns: 160, rows: 50 },
	]) {
		it.each([1, 10, 50, 1000])(`at ${size.columns}×${size.rows} shows %d hosts and a failure`, hosts => {
			expect(`\n${draw(middle(hosts), size)}\n`).toMatchSnapshot();
		});
	}

	it('shows the log of the watched host alone after f', () => {
		expect(`\n${draw(middle(10, ['full']), { columns: 80, rows: 24 })}\n`).toMatchSnapshot();
	});

	it.each([
		[0, /stop$/, null],
		[1, /cancel on hosts$/, 'Stopping: nothing new starts. ^C again: cancel what runs on the hosts'],
		[2, /detach$/, 'Cancelling on the hosts. ^C again: detach, and leave the rest to the hosts'],
		[3, /log$/, 'Detaching: the hosts go on without us'],
	])('after Ctrl-C pressed %d times says what happens and what the next one does', (times, footer, notice) => {
		const lines = draw(middle(10, Array(times).fill('interrupt')), { columns: 80, rows: 24 }).split('\n');
		expect(lines.at(-1)).toMatch(footer);
		if (notice !== null) expect(lines[1]).toBe(notice);
	});

	it.each([
		[0, /detach$/],
		[1, /log$/],
	])('says to who only looks on that Ctrl-C leaves (%d times pressed)', (times, footer) => {
		const keys: readonly ScreenKey[] = Array(times).fill('interrupt');
		const watching: Screen = { ...middle(10), isView: true };
		const view = keys.reduce((screen, key) => next(screen, { type: 'key', key }), watching);
		expect(draw(view, { columns: 80, rows: 24 }).split('\n').at(-1)).toMatch(footer);
	});

	it('I1: fits any terminal: at most its rows less two, never wider than it is', () => {
		const screens = [
			blankScreen,
			middle(1),
			middle(10),
			middle(50, ['interrupt']),
			middle(50, ['full', 'up']),
			screenOf(3, {}),
		];
		fc.assert(
			fc.property(
				fc.constantFrom(...screens),
				fc.integer({ min: 1, max: 200 }),
				fc.integer({ min: 1, max: 70 }),
				(screen, columns, rows) => {
					const lines = linesOf(frameOf(screen, { columns, rows }, style));
					expect(lines.length).toBeLessThanOrEqual(Math.max(3, rows - 2));
					for (const line of lines) expect(widthOf(paintLine(line, columns, style))).toBeLessThanOrEqual(columns);
				},
			),
			{ numRuns: 300 },
		);
	});

	it('C6: draws no line that a host could have moved the cursor with', () => {
		const ascii = styleFor({ color: false, unicode: false });
		const screen = middle(10);
		for (const line of linesOf(frameOf(screen, { columns: 80, rows: 24 }, ascii))) {
			expect(paintLine(line, 80, ascii)).toMatch(/^[\x20-\x7e]*$/);
		}
	});

	it.each([1, 2])('of %d hosts claims nothing of one whose link is lost', amount => {
		const [host, unit] = [sampleHosts(amount)[0]!, asUnitAddress('hotfix.x')];
		const { events, emit } = recorder();
		emit(0, runStarted(sampleHosts(amount), [unit]));
		emit(0, hostState(host, 'running'));
		emit(0, unitStarted(host, unit));
		emit(0, hostState(host, 'connecting', 'the link was lost (no answer)'));
		const screen = events.reduce((drawn, event) => next(drawn, { type: 'event', event }), blankScreen);
		const later = next(screen, { type: 'tick', nowMs: Date.parse(screen.fold.lastAt) + 150_000 });
		const drawn = draw(later, { columns: 120, rows: 24 });
		expect(drawn).toMatch(/hotfix\.x {2}not heard for 2m30s {2}the link was lost \(no answer\)/);
		expect(drawn).toMatch(/hotfix\.x {2}not heard {2}for 2m30s/);
		expect(drawn).not.toContain('last line');
	});

	it('draws again when there is something new', () => {
		const size = { columns: 80, rows: 24 };
		const view = (screen: Screen) => <View frame={frameOf(screen, size, style)} columns={size.columns} style={style} />;
		const { lastFrame, rerender, unmount } = render(view(blankScreen));
		expect(lastFrame()).toContain('starting');
		rerender(view(middle(10)));
		expect(lastFrame()).toContain('edge-002  failed');
		unmount();
	});
});
