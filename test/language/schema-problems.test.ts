import { describe, expect, it } from 'vitest';
import type { SchemaName } from '../../src/language/schema-problems.ts';
import { codesAndPlaces, problemsOf } from './read.ts';

const head = 'hsctl: 1\nname: home\n';
/** A playbook with one hotfix; its keys begin in line 5, column 5. */
const hotfix = (...lines: readonly string[]): string =>
	`${head}hotfixes:\n  fix:\n${lines.map(line => `    ${line}\n`).join('')}`;
const sayings = (text: string, which: SchemaName = 'playbook') =>
	problemsOf(text, which).map(({ code, message, hint, at }) => `${code} ${at?.line}:${at?.column} ${message}; ${hint}`);

describe('a document that fits', () => {
	it.each([
		['a small playbook', 'playbook', `${head}hotfixes: { a: { when: always } }\n`],
		[
			'keys of one’s own',
			'playbook',
			`${head}x-mine: [1]\npatch: { x-note: a, scope: all }\nx-t: &t { timeout: 5m }\nhotfixes: { a: *t }\n`,
		],
		['an inline inventory', 'playbook', `${head}inventory: { groups: { web: { hosts: { web1: {} } } } }\n`],
		[
			'an inventory',
			'inventory',
			'groups: { web: { hosts: { web1: { address: 10.0.0.1, vars: { a: b } } }, max_down: 34% } }\n',
		],
		[
			'a module',
			'module',
			'name: a\nversion: "1"\nsteps: [{ package: { names: [nginx] } }, { command: true }]\n'.replace('true', '"true"'),
		],
		['a configuration', 'config', 'parallel: 3\ntui: off\nplaybooks: [a, ../b]\n'],
	] as const)('has no problems: %s', (_, which, text) => {
		expect(sayings(text, which)).toEqual([]);
	});
});

describe('keys', () => {
	it('names the nearest key for one that is not known, at the key', () => {
		expect(sayings(hotfix('scirpt: a.sh', 'timeouts: 5m'))).toEqual([
			'HS1101 5:5 there is no key `scirpt` in `hotfixes.fix`; did you mean `script`?',
			'HS1101 6:5 there is no key `timeouts` in `hotfixes.fix`; did you mean `timeout`?',
		]);
	});

	it('lists what is possible when nothing is near', () => {
		expect(sayings(`${head}secrets: { a: { vault: x } }\n`)).toEqual([
			'HS1101 3:17 there is no key `vault` in `secrets.a`; use one of: `file`, `env`, `command`, `age`',
		]);
	});

	it('does not miss a key that is there and misspelt', () => {
		expect(sayings('hstcl: 1\nnmae: a\n')).toEqual([
			'HS1101 1:1 there is no key `hstcl` at the top of the file; did you mean `hsctl`?',
			'HS1101 2:1 there is no key `nmae` at the top of the file; did you mean `name`?',
		]);
	});

	it('shows a missing key at the key around it, with an example', () => {
		expect(sayings(`${head}rollout:\n  waves:\n    - name: a\nwindows:\n  w: { cron: "0 3 * * *" }\n`)).toEqual([
			'HS1102 5:7 the key `hosts` is missing in `rollout.waves.0` (wave); add it, for example `hosts: "web1, dns"`',
			'HS1102 7:3 the key `duration` is missing in `windows.w` (window); add it, for example `duration: 3h`',
		]);
	});

	it.each([
		['the version of the language is missing', 'name: a\nhotfixes: {}\n', ['HS1111 1:1']],
		['the file is of another program', 'services: { web: { image: x } }\nvolumes: {}\n', ['HS1111 1:1']],
		['the version of the language is another', 'hsctl: 2\nname: a\n', ['HS1109 1:8']],
		['the version of the language is text', 'hsctl: "1"\nname: a\n', ['HS1109 1:8']],
		['the top is a list', '- a\n', ['HS1103 1:1']],
		['the top is text', 'hello\n', ['HS1103 1:1']],
		['a name begins with a dash', `${head}hotfixes: { -rf: {} }\n`, ['HS1110 3:13']],
		['a name has a slash', `${head}pools: { ../x: { files: [{ src: a, dest: /b }] } }\n`, ['HS1110 3:10']],
		['a name begins with x-', `${head}hotfixes: { x-fix: {} }\nvars: { x-v: a }\n`, ['HS1110 3:13', 'HS1110 4:9']],
		['an environment name is reserved', hotfix('env: { HSCTL_X: a, "1A": b }'), ['HS1312 5:12', 'HS1312 5:24']],
		[
			'a host name could be an option',
			`${head}inventory: { groups: { g: { hosts: { -oX: {} } } } }\n`,
			['HS1504 3:38'],
		],
	])('says that %s', (_, text, expected) => {
		expect(codesAndPlaces(problemsOf(text))).toEqual(expected);
	});
});

