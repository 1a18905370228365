import { examineHosts } from '../../execution/doctor/examine.ts';
import { type ExitCode, exitCodes, highestOf } from '../../model/exit-code.ts';
import type { HostHealth } from '../../model/health.ts';
import { doctorText } from '../../outputs/doctor/human.ts';
import { doctorJson } from '../../outputs/doctor/json.ts';
import type { CliContext } from '../context.ts';
import { type HostOptions, hostsToAsk } from '../hosts-to-ask.ts';
import { refuse } from '../problem.ts';

/** Says of each host what would stop a run there, and what helps. */
export async function doctor(words: readonly string[], options: HostOptions, context: CliContext): Promise<ExitCode> {
	const asked = await hostsToAsk({ ...options, limit: words.join(', ') }, context, 'the hosts');
	if (!asked.ok) return refuse(asked.error, context);
	const { hosts, parallel, shown } = asked.value;
	if (hosts.length === 0) {
		context.stderr.write(`hsctl: ${words.join(', ')} is no host of ${shown}\n`);
		return exitCodes.noHost;
	}
	const { clock, random, connectors, describeWay } = context.composition;
	const leaving = new AbortController();
	const forget = context.onSignal(() => leaving.abort());
	try {
		const found = await examineHosts(hosts, {
			clock,
			random,
			connectorFor: await connectors(),
			describeWay,
			signal: leaving.signal,
			parallel,
		});
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
