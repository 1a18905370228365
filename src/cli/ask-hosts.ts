import type { AskContext } from '../execution/exchange.ts';
import { inParallel } from '../execution/in-parallel.ts';
import type { HostName } from '../model/brand.ts';
import { type ExitCode, exitCodes } from '../model/exit-code.ts';
import type { Host } from '../model/inventory.ts';
import { fail, ok, type Result } from '../model/result.ts';
import type { Become } from '../model/unit.ts';
import type { CliContext } from './context.ts';
import { type HostOptions, hostsToAsk } from './hosts-to-ask.ts';
import { refuse } from './problem.ts';

/** What one question to a host tells, or in one clause why it does not. */
export type Asking<Answer> = (host: Host, become: Become, asking: AskContext) => Promise<Result<Answer, string>>;

/** What the hosts that are meant have answered, in the order of the inventory; or the exit code where it comes to none. */
export async function askHosts<Answer>(
	options: HostOptions,
	context: CliContext,
	ask: Asking<Answer>,
): Promise<Result<readonly { readonly host: HostName; readonly answer: Result<Answer, string> }[], ExitCode>> {
	const asked = await hostsToAsk(options, context);
	if (!asked.ok) return fail(refuse(asked.error, context));
	const { hosts, parallel, shown } = asked.value;
	const { composition, stderr } = context;
	if (hosts.length === 0) {
		stderr.write(`hsctl: there is no host to ask in ${shown}\n`);
		return fail(exitCodes.noHost);
	}
	const leaving = new AbortController();
	const forget = context.onSignal(() => leaving.abort());
	const asking = {
		connectorFor: await composition.connectors(),
		random: composition.random,
		signal: leaving.signal,
	};
	const answers = new Map<HostName, Result<Answer, string>>();
	await inParallel(hosts, parallel, async ({ host, become }) => {
		answers.set(host.name, await ask(host, become, asking));
	});
	forget();
	if (leaving.signal.aborted) return fail(exitCodes.interrupted);
	return ok(hosts.map(({ host }) => ({ host: host.name, answer: answers.get(host.name) ?? fail('it was not asked') })));
}
