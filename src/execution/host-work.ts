import type { HostName, UnitAddress } from '../model/brand.ts';
import type { HostState } from '../model/event.ts';
import type { Outcome } from '../model/outcome.ts';
import type { PlannedHost, PlannedUnit } from '../model/plan.ts';
import type { Connection } from '../ports/connection.ts';
import type { Delivery } from './apply-program.ts';
import { type BundleContents, type BundledUnit, bundleContents, isBundled, makeBundle } from './bundle.ts';
import type { ExecutionContext, HostAtWork } from './context.ts';
import { readFrames } from './frames.ts';
import { writeHostPlan } from './host-plan.ts';
import { outcomeOfDecision, outcomeOfJob } from './outcome-of.ts';
import { hasSucceeded } from './outcomes.ts';
import { parseReceipt } from './parse-receipt.ts';
import { recheckNonce } from './probe-program.ts';
import {
	type BundleEnd,
	type BundleListener,
	type BundlePlace,
	followBundle,
	runBundle,
	sayWord,
	type Watching,
} from './run-bundle.ts';
import type { RunnerEvent, RunnerFinished } from './runner-event.ts';

/** Does one stage of one host's work: says what needs no host, sends the rest as one bundle, and tells what becomes of it. */
export async function workOnHost(
	planned: PlannedHost & { reached: true },
	stage: number,
	context: ExecutionContext,
): Promise<void> {
	const work = new HostWork(planned, context);
	const units = planned.units.filter(unit => unit.stage === stage);
	for (const unit of units) await work.settleWithoutHost(unit);
	const open = units.filter(unit => !work.isSettled(unit.address));
	if (open.length > 0) await work.send(open, stage);
	await work.rest();
}

/** Watches one stage of a host's work that another controller has sent, and tells what that one could not tell any more. */
export async function attachToHost(
	planned: PlannedHost & { reached: true },
	stage: number,
	context: ExecutionContext,
): Promise<void> {
	const work = new HostWork(planned, context);
	const units = planned.units.filter(unit => unit.stage === stage);
	if (units.some(unit => isBundled(unit) && !work.isSettled(unit.address))) await work.attach(units, stage);
	for (const unit of units.filter(unit => !work.isSettled(unit.address) && !work.goesOn(unit.address)))
		await work.settleWithoutHost(unit);
	await work.rest();
}

class HostWork {
	readonly #host: HostName;
	readonly #planned: PlannedHost & { reached: true };
	readonly #context: ExecutionContext;

	constructor(planned: PlannedHost & { reached: true }, context: ExecutionContext) {
		this.#host = planned.name;
		this.#planned = planned;
		this.#context = context;
	}

	isSettled(unit: UnitAddress): boolean {
		return this.#context.outcomes.of(this.#host, unit) !== undefined;
	}

	goesOn(unit: UnitAddress): boolean {
		return this.#context.outcomes.goesOn(this.#host, unit);
	}

	/** Units that the plan has decided for good, and those that an earlier stage has blocked. */
	async settleWithoutHost(unit: PlannedUnit): Promise<void> {
		const decided = isBundled(unit) ? this.#blockedByEarlierStage(unit) : outcomeOfDecision(unit.decision);
		if (decided !== undefined) await this.#finish(unit.address, decided);
	}

