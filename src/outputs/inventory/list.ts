import type { Host } from '../../model/inventory.ts';
import { styleFor } from '../style.ts';
import { count } from '../text/count.ts';
import { clip, pad, widthOf } from '../text/width.ts';
import type { TextLook } from '../text-out.ts';
import { visibleLine } from '../visible.ts';
import { whereOf } from './where.ts';

/** Hosts as given, a line each. */
export function inventoryList(hosts: readonly Host[], shown: string, look: TextLook): string {
	const { paint, glyphs } = styleFor(look);
	const rows = hosts.map(host => [
		visibleLine(host.name),
		host.connection,
		whereOf(host),
		visibleLine(host.groups.join(', ')),
	]);
	const widths = head.map((_, column) => Math.max(...[head, ...rows].map(row => widthOf(row[column] ?? ''))));
	const line = (row: readonly string[]): string =>
		clip(
			row
				.map((cell, column) => pad(cell, widths[column] ?? 0))
				.join('  ')
				.trimEnd(),
			look.columns,
			glyphs.cut,
		);
	return `${[
		paint('strong', line(head)),
		...rows.map(line),
		'',
		paint('quiet', `${count(hosts.length, 'host')} of ${visibleLine(shown)}`),
	].join('\n')}\n`;
}

const head = ['HOST', 'CONNECTION', 'ADDRESS', 'GROUPS'] as const;
