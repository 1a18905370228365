import { execFile } from 'node:child_process';
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { promisify } from 'node:util';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { hostName } from '../../../src/model/brand.ts';
import type { Host } from '../../../src/model/inventory.ts';
import { has } from '../../fakes/programs.ts';
import { made } from './made.ts';

/** Several inventories that are as entangled as chance makes them: groups in groups, hosts in many, values at every place. */
const inventories = fc.sample(inventory(), { numRuns: 4, seed: 20 });

describe('an inventory of Ansible', () => {
	it.skipIf(!has('ansible-inventory')).each(inventories.map((files, index) => [index, files] as const))(
		'gives each host what ansible-inventory says of it, also by way of what it exports (%i; skipped without ansible-core)',
		async (_index, files) => {
			const { hosts, exported } = await askAnsible(files);
			const names = [...hosts.keys()].sort();
			expect(names.length).toBeGreaterThan(10);
			for (const { inventory } of [made(files, ['fleet']), made({ 'all.yaml': exported })]) {
				expect([...inventory.hosts.keys()].filter(name => name !== 'localhost').sort()).toEqual(names);
				for (const [name, values] of hosts)
					expect([name, seen(inventory.hosts.get(hostName(name)))]).toEqual([name, expected(values, name)]);
			}
		},
		60_000,
	);
});

type Values = Readonly<Record<string, unknown>>;

const run = promisify(execFile);

interface Answer {
	readonly hosts: ReadonlyMap<string, Values>;
	readonly exported: string;
}

async function askAnsible(files: Readonly<Record<string, string>>): Promise<Answer> {
	const folder = mkdtempSync(join(tmpdir(), 'hsctl-ansible-'));
	try {
		for (const [path, text] of Object.entries(files)) {
			mkdirSync(dirname(join(folder, path)), { recursive: true });
			writeFileSync(join(folder, path), text);
		}
		const env = { PATH: process.env.PATH, HOME: folder };
		const list = async (...more: readonly string[]) =>
			(await run('ansible-inventory', ['-i', 'fleet', '--list', ...more], { cwd: folder, env })).stdout;
		const [listed, exported] = await Promise.all([list(), list('--yaml', '--export')]);
		return { hosts: hostsIn(JSON.parse(listed)), exported };
	} finally {
		rmSync(folder, { recursive: true });
	}
}

/** A host of which nothing is known is named by its groups only. */
function hostsIn({ _meta, ...groups }: Readonly<Record<string, Listed>>): ReadonlyMap<string, Values> {
	const bare = Object.values(groups).flatMap(({ hosts = [] }) => hosts.map(name => [name, {}] as const));
	return new Map([...bare, ...Object.entries(_meta?.hostvars ?? {})]);
}

interface Listed {
	readonly hosts?: readonly string[];
	readonly hostvars?: Readonly<Record<string, Values>>;
}

const seen = (host: Host | undefined) => ({
	user: host?.user,
	port: host?.port,
	address: host?.address,
	connection: host?.connection,
	become: host?.become,
	vars: Object.fromEntries([...(host?.vars ?? [])].map(([name, text]) => [name, lowerTruth(text)] as const).sort()),
});

/** What the values that Ansible knows come to, by the rules of docs/import.md. */
function expected(values: Values, name: string): ReturnType<typeof seen> {
	const text = (key: string) => (values[key] === undefined ? undefined : String(values[key]));
	const plain = Object.entries(values).filter(
		([key, value]) =>
			!key.startsWith('ansible_') && (value === null || typeof value !== 'object') && !String(value).includes('{{'),
	);
	const wants = values.ansible_become;
	const method = text('ansible_become_method') ?? 'sudo';
	const isSudo = method === 'sudo' || method === 'doas';
	return {
		user: text('ansible_user'),
		port: values.ansible_port === undefined ? undefined : Number(values.ansible_port),
		address: text('ansible_host') === name ? undefined : text('ansible_host'),
		connection: values.ansible_connection === 'local' ? 'local' : 'ssh',
		become: wants === false ? 'none' : wants === true && isSudo ? (method as 'sudo' | 'doas') : undefined,
		vars: Object.fromEntries(plain.map(([key, value]) => [key, value === null ? '' : String(value)]).sort()),
	};
}

/** Written as Python has it in INI, as YAML has it in what Ansible exports. */
function lowerTruth(text: string): string {
	return text === 'True' || text === 'False' ? text.toLowerCase() : text;
}

