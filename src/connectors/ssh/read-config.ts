import type { ConfigValues } from './config-values.ts';
import { matchesPattern } from './host-pattern.ts';

/** A config file with the files that it includes put in where `Include` stands. */
export interface ConfigFile {
	readonly path: string;
	readonly text: string;
	/** What an `Include` word leads to. */
	include(pattern: string): readonly ConfigFile[];
}

export interface ReadConfig {
	readonly values: ConfigValues;
	/** What counts for this host and cannot be followed without an ssh program: `~/.ssh/config line 7: Match`. */
	readonly notUnderstood: readonly string[];
}

/** A simple reading of `~/.ssh/config` for machines without ssh: Host blocks, Include, and the keywords below; nothing else. */
export function readConfig(file: ConfigFile, name: string): ReadConfig {
	const values = new Map<string, string[]>();
	const notUnderstood: string[] = [];
	read(file, { name, values, notUnderstood, isOurs: true, depth: 0 });
	const hostname = values.get('hostname')?.[0];
	if (hostname !== undefined)
		values.set('hostname', [hostname.replace(/%[%h]/g, token => (token === '%%' ? '%' : name))]);
	return { values, notUnderstood };
}

interface Reading {
	readonly name: string;
	readonly values: Map<string, string[]>;
	readonly notUnderstood: string[];
	/** Are the lines that follow about our host? */
	isOurs: boolean;
	readonly depth: number;
}

function read(file: ConfigFile, reading: Reading): void {
	for (const [index, text] of file.text.split('\n').entries()) {
		const line = /^\s*([A-Za-z]\w*)(?:\s*=\s*|\s+)(.*?)\s*$/.exec(text);
		if (line === null) continue;
		const [, keyword = '', rest = ''] = line;
		readKeyword(keyword, wordsOf(rest), { file, line: index + 1, rest, reading });
	}
}

interface Place {
	readonly file: ConfigFile;
	readonly line: number;
	readonly rest: string;
	readonly reading: Reading;
}

function readKeyword(keyword: string, words: readonly string[], { file, line, rest, reading }: Place): void {
	const key = keyword.toLowerCase();
	const say = (): void => void reading.notUnderstood.push(`${file.path} line ${line}: ${keyword}`);
	if (key === 'host') {
		reading.isOurs = isForHost(words, reading.name);
	} else if (key === 'match') {
		reading.isOurs = words.length === 1 && words[0]?.toLowerCase() === 'all';
		// Nobody here can tell whether it would count, and what it would say.
		if (!reading.isOurs) say();
	} else if (key === 'include') {
		// A Host line in an included file ends with that file.
		if (reading.isOurs) include(words, { file, line, rest, reading }, say);
	} else if (!reading.isOurs || harmless.has(key)) {
		return;
	} else if (!followed.has(key)) {
		say();
	} else if (key === 'identityfile' || !reading.values.has(key)) {
		const value = lists.has(key) ? rest : (words[0] ?? '');
		reading.values.set(key, [...(reading.values.get(key) ?? []), value]);
	}
}

function include(patterns: readonly string[], { file, reading }: Place, say: () => void): void {
	if (reading.depth >= maxDepth) say();
	else
		for (const pattern of patterns)
			for (const included of file.include(pattern)) read(included, { ...reading, depth: reading.depth + 1 });
}

/** As ssh has it: files that include each other must end somewhere. */
const maxDepth = 16;

/** Patterns apart by blanks; a negated one that fits refuses the block. */
export function isForHost(patterns: readonly string[], name: string): boolean {
	const fits = (pattern: string): boolean => matchesPattern(name, pattern);
	if (patterns.some(pattern => pattern.startsWith('!') && fits(pattern.slice(1)))) return false;
	return patterns.some(pattern => !pattern.startsWith('!') && fits(pattern));
}

/** Words apart by blanks, with `"…"` around those that hold blanks; `#` begins a comment. */
export const wordsOf = (text: string): readonly string[] =>
	(text.replace(/(^|\s)#.*$/, '').match(/"[^"]*"|[^\s"]+/g) ?? []).map(word => word.replace(/^"(.*)"$/, '$1'));

const followed = new Set([
	'hostname',
	'user',
	'port',
	'identityfile',
	'identitiesonly',
	'identityagent',
	'proxyjump',
	'userknownhostsfile',
	'globalknownhostsfile',
	'hashknownhosts',
	'hostkeyalias',
	'hostkeyalgorithms',
	'stricthostkeychecking',
	'batchmode',
	'pubkeyauthentication',
	'passwordauthentication',
	'kbdinteractiveauthentication',
	'connecttimeout',
	'addressfamily',
	'bindaddress',
	'kexalgorithms',
	'ciphers',
	'macs',
	// These lead to the openssh connector, which says that it is missing.
	'proxycommand',
	'certificatefile',
	'pkcs11provider',
	'knownhostscommand',
	'revokedhostkeys',
	'verifyhostkeydns',
	'hostbasedauthentication',
	'gssapiauthentication',
]);

/** Values of several words. */
const lists = new Set(['userknownhostsfile', 'globalknownhostsfile', 'proxycommand', 'knownhostscommand']);

/** What changes nothing of what we do: nothing is forwarded, no terminal is asked for, keepalives are ours. */
const harmless = new Set([
	'addkeystoagent',
	'checkhostip',
	'compression',
	'connectionattempts',
	'controlmaster',
	'controlpath',
	'controlpersist',
	'dynamicforward',
	'enableescapecommandline',
	'escapechar',
	'exitonforwardfailure',
	'fingerprinthash',
	'forwardagent',
	'forwardx11',
	'forwardx11timeout',
	'forwardx11trusted',
	'gssapidelegatecredentials',
	'ignoreunknown',
	'ipqos',
	'localforward',
	'loglevel',
	'nohostauthenticationforlocalhost',
	'numberofpasswordprompts',
	'permitlocalcommand',
	'localcommand',
	'preferredauthentications',
	'remoteforward',
	'requesttty',
	'rekeylimit',
	'sendenv',
	'serveralivecountmax',
	'serveraliveinterval',
	'setenv',
	'tcpkeepalive',
	'updatehostkeys',
	'usekeychain',
	'visualhostkey',
	'xauthlocation',
]);
