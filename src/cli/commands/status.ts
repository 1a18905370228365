import { inParallel } from '../../execution/in-parallel.ts';
import { lookAtStatus } from '../../execution/look-at-status.ts';
import { isStuck } from '../../execution/read-status.ts';
import type { HostName } from '../../model/brand.ts';
import { type ExitCode, exitCodes, highestOf } from '../../model/exit-code.ts';
import type { HostStatus } from '../../model/host-status.ts';
import { fail, type Result } from '../../model/result.ts';
import { type StatusAnswers, statusText } from '../../outputs/status/human.ts';
import { statusJson } from '../../outputs/status/json.ts';
import { visibleLine } from '../../outputs/visible.ts';
import type { CliContext } from '../context.ts';
import { type HostOptions, hostsToAsk } from '../hosts-to-ask.ts';
import { refuse } from '../problem.ts';

/** What is so on the hosts by their own records: what is at work, what was interrupted, what was done, what can be taken back. */
export async function status(options: HostOptions, context: CliContext): Promise<ExitCode> {
	const asked = await hostsToAsk(options, context);
	if (!asked.ok) return refuse(asked.error, context);
	const { hosts, parallel, shown } = asked.value;
	const { composition, stdout, stderr } = context;
	if (hosts.length === 0) {
		stderr.write(`hsctl: there is no host to ask in ${shown}\n`);
		return exitCodes.noHost;
	}
	const leaving = new AbortController();
	const forget = context.onSignal(() => leaving.abort());
	const asking = {
		connectorFor: await composition.connectors(),
		random: composition.random,
		signal: leaving.signal,
	};
	const answers = new Map<HostName, Result<HostStatus, string>>();
	await inParallel(hosts, parallel, async ({ host, become }) => {
		answers.set(host.name, await lookAtStatus(host, become, asking));
	});
	forget();
	if (leaving.signal.aborted) return exitCodes.interrupted;
	const inOrder = hosts.map(({ host }) => ({
		host: host.name,
		answer: answers.get(host.name) ?? fail('it was not asked'),
	}));
	stdout.write(options.json === true ? statusJson(inOrder) : statusText(inOrder, stdout));
	if (options.json === true)
		for (const { host, answer } of inOrder)
			if (!answer.ok) stderr.write(`hsctl: ${host}: ${visibleLine(answer.error)}\n`);
	return exitCodeOf(inOrder);
}

const exitCodeOf = (answers: StatusAnswers): ExitCode =>
	highestOf(
		answers.map(({ answer }) => {
			if (!answer.ok) return exitCodes.unreachable;
			return isStuck(answer.value) ? exitCodes.attention : exitCodes.success;
		}),
	);