/** A folder `fleet` with a file in INI, one in YAML, group_vars and host_vars. */
function inventory(): fc.Arbitrary<Readonly<Record<string, string>>> {
	const group = fc.integer({ min: 0, max: 9 }).map(index => `g${index}`);
	const host = fc.integer({ min: 0, max: 29 }).map(index => `h${index}`);
	const variable = fc.oneof(
		fc.tuple(fc.constantFrom('a', 'b', 'c', 'd', 'e'), fc.oneof(word(), word(), odd())),
		fc.tuple(fc.constantFrom('ansible_user'), fc.constantFrom('root', 'deploy', 'admin')),
		fc.tuple(fc.constantFrom('ansible_port'), fc.constantFrom('22', '2222', '2022')),
		fc.tuple(fc.constantFrom('ansible_host'), fc.constantFrom('10.0.0.1', 'far.example.org')),
		fc.tuple(fc.constantFrom('ansible_connection'), fc.constantFrom('ssh', 'local')),
		fc.tuple(fc.constantFrom('ansible_become'), fc.constantFrom('True', 'False')),
		fc.tuple(fc.constantFrom('ansible_become_method'), fc.constantFrom('sudo', 'doas', 'pbrun')),
	);
	const vars = fc.array(variable, { maxLength: 4 });
	return fc
		.record({
			edges: fc.array(fc.tuple(group, group), { maxLength: 14 }),
			members: fc.array(fc.tuple(group, host, vars), { minLength: 50, maxLength: 60 }),
			alone: fc.array(fc.tuple(host, vars), { maxLength: 3 }),
			groupVars: fc.array(fc.tuple(fc.oneof(group, fc.constantFrom('all', 'ungrouped')), vars), {
				minLength: 8,
				maxLength: 14,
			}),
			priorities: fc.array(fc.tuple(group, fc.integer({ min: -3, max: 9 })), { maxLength: 3 }),
			yaml: fc.array(fc.tuple(group, host, vars), { maxLength: 8 }),
			files: fc.uniqueArray(fc.tuple(fc.oneof(group, fc.constant('all')), vars), {
				selector: ([name]) => name,
				maxLength: 6,
			}),
			hostFiles: fc.uniqueArray(fc.tuple(host, vars), { selector: ([name]) => name, maxLength: 4 }),
		})
		.map(({ edges, members, alone, groupVars, priorities, yaml, files, hostFiles }) => ({
			'fleet/a_hosts': [
				...alone.map(([name, own]) => hostLine(name, own)),
				...Array.from({ length: 10 }, (_, index) => `[g${index}]`),
				...members.flatMap(([name, one, own]) => [`[${name}]`, hostLine(one, own)]),
				// A group lies only in groups with a smaller number, so that there is no cycle.
				...edges.filter(([a, b]) => a < b).flatMap(([outer, inner]) => [`[${outer}:children]`, inner]),
				...groupVars.flatMap(([name, own]) => [`[${name}:vars]`, ...own.map(([key, value]) => `${key} = ${value}`)]),
				...priorities.flatMap(([name, value]) => [`[${name}:vars]`, `ansible_group_priority=${value}`]),
				'',
			].join('\n'),
			'fleet/b.yml': yamlText(yaml),
			...Object.fromEntries(files.map(([name, own]) => [`fleet/group_vars/${name}.yml`, yamlVars(own, '')])),
			...Object.fromEntries(hostFiles.map(([name, own]) => [`fleet/host_vars/${name}`, yamlVars(own, '')])),
		}));
}

type Vars = readonly (readonly [string, string])[];

function word(): fc.Arbitrary<string> {
	return fc.constantFrom('one', 'two', 'three', '"four five"', '8080', '-7', '1.5', 'True', 'False');
}

function odd(): fc.Arbitrary<string> {
	return fc.constantFrom('[1, 2]', '"{{ other }}"', "{'k': 1}");
}

/** Quoted twice in a line of a host: once for the shell's rules, once for Python's. */
function hostLine(name: string, vars: Vars): string {
	return [name, ...vars.map(([key, value]) => `${key}='${value.replaceAll("'", `'"'"'`)}'`)].join(' ');
}

function yamlVars(vars: Vars, indent: string): string {
	return [...new Map(vars)].map(([key, value]) => `${indent}${key}: ${value}\n`).join('') || `${indent}{}\n`;
}

function yamlText(entries: readonly (readonly [string, string, Vars])[]): string {
	const groups = Map.groupBy(entries, ([name]) => name);
	const text = [...groups].map(([name, inside]) => {
		const hosts = new Map(inside.map(([, host, vars]) => [host, vars]));
		return `    ${name}:\n      hosts:\n${[...hosts].map(([host, vars]) => `        ${host}:\n${yamlVars(vars, '          ')}`).join('')}`;
	});
	return `all:\n  children:\n    zz: {}\n${text.join('')}`;
}
