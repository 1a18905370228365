import type { Become } from '../../model/unit.ts';
import type { Opened } from '../../ports/connection.ts';
import type { Secrets } from '../secrets.ts';
import type { ShellConnection, Start } from './connection.ts';
import type { NotExchanged } from './exchange.ts';
import { saysWrong, wantsPassword, whyNoShell } from './why-no-shell.ts';

export interface Becoming {
	readonly become: Become;
	/** We are root there already: nothing has to be asked for. */
	readonly isRoot: boolean;
	/** Who we are there, and what the host is called. */
	readonly user: string;
	readonly name: string;
	/** The controller itself: a password that is given for it goes to no other host, and the other way round. */
	readonly isHere: boolean;
	readonly secrets: Secrets;
	readonly signal: AbortSignal;
	/** Milliseconds for a shell to show itself for the first time. */
	readonly firstMs: number;
	/** As whom a shell came, or is tried at this moment, without a password on the very same link. */
	readonly proven?: Map<Become, Promise<boolean>>;
}

/** Opens a shell once, to see whether there is one for us: first without a password, and where one is wanted, with it. */
export async function openShell(connect: (start: Start) => ShellConnection, becoming: Becoming): Promise<Opened> {
	const become = becoming.isRoot ? 'none' : becoming.become;
	// su asks in any case, and a try without an answer would count as a wrong one.
	if (become === 'su') return withPassword(connect, 'su', 'su asks for the password of root', becoming);
	const connection = connect({ become });
	const tried = await proveOnce(connection, become, becoming);
	if (tried === undefined) return { ok: true, connection };
	if (tried.kind !== 'no_shell') return { ok: false, because: tried.because };
	const because = whyNoShell({ become, ...tried });
	return become === 'none' || !wantsPassword(tried.said)
		? { ok: false, because }
		: withPassword(connect, become, because, becoming);
}

/** Of several who come at once on one link, one tries; where it came through, the others need no try of their own. */
async function proveOnce(
	connection: ShellConnection,
	become: Become,
	becoming: Becoming,
): Promise<NotExchanged | undefined> {
	const { proven } = becoming;
	const underWay = proven?.get(become);
	if (underWay !== undefined && (await underWay)) return undefined;
	const proving = connection.prove(first(becoming));
	proven?.set(
		become,
		proving.then(
			problem => problem === undefined,
			() => false,
		),
	);
	return proving;
}

type Asking = Exclude<Become, 'none'>;

async function withPassword(
	connect: (start: Start) => ShellConnection,
	become: Asking,
	because: string,
	becoming: Becoming,
): Promise<Opened> {
	const { secrets } = becoming;
	const secret = secretOf(become, becoming);
	if (!secrets.canAsk) return { ok: false, because: `${because}; nobody is here to be asked for one` };
	return secrets.inTurn(secret.name, () => tryPassword(connect, become, secret, becoming));
}

interface WantedSecret {
	readonly name: string;
	/** The question to the person. */
	readonly words: string;
	readonly wrong: string;
}

/** A user's own password is often the same on many hosts and is asked for once; root's belongs to one host and goes to no other. */
function secretOf(become: Asking, { user, name, isHere }: Becoming): WantedSecret {
	if (become === 'su')
		return {
			name: `root password of ${name}`,
			words: `root password of ${name}: `,
			wrong: 'su says that the password of root is wrong; it is not tried again',
		};
	return {
		name: `${become} password of ${user}${isHere ? ' on this machine' : ''}`,
		words: `${become} password of ${user} (${name}): `,
		wrong: `${become} says that the password of ${user} is wrong; it is not tried again, on no host`,
	};
}

async function tryPassword(
	connect: (start: Start) => ShellConnection,
	become: Asking,
	{ name, words, wrong }: WantedSecret,
	becoming: Becoming,
): Promise<Opened> {
	const { secrets } = becoming;
	if (secrets.isWrong(name)) return { ok: false, because: wrong };
	const password = await secrets.get(name, words);
	if (password === undefined || password === '') return { ok: false, because: `no password for ${become} was given` };
	// One line is all that it can be.
	if (/[\n\r\0]/.test(password)) return { ok: false, because: `the password for ${become} has more than one line` };
	const connection = connect({ become, password });
	const tried = await connection.prove(first(becoming));
	if (tried === undefined) {
		secrets.tell(name, 'right');
		return { ok: true, connection };
	}
	if (tried.kind !== 'no_shell') return { ok: false, because: tried.because };
	if (!tried.wasAskedAgain && !saysWrong(tried.said)) return { ok: false, because: whyNoShell({ become, ...tried }) };
	secrets.tell(name, 'wrong');
	return { ok: false, because: wrong };
}

const first = ({ signal, firstMs }: Becoming) => ({ signal, deadlineMs: firstMs });
