const bytes = (text: string): Uint8Array => new TextEncoder().encode(text);
const head = 'hsctl: 1\nname: home\n';

/** Nine lists of nine aliases each: 9^9 values from half a kilobyte. */
function bomb(): string {
	const levels = Array.from(
		{ length: 9 },
		(_, level) => `a${level + 1}: &a${level + 1} [${Array(9).fill(`*a${level}`).join(', ')}]\n`,
	);
	return `a0: &a0 [x, x, x, x, x, x, x, x, x]\n${levels.join('')}`;
}

/** Each anchor holds the one before it: no two brackets nest in the text. */
const chain = (): string =>
	`a0: &a0 []\n${Array.from({ length: 5000 }, (_, level) => `a${level + 1}: &a${level + 1} [*a${level}]\n`).join('')}`;

const stairs = (): string => Array.from({ length: 2000 }, (_, level) => `${' '.repeat(level)}a:\n`).join('');

export interface HostileCase {
	readonly name: string;
	readonly input: () => Uint8Array;
	/** `HS1009 6:10`; `more` at the end stands for any further ones. */
	readonly expected: readonly string[];
}

/**
 * Inputs that somebody would send to stop the reader or to get something past it. Made when needed: some are large. The
 * 50 MB are never written to, so that it is the reader's memory that is measured and not its input's.
 */
