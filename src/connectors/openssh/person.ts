import { unreachable } from '../../model/unreachable.ts';
import type { Ask } from '../../ports/ask.ts';
import type { Secrets } from '../secrets.ts';
import type { SshOptions } from '../ssh/options.ts';
import { questionOf } from './questions.ts';

/** Answers what one login asks, each secret once, and says afterwards which of them were right. */
export class LoginAnswers {
	readonly #options: SshOptions;
	readonly #secrets: Secrets;
	readonly #ask: Ask;
	readonly #hold: <Result>(work: () => Promise<Result>) => Promise<Result>;
	readonly #used = new Map<string, 'password' | 'passphrase'>();
	readonly #notes: string[] = [];

	constructor(
		options: SshOptions,
		person: {
			readonly secrets: Secrets;
			readonly ask: Ask;
			/** Time does not run while a person is asked. */
			readonly hold: <Result>(work: () => Promise<Result>) => Promise<Result>;
		},
	) {
		this.#options = options;
		this.#secrets = person.secrets;
		this.#ask = person.ask;
		this.#hold = person.hold;
	}

	/** What a person should know beside the reason of ssh. */
	get notes(): readonly string[] {
		return this.#notes;
	}

	readonly answer = async (text: string): Promise<string | undefined> => {
		const question = questionOf(text, this.#options);
		switch (question.kind) {
			case 'no':
				return undefined;
			case 'host_key': {
				const words = `The host key of ${this.#options.name} (${question.host}) is not known yet:\n  ${question.key}\nIs this the host's own key? Type yes to trust it from now on: `;
				const answer = await this.#hold(() => this.#ask.ask({ words, isSecret: false }));
				return answer?.trim().toLowerCase() === 'yes' ? 'yes' : 'no';
			}
			case 'once':
				return this.#hold(() => this.#secrets.ask(undefined, { words: question.words, isSecret: true }));
			case 'secret':
				return this.#secret(question.name, question.words, question.what);
			default:
				return unreachable(question);
		}
	};

	async #secret(name: string, words: string, what: 'password' | 'passphrase'): Promise<string | undefined> {
		if (this.#secrets.isWrong(name) || this.#used.has(name)) {
			this.#note(`the ${what} was wrong before and is not tried again`);
			return undefined;
		}
		const answer = await this.#hold(() => this.#secrets.get(name, words));
		if (answer === undefined) this.#note(`no ${what} was given`);
		else this.#used.set(name, what);
		return answer;
	}

	#note(words: string): void {
		if (!this.#notes.includes(words)) this.#notes.push(words);
	}

	/** We are in: what was used was right. */
	succeeded(): void {
		for (const name of this.#used.keys()) this.#secrets.tell(name, 'right');
	}

	/** We are not in; `acceptedKeys`: the key files that the host would have taken. */
	refused(acceptedKeys: readonly string[]): void {
		for (const [name, what] of this.#used) {
			const isWrong = what === 'password' || acceptedKeys.some(path => name === `passphrase of ${path}`);
			if (!isWrong) continue;
			this.#secrets.tell(name, 'wrong');
			if (what === 'passphrase') this.#note(`the ${name} is wrong`);
		}
	}

	get usedPassword(): boolean {
		return [...this.#used.values()].includes('password');
	}
}
