import { lookAtLock } from '../../execution/host-locks.ts';
import { inParallel } from '../../execution/in-parallel.ts';
import type { HostName } from '../../model/brand.ts';
import { type ExitCode, exitCodes } from '../../model/exit-code.ts';
import type { HostLock } from '../../model/host-lock.ts';
import { fail, type Result } from '../../model/result.ts';
import { locksJson, locksText } from '../../outputs/locks.ts';
import { visibleLine } from '../../outputs/visible.ts';
import type { CliContext } from '../context.ts';
import { type HostOptions, hostsToAsk } from '../hosts-to-ask.ts';
import { refuse } from '../problem.ts';

/** Who holds the lock of which host, since when, and whether the holder is alive. */
export async function locks(options: HostOptions, context: CliContext): Promise<ExitCode> {
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
	const answers = new Map<HostName, Result<HostLock, string>>();
	await inParallel(hosts, parallel, async ({ host, become }) => {
		answers.set(host.name, await lookAtLock(host, become, asking));
	});
	forget();
	if (leaving.signal.aborted) return exitCodes.interrupted;
	const inOrder = hosts.map(({ host }) => ({
		host: host.name,
		answer: answers.get(host.name) ?? fail('it was not asked'),
	}));
	stdout.write(options.json === true ? locksJson(inOrder) : locksText(inOrder, stdout));
	const silent = inOrder.flatMap(({ host, answer }) => (answer.ok ? [] : [`${host}: ${visibleLine(answer.error)}`]));
	for (const line of silent) stderr.write(`hsctl: ${line}\n`);
	return silent.length > 0 ? exitCodes.unreachable : exitCodes.success;
}
