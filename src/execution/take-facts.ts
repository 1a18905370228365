import type { SavedHost, SeenAs } from '../model/saved-facts.ts';
import type { FactsWish } from '../planning/facts-wish.ts';
import { placeOf } from '../planning/plan.ts';
import type { Clock } from '../ports/clock.ts';
import { runnerDigest } from './apply-program.ts';
import { type AskContext, askOnce, withLastWord } from './exchange.ts';
import { factsProgram, readFactsAnswer } from './facts-program.ts';
import { inParallel } from './in-parallel.ts';

export interface FactsContext extends AskContext {
	readonly clock: Clock;
	/** Hosts at once. */
	readonly parallel: number;
}

/** Asks hosts for everything that can be kept of them, one exchange for each user that they are looked at as. Reads, never writes. */
export async function takeFacts(wishes: readonly FactsWish[], context: FactsContext): Promise<readonly SavedHost[]> {
	const taken = new Map<FactsWish, SavedHost>();
	await inParallel(wishes, context.parallel, async wish => {
		taken.set(wish, await takeFactsOf(wish, context));
	});
	return wishes.flatMap(wish => taken.get(wish) ?? []);
}

async function takeFactsOf({ host, asked }: FactsWish, context: FactsContext): Promise<SavedHost> {
	const { name } = host;
	const seen: SeenAs[] = [];
	for (const wish of asked) {
		const { become } = wish;
		const makeProgram = (nonce: string) => factsProgram(host, wish, nonce, runnerDigest);
		const answer = await askOnce({ host, become }, makeProgram, context);
		if (!answer.ok) return { name, reached: false, because: answer.because };
		const one = readFactsAnswer(answer.stdout, wish, answer.nonce);
		if (one === undefined)
			return { name, reached: false, because: withLastWord('its answer was cut off', answer.stderr) };
		seen.push(one);
	}
	const takenAt = context.clock.now().toISOString();
	return { name, reached: true, takenAt, place: placeOf(host), seen };
}