describe('values', () => {
	it('shows the text as it is written, with the quotes it needs', () => {
		expect(
			sayings(
				hotfix('when: { binary_version: { binary: /usr/bin/git, below: 2.30 } }', 'stdin: 0644', 'env: { A: true }'),
			),
		).toEqual([
			'HS1106 5:60 `below` has to be text, but YAML reads 2.30 as the number 2.3; put it in quotes: `"2.30"`',
			'HS1106 6:12 `stdin` has to be text, but YAML reads 0644 as the number 644; put it in quotes: `"0644"`',
			'HS1106 7:15 `A` has to be text, but YAML reads true as a truth value; put it in quotes: `"true"`',
		]);
	});

	it('shows a number of any length on one line', () => {
		for (const line of ['stdin', 'timeout', 'restarts'].map(key => `${key}: ${'1'.repeat(5000)}`)) {
			const [problem] = problemsOf(hotfix(line));
			expect(problem?.message.length).toBeLessThan(160);
			expect(problem?.hint?.length).toBeLessThan(400);
		}
	});

	it('asks for the unit of a duration, in quotes or not', () => {
		const cure = 'write `300s` for seconds, `300m` for minutes, `300h` or `300d`';
		expect(sayings(hotfix('timeout: 300'))).toEqual([
			`HS1301 5:14 \`timeout\` is a duration, and 300 has no unit; ${cure}`,
		]);
		expect(sayings(hotfix('timeout: "300"'))).toEqual([
			`HS1301 5:14 \`timeout\` is a duration, and 300 has no unit; ${cure}`,
		]);
	});

	it.each([
		['off', []],
		['90s', []],
		[
			'of',
			[
				'HS1301 4:17 `confirm` has to be a duration, not `of`; write for example `confirm: 60s`, or `confirm: off`; ' +
					'a whole number and a unit: ms, s, m, h or d',
			],
		],
		[
			'"60"',
			[
				'HS1301 4:17 `confirm` is a duration, and 60 has no unit; write `60s` for seconds, `60m` for minutes, ' +
					'`60h` or `60d`, or `off`',
			],
		],
	])('judges `confirm: %s` by the word that stands beside durations, whatever else is wrong', (written, said) => {
		const file = `${head}pools:\n  a: { confirm: ${written}, keep: x, files: [{ src: a, dest: /a }] }\n`;
		expect(sayings(file).filter(saying => saying.includes('confirm'))).toEqual(said);
		expect(sayings(file)).toHaveLength(said.length + 1);
	});

	it.each(['yes', 'no', 'on', '"true"', '1'])('explains what %s is not, where true or false is meant', written => {
		const meant = ['no'].includes(written) ? 'false' : 'true';
		expect(sayings(hotfix(`when: { file_exists: { path: /a, invert: ${written} } }`))).toEqual([
			`HS1103 5:46 \`invert\` has to be true or false, not \`${written}\`; write \`${meant}\`, without quotes`,
		]);
	});

	it.each([
		['a misspelt word', hotfix('run: evry'), ['HS1104 5:10 `run` cannot be `evry`; did you mean `every`?']],
		[
			'a word where a map is possible, too',
			`${head}patch: { scope: kernel }\n`,
			[
				'HS1104 3:17 `scope` cannot be `kernel`; use one of: `all`, `security`, or a map with one of: `cve`, `packages`',
			],
		],
		[
			'a number where a word is needed',
			`${head}reboot: { when: 3 }\n`,
			['HS1104 3:17 `when` cannot be `3`; use one of: `never`, `required`, `always`'],
		],
		[
			'a number where a word or a map is needed',
			hotfix('when: 3'),
			[
				'HS1103 5:11 `when` has to be the word `always` or a map of keys and values, not the number 3; write for example `when: always`',
			],
		],
		[
			'a duration that no unit would cure',
			hotfix('timeout: -1'),
			[
				'HS1301 5:14 `timeout` has to be a duration, not `-1`; write for example `timeout: 5m`; a whole number and a unit: ms, s, m, h or d',
			],
		],
		[
			'an empty name',
			hotfix('tags: [""]'),
			[
				'HS1110 5:12 entry 1 of `tags` has to be a name, not empty; write for example `security`; a name of your choice: letters, digits, _ . and -, at most 63, starting with a letter, a digit or _',
			],
		],
		[
			'a form that only an example can show',
			`${head}patch: { scope: { cve: [CVE-1] } }\n`,
			['HS1105 3:25 entry 1 of `cve` cannot be `CVE-1`; write for example `CVE-2026-1234`; a CVE number'],
		],
		[
			'text where a list is needed',
			hotfix('restarts: a.service'),
			['HS1103 5:15 `restarts` has to be a list, not `a.service`; put it in brackets: `restarts: [a.service]`'],
		],
		[
			'a list where a map is needed',
			`${head}hotfixes: [a]\n`,
			[
				'HS1103 3:11 `hotfixes` has to be a map of keys and values, not a list; write for example `hotfixes: { git_cve: { script: hotfixes/git_cve.sh } }`',
			],
		],
		[
			'nothing where a map is needed',
			`${head}patch:\n`,
			['HS1103 3:1 `patch` has no value; indent what belongs to it, remove it, or write `patch: {}`'],
		],
		[
			'nothing where a condition is needed',
			hotfix('when:'),
			['HS1103 5:5 `when` has no value; remove it, or write `when: always`'],
		],
		[
			'a number that quotes would not cure',
			hotfix('needs: [3]'),
			[
				'HS1103 5:13 entry 1 of `needs` has to be text or a map of keys and values, not the number 3; write for example `hotfix.git_cve`',
			],
		],
		['an entry twice', hotfix('tags: [a, b, a]'), ['HS1218 5:18 `a` is in `tags` twice; remove one of the two']],
		[
			'a reference where none is possible',
			hotfix('timeout: "${vars.t}"'),
			['HS1208 5:14 `timeout` cannot hold `${vars.t}`: it is read before values are known; write the value out'],
		],
	])('explains %s', (_, text, expected) => {
		expect(sayings(text)).toEqual(expected);
	});

	it.each([
		['HS1303', `${head}pools: { p: { files: [{ src: a, dest: /a, mode: "rw-r" }] } }\n`],
		['HS1106', `${head}pools: { p: { files: [{ src: a, dest: /a, mode: 0644 }] } }\n`],
		['HS1302', hotfix('when: { binary_version: { binary: git, below: "a b" } }')],
		['HS1305', `${head}windows: { w: { cron: "0 3 * *", duration: 3h } }\n`],
		['HS1306', `${head}windows: { w: { cron: "0 3 * * *", duration: 3h, timezone: "+1" } }\n`],
		['HS1307', `${head}rollout: { budget: 110% }\n`],
		['HS1308', `${head}exceptions: { e: { packages: [a], reason: b, expires: tomorrow } }\n`],
		['HS1309', hotfix('when: { file_sha256: { path: /a, sha256: abc } }')],
		['HS1310', hotfix('when: { file_exists: { path: etc/x } }')],
		['HS1311', hotfix('restarts: ["a b"]')],
		['HS1211', hotfix('script: /etc/passwd')],
		['HS1314', `${head}exceptions: { e: { packages: [--force], reason: b } }\n`],
		['HS1313', `${head}rollout: { budget: -1 }\n`],
		['HS1105', hotfix('needs: [git_cve]')],
		['HS1105', `${head}exceptions: { e: { packages: [a], reason: "" } }\n`],
		['HS1107', `${head}pools: { p: { files: [] } }\n`],
		['HS1107', `${head}exceptions: { e: { packages: [a], reason: ${'x'.repeat(5000)} } }\n`],
	])('has the code %s for %j', (code, text) => {
		expect(problemsOf(text).map(problem => problem.code)).toEqual([code]);
	});

	it.each([
		['HS1314', 'groups: { g: { hosts: { a: { address: -oProxyCommand=x } } } }\n', 'inventory'],
		['HS1314', 'groups: { g: { user: "-x" } }\n', 'inventory'],
		['HS1313', 'groups: { g: { port: 65536 } }\n', 'inventory'],
		['HS1103', 'groups: { g: { hosts: { a: { port: "22" } } } }\n', 'inventory'],
		['HS1102', 'x: 1\n'.replace('x', 'x-a'), 'inventory'],
		['HS1101', 'reports: { junt: a.xml }\n', 'config'],
		['HS1108', 'name: a\nversion: "1"\nsteps: [{ line: { path: /a, line: b }, directory: { path: /c } }]\n', 'module'],
		['HS1102', 'name: a\nversion: "1"\nsteps: [{ name: nothing }]\n', 'module'],
		['HS1102', 'name: a\nversion: "1"\nsteps: [{ download: { url: "https://a/b", dest: /c } }]\n', 'module'],
	] as const)('has the code %s for %j in the %s', (code, text, which) => {
		expect(problemsOf(text, which).map(problem => problem.code)).toEqual([code]);
	});
});

