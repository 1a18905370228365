import type { HostName, UnitAddress } from '../model/brand.ts';
import type { UnitMemory } from '../model/receipt.ts';
import type { HostObservation } from '../planning/observation.ts';
import type { HostQuestions } from '../planning/questions.ts';
import type { Journal } from '../ports/journal.ts';

type Observed = ReadonlyMap<HostName, HostObservation>;

/**
 * Adds to what hosts showed which units they have forgotten: the history has seen them done, and nothing there tells of it.
 * The history is opened once, and only when some host remembers nothing of some unit. `undefined`: there is none to be read.
 */
export async function findForgotten(
	{
		questions,
		observed,
		playbook,
	}: { readonly questions: readonly HostQuestions[]; readonly observed: Observed; readonly playbook: string },
	openHistory: () => Promise<Pick<Journal, 'seenDone' | 'close'> | undefined>,
): Promise<Observed> {
	const blanks = questions.flatMap(question => {
		const observation = observed.get(question.host.name);
		const units = observation === undefined ? [] : unremembered(question, observation, playbook);
		return units.length === 0 ? [] : [{ host: question.host.name, units }];
	});
	const history = blanks.length === 0 ? undefined : await openHistory();
	if (history === undefined) return observed;
	try {
		const whole = new Map(observed);
		for (const { host, units } of blanks) {
			const observation = observed.get(host);
			const seen = history.seenDone(playbook, host);
			const forgotten = new Map(units.flatMap(unit => asEntry(unit, seen.get(unit))));
			if (observation?.reached === true && forgotten.size > 0) whole.set(host, { ...observation, forgotten });
		}
		return whole;
	} finally {
		history.close();
	}
}

const asEntry = (unit: UnitAddress, at: string | undefined): readonly (readonly [UnitAddress, string])[] =>
	at === undefined ? [] : [[unit, at]];

const unremembered = (
	{ units }: HostQuestions,
	observation: HostObservation,
	playbook: string,
): readonly UnitAddress[] =>
	observation.reached
		? units.flatMap(({ unit }, index) => {
				const memory = observation.units[index]?.memory;
				return memory !== undefined && isBlank(memory, playbook) ? [unit.address] : [];
			})
		: [];

const isBlank = ({ receipts, damaged, jobs }: UnitMemory, playbook: string): boolean =>
	damaged.length === 0 && jobs.length === 0 && !receipts.some(receipt => receipt.playbook === playbook);
