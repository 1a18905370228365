import { globSync } from 'node:fs';
import { dirname, resolve as resolvePath } from 'node:path';
import { textOf } from '../text-of.ts';
import type { ConfigPlace } from './config-place.ts';
import { type ConfigValues, parseSshPrint } from './config-values.ts';
import { type Given, readOptions, type SshOptions } from './options.ts';
import { type ConfigFile, readConfig } from './read-config.ts';
import { SshAnswers } from './ssh-answers.ts';

/** One host or hop, as ssh's configuration has it. */
export interface Resolved {
	readonly options: SshOptions;
	readonly values: ConfigValues;
}

export type Resolving =
	| { readonly ok: true; readonly resolved: Resolved }
	| { readonly ok: false; readonly because: string };

/**
 * Asks ssh itself what its configuration says (`ssh -G`): only it knows Include, Match and its own defaults. That may run commands
 * of `Match exec`, which is the user's right in their own files; no file of a repository is ever handed to it.
 * @param answers what ssh has said before; absent: nothing
 */
export async function resolve(
	given: Given,
	place: ConfigPlace,
	signal: AbortSignal,
	answers: SshAnswers = new SshAnswers(place),
): Promise<Resolving> {
	const problem = problemOf(given);
	if (problem !== undefined) return { ok: false, because: problem };
	const printed = await answers.about(given, signal);
	if (printed.kind === 'failed') return { ok: false, because: printed.because };
	if (printed.kind === 'printed') return done(parseSshPrint(printed.text), given, place);
	const path = place.config ?? `${place.folder}/.ssh/config`;
	const { values, notUnderstood } = readConfig(configFile(path, path, place), given.name);
	return notUnderstood.length === 0
		? done(values, given, place)
		: {
				ok: false,
				because: `there is no ssh program here, and without it this is not understood: ${notUnderstood.join(', ')}`,
			};
}

const done = (values: ConfigValues, given: Given, place: ConfigPlace): Resolving => ({
	ok: true,
	resolved: { values, options: readOptions(values, given, place) },
});

/** A name that could be taken for an option, or that no name service would take. */
export function problemOf({ name, address, user }: Given): string | undefined {
	for (const host of [name, ...(address === undefined ? [] : [address])])
		if (!/^[A-Za-z0-9_:][A-Za-z0-9_.:%-]{0,254}$/.test(host)) return `${shown(host)} is not the name of a host`;
	if (user !== undefined && !/^[^-\s\p{C}@:/][^\s\p{C}:/]{0,255}$/u.test(user))
		return `${shown(user)} is not the name of a user`;
	return undefined;
}

/** As it was written, with everything that a terminal could take for something else written out. */
const shown = (text: string): string =>
	JSON.stringify(text.length > 60 ? `${text.slice(0, 60)}…` : text).replace(
		/[^\x20-\x7e…]/g,
		character => `\\u${character.charCodeAt(0).toString(16).padStart(4, '0')}`,
	);

function configFile(path: string, shown: string, place: ConfigPlace): ConfigFile {
	return {
		path: shown,
		text: textOf(path),
		include: pattern => {
			const expanded = pattern.replace(/^~(?=\/)/, () => place.folder);
			const pathPattern = resolvePath(dirname(place.config ?? `${place.folder}/.ssh/config`), expanded);
			return globSync(pathPattern)
				.toSorted()
				.map(found => configFile(found, found, place));
		},
	};
}
