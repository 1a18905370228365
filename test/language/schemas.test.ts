import { execFile } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { promisify } from 'node:util';
import Ajv from 'ajv';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { schemaText } from '../../src/language/generated/schema-text.generated.ts';
import { config, inventory, module, playbook } from '../../src/language/generated/validators.generated.js';
import type { SchemaName } from '../../src/language/schema-problems.ts';
import { parsedOrThrow, problemsOf } from './read.ts';

interface Node {
	readonly [keyword: string]: unknown;
}

const validators = { playbook, inventory, module, config };
const root = join(import.meta.dirname, '../..');
const names = ['playbook', 'inventory', 'module', 'config'] as const satisfies readonly SchemaName[];
const load = (name: SchemaName): Node => JSON.parse(readFileSync(join(root, `schemas/${name}.schema.json`), 'utf8'));
const schemas = Object.fromEntries(names.map(name => [name, load(name)])) as Record<SchemaName, Node>;
const strict = (): Ajv.Ajv =>
	new Ajv.Ajv({
		allErrors: true,
		strictTypes: false,
		strictRequired: false,
		allowUnionTypes: true,
		keywords: ['defaultSnippets'],
	});

/** Every schema inside of a schema, with the way to it. */
function* nodesOf(node: Node, path = '#'): Generator<readonly [string, Node]> {
	yield [path, node];
	for (const keyword of ['properties', 'patternProperties', 'definitions']) {
		for (const [key, child] of Object.entries((node[keyword] ?? {}) as Record<string, Node>))
			yield* nodesOf(child, `${path}/${keyword}/${key}`);
	}
	for (const keyword of ['items', 'additionalProperties', 'propertyNames', 'not']) {
		if (typeof node[keyword] === 'object') yield* nodesOf(node[keyword] as Node, `${path}/${keyword}`);
	}
	for (const keyword of ['anyOf', 'oneOf', 'allOf']) {
		for (const [index, child] of ((node[keyword] ?? []) as Node[]).entries())
			yield* nodesOf(child, `${path}/${keyword}/${index}`);
	}
}

describe.each(names)('%s.schema.json', name => {
	const nodes = [...nodesOf(schemas[name])];

	it('is draft-07 under its published address', () => {
		expect(schemas[name]).toMatchObject({
			$schema: 'http://json-schema.org/draft-07/schema#',
			$id: `https://hsctl.dev/schemas/v1/${name}.schema.json`,
		});
		expect(nodes.length).toBeGreaterThan(15);
	});

	it('explains every node: title, description, examples', () => {
		const poor = nodes.filter(
			([, node]) =>
				!node.title || !/[.]$/.test(String(node.description)) || !(node.examples as unknown[] | undefined)?.length,
		);
		expect(poor.map(([path]) => path)).toEqual([]);
	});

	it('allows x- keys, and no others, in every map with keys of its own', () => {
		const open = nodes.filter(
			([, node]) =>
				node.properties && (node.additionalProperties !== false || !Object.hasOwn(node.patternProperties ?? {}, '^x-')),
		);
		expect(open.map(([path]) => path)).toEqual([]);
	});

	it('has examples and defaults that fit', () => {
		const ajv = strict();
		const wrong = nodes.flatMap(([path, node]) => {
			const fits = ajv.compile({ ...node, $id: `urn:test:${name}:${path}`, definitions: schemas[name].definitions });
			const values = [...(node.examples as unknown[]), ...(Object.hasOwn(node, 'default') ? [node.default] : [])];
			return values.filter(value => !fits(value)).map(value => `${path}: ${JSON.stringify(value)}`);
		});
		expect(wrong).toEqual([]);
	});

	it('uses every definition it has', () => {
		const used = new Set(nodes.map(([, node]) => node.$ref));
		const unused = Object.keys((schemas[name].definitions ?? {}) as object).filter(
			key => !used.has(`#/definitions/${key}`),
		);
		expect(unused).toEqual([]);
	});

	it('is in the program as it is on the disk', () => {
		expect(JSON.parse(schemaText[name])).toEqual(schemas[name]);
	});
});

