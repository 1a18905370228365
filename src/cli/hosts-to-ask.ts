import type { Host, Inventory } from '../model/inventory.ts';
import type { Playbook } from '../model/playbook.ts';
import { fail, ok, type Result } from '../model/result.ts';
import type { Become } from '../model/unit.ts';
import { connectionProblems } from '../planning/select.ts';
import type { CliContext, GlobalOptions } from './context.ts';
import { findPlaybooks, loadFound, readRequest } from './load.ts';
import { becomeOfHost, hostsOf, loadInventory } from './load-inventory.ts';
import { defaultParallel } from './plan-playbook.ts';
import { commandLineProblem, tell } from './problem.ts';

/** Which hosts are asked: those of a playbook, else those of an inventory. */
export interface HostOptions extends GlobalOptions {
	readonly playbook?: string;
}

export interface AskedHost {
	readonly host: Host;
	readonly become: Become;
}

export interface HostsToAsk {
	/** Each with who works there; none when the selection leaves none. */
	readonly hosts: readonly AskedHost[];
	/** At once. */
	readonly parallel: number;
	/** What has them, as a person would name it. */
	readonly shown: string;
}

/** The hosts that are meant, all of them reachable in a way that this version has. `flag` is what names them in problems. */
export async function hostsToAsk(
	options: HostOptions,
	context: CliContext,
	flag = '--limit',
): Promise<Result<HostsToAsk>> {
	const found =
		options.playbook === undefined
			? await ofInventory(options, context)
			: await ofPlaybook(options.playbook, options, context);
	if (!found.ok) return found;
	const { inventory, becomeOf, parallel, shown } = found.value;
	const chosen = hostsOf(options.limit, flag, inventory);
	if (!chosen.ok) return chosen;
	const problems = connectionProblems(chosen.value);
	if (problems.length > 0) return fail(problems);
	return ok({
		hosts: chosen.value.map(host => ({ host, become: becomeOf(host) })),
		parallel: options.parallel ?? parallel ?? defaultParallel,
		shown,
	});
}

interface KnownHosts {
	readonly inventory: Inventory;
	readonly parallel: number | undefined;
	readonly shown: string;
	becomeOf(host: Host): Become;
}

async function ofPlaybook(word: string, options: HostOptions, context: CliContext): Promise<Result<KnownHosts>> {
	const playbook = await loadPlaybookFile(word, options, context);
	if (!playbook.ok) return playbook;
	const { inventory, become } = playbook.value;
	return ok({ inventory, becomeOf: host => host.become ?? become ?? 'none', parallel: undefined, shown: word });
}

async function ofInventory(options: HostOptions, context: CliContext): Promise<Result<KnownHosts>> {
	const found = await loadInventory(options, context);
	if (!found.ok) return found;
	const { inventory, config, shown, warnings } = found.value;
	if (options.quiet !== true) tell(warnings, context);
	return ok({ inventory, becomeOf: host => becomeOfHost(host, config), parallel: config.parallel, shown });
}

/** One playbook by its file, checked. */
export async function loadPlaybookFile(
	word: string,
	options: GlobalOptions,
	context: CliContext,
): Promise<Result<Playbook>> {
	const found = await findPlaybooks([word], context);
	if (!found.ok) return found;
	const [one] = found.value;
	if (one === undefined) return fail([commandLineProblem('HS1506', `${word} holds no playbook`, 'name a playbook')]);
	const { limit: _, ...rest } = options;
	const request = await readRequest(rest, one.root, context);
	return request.ok ? loadFound(one, request.value, context) : request;
}
