import type { HostName, RunId, UnitAddress } from '../model/brand.ts';
import type { CrashPoint } from '../model/crash-point.ts';
import type { Host } from '../model/inventory.ts';
import type { Decision, Plan, PlannedUnit } from '../model/plan.ts';
import { decideUnit } from '../planning/decide.ts';
import { bytesFor } from '../planning/plan-pool.ts';
import { digestOf } from '../planning/pool-texts.ts';
import type { Clock, Random } from '../ports/clock.ts';
import type { Connector } from '../ports/connection.ts';
import { poolManifest } from '../units/pool/manifest.ts';
import { restartPath, restartScript } from '../units/restart.ts';
import { verifyPath, verifyScript } from '../units/verify.ts';
import { runnerDigest } from './apply-program.ts';
import type { Bus } from './bus.ts';
import { textToBytes } from './bytes-text.ts';
import type { ExecutionContext, HostAtWork } from './context.ts';
import { execute, type RunEnd } from './execute.ts';
import type { Interrupts } from './interrupts.ts';
import type { MadePlan } from './make-plan.ts';

export interface ApplyContext {
	readonly run: RunId;
	readonly bus: Bus;
	readonly clock: Clock;
	readonly random: Random;
	readonly interrupts: Interrupts;
	readonly parallel: number;
	readonly controller: string;
	readonly user: string;
	readonly secrets: ReadonlyMap<string, string>;
	readonly lockWaitMs: number;
	connectorFor(host: Host): Connector;
	crash?(point: CrashPoint): void;
}

/** Does what a plan says, with the very bytes and looks that it was made from. */
export function applyPlan(made: MadePlan, context: ApplyContext): Promise<RunEnd> {
	return execute({
		...context,
		plan: made.plan,
		hosts: hostsAtWork(made),
		scriptBytes: scriptsOf(made),
		fileBytes: filesOf(made),
		decideAgain: (host, unit, printed) => decideAgain(made, host, unit, printed),
	});
}

const hostsAtWork = ({ questions, observed }: MadePlan): ReadonlyMap<HostName, HostAtWork> =>
	new Map(
		questions.map(({ host, become, units }) => {
			const observation = observed.get(host.name);
			const hasRunner = observation?.reached === true && observation.runner === runnerDigest;
			const looks = new Map(units.map(question => [question.unit.address, question.looks]));
			return [host.name, { host, become, hasRunner, looks }];
		}),
	);

/** Scripts by path and digest: a job gets the bytes that it was planned with, or none. What comes with hsctl is made anew. */
function scriptsOf({ plan, playbook, questions }: MadePlan): (planned: PlannedUnit) => Uint8Array | undefined {
	const scripts = playbook.units.flatMap(unit =>
		unit.kind === 'hotfix' ? [unit.script, ...(unit.undo === undefined ? [] : [unit.undo])] : [],
	);
	const bytes = new Map<string, Uint8Array>(scripts.map(({ path, digest, bytes }) => [`${path} ${digest}`, bytes]));
	const verifications = new Map<string, Uint8Array>(
		questions.flatMap(({ verify }) => {
			if (verify === undefined) return [];
			const text = textToBytes(verifyScript(verify.commands));
			return [[`${verifyPath} ${digestOf(text)}`, text] as const];
		}),
	);
	return ({ address, job }) => {
		if (job === undefined) return undefined;
		if (job.script.path === restartPath) return restartScript;
		if (job.pool !== undefined)
			return textToBytes(poolManifest(job.pool, { ...job, address, playbook: plan.playbook.name }));
		const name = `${job.script.path} ${job.script.digest}`;
		return bytes.get(name) ?? verifications.get(name);
	};
}

/** The files of pools, each as it was planned for its host. */
function filesOf({ questions, observed }: MadePlan): ExecutionContext['fileBytes'] {
	const byHost = new Map(questions.map(question => [question.host.name, question]));
	return (host, { address, job }, index) => {
		const units = byHost.get(host)?.units ?? [];
		const at = units.findIndex(({ unit }) => unit.address === address);
		const question = units[at];
		const observation = observed.get(host);
		const digest = job?.pool?.kind === 'apply' ? job.pool.files[index]?.digest : undefined;
		if (question?.kind !== 'pool' || observation?.reached !== true || digest === undefined) return undefined;
		return bytesFor(question, observation.units[at] ?? {}, index, digest);
	};
}

/** The same pure decision as in the plan, from what the host shows now; its memory is as it was, the host itself guards that. */
function decideAgain(
	{ plan, questions, observed }: MadePlan,
	host: HostName,
	unit: UnitAddress,
	printed: readonly string[],
): Decision {
	const asked = questions.find(question => question.host.name === host);
	const index = asked?.units.findIndex(question => question.unit.address === unit) ?? -1;
	const question = asked?.units[index];
	const observation = observed.get(host);
	const before = observation?.reached === true ? observation.units[index] : undefined;
	if (asked === undefined || question === undefined || observation?.reached !== true || before === undefined) {
		return { kind: 'refused', because: 'it was not part of the plan' };
	}
	const facts = { facts: observation.facts, become: asked.become };
	const now = decideUnit(question, { ...before, printed }, facts, contextOf(plan));
	// The host holds the job that was planned: what it is to replace must be what it was.
	const planned = plan.hosts.find(({ name }) => name === host)?.units.find(({ address }) => address === unit);
	if (now.job?.pool !== undefined && JSON.stringify(now.job) !== JSON.stringify(planned?.job))
		return { kind: 'refused', because: 'its files have changed during this run; apply it once more' };
	return now.decision;
}

const contextOf = (plan: Plan) => ({
	playbook: plan.playbook.name,
	purpose: plan.purpose,
	answers: plan.request.answers,
});
