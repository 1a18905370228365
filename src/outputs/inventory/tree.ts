import { styleFor } from '../style.ts';
import type { TextLook } from '../text-out.ts';
import { visibleLine } from '../visible.ts';
import { type GroupPicture, hostsWithoutGroup, topGroups } from './group-picture.ts';

/** Groups with their groups and hosts, as a tree of lines. A group that lies in several others is shown in each. */
export function inventoryTree(picture: GroupPicture, look: TextLook): string {
	const { paint } = styleFor(look);
	const drawing: Drawing = {
		picture,
		strokes: look.unicode ? unicodeStrokes : asciiStrokes,
		group: name => paint('strong', visibleLine(name)),
		seen: new Set(),
		lines: [paint('strong', 'all')],
	};
	draw(childrenOf({ groups: topGroups(picture), hosts: hostsWithoutGroup(picture) }), '', drawing);
	return `${drawing.lines.join('\n')}\n`;
}

interface Drawing {
	readonly picture: GroupPicture;
	readonly strokes: Strokes;
	readonly group: (name: string) => string;
	readonly seen: Set<string>;
	readonly lines: string[];
}

interface Child {
	readonly name: string;
	readonly isGroup: boolean;
}

const childrenOf = ({ groups, hosts }: { groups: readonly string[]; hosts: readonly string[] }): readonly Child[] => [
	...groups.map(name => ({ name, isGroup: true })),
	...hosts.map(name => ({ name, isGroup: false })),
];

/** Groups in groups in groups can stand for more lines than a disk has room for: beyond this, one that was shown is only named. */
const mostRepeated = 10_000;

function draw(children: readonly Child[], indent: string, drawing: Drawing): void {
	const { strokes, lines, seen, picture } = drawing;
	for (const [index, { name, isGroup }] of children.entries()) {
		const isLast = index === children.length - 1;
		const head = indent + (isLast ? strokes.last : strokes.next);
		const content = isGroup ? picture.groups.get(name) : undefined;
		if (content === undefined) {
			lines.push(head + visibleLine(name));
			continue;
		}
		const isCut = seen.has(name) && lines.length > mostRepeated;
		lines.push(head + drawing.group(name) + (isCut ? ' (see above)' : ''));
		seen.add(name);
		if (!isCut) draw(childrenOf(content), indent + (isLast ? strokes.gap : strokes.pass), drawing);
	}
}

type Strokes = Readonly<Record<'next' | 'last' | 'pass' | 'gap', string>>;
const unicodeStrokes: Strokes = { next: '├── ', last: '└── ', pass: '│   ', gap: '    ' };
const asciiStrokes: Strokes = { next: '|-- ', last: '`-- ', pass: '|   ', gap: '    ' };
