import type ssh2 from 'ssh2';
import type { Secrets } from '../secrets.ts';
import { visible } from '../shell/visible.ts';
import { type AgentKey, agentWithKey } from './agent.ts';
import { type OfferedKey, parsePrivateKey, readKeyText } from './identities.ts';
import { type SshOptions, shownPlace } from './options.ts';

/** What proving who we are takes on one connection. */
export interface AuthMeans {
	readonly options: SshOptions;
	readonly keys: readonly OfferedKey<AgentKey>[];
	/** At most so many keys are offered. */
	readonly maxKeys: number;
	readonly secrets: Secrets;
	/** Time does not run while a person is asked. */
	hold<Result>(work: () => Promise<Result>): Promise<Result>;
}

/** Offers one thing after the other until the host lets us in, each once, and can say afterwards what it has tried. */
export class Auth {
	readonly #means: AuthMeans;
	readonly #keys: OfferedKey<AgentKey>[];
	readonly #tried: string[] = [];
	readonly #notes: string[] = [];
	#offersPassword: boolean;
	#offersKeyboard: boolean;
	#didAskNone = false;
	#hasAnswered = false;
	#usedPassword = false;
	#refusesKeys = false;

	constructor(means: AuthMeans) {
		const { options, keys, maxKeys } = means;
		this.#means = means;
		this.#keys = options.usesKeys ? keys.slice(0, maxKeys) : [];
		this.#offersPassword = options.usesPassword;
		this.#offersKeyboard = options.usesKeyboard;
		if (options.usesKeys && keys.length > maxKeys)
			this.#notes.push(
				`${keys.length - maxKeys} more keys were not offered, because hosts count keys that they refuse`,
			);
	}

	/** For ssh2: called with what the host would still take, `null` at the beginning. */
	readonly next = (
		left: readonly string[] | null,
		wasOneStep: boolean | null,
		give: (method: ssh2.AuthMethod | false) => void,
	): void => {
		// Called again after a password: it was refused, or it was right and something more is asked for.
		if (this.#usedPassword) this.#means.secrets.tell(this.#passwordName, wasOneStep === true ? 'right' : 'wrong');
		this.#usedPassword = false;
		this.#choose(left).then(give, (error: unknown) => {
			this.note(error instanceof Error ? error.message : String(error));
			give(false);
		});
	};

	/** Something went wrong that does not end it: an agent that refuses to sign. */
	note(words: string): void {
		this.#notes.push(visible(words));
	}

	/** We are in. */
	succeeded(): void {
		if (this.#usedPassword) this.#means.secrets.tell(this.#passwordName, 'right');
	}

	/** One clause on why nothing was good enough. */
	whyNot(): string {
		const nothing = this.#refusesKeys ? 'it takes no keys' : 'there was nothing to offer';
		const tried = this.#tried.length === 0 ? nothing : `it refused ${this.#tried.join(', ')}`;
		return [tried, ...this.#notes].join('; ');
	}

	async #choose(left: readonly string[] | null): Promise<ssh2.AuthMethod | false> {
		const username = this.#means.options.user;
		if (!this.#didAskNone) {
			this.#didAskNone = true;
			return { type: 'none', username };
		}
		const allows = (method: string): boolean => left?.includes(method) ?? true;
		if (allows('publickey')) {
			const key = await this.#nextKey();
			if (key !== undefined) return key;
		} else if (this.#keys.length > 0 && this.#tried.length === 0) {
			this.#refusesKeys = true;
		}
		if (allows('keyboard-interactive') && this.#offersKeyboard) {
			this.#offersKeyboard = false;
			if (this.#canAsk()) return this.#keyboard();
		}
		// Behind both is often the same password: what was refused once is not offered once more.
		if (allows('password') && this.#offersPassword && !this.#hasAnswered) {
			this.#offersPassword = false;
			if (this.#canAsk()) return this.#password();
		}
		return false;
	}

	async #nextKey(): Promise<ssh2.AuthMethod | undefined> {
		const { options, secrets, hold } = this.#means;
		for (let offered = this.#keys.shift(); offered !== undefined; offered = this.#keys.shift()) {
			if (offered.from === 'agent') {
				this.#tried.push(`the agent's key ${visible(offered.key.comment) || offered.key.type}`);
				// The agent is there: it has told us its keys.
				return { type: 'agent', username: options.user, agent: agentWithKey(options.agent ?? '', offered.key) };
			}
			const { path, isLocked } = offered;
			const words = `Passphrase of ${path}: `;
			const passphrase = isLocked ? await hold(() => secrets.get(`passphrase of ${path}`, words)) : undefined;
			if (isLocked && passphrase === undefined) {
				this.note(`${path} has a passphrase and nobody gave it; ssh-add ${path} would help`);
				continue;
			}
			const key = parsePrivateKey(readKeyText(path), passphrase);
			if (key instanceof Error) {
				if (isLocked) secrets.tell(`passphrase of ${path}`, 'wrong');
				this.note(isLocked ? `the passphrase of ${path} is wrong` : `${path}: ${key.message}`);
				continue;
			}
			this.#tried.push(`the key ${path}`);
			return { type: 'publickey', username: options.user, key };
		}
		return undefined;
	}

	get #passwordName(): string {
		return `password of ${shownPlace(this.#means.options)}`;
	}

	#canAsk(): boolean {
		const { secrets } = this.#means;
		if (secrets.isWrong(this.#passwordName)) {
			this.#say('the password was wrong before and is not tried again');
			return false;
		}
		if (!secrets.canAsk) this.#say('it would take a password, and nobody is here to be asked');
		return secrets.canAsk;
	}

	#say(words: string): void {
		if (!this.#notes.includes(words)) this.#notes.push(words);
	}

	async #password(): Promise<ssh2.AuthMethod | false> {
		const { options, secrets, hold } = this.#means;
		const words = `Password of ${shownPlace(options)}: `;
		const password = await hold(() => secrets.get(this.#passwordName, words));
		if (password === undefined) {
			this.note('no password was given');
			return false;
		}
		this.#usedPassword = true;
		this.#tried.push('the password');
		return { type: 'password', username: options.user, password };
	}

	#keyboard(): ssh2.AuthMethod {
		return {
			type: 'keyboard-interactive',
			username: this.#means.options.user,
			prompt: (_name, _instructions, _language, prompts, finish) => {
				this.#answer(prompts).then(finish, () => finish([]));
			},
		};
	}

	/** A question for a password alone has the answer that we may have already; every other one is asked each time. */
	async #answer(prompts: readonly ssh2.Prompt[]): Promise<readonly string[]> {
		const { options, secrets, hold } = this.#means;
		if (!this.#hasAnswered) this.#tried.push('the answers to its questions');
		this.#hasAnswered = true;
		const answers: string[] = [];
		for (const { prompt, echo } of prompts) {
			const words = `${shownPlace(options)}: ${visible(prompt)} `;
			const isPassword = !echo && /^\W*(.*'s )?password\W*$/i.test(prompt);
			if (isPassword) this.#usedPassword = true;
			const name = isPassword ? this.#passwordName : undefined;
			answers.push((await hold(() => secrets.ask(name, { words, isSecret: !echo }))) ?? '');
		}
		return answers;
	}
}