describe('conditions', () => {
	it.each([
		[
			'a kind without options',
			'when: file_exists',
			[
				'HS1104 5:11 `when` cannot be `file_exists`; it needs to say more, for example `when: { file_exists: { path: /etc/homeserver.factory, invert: true } }`',
			],
		],
		[
			'a misspelt kind',
			'when: { file_exist: { path: x } }',
			['HS1101 5:13 there is no key `file_exist` in `hotfixes.fix.when`; did you mean `file_exists`?'],
		],
		[
			'no bounds',
			'when: { binary_version: { binary: git } }',
			[
				'HS1102 5:13 `hotfixes.fix.when.binary_version` does not say enough to act on; add one of: `below`, `max_version`, `min_version`',
			],
		],
		[
			'two kinds',
			'when: { os: { id: debian }, file_exists: { path: /a } }',
			[
				'HS1108 5:5 `hotfixes.fix.when` has 2 keys (`os`, `file_exists`) and takes exactly one; put them into a list under `all:` or `any:`',
			],
		],
	])('explains %s', (_, line, expected) => {
		expect(sayings(hotfix(line))).toEqual(expected);
	});

	it('reports the problems of the branch that is there, at any depth, and nothing else', () => {
		const text = hotfix(
			'when:',
			'  all:',
			'    - always',
			'    - not: { any: [{ os: { version: { below: 1.10 } } }] }',
			'    - { os: { family: debain } }',
		);
		expect(codesAndPlaces(problemsOf(text))).toEqual(['HS1106 8:50', 'HS1104 9:27']);
	});
});

