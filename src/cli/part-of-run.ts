import { parseSelection, selectHosts, unknownNames } from '../language/selection.ts';
import { nearest } from '../language/suggest.ts';
import type { Diagnostic, Span } from '../model/diagnostic.ts';
import type { Host, Inventory } from '../model/inventory.ts';
import type { Plan } from '../model/plan.ts';
import { fail, ok, type Result } from '../model/result.ts';
import { matchesTarget } from '../planning/select.ts';
import type { CliContext, GlobalOptions } from './context.ts';
import { findPlaybooks, loadFound, readRequest } from './load.ts';
import { commandLineProblem } from './problem.ts';

/** Hosts and units of a run; empty: all. */
export interface RunPart {
	readonly hosts: readonly string[];
	readonly units: readonly string[];
}

/** What `--limit` and `--target` choose of a run, or what in them chooses nothing. */
export async function partOfRun(plan: Plan, options: GlobalOptions, context: CliContext): Promise<Result<RunPart>> {
	const hosts = options.limit === undefined ? ok([]) : await chooseHosts(options.limit, plan, context);
	const units = chooseUnits(options.target ?? [], plan);
	if (hosts.ok && units.ok) return ok({ hosts: hosts.value, units: units.value });
	return fail([...(hosts.ok ? [] : hosts.error), ...(units.ok ? [] : units.error)]);
}

async function chooseHosts(limit: string, plan: Plan, context: CliContext): Promise<Result<readonly string[]>> {
	const selection = parseSelection(limit);
	if (!selection.ok)
		return problem('HS1204', `in --limit, ${selection.error}`, 'write names joined by `,` `&` and ` - `');
	const ofPlan = inventoryOf(plan, new Map());
	const isKnown = unknownNames(selection.value, ofPlan).length === 0;
	// A plan tells its hosts and not their groups; the playbook knows those, as long as it is there.
	const inventory = isKnown && !/[*?]/.test(limit) ? ofPlan : inventoryOf(plan, await groupsNow(plan, context));
	const names = plan.hosts.map(host => String(host.name));
	const unknown = unknownNames(selection.value, inventory);
	if (unknown.length > 0) {
		const known = [...names, ...inventory.groups.keys()];
		return fail(
			unknown.map(name =>
				commandLineProblem(
					'HS1203',
					`the run has no host or group \`${name}\``,
					hint(name, known, 'its hosts are', names),
				),
			),
		);
	}
	const chosen = selectHosts(selection.value, inventory);
	return chosen.length > 0
		? ok(chosen)
		: problem('HS1205', `--limit ${limit} leaves no host of the run`, `its hosts are ${some(names)}`);
}

function chooseUnits(targets: readonly string[], plan: Plan): Result<readonly string[]> {
	const addresses = [...new Set(plan.hosts.flatMap(host => host.units.map(unit => unit.address)))];
	const unmatched = targets.filter(target => !addresses.some(address => matchesTarget(target, address)));
	if (unmatched.length === 0)
		return ok(addresses.filter(address => targets.some(target => matchesTarget(target, address))));
	return fail(
		unmatched.map(target =>
			commandLineProblem(
				'HS1805',
				`the run has no unit \`${target}\``,
				hint(target, addresses, 'its units are', addresses),
			),
		),
	);
}

async function groupsNow({ request }: Plan, context: CliContext): Promise<Inventory['groups']> {
	const found = await findPlaybooks([request.playbook], context);
	const [one] = found.ok ? found.value : [];
	if (one === undefined) return new Map();
	const read = await readRequest(
		{
			...(request.inventory === undefined ? {} : { inventory: request.inventory }),
			set: Object.entries(request.set).map(([name, value]) => `${name}=${value}`),
		},
		one.root,
		context,
	);
	const loaded = read.ok ? loadFound(one, read.value, context) : read;
	return loaded.ok ? loaded.value.inventory.groups : new Map();
}

/** The hosts of a plan as an inventory; of the groups only what is left of them there. */
function inventoryOf(plan: Plan, groups: Inventory['groups']): Inventory {
	const hosts = new Map(
		plan.hosts.map(({ name }): readonly [typeof name, Host] => [
			name,
			{ name, connection: 'local', vars: new Map(), needs: [], groups: [], at: nowhere },
		]),
	);
	return { hosts, groups, moduleSchemaPath: '' };
}

const nowhere: Span = { file: '', line: 1, column: 1, endLine: 1, endColumn: 1, sourceLine: '' };

const problem = (code: Diagnostic['code'], message: string, cure: string) =>
	fail([commandLineProblem(code, message, cure)]);

function hint(word: string, known: readonly string[], these: string, all: readonly string[]): string {
	const near = nearest(word, known);
	return near === undefined ? `${these} ${some(all)}` : `did you mean \`${near}\`?`;
}

const some = (names: readonly string[]): string => `${names.slice(0, 8).join(', ')}${names.length > 8 ? ', …' : ''}`;