describe('the schemas together', () => {
	it('define the same thing the same way', () => {
		const all = new Map<string, unknown>();
		for (const name of names) {
			for (const [key, node] of Object.entries(schemas[name].definitions as object)) {
				if (all.has(key)) expect(node, `${key} in ${name}`).toEqual(all.get(key));
				all.set(key, node);
			}
		}
		const { $schema, $id, definitions, title, ...inventory } = schemas.inventory;
		const { title: _, ...inline } = all.get('inventory') as Node;
		expect(inventory).toEqual(inline);
	});

	it('are what everything generated was generated from', async () => {
		await expect(
			promisify(execFile)(process.execPath, [join(root, 'scripts/generate.mjs'), '--check']),
		).resolves.toMatchObject({ stderr: '' });
	});
});

const documents: Readonly<Record<SchemaName, string>> = {
	playbook: `
hsctl: 1
name: home-fleet
hosts: home
become: sudo
vars: { health: "http://127.0.0.1:5000/health" }
secrets: { token: { file: secrets/token.age } }
inventory: ../inventory.yaml
hotfixes:
  gogs_repository_fix:
    description: Repair repository hooks
    component: gogs
    when: { module_schema: { module: gogs, max_version: "0.1.7", if_missing: skip } }
    script: hotfixes/gogs_repository_fix.sh
    timeout: 5m
    restarts: [gogs.service]
  git_cve:
    hosts: web
    when: { binary_version: { binary: /usr/bin/git, below: "2.30.0", if_unreadable: fail } }
  factory_cleanup:
    when: { file_exists: { path: /etc/homeserver.factory, invert: true } }
    undo: ./factory_cleanup_undo.sh
    needs: [hotfix.git_cve, { unit: module.gogs, hosts: all }]
  collect_diagnostics:
    when: always
    run: every
    stdin: "\${secret.token}"
    interpreter: [/usr/bin/env, python3]
    env: { A: b }
    if_interrupted: ask
  everything:
    when:
      all:
        - not: { unit_state: { unit: a.service, state: [active, failed] } }
        - any: [{ os: { family: [debian, rhel], version: { below: "12" } } }, { fact: { name: arch, equals: x86_64 } }]
        - file_sha256: { path: /a, sha256: e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855 }
        - package_version: { package: openssl, min_version: "1:3.0", compare: deb }
        - module_version: { module: adblock, below: "1.2.0", if_missing: run }
        - command: { run: [test, -s, /a], exit_codes: [0, 1], prints: yes, timeout: 10s }
pools:
  website_auth:
    hosts: web
    needs: [hotfix.git_cve]
    files:
      - { src: files/auth.tsx, dest: /srv/auth.tsx, mode: "0644", owner: www-data, baseline: [e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855] }
    on_customised: skip
    cwd: /var/www/homeserver
    activate: [npm run build, systemctl restart homeserver]
    check: ["curl -fsS \${vars.health}", systemctl is-active homeserver]
    confirm: 60s
modules:
  adblock: { source: modules/adblock, version: "1.2.0", last_safe: "1.1.0" }
  gogs: { source: modules/gogs, version: "2.1.3", needs: [module.adblock], on_failure: rollback, promote_after: 24h }
  all_services: { children: [adblock, gogs] }
exceptions:
  custom_kernel: { packages: ["linux-image-*"], hosts: pve1, reason: Out-of-tree NIC driver, owner: ops, expires: "2026-12-31" }
  docker: { packages: [docker-ce, containerd.io], hosts: web, reason: Restarts all containers, expires: "2026-12-15T00:00:00Z", enabled: true }
patch: { scope: { packages: [nginx] }, soak: 3d, conffiles: keep, snapshot: if_available, freeze: first_wave }
reboot: { when: required, timeout: 300s, reason: Monthly maintenance, verify: [systemctl is-system-running --wait] }
windows: { sunday: { cron: "0 3 * * 0", duration: 3h, timezone: Europe/Berlin, jitter: 10m, overrun: finish_step } }
schedules: { weekly: { window: sunday, run: apply, missed: next_window, overlap: skip } }
rollout:
  waves: [{ name: canary, hosts: "web1, dns", bake: 30m, gate: auto }, { name: rest, hosts: "home - pve", parallel: 10 }]
  budget: "10%"
  on_exceeded: stop
`,
	inventory: `
groups:
  pve: { hosts: { pve1: { address: 10.0.0.11, user: root }, pve2: { address: 10.0.0.12 } }, max_down: 1 }
  lxc: { on: pve1, hosts: { dns: { vmid: 101 }, git: { vmid: 102, needs: [dns] } } }
  web: { hosts: { web1: {}, web2: { port: 2222, vars: { health: "…" } } }, max_down: "34%" }
  home: { groups: [pve, lxc, web], connection: openssh, become: doas, state_dir: /var/lib/hsctl }
`,
	module: `
name: adblock
version: "1.2.0"
description: Blocks advertisements
needs: [dns]
steps:
  - { script: install.sh }
  - { command: { run: make, cwd: /opt }, when: always, name: Build }
  - { file: { src: a, dest: /b, mode: "0644" }, restarts: [a.service] }
  - { structured: { path: /a.json, format: json, set: { a.b: 1 } } }
  - { download: { url: "https://example.org/a", dest: /a, unverified: true } }
  - { service: { name: a, state: started } }
  - { wait_for: { port: 80 } }
  - { assert: { that: { file_exists: { path: /a } } } }
check: [systemctl is-active unbound]
rollback: [{ command: [a, b] }]
`,
	config: 'playbooks: [a]\ninventory: b.yaml\nparallel: 3\nreports: { junit: c.xml }\n',
};

