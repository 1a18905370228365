import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { matchesGlob } from '../../src/language/glob.ts';
import { emptyInventory } from '../../src/language/inventory.ts';
import { parseSelection, selectHosts, selectionText, unknownNames } from '../../src/language/selection.ts';
import type { Inventory } from '../../src/model/inventory.ts';
import type { Selection } from '../../src/model/selection.ts';
import { homeInventory, load, loadedOrThrow } from './load.ts';

const inventory: Inventory = loadedOrThrow(load(homeInventory)).inventory;

function parse(text: string): Selection {
	const parsed = parseSelection(text);
	if (!parsed.ok) throw new Error(parsed.error);
	return parsed.value;
}

const pick = (text: string, from = inventory) => selectHosts(parse(text), from).join(' ');

describe('a selection', () => {
	it.each([
		['web1', 'web1'],
		['web', 'web1 web2'],
		['home', 'pve1 pve2 web1 web2 dns'],
		['all', 'pve1 pve2 web1 web2 dns'],
		['localhost', 'localhost'],
		['web2, web1', 'web1 web2'],
		['web, pve1', 'pve1 web1 web2'],
		['web,pve1', 'pve1 web1 web2'],
		['home & web', 'web1 web2'],
		['home&web', 'web1 web2'],
		['home - web', 'pve1 pve2 dns'],
		['home - web - dns', 'pve1 pve2'],
		['home - web & pve', 'pve1 pve2'],
		['home & web - web1', 'web2'],
		['dns, home - web', 'pve1 pve2 dns'],
		['home - web, web1', 'pve1 pve2 web1 dns'],
		['web - web', ''],
		['web & pve', ''],
		['*1', 'pve1 web1'],
		['w*', 'web1 web2'],
		['we?1', 'web1'],
		['*', 'pve1 pve2 web1 web2 dns'],
		['p??, dns', 'pve1 pve2 dns'],
		['nothing*', ''],
		['nobody', ''],
	])('`%s` picks "%s", in the order of the inventory', (text, expected) => {
		expect(pick(text)).toBe(expected);
	});

	it.each([
		['', 'a name is missing beside `,`, `&` or `-`'],
		['web,', 'a name is missing beside `,`, `&` or `-`'],
		['web & ', 'a name is missing beside `,`, `&` or `-`'],
		['& web', 'a name is missing beside `,`, `&` or `-`'],
		['web,,dns', 'a name is missing beside `,`, `&` or `-`'],
		['web -web1', '`web -web1` is not a host, a group or a pattern'],
		['web dns', '`web dns` is not a host, a group or a pattern'],
		['-web', '`-web` is not a host, a group or a pattern'],
		['web[1-2]', '`web[1-2]` is not a host, a group or a pattern'],
		['!web', '`!web` is not a host, a group or a pattern'],
		['${vars.hosts}', '`${vars.hosts}` is not a host, a group or a pattern'],
	])('`%s` is refused: %s', (text, because) => {
		expect(parseSelection(text)).toEqual({ ok: false, error: because });
	});

	it('takes a `-` without blanks as part of a name', () => {
		expect(parse('web-1')).toEqual({ kind: 'name', name: 'web-1' });
	});

	it('names what the inventory does not have, in the order it is written, and leaves patterns alone', () => {
		expect(unknownNames(parse('wbe, home - nope & web1, no*, localhost, all'), inventory)).toEqual(['wbe', 'nope']);
	});

	it('picks `localhost` by name without an inventory, and nothing by `all` or `*`', () => {
		expect(pick('localhost', emptyInventory)).toBe('localhost');
		expect(pick('all', emptyInventory)).toBe('');
		expect(pick('*', emptyInventory)).toBe('');
	});

	it('counts `localhost` among all where the inventory writes it down', () => {
		const written = loadedOrThrow(load('inventory: { groups: { here: { hosts: { localhost: {} } } } }')).inventory;
		expect(pick('all', written)).toBe('localhost');
		expect(pick('l*', written)).toBe('localhost');
	});

	it('means the group where one is called `all`', () => {
		const named = loadedOrThrow(
			load('inventory: { groups: { all: { hosts: { a: {} } }, more: { hosts: { b: {} } } } }'),
		);
		expect(pick('all', named.inventory)).toBe('a');
	});

	const names = fc.constantFrom('web', 'pve', 'home', 'web1', 'pve2', 'dns', 'we*', '*1');
	const term = fc
		.tuple(names, fc.array(fc.tuple(fc.constantFrom(' & ', ' - '), names), { maxLength: 4 }))
		.map(([first, rest]) => first + rest.flat().join(''));
	const texts = fc.array(term, { minLength: 1, maxLength: 4 }).map(terms => terms.join(', '));

	it('is written again as it was read', () => {
		fc.assert(fc.property(texts, text => selectionText(parse(text)) === text));
	});

	it('keeps the laws of sets', () => {
		fc.assert(
			fc.property(term, term, (a, b) => {
				const [left, right] = [new Set(pick(a).split(' ')), new Set(pick(b).split(' '))];
				expect(new Set(pick(`${a}, ${b}`).split(' ')).difference(new Set(['']))).toEqual(
					left.union(right).difference(new Set([''])),
				);
				expect(pick(`${a}, ${b}`)).toBe(pick(`${b}, ${a}`));
				expect(pick(`${a}, ${a}`)).toBe(pick(a));
			}),
		);
	});
});

describe('a glob', () => {
	it.each([
		['web*', 'web', true],
		['web*', 'web12', true],
		['web*', 'awe', false],
		['*', '', true],
		['?', '', false],
		['?', 'a', true],
		['a.b', 'axb', false],
		['a*b*c', 'a-b-b-c', true],
		['a*b*c', 'a-b-b-', false],
		['**', 'x', true],
		['a?c*', 'abcd', true],
		['[ab]', 'a', false],
	])('`%s` on `%s` is %s', (pattern, text, expected) => {
		expect(matchesGlob(pattern, text)).toBe(expected);
	});

	it('agrees with a regular expression', () => {
		const signs = fc.string({ unit: fc.constantFrom('a', 'b', '*', '?'), maxLength: 8 });
		fc.assert(
			fc.property(signs, fc.string({ unit: fc.constantFrom('a', 'b'), maxLength: 10 }), (pattern, text) => {
				const expression = new RegExp(`^${pattern.replaceAll('*', '.*').replaceAll('?', '.')}$`);
				expect(matchesGlob(pattern, text)).toBe(expression.test(text));
			}),
			{ numRuns: 500 },
		);
	});

	it('H15: is quick about a pattern that would stall a regular expression', () => {
		const started = performance.now();
		expect(matchesGlob(`${'a*'.repeat(30)}b`, 'a'.repeat(250))).toBe(false);
		expect(performance.now() - started).toBeLessThan(100);
	});
});
