import type { HostName } from '../model/brand.ts';
import type { Diagnostic } from '../model/diagnostic.ts';
import type { Plan, PlanRequest } from '../model/plan.ts';
import type { Playbook } from '../model/playbook.ts';
import { fail, ok, type Result } from '../model/result.ts';
import { becomeProblems } from '../planning/become.ts';
import type { HostObservation } from '../planning/observation.ts';
import { planRun } from '../planning/plan.ts';
import { poolPathProblems } from '../planning/pool-paths.ts';
import { type HostQuestions, questionsFor } from '../planning/questions.ts';
import { type FactsFolder, factsUsed, recallHosts } from '../planning/recall-facts.ts';
import { type Narrowing, selectWork } from '../planning/select.ts';
import type { Clock } from '../ports/clock.ts';
import type { Journal } from '../ports/journal.ts';
import { findForgotten } from './find-forgotten.ts';
import { type LookContext, lookAtHosts } from './look.ts';

export interface PlanContext extends LookContext {
	/** What has been seen done from here; absent or `undefined` where there is no history to be read. */
	openHistory?(): Promise<Journal | undefined>;
}

/** A plan with what it was made from: enough to make it again with other answers without looking again. */
export interface MadePlan {
	readonly plan: Plan;
	readonly playbook: Playbook;
	readonly questions: readonly HostQuestions[];
	readonly observed: ReadonlyMap<HostName, HostObservation>;
}

/** Why there is no plan: the request is wrong, or it picks no host at all. */
export type NoPlan =
	| { readonly kind: 'wrong'; readonly diagnostics: readonly Diagnostic[] }
	| { readonly kind: 'no_host' };

export interface PlanWish {
	readonly playbook: Playbook;
	readonly narrowing: Narrowing;
	readonly request: PlanRequest;
	readonly purpose: 'do' | 'undo';
	/** A plan for no host at all is one, too. */
	readonly allowEmpty?: boolean;
	/** Instead of a look at the hosts: none is opened. */
	readonly savedFacts?: FactsFolder;
}

/** Selects, looks at every host once or recalls what it has shown before, and decides. Reads, never writes. */
export async function makePlan(wish: PlanWish, context: PlanContext): Promise<Result<MadePlan, NoPlan>> {
	const asked = questionsOf(wish);
	if (!asked.ok) return asked;
	const questions = asked.value;
	const { savedFacts } = wish;
	const observed =
		savedFacts === undefined ? await lookAndCompare(wish, questions, context) : recallHosts(questions, savedFacts);
	return ok(decidePlan({ ...wish, questions, observed }, context.clock));
}

/** What the hosts show, held against what the history has seen of them. */
async function lookAndCompare({ playbook }: PlanWish, questions: readonly HostQuestions[], context: PlanContext) {
	const observed = await lookAtHosts(questions, context);
	return findForgotten({ questions, observed, playbook: playbook.name }, async () => context.openHistory?.());
}

/** What has to be asked of which host, before anybody is. */
export function questionsOf(wish: PlanWish): Result<readonly HostQuestions[], NoPlan> {
	const { playbook, narrowing, request } = wish;
	const selected = selectWork(playbook, { ...narrowing, isAlone: wish.purpose === 'undo' });
	if (!selected.ok) return fail({ kind: 'wrong', diagnostics: selected.error });
	const set = new Map(Object.entries(request.set));
	// What lies on a host already can be taken back, whatever the playbook says of paths now.
	const ofPaths = wish.purpose === 'undo' ? [] : poolPathProblems(playbook, selected.value, set);
	const problems = [...becomeProblems(playbook, selected.value), ...ofPaths];
	if (problems.length > 0) return fail({ kind: 'wrong', diagnostics: problems });
	if (selected.value.length === 0 && playbook.units.length > 0 && wish.allowEmpty !== true)
		return fail({ kind: 'no_host' });
	return ok(questionsFor(playbook, selected.value, set, wish.purpose));
}

/** The pure half of planning, for a second time with a person's answers. */
export function decidePlan(made: PlanWish & Pick<MadePlan, 'questions' | 'observed'>, clock: Clock): MadePlan {
	const { playbook, questions, observed, request, purpose } = made;
	const plan = planRun({
		playbook,
		questions,
		observed,
		request,
		purpose,
		now: clock.now(),
		...(made.savedFacts === undefined ? {} : { savedFacts: factsUsed(questions, made.savedFacts) }),
	});
	return { plan, playbook, questions, observed };
}
