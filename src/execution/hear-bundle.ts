import { hostPath, type UnitAddress } from '../model/brand.ts';
import type { Outcome } from '../model/outcome.ts';
import type { PlannedUnit } from '../model/plan.ts';
import type { BundleContents, BundledUnit } from './bundle.ts';
import { confirm } from './confirm.ts';
import type { ExecutionContext, HostAtWork } from './context.ts';
import { readFrames } from './frames.ts';
import type { HostTeller } from './host-teller.ts';
import { hasLog, heldWords, outcomeOfJob } from './outcome-of.ts';
import { poolEndBehindUs, poolTakenBack } from './outcome-of-pool.ts';
import { parseReceipt } from './parse-receipt.ts';
import { recheckNonce } from './probe-program.ts';
import type { BundleEnd, BundleListener } from './run-bundle.ts';
import type { RunnerEvent, RunnerFinished } from './runner-event.ts';

export interface Hearing {
	readonly bundle: BundleContents;
	/** The folder of the host's memory. */
	readonly state: string;
	readonly teller: HostTeller;
	readonly context: ExecutionContext;
	/** How the host is reached. */
	readonly at: Pick<HostAtWork, 'host' | 'become'>;
	/** Says to the host what the person has asked for so far. */
	sayLevel(): Promise<void>;
}

/** Hears what a host's runner says of a bundle, and tells it as events of the run; what was told before is passed over. */
export class BundleHearer implements BundleListener {
	readonly #bundle: BundleContents;
	readonly #state: string;
	readonly #teller: HostTeller;
	readonly #context: ExecutionContext;
	readonly #at: Hearing['at'];
	readonly #sayLevel: () => Promise<void>;

	constructor({ bundle, state, teller, context, at, sayLevel }: Hearing) {
		this.#at = at;
		this.#bundle = bundle;
		this.#state = state;
		this.#teller = teller;
		this.#context = context;
		this.#sayLevel = sayLevel;
	}

