import { describe, expect, it } from 'vitest';
import { emptyLock, formatLock } from '../../src/language/lock-file.ts';
import { repoPath, sha256Digest } from '../../src/model/brand.ts';
import { homeInventory, hotfix, load, loadedOrThrow, loadText, said } from './load.ts';

describe('a playbook', () => {
	it('may have nothing but a name', () => {
		const loaded = loadText('hsctl: 1\nname: x\n');
		expect(loaded.diagnostics).toEqual([]);
		expect(loaded.playbook).toEqual({
			name: 'x',
			file: 'playbooks/p.yaml',
			hosts: { kind: 'name', name: 'localhost' },
			vars: new Map(),
			inventory: expect.anything(),
			units: [],
			secrets: new Map(),
			unsupported: [],
			warnings: [],
		});
	});

	it('has its units in phase order, then in the order of the file, whatever their ids look like', () => {
		const { units } = loadedOrThrow(
			load(
				'reboot: { when: required }\npatch: {}\npools: { p: { files: [{ src: fix.sh, dest: /a }] } }\nhotfixes: { z: { script: fix.sh }, "10": { script: fix.sh }, "9": { script: fix.sh } }\n',
			),
		);
		expect(units.map(unit => unit.address)).toEqual(['hotfix.z', 'hotfix.10', 'hotfix.9', 'pool.p', 'patch', 'reboot']);
	});

	it('tells which sections it has that steer a run or only stand for themselves', () => {
		const { unsupported } = loadedOrThrow(
			load('verify: ["true"]\nrollout: {}\nexceptions: { e: { packages: [a], reason: b } }\nhotfixes: {}\n'),
		);
		expect(unsupported.map(({ section, steersRun }) => [section, steersRun])).toEqual([
			['exceptions', false],
			['rollout', true],
		]);
	});

	it('keeps its warnings', () => {
		const { playbook } = load('hotfixes: { fix: { script: fix.sh } }\n');
		expect(playbook?.warnings.map(({ code }) => code)).toEqual(['HS1401']);
	});

	it('is read from the file that is named, or not at all', () => {
		const files = { 'playbooks/p.yaml': { link: 'gone.yaml' } };
		expect(said(loadText('', files))).toEqual(['HS1001 (nowhere): playbooks/p.yaml cannot be read: it does not exist']);
	});

	it('is refused when it is too large', () => {
		expect(said(loadText(`hsctl: 1\n#${' '.repeat(5 * 1024 * 1024)}\n`))).toEqual([
			'HS1002 (nowhere): playbooks/p.yaml is too large: it has 5.0 MiB, and the limit is 4 MiB',
		]);
	});
});

describe('a hotfix', () => {
	it('has safe values where nothing is said', () => {
		const { script, at, ...rest } = hotfix('');
		expect(rest).toEqual({
			kind: 'hotfix',
			address: 'hotfix.fix',
			hosts: { kind: 'name', name: 'localhost' },
			needs: [],
			tags: [],
			when: { kind: 'always' },
			run: 'once',
			ifInterrupted: 'auto',
			timeoutMs: 300_000,
			env: new Map(),
			restarts: [],
		});
		expect(at).toMatchObject({ line: 4, column: 3, endColumn: 6 });
		expect(script).toEqual({
			path: 'fix.sh',
			bytes: new TextEncoder().encode('exit 0\n'),
			// printf 'exit 0\n' | sha256sum
			digest: sha256Digest('28d3b9e880a77975493dc7e359144c0295a4f694cfe0af4f928c22307bc5c320'),
			interpreter: ['/bin/sh'],
			pin: 'missing',
		});
	});

	it('has all that is said of it', () => {
		const unit = hotfix(
			[
				'    description: Why',
				'    component: gogs',
				'    hosts: localhost',
				'    tags: [one]',
				'    become: doas',
				'    run: every',
				'    timeout: 90s',
				'    undo: back.sh',
				'    restarts: [a.service]',
				'    env: { A: b }',
				'    stdin: in',
				'    interpreter: /usr/bin/python3 -u',
				'    if_interrupted: ask',
				'',
			].join('\n'),
			{ 'back.sh': '#!/bin/bash\n' },
		);
		expect(unit).toMatchObject({
			description: 'Why',
			component: 'gogs',
			tags: ['one'],
			become: 'doas',
			run: 'every',
			ifInterrupted: 'ask',
			timeoutMs: 90_000,
			undo: { path: 'back.sh', interpreter: ['/bin/bash'] },
			restarts: ['a.service'],
			env: new Map([['A', 'b']]),
			stdin: 'in',
			script: { interpreter: ['/usr/bin/python3', '-u'] },
		});
	});

	it('without a script has the one that is called like it', () => {
		const { playbook } = load('hotfixes: { git_cve: {} }\n', { 'hotfixes/git_cve.sh': '' });
		expect(playbook?.units[0]).toMatchObject({ script: { path: 'hotfixes/git_cve.sh' } });
	});

	it('runs where the playbook runs unless it says otherwise', () => {
		const { units } = loadedOrThrow(
			load(`${homeInventory}hosts: web\nhotfixes: { a: { script: fix.sh }, b: { script: fix.sh, hosts: dns } }\n`),
		);
		expect(units.map(unit => unit.hosts)).toEqual([
			{ kind: 'name', name: 'web' },
			{ kind: 'name', name: 'dns' },
		]);
	});

	it.each([
		['0s', 'HS1313 0s: `0s` leaves no time at all'],
		['400d', 'HS1313 400d: `400d` is longer than a year'],
	])('cannot take %s', (timeout, expected) => {
		expect(said(load(`hotfixes: { fix: { script: fix.sh, timeout: ${timeout} } }\n`))).toEqual([expected]);
	});
});

