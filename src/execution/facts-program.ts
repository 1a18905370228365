import { hostFactsLook } from '../facts/host-facts.ts';
import wholeMemoryText from '../host/whole-memory.sh';
import { Command, sh } from '../model/command.ts';
import type { Host } from '../model/inventory.ts';
import type { SeenAs } from '../model/saved-facts.ts';
import type { AskedAs } from '../planning/facts-wish.ts';
import { lookDigest } from '../planning/look-digest.ts';
import type { ShellProgram } from '../ports/connection.ts';
import { readFrames } from './frames.ts';
import { filesFor, framed, lookingText, stateFrames } from './probe-program.ts';
import { locateState, program } from './program.ts';
import { readFacts, readMemory, readPendingRestarts } from './read-probe.ts';

/** What a host is asked so that a plan can be made without it. It writes nothing. */
export const factsProgram = (
	{ stateDir }: Host,
	{ looks }: AskedAs,
	nonce: string,
	runnerDigest: string,
): ShellProgram =>
	program(
		sh`hs_nonce=${nonce}`,
		...lookingText,
		...filesFor(looks),
		Command.trusted(wholeMemoryText),
		locateState(stateDir),
		framed('facts', hostFactsLook()),
		...stateFrames(runnerDigest),
		...looks.map(({ look }, at) => framed(`look:${at}`, look)),
		framed('memory', sh`hs_memory_all`),
		framed('end', sh`:`),
	);

/** What a host showed, from the print of a facts program; `undefined`: the answer was cut off. */
export function readFactsAnswer(printed: Uint8Array, { become, looks }: AskedAs, nonce: string): SeenAs | undefined {
	const frames = new Map(readFrames(printed, nonce).map(frame => [frame.name, frame.text]));
	if (!frames.has('end')) return undefined;
	const memory = readMemory((frames.get('memory') ?? '').split('\n'), () => true);
	return {
		become,
		facts: readFacts(frames),
		looks: looks
			.map(({ fact, look }, at) => ({ fact, look: lookDigest(look), printed: frames.get(`look:${at}`) ?? '' }))
			.toSorted(by(({ fact, look }) => `${fact}\0${look}`)),
		memory: {
			receipts: memory.receipts.toSorted(by(({ unit, key, attempt }) => `${unit}\0${key}\0${attempt}`)),
			damaged: memory.damaged.toSorted(),
			jobs: memory.jobs.toSorted(by(({ key, attempt }) => `${key}\0${attempt}`)),
		},
		pendingRestarts: readPendingRestarts(frames),
	};
}

const by =
	<Item>(key: (item: Item) => string) =>
	(one: Item, other: Item): number =>
		key(one) < key(other) ? -1 : 1;
