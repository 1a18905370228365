import { expect, it } from 'vitest';
import type { Diagnostic } from '../../src/model/diagnostic.ts';
import { loadText } from './load.ts';
import { problemsOf } from './read.ts';

type Path = readonly (string | number)[];

/** Every section, and each entry in need of another one: whatever is left out here would be missed there. */
const playbook = {
	hsctl: 1,
	name: 'home',
	hosts: 'home',
	become: 'sudo',
	vars: { health: 'up', port: '80' },
	secrets: { token: { env: 'TOKEN' } },
	inventory: {
		groups: {
			pve: { hosts: { pve1: { address: '10.0.0.11', user: 'root' }, pve2: {} }, max_down: 1 },
			lxc: { on: 'pve1', hosts: { dns: { vmid: 101 }, git: { vmid: 102, needs: ['dns'] } } },
			web: { hosts: { web1: { vars: { up: 'x' } }, web2: { vars: { up: 'y' } } }, vars: { down: 'z' } },
			home: { groups: ['pve', 'lxc', 'web'], state_dir: '/var/lib/hsctl' },
		},
	},
	hotfixes: {
		one: {
			hosts: 'web',
			when: {
				any: [
					{ binary_version: { binary: 'git', min_version: '1.0.0', below: '2.30.0', compare: 'semver' } },
					{ not: { fact: { name: 'kernel', version: { below: '6.1' } } } },
				],
			},
			script: 'fix.sh',
			timeout: '5m',
			env: { A: '${vars.health} ${vars.down} ${host.up}' },
			stdin: '${secret.token}',
		},
		two: { script: 'fix.sh', needs: ['hotfix.one', { unit: 'hotfix.three', hosts: 'all' }], run: 'every' },
		three: { script: 'fix.sh', hosts: 'lxc', env: { ID: '${host.vmid}' } },
	},
	pools: {
		site: {
			hosts: 'web',
			needs: ['hotfix.one', 'module.dns'],
			files: [
				{ src: 'fix.sh', dest: '/srv/${vars.health}', mode: '0644' },
				{ src: 'fix.sh', dest: '/srv/b' },
			],
			check: ['curl ${vars.port}'],
			confirm: '60s',
		},
	},
	modules: {
		dns: { source: 'modules/dns', version: '1.2.0', last_safe: '1.1.0', needs: ['hotfix.one'], hosts: 'web' },
		all: { children: ['dns'] },
	},
	exceptions: {
		old: { packages: ['a'], reason: 'b', expires: '2020-12-31', enabled: false },
		docker: { packages: ['docker-ce'], hosts: 'web', reason: 'b', expires: '2027-12-15', owner: 'ops' },
	},
	patch: { scope: { packages: ['nginx'] }, soak: '3d', freeze: 'first_wave', hosts: 'home' },
	reboot: { when: 'required', timeout: '300s', needs: ['patch'], verify: ['true ${vars.port}'] },
	windows: {
		sunday: { cron: '0 3 * * 0', duration: '3h', timezone: 'Europe/Berlin', jitter: '10m' },
		monday: { cron: '0 3 * * 1', duration: '1h' },
	},
	schedules: {
		weekly: { window: 'sunday', hosts: 'web', run: 'apply' },
		daily: { window: 'monday', hosts: 'lxc' },
		never: { window: 'monday', hosts: 'home', enabled: false },
	},
	rollout: {
		waves: [
			{ name: 'canary', hosts: 'web1, dns', bake: '30m' },
			{ name: 'rest', hosts: 'home - web1 - dns', parallel: 10 },
		],
		budget: '10%',
	},
	verify: ['true ${vars.port}'],
};

const files = {
	'hsctl.lock': `{"format":"hsctl/lock/v1","files":{"fix.sh":"sha256:28d3b9e880a77975493dc7e359144c0295a4f694cfe0af4f928c22307bc5c320"},"trees":{}}`,
	'modules/dns/module.yaml': 'name: dns\nversion: "1.2.0"\nneeds: [dns]\nsteps: [{ command: "true ${vars.port}" }]\n',
};

/** Every key and every item of a list, with the way there. */
function placesIn(value: unknown, path: Path = []): readonly Path[] {
	if (typeof value !== 'object' || value === null) return [];
	return Object.entries(value).flatMap(([key, inner]) => {
		const here = [...path, Array.isArray(value) ? Number(key) : key];
		return [here, ...placesIn(inner, here)];
	});
}

/** A copy with something else at the place. */
function changed(
	value: unknown,
	[step, ...rest]: Path,
	change: (key: string, inner: unknown) => [string, unknown],
): unknown {
	const entries = Object.entries(value as object).map(([key, inner]): [string, unknown] => {
		if (key !== String(step)) return [key, inner];
		return rest.length === 0 ? change(key, inner) : [key, changed(inner, rest, change)];
	});
	return Array.isArray(value) ? entries.map(([, inner]) => inner) : Object.fromEntries(entries);
}

/** JSON is YAML. */
const textOf = (value: unknown): string => JSON.stringify(value, null, '\t').replaceAll('\t', ' ');

const sentence = ({ code, at, message }: Diagnostic): string => `${code} ${at?.line}:${at?.column} ${message}`;

const says = (text: string): readonly string[] => loadText(text, files).diagnostics.map(sentence);

it('nothing is wrong with the playbook that is made wrong below', () => {
	expect(says(textOf(playbook))).toEqual([]);
});

it.each([
	['a value of another kind', (key: string): [string, unknown] => [key, 12.5]],
	['nothing where a value was', (key: string): [string, unknown] => [key, null]],
	[
		'a map where a text was, and the other way round',
		(key: string, inner: unknown): [string, unknown] => [key, typeof inner === 'object' ? 'x' : { strange: inner }],
	],
	['a misspelt key', (key: string, inner: unknown): [string, unknown] => [`${key}q`, inner]],
])(
	'%s, wherever it is, brings no problem but those that the schema finds',
	(_what, change) => {
		const followed = placesIn(playbook).flatMap(place => {
			const text = textOf(changed(playbook, place, change));
			const ofSchema = new Set(problemsOf(text).map(sentence));
			// What the schema takes is another playbook, with problems of its own.
			const others = ofSchema.size === 0 ? [] : says(text).filter(problem => !ofSchema.has(problem));
			return others.map(other => `${place.join('.')}: ${other}`);
		});
		expect(followed).toEqual([]);
		// Some hundred playbooks, each read as a whole.
	},
	60_000,
);
