import type { HostName } from '../model/brand.ts';
import type { SavedFactsUsed } from '../model/plan.ts';
import type { Print } from '../model/probe.ts';
import type { UnitMemory } from '../model/receipt.ts';
import type { SeenAs, SeenHost } from '../model/saved-facts.ts';
import { lookDigest } from './look-digest.ts';
import type { HostObservation, UnitObservation } from './observation.ts';
import { placeOf } from './plan.ts';
import type { HostQuestions, UnitQuestion } from './questions.ts';

/** Saved facts in the place of a look at the hosts. */
export interface FactsFolder {
	/** As the person named it. */
	readonly folder: string;
	readonly hosts: ReadonlyMap<HostName, SeenHost>;
}

/** What the hosts would have shown when the facts were taken; what they do not hold is said to be unseen, and never guessed. */
export const recallHosts = (
	questions: readonly HostQuestions[],
	facts: FactsFolder,
): ReadonlyMap<HostName, HostObservation> =>
	new Map(questions.map(question => [question.host.name, recallHost(question, facts)]));

function recallHost(question: HostQuestions, { folder, hosts }: FactsFolder): HostObservation {
	const { host, become, units } = question;
	const unseen = (because: string): HostObservation => ({ reached: false, because, isUnseen: true });
	const cure = `\`hsctl facts PLAYBOOK --save ${folder}\` looks at it`;
	const saved = hosts.get(host.name);
	if (saved === undefined) return unseen(`nothing is saved of it in ${folder}; ${cure}`);
	const taken = `the saved facts of ${host.name} (taken ${saved.takenAt})`;
	if (JSON.stringify(sorted(saved.place)) !== JSON.stringify(sorted(placeOf(host))))
		return unseen(`the inventory says otherwise than ${taken} how it is reached; ${cure}`);
	const seen = saved.seen.find(one => one.become === become);
	if (seen === undefined)
		return unseen(`${taken} were seen ${asWhom(saved.seen[0])}, and the playbook works ${asWhom({ become })}; ${cure}`);
	const looks = new Map(seen.looks.map(({ look, printed }) => [look, printed]));
	return {
		reached: true,
		facts: seen.facts,
		units: units.map(unit => recallUnit(unit, seen.memory, print => looks.get(print), taken)),
		pendingRestarts: seen.pendingRestarts,
	};
}

const sorted = (place: object): readonly (readonly [string, unknown])[] =>
	Object.entries(place).toSorted(([one], [other]) => (one < other ? -1 : 1));

const asWhom = (seen: Pick<SeenAs, 'become'> | undefined): string =>
	seen === undefined || seen.become === 'none' ? 'without become' : `with become: ${seen.become}`;

function recallUnit(
	{ unit, looks, key: own, undoKey }: UnitQuestion,
	memory: UnitMemory,
	printedBy: (digest: string) => string | undefined,
	taken: string,
): UnitObservation {
	const printed = looks.map(
		({ fact, look }): Print => printedBy(lookDigest(look)) ?? { unseen: `${fact} is not in ${taken}` },
	);
	const ofUnit: UnitMemory = {
		receipts: memory.receipts.filter(receipt => receipt.unit === unit.address),
		damaged: memory.damaged.filter(name => name.startsWith(`${unit.address}~`) || name.startsWith(`${own}.`)),
		jobs: memory.jobs,
	};
	return {
		printed,
		memory: only(ofUnit, key => key !== undoKey),
		...(undoKey === undefined ? {} : { undoMemory: only(ofUnit, key => key === undoKey) }),
	};
}

const only = (memory: UnitMemory, isOurs: (key: string) => boolean): UnitMemory => ({
	...memory,
	receipts: memory.receipts.filter(({ key }) => isOurs(key)),
	jobs: memory.jobs.filter(({ key }) => isOurs(key)),
});

/** What a plan for these hosts was made from. */
export function factsUsed(questions: readonly HostQuestions[], { folder, hosts }: FactsFolder): SavedFactsUsed {
	const [oldest] = questions.flatMap(({ host }) => hosts.get(host.name)?.takenAt ?? []).toSorted();
	return { folder, ...(oldest === undefined ? {} : { oldest }) };
}
