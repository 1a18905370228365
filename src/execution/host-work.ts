import type { UnitAddress } from '../model/brand.ts';
import type { Outcome } from '../model/outcome.ts';
import type { PlannedHost, PlannedUnit } from '../model/plan.ts';
import type { Connection } from '../ports/connection.ts';
import type { Delivery } from './apply-program.ts';
import { type BundleContents, bundleContents, isBundled, makeBundle } from './bundle.ts';
import type { ExecutionContext, HostAtWork } from './context.ts';
import { BundleHearer } from './hear-bundle.ts';
import { writeHostPlan } from './host-plan.ts';
import { HostTeller } from './host-teller.ts';
import { outcomeOfDecision } from './outcome-of.ts';
import { hasSucceeded } from './outcomes.ts';
import { type BundleEnd, type BundlePlace, followBundle, runBundle, sayWord, type Watching } from './run-bundle.ts';

/** Does one stage of one host's work: says what needs no host, sends the rest as one bundle, and tells what becomes of it. */
export async function workOnHost(
	planned: PlannedHost & { reached: true },
	stage: number,
	context: ExecutionContext,
): Promise<void> {
	const work = new HostWork(planned, context);
	const units = planned.units.filter(unit => unit.stage === stage);
	for (const unit of units) await work.settleWithoutHost(unit);
	const open = units.filter(unit => !work.teller.isSettled(unit.address));
	if (open.length > 0) await work.send(open, stage);
	await work.teller.rest();
}

/** Watches one stage of a host's work that another controller has sent, and tells what that one could not tell any more. */
export async function attachToHost(
	planned: PlannedHost & { reached: true },
	stage: number,
	context: ExecutionContext,
): Promise<void> {
	const work = new HostWork(planned, context);
	const units = planned.units.filter(unit => unit.stage === stage);
	if (units.some(unit => isBundled(unit) && !work.teller.isSettled(unit.address))) await work.attach(units, stage);
	for (const unit of units.filter(unit => !work.teller.isSettled(unit.address) && !work.teller.goesOn(unit.address)))
		await work.settleWithoutHost(unit);
	await work.teller.rest();
}

class HostWork {
	readonly teller: HostTeller;
	readonly #planned: PlannedHost & { reached: true };
	readonly #context: ExecutionContext;

	constructor(planned: PlannedHost & { reached: true }, context: ExecutionContext) {
		this.teller = new HostTeller(planned.name, context);
		this.#planned = planned;
		this.#context = context;
	}

	/** Units that the plan has decided for good, and those that an earlier stage has blocked. */
	async settleWithoutHost(unit: PlannedUnit): Promise<void> {
		const { purpose } = this.#context.plan;
		const decided = isBundled(unit) ? this.#blockedByEarlierStage(unit) : outcomeOfDecision(unit.decision, purpose);
		if (decided !== undefined) await this.teller.finish(unit.address, decided);
	}

