import { lookAtLock, type Taken, takeLockAway } from '../../execution/host-locks.ts';
import type { HostName } from '../../model/brand.ts';
import { type ExitCode, exitCodes } from '../../model/exit-code.ts';
import { type HostLock, lockId, readLockId } from '../../model/host-lock.ts';
import { unreachable } from '../../model/unreachable.ts';
import { elapsed } from '../../outputs/text/duration.ts';
import { visibleLine } from '../../outputs/visible.ts';
import { ask } from '../ask.ts';
import type { CliContext } from '../context.ts';
import { type AskedHost, type HostOptions, hostsToAsk } from '../hosts-to-ask.ts';
import { commandLineProblem, refuse } from '../problem.ts';

export interface UnlockOptions extends HostOptions {
	readonly yes?: boolean;
}

/**
 * Takes the lock of a host away from the run that holds it: what runs goes on to its end, and nothing more of that run starts. The
 * lock is named by the id that `locks` shows, so that nobody takes away another one than they have seen.
 */
export async function unlock(
	name: string,
	id: string | undefined,
	options: UnlockOptions,
	context: CliContext,
): Promise<ExitCode> {
	const asked = await hostsToAsk({ ...options, limit: name }, context, 'the host');
	if (!asked.ok) return refuse(asked.error, context);
	const [one, ...more] = asked.value.hosts;
	if (one === undefined || more.length > 0)
		return refuse([commandLineProblem('HS1801', `${name} is not one host`, 'name one host')], context);
	const { composition, stderr } = context;
	const asking = {
		connectorFor: await composition.connectors(),
		random: composition.random,
		signal: new AbortController().signal,
	};
	const looked = await lookAtLock(one.host, one.become, asking);
	if (!looked.ok) {
		stderr.write(`hsctl: ${one.host.name}: ${visibleLine(looked.error)}\n`);
		return exitCodes.unreachable;
	}
	const lock = looked.value;
	if (lock.kind === 'free') {
		stderr.write(`hsctl: nobody holds the lock of ${one.host.name}\n`);
		return exitCodes.success;
	}
	const wrong = wrongId(one.host.name, id, lock);
	if (wrong !== undefined) return refuse([wrong], context);
	const agreed = await agree(one, lock, options, context);
	if (agreed !== 'yes') return agreed;
	const who = `${composition.user} on ${composition.controller}`;
	const taken = await takeLockAway(one.host, one.become, { fence: lock.fence, run: lock.run, who }, asking);
	if (taken.ok) return tellTaken(taken.value, one.host.name, context);
	stderr.write(`hsctl: ${one.host.name}: ${visibleLine(taken.error)}\n`);
	return exitCodes.attention;
}

type HeldLock = HostLock & { readonly kind: 'held' };

const holder = ({ run, user, controller, heldMs, isOrphaned }: HeldLock): string =>
	visibleLine(
		`run ${run} of ${user} on ${controller} has held it for ${elapsed(heldMs)}${isOrphaned ? '; its supervisor is dead, but a script of it lives' : ''}`,
	);

function wrongId(host: HostName, id: string | undefined, lock: HeldLock) {
	const write = `if you are sure, write \`hsctl unlock ${host} ${lockId(lock)}\`; \`hsctl cancel ${lock.run.slice(0, 26)}\` ends what runs there`;
	if (id === undefined)
		return commandLineProblem('HS1801', `the lock of ${host} has to be named by its id: ${holder(lock)}`, write);
	const wanted = readLockId(id);
	return wanted?.fence === lock.fence && wanted.run === lock.run
		? undefined
		: commandLineProblem('HS1801', `${host} has no lock ${id}: ${holder(lock)}`, write);
}

async function agree(
	{ host }: AskedHost,
	lock: HeldLock,
	options: UnlockOptions,
	context: CliContext,
): Promise<'yes' | ExitCode> {
	if (options.yes === true) return 'yes';
	if (!context.terminal.canAsk)
		return refuse([commandLineProblem('HS1802', 'nobody is there to say yes to this', 'give --yes')], context);
	context.stderr.write(`${host.name}: ${holder(lock)}\n`);
	const words = 'Take the lock from it? What runs goes on to its end, nothing more of it starts. Type yes: ';
	const answer = await ask(words, context.terminal);
	if (answer === undefined) return exitCodes.interrupted;
	if (/^y(es)?$/i.test(answer)) return 'yes';
	context.stderr.write('Nothing was changed.\n');
	return exitCodes.success;
}

function tellTaken(taken: Taken, host: HostName, { stderr }: CliContext): ExitCode {
	switch (taken) {
		case 'taken':
			stderr.write(`hsctl: the lock of ${host} is free; nothing more of that run starts there\n`);
			return exitCodes.success;
		case 'free':
			stderr.write(`hsctl: the lock of ${host} was given back meanwhile\n`);
			return exitCodes.success;
		case 'other':
			stderr.write(`hsctl: another run has taken the lock of ${host} meanwhile; see hsctl locks\n`);
			return exitCodes.refused;
		default:
			return unreachable(taken);
	}
}
