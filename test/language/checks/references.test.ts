import { describe, expect, it } from 'vitest';
import { cures, homeInventory, load, said } from '../load.ts';

const top = `${homeInventory}vars: { known: value }\nsecrets: { token: { env: TOKEN } }\nhosts: web\n`;
const use = (key: string, text: string, extra = '') =>
	load(`${top}hotfixes: { a: { script: fix.sh, ${extra} ${key}: ${text} } }\n`, {}, { set: new Map([['given', '']]) });
const withoutUnused = (lines: readonly string[]) => lines.filter(line => !line.startsWith('HS1704'));

describe('a reference', () => {
	it.each([
		['env', '{ A: "${vars.known}" }', []],
		['env', '{ A: "${vars.given}" }', []],
		['env', '{ A: "${vars.health}" }', []],
		['env', '{ A: "${host.name} ${host.address} ${host.connection} ${host.health}" }', []],
		['env', '{ A: "$${vars.unknown}" }', []],
		['stdin', '"${secret.token}"', []],
		['env', '{ A: "${vars.knwon}" }', ['HS1206 ${vars.knwon}: `${vars.knwon}` is not defined']],
		['env', '{ A: "${host.port}" }', ['HS1206 ${host.port}: `${host.port}` is not defined on web2']],
		['env', '{ A: "${host.vmid}" }', ['HS1206 ${host.vmid}: `${host.vmid}` is not defined']],
		[
			'env',
			'{ A: "${secret.token}" }',
			['HS1208 ${secret.token}: `${secret.token}` cannot be used here: others on the host could see it'],
		],
		['stdin', '"${secret.tokn}"', ['HS1214 ${secret.tokn}: `${secret.tokn}` is not defined']],
		['stdin', '"${HOME} ${vars.known}"', ['HS1207 ${HOME}: `${HOME}` is not a reference']],
		[
			'stdin',
			'"${vars.a} ${vars.b}"',
			['HS1206 ${vars.a}: `${vars.a}` is not defined', 'HS1206 ${vars.b}: `${vars.b}` is not defined'],
		],
		[
			'when',
			'{ command: { run: ["test", "${secret.token}", "${vars.no}"] } }',
			[
				'HS1208 ${secret.token}: `${secret.token}` cannot be used here: others on the host could see it',
				'HS1206 ${vars.no}: `${vars.no}` is not defined',
			],
		],
		['when', '{ any: [{ file_exists: { path: "/${vars.no}" } }] }', ['HS1206 ${vars.no}: `${vars.no}` is not defined']],
		[
			'script',
			'"${vars.known}.sh"',
			['HS1208 ${vars.known}: `${vars.known}` cannot be used here: this is read before values are known'],
		],
	])('in %s: %s', (key, text, expected) => {
		const loaded = key === 'script' ? load(`${top}hotfixes: { a: { script: ${text} } }\n`) : use(key, text);
		expect(withoutUnused(said(loaded))).toEqual(expected);
	});

	it('to what only some hosts have names those that lack it, at most three', () => {
		const hosts = Array.from({ length: 6 }, (_, index) => `h${index}: {}`).join(', ');
		const body = `inventory: { groups: { g: { hosts: { has: { vars: { x: "1" } }, ${hosts} } } } }\nhosts: g\nhotfixes: { a: { script: fix.sh, stdin: "\${vars.x}" } }\n`;
		expect(said(load(body))).toEqual(['HS1206 ${vars.x}: `${vars.x}` is not defined on h0, h1, h2 and 3 more']);
	});

	it('is checked against the hosts of its own unit', () => {
		expect(withoutUnused(said(use('stdin', '"${host.vmid} ${vars.x}"', 'hosts: dns,')))).toEqual([
			'HS1206 ${vars.x}: `${vars.x}` is not defined',
		]);
	});

	it('in a variable is refused: variables are values', () => {
		expect(said(load('vars: { a: "1", b: "${vars.a}" }\n'))).toEqual([
			'HS1208 ${vars.a}: `${vars.a}` cannot be used here: this is read before values are known',
		]);
	});

	it.each([
		'hotfixes: { a: { script: fix.sh, description: "for ${host.name}" } }',
		'hotfixes: { a: { script: fix.sh, component: "${host.name}" } }',
		'hotfixes: { a: { script: fix.sh, interpreter: "/opt/${host.name}/sh" } }',
		'hotfixes: { a: { script: fix.sh, interpreter: [/bin/sh, "${host.name}"] } }',
		'exceptions: { e: { packages: [a], reason: "on ${host.name}" } }',
		'secrets: { s: { file: "secrets/${host.name}" } }\nhotfixes: { a: { script: fix.sh, stdin: "${secret.s}" } }',
		'secrets: { s: { command: [cat, "${host.name}"] } }\nhotfixes: { a: { script: fix.sh, stdin: "${secret.s}" } }',
	])('in %s is refused: nothing would fill it in', body => {
		expect(said(load(`${body}\n`))).toEqual([
			'HS1208 ${host.name}: `${host.name}` cannot be used here: this is read before values are known',
		]);
	});

	it.each([
		'pools: { p: { files: [{ src: fix.sh, dest: /a }], check: ["curl ${vars.no}"] } }',
		'pools: { p: { files: [{ src: fix.sh, dest: /a }], activate: [[a, "${vars.no}"]] } }',
		'reboot: { when: required, verify: ["${vars.no}"] }',
		'verify: ["${vars.no}"]',
	])('in %s is checked at its place', body => {
		expect(said(load(`${body}\n`))).toEqual([`HS1206 \${vars.no}: \`\${vars.no}\` is not defined`]);
	});

	it.each([
		['"${vars.knwon}"', 'did you mean `${vars.known}`?'],
		['"${vars.heath}"', 'did you mean `${vars.health}`?'],
		['"${vars.other}"', 'add `other` under `vars` of the playbook or of the hosts, or give --set other=…'],
		['"${host.vmid}"', 'add `vmid` to the hosts in the inventory'],
		['"${host.port}"', 'add `port` to the other hosts, or leave them out with `hosts`'],
		['"${host.nmae}"', 'did you mean `${host.name}`?'],
		[
			'"${host.something}"',
			'a host has name, address, port, user, connection, on, vmid (where the inventory gives them) and its own vars',
		],
		['"${secret.tokn}"', 'did you mean `${secret.token}`?'],
		['"${secret.password}"', 'add `password` under `secrets`'],
		['"${x}"', 'write `${vars.x}`, `${host.x}` or `${secret.x}`; or `$${` to get these characters themselves'],
	])('%s is cured: %s', (text, cure) => {
		expect(cures(use('stdin', text)).filter(hint => !hint?.startsWith('use it as'))).toEqual([cure]);
	});
});
