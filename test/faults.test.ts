import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';

const root = join(import.meta.dirname, '..');
const text = readFileSync(join(root, 'docs/faults.md'), 'utf8');

interface Row {
	readonly number: string;
	/** Paths from the root of the repository. */
	readonly files: readonly string[];
	readonly status: string;
	readonly seen: string;
}

const rows: readonly Row[] = text
	.split('\n')
	.filter(line => /^\| [A-I]\d/.test(line))
	.map(line => {
		const [number = '', , tests = '', status = '', seen = ''] = line
			.split(' |')
			.map(cell => cell.replace(/^\| ?/, '').trim());
		const files = [...tests.matchAll(/\]\(([^)]+)\)/g)].map(([, target = '']) => join('docs', target));
		return { number, files, status, seen };
	});

const numberOf = (number: string) => rows.find(row => row.number === number);

/** `B5: …` and `B5, B6: …` begin a title, `(A10, A11)` and `(A12; needs …)` end one. */
function numbersIn(source: string): ReadonlySet<string> {
	const group = '[A-I]\\d{1,2}(?:, [A-I]\\d{1,2})*';
	const titles = new RegExp(`['"\`](${group}): |\\((${group})(?:[;,] needs [^)]*)?\\)['"\`]`, 'g');
	return new Set([...source.matchAll(titles)].flatMap(([, before, behind]) => (before ?? behind ?? '').split(', ')));
}

const testFiles = readdirSync(join(root, 'test'), { recursive: true, encoding: 'utf8' })
	.filter(file => /\.tsx?$/.test(file) && file !== 'faults.test.ts')
	.map(file => join('test', file));

describe('docs/faults.md', () => {
	it('has each fault once, in order', () => {
		const counts = { A: 21, B: 18, C: 8, D: 13, E: 4, F: 7, G: 9, H: 18, I: 2 };
		const all = Object.entries(counts).flatMap(([letter, count]) =>
			Array.from({ length: count }, (_, index) => `${letter}${index + 1}`),
		);
		expect(rows.map(({ number }) => number)).toEqual(all);
	});

	it.each(rows)('says of $number how it is tested, or why not', ({ files, status, seen }) => {
		expect(status).toMatch(
			/^(tested($|; |(?= for | in the long tier))|needs a virtual machine: .|comes with .|not tested yet: .)/,
		);
		expect(files.length > 0).toBe(status.startsWith('tested'));
		if (status.startsWith('tested')) expect(seen).not.toBe('');
	});

	it.each(rows.filter(({ files }) => files.length > 0))(
		'names for $number files with a test of that number',
		({ number, files }) => {
			for (const file of files)
				expect([file, numbersIn(readFileSync(join(root, file), 'utf8')).has(number)]).toEqual([file, true]);
		},
	);

	it('has a tested row for each number in the title of a test', () => {
		const astray = testFiles.flatMap(file =>
			[...numbersIn(readFileSync(join(root, file), 'utf8'))]
				.filter(number => numberOf(number)?.status.startsWith('tested') !== true)
				.map(number => `${file}: ${number}`),
		);
		expect(astray).toEqual([]);
	});

	it('reads the numbers of all forms of titles, and of nothing else', () => {
		expect(numbersIn(`it('B5, B6: x'); it.each([])("A1: %s"); it('y (A12; needs ssh-keygen)'); it('z (C8)')`)).toEqual(
			new Set(['B5', 'B6', 'A1', 'A12', 'C8']),
		);
		expect(numbersIn(`it('shows C1'); it('fault (12)'); // see B7: there`)).toEqual(new Set());
	});

	it('excuses only tests that are there', () => {
		const listed = [...text.matchAll(/^- \[(test\/[^\]]+)\]\(([^)]+)\): "([^"]+)"/gm)];
		expect(listed.length).toBeGreaterThan(0);
		for (const [, file = '', link = '', title = ''] of listed) {
			expect(join('docs', link)).toBe(file);
			expect(readFileSync(join(root, file), 'utf8')).toContain(title);
		}
	});
});