	get #units(): readonly UnitAddress[] {
		return this.#bundle.units.map(({ planned }) => planned.address);
	}

	/** Said once for each reason: a host that is down is tried many times. */
	async onLost(because: string, pauseMs: number): Promise<void> {
		if (because === this.#lossToldOf) return;
		this.#lossToldOf = because;
		const next = pauseMs === 0 ? 'at once' : `in ${pauseMs} ms`;
		await this.#teller.tell(
			'connecting',
			`the link was lost (${because}); it is made again ${next}, and what runs there goes on`,
		);
	}

	/** Every tenth part: enough to see that it goes on. */
	async onSent(sent: number, all: number): Promise<void> {
		const tenth = Math.floor((sent / all) * 10);
		if (tenth === this.#sentTenth) return;
		this.#sentTenth = tenth;
		await this.#teller.tell('staging', `${mebibytes(sent)} of ${mebibytes(all)} MiB sent`);
	}

	#sentTenth = 0;

	/** The words of the person have not reached a host that could not be heard. */
	async onFound(): Promise<void> {
		this.#lossToldOf = undefined;
		await this.#teller.tell('running', 'the link is back');
		await this.#sayLevel();
	}

	#lossToldOf: string | undefined;

	async onOutput({ index, stream, offset, bytes }: PrintedBytes): Promise<void> {
		const unit = this.#bundle.units[index]?.planned.address;
		if (unit === undefined) return;
		const key = `${this.#teller.host} ${unit} ${stream}`;
		const told = Math.min(bytes.length, Math.max(0, (this.#context.told?.printed.get(key) ?? 0) - offset));
		if (told === bytes.length) return;
		await this.#context.bus.print({
			host: this.#teller.host,
			unit,
			stream,
			offset: offset + told,
			bytes: bytes.subarray(told),
		});
	}

	async onEvent(event: RunnerEvent): Promise<void> {
		switch (event.e) {
			case 'accepted':
				this.#detachedBy = event.detached_by;
				this.#isBegun = true;
				await this.#sayLevel();
				return this.#teller.tell('running', '');
			case 'waiting':
				return this.#teller.tell('waiting', `waits for another run there: ${describeOwner(event.owner)}`);
			case 'locked':
				return this.#takeLock(event.owner);
			case 'started':
				return this.#takeStart(this.#bundle.units[event.i]);
			case 'finished':
				return this.#takeFinish(this.#bundle.units[event.i], event);
			case 'held':
				return this.#teller.tell('held', heldWords(this.#bundle.units[event.i]?.planned));
			case 'confirming':
				return this.#takeConfirming(this.#bundle.units[event.i], event);
			case 'resumed':
				return this.#teller.tell('running', '');
			case 'stopped':
				return this.#teller.tell('stopping', '');
			case 'end':
				return;
		}
	}

	#detachedBy = '';
	#isBegun = false;

	async #takeLock(owner: Readonly<Record<string, unknown>>): Promise<void> {
		const because = `another run works there: ${describeOwner(owner)}`;
		await this.#teller.tell('locked', because);
		await this.#teller.finishOpen(this.#units, 'refused', because);
	}

	async #takeStart(unit: BundledUnit | undefined): Promise<void> {
		if (unit === undefined || this.#context.told?.started.has(`${this.#teller.host} ${unit.planned.address}`)) return;
		const { address } = unit.planned;
		await this.#context.bus.emit({
			type: 'unit_started',
			host: this.#teller.host,
			unit: address,
			attempt: unit.job.attempt,
			detached_by: this.#detachedBy,
		});
	}

	/** Not waited for here: its end is an event that comes over the old connection. */
	async #takeConfirming(
		unit: BundledUnit | undefined,
		{ i, ms }: { readonly i: number; readonly ms: number },
	): Promise<void> {
		if (unit === undefined || this.#teller.isSettled(unit.planned.address)) return;
		const { address } = unit.planned;
		const isTogether = unit.job.pool?.together === true;
		const spoken = `${Math.round(ms / 1000)} s`;
		await this.#teller.tell(
			'confirming',
			isTogether
				? `${address}: waits ${spoken} at most for all hosts to get that far`
				: `${address}: undone in ${spoken} unless a new connection confirms it`,
		);
		this.#confirmations.push(this.#confirm(address, { i, ms }));
	}

	readonly #confirmations: Promise<void>[] = [];

	async #confirm(address: UnitAddress, { i: index, ms }: { readonly i: number; readonly ms: number }): Promise<void> {
		const { together, slots, clock, interrupts, connectorFor } = this.#context;
		slots?.release();
		const word = await together.decide(this.#teller.host, address).finally(() => slots?.take());
		const { host, become } = this.#at;
		const connector = connectorFor(host);
		const place = { state: hostPath(this.#state), name: this.#bundle.name };
		const signal = interrupts.leaving;
		this.#context.crash?.('before-confirm');
		const said = await confirm(word, { host, become, place, index, connector, clock, signal, ms });
		if (said.kind === 'unsaid' && !this.#teller.isSettled(address))
			await this.#teller.tell('confirming', `${address}: it could not be told to ${word}: ${said.because}`);
	}

	async #takeFinish(unit: BundledUnit | undefined, event: RunnerFinished): Promise<void> {
		if (unit === undefined || this.#teller.isSettled(unit.planned.address)) return;
		const blocker = event.by === null ? undefined : this.#bundle.units[event.by]?.planned.address;
		const { decision, effective } = unit.planned;
		const outcome = outcomeOfJob(event, {
			because: this.#newReasons.get(unit.planned.address) ?? decision.because,
			timeoutMs: effective.timeoutMs,
			blocker,
			decidedAgain: this.#newReasons.get(unit.planned.address),
			unit: unit.planned,
		});
		// Before the word that explains it: whoever takes the run over in between hears that one again.
		if (event.why === 'verify' && event.status === 'rolled_back') await this.#takeBackPools(event);
		const log = hasLog(event, outcome.status) ? `${this.#state}/jobs/${unit.jobName}` : null;
		await this.#teller.finish(unit.planned.address, outcome, log);
	}

	/** What the host has taken back, of whichever part of the run, is not changed any more. */
	async #takeBackPools({ rc }: RunnerFinished): Promise<void> {
		const { plan, outcomes } = this.#context;
		const host = plan.hosts.find(({ name }) => name === this.#teller.host);
		for (const { address, job } of host?.reached === true ? host.units : []) {
			const before = outcomes.of(this.#teller.host, address);
			if (job?.pool?.kind !== 'apply' || before?.status !== 'changed') continue;
			await this.#teller.finish(address, poolTakenBack(before, rc), `${this.#state}/jobs/${job.key}.${job.attempt}`);
		}
	}

	/** Why a unit runs or is skipped after all, when that was decided again during the run. */
	readonly #newReasons = new Map<UnitAddress, string>();

	async onHeld(index: number, seen: Uint8Array): Promise<'run' | 'skip' | 'refuse' | undefined> {
		const unit = this.#bundle.units[index];
		if (unit === undefined) return 'refuse';
		const frames = new Map(readFrames(seen, recheckNonce).map(frame => [frame.name, frame.text]));
		const printed = unit.planned.observations.map((_, at) => frames.get(`look:${at}`) ?? '');
		const decision = this.#context.decideAgain(this.#teller.host, unit.planned.address, printed);
		if (decision === undefined) return undefined;
		this.#newReasons.set(unit.planned.address, decision.because);
		if (decision.kind === 'run') return 'run';
		// What is done by now needs nothing more.
		return decision.kind === 'skip' || decision.kind === 'done' ? 'skip' : 'refuse';
	}

	/** The runner died: what it wrote before is the truth, and what it did not write is unknown. */
	async onState(index: number, state: string, evidence: string): Promise<void> {
		const unit = this.#bundle.units[index];
		if (unit === undefined || this.#teller.isSettled(unit.planned.address)) return;
		const outcome = outcomeOfState(state, evidence, unit.planned);
		await this.#teller.finish(unit.planned.address, outcome, `${this.#state}/jobs/${unit.jobName}`);
	}

	/** How the watching ended, as the end of every unit that has none yet. */
	async afterwards(end: BundleEnd): Promise<void> {
		await this.#settle(end);
		await Promise.all(this.#confirmations);
	}

	async #settle(end: BundleEnd): Promise<void> {
		switch (end.kind) {
			case 'ended':
				return this.#teller.finishOpen(this.#units, 'unknown', 'the host ended its work without a word on this unit');
			case 'dead':
				return this.#teller.finishOpen(
					this.#units,
					'not_started',
					'the runner on the host was ended before it came to this unit',
				);
			case 'absent':
				return this.#finishAbsent();
			case 'refused':
				if (this.#context.told !== undefined)
					return this.#teller.leaveOpen(this.#units, `it cannot be asked now: ${refusal(end)}`);
				await this.#teller.tell('unreachable', refusal(end));
				return this.#teller.finishOpen(this.#units, 'refused', `${refusal(end)}; nothing was started`);
			case 'lost':
				return this.#context.interrupts.leaving.aborted
					? this.#teller.leaveOpen(this.#units, 'it goes on by itself')
					: this.#teller.leaveOpen(this.#units, `its link is lost (${end.because}); what runs there goes on by itself`);
		}
	}

	/** Hosts keep their newest runs only; of one that had begun there, its absence says nothing. */
	#finishAbsent(): Promise<void> {
		const wasTold = this.#bundle.units.some(({ planned }) =>
			this.#context.told?.started.has(`${this.#teller.host} ${planned.address}`),
		);
		if (this.#context.isAdopted === true && !wasTold && !this.#isBegun)
			return this.#teller.leaveOpen(
				this.#units,
				'nothing of it has come here; the controller that began the run may still send it',
			);
		return wasTold || this.#isBegun
			? this.#teller.finishOpen(this.#units, 'unknown', 'the host keeps no record of it any more')
			: this.#teller.finishOpen(this.#units, 'not_started', 'its work never reached the host');
	}
}

const mebibytes = (bytes: number): string => (bytes / 1024 ** 2).toFixed(1);

type PrintedBytes = Parameters<BundleListener['onOutput']>[0];

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
function outcomeOfState(state: string, evidence: string, { decision, effective, phase }: PlannedUnit): Outcome {
	const rest = { changed: false, durationMs: 0 };
	if (state === 'staged' || state === 'claimed' || state === 'void')
		return { status: 'not_started', because: 'the runner on the host was ended before it started', ...rest };
	const receipt = state === 'finished' ? parseReceipt(evidence) : undefined;
	if (receipt === undefined)
		return {
			status: 'unknown',
			because: `the runner on the host was ended while it ran (${state})${phase === 'pools' ? '; the next run there brings it to its end' : ''}`,
			...rest,
		};
	const { why, exitCode: rc, durationMs: ms } = receipt;
	if (phase === 'pools' && receipt.status === 'failed')
		return { ...poolEndBehindUs(why), changed: false, durationMs: ms };
	const status = receipt.status === 'failed' ? 'failed' : 'changed';
	const because = status === 'changed' ? 'done; the runner on the host was ended afterwards' : decision.because;
	return outcomeOfJob(
		{ e: 'finished', i: 0, status, why, rc, ms, by: null, survivors: 0 },
		{ because, timeoutMs: effective.timeoutMs, blocker: undefined },
	);
}
