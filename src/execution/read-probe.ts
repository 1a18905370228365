import { parseHostFacts } from '../facts/host-facts.ts';
import { asJobKey, hostPath } from '../model/brand.ts';
import type { HostFacts, HostStateFolder } from '../model/host-facts.ts';
import type { JobState, OpenJob, Receipt, UnitMemory } from '../model/receipt.ts';
import type { HostObservation, UnitObservation } from '../planning/observation.ts';
import type { HostQuestions, UnitQuestion } from '../planning/questions.ts';
import { clockSkew, type Exchange } from './clock-skew.ts';
import { type Frame, readFrames } from './frames.ts';
import { parseReceipt } from './parse-receipt.ts';

/** Makes of a probe program's print what planning works with. A cut answer is a host that was not reached, never half an answer. `ours`: where its clock is asked for. */
export function readProbe(
	printed: Uint8Array,
	questions: HostQuestions,
	nonce: string,
	ours?: Exchange,
): HostObservation {
	const read = readFrames(printed, nonce);
	const frames = new Map(read.map(frame => [frame.name, frame.text]));
	if (!frames.has('end')) return { reached: false, because: 'its answer was cut off' };
	const state = readState(frames.get('state') ?? '');
	const skewMs = ours === undefined ? undefined : clockSkew(frames.get('clock') ?? '', ours);
	return {
		reached: true,
		facts: readFacts(frames),
		units: questions.units.map((question, index) => readUnit(question, index, { frames, read })),
		pendingRestarts: readPendingRestarts(frames),
		...(state.runner === undefined ? {} : { runner: state.runner }),
		...(skewMs === undefined ? {} : { skewMs }),
	};
}

/** Frames `facts` and `state`. */
export const readFacts = (frames: ReadonlyMap<string, string>): HostFacts =>
	parseHostFacts(frames.get('facts') ?? '', readState(frames.get('state') ?? '').folder);

/** Frame `pending`. */
export const readPendingRestarts = (
	frames: ReadonlyMap<string, string>,
): readonly { readonly service: string; readonly run: string }[] => lines(frames.get('pending')).flatMap(readPending);

interface Answers {
	readonly frames: ReadonlyMap<string, string>;
	readonly read: readonly Frame[];
}

function readUnit(question: UnitQuestion, index: number, { frames, read }: Answers): UnitObservation {
	const remembered = lines(frames.get(`memory:${index}`));
	const { undoKey } = question;
	const memory = readMemory(remembered, key => key !== undoKey);
	return {
		printed: question.looks.map((_, at) => frames.get(`look:${index}:${at}`) ?? ''),
		memory,
		...(question.kind === 'pool' ? { texts: readTexts(index, read) } : {}),
		...(undoKey === undefined ? {} : { undoMemory: readMemory(remembered, key => key === undoKey) }),
	};
}

/** Frames `text:INDEX:N`: the bytes of a file, and a dot. */
function readTexts(index: number, frames: readonly Frame[]): ReadonlyMap<number, Uint8Array> {
	const prefix = `text:${index}:`;
	return new Map(
		frames.flatMap(({ name, bytes }) =>
			name.startsWith(prefix) ? [[Number(name.slice(prefix.length)), bytes.subarray(0, -1)] as const] : [],
		),
	);
}

/** Lines: `receipt NAME JSON` · `damaged NAME` · `job KEY.N STATE EVIDENCE`; the evidence of a finished job is its receipt, or `told`. */
export function readMemory(remembered: readonly string[], isOurs: (key: string) => boolean): UnitMemory {
	const receipts: Receipt[] = [];
	const damaged: string[] = [];
	const jobs: OpenJob[] = [];
	for (const line of remembered) {
		const [word, name = '', rest = ''] = splitWords(line, 2);
		if (word === 'damaged') damaged.push(name);
		if (word === 'receipt') readKept(name, rest, { receipts, damaged, jobs });
		if (word === 'job') readJob(name, rest, isOurs, { receipts, damaged, jobs });
	}
	return { receipts: receipts.filter(receipt => isOurs(receipt.key)), damaged, jobs };
}

interface MemoryLists {
	readonly receipts: Receipt[];
	readonly damaged: string[];
	readonly jobs: OpenJob[];
}

/** The name is a part of what a receipt says: one that lies under another name is damaged. */
function readKept(name: string, line: string, into: MemoryLists): void {
	const receipt = parseReceipt(line);
	if (receipt === undefined || name !== `${receipt.unit}~${receipt.playbook}~${receipt.key}.json`)
		into.damaged.push(name);
	else into.receipts.push(receipt);
}

function readJob(name: string, rest: string, isOurs: (key: string) => boolean, into: MemoryLists): void {
	const [, key = '', attempt = ''] = /^([0-9a-f]{64})\.(\d{1,6})$/.exec(name) ?? [];
	const [state = '', evidence = ''] = splitWords(rest, 1);
	if (key === '' || !isOurs(key)) return;
	const job = { key: asJobKey(key), attempt: Number(attempt), evidence };
	// Its end is known, only the receipt's link is missing: the runner makes it at its next start.
	const receipt = state === 'finished' && evidence !== 'told' ? receiptOf(job) : undefined;
	if (receipt !== undefined) into.receipts.push(receipt);
	const isWhole = state !== 'finished' || evidence === 'told' || receipt !== undefined;
	into.jobs.push({ ...job, state: isWhole && isJobState(state) ? state : 'damaged' });
}

/** That of an undo speaks of the job that it undid. */
function receiptOf({ key, attempt, evidence }: Omit<OpenJob, 'state'>): Receipt | undefined {
	const receipt = parseReceipt(evidence);
	const isOwn = receipt?.status === 'undone' || (receipt?.key === key && receipt.attempt === attempt);
	return isOwn ? receipt : undefined;
}

const jobStates: readonly JobState[] = [
	'staged',
	'claimed',
	'void',
	'running',
	'orphan',
	'lost',
	'interrupted',
	'abandoned',
	'refused',
	'damaged',
	'finished',
];
const isJobState = (word: string): word is JobState => jobStates.some(state => state === word);

/** Lines: `state CONDITION REASON`, `path PATH`, `runner DIGEST`. */
function readState(text: string): { readonly folder: HostStateFolder; readonly runner?: string } {
	const said = new Map(
		lines(text)
			.map(line => splitWords(line, 1))
			.map(([word = '', rest = '']) => [word, rest]),
	);
	const [condition = '', because = ''] = splitWords(said.get('state') ?? '', 1);
	const runner = said.get('runner');
	return {
		folder: {
			path: hostPath(said.get('path') ?? ''),
			condition: condition === 'present' || condition === 'unsafe' || condition === 'unwritable' ? condition : 'absent',
			because,
		},
		...(runner !== undefined && /^[0-9a-f]{64}$/.test(runner) ? { runner } : {}),
	};
}

function readPending(line: string): readonly { readonly service: string; readonly run: string }[] {
	const [word, service, run] = line.split(' ');
	return word === 'pending' && service !== undefined ? [{ service, run: run ?? 'unknown' }] : [];
}

const lines = (text: string | undefined): readonly string[] =>
	text === undefined || text === '' ? [] : text.split('\n');

/** The first `count` words and the rest. */
function splitWords(text: string, count: number): readonly string[] {
	const words: string[] = [];
	let rest = text;
	for (let index = 0; index < count; index += 1) {
		const blank = rest.indexOf(' ');
		if (blank === -1) return [...words, rest];
		words.push(rest.slice(0, blank));
		rest = rest.slice(blank + 1);
	}
	return [...words, rest];
}
