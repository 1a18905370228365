import { describe, expect, it } from 'vitest';
import { importingJson } from './made-playbook.ts';
import * as upstream from './upstream.ts';

/** The path of each value that holds no others, as notes write it, and the document with another value in its place. */
function* changes(value: unknown, path: string): Generator<readonly [path: string, changed: unknown]> {
	if (Array.isArray(value)) {
		for (const [index, item] of value.entries())
			for (const [inner, changed] of changes(item, `${path}[${index}]`)) yield [inner, value.with(index, changed)];
	} else if (typeof value === 'object' && value !== null) {
		for (const [key, item] of Object.entries(value))
			for (const [inner, changed] of changes(item, path === '' ? key : `${path}.${key}`))
				yield [inner, { ...value, [key]: changed }];
	} else yield [path, another(value)];
}

function another(value: unknown): unknown {
	if (typeof value === 'boolean') return !value;
	if (typeof value === 'number') return value + 1;
	return typeof value === 'string' ? `${value}x` : 'x';
}

interface Made {
	/** Everything that is written, without comments, and what people are told to do. */
	readonly written: string;
	readonly notes: readonly { readonly path: string; readonly reason: string }[];
}

function make(file: string, json: unknown): Made {
	const files = {
		[file]: json,
		'modules/sbin/src/more.conf': 'a=1\n',
		'up/gogs/index.json': upstream.release('gogs', 2),
	};
	const words = file.startsWith('up/') ? [file, 'up/gogs/index.json'] : [file];
	const imported = importingJson(files, { words });
	if (!imported.ok) return { written: JSON.stringify(imported.error), notes: [] };
	const made = imported.value;
	const others = made.kind === 'playbook' ? [made.seedState, ...made.modules.values()] : [];
	const cures = made.notes.map(({ cure }) => cure ?? '');
	return {
		written: [made.text.replaceAll(/^ *#.*$/gm, ''), ...others, ...cures].join('\n'),
		notes: made.notes.map(({ subject, reason }) => ({ path: subject.replaceAll('`', ''), reason })),
	};
}

/** A note about the value itself, or about something around it that is left out as a whole. */
const isNoted = (path: string, { notes }: Made): boolean =>
	notes.some(
		note =>
			note.path === path ||
			(/left out/.test(note.reason) && (path.startsWith(`${note.path}.`) || path.startsWith(`${note.path}[`))),
	);

/** What part of a list a page is, and the order of files, which one file does not have. */
const alone = /^(?:page|perPage|totalItems|metadata\.priority)$/;

const shapes: readonly (readonly [name: string, file: string, json: unknown])[] = [
	...Object.entries(upstream)
		.filter(([name]) => !/manifest|Rows|release|globalIndex/.test(name))
		.map(([name, json]) => [name, 'modules/sbin/index.json', json] as const),
	['release', 'up/forgejo/index.json', upstream.release('forgejo', 2)],
	['manifest', 'manifest.json', upstream.manifest],
	['exceptionRows', 'rows.json', upstream.exceptionRows],
	['patchRows', 'rows.json', upstream.patchRows],
	['rebootRows', 'reboots.json', upstream.rebootRows],
];

describe('every value of a file', () => {
	it.each(shapes)('(%s) makes a difference to what is written, or has a note with its place', (_name, file, json) => {
		const plain = JSON.parse(JSON.stringify(json)) as unknown;
		const made = make(file, plain);
		const silent: string[] = [];
		let values = 0;
		for (const [path, changed] of changes(plain, '')) {
			values += 1;
			const other = make(file, changed);
			const isSilent = made.written === other.written && !isNoted(path, made) && !isNoted(path, other);
			if (isSilent && !alone.test(path)) silent.push(path);
		}
		expect(silent).toEqual([]);
		expect(values).toBeGreaterThan(5);
	});
});