	#blockedByEarlierStage(unit: PlannedUnit): Outcome | undefined {
		const { outcomes } = this.#context;
		const here = unit.needs.find(need => {
			const outcome = outcomes.of(this.#host, need);
			return outcome !== undefined && !hasSucceeded(outcome);
		});
		const failed =
			here ?? unit.barriers.find(barrier => outcomes.everywhere(barrier).some(outcome => !hasSucceeded(outcome)));
		if (failed !== undefined) return blocked(`needs ${failed}, which did not succeed`);
		const open =
			unit.needs.find(need => outcomes.goesOn(this.#host, need)) ??
			unit.barriers.find(barrier => outcomes.goesOnSomewhere(barrier));
		return open === undefined ? undefined : blocked(`needs ${open}, whose end nobody has seen yet`);
	}

	async send(units: readonly PlannedUnit[], stage: number): Promise<void> {
		const { plan, run, random, interrupts } = this.#context;
		if (interrupts.level > 0) return this.#finishAll(units, 'not_started', 'stopped before it started');
		const at = this.#hostAtWork();
		const bundle = makeBundle({
			run,
			stage,
			playbook: plan.playbook.name,
			units,
			scriptBytes: this.#context.scriptBytes,
			looksOf: unit => at.looks.get(unit)?.map(({ look }) => look) ?? [],
			lockWaitMs: this.#context.lockWaitMs,
			hostPlan: writeHostPlan(plan, this.#host),
			secretOf: name => this.#context.secrets.get(name) ?? '',
		});
		if (bundle === undefined)
			return this.#finishAll(units, 'refused', 'a script has changed since the plan was made; nothing was started');
		await this.tell('connecting', '');
		const opened = await this.#context.connectorFor(at.host).open(at.host, at.become, interrupts.leaving);
		if (!opened.ok) {
			if (interrupts.leaving.aborted) return this.#finishAll(units, 'not_started', 'stopped before it started');
			await this.tell('unreachable', opened.because);
			return this.#finishAll(units, 'unreachable', opened.because);
		}
		await using connection = opened.connection;
		await this.tell('staging', opened.by === undefined ? '' : `by ${opened.by}`);
		this.#context.crash?.('before-begin');
		const deliver = (): Delivery | undefined =>
			interrupts.level > 0 ? undefined : { bundle, nonce: random.hex(16), ...this.#deliveryOf(at) };
		await this.#watch(bundle, connection, (place, watching) => runBundle(deliver, place, watching));
	}

	#hostAtWork(): HostAtWork {
		const at = this.#context.hosts.get(this.#host);
		if (at === undefined) throw new Error(`${this.#host} is not part of this run`);
		return at;
	}

	#deliveryOf(at: HostAtWork): Pick<Delivery, 'state' | 'hasRunner' | 'controller' | 'user'> {
		const { controller, user } = this.#context;
		return { state: this.#planned.facts.state.path, hasRunner: at.hasRunner, controller, user };
	}

	/** Says the bundle's name to the host and hears everything from its beginning; what the journal has already is passed over. */
	async attach(units: readonly PlannedUnit[], stage: number): Promise<void> {
		const at = this.#hostAtWork();
		const bundle = bundleContents({ run: this.#context.run, stage, units });
		await this.tell('connecting', '');
		const opened = await this.#context.connectorFor(at.host).open(at.host, at.become, this.#context.interrupts.leaving);
		if (!opened.ok) {
			if (this.#context.interrupts.leaving.aborted) return this.#leave(bundle, 'it goes on by itself');
			return this.#leave(bundle, `it cannot be asked now: ${opened.because}`);
		}
		await using connection = opened.connection;
		await this.#watch(bundle, connection, followBundle);
	}

	async #watch(
		bundle: BundleContents,
		connection: Connection,
		watch: (place: BundlePlace, watching: Watching) => Promise<BundleEnd>,
	): Promise<void> {
		const { clock, interrupts } = this.#context;
		const place = { state: this.#planned.facts.state.path, name: bundle.name };
		await this.#whileHearingInterrupts(place, connection, async () => {
			const listener = this.#listener(bundle);
			const end = await watch(place, { connection, listener, clock, signal: interrupts.leaving });
			await this.#afterwards(end, bundle);
		});
	}

	async #whileHearingInterrupts(place: BundlePlace, connection: Connection, work: () => Promise<void>): Promise<void> {
		const { interrupts } = this.#context;
		this.#sayLevel = async () => {
			if (interrupts.level !== 1 && interrupts.level !== 2) return;
			await sayWord(interrupts.level === 1 ? 'stop' : 'cancel', place, connection).catch(() => {});
		};
		const forget = interrupts.onRaise(() => void this.#sayLevel());
		try {
			await work();
		} catch (error) {
			// Nobody takes down what happens there any more, so nothing new may start.
			await sayWord('stop', place, connection).catch(() => {});
			throw error;
		} finally {
			forget();
		}
	}

	/** What the person has asked for, said to the host; a run that is not there yet has not heard it. */
	#sayLevel: () => Promise<void> = () => Promise.resolve();

	#listener(bundle: BundleContents): BundleListener {
		return {
			onEvent: event => this.#takeEvent(event, bundle),
			onOutput: output => this.#takeOutput(bundle.units[output.index]?.planned.address, output),
			onHeld: (index, seen) => this.#decideAgain(bundle.units[index], seen),
			onState: (index, state, evidence) => this.#takeState(bundle.units[index], state, evidence),
			onLost: (because, pauseMs) => this.#takeLoss(because, pauseMs),
			onFound: () => this.#takeFind(),
		};
	}

	/** Said once for each reason: a host that is down is tried many times. */
	async #takeLoss(because: string, pauseMs: number): Promise<void> {
		if (because === this.#lossToldOf) return;
		this.#lossToldOf = because;
		const next = pauseMs === 0 ? 'at once' : `in ${pauseMs} ms`;
		await this.tell(
			'connecting',
			`the link was lost (${because}); it is made again ${next}, and what runs there goes on`,
		);
	}

	/** The words of the person have not reached a host that could not be heard. */
	async #takeFind(): Promise<void> {
		this.#lossToldOf = undefined;
		await this.tell('running', 'the link is back');
		await this.#sayLevel();
	}

	#lossToldOf: string | undefined;

	async #takeOutput(unit: UnitAddress | undefined, { stream, offset, bytes }: PrintedBytes): Promise<void> {
		if (unit === undefined) return;
		const key = `${this.#host} ${unit} ${stream}`;
		const told = Math.min(bytes.length, Math.max(0, (this.#context.told?.printed.get(key) ?? 0) - offset));
		if (told === bytes.length) return;
		await this.#context.bus.print({
			host: this.#host,
			unit,
			stream,
			offset: offset + told,
			bytes: bytes.subarray(told),
		});
	}

	async #takeEvent(event: RunnerEvent, bundle: BundleContents): Promise<void> {
		switch (event.e) {
			case 'accepted':
				this.#detachedBy = event.detached_by;
				this.#isBegun = true;
				await this.#sayLevel();
				return this.tell('running', '');
			case 'waiting':
				return this.tell('waiting', `waits for another run there: ${describeOwner(event.owner)}`);
			case 'locked':
				return this.#takeLock(event.owner, bundle);
			case 'started':
				return this.#takeStart(bundle.units[event.i]);
			case 'finished':
				return this.#takeFinish(bundle.units[event.i], event, bundle);
			case 'held':
				return this.tell(
					'held',
					`${bundle.units[event.i]?.planned.address ?? 'a unit'}: its condition has changed during the run`,
				);
			case 'resumed':
				return this.tell('running', '');
			case 'stopped':
				return this.tell('stopping', '');
			case 'end':
				return;
		}
	}