describe('problems', () => {
	it('are all shown at once, from every section, those of the structure too', () => {
		const loaded = load(
			`${homeInventory}hosts: wbe
hotfixes:
  a: { script: gone.sh, needs: [hotfix.aa] }
  b: { scrpt: fix.sh }
  c: { script: fix.sh, env: { A: "\${vars.x}" } }
windows: { w: { cron: "0 99 * * *", duration: 1h } }
schedules: { s: { window: w } }
modules: { m: { source: modules/m, version: "1" } }
`,
		);
		expect(said(loaded)).toEqual([
			'HS1203 wbe: the inventory has no host or group `wbe`',
			expect.stringMatching(/^HS1209 gone.sh: /),
			'HS1201 hotfix.aa: there is no unit `hotfix.aa`',
			expect.stringMatching(/^HS1101 scrpt: /),
			'HS1305 "0 99 * * *": `0 99 * * *` is not a cron expression: the hour `99` cannot be understood',
			expect.stringMatching(/^HS1210 modules\/m: /),
		]);
	});

	it('leave no playbook, and warnings do', () => {
		expect(load('hotfixes: { a: { script: gone.sh } }\n').playbook).toBeUndefined();
		expect(load('windows: { w: { cron: "0 0 * * *", duration: 1h } }\n').playbook).toBeDefined();
	});

	it.each([
		['a hotfix', 'hotfixes: { a: { script: fix.sh, timeout: 5 }, b: { script: fix.sh, needs: [hotfix.a] } }'],
		['a pool', 'pools: { a: {} }\nhotfixes: { b: { script: fix.sh, needs: [pool.a] } }'],
		['patch', 'patch: 5\nhotfixes: { b: { script: fix.sh, needs: [patch] } }'],
		['a variable', 'vars: { a: 5 }\nhotfixes: { b: { script: fix.sh, env: { A: "${vars.a}" } } }'],
		['a secret', 'secrets: { a: 5 }\nhotfixes: { b: { script: fix.sh, stdin: "${secret.a}" } }'],
		['a window', 'windows: { a: 5 }\nschedules: { s: { window: a } }'],
		[
			'a schedule that alone uses a window',
			'windows: { a: { cron: "0 0 * * *", duration: 1h } }\nschedules: { s: { window: a, run: 5 } }',
		],
		[
			'a hotfix that alone uses a secret',
			'secrets: { a: { env: A } }\nhotfixes: { b: { script: fix.sh, timeout: 5, stdin: "${secret.a}" } }',
		],
		['a module that is a child', 'modules: { a: { source: m, version: 5 }, all: { children: [a] } }'],
		[
			'a hotfix called like a part of every object',
			'hotfixes: { toString: { script: fix.sh, timeout: 5 }, valueOf: { script: fix.sh } }',
		],
		['a script', 'hotfixes: { a: { scirpt: fix.sh } }'],
		['a selection', 'hotfixes: { a: { script: fix.sh, hsots: web, env: { A: "${vars.x}" } } }'],
		['patch, inside', 'patch: { soka: 3d }\nhotfixes: { b: { script: fix.sh, needs: [patch] } }'],
		['reboot, inside', 'reboot: { whne: required }\nhotfixes: { b: { script: fix.sh, needs: [reboot] } }'],
		[
			'a need',
			`${homeInventory}hotfixes: { a: { script: fix.sh, hosts: web }, b: { script: fix.sh, hosts: dns, needs: [{ unit: hotfix.a, hosts: al }] } }`,
		],
		['a bound', 'hotfixes: { a: { script: fix.sh, when: { binary_version: { binary: git, below: 2.3 } } } }'],
		[
			'a comparator',
			'hotfixes: { a: { script: fix.sh, when: { binary_version: { binary: git, below: "1:2-3", compare: dbe } } } }',
		],
		[
			'one of several conditions',
			'hotfixes: { a: { script: fix.sh, when: { any: [{ os: { family: debain } }, always] } } }',
		],
		[
			'a schedule that may be switched off',
			'windows: { w: { cron: "0 0 * * *", duration: 1h } }\nschedules: { s: { window: w }, t: { window: w, enabled: no } }',
		],
		[
			'an exception that may be switched off',
			'exceptions: { e: { packages: [a], reason: b, expires: "2020-01-01", enabled: no } }',
		],
		[
			'a section whose name is misspelt',
			'varz: { a: "1" }\nhotfixes: { b: { script: fix.sh, env: { A: "${vars.a}" } } }',
		],
		[
			'the inventory',
			'inventroy: { groups: { web: { hosts: { a: {} } } } }\nhotfixes: { b: { script: fix.sh, hosts: web } }',
		],
		[
			'the vars of a host',
			'inventory: { groups: { web: { hosts: { a: { vras: { x: "1" } } } } } }\nhotfixes: { b: { script: fix.sh, hosts: web, env: { A: "${vars.x}" } } }',
		],
		[
			'the hosts of a group',
			'inventory: { groups: { web: { host: { a: {} } } } }\nhotfixes: { b: { script: fix.sh, hosts: web & a } }',
		],
		[
			'a host',
			'inventory: { groups: { web: { hosts: { a: 5, b: {} } } } }\nhotfixes: { b: { script: fix.sh, hosts: a } }',
		],
		[
			'a guest',
			'inventory: { groups: { web: { hosts: { a: {}, b: { on: a, vmid: "101" } } } } }\nhotfixes: { b: { script: fix.sh, hosts: b } }',
		],
		['the selection of the playbook', 'hosts: 5\nhotfixes: { b: { script: fix.sh } }'],
	])('of the structure of %s are not held against those that name it', (_what, body) => {
		const codes = load(`${body}\n`)
			.diagnostics.map(({ code }) => code)
			.filter(code => code !== 'HS1401');
		expect(codes).toHaveLength(1);
		expect(codes[0]).toMatch(/^HS1[13]0\d$/);
	});

	it.each([
		['a hotfix', 'hotfixes: { a: { runn: x, script: none.sh, needs: [hotfix.q] } }', ['HS1101', 'HS1209', 'HS1201']],
		[
			'a list',
			'hotfixes: { a: { script: fix.sh, needs: [5, hotfix.q, 6, hotfix.r] } }',
			['HS1103', 'HS1201', 'HS1103', 'HS1201'],
		],
		[
			'a condition',
			'hotfixes: { a: { script: fix.sh, when: { all: [{ os: { famly: debian } }, { fact: { name: x, equals: y } }] } } }',
			['HS1101', 'HS1215'],
		],
		[
			'a pool',
			'pools: { a: { files: [{ src: none, dest: /a, mode: 0644 }], chek: [] } }',
			['HS1210', 'HS1106', 'HS1101'],
		],
		['patch', 'patch: { soka: 3d, hosts: wbe, timeout: 400d }', ['HS1101', 'HS1203', 'HS1313']],
		['rollout', 'rollout: { budgte: 5, waves: [{ name: a, hosts: wbe }] }', ['HS1101', 'HS1203']],
		[
			'the inventory',
			'inventory: { groups: { web: { hosts: { a: { adress: b }, b: { vars: { x: "${vars.y}" } } } } } }\nhosts: wbe',
			['HS1101', 'HS1208', 'HS1203'],
		],
	])('of the structure of %s do not hide the others in it', (_what, body, codes) => {
		const found = load(`${body}\n`).diagnostics.filter(({ code }) => code !== 'HS1401');
		expect(found.map(({ code }) => code)).toEqual(codes);
	});

	it('keep their place in a list where something before them is wrong', () => {
		expect(said(load('hotfixes: { a: { script: fix.sh, needs: [5, hotfix.q, 6, hotfix.r] } }\n'))).toEqual([
			expect.stringMatching(/^HS1103 5: /),
			expect.stringMatching(/^HS1201 hotfix.q: /),
			expect.stringMatching(/^HS1103 6: /),
			expect.stringMatching(/^HS1201 hotfix.r: /),
		]);
	});

	it('of a selection are not held against the unit that has it', () => {
		const body = `${homeInventory}hotfixes: { a: { script: fix.sh, hosts: wbe, env: { A: "\${host.vmid}\${vars.x}" } }, b: { script: fix.sh, hosts: web, needs: [hotfix.a] } }\n`;
		expect(said(load(body))).toEqual(['HS1203 wbe: the inventory has no host or group `wbe`']);
	});

	it('that stand behind an alias, far from the entry that is wrong by them, do no harm', () => {
		const body = 'x-needs: &needs 5\nhotfixes:\n  a:\n    script: fix.sh\n    needs: *needs\n';
		expect(said(load(body))).toEqual([expect.stringMatching(/^HS1103 5: /)]);
	});

	it('beyond the first hundred of the structure do no harm either', () => {
		const wrong = Array.from({ length: 150 }, (_, index) => `  a${index}: { needs: 5 }\n`).join('');
		const { diagnostics } = load(`hotfixes:\n${wrong}`);
		expect(diagnostics.filter(({ code }) => code === 'HS1103')).toHaveLength(100);
	});

	it('of one kind are listed up to a hundred, errors and warnings apart', () => {
		const hotfixes = Array.from(
			{ length: 150 },
			(_, index) => `  a${index}: { script: s${index}.sh, needs: [hotfix.b${index}] }\n`,
		);
		const files = Object.fromEntries(hotfixes.map((_, index) => [`s${index}.sh`, '']));
		const { diagnostics } = load(`hotfixes:\n${hotfixes.join('')}`, { ...files, 'hsctl.lock': formatLock(emptyLock) });
		const more = diagnostics.filter(({ code }) => code === 'HS1016');
		expect(diagnostics.filter(({ code }) => code === 'HS1201')).toHaveLength(100);
		expect(diagnostics.filter(({ code }) => code === 'HS1402')).toHaveLength(100);
		expect(more.map(({ severity, message }) => `${severity}: ${message}`).toSorted()).toEqual([
			'error: this is one of 50 more errors, which are not listed',
			'warning: this is one of 50 more warnings, which are not listed',
		]);
	});
});

