import type { Host } from '../model/inventory.ts';
import type { Playbook } from '../model/playbook.ts';
import { fail, ok, type Result } from '../model/result.ts';
import type { Become } from '../model/unit.ts';
import type { CliContext, GlobalOptions } from './context.ts';
import { findPlaybooks, loadFound, readRequest } from './load.ts';
import { becomeOfHost, hostsOf, loadInventory } from './load-inventory.ts';
import { commandLineProblem } from './problem.ts';

/** Which hosts are asked: those of a playbook, else those of an inventory. */
export interface HostOptions extends GlobalOptions {
	readonly playbook?: string;
}

export interface AskedHost {
	readonly host: Host;
	readonly become: Become;
}

/** The hosts that are meant, each with who works there. */
export async function hostsToAsk(options: HostOptions, context: CliContext): Promise<Result<readonly AskedHost[]>> {
	if (options.playbook !== undefined) {
		const playbook = await loadPlaybookFile(options.playbook, options, context);
		if (!playbook.ok) return playbook;
		const hosts = hostsOf(options.limit, '--limit', playbook.value.inventory);
		return hosts.ok
			? ok(hosts.value.map(host => ({ host, become: host.become ?? playbook.value.become ?? 'none' })))
			: hosts;
	}
	const found = await loadInventory(options, context);
	if (!found.ok) return found;
	const { inventory, config } = found.value;
	const hosts = hostsOf(options.limit, '--limit', inventory);
	return hosts.ok ? ok(hosts.value.map(host => ({ host, become: becomeOfHost(host, config) }))) : hosts;
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
