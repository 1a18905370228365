import type { Connector, Opened, OpenOptions } from '../../src/ports/connection.ts';
import { type Behaviour, FakeConnection } from './fake-connection.ts';

/** A made-up host that is logged in to: who comes shares one login, and who wants a fresh one has it alone. */
export class FakeConnector implements Connector {
	/** Why nobody is let in any more; absent: everybody is. */
	shut: string | undefined;
	readonly #behaviourOf: (login: number) => Behaviour;
	readonly #open = new Map<number, Login>();
	#count = 0;
	#shared = 0;

	/** @param behaviourOf what programs do on the login of this number; they are counted from 1 */
	constructor(behaviourOf: (login: number) => Behaviour) {
		this.#behaviourOf = behaviourOf;
	}

	/** The numbers of those that are open. */
	get logins(): readonly number[] {
		return [...this.#open.keys()];
	}

	async open(_host: unknown, _become: unknown, signal: AbortSignal, options: OpenOptions = {}): Promise<Opened> {
		if (signal.aborted) return { ok: false, because: 'we left' };
		if (options.isFresh === true) {
			const login = this.#logIn();
			return typeof login === 'string'
				? { ok: false, because: login }
				: {
						ok: true,
						connection: new FakeConnection(
							(...how) => login.run(...how),
							() => this.#end(login),
						),
					};
		}
		const first = this.#current();
		if (typeof first === 'string') return { ok: false, because: first };
		return {
			ok: true,
			connection: new FakeConnection((...how) => {
				const login = this.#current();
				return typeof login === 'string' ? null : login.run(...how);
			}),
		};
	}

	/** Ends all that are open; what runs on them is lost. */
	cut(): void {
		for (const login of this.#open.values()) this.#end(login);
	}

	/** The shared one, made again where it is gone. */
	#current(): Login | string {
		const login = this.#open.get(this.#shared) ?? this.#logIn();
		if (typeof login !== 'string') this.#shared = login.number;
		return login;
	}

	#logIn(): Login | string {
		if (this.shut !== undefined) return this.shut;
		this.#count += 1;
		const login = new Login(this.#count, this.#behaviourOf(this.#count));
		this.#open.set(login.number, login);
		return login;
	}

	#end(login: Login): void {
		this.#open.delete(login.number);
		login.end();
	}
}

class Login {
	readonly number: number;
	readonly #behaviour: Behaviour;
	readonly #ended = Promise.withResolvers<null>();
	#isOpen = true;

	constructor(number: number, behaviour: Behaviour) {
		this.number = number;
		this.#behaviour = behaviour;
	}

	async run(...how: Parameters<Behaviour>): Promise<number | null> {
		return this.#isOpen ? Promise.race([this.#behaviour(...how), this.#ended.promise]) : null;
	}

	end(): void {
		this.#isOpen = false;
		this.#ended.resolve(null);
	}
}