describe('the lock file', () => {
	const pinned = (digest: string) =>
		formatLock({ files: new Map([[repoPath('fix.sh'), sha256Digest(digest)]]), trees: new Map() });
	const right = hotfix('').script.digest.slice('sha256:'.length);
	const body = 'hotfixes: { a: { script: fix.sh }, b: { script: fix.sh } }\n';
	const pinOf = (files: Readonly<Record<string, string>>) => {
		const unit = loadedOrThrow(load(body, files)).units[0];
		return unit?.kind === 'hotfix' ? unit.script.pin : undefined;
	};

	it('that agrees says nothing', () => {
		expect(pinOf({ 'hsctl.lock': pinned(right) })).toBe('matches');
		expect(load(body, { 'hsctl.lock': pinned(right) }).diagnostics).toEqual([]);
	});

	it('that is missing is one warning for all, at the section that needs it', () => {
		const { diagnostics } = load(body);
		expect(diagnostics.map(({ severity, code, at }) => [severity, code, at?.line])).toEqual([['warning', 'HS1401', 3]]);
		expect(pinOf({})).toBe('missing');
	});

	it('that does not know a script is a warning, once for each script', () => {
		expect(pinOf({ 'hsctl.lock': formatLock(emptyLock) })).toBe('missing');
		expect(said(load(body, { 'hsctl.lock': formatLock(emptyLock) }))).toEqual([
			'HS1402 fix.sh: fix.sh is not pinned in hsctl.lock, so it will not be applied',
		]);
	});

	it('that knows another content is a warning, once for each script', () => {
		expect(pinOf({ 'hsctl.lock': pinned('0'.repeat(64)) })).toBe('differs');
		expect(said(load(body, { 'hsctl.lock': pinned('0'.repeat(64)) }))).toEqual([
			'HS1403 fix.sh: fix.sh has changed since it was pinned in hsctl.lock, so it will not be applied',
		]);
	});

	it.each([
		['is damaged', '{', 'HS1405 (nowhere): hsctl.lock cannot be read: it is not JSON'],
		['is a link to nothing', { link: 'gone' }, 'HS1405 (nowhere): hsctl.lock cannot be read: it does not exist'],
		['is a folder', undefined, 'HS1405 (nowhere): hsctl.lock cannot be read: it is a folder'],
	])('that %s is an error, and not taken for none', (_what, entry, expected) => {
		const loaded = load(body, entry === undefined ? { 'hsctl.lock/x': '' } : { 'hsctl.lock': entry });
		expect(loaded.diagnostics.map(({ code }) => code)).toEqual(['HS1405']);
		expect(said(loaded)).toEqual([expected]);
	});

	it('is not missed by a playbook without scripts', () => {
		expect(load('vars: { a: b }\n').diagnostics).toEqual([]);
	});
});
