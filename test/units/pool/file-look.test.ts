import { describe, expect, it } from 'vitest';
import { sha256Digest } from '../../../src/model/brand.ts';
import { type FileSight, lookAtFiles, readSights, showTexts } from '../../../src/units/pool/file-look.ts';

const a = 'a'.repeat(64);
const b = 'b'.repeat(64);
const two = [{ dest: '/srv/1' }, { dest: '/srv/sub/2' }];
const read = (...lines: readonly string[]): readonly FileSight[] => readSights(lines.join('\n'), two);
const nothing: FileSight = { seen: { kind: 'unseen' }, bars: [], kept: [] };
const file = (over: object = {}) => ({
	kind: 'file',
	mode: '644',
	user: 'root',
	uid: '0',
	group: 'root',
	gid: '0',
	links: 1,
	bytes: 115,
	digest: sha256Digest(a),
	...over,
});

describe('the look at files', () => {
	it('asks with every path as one word, whatever is in it', () => {
		const wanted = { dest: "/srv/it's $(id) *", follow: true, digest: sha256Digest(a), known: [sha256Digest(b)] };
		expect(lookAtFiles([wanted]).text).toBe(`hs_look_files '/srv/it'\\''s $(id) *' yes ${a},${b}`);
		expect(showTexts(3, [{ ...wanted, follow: false }]).text).toBe(`hs_look_texts 3 '/srv/it'\\''s $(id) *' no ${a}`);
	});
});

describe('what a look at files printed', () => {
	it('of a Debian host is understood', () => {
		expect(
			read(
				`file 1 644 root 0 root 0 1 115 ${a}`,
				'package 1 dpkg nginx-common same',
				'bar 2 closed /srv/sub',
				'path 2 absent',
				`kept 2 ${a} ${b} pool.site~web`,
			),
		).toEqual([
			{ seen: file(), bars: [], kept: [], package: { manager: 'dpkg', name: 'nginx-common', word: 'same' } },
			{
				seen: { kind: 'absent' },
				bars: [['closed', '/srv/sub']],
				kept: [{ digest: a, source: b, by: 'pool.site~web' }],
			},
		]);
	});

	it.each([
		['path 1 absent', { kind: 'absent' }],
		['path 1 folder', { kind: 'folder' }],
		['path 1 other', { kind: 'other' }],
		['path 1 hidden /root/x y', { kind: 'hidden', folder: '/root/x y' }],
		['link 1 ../b c', { kind: 'link', target: '../b c' }],
		['link 1 ', { kind: 'link', target: '' }],
		[`file 1 4755 root 0 root 0 2 0 ${a}`, file({ mode: '4755', links: 2, bytes: 0 })],
		// A directory service gives names with blanks.
		[
			`file 1 640 ACME\\jane doe 100 domain users 513 1 115 ${a}`,
			file({ mode: '640', user: 'ACME\\jane doe', uid: '100', group: 'domain users', gid: '513' }),
		],
		// A file without an owner that has a name.
		[
			`file 1 644 UNKNOWN 1234 UNKNOWN 1234 1 115 ${a}`,
			file({ user: 'UNKNOWN', uid: '1234', group: 'UNKNOWN', gid: '1234' }),
		],
		['file 1 600 root 0 root 0 1 115 -', file({ mode: '600', digest: undefined })],
		// stat(1) failed.
		[`file 1 0 ? 0 ? 0 1 0 ${a}`, file({ mode: '0', user: '?', group: '?', bytes: 0 })],
	])('%s', (line, seen) => {
		expect(read(line)).toEqual([{ ...nothing, seen }, nothing]);
	});

	it('says where a followed link leads', () => {
		expect(read('at 1 /opt/a b', `file 1 644 root 0 root 0 1 115 ${a}`)[0]).toEqual({
			...nothing,
			at: '/opt/a b',
			seen: file(),
		});
	});

	it('says which of them, or the folder above, is immutable, also behind a link', () => {
		const bars = (...lines: readonly string[]) => read(...lines).map(one => one.bars);
		expect(bars('fixed /srv/1', 'fixed /srv/sub/')).toEqual([[['fixed', '/srv/1']], [['fixed', '/srv/sub/']]]);
		expect(bars('at 1 /opt/x', 'fixed /srv/1', 'fixed /opt/x')).toEqual([[['fixed', '/opt/x']], []]);
		expect(bars('fixed /srv/10', 'fixed /')).toEqual([[], []]);
	});

	it('keeps all that is in the way, and all that pools have put there', () => {
		const [first] = read(
			'bar 1 open /srv',
			'bar 1 mounted ',
			`kept 1 ${a} ${a} pool.a~web`,
			`kept 1 ${b} ${a} pool.b~a book with blanks`,
		);
		expect(first?.bars).toEqual([
			['open', '/srv'],
			['mounted', ''],
		]);
		expect(first?.kept.map(({ by }) => by)).toEqual(['pool.a~web', 'pool.b~a book with blanks']);
	});
});

describe('a hostile print', () => {
	it.each([
		[''],
		['\n\n'],
		['file'],
		['file 1'],
		['file 1 644 root 0 root 0 1 115'],
		[`file 1 999 root 0 root 0 1 115 ${a}`],
		[`file 1 644 root 0 root 0 one 115 ${a}`],
		[`file 1 644 root 0 root 0 1 115 ${a}b`],
		[`file 1 644 root 0 root 0 1 115 ${a.toUpperCase()}`],
		[`file 0 644 root 0 root 0 1 115 ${a}`],
		[`file 3 644 root 0 root 0 1 115 ${a}`],
		[`file -1 644 root 0 root 0 1 115 ${a}`],
		[`file 1e0 644 root 0 root 0 1 115 ${a}`],
		[`file  1 644 root 0 root 0 1 115 ${a}`],
		[`file __proto__ 644 root 0 root 0 1 115 ${a}`],
		['path 1'],
		['path 1 constructor'],
		['path 1 ABSENT'],
		['at 1 '],
		['at 1 relative'],
		['kept 1'],
		[`kept 1 ${a} ${a}`],
		[`kept 1 ${a} ${a} nobody`],
		[`kept 1 ${a} x pool.site~web`],
		['package 1 dpkg'],
		['package 1 dpkg a b c'],
		['toString 1 x'],
	])('%j says nothing', line => {
		expect(read(line)).toEqual([nothing, nothing]);
	});

	it('does not make a second file of the first one by a strange name', () => {
		// The target of a link has line breaks in it.
		const hostile = `x\nfile 1 644 root 0 root 0 1 115 ${a}\npath 1 absent\nat 1 /tmp/y`;
		expect(read(`link 1 ${hostile}`)[0]).toMatchObject({ seen: { kind: 'link', target: 'x' } });
		expect(read('at 1 /srv/x', 'at 1 /etc/passwd', 'path 1 absent')[0]?.at).toBe('/srv/x');
		expect(read('package 1 dpkg a changed', 'package 1 dpkg a same')[0]?.package?.word).toBe('changed');
	});

	it('of a million lines is read in a moment', () => {
		const lines = `kept 1 ${a} ${a} pool.a~web\n`.repeat(100_000) + 'x'.repeat(1_000_000);
		const started = performance.now();
		expect(readSights(lines, two)[0]?.kept).toHaveLength(100_000);
		expect(readSights(`file 1 644 ${'a 1 '.repeat(100_000)}`, two)).toEqual([nothing, nothing]);
		expect(performance.now() - started).toBeLessThan(5000);
	});
});
