import { visible } from '../shell/visible.ts';
import { type SshOptions, shownPlace } from '../ssh/options.ts';
import { longType } from './why-not.ts';

/** What ssh wants to know. */
export type SshQuestion =
	| { readonly kind: 'host_key'; readonly key: string; readonly host: string }
	/** Asked once, kept under its name. */
	| { readonly kind: 'secret'; readonly name: string; readonly words: string; readonly what: 'password' | 'passphrase' }
	/** Good for once only, such as a code. */
	| { readonly kind: 'once'; readonly words: string }
	/** Nothing that a person should answer. */
	| { readonly kind: 'no' };

/** Understands a question of ssh by its words, which are English everywhere. */
export function questionOf(text: string, options: SshOptions): SshQuestion {
	if (/Are you sure you want to continue connecting/.test(text)) return hostKeyQuestion(text);
	if (/^Please type 'yes'/.test(text)) return { kind: 'no' };
	const passphrase = /^Enter passphrase for (?:key )?'?(.+?)'?: ?$/.exec(text)?.[1];
	if (passphrase !== undefined) {
		const path = visible(passphrase);
		return { kind: 'secret', what: 'passphrase', name: `passphrase of ${path}`, words: `Passphrase of ${path}: ` };
	}
	const [, asker, question = text] = /^\(([^)]*@[^)]*)\) ([\s\S]*)$/.exec(text) ?? [];
	const named = asker ?? /^(.*@.*)'s password: ?$/.exec(text)?.[1];
	if (/^\W*(.*'s )?password\W*$/i.test(question)) return passwordOf(named, options);
	if (/^Confirm user presence/.test(text)) return { kind: 'no' };
	const words = visible(question);
	return { kind: 'once', words: `${named === undefined ? shownPlace(options) : visible(named)}: ${words} ` };
}

function hostKeyQuestion(text: string): SshQuestion {
	// Known by another type of key: that is no better than a changed one.
	if (/keys of different type are already known/i.test(text)) return { kind: 'no' };
	const [, host = 'the host'] = /authenticity of host '([^' ]*)/.exec(text) ?? [];
	const [, type, print] = /(\S+) key fingerprint is (\S+?)\.?\s/.exec(text) ?? [];
	return type === undefined || print === undefined
		? { kind: 'no' }
		: { kind: 'host_key', key: `${longType(type)} ${print}`, host: visible(host) };
}

/** ssh names the user and the host that it asks for; a jump host's password is another one than ours. */
function passwordOf(named: string | undefined, options: SshOptions): SshQuestion {
	const isOurs =
		named === undefined ||
		[options.hostname, options.alias, options.name].some(
			host => host !== undefined && named.toLowerCase() === `${options.user}@${host}`.toLowerCase(),
		);
	const place = isOurs ? shownPlace(options) : visible(named);
	return { kind: 'secret', what: 'password', name: `password of ${place}`, words: `Password of ${place}: ` };
}
