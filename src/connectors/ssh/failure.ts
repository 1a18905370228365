import { visible } from '../shell/visible.ts';

/** An error of the network or of ssh2, in words that fit into a sentence. */
export function wordsOf(error: unknown): string {
	if (!(error instanceof Error)) return visible(String(error));
	const known = byCode[codeOf(error) ?? ''];
	if (known !== undefined) return known;
	const [match] = byMessage.filter(([pattern]) => pattern.test(error.message));
	return match?.[1] ?? lowerFirst(visible(error.message).replace(/\.$/, ''));
}

const codeOf = (error: Error): string | undefined => {
	const code: unknown = Reflect.get(error, 'code');
	// Several addresses were tried: the first failure speaks for all.
	if (error instanceof AggregateError && error.errors[0] instanceof Error) return codeOf(error.errors[0]);
	return typeof code === 'string' ? code : undefined;
};

const byCode: Readonly<Record<string, string>> = {
	ECONNREFUSED: 'the connection was refused: nothing listens there',
	ECONNRESET: 'the connection was reset',
	EPIPE: 'the connection was closed',
	ENOTFOUND: 'there is no address of this name',
	EAI_AGAIN: 'names cannot be looked up at the moment',
	EHOSTUNREACH: 'there is no way to this address',
	ENETUNREACH: 'there is no way to this network',
	ETIMEDOUT: 'no answer',
	EADDRNOTAVAIL: 'this address cannot be used from here',
	EACCES: 'this machine does not allow it',
};

const byMessage: readonly (readonly [RegExp, string])[] = [
	[/Keepalive timeout/, 'it does not answer any more'],
	[/no matching key exchange/, 'there is no key exchange that both sides know'],
	[/no matching host key/, 'it has no host key of a type that we may use'],
	[/no matching \S+ (cipher|MAC|compression)/, 'there is no cipher or MAC that both sides know'],
	[/No response from server/, 'the connection was closed'],
];

const lowerFirst = (text: string): string => text.charAt(0).toLowerCase() + text.slice(1);
