import type { Ask, Question } from '../ports/ask.ts';

/** What a person has typed: kept as long as this process, asked for once, and never tried again when it was wrong. */
export class Secrets {
	readonly #ask: Ask | undefined;
	readonly #answers = new Map<string, Promise<string | undefined>>();
	readonly #right = new Set<string>();
	readonly #wrong = new Set<string>();
	readonly #busy = new Map<string, Promise<unknown>>();

	constructor(ask: Ask | undefined) {
		this.#ask = ask;
	}

	get canAsk(): boolean {
		return this.#ask !== undefined;
	}

	/** `name` says what is asked for: the same name is not asked for twice. `undefined`: nobody answers, or the answer was wrong. */
	get(name: string, words: string): Promise<string | undefined> {
		return this.ask(name, { words, isSecret: true });
	}

	/** Without a name the answer is good for once only, such as a code. */
	async ask(name: string | undefined, question: Question): Promise<string | undefined> {
		if (this.#ask === undefined || (name !== undefined && this.#wrong.has(name))) return undefined;
		if (name === undefined) return this.#ask.ask(question);
		const answer = this.#answers.get(name) ?? this.#ask.ask(question);
		this.#answers.set(name, answer);
		return answer;
	}

	/** Where wrong passwords are counted, one more could lock somebody out. */
	isWrong(name: string): boolean {
		return this.#wrong.has(name);
	}

	tell(name: string, verdict: 'right' | 'wrong'): void {
		(verdict === 'right' ? this.#right : this.#wrong).add(name);
	}

	/** One after the other as long as nobody knows whether the answer is right: a wrong one must reach one host only. */
	async inTurn<Result>(name: string, work: () => Promise<Result>): Promise<Result> {
		while (!this.#right.has(name) && this.#busy.has(name)) await this.#busy.get(name);
		if (this.#right.has(name)) return work();
		const turn = work();
		const over = turn.then(
			() => this.#busy.delete(name),
			() => this.#busy.delete(name),
		);
		this.#busy.set(name, over);
		return turn;
	}
}

/** Hosts are opened side by side, but a person reads one question at a time. */
export function oneAtATime({ ask }: Ask): Ask {
	let before: Promise<unknown> = Promise.resolve();
	return {
		ask(question) {
			const answer = before.then(() => ask(question));
			before = answer.catch(() => {});
			return answer;
		},
	};
}