describe('modules of a playbook', () => {
	it.each([
		['a source without a version', '{ source: a }', 'HS1102', '`modules.m` has `source`, but not `version`'],
		['neither form', '{ tags: [a] }', 'HS1102', '`modules.m` does not say enough to act on'],
		[
			'both forms',
			'{ source: a, version: "1", children: [b] }',
			'HS1108',
			'`modules.m` has `source`, `version` and also `children`, which exclude each other',
		],
	])('says what is wrong with %s', (_, written, code, message) => {
		expect(problemsOf(`${head}modules: { m: ${written} }\n`)).toMatchObject([{ code, message }]);
	});
});

describe('many problems', () => {
	it('stops at a hundred, in the order of the file, and counts the others', () => {
		const problems = problemsOf(
			`${head}hotfixes:\n${Array.from({ length: 350 }, (_, index) => `  f${index}: { timeout: 5 }\n`).join('')}`,
		);
		expect(problems).toHaveLength(101);
		expect(problems[0]?.at?.line).toBe(4);
		expect(problems.at(-1)).toMatchObject({ code: 'HS1016', message: 'there are 250 more problems in this file' });
	});

	it('reports what stands behind an anchor once, where it is written', () => {
		expect(codesAndPlaces(problemsOf(`${head}x-t: &t { timeout: 5 }\nhotfixes: { a: *t, b: *t, c: *t }\n`))).toEqual([
			'HS1301 3:20',
		]);
	});

	it('says every problem with its place and a cure, in lower case and without a full stop', () => {
		const texts = [
			hotfix('scirpt: 1', 'timeout: 5', 'when: {}', 'run: x', 'needs: a', 'tags: [1, 1]'),
			`${head}patch:\nreboot: []\n`,
			'a: 1\n',
		];
		for (const problem of texts.flatMap(text => problemsOf(text))) {
			expect(problem.message).toMatch(/^[a-z`].*[^.]$/);
			expect(problem.hint).toMatch(/^[a-z`].*[^.]$/);
			expect(problem.at).toBeDefined();
		}
	});
});
