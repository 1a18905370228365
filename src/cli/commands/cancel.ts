import type { HostAtWork } from '../../execution/context.ts';
import { inParallel } from '../../execution/in-parallel.ts';
import { recallRun } from '../../execution/recall-run.ts';
import { bundleNames, tellToCancel, type WordReply } from '../../execution/say-word.ts';
import type { HostName, RunId } from '../../model/brand.ts';
import { type ExitCode, exitCodes, highestOf } from '../../model/exit-code.ts';
import type { Plan } from '../../model/plan.ts';
import { unreachable } from '../../model/unreachable.ts';
import { visibleLine } from '../../outputs/visible.ts';
import type { CliContext } from '../context.ts';
import type { HostOptions } from '../hosts-to-ask.ts';
import { partOfRun } from '../part-of-run.ts';
import { defaultParallel } from '../plan-playbook.ts';
import { refuse } from '../problem.ts';
import { withRun } from '../with-run.ts';

export interface CancelOptions extends HostOptions {
	/** Says it again when the grace is over, which kills. */
	readonly kill?: boolean;
}

/**
 * Ends what a run does on its hosts now, and lets nothing new start there. What ended is told by the run itself: see `attach`.
 * `--limit` chooses among the hosts that the run was planned for.
 */
export const cancel = (what: string, options: CancelOptions, context: CliContext): Promise<ExitCode> => {
	// All hosts are asked for a run that is not known here: the limit chooses what of it is cancelled.
	const { limit: _, ...recall } = options;
	return withRun(what, context, recall, async ({ run, finishedAt }, journal) => {
		if (finishedAt !== null) {
			context.stderr.write(`hsctl: run ${run} is over since ${finishedAt}; there is nothing to cancel\n`);
			return exitCodes.success;
		}
		const plan = journal.plan(run);
		const part = await partOfRun(plan, options, context);
		if (!part.ok) return refuse(part.error, context);
		const hosts = plan.hosts.filter(({ name }) => part.value.hosts.length === 0 || part.value.hosts.includes(name));
		return cancelOn({ ...plan, hosts }, run, options, context);
	});
};

async function cancelOn(plan: Plan, run: RunId, options: CancelOptions, context: CliContext): Promise<ExitCode> {
	const { composition, stderr } = context;
	const teller = new Teller(plan, run, options.parallel ?? defaultParallel, context);
	const leaving = new AbortController();
	let left: ExitCode | undefined;
	const forget = context.onSignal(signal => {
		left ??= signal === 'SIGINT' ? exitCodes.interrupted : exitCodes.terminated;
		leaving.abort();
	});
	try {
		const replies = await teller.tell(hostNames(plan), 'told to cancel', leaving.signal);
		const told = hostNames(plan).filter(name => replies.get(name)?.kind === 'told');
		let later: Replies = new Map();
		if (options.kill === true && told.length > 0 && !leaving.signal.aborted) {
			stderr.write('hsctl: what does not heed it is killed in ten seconds\n');
			await composition.clock.pause(pastGraceMs, leaving.signal);
			if (leaving.signal.aborted)
				stderr.write('hsctl: we left before the ten seconds were over: nothing more was said\n');
			else later = await teller.tell(told, 'told to kill what was left', leaving.signal);
		}
		if ([...replies.values()].some(({ kind }) => kind !== 'idle' && kind !== 'absent'))
			stderr.write(`hsctl: see how it ends: hsctl attach ${run}\n`);
		return left ?? highestOf([...replies.values(), ...later.values()].map(codeOf));
	} finally {
		forget();
	}
}

/** A little more than what a host gives a script between TERM and KILL: before that, a second word does nothing. */
const pastGraceMs = 10_500;

/** `idle`: nothing of the run was for this host. */
type Reply = WordReply | { readonly kind: 'idle' };
type Replies = ReadonlyMap<HostName, Reply>;

/** Says the word to many hosts at once, and then in their order what became of it. */
class Teller {
	readonly #plan: Plan;
	readonly #run: RunId;
	readonly #parallel: number;
	readonly #context: CliContext;

	constructor(plan: Plan, run: RunId, parallel: number, context: CliContext) {
		this.#plan = plan;
		this.#run = run;
		this.#parallel = parallel;
		this.#context = context;
	}

	/** Who was not heard before we left is missing in the answer, and named. */
	async tell(names: readonly HostName[], done: string, signal: AbortSignal): Promise<Replies> {
		const { composition, stderr } = this.#context;
		const connectorFor = await composition.connectors();
		const { hosts } = recallRun(this.#plan, []);
		const replies = new Map<HostName, Reply>();
		await inParallel(names, this.#parallel, async name => {
			if (signal.aborted) return;
			const reply = await this.#tellHost(name, hosts.get(name), { connectorFor, signal });
			if (!(signal.aborted && reply.kind === 'unreachable')) replies.set(name, reply);
		});
		for (const name of names) {
			const reply = replies.get(name);
			const words = reply === undefined ? 'we left before it answered' : sentence(reply, done);
			stderr.write(`hsctl: ${name}: ${words}\n`);
		}
		return replies;
	}

	async #tellHost(
		name: HostName,
		at: HostAtWork | undefined,
		asking: Parameters<typeof tellToCancel>[2],
	): Promise<Reply> {
		const planned = this.#plan.hosts.find(host => host.name === name);
		if (planned?.reached !== true || at === undefined) return { kind: 'idle' };
		const names = bundleNames(this.#run, planned.units);
		return names.length === 0 ? { kind: 'idle' } : tellToCancel(at, { state: planned.facts.state.path, names }, asking);
	}
}

const hostNames = (plan: Plan): readonly HostName[] => plan.hosts.map(({ name }) => name);

function sentence(reply: Reply, done: string): string {
	switch (reply.kind) {
		case 'told':
			return done;
		case 'absent':
			return 'knows nothing of this run';
		case 'idle':
			return 'had nothing to do in this run';
		case 'unreachable':
		case 'unclear':
			return visibleLine(reply.because);
		default:
			return unreachable(reply);
	}
}

function codeOf({ kind }: Reply): ExitCode {
	switch (kind) {
		case 'told':
		case 'absent':
		case 'idle':
			return exitCodes.success;
		case 'unreachable':
			return exitCodes.unreachable;
		case 'unclear':
			return exitCodes.attention;
		default:
			return unreachable(kind);
	}
}