	#blockedByEarlierStage(unit: PlannedUnit): Outcome | undefined {
		const { outcomes } = this.#context;
		const here = unit.needs.find(need => {
			const outcome = outcomes.of(this.teller.host, need);
			return outcome !== undefined && !hasSucceeded(outcome);
		});
		const failed =
			here ?? unit.barriers.find(barrier => outcomes.everywhere(barrier).some(outcome => !hasSucceeded(outcome)));
		if (failed !== undefined) return blocked(`needs ${failed}, which did not succeed`);
		const open =
			unit.needs.find(need => outcomes.goesOn(this.teller.host, need)) ??
			unit.barriers.find(barrier => outcomes.goesOnSomewhere(barrier));
		return open === undefined ? undefined : blocked(`needs ${open}, whose end nobody has seen yet`);
	}

	async send(units: readonly PlannedUnit[], stage: number): Promise<void> {
		const { plan, run, random, interrupts } = this.#context;
		if (interrupts.level > 0)
			return this.teller.finishOpen(addressesOf(units), 'not_started', 'stopped before it started');
		const at = this.#hostAtWork();
		const bundle = makeBundle({
			run,
			stage,
			playbook: plan.playbook.name,
			units,
			scriptBytes: this.#context.scriptBytes,
			fileBytes: (unit, index) => this.#context.fileBytes(this.teller.host, unit, index),
			looksOf: unit => at.looks.get(unit)?.map(({ look }) => look) ?? [],
			lockWaitMs: this.#context.lockWaitMs,
			hostPlan: writeHostPlan(plan, this.teller.host, this.#context),
			secretOf: name => this.#context.secrets.get(name) ?? '',
		});
		if (bundle === undefined)
			return this.teller.finishOpen(
				addressesOf(units),
				'refused',
				'a script or file has changed since the plan was made; nothing was started',
			);
		await this.teller.tell('connecting', '');
		const opened = await this.#context.connectorFor(at.host).open(at.host, at.become, interrupts.leaving);
		if (!opened.ok) {
			if (interrupts.leaving.aborted)
				return this.teller.finishOpen(addressesOf(units), 'not_started', 'stopped before it started');
			await this.teller.tell('unreachable', opened.because);
			return this.teller.finishOpen(addressesOf(units), 'unreachable', opened.because);
		}
		await using connection = opened.connection;
		await this.teller.tell('staging', opened.by === undefined ? '' : `by ${opened.by}`);
		this.#context.crash?.('before-begin');
		const deliver = (): Delivery | undefined =>
			interrupts.level > 0 ? undefined : { bundle, nonce: random.hex(16), ...this.#deliveryOf(at) };
		await this.#watch({ bundle, at, connection }, (place, watching) => runBundle(deliver, place, watching));
	}

	#hostAtWork(): HostAtWork {
		const at = this.#context.hosts.get(this.teller.host);
		if (at === undefined) throw new Error(`${this.teller.host} is not part of this run`);
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
		await this.teller.tell('connecting', '');
		const opened = await this.#context.connectorFor(at.host).open(at.host, at.become, this.#context.interrupts.leaving);
		if (!opened.ok) {
			if (this.#context.interrupts.leaving.aborted)
				return this.teller.leaveOpen(addressesOf(units), 'it goes on by itself');
			return this.teller.leaveOpen(addressesOf(units), `it cannot be asked now: ${opened.because}`);
		}
		await using connection = opened.connection;
		await this.#watch({ bundle, at, connection }, followBundle);
	}

	async #watch(
		{ bundle, at, connection }: Watched,
		watch: (place: BundlePlace, watching: Watching) => Promise<BundleEnd>,
	): Promise<void> {
		const { clock, interrupts } = this.#context;
		const place = { state: this.#planned.facts.state.path, name: bundle.name };
		const [teller, context, state] = [this.teller, this.#context, place.state];
		await this.#whileHearingInterrupts(place, connection, async sayLevel => {
			const listener = new BundleHearer({ bundle, state, teller, context, at, sayLevel });
			const isHere = this.#planned.place.connection === 'local';
			const end = await watch(place, { connection, listener, clock, isHere, signal: interrupts.leaving });
			await listener.afterwards(end);
		});
	}

	/** @param work gets what says to the host what the person has asked for: a run that is not there yet has not heard it */
	async #whileHearingInterrupts(
		place: BundlePlace,
		connection: Connection,
		work: (sayLevel: () => Promise<void>) => Promise<void>,
	): Promise<void> {
		const { interrupts } = this.#context;
		const sayLevel = async (): Promise<void> => {
			if (interrupts.level !== 1 && interrupts.level !== 2) return;
			await sayWord(interrupts.level === 1 ? 'stop' : 'cancel', place, connection).catch(() => {});
		};
		const forget = interrupts.onRaise(() => void sayLevel());
		try {
			await work(sayLevel);
		} catch (error) {
			// Nobody takes down what happens there any more, so nothing new may start. Who only looks on has no such say.
			if (this.#context.told === undefined) await sayWord('stop', place, connection).catch(() => {});
			throw error;
		} finally {
			forget();
		}
	}
}

interface Watched {
	readonly bundle: BundleContents;
	readonly at: HostAtWork;
	readonly connection: Connection;
}

const addressesOf = (units: readonly PlannedUnit[]): readonly UnitAddress[] => units.map(({ address }) => address);

const blocked = (because: string): Outcome => ({ status: 'blocked', because, changed: false, durationMs: 0 });