export const hostileCases: readonly HostileCase[] = [
	{ name: 'a file of 50 MB', input: () => new Uint8Array(50 * 1024 * 1024), expected: ['HS1002'] },
	{ name: 'an alias bomb', input: () => bytes(bomb()), expected: ['HS1009 6:10'] },
	{ name: 'a chain of anchors 5,000 deep', input: () => bytes(chain()), expected: ['HS1010 100:12'] },
	{ name: 'lists in brackets 20,000 deep', input: () => bytes('['.repeat(20_000)), expected: ['HS1010 1:103'] },
	{
		name: 'closed lists in brackets 20,000 deep',
		input: () => bytes('['.repeat(20_000) + ']'.repeat(20_000)),
		expected: ['HS1010 1:103'],
	},
	{ name: 'maps in braces 20,000 deep', input: () => bytes('{a: '.repeat(20_000)), expected: ['HS1010 1:406'] },
	{ name: 'lists 20,000 deep', input: () => bytes('- '.repeat(20_000)), expected: ['HS1010 1:204'] },
	{ name: 'keys 20,000 deep', input: () => bytes('? '.repeat(20_000)), expected: ['HS1010 1:204'] },
	{ name: 'indentation 2,000 deep', input: () => bytes(stairs()), expected: ['HS1010 102:103'] },
	{ name: 'a million entries', input: () => bytes('- a\n'.repeat(1_000_000)), expected: ['HS1002 250001:4'] },
	{
		name: 'two million entries in brackets',
		input: () => bytes(`[${'a,'.repeat(2_000_000)}]`),
		expected: ['HS1002 1:500001'],
	},
	{
		name: 'two million line ends in quotes',
		input: () => bytes(`a: "${'x\n'.repeat(2_000_000)}"`),
		expected: ['HS1002 250000:2'],
	},
	{ name: 'a million empty brackets', input: () => bytes('[]'.repeat(1_000_000)), expected: ['HS1002 1:500001'] },
	{ name: 'a million anchors', input: () => bytes('&a '.repeat(1_000_000)), expected: ['HS1002 1:750001'] },
	{ name: 'a line of 4 MB', input: () => bytes(`${head}description: ${'x'.repeat(4_000_000)}\n`), expected: [] },
	{
		name: 'twenty thousand unknown keys',
		input: () => bytes(`${head}${Array.from({ length: 20_000 }, (_, index) => `k${index}: 1\n`).join('')}`),
		expected: ['HS1101 3:1', 'more'],
	},
	{
		name: 'an unknown key of a megabyte',
		input: () => bytes(`${head}? ${'timeout'.repeat(150_000)}\n: 1\n`),
		expected: ['HS1101 3:3'],
	},
	{
		name: 'a text of a megabyte where a name is',
		input: () => bytes(`hsctl: 1\nname: ${'a.'.repeat(500_000)}\n`),
		expected: ['HS1110 2:7'],
	},
	{
		name: 'an entry twice, twenty thousand times',
		input: () => bytes(`${head}hotfixes: { a: { tags: [${'a,'.repeat(20_000)}] } }\n`),
		expected: ['HS1107 3:18', 'more'],
	},
	{
		name: '__proto__ as a key',
		input: () => bytes(`${head}vars: { __proto__: { polluted: 1 } }\n`),
		expected: ['HS1011 3:9'],
	},
	{
		name: 'constructor.prototype as keys',
		input: () => bytes(`${head}constructor: { prototype: { polluted: 1 } }\n`),
		expected: ['HS1011 3:1', 'HS1011 3:16'],
	},
	{
		name: 'toString as a key',
		input: () => bytes(`${head}toString: 1\nhotfixes: { valueOf: { hasOwnProperty: 1 } }\n`),
		expected: ['HS1101 3:1', 'HS1101 4:24'],
	},
	{ name: 'a duplicate key', input: () => bytes(`${head}name: other\n`), expected: ['HS1006 3:1'] },
	{
		name: 'a duplicate key in a list of maps',
		input: () => bytes('hsctl: 1\nname: a\nrollout: { waves: [{ name: a, name: b }] }\n'),
		expected: ['HS1006 3:31'],
	},
	{
		name: 'a merge key',
		input: () => bytes(`${head}x-a: &a { run: once }\nhotfixes:\n  f:\n    <<: *a\n`),
		expected: ['HS1007 6:5'],
	},
	{
		name: 'custom tags',
		input: () => bytes(`${head}vars: { a: !!js/function "x", b: !include /etc/passwd }\n`),
		expected: ['HS1008 3:26', 'HS1008 3:43'],
	},
	{ name: 'a version without quotes', input: () => bytes(`${head}vars: { v: 1.10 }\n`), expected: ['HS1106 3:12'] },
	{
		name: 'a mode without quotes',
		input: () => bytes(`${head}pools: { p: { files: [{ src: a, dest: /a, mode: 0644 }] } }\n`),
		expected: ['HS1106 3:49'],
	},
	{ name: 'a number with an exponent', input: () => bytes(`${head}vars: { v: 1e3 }\n`), expected: ['HS1106 3:12'] },
	{ name: 'a number with a leading zero', input: () => bytes(`${head}vars: { v: 012 }\n`), expected: ['HS1106 3:12'] },
	{ name: 'not a number', input: () => bytes(`${head}rollout: { budget: .nan }\n`), expected: ['HS1103 3:20'] },
	{ name: 'infinity', input: () => bytes(`parallel: .inf\n`), expected: ['HS1111 1:1'] },
	{
		name: 'no where false is meant',
		input: () => bytes(`${head}exceptions: { e: { packages: [a], reason: b, enabled: no } }\n`),
		expected: ['HS1103 3:55'],
	},
	{ name: 'a tab in the indentation', input: () => bytes(`${head}hotfixes:\n\ta: {}\n`), expected: ['HS1014 4:1'] },
	{ name: 'a byte order mark', input: () => bytes(`\ufeff${head}`), expected: [] },
	{ name: 'line ends of Windows', input: () => bytes(head.replaceAll('\n', '\r\n')), expected: [] },
	{
		name: 'line ends of Windows and a mistake',
		input: () => bytes(`${head}run: 1\n`.replaceAll('\n', '\r\n')),
		expected: ['HS1101 3:1'],
	},
	{ name: 'a NUL character', input: () => bytes('hsctl: 1\nname: a\0b\n'), expected: ['HS1004 2:8'] },
	{
		name: 'an escape sequence of terminals',
		input: () => bytes('hsctl: 1\nname: \x1b[2Ja\n'),
		expected: ['HS1004 2:7'],
	},
	{
		name: 'Latin-1',
		input: () => Uint8Array.from([...bytes('hsctl: 1\nname: b'), 0xfc, 0x72, 0x6f, 0x0a]),
		expected: ['HS1003 2:8'],
	},
	{
		name: 'UTF-16',
		input: () => new Uint8Array(Uint16Array.from([...`\ufeff${head}`].map(one => one.charCodeAt(0))).buffer),
		expected: ['HS1003 1:1'],
	},
	{ name: 'no language version', input: () => bytes('name: a\nhotfixes: {}\n'), expected: ['HS1111 1:1'] },
	{ name: 'a list at the top', input: () => bytes('- hsctl: 1\n'), expected: ['HS1103 1:1'] },
	{ name: 'text at the top', input: () => bytes('hello\n'), expected: ['HS1103 1:1'] },
	{ name: 'nothing', input: () => bytes(''), expected: ['HS1012 1:1'] },
	{ name: 'comments only', input: () => bytes('# one\n\n# two\n'), expected: ['HS1012 1:1'] },
];
