import { decisionMarks, type Mark } from '../style.ts';
import { duration } from '../text/duration.ts';
import { pad, widthOf } from '../text/width.ts';
import { visibleLine } from '../visible.ts';
import { endMark } from './end-mark.ts';
import { currentUnit, type HostFold, type UnitFold } from './run-fold.ts';

export interface UnitRow {
	readonly unit: UnitFold;
	readonly mark: Mark;
	/** Address, word and time, as wide as those of the other units of the host. */
	readonly cells: string;
}

/** The units of a host as a list; `times`: whether their durations are shown. */
export function unitRows(host: HostFold, times: boolean): readonly UnitRow[] {
	const rows = host.units.map(unit => {
		const mark = markOf(host, unit);
		const took = unit.end?.durationMs ?? 0;
		return { unit, mark, columns: [visibleLine(unit.address), mark.word, took > 0 && times ? duration(took) : ''] };
	});
	const widths = [0, 1, 2].map(column => Math.max(0, ...rows.map(({ columns }) => widthOf(columns[column] ?? ''))));
	return rows.map(({ unit, mark, columns }) => ({
		unit,
		mark,
		cells: columns.map((cell, column) => padded(cell, widths[column])).join(''),
	}));
}

/** An empty column takes no room. */
const padded = (cell: string, width = 0): string => (width === 0 ? '' : `${pad(cell, width)}  `);

function markOf(host: HostFold, unit: UnitFold): Mark {
	if (unit.end !== null) return endMark(unit, unit.end);
	if (currentUnit(host) === unit) return { glyph: 'runs', word: 'running', tone: 'change' };
	return { glyph: 'waits', word: decisionMarks[unit.action].word, tone: 'quiet' };
}
