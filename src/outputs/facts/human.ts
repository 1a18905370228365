import type { SavedHost } from '../../model/saved-facts.ts';
import { styleFor } from '../style.ts';
import { pad, widthOf } from '../text/width.ts';
import { wrap } from '../text/wrap.ts';
import type { TextLook } from '../text-out.ts';
import { visibleLine } from '../visible.ts';

/** A host with the facts that have a name; absent: it does not tell. */
export interface HostFactsShown {
	readonly host: SavedHost;
	readonly named: readonly (readonly [name: string, value: string | undefined])[];
}

/** What each host told, a table each. */
export const factsText = (hosts: readonly HostFactsShown[], look: TextLook): string =>
	`${hosts.map(one => hostLines(one, look).join('\n')).join('\n\n')}\n`;

function hostLines({ host, named }: HostFactsShown, look: TextLook): readonly string[] {
	const { paint, glyphs } = styleFor(look);
	const name = paint('strong', visibleLine(host.name));
	if (!host.reached) {
		const head = `  ${glyphs.warns} unreachable  `;
		const [first = '', ...rest] = wrap(visibleLine(host.because), Math.max(20, look.columns - head.length));
		return [name, paint('attention', head) + first, ...rest.map(line => ' '.repeat(head.length) + line)];
	}
	const [seen] = host.seen;
	const rows: readonly (readonly [string, string])[] = [
		...named.map(([fact, value]) => [fact, value ?? 'not told'] as const),
		...(seen === undefined ? [] : [['state folder', stateWords(seen.facts.state)] as const]),
		...host.seen.map(({ become, looks, memory }, index): readonly [string, string] => [
			index === 0 ? 'taken' : '',
			`${become === 'none' ? 'without become' : `with become: ${become}`}: ${looks.length} looks, ${memory.receipts.length} receipts`,
		]),
	];
	const labels = Math.max(...rows.map(([label]) => widthOf(label)));
	return [
		name,
		...rows.flatMap(([label, value]) =>
			wrap(visibleLine(value), Math.max(20, look.columns - labels - 4)).map(
				(line, index) => `  ${paint('quiet', pad(index === 0 ? label : '', labels))}  ${line}`,
			),
		),
	];
}

const stateWords = ({ path, condition, because }: { path: string; condition: string; because: string }): string =>
	`${path}: ${condition}${because === '' ? '' : `, ${because}`}`;