	#detachedBy = '';
	#isBegun = false;

	async #takeLock(owner: Readonly<Record<string, unknown>>, bundle: BundleContents): Promise<void> {
		const because = `another run works there: ${describeOwner(owner)}`;
		await this.tell('locked', because);
		await this.#finishOpen(bundle, 'refused', because);
	}

	async #takeStart(unit: BundledUnit | undefined): Promise<void> {
		if (unit === undefined || this.#context.told?.started.has(`${this.#host} ${unit.planned.address}`)) return;
		const { address } = unit.planned;
		await this.#context.bus.emit({
			type: 'unit_started',
			host: this.#host,
			unit: address,
			attempt: unit.job.attempt,
			detached_by: this.#detachedBy,
		});
	}

	async #takeFinish(unit: BundledUnit | undefined, event: RunnerFinished, bundle: BundleContents): Promise<void> {
		if (unit === undefined || this.isSettled(unit.planned.address)) return;
		const blocker = event.by === null ? undefined : bundle.units[event.by]?.planned.address;
		const { decision, effective } = unit.planned;
		const outcome = outcomeOfJob(event, {
			because: this.#newReasons.get(unit.planned.address) ?? decision.because,
			timeoutMs: effective.timeoutMs,
			blocker,
			decidedAgain: this.#newReasons.get(unit.planned.address),
		});
		const hasLog = outcome.exitCode !== undefined;
		await this.#finish(
			unit.planned.address,
			outcome,
			hasLog ? `${this.#planned.facts.state.path}/jobs/${unit.jobName}` : null,
		);
	}

	/** Why a unit runs or is skipped after all, when that was decided again during the run. */
	readonly #newReasons = new Map<UnitAddress, string>();

	async #decideAgain(unit: BundledUnit | undefined, seen: Uint8Array): Promise<'run' | 'skip' | 'refuse' | undefined> {
		if (unit === undefined) return 'refuse';
		const frames = new Map(readFrames(seen, recheckNonce).map(frame => [frame.name, frame.text]));
		const printed = unit.planned.observations.map((_, at) => frames.get(`look:${at}`) ?? '');
		const decision = this.#context.decideAgain(this.#host, unit.planned.address, printed);
		if (decision === undefined) return undefined;
		this.#newReasons.set(unit.planned.address, decision.because);
		if (decision.kind === 'run') return 'run';
		return decision.kind === 'skip' ? 'skip' : 'refuse';
	}

	/** The runner died: what it wrote before is the truth, and what it did not write is unknown. */
	async #takeState(unit: BundledUnit | undefined, state: string, evidence: string): Promise<void> {
		if (unit === undefined || this.isSettled(unit.planned.address)) return;
		const outcome = outcomeOfState(state, evidence, unit.planned);
		await this.#finish(unit.planned.address, outcome, `${this.#planned.facts.state.path}/jobs/${unit.jobName}`);
	}

	async #afterwards(end: BundleEnd, bundle: BundleContents): Promise<void> {
		switch (end.kind) {
			case 'ended':
				return this.#finishOpen(bundle, 'unknown', 'the host ended its work without a word on this unit');
			case 'dead':
				return this.#finishOpen(bundle, 'not_started', 'the runner on the host was ended before it came to this unit');
			case 'absent':
				return this.#finishAbsent(bundle);
			case 'refused':
				await this.tell('unreachable', refusal(end));
				return this.#finishOpen(bundle, 'refused', `${refusal(end)}; nothing was started`);
			case 'lost':
				return this.#context.interrupts.leaving.aborted
					? this.#leave(bundle, 'it goes on by itself')
					: this.#leave(bundle, `its link is lost (${end.because}); what runs there goes on by itself`);
		}
	}

	/** Hosts keep their newest runs only; of one that had begun there, its absence says nothing. */
	#finishAbsent(bundle: BundleContents): Promise<void> {
		const wasTold = bundle.units.some(({ planned }) =>
			this.#context.told?.started.has(`${this.#host} ${planned.address}`),
		);
		return wasTold || this.#isBegun
			? this.#finishOpen(bundle, 'unknown', 'the host keeps no record of it any more')
			: this.#finishOpen(bundle, 'not_started', 'its work never reached the host');
	}

	/** No word on what has not ended: whoever attaches hears it from the host. */
	async #leave({ units }: BundleContents, because: string): Promise<void> {
		for (const { planned } of units)
			if (!this.isSettled(planned.address)) this.#context.outcomes.leaveOpen(this.#host, planned.address);
		await this.tell('detached', because);
	}

	async #finishOpen(bundle: BundleContents, status: Outcome['status'], because: string): Promise<void> {
		await this.#finishAll(
			bundle.units.map(unit => unit.planned),
			status,
			because,
		);
	}

	async #finishAll(units: readonly PlannedUnit[], status: Outcome['status'], because: string): Promise<void> {
		for (const unit of units) {
			if (!this.isSettled(unit.address))
				await this.#finish(unit.address, { status, because, changed: false, durationMs: 0 });
		}
	}

	async #finish(unit: UnitAddress, outcome: Outcome, log: string | null = null): Promise<void> {
		const { bus, outcomes } = this.#context;
		outcomes.record(this.#host, unit, outcome);
		await bus.emit({
			type: 'unit_finished',
			host: this.#host,
			unit,
			status: outcome.status,
			because: outcome.because,
			changed: outcome.changed,
			exit_code: outcome.exitCode ?? null,
			duration_ms: outcome.durationMs,
			log,
		});
	}

	tell(state: HostState, because: string): Promise<void> {
		this.#state = state;
		return this.#context.bus.emit({ type: 'host_state', host: this.#host, state, because });
	}

	#state: HostState = 'waiting';

	/** The last word on a host's stage; one that says more than `done` stands. */
	async rest(): Promise<void> {
		if (!lastWords.has(this.#state) && !this.#context.outcomes.isOpenOn(this.#host)) await this.tell('done', '');
	}
}

const blocked = (because: string): Outcome => ({ status: 'blocked', because, changed: false, durationMs: 0 });

type PrintedBytes = Parameters<BundleListener['onOutput']>[0];

const lastWords: ReadonlySet<HostState> = new Set(['unreachable', 'locked', 'detached']);

/** What the host's runner says before anything has begun, for people. */
function refusal({ word, because }: BundleEnd & { kind: 'refused' }): string {
	if (word === 'unsafe') return `the folder of its memory cannot be trusted: ${because}`;
	return word === 'manifest' ? `the bundle did not arrive whole (${because})` : because;
}

function describeOwner(owner: Readonly<Record<string, unknown>>): string {
	const text = (name: string) =>
		typeof owner[name] === 'string' || typeof owner[name] === 'number' ? String(owner[name]) : 'unknown';
	return `run ${text('run')} of ${text('user')} on ${text('controller')} (pid ${text('pid')})`;
}

/** Where a job stands whose runner is dead: known as not started, known by its receipt, or honestly unknown. */
function outcomeOfState(state: string, evidence: string, { decision, effective }: PlannedUnit): Outcome {
	const rest = { changed: false, durationMs: 0 };
	if (state === 'staged' || state === 'claimed' || state === 'void')
		return { status: 'not_started', because: 'the runner on the host was ended before it started', ...rest };
	const receipt = state === 'finished' ? parseReceipt(evidence) : undefined;
	if (receipt === undefined)
		return { status: 'unknown', because: `the runner on the host was ended while it ran (${state})`, ...rest };
	const { why, exitCode: rc, durationMs: ms } = receipt;
	const status = receipt.status === 'failed' ? 'failed' : 'changed';
	const because = status === 'changed' ? 'done; the runner on the host was ended afterwards' : decision.because;
	return outcomeOfJob(
		{ e: 'finished', i: 0, status, why, rc, ms, by: null, survivors: 0 },
		{ because, timeoutMs: effective.timeoutMs, blocker: undefined },
	);
}
