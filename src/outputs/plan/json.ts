import type { Plan } from '../../model/plan.ts';
import { jsonDocument } from '../text/json.ts';

/** `hsctl/plan/v1`: the plan as it is; `show FILE` and `apply FILE` read the same. */
export const planJson = (plan: Plan): string => jsonDocument(plan);

/** One document in any case: the plan, or a list of them. */
export const plansJson = ([only, ...others]: readonly Plan[]): string =>
	others.length === 0 && only !== undefined ? jsonDocument(only) : jsonDocument([only, ...others]);
