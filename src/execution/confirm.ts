import type { Host } from '../model/inventory.ts';
import type { Become } from '../model/unit.ts';
import type { Clock } from '../ports/clock.ts';
import type { Connector } from '../ports/connection.ts';
import { wordProgram } from './apply-program.ts';
import { bytesToText } from './bytes-text.ts';
import type { BundlePlace } from './run-bundle.ts';
import type { Word } from './together.ts';

export interface Confirming {
	readonly host: Host;
	readonly become: Become;
	readonly place: BundlePlace;
	/** The unit's place in the bundle. */
	readonly index: number;
	readonly connector: Connector;
	readonly clock: Clock;
	readonly signal: AbortSignal;
}

/** What became of the word: it counts, the other one had been said before, or the host could not be told. */
export type Confirmed = { readonly kind: 'said' | 'late' } | { readonly kind: 'unsaid'; readonly because: string };

/**
 * Says over a new connection what a waiting pool is to do: that there is one is the proof that the change has not cut us off. Tried
 * again until the host's own time is over. What counts is what the host then tells of its end.
 */
export async function confirm(
	word: Word,
	{ ms, ...confirming }: Confirming & { readonly ms: number },
): Promise<Confirmed> {
	const { clock, signal } = confirming;
	const until = clock.monotonicMs() + ms;
	for (;;) {
		const said = await sayOnce(word, confirming);
		if (said.kind !== 'unsaid' || signal.aborted || clock.monotonicMs() + pauseMs >= until) return said;
		await clock.pause(pauseMs, signal);
	}
}

const pauseMs = 1_000;

async function sayOnce(word: Word, { host, become, place, index, connector, signal }: Confirming): Promise<Confirmed> {
	const opened = await connector.open(host, become, signal, { isFresh: true });
	if (!opened.ok) return { kind: 'unsaid', because: opened.because };
	await using connection = opened.connection;
	const verb = word === 'confirm' ? 'confirm' : 'revoke';
	const program = wordProgram(place.state, [verb, place.name, String(index)]);
	const result = await connection.exec(program, { signal, byteBudget: 64 * 1024, deadlineMs: 30_000 });
	if (result.kind === 'lost') return { kind: 'unsaid', because: result.because };
	const line = bytesToText(result.stdout)
		.split('\n')
		.findLast(text => /^Z (?:said|late|early|absent)$/.test(text));
	if (line === 'Z said') return { kind: 'said' };
	if (line === 'Z late') return { kind: 'late' };
	return { kind: 'unsaid', because: 'it gave no answer that hsctl understands' };
}
