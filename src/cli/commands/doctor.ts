import { examineHosts } from '../../execution/doctor/examine.ts';
import { type ExitCode, exitCodes, highestOf } from '../../model/exit-code.ts';
import type { HostHealth } from '../../model/health.ts';
import { doctorText } from '../../outputs/doctor/human.ts';
import { doctorJson } from '../../outputs/doctor/json.ts';
import { connectionProblems } from '../../planning/select.ts';
import type { CliContext, GlobalOptions } from '../context.ts';
import { becomeOfHost, hostsOf, loadInventory } from '../load-inventory.ts';
import { defaultParallel } from '../plan-playbook.ts';
import { refuse, tell } from '../problem.ts';

/** Says of each host what would stop a run there, and what helps. */
export async function doctor(words: readonly string[], options: GlobalOptions, context: CliContext): Promise<ExitCode> {
	const loaded = await loadInventory(options, context);
	if (!loaded.ok) return refuse(loaded.error, context);
	const { inventory, warnings, config, shown } = loaded.value;
	if (options.quiet !== true) tell(warnings, context);
	const hosts = hostsOf(words.join(', '), 'the hosts', inventory);
	if (!hosts.ok) return refuse(hosts.error, context);
	const problems = connectionProblems(hosts.value);
	if (problems.length > 0) return refuse(problems, context);
	if (hosts.value.length === 0) {
		context.stderr.write(`hsctl: ${words.join(', ')} is no host of ${shown}\n`);
		return exitCodes.noHost;
	}
	const { clock, random, connectors, describeWay } = context.composition;
	const leaving = new AbortController();
	const forget = context.onSignal(() => leaving.abort());
	try {
		const found = await examineHosts(
			hosts.value.map(host => ({ host, become: becomeOfHost(host, config) })),
			{
				clock,
				random,
				connectorFor: await connectors(),
				describeWay,
				signal: leaving.signal,
				parallel: options.parallel ?? config.parallel ?? defaultParallel,
			},
		);
		if (leaving.signal.aborted) return exitCodes.interrupted;
		context.stdout.write(options.json === true ? doctorJson(found) : doctorText(found, context.stdout));
		return highestOf(found.map(codeOf));
	} finally {
		forget();
	}
}

function codeOf({ reached, checks }: HostHealth): ExitCode {
	if (!reached) return exitCodes.unreachable;
	return checks.some(({ result }) => result === 'fail') ? exitCodes.failed : exitCodes.success;
}
