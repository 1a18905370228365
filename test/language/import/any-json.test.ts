import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { importingJson, madePlaybook } from './made-playbook.ts';
import * as upstream from './upstream.ts';

/** A value that somebody may have written where another one belongs. */
const strange = fc.oneof(
	{ depthSize: 'small' },
	fc.json().map(text => JSON.parse(text) as unknown),
	fc.string({ unit: 'binary', maxLength: 20 }),
	fc.constantFrom<unknown>(
		null,
		'',
		0,
		-1,
		1e300,
		true,
		[],
		{},
		'/etc/x',
		'/etc/../x/',
		'${vars.x}',
		'$${x',
		'a\nb',
		'\u0000',
		'\ud800',
		'__proto__',
		'x-y',
		'yes',
		'1.0',
		'0644',
		'a'.repeat(5000),
		'* * * * *',
		'61 * * * *',
		'all',
		'localhost',
		'agent1',
		'a - b',
	),
);

const names = [
	...[
		'metadata',
		'schema_version',
		'module_name',
		'description',
		'enabled',
		'priority',
		'group',
		'group_order',
		'service_name',
	],
	...[
		'targets',
		'id',
		'target_id',
		'version_check',
		'type',
		'path',
		'invert',
		'module',
		'max_version',
		'binary',
		'has_run',
	],
	...['pools', 'operations', 'target', 'destination', 'permissions', 'owner', 'mode', 'closure', 'finalClosure'],
	...[
		'source',
		'marker',
		'working_dir',
		'timeout',
		'validation',
		'pre_checks',
		'post_checks',
		'command',
		'expected',
		'rollback',
	],
	...[
		'files',
		'repo',
		'url',
		'branch',
		'migrations',
		'interactables',
		'script',
		'completion_check',
		'show_only_if',
		'config',
	],
	...[
		'directories',
		'installation',
		'url_template',
		'x_bin',
		'target_paths',
		'components',
		'source_path',
		'target_path',
	],
	...['updates', 'entrypoint', 'name', 'version', 'lastSafeVersion', 'children', 'packages'],
	...[
		'items',
		'collectionName',
		'agent_id',
		'lxc_id',
		'vmid',
		'package_name',
		'cron_expression',
		'is_active',
		'expires_at',
		'reason',
	],
] as const;

/** Made of the fields that the shapes have, in any places, with any values. */
const shaped = fc.letrec<{ any: unknown }>(tie => ({
	any: fc.oneof(
		{ depthSize: 'medium', withCrossShrink: true },
		strange,
		fc.array(tie('any'), { maxLength: 3 }),
		fc.dictionary(fc.constantFrom(...names), tie('any'), { maxKeys: 6 }),
	),
})).any;

/** A shape with a few of its values changed for others. */
const spoilt = fc
	.tuple(
		fc.constantFrom<unknown>(
			...Object.values(upstream).map(shape => (typeof shape === 'function' ? shape('x', 1) : shape)),
		),
		fc.array(fc.tuple(fc.nat(), fc.oneof(strange, fc.constant(undefined))), { minLength: 1, maxLength: 6 }),
	)
	.map(([shape, changes]) => {
		const json: unknown = JSON.parse(JSON.stringify({ root: shape }));
		for (const [which, value] of changes) {
			const places = placesIn(json);
			const place = places[which % places.length];
			if (place !== undefined) place.put(value);
		}
		return (json as { readonly root: unknown }).root ?? null;
	});

interface ValuePlace {
	put(value: unknown): void;
}

function placesIn(value: unknown): readonly ValuePlace[] {
	if (typeof value !== 'object' || value === null) return [];
	const holder = value as Record<string, unknown>;
	return Object.keys(holder).flatMap(key => [
		{
			put: (next: unknown) => {
				if (next === undefined) delete holder[key];
				else holder[key] = next;
			},
		},
		...placesIn(holder[key]),
	]);
}

const readers = ['homeserver', 'nannyapi', undefined] as const;

describe('any JSON', () => {
	it.each<readonly [what: string, values: fc.Arbitrary<unknown>, runs: number]>([
		['at all', fc.json().map(text => JSON.parse(text) as unknown), 40],
		['of fields that the shapes have', shaped, 100],
		['that was a shape before somebody changed it', spoilt, 80],
	])(
		'%s becomes a playbook that validate takes, or is refused with a place, and never throws',
		(_what, values, runs) => {
			fc.assert(
				fc.property(values, fc.constantFrom(...readers), (value, from) => {
					const files = { 'modules/sbin/index.json': JSON.stringify(value) ?? 'null', 'modules/sbin/src/a': 'b\n' };
					const options = from === undefined ? {} : { from };
					const imported = importingJson(files, options);
					if (!imported.ok) {
						expect(imported.error.length).toBeGreaterThan(0);
						if (from !== undefined) expect(imported.error.filter(({ at }) => at === undefined)).toEqual([]);
						return;
					}
					if (imported.value.kind !== 'playbook') return;
					const made = madePlaybook(files, options);
					expect(made.problems.filter(problem => !/^HS12(?:09|10) /.test(problem))).toEqual([]);
					expect(made.notes.filter(({ at }) => !(at.line >= 1))).toEqual([]);
				}),
				{ numRuns: runs },
			);
		},
	);
});
