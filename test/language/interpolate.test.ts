import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { fill, findReferences, hostValue, varValue } from '../../src/language/interpolate.ts';
import { hostName } from '../../src/model/brand.ts';
import type { Host } from '../../src/model/inventory.ts';

const host: Host = {
	name: hostName('web1'),
	connection: 'ssh',
	port: 2222,
	vars: new Map([
		['health', '/up'],
		['name', 'not this one'],
	]),
	needs: [],
	groups: [],
};

describe('references in a text', () => {
	it.each([
		['no reference', [], []],
		['a ${vars.x} b', ['vars x'], []],
		['${vars.x}${host.y}${secret.z}', ['vars x', 'host y', 'secret z'], []],
		['${ vars.x }', ['vars x'], []],
		['${vars.a-b.c_1}', ['vars a-b.c_1'], []],
		['$${vars.x}', [], []],
		['$$${vars.x}', [], []],
		['$vars.x $(date) $HOME {vars.x}', [], []],
		['${HOME}', [], ['${HOME}']],
		['${vars}', [], ['${vars}']],
		['${vars.}', [], ['${vars.}']],
		['${fact.os}', [], ['${fact.os}']],
		['${vars.x', [], ['${vars.x']],
		['${vars.x:-y} ${vars.ok}', ['vars ok'], ['${vars.x:-y}']],
		['${}', [], ['${}']],
	])('of `%s` are %j, and malformed are %j', (text, references, malformed) => {
		const found = findReferences(text);
		expect(found.references.map(({ scope, name }) => `${scope} ${name}`)).toEqual(references);
		expect(found.malformed).toEqual(malformed);
	});

	it.each([
		['${vars.x} and ${vars.x}', 'X and X'],
		['$${vars.x}', '${vars.x}'],
		['$$${vars.x}', '$${vars.x}'],
		['${vars.unknown}', '${vars.unknown}'],
		['${nonsense}', '${nonsense}'],
		['$1 $& $` are plain', '$1 $& $` are plain'],
	])('fills `%s` to `%s`', (text, expected) => {
		expect(fill(text, ({ name }) => (name === 'x' ? 'X' : undefined))).toBe(expected);
	});

	it('puts a value in as it is: what looks like a reference in there stays', () => {
		expect(fill('<${vars.x}>', () => '${vars.y} $& $${')).toBe('<${vars.y} $& $${>');
	});

	it('leaves a text without `${` alone, byte for byte', () => {
		fc.assert(
			fc.property(fc.string({ unit: 'binary' }), text => {
				fc.pre(!text.includes('${'));
				expect(fill(text, () => 'wrong')).toBe(text);
			}),
		);
	});

	it('gives any text back that was escaped before', () => {
		fc.assert(
			fc.property(fc.string({ unit: fc.constantFrom('$', '{', '}', 'vars.x', 'a') }), text => {
				expect(
					fill(
						text.replaceAll('${', () => '$${'),
						() => 'wrong',
					),
				).toBe(text);
			}),
		);
	});
});

describe('a value of a host', () => {
	it.each([
		['name', 'web1'],
		['address', 'web1'],
		['port', '2222'],
		['connection', 'ssh'],
		['user', undefined],
		['on', undefined],
		['vmid', undefined],
		['health', '/up'],
		['nothing', undefined],
		['toString', undefined],
	])('%s is %s', (name, expected) => {
		expect(hostValue(host, name)).toBe(expected);
	});
});

describe('the value of a variable', () => {
	const playbook = new Map([
		['health', 'playbook'],
		['only', 'playbook'],
	]);
	it.each([
		['--set', new Map([['health', 'set']]), 'health', 'set'],
		['the inventory', new Map<string, string>(), 'health', '/up'],
		['the playbook', new Map<string, string>(), 'only', 'playbook'],
		['nobody', new Map<string, string>(), 'else', undefined],
	])('comes from %s where that is the first to have it', (_who, set, name, expected) => {
		expect(varValue(name, { set, host, playbook })).toBe(expected);
	});
});
