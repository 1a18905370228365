import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { importWords } from '../../../src/language/import/import-words.ts';
import { hostName } from '../../../src/model/brand.ts';
import { importing, made, refusals } from './made.ts';

const limit = 64 * 1024 * 1024;

describe('input that means harm', () => {
	it.each<readonly [what: string, input: () => string | Uint8Array, problem: string]>([
		['a file of 50 MB', () => new Uint8Array(50 * 1024 * 1024), 'HS1002'],
		['a NUL', () => 'web1\nweb\0\n', 'HS1004 2'],
		['an escape sequence of terminals', () => 'web1 a=\x1b[2J\n', 'HS1004 1'],
		['bytes that are not UTF-8', () => Uint8Array.from([0x61, 0x0a, 0xff, 0xfe]), 'HS1003 2'],
		['UTF-16', () => Uint8Array.from([0xff, 0xfe, 0x61, 0x00]), 'HS1003'],
		['brackets 100,000 deep', () => `${'['.repeat(100_000)}\n`, 'HS1903 1'],
		['a range of ranges', () => `a${'[1:9]'.repeat(5000)}\n`, 'HS1904 1'],
		[
			'groups 300 deep in YAML',
			() => `all:\n${Array.from({ length: 300 }, (_, n) => `${' '.repeat(n + 1)}a:\n`).join('')}`,
			'HS1010',
		],
		[
			'a circle of 20,000 groups',
			() => Array.from({ length: 20_000 }, (_, n) => `[g${n}:children]\ng${(n + 1) % 20_000}\n`).join(''),
			'HS1903 groups contain',
		],
		['an alias that holds itself', () => 'all: &a\n  children: { b: *a }\n', 'HS1005 2'],
		['20,000 lines that are wrong', () => 'a b\n'.repeat(20_000), 'HS1903 1'],
	])('%s is refused with its place', (_what, input, problem) => {
		const before = process.memoryUsage().arrayBuffers;
		const problems =
			refusals({ hosts: input() }, ['hosts'], 'ansible-ini').length > 0 ? refusals({ hosts: input() }) : [];
		expect(problems[0]?.slice(0, problem.length)).toBe(problem);
		expect(problems.length).toBeLessThan(25);
		expect(process.memoryUsage().arrayBuffers - before).toBeLessThan(2 * limit);
	});

	it('aliases that multiply are refused', () => {
		const levels = Array.from(
			{ length: 30 },
			(_, n) => `  x${n + 1}: &g${n + 1} { children: { l${n}: *g${n}, r${n}: *g${n} } }\n`,
		);
		const text = `all:\n  vars:\n    x: 1\n  a: &g0 { hosts: { h: } }\n${levels.join('')}top: *g30\n`;
		expect(refusals({ 'h.yml': text })[0]).toMatch(/^HS1010 \d+ the groups nest too deeply/);
	});

	it('1,000 groups beside each other, and 100 in each other, take no time', () => {
		const flat = Array.from({ length: 1000 }, (_, n) => `[g${n}]\nh${n} a=${n}\n`).join('');
		expect(made({ hosts: flat }).hosts).toBe(1000);
		const chain = Array.from({ length: 99 }, (_, n) => `[g${n}:children]\ng${n + 1}\n`).join('');
		expect(made({ hosts: `[g99]\na\n${chain}` }).inventory.groups.get('g0')).toEqual(['a']);
		expect(refusals({ hosts: `[g99]\na\n${chain}[out:children]\ng0\n` })[0]).toMatch(
			/^HS1010 the group `g99` lies in more/,
		);
	});

	it('keys that mean something to JavaScript are names like others', () => {
		const { inventory } = made({
			'h.yml': '__proto__:\n  hosts:\n    toString: { valueOf: x, __proto__: { a: 1 } }\n  vars: { constructor: y }\n',
		});
		const host = inventory.hosts.get(hostName('toString'));
		expect([...(host?.vars ?? [])]).toEqual([
			['constructor_', 'y'],
			['valueOf', 'x'],
		]);
		expect(Object.hasOwn(Object.prototype, 'a')).toBe(false);
	});

	it('names and words with line ends stay inside of their comment', () => {
		const { text } = made({ 'h.yml': 'web:\n  hosts:\n    "a\\nb": { "x\\ny": [1], ok: 1 }\n    c: {}\n' });
		expect(text.split('\n').filter(line => line.includes('?'))).toHaveLength(2);
	});
});

