import { parseArgs } from 'node:util';

export const works = ['W1', 'W2', 'W3', 'W4'] as const;
export type Work = (typeof works)[number];

export const toolNames = ['hsctl', 'floor', 'ansible', 'mitogen', 'clush', 'pssh'] as const;
export type ToolName = (typeof toolNames)[number];

/** What one benchmark over ssh is about. */
export interface BenchOptions {
	readonly hosts: readonly number[];
	/** Added round trips, in milliseconds. */
	readonly rtts: readonly number[];
	readonly works: readonly Work[];
	readonly tools: readonly ToolName[];
	readonly rounds: number;
	/** What took longer than this, in seconds, in a round is not repeated in the next. */
	readonly slowS: number;
	/** One run that takes longer, in seconds, is ended. */
	readonly timeoutS: number;
	/** The program that is measured. */
	readonly hsctl: string;
	readonly json: string | undefined;
	/** A folder for CPU profiles of hsctl's own runs. */
	readonly profile: string | undefined;
}

export const usage = `Usage: npm run bench -- ssh [options]

  --hosts LIST     numbers of hosts, 1 to 1000 each (1,10,50)
  --rtt LIST       added round trips in milliseconds (0,50)
  --work LIST      of ${works.join(',')} (all)
  --peers LIST     of ${toolNames.join(',')} (all that are installed)
  --rounds N       how often each is measured, all tools in turn in each round (3)
  --slow SECONDS   a tool that takes longer than this is not repeated (20)
  --timeout SECONDS  a run that takes longer is ended (300)
  --hsctl PATH     another build of hsctl (bin/hsctl of this repository)
  --json FILE      all figures, also of each single run
  --profile FOLDER  CPU profiles of each run of hsctl (they cost time)
`;

/** The options, or what is wrong with the words. */
export function readOptions(words: readonly string[], own: string): BenchOptions | string {
	const parsed = parseWords(words);
	if (typeof parsed === 'string') return parsed;
	const hosts = numbers(parsed, 'hosts', [1, 1000]);
	const rtts = numbers(parsed, 'rtt', [0, 2000]);
	const chosenWorks = choice(parsed, 'work', works);
	const tools = choice(parsed, 'peers', toolNames);
	const rounds = numbers(parsed, 'rounds', [1, 100]);
	const slow = numbers(parsed, 'slow', [1, 86_400]);
	const timeout = numbers(parsed, 'timeout', [1, 86_400]);
	for (const read of [hosts, rtts, chosenWorks, tools, rounds, slow, timeout])
		if (typeof read === 'string') return read;
	return {
		hosts: listOf(hosts),
		rtts: listOf(rtts),
		works: works.filter(work => listOf(chosenWorks).includes(work)),
		tools: toolNames.filter(tool => listOf(tools).includes(tool)),
		rounds: listOf(rounds)[0] ?? 3,
		slowS: listOf(slow)[0] ?? 20,
		timeoutS: listOf(timeout)[0] ?? 300,
		hsctl: parsed.hsctl ?? own,
		json: parsed.json,
		profile: parsed.profile,
	};
}

type Words = Readonly<Record<string, string | undefined>>;

const defaults: Words = { hosts: '1,10,50', rtt: '0,50', rounds: '3', slow: '20', timeout: '300' };

function parseWords(words: readonly string[]): Words | string {
	const text = { type: 'string' } as const;
	const options = {
		hosts: text,
		rtt: text,
		work: text,
		peers: text,
		rounds: text,
		slow: text,
		timeout: text,
		hsctl: text,
		json: text,
		profile: text,
	};
	try {
		return { ...defaults, ...parseArgs({ args: [...words], options, strict: true }).values };
	} catch (error) {
		return error instanceof Error ? error.message : String(error);
	}
}

const listOf = <Item>(read: readonly Item[] | string): readonly Item[] => (typeof read === 'string' ? [] : read);

function numbers(words: Words, name: string, [least, most]: readonly [number, number]): readonly number[] | string {
	const parts = (words[name] ?? '').split(',');
	const read = parts.map(part => (/^\d{1,6}$/.test(part) ? Number(part) : Number.NaN));
	const wrong = parts[read.findIndex(number => !(number >= least && number <= most))];
	return wrong === undefined ? read : `--${name}: “${wrong}” is no number from ${least} to ${most}`;
}

function choice<Name extends string>(words: Words, name: string, known: readonly Name[]): readonly Name[] | string {
	const said = words[name];
	if (said === undefined) return known;
	const parts = said.split(',');
	const wrong = parts.find(part => !known.some(one => one === part));
	return wrong === undefined
		? known.filter(one => parts.includes(one))
		: `--${name}: “${wrong}” is none of ${known.join(', ')}`;
}
