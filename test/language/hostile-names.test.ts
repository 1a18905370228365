import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { load, said } from './load.ts';

const quoted = (text: string): string => JSON.stringify(text).replaceAll('\x7f', '\\u007f');
const withHost = (fields: string) => load(`inventory: { groups: { web: { hosts: { ${fields} } } } }\n`);

/** What somebody would call a host so that a shell, ssh or a path takes it for something else. */
const hostile = [
	'-oProxyCommand=touch /tmp/x',
	'a;b',
	'../x',
	'a/b',
	'a b',
	'a$(id)',
	'a`id`',
	"a'b",
	'a\nb',
	'x'.repeat(300),
	'web1\u202e',
	'\u0000',
	'',
	'.',
	'~',
];

describe('names that want to be something else', () => {
	it.each(hostile)('H8: %j is no host', name => {
		const loaded = withHost(`${quoted(name)}: {}`);
		expect([loaded.playbook, said(loaded).length > 0]).toEqual([undefined, true]);
	});

	it.each(['-oProxyCommand=touch /tmp/x', 'a b', 'a\nb', '\u0000', ''])('H8: %j is no address', address => {
		expect(withHost(`a: { address: ${quoted(address)} }`).playbook).toBeUndefined();
	});

	it('H8: no host that is taken begins with a dash, or holds what a shell or a path would read', () => {
		fc.assert(
			fc.property(fc.string({ unit: 'binary', maxLength: 12 }), name => {
				const { playbook } = withHost(`${quoted(name)}: {}`);
				if (playbook !== undefined) expect(name).toMatch(/^[A-Za-z0-9_][A-Za-z0-9._-]*$/);
			}),
		);
		expect(withHost('web1.example_2-b: {}').playbook).toBeDefined();
	});

	it.each(['../x.sh', '/etc/passwd', 'a/../../x.sh', '~/x.sh', '-x.sh\u0000'])(
		'H9: %j is no script of the repository',
		path => {
			expect(load(`hotfixes: { a: { script: ${quoted(path)} } }\n`).playbook).toBeUndefined();
		},
	);

	it.each(['../m', '/opt/m', 'modules/../../m'])('H9: %j is no module of the repository', path => {
		const loaded = load(`modules: { m: { source: ${quoted(path)}, version: "1.0.0" } }\n`);
		expect([loaded.playbook, said(loaded).length > 0]).toEqual([undefined, true]);
	});
});