/** Every place in a value. */
function* placesIn(value: unknown, path: readonly (string | number)[] = []): Generator<readonly (string | number)[]> {
	yield path;
	if (typeof value !== 'object' || value === null) return;
	for (const [key, child] of Object.entries(value))
		yield* placesIn(child, [...path, Array.isArray(value) ? Number(key) : key]);
}

type Holder = Record<string | number, unknown>;
type Change = (holder: Holder, key: string | number) => void;

const values = [
	null,
	true,
	3,
	1.5,
	-1,
	'',
	'no such word',
	'1.10',
	'/a',
	'5m',
	[],
	[1],
	['a', 'a'],
	{},
	{ a: 1 },
	{ unknown: {} },
	'always',
	'${vars.x}',
];
const put = (holder: Holder, key: string | number, value: unknown): void => {
	holder[key] = value;
};

const change: fc.Arbitrary<Change> = fc.oneof(
	fc.constant<Change>((holder, key) => {
		if (Array.isArray(holder)) holder.splice(Number(key), 1);
		else delete holder[key];
	}),
	fc.constantFrom(...values).map(
		(value): Change =>
			(holder, key) =>
				put(holder, key, structuredClone(value)),
	),
	fc.constantFrom(...values).map(
		(value): Change =>
			holder =>
				put(holder, Array.isArray(holder) ? holder.length : 'added', structuredClone(value)),
	),
	fc.constantFrom('when', 'hosts', 'timeout', 'source', 'children', 'file', 'scope').map(
		(name): Change =>
			(holder, key) =>
				put(holder, Array.isArray(holder) ? key : name, 'x'),
	),
);

describe.each(names)('the validator of the %s', name => {
	const original = parsedOrThrow(documents[name]).value;
	const places = [...placesIn(original)].filter(path => path.length > 0);
	const reference = strict()
		.addSchema(names.filter(other => other !== name).map(other => schemas[other]))
		.compile(schemas[name]);

	it('takes a document that uses the whole language', () => {
		expect(problemsOf(documents[name], name)).toEqual([]);
		expect(reference(original)).toBe(true);
	});

	it('says what ajv says of any change to it, and finds the words for every no', () => {
		fc.assert(
			fc.property(fc.array(fc.tuple(fc.constantFrom(...places), change), { minLength: 1, maxLength: 2 }), changes => {
				const value = JSON.parse(JSON.stringify(original));
				for (const [path, apply] of changes) {
					const holder = path.slice(0, -1).reduce((inside, step) => inside?.[step], value);
					if (typeof holder === 'object' && holder !== null) apply(holder, path.at(-1) ?? '');
				}
				const fits = reference(value);
				expect(validators[name](value)).toBe(fits);
				const problems = problemsOf(JSON.stringify(value), name);
				expect(problems.length > 0).toBe(!fits);
				expect(problems.filter(({ message }) => message.includes('cannot say where'))).toEqual([]);
			}),
			{ numRuns: 400 },
		);
	});
});
