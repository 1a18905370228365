import type { HostPath, RunId } from '../model/brand.ts';
import type { PlannedUnit } from '../model/plan.ts';
import type { ExecResult } from '../ports/connection.ts';
import { wordProgram } from './apply-program.ts';
import { bundleContents } from './bundle.ts';
import { bytesToText } from './bytes-text.ts';
import type { HostAtWork } from './context.ts';
import { type AskContext, withLastWord } from './exchange.ts';

/** What became of a word to a host. Each `because` is one clause that may hold a host's own words. */
export type WordReply =
	| { readonly kind: 'told' }
	/** The host knows nothing of the run. */
	| { readonly kind: 'absent' }
	| { readonly kind: 'unreachable'; readonly because: string }
	/** The host refused, or said what is no reply: nobody knows whether the run has heard it. */
	| { readonly kind: 'unclear'; readonly because: string };

/** Where a run's work on a host is: the folder of the host's memory, and the names of the bundles in there. */
export interface WordPlace {
	readonly state: HostPath;
	readonly names: readonly string[];
}

/** The bundles that a host gets in a run, by stage; none when it has nothing to do there. */
export const bundleNames = (run: RunId, units: readonly PlannedUnit[]): readonly string[] =>
	[...Map.groupBy(units, unit => unit.stage)]
		.map(([stage, ofStage]) => bundleContents({ run, stage, units: ofStage }))
		.flatMap(({ name, units: sent }) => (sent.length > 0 ? [name] : []));

/** Tells all work of a run on a host to end now. Said again when the grace of what runs is over, it kills. */
export async function tellToCancel(
	{ host, become }: Pick<HostAtWork, 'host' | 'become'>,
	{ state, names }: WordPlace,
	{ connectorFor, signal }: Omit<AskContext, 'random'>,
): Promise<WordReply> {
	const opened = await connectorFor(host).open(host, become, signal);
	if (!opened.ok) return { kind: 'unreachable', because: opened.because };
	await using connection = opened.connection;
	const replies: WordReply[] = [];
	for (const name of names) {
		const said = await connection.exec(wordProgram(state, ['cancel', name]), { signal, byteBudget, deadlineMs });
		const reply = readReply(said);
		replies.push(reply);
		// Each further word would wait as long.
		if (reply.kind === 'unreachable') break;
	}
	return joinReplies(replies);
}

/** What a login prints may stand before the reply. */
export function readReply(result: ExecResult): WordReply {
	if (result.kind === 'lost') return { kind: 'unreachable', because: result.because };
	const line = bytesToText(result.stdout)
		.split('\n')
		.findLast(text => /^(?:Z (?:said|absent)|X \S+ .*)$/.test(text));
	switch (line) {
		case undefined:
			return { kind: 'unclear', because: withLastWord('it gave no answer that hsctl understands', result.stderr) };
		case 'Z said':
			return { kind: 'told' };
		case 'Z absent':
			return { kind: 'absent' };
		default:
			return { kind: 'unclear', because: line.replace(/^X (\S+) /, 'it refused ($1): ') };
	}
}

/** Of several stages: what went wrong is told before what went well, because it may still run. */
export const joinReplies = (replies: readonly WordReply[]): WordReply =>
	replies.find(({ kind }) => kind === 'unreachable') ??
	replies.find(({ kind }) => kind === 'unclear') ??
	replies.find(({ kind }) => kind === 'told') ?? { kind: 'absent' };

const byteBudget = 64 * 1024;
const deadlineMs = 30_000;
