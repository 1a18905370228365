import { execa } from 'execa';
import { definedOnly } from '../defined-only.ts';
import { textOf } from '../text-of.ts';
import type { ConfigPlace } from './config-place.ts';
import type { Given } from './options.ts';
import { answerFor, hostLinesAbout } from './same-config.ts';

/** What ssh has said of a host, or why it has said nothing. */
export type Printed =
	/** `files`: the config files that it has read for it. */
	| { readonly kind: 'printed'; readonly text: string; readonly files: readonly string[] }
	| { readonly kind: 'failed'; readonly because: string }
	| { readonly kind: 'no_ssh' };

async function ask({ name, port, user }: Given, place: ConfigPlace, signal: AbortSignal): Promise<Printed> {
	const words = [
		// -v names the files that were read.
		'-Gv',
		...(place.config === undefined ? [] : ['-F', place.config]),
		...(user === undefined ? [] : ['-l', user]),
		...(port === undefined ? [] : ['-p', String(port)]),
		'--',
		name,
	];
	const result = await execa(place.ssh ?? 'ssh', words, {
		// Never the folder that hsctl was called in: it may be somebody else's repository.
		cwd: '/',
		env: definedOnly(place.env),
		extendEnv: false,
		stdin: 'ignore',
		reject: false,
		timeout: 20_000,
		cancelSignal: signal,
	});
	if (result.code === 'ENOENT') return { kind: 'no_ssh' };
	if (!result.failed) return { kind: 'printed', text: result.stdout, files: filesRead(result.stderr) };
	if (result.isCanceled) return { kind: 'failed', because: 'we left' };
	const said = result.stderr.trim().split('\n').at(-1) ?? '';
	return {
		kind: 'failed',
		because: `ssh -G ${name}: ${said === '' ? `it ended with ${result.exitCode ?? result.signal}` : said}`,
	};
}

const filesRead = (said: string): readonly string[] =>
	[...said.matchAll(/^debug1: Reading configuration data (.*?)\r?$/gm)].map(([, file = '']) => file);

/** What ssh says of hosts, asked once for all that are alike for its configuration: each question is a process. */
export class SshAnswers {
	readonly #place: ConfigPlace;
	/** By what was said beside the name: the first answer, which tells the files. */
	readonly #first = new Map<string, Asked>();
	/** By that, and by which lines of the files are about the host. */
	readonly #alike = new Map<string, Asked>();

	constructor(place: ConfigPlace) {
		this.#place = place;
	}

	async about(given: Given, signal: AbortSignal): Promise<Printed> {
		const said = JSON.stringify([given.user, given.port]);
		const first = this.#first.get(said);
		if (first === undefined) return this.#keep(this.#first, said, given, signal);
		const { printed, texts, ownLines } = await first.answer;
		const lines = printed.kind === 'printed' ? hostLinesAbout(texts, given.name) : undefined;
		if (lines === undefined) return ask(given, this.#place, signal);
		const key = `${said} ${lines}`;
		const alike = ownLines === lines ? first : this.#alike.get(key);
		if (alike === undefined) return this.#keep(this.#alike, key, given, signal);
		const answer = (await alike.answer).printed;
		return answer.kind === 'printed'
			? { ...answer, text: answerFor(given.name, alike.name, answer.text) }
			: ask(given, this.#place, signal);
	}

	async #keep(kept: Map<string, Asked>, key: string, given: Given, signal: AbortSignal): Promise<Printed> {
		const answer = ask(given, this.#place, signal).then(printed => {
			const texts = printed.kind === 'printed' ? printed.files.map(textOf) : [];
			return { printed, texts, ownLines: hostLinesAbout(texts, given.name) };
		});
		kept.set(key, { name: given.name, answer });
		const { printed } = await answer;
		// Who has left, or had a config that ssh refuses for this name, is no answer for others.
		if (printed.kind === 'failed') kept.delete(key);
		return printed;
	}
}

interface Asked {
	readonly name: string;
	readonly answer: Promise<{
		readonly printed: Printed;
		/** The config files that ssh has read, and which of their lines are about this host. */
		readonly texts: readonly string[];
		readonly ownLines: string | undefined;
	}>;
}
