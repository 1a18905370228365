import { isPlainPath } from '../language/host-path.ts';
import { selectHosts } from '../language/selection.ts';
import type { HostName } from '../model/brand.ts';
import type { Diagnostic, Span } from '../model/diagnostic.ts';
import type { DiagnosticCode } from '../model/diagnostic-code.ts';
import type { Playbook } from '../model/playbook.ts';
import type { Pool } from '../model/unit.ts';
import { fillOn } from './questions.ts';
import type { SelectedHost } from './select.ts';

/**
 * What is wrong with the paths of pools once the values of a host are in them: not absolute, not plain, or one file twice. Also the
 * pools count that were not chosen this time: two of them on one file would undo each other's work from one run to the next.
 */
export function poolPathProblems(
	playbook: Playbook,
	selected: readonly SelectedHost[],
	set: ReadonlyMap<string, string>,
): readonly Diagnostic[] {
	const pools = playbook.units.filter(unit => unit.kind === 'pool');
	// What is written out has been looked at when the playbook was read.
	if (!pools.some(hasReference)) return [];
	const hostsOf = new Map(pools.map(pool => [pool, new Set<HostName>(selectHosts(pool.hosts, playbook.inventory))]));
	const found = new Map<string, { readonly problem: Problem; readonly hosts: HostName[] }>();
	for (const { host } of selected) {
		const own = pools.filter(pool => hostsOf.get(pool)?.has(host.name));
		for (const problem of problemsOn(own, fillOn(playbook, host, set))) {
			const known = found.get(problem.message) ?? { problem, hosts: [] };
			found.set(problem.message, known);
			known.hosts.push(host.name);
		}
	}
	return [...found.values()].map(({ problem, hosts }) => ({
		...problem,
		severity: 'error',
		message: `${problem.message} on ${namesOf(hosts)}`,
	}));
}

const hasReference = ({ files, cwd = '' }: Pool): boolean =>
	[cwd, ...files.map(({ dest }) => dest)].some(text => text.includes('${'));

interface Problem {
	readonly code: DiagnosticCode;
	readonly at: Span;
	/** Without the hosts. */
	readonly message: string;
	readonly hint: string;
}

function* problemsOn(pools: readonly Pool[], put: (text: string) => string): Generator<Problem> {
	const writers = new Map<string, { readonly pool: Pool; readonly text: string }>();
	for (const pool of pools) {
		if (pool.cwd !== undefined) yield* problemsOf(pool.cwd, put(pool.cwd), pool.at);
		for (const { dest, at } of pool.files) {
			const path = put(dest);
			if (path === '/') yield root(dest, at);
			yield* problemsOf(dest, path, at);
			const other = writers.get(path);
			writers.set(path, { pool, text: dest });
			if (other !== undefined && (other.text !== dest || dest.includes('${'))) yield twice(path, pool, other, at);
		}
	}
}

function* problemsOf(text: string, path: string, at: Span): Generator<Problem> {
	if (!text.includes('${')) return;
	const becomes = `\`${text}\` becomes \`${path}\``;
	const hint = 'correct the variable, or the path';
	if (!path.startsWith('/')) yield { code: 'HS1310', at, message: `${becomes}, which is not absolute,`, hint };
	else if (/[\n\0]/.test(path))
		yield { code: 'HS1315', at, message: `${becomes}, which has a line break in it,`, hint };
	else if (!isPlainPath(path)) yield { code: 'HS1315', at, message: `${becomes}, which is not a plain path,`, hint };
}

const root = (text: string, at: Span): Problem => ({
	code: 'HS1315',
	at,
	message: `\`${text}\` becomes \`/\`, which is the folder of everything and no file,`,
	hint: 'correct the variable, or the path',
});

const twice = (path: string, pool: Pool, other: { readonly pool: Pool; readonly text: string }, at: Span): Problem => ({
	code: 'HS1218',
	at,
	message:
		other.pool === pool
			? `\`${path}\` is written twice`
			: `\`${path}\` is also written by ${other.pool.address}, as \`${other.text}\`,`,
	hint: 'keep one of the two, or correct the variables',
});

const namesOf = (hosts: readonly HostName[]): string =>
	`${hosts.slice(0, 3).join(', ')}${hosts.length > 3 ? ` and ${hosts.length - 3} more` : ''}`;
