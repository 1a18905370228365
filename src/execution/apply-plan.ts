import type { HostName, RunId, UnitAddress } from '../model/brand.ts';
import type { CrashPoint } from '../model/crash-point.ts';
import type { Host } from '../model/inventory.ts';
import type { Decision, Job, Plan } from '../model/plan.ts';
import { decideUnit } from '../planning/decide.ts';
import type { Clock, Random } from '../ports/clock.ts';
import type { Connector } from '../ports/connection.ts';
import { restartPath, restartScript } from '../units/restart.ts';
import { runnerDigest } from './apply-program.ts';
import type { Bus } from './bus.ts';
import type { HostAtWork } from './context.ts';
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

/** Scripts by path and digest: a job gets the bytes that it was planned with, or none. */
function scriptsOf({ playbook }: MadePlan): (job: Job) => Uint8Array | undefined {
	const scripts = playbook.units.flatMap(unit =>
		unit.kind === 'hotfix' ? [unit.script, ...(unit.undo === undefined ? [] : [unit.undo])] : [],
	);
	const bytes = new Map(scripts.map(script => [`${script.path} ${script.digest}`, script.bytes]));
	return job =>
		job.script.path === restartPath ? restartScript : bytes.get(`${job.script.path} ${job.script.digest}`);
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
	return decideUnit(question, { ...before, printed }, facts, contextOf(plan)).decision;
}

const contextOf = (plan: Plan) => ({
	playbook: plan.playbook.name,
	purpose: plan.purpose,
	answers: plan.request.answers,
});
