import { describe, expect, it } from 'vitest';
import { noteTexts } from './made.ts';
import { asFiles, importingJson, madePlaybook } from './made-playbook.ts';
import {
	components,
	fileSet,
	globalIndex,
	interactables,
	manifest,
	migrations,
	operations,
	pools,
	poolsWithPermissions,
	poolsWithVersions,
	release,
	targets,
} from './upstream.ts';

/** Without comments. */
const yaml = (text: string): string =>
	text
		.split('\n')
		.filter(line => !/^\s*#/.test(line) && line !== '')
		.join('\n');

/** What stands below a unit's id, without comments and without the indentation. */
function unit(text: string, id: string): string {
	const lines = yaml(text).split('\n');
	const start = lines.indexOf(`  ${id}:`);
	const end = lines.findIndex((line, index) => index > start && !line.startsWith('    '));
	return lines
		.slice(start + 1, end === -1 ? undefined : end)
		.map(line => line.slice(4))
		.join('\n');
}

const hotfix = (json: unknown, more: Readonly<Record<string, unknown>> = {}, keepsState = false) =>
	madePlaybook({ 'modules/hotfix/index.json': json, ...more }, { keepsState });

describe('targets', () => {
	const scripts = Object.fromEntries(
		targets.targets.map(({ id }) => [`modules/hotfix/src/${id}.sh`, '#!/bin/sh\n'] as const),
	);
	const made = hotfix(targets, scripts);

	it.each<readonly [id: string, lines: string]>([
		[
			'gogs_fix',
			`description: Repairs hooks
component: gogs
when: { module_schema: { module: gogs, max_version: "0.1.7", if_missing: fail, if_unreadable: fail } }
script: ./modules/hotfix/src/gogs_fix.sh
timeout: "5m"`,
		],
		[
			'git_cve',
			`component: git
when:
  binary_version: { binary: /usr/bin/git, max_version: "2.30.0", if_missing: fail, if_unreadable: fail }
script: ./modules/hotfix/src/git_cve.sh
timeout: "5m"`,
		],
		[
			'factory',
			`when: { file_exists: { path: /etc/homeserver.factory, invert: true } }
script: ./modules/hotfix/src/factory.sh
timeout: "5m"`,
		],
		['always', 'script: ./modules/hotfix/src/always.sh\ntimeout: "5m"'],
		['plain', 'script: ./modules/hotfix/src/plain.sh\ntimeout: "5m"'],
		[
			'by_hand',
			`description: Puts it back – when it is broken
when: { command: { run: [ test, "\${vars.run_by_hand}", =, "yes" ] } }
script: ./modules/hotfix/src/by_hand.sh
timeout: "5m"`,
		],
		['strange', 'when: { not: always }\nscript: ./modules/hotfix/src/strange.sh\ntimeout: "5m"'],
	])('%s becomes a hotfix', (id, lines) => expect(unit(made.text, id)).toBe(lines));

	it('have nothing wrong with them where their scripts are there', () => expect(made.problems).toEqual([]));

	it('lose nothing that is not said, with its place', () => {
		expect(noteTexts(made)).toEqual([
			'modules/hotfix/index.json:3: `metadata.schema_version` is left out: hotfixes and pools go by what is in them',
			'modules/hotfix/index.json:15: `targets[0].version_check.module` of the hotfix `gogs_fix` runs upstream where the module is not there, and never where it cannot be read; here both fail and say so; write `if_missing` and `if_unreadable` as it should be',
			'modules/hotfix/index.json:18: `targets[0].has_run` of the hotfix `gogs_fix` is true: it has run upstream, and no host has a receipt of it; with --seed-state FILE that is written down',
			'modules/hotfix/index.json:25: `targets[1].version_check.binary` of the hotfix `git_cve` runs upstream where the program is not there or tells no version; here both fail and say so; write `if_missing` and `if_unreadable` as it should be',
			'modules/hotfix/index.json:53: `targets[5].version_check.type` of the hotfix `by_hand` is `manual`, which upstream never runs; here it runs on your word: --set run_by_hand=yes',
			'modules/hotfix/index.json:60: `targets[6].version_check.type` of the hotfix `strange` is `moon_phase`, which is not known: upstream skips it and calls that a success, here it never runs; write its `when`',
			'modules/hotfix/index.json:61: `targets[6].version_check.phase` of the hotfix `strange` has no place in a playbook and is left out',
		]);
	});

	it('have a note beside them in the playbook, too', () => {
		expect(made.text).toContain(
			'  # `targets[6].version_check.phase` has no place in a playbook and is left out (modules/hotfix/index.json:61)\n  strange:\n',
		);
	});

	it('whose script upstream never had are said, by the import and by validate', () => {
		const { 'modules/hotfix/src/plain.sh': _, ...others } = scripts;
		const without = hotfix(targets, others);
		expect(noteTexts(without)).toContain(
			'modules/hotfix/index.json:46: `targets[4].id` of the hotfix `plain` names the script modules/hotfix/src/plain.sh, which is not there; write it, or take the hotfix out',
		);
		expect(without.problems).toEqual([
			'HS1209 the script modules/hotfix/src/plain.sh cannot be read: it does not exist',
		]);
	});

	it('what has run is written down where that is asked for, and nothing else of it', () => {
		const { seedState, done, notes } = hotfix(targets, scripts, true);
		expect(JSON.parse(seedState)).toEqual({
			format: 'hsctl/seed-state/v1',
			playbook: 'hotfix',
			done: ['hotfix.gogs_fix'],
		});
		expect([done, notes.filter(({ subject }) => subject.includes('has_run'))]).toEqual([1, []]);
	});

	it.each<readonly [what: string, check: unknown, when: string | undefined]>([
		['no path', { type: 'file_exists' }, '{ not: always }'],
		['no path, turned round', { type: 'file_exists', invert: true }, undefined],
		['a path that is none', { type: 'file_exists', path: 'etc/x' }, '{ not: always }'],
		['no bound', { type: 'module_schema', module: 'gogs' }, '{ not: always }'],
		['no module', { type: 'module_schema', max_version: '1.0' }, '{ not: always }'],
		['a bound that no version is', { type: 'binary_version', binary: 'git', max_version: '∞' }, '{ not: always }'],
		['no type', { value: true }, '{ not: always }'],
		['never', { type: 'always', value: false }, '{ not: always }'],
		['the text of a reference', { type: 'file_exists', path: '/srv/${x}' }, '{ file_exists: { path: "/srv/$${x}" } }'],
		[
			'a number',
			{ type: 'binary_version', binary: 'git', max_version: 2.3 },
			'{ binary_version: { binary: git, max_version: "2.3", if_missing: fail, if_unreadable: fail } }',
		],
	])('a condition with %s never runs by chance', (_what, check, when) => {
		const one = hotfix({ targets: [{ id: 'x', version_check: check }] });
		const line = unit(one.text, 'x')
			.split('\n')
			.find(text => text.startsWith('when: '));
		expect(line?.slice('when: '.length)).toBe(when);
		expect(one.notes.some(({ subject }) => subject.startsWith('`targets[0].version_check'))).toBe(
			!String(when).includes('file_exists'),
		);
	});

	it('of a module that is switched off never run', () => {
		const off = hotfix({ metadata: { enabled: false }, targets: [{ id: 'x' }, { id: 'z', version_check: {} }] });
		expect([unit(off.text, 'x'), unit(off.text, 'z')].map(text => text.split('\n')[0])).toEqual([
			'when: { not: always }',
			'when: { not: always }',
		]);
	});

	it('a script that speaks of the file beside it is said: a hotfix takes one along', () => {
		const made = hotfix(
			{ targets: [{ id: 'x' }] },
			{ 'modules/hotfix/src/x.sh': '. ./common.sh\n', 'modules/hotfix/src/common.sh': '' },
		);
		expect(noteTexts(made)[0]).toContain('names a script that speaks of common.sh beside it');
	});

	it('with one name twice, or a name that no id can be, are all there', () => {
		const { playbook } = hotfix({
			targets: [{ id: 'a b' }, { id: 'a_b' }, { id: 'a_b' }, { id: '__proto__' }, { id: 'x-y' }],
		});
		expect(playbook?.units.map(({ address }) => address)).toEqual(
			['a_b', 'a_b_2', 'a_b_3', '__proto___', 'x_y'].map(id => `hotfix.${id}`),
		);
	});
});

describe('pools', () => {
	it('are all their files or none; commands that upstream lost each other stand together', () => {
		const made = hotfix(pools, {
			'modules/hotfix/src/auth.tsx': 'a',
			'modules/hotfix/src/login.tsx': 'b',
		});
		expect(made.problems).toEqual([]);
		expect(yaml(made.text)).toBe(`hsctl: 1
name: hotfix
description: Repairs in a hurry
pools:
  website:
    description: Signs in again
    files:
      - { src: ./modules/hotfix/src/auth.tsx, dest: /var/www/homeserver/src/auth.tsx }
      - { src: ./modules/hotfix/src/login.tsx, dest: /var/www/homeserver/src/login.tsx }
    cwd: /var/www/homeserver
    activate: [ npm build, systemctl restart homeserver ]
    check: [ systemctl is-active homeserver ]
verify:
  - echo 'all is well'
  - curl -fsS http://localhost/`);
		expect(noteTexts(made).slice(1)).toEqual([
			'modules/hotfix/index.json:11: `pools[0].operations` of the pool `website` are put there by upstream whatever is there; here a file that differs counts as customised and the pool is skipped; add the digests of shipped versions as `baseline`, or `on_customised: replace`',
			'modules/hotfix/index.json:21: `pools[0].closure[0]` of the pool `website` holds for the commands behind it; upstream ran each in a shell of its own and lost it',
			'modules/hotfix/index.json:21: `pools[0].closure[1]` of the pool `website` calls `npm build`, which is no command of npm; write `npm run build`',
			'modules/hotfix/index.json:29: `finalClosure` became `verify`, at the end of the work on each host: upstream runs it when any pool succeeded, its manual says all',
		]);
	});

	it('take owners and modes, with what upstream takes where they are not said', () => {
		const made = hotfix(poolsWithPermissions);
		expect(unit(made.text, 'tool')).toBe(`files:
  - src: ./modules/hotfix/src/tool.sh
    dest: /usr/local/sbin/tool.sh
    mode: "0755"
    owner: root
    group: root
  - src: ./modules/hotfix/src/tool.conf
    dest: /etc/tool.conf
    mode: "0644"
    owner: root
    group: root
activate: [ /usr/local/sbin/tool.sh ]`);
	});

	it('whose command is the fix itself are flagged: to restore the files takes nothing of it back', () => {
		expect(noteTexts(hotfix(poolsWithPermissions))).toContain(
			'modules/hotfix/index.json:26: `pools[0].closure[0]` of the pool `tool` runs what the pool has put there: it is the fix itself, and to restore the files takes nothing of it back; make it a hotfix with an `undo`, or see that it may run again',
		);
	});

	it('are compared with the version of their own module at once, which is all that upstream does', () => {
		const made = hotfix(poolsWithVersions);
		expect([unit(made.text, 'now'), unit(made.text, 'past').split('\n')[0]]).toEqual([
			'files: [ { src: ./modules/hotfix/src/a, dest: /etc/a } ]',
			'when: { not: always }',
		]);
		expect(noteTexts(made).filter(text => /target_schema_version|has_run/.test(text))).toEqual([
			expect.stringContaining(
				'of the pool `now` is left out: upstream compares it with the version of the hotfix module',
			),
			expect.stringContaining('`pools[0].has_run` of the pool `now` is left out: a pool looks at its files'),
			expect.stringContaining('which is 0.1.9 already: the pool never runs'),
		]);
	});

	it.each<readonly [what: string, operations: unknown, said: string]>([
		['no files', [], '`pools[0]` of the pool `x` is left out: it has no files'],
		['a destination that is no path', [{ target: 'a', destination: 'etc/a' }], 'is no plain absolute path of a file'],
		['one file without a source', [{ target: 'a', destination: '/etc/a' }, { destination: '/etc/b' }], 'names no file'],
		['a way out of its folder', [{ target: 'a', destination: '/etc/../a' }], 'is no plain absolute path of a file'],
	])('with %s are left out as a whole, and said', (_what, operations, said) => {
		const made = hotfix({ targets: [{ id: 'other' }], pools: [{ id: 'x', operations, closure: ['true'] }] });
		expect(made.text).not.toContain('pools:');
		expect(noteTexts(made).join('\n')).toContain(said);
	});

	it('that write one file twice keep the last, and two pools never share a file', () => {
		const made = hotfix({
			pools: [
				{
					id: 'a',
					operations: [
						{ target: 'one', destination: '/etc/x' },
						{ target: 'two', destination: '//etc/./x' },
					],
				},
				{ id: 'b', operations: [{ target: 'three', destination: '/etc/x' }] },
				{ id: 'c', operations: [{ target: 'four', destination: '/etc/d/' }] },
			],
		});
		expect(unit(made.text, 'a')).toBe('files: [ { src: ./modules/hotfix/src/two, dest: /etc/x } ]');
		expect(unit(made.text, 'c')).toBe('files: [ { src: ./modules/hotfix/src/four, dest: /etc/d/four } ]');
		expect(noteTexts(made).join('\n')).toContain(
			'of the pool `b` is written by the pool `a`, too; keep one of the two',
		);
	});
});

describe('operations', () => {
	it('become the steps of a module, in their order', () => {
		const made = hotfix(operations, { 'modules/hotfix/src/more.conf': 'a=1\n' });
		expect(unit(made.text, 'hotfix')).toBe(
			'description: Repairs in a hurry\nsource: ./modules/hotfix\nversion: "1.0.0"',
		);
		expect([...made.modules]).toEqual([
			[
				'modules/hotfix',
				`name: hotfix
version: "1.0.0"
description: Repairs in a hurry
steps:
  - assert:
      that:
        command: { run: out=$(systemctl is-active app) && case $out in *'active'*) ;; *) exit 1 ;; esac }
      message: app runs
  - name: put
    file: { src: src/app.py, dest: /srv/app/app.py, mode: "0644", owner: www-data, group: www-data }
  - name: add
    block:
      path: /etc/app.conf
      content: |
        a=1
      marker: "# MORE {mark}"
      create: true
  - name: link
    when: { not: always }
    file: { src: src/tool, dest: /usr/local/bin/tool, mode: "0755" }
  - { name: run, script: { path: src/fix.sh, cwd: /tmp, timeout: "60s" } }
check:
  - systemctl status app
  - out=$(curl -w '%{http_code}' http://localhost/) && case $out in *'200'*) ;; *) exit 1 ;; esac
rollback: [ { script: { path: src/unfix.sh, cwd: /tmp, timeout: "60s" } } ]
`,
			],
		]);
		expect(made.problems).toEqual(
			['app.py', 'tool', 'fix.sh', 'unfix.sh'].map(file => `HS1210 the module has no file \`src/${file}\``),
		);
		expect(noteTexts(made).filter(text => text.includes('operations[3]'))).toEqual([
			expect.stringContaining('`operations[3].source` of the module `hotfix` names a file that is not there'),
			expect.stringContaining('`operations[3].cleanup_after` of the module `hotfix` is left out'),
			expect.stringContaining('`operations[3].critical` of the module `hotfix` has no place in a playbook'),
		]);
	});

	it.each([
		['rollback', { enabled: false }],
		['config', { rollback_on_failure: false }],
	])('that upstream does not take back stay, too (%s)', (key, value) => {
		expect(unit(hotfix({ ...operations, [key]: value }).text, 'hotfix')).toMatch(/on_failure: keep$/);
	});

	it('whose text is not there fail until it is: nothing of them is passed over', () => {
		expect([...hotfix(operations).modules.values()][0]).toContain(
			'  - name: add\n    assert: { that: { not: always }, message: write the block that upstream appends here }\n',
		);
	});
});

describe('a manifest', () => {
	const made = madePlaybook({ 'up/manifest.json': manifest });

	it('becomes modules, a group of them, and needs where a module with children has work of its own', () => {
		expect(made.problems).toEqual([]);
		expect(yaml(made.text)).toBe(`hsctl: 1
name: up
modules:
  adblock:
    description: Blocks advertisements
    source: ./up/adblock
    version: "1.1.0"
    last_safe: "1.0.0"
  gogs:
    when: { not: always }
    source: ./up/gogs
    version: "2.0.0"
  themes:
    source: ./up/themes
    version: "0.1.0"
    needs: [ module.gogs ]
  lonely:
    when: { not: always }
    source: ./up/lonely
    version: "0.1.0"
  all_services:
    children: [ adblock, gogs ]`);
	});

	it('says what it is not', () => {
		expect(noteTexts(made).map(text => text.replace(/^up\/manifest.json:\d+: /, ''))).toEqual([
			expect.stringMatching(/^`updates\[0\].name` of the module `adblock` is a module whose work is in a program/),
			expect.stringMatching(
				/^`updates\[0\].checksum` of the module `adblock` is left out: .* `hsctl checksum --legacy DIR`$/,
			),
			expect.stringMatching(/^`updates\[0\].lastApplied` of the module `adblock` is left out/),
			expect.stringMatching(/^`updates\[1\].name` of the module `gogs`/),
			expect.stringMatching(/^`updates\[1\].enabled` of the module `gogs` is false: it never runs/),
			expect.stringMatching(/^`updates\[1\].children` of the module `gogs` became `needs`/),
			expect.stringMatching(/^`updates\[2\].name` of the module `themes`/),
			expect.stringMatching(/^`updates\[3\]` of the module `lonely` is never run: the entrypoint does not lead to it/),
			expect.stringMatching(/^`updates\[3\].name` of the module `lonely`/),
			expect.stringMatching(
				/^`updates\[4\].children\[2\]` of the module `all_services` names `ghost`, which is not in the manifest/,
			),
		]);
	});

	it('never makes a success of a module that has no steps yet', () => {
		expect(made.modules.get('up/adblock')).toBe(
			'name: adblock\nversion: "1.1.0"\nsteps: [ { assert: { that: { not: always }, message: the steps of adblock are not written yet } } ]\n',
		);
	});

	it('with modules that contain each other loses the child that closes the circle, and says which', () => {
		const circle = madePlaybook({
			'manifest.json': {
				updates: [
					{ name: 'a', children: ['b'] },
					{ name: 'b', children: ['c', 'd'] },
					{ name: 'c', children: ['a'] },
					{ name: 'd', version: '1.0' },
				],
				entrypoint: 'a',
			},
		});
		expect(noteTexts(circle).join('\n')).toContain(
			'`updates[2].children[0]` of the module `c` closes a circle of children',
		);
		expect(yaml(circle.text)).toContain('  a:\n    children: [ b ]\n  b:\n    children: [ d ]\n  d:\n');
	});

	it('leaves out a last safe version above the version, and one that is none', () => {
		const versions = madePlaybook({
			'manifest.json': {
				updates: [
					{ name: 'a', version: '1.0', lastSafeVersion: '1.1' },
					{ name: 'b', version: '1.0', lastSafeVersion: '?' },
					{ name: 'c', version: 1.5 },
				],
			},
		});
		expect(versions.text).not.toContain('last_safe');
		expect(unit(versions.text, 'c')).toBe('source: ./c\nversion: "1.5"');
	});
});

describe('modules', () => {
	it('that are a list of files become a pool: 15 files or none', () => {
		const made = madePlaybook({ 'modules/sbin/index.json': fileSet });
		const sbin = made.playbook?.units[0];
		expect(sbin).toMatchObject({ address: 'pool.sbin', kind: 'pool' });
		expect(sbin?.kind === 'pool' ? sbin.files.map(({ dest, mode, owner }) => `${owner} ${mode} ${dest}`) : []).toEqual(
			Array.from({ length: 15 }, (_, n) => `root 0755 /usr/local/sbin/tool${n}.sh`),
		);
		expect(made.problems).toHaveLength(15);
		expect(noteTexts(made).filter(text => text.includes('is not there'))).toHaveLength(15);
		expect(noteTexts(made)).toContain(
			'modules/sbin/index.json:10: `repo.url` of the pool `sbin` is where upstream fetches the files on each host; here they are pinned in the repository of the playbook; check it out: git clone --branch master https://example.org/sbin.git modules/sbin/src',
		);
	});

	it('put no words of a file into a line that people copy into a shell', () => {
		const made = madePlaybook({
			'modules/sbin/index.json': { ...fileSet, repo: { url: 'x; rm -rf /', branch: '$(id)' } },
		});
		expect(noteTexts(made).join('\n')).toContain('check it out: git clone URL modules/sbin/src');
	});

	it('that are migrations become hotfixes, each of which needs the one before', () => {
		const made = madePlaybook({
			'modules/migrations/index.json': migrations,
			'modules/migrations/src/00000002.py': '',
		});
		expect(unit(made.text, 'migration_00000003')).toBe(`description: Mounts it later
script: ./modules/migrations/src/00000003.py
interpreter: [ /usr/bin/env, python3 ]
timeout: "10m"
needs: [ hotfix.migration_00000002 ]`);
		expect(JSON.parse(made.seedState).done).toEqual(['hotfix.migration_00000002']);
	});

	it('need the migration before the one that is left out', () => {
		const list = [{ id: '1' }, { description: 'without a name' }, { id: '3' }];
		const made = madePlaybook({ 'modules/migrations/index.json': { migrations: list } });
		expect(unit(made.text, 'migration_3')).toContain('needs: [ hotfix.migration_1 ]');
	});

	it('that people start by hand run on their word alone, and not where they are complete', () => {
		const made = madePlaybook({ 'modules/interactables/index.json': interactables });
		expect(yaml(made.text)).toBe(`hsctl: 1
name: interactables
vars:
  run_to_forgejo: "no"
  run_debian12_to_13: "no"
  run_postgres: "no"
hotfixes:
  to_forgejo:
    description: "To Forgejo: Replaces Gogs"
    when:
      all:
        - { command: { run: [ test, "\${vars.run_to_forgejo}", =, "yes" ] } }
        - not:
            all:
              - { unit_state: { unit: forgejo.service, state: active, if_missing: skip } }
              - { not: { unit_state: { unit: gogs.service, state: active, if_missing: skip } } }
    script: ./modules/interactables/src/to_forgejo.sh
    timeout: "1h"
  debian12_to_13:
    description: Debian 13
    when:
      all:
        - { command: { run: [ test, "\${vars.run_debian12_to_13}", =, "yes" ] } }
        - { os: { id: debian, version: { min_version: "12", below: "13" } } }
    script: ./modules/interactables/src/debian.py
    interpreter: [ /usr/bin/env, python3 ]
    timeout: "1h"
  postgres:
    when: { command: { run: [ test, "\${vars.run_postgres}", =, "yes" ] } }
    script: ./modules/interactables/src/postgres.py
    interpreter: [ /usr/bin/env, python3 ]
    timeout: "1h"`);
	});

	it('of a group run where their service is active and none before them is', () => {
		const made = madePlaybook(
			{ 'modules/forgejo/index.json': release('forgejo', 2), 'modules/gogs/index.json': release('gogs', 1) },
			{ words: ['modules/forgejo/index.json', 'modules/gogs/index.json'] },
		);
		expect([unit(made.text, 'gogs'), unit(made.text, 'forgejo')]).toEqual([
			`description: gogs serves git
source: ./modules/gogs
version: "0.1.0"
when: { unit_state: { unit: gogs.service, state: active, if_missing: skip } }`,
			`description: forgejo serves git
source: ./modules/forgejo
version: "0.1.0"
when:
  all:
    - { unit_state: { unit: forgejo.service, state: active, if_missing: skip } }
    - { not: { unit_state: { unit: gogs.service, state: active, if_missing: skip } } }`,
		]);
	});

	it('of releases keep address, owners and modes, and fail until somebody has written the rest', () => {
		const made = madePlaybook({ 'modules/forgejo/index.json': release('forgejo', 2) });
		expect(made.modules.get('modules/forgejo')).toBe(`name: forgejo
version: "0.1.0"
description: forgejo serves git
steps:
  - { assert: { that: { not: always }, message: the steps of forgejo are not written yet } }
  - download:
      url: https://example.org/forgejo/v\${vars.forgejo_version}/forgejo-\${vars.forgejo_version}
      dest: /opt/forgejo/forgejo
      unverified: true
      owner: root
      group: git
      mode: "0755"
  - when: { file_exists: { path: /var/lib/forgejo } }
    permissions: { path: /var/lib/forgejo, owner: git, group: git, mode: "0750" }
  - when: { file_exists: { path: /opt/forgejo/forgejo } }
    permissions: { path: /opt/forgejo/forgejo, owner: root, group: git, mode: "0755" }
`);
		expect(noteTexts(made).join('\n')).toContain('is downloaded with nothing to compare it with; write `sha256`');
	});

	it('of parts of a checkout put each of them where it goes', () => {
		const made = madePlaybook({ 'modules/website/index.json': components });
		expect(made.modules.get('modules/website')).toContain(`  - name: What people see
    sync: { src: src/src, dest: /srv/www/src, owner: www-data, group: www-data }
  - { file: { src: src/main.py, dest: /srv/www/main.py, owner: www-data, group: www-data } }
`);
	});

	it('that have a module.yaml keep it, whoever wrote it', () => {
		const made = madePlaybook({
			'modules/website/index.json': components,
			'modules/website/module.yaml': 'name: website\nversion: "0.1.54"\nsteps: [{ command: "true" }]\n',
		});
		expect([made.modules.size, made.problems]).toEqual([0, []]);
		expect(noteTexts(made)[0]).toContain('has a module.yaml already, which stays as it is');
	});
});

describe('a folder', () => {
	const tree = {
		'up/index.json': globalIndex,
		'up/modules/sbin/index.json': fileSet,
		'up/modules/hotfix/index.json': targets,
		'up/modules/migrations/index.json': migrations,
		'up/modules/interactables/src/deb/index.json': {
			metadata: { schema_version: '1' },
			targets: [{ id: 'never_seen' }],
		},
		'up/_old/manifest.json': manifest,
		'up/README.md': 'text\n',
	};

	it('is read with its modules, in the order of their priority', () => {
		const made = madePlaybook(tree, { words: ['up'] });
		expect(made.playbook?.units.map(({ address }) => address)).toEqual([
			...targets.targets.map(({ id }) => `hotfix.${id}`),
			'hotfix.migration_00000002',
			'hotfix.migration_00000003',
			'pool.sbin',
		]);
		expect(noteTexts(made).filter(text => text.startsWith('up/index.json'))).toContain(
			'up/index.json:9: `packages` is left out: what is installed is asked of each host',
		);
	});

	it('gives the same bytes each time, whatever the order of its fields is for JavaScript', () => {
		const text = madePlaybook(tree, { words: ['up'] }).text;
		const backwards = Object.fromEntries(Object.entries(tree).toReversed());
		expect(madePlaybook(backwards, { words: ['up'] }).text).toBe(text);
	});

	it('of Ansible stays one, also with an index.json in it', () => {
		const imported = importingJson({ 'inv/hosts': '[web]\nweb1\n', 'inv/files/index.json': '{}' }, { words: ['inv'] });
		expect(imported).toMatchObject({ ok: true, value: { kind: 'inventory' } });
	});
});

describe('what is no JSON of HOMESERVER', () => {
	it.each<readonly [what: string, json: unknown, problem: string, line: number | undefined]>([
		['other fields', { colour: 'blue' }, 'HS1901 this is no index.json', 1],
		['a list', [1], 'HS1901 this is no index.json and no manifest.json of HOMESERVER: it is a list', 1],
		['nothing to do', { metadata: {}, targets: [] }, 'HS1901 there is nothing to import here', 1],
		['the orchestrator alone', globalIndex, 'HS1901 there is nothing to import here: `metadata.schema_version`', 3],
		[
			'no id',
			'{\n"targets": [\n{}]}',
			'HS1901 there is nothing to import here: `targets[0]` is left out: it has no id',
			3,
		],
		['half a file', '{\n"targets": [', 'HS1905 a value is missing here', 2],
		['YAML', 'targets:\n  - id: x\n', 'HS1905 `targets` is no value', 1],
	])('%s is refused with its place', (_what, json, problem, line) => {
		const imported = importingJson({ 'index.json': json }, { from: 'homeserver' });
		expect(imported.ok ? [] : imported.error.map(({ code, message, at }) => [`${code} ${message}`, at?.line])).toEqual([
			[expect.stringContaining(problem), line],
		]);
	});

	it('a damaged index.json is seen by its name, and told its line', () => {
		const imported = importingJson({ 'index.json': '{\n"targets": [],\n}' });
		expect(imported).toMatchObject({ ok: false, error: [{ code: 'HS1905', at: { line: 2, file: 'index.json' } }] });
	});

	it('files of different tools are refused', () => {
		const files = asFiles({ 'index.json': targets, hosts: '[web]\na\n' });
		expect(importingJson(files, { words: ['index.json', 'hosts'] })).toMatchObject({
			ok: false,
			error: [{ message: 'these are files of different tools: HOMESERVER or NannyAPI and ansible' }],
		});
	});
});