describe('any text', () => {
	it('is imported or refused, and never throws', () => {
		const line = fc.oneof(
			fc.string(),
			fc.constantFrom(
				'[a]',
				'[a:children]',
				'[a:vars]',
				'a',
				'b[1:3] x=1',
				'all:',
				'  hosts:',
				'    a:',
				'Host x',
				'Include y',
			),
		);
		fc.assert(
			fc.property(
				fc.array(line, { maxLength: 12 }),
				fc.constantFrom(undefined, 'ansible-ini', 'ansible-yaml', 'ssh-config'),
				(lines, from) => {
					const imported = importing({ hosts: lines.join('\n') }, ['hosts'], from);
					if (imported.ok) expect(made({ hosts: lines.join('\n') }, ['hosts'], from).hosts).toBeGreaterThan(0);
					else expect(imported.error.length).toBeGreaterThan(0);
				},
			),
			{ numRuns: 300 },
		);
	});

	it('that is an inventory in INI gives an inventory with the same hosts in the same groups', () => {
		const name = fc
			.stringMatching(/^[a-zA-Z0-9_.-]{1,6}$/)
			.filter(text => !/^[.-]|-$|^(?:all|ungrouped|localhost|constructor|prototype)$|^x-/.test(text));
		const value = fc.stringMatching(/^[ -~]{0,12}$/);
		const host = fc.record({
			host: name,
			vars: fc.dictionary(fc.stringMatching(/^[a-z_]{1,4}$/), value, { maxKeys: 3 }),
		});
		fc.assert(
			fc.property(
				fc.dictionary(
					name.map(text => `g_${text}`),
					fc.array(host, { maxLength: 5 }),
					{ minKeys: 1, maxKeys: 5 },
				),
				groups => {
					fc.pre(Object.values(groups).some(hosts => hosts.length > 0));
					const text = Object.entries(groups)
						.map(
							([group, hosts]) => `[${group}]\n${hosts.map(one => `${one.host} ${assignments(one.vars)}\n`).join('')}`,
						)
						.join('');
					const { inventory } = made({ hosts: text });
					for (const [group, hosts] of Object.entries(groups)) {
						const expected = [...new Set(hosts.map(one => one.host))].filter(one => !Object.hasOwn(groups, one));
						expect([...(inventory.groups.get(group) ?? [])].filter(one => expected.includes(one)).sort()).toEqual(
							expected.sort(),
						);
					}
				},
			),
			{ numRuns: 150 },
		);
	});
});

const assignments = (vars: Readonly<Record<string, string>>): string =>
	Object.entries(vars)
		.map(([key, value]) => `${key}='${value.replaceAll("'", `'"'"'`)}'`)
		.join(' ');

it('a folder that holds itself by a link comes to an end', () => {
	const files = {
		look: (path: string) =>
			path.endsWith('hosts')
				? { kind: 'file' as const, bytes: new TextEncoder().encode('a\n') }
				: {
						kind: 'folder' as const,
						entries: [
							{ name: 'again', kind: 'folder' as const },
							{ name: 'hosts', kind: 'file' as const },
						],
					},
		included: () => [],
	};
	expect(
		importWords(['inv'], undefined, { files, pathOf: path => path, nameOf: path => path, keepsState: false }),
	).toMatchObject({
		ok: true,
		value: { hosts: 1 },
	});
});
