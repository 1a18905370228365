import type { DiagnosticCode } from '../model/diagnostic-code.ts';
import type { Path } from './parse.ts';
import type { SchemaName, SchemaNode } from './schema-node.ts';

/** What is wrong and what to do, without the place. */
export interface Sentence {
	readonly code: DiagnosticCode;
	readonly message: string;
	readonly hint: string;
}

/** The value that a sentence is about, and what could be there instead. */
export interface Subject {
	readonly path: Path;
	readonly node: SchemaNode;
	readonly value: unknown;
	/** As it stands in the file, quotes included. */
	readonly written?: string;
	/** Words of JSON: `string`, `object`, … */
	readonly types: readonly string[];
	/** The fixed words that are possible. */
	readonly words: readonly string[];
	/** Whether the value would be right in quotes. */
	readonly quotable: boolean;
}

// ---- keys

export function unknownKey(key: string, path: Path, known: readonly string[], meant: string | undefined): Sentence {
	const hint = meant === undefined ? `Possible here: ${enumeration(known)}.` : `Did you mean \`${meant}\`?`;
	return { code: 'HS1101', message: `There is no key \`${cut(key)}\` in ${place(path)}.`, hint };
}

export function missingKey(key: string, node: SchemaNode, path: Path, child: SchemaNode): Sentence {
	const what = node.title === undefined || path.length === 0 ? '' : ` (${node.title.toLowerCase()})`;
	const example = child.examples?.[0];
	const hint = example === undefined ? `Add \`${key}: …\`.` : `Add it, for example \`${key}: ${inlineYaml(example)}\`.`;
	return { code: 'HS1102', message: `The key \`${key}\` is missing in ${place(path)}${what}.`, hint };
}

export const notAPlaybook = (): Sentence => ({
	code: 'HS1111',
	message: 'The file has no key `hsctl`, so it is not a playbook.',
	hint: 'If it is meant to be one, write `hsctl: 1` as its first line.',
});

export const noneOf = (known: readonly string[], path: Path): Sentence => ({
	code: 'HS1102',
	message: `${sentenceStart(place(path))} needs one key that says which kind it is.`,
	hint: `One of: ${enumeration(known)}.`,
});

export const severalOf = (keys: readonly string[], known: readonly string[], path: Path): Sentence => ({
	code: 'HS1108',
	message: `${sentenceStart(place(path))} has ${keys.length} keys (${enumeration(keys)}), and takes exactly one.`,
	hint: known.includes('all') ? 'Put them into a list under `all:` or `any:`.' : 'Keep one of them.',
});

export function noSet(sets: readonly (readonly string[])[], keys: readonly string[], path: Path): Sentence {
	// The set that is begun says best what was meant.
	const begun = sets.find(set => set.some(key => keys.includes(key)));
	const missing = begun?.filter(key => !keys.includes(key)) ?? [];
	if (begun) {
		const message = `The key ${enumeration(missing)} is missing in ${place(path)}, which has ${enumeration(begun.filter(key => keys.includes(key)))}.`;
		return { code: 'HS1102', message, hint: `Add ${enumeration(missing)}.` };
	}
	const hint = `Add one of: ${sets.map(set => set.map(key => `\`${key}\``).join(' and ')).join(', ')}.`;
	return { code: 'HS1102', message: `Something is missing in ${place(path)}: it does not say enough to act on.`, hint };
}

export const severalSets = (sets: readonly (readonly string[])[], path: Path): Sentence => ({
	code: 'HS1108',
	message: `${sentenceStart(place(path))} has ${sets.map(set => enumeration(set)).join(' and also ')}, which exclude each other.`,
	hint: 'Keep one of them.',
});

export const badName = (key: string, node: SchemaNode): Sentence => {
	const { code, is } = formOf(node);
	return {
		code,
		message: `\`${cut(key)}\` is not ${is}.`,
		hint: node.rule ?? node.description ?? 'Choose another name.',
	};
};

export const ignoredName = (key: string): Sentence => ({
	code: 'HS1110',
	message: `\`${cut(key)}\` starts with x-, and everything under such keys is ignored.`,
	hint: 'Choose another name; a template for anchors can stand at the top of the file.',
});

// ---- values

/** A value of another kind than the key takes. YAML made most of them: a version became a number, a blank became nothing. */
export function wrongKind(subject: Subject): Sentence {
	const { value, types } = subject;
	if (subject.path.length === 0) return wrongTop(subject);
	if (subject.path.length === 1 && subject.path[0] === 'hsctl') return otherLanguage(subject);
	if (value === null) return nothingThere(subject);
	if (subject.node.form === 'duration' && typeof value === 'number') return unitMissing(subject);
	if (subject.quotable) return quotesMissing(subject);
	if (types.includes('boolean')) return notBoolean(subject);
	if (types.includes('integer')) return notWholeNumber(subject);
	if (subject.words.length > 0 && typeof value !== 'object') return otherWord(subject, undefined, {});
	if (types.includes('array') && typeof value !== 'object') return notAList(subject);
	return otherKind(subject);
}

const wrongTop = ({ value }: Subject): Sentence => ({
	code: 'HS1103',
	message: `The file holds ${kindOf(value)}; it has to hold keys with values.`,
	hint: 'Write `key: value` lines, such as `name: home`.',
});

const nothingThere = (subject: Subject): Sentence => ({
	code: 'HS1103',
	message: `${sentenceStart(label(subject.path))} has no value.`,
	hint:
		subject.types.includes('object') && subject.types.length === 1
			? `Indent what belongs to it, remove it, or write \`${lastKey(subject.path)}: {}\`.`
			: `Remove it, or write ${asExample(subject)}.`,
});

function quotesMissing(subject: Subject): Sentence {
	const { value, written = textOf(value) } = subject;
	const read = `YAML reads ${written} as the ${typeof value === 'boolean' ? 'truth value' : 'number'} ${textOf(value)}`;
	return {
		code: 'HS1106',
		message: `${sentenceStart(label(subject.path))} has to be text, but ${read}.`,
		hint: `Put it in quotes: \`${written === '' ? '""' : JSON.stringify(written)}\`.`,
	};
}

const unitMissing = ({ path, value, written = textOf(value) }: Subject): Sentence => ({
	code: 'HS1301',
	message: `${sentenceStart(label(path))} is a duration, and ${written} has no unit.`,
	hint: `Write \`${written}s\` for seconds, \`${written}m\` for minutes, \`${written}h\` or \`${written}d\`.`,
});

/** What YAML 1.1 took for truth values, and people still write. */
const truthWords: Readonly<Record<string, boolean>> = {
	yes: true,
	y: true,
	on: true,
	true: true,
	'1': true,
	no: false,
	n: false,
	off: false,
	false: false,
	'0': false,
};

function notBoolean(subject: Subject): Sentence {
	const { path, value, written = textOf(value) } = subject;
	const meant = typeof value === 'object' ? undefined : truthWords[textOf(value).toLowerCase()];
	return {
		code: 'HS1103',
		message: `${sentenceStart(label(path))} is either true or false, not ${shown(value, written)}.`,
		hint: meant === undefined ? 'Write `true` or `false`, without quotes.' : `Write \`${meant}\`, without quotes.`,
	};
}

function notWholeNumber(subject: Subject): Sentence {
	const { path, value, written = textOf(value), types } = subject;
	const isQuoted = typeof value === 'string' && /^\d+$/.test(value);
	const kinds = types.map(type => typeNames[type] ?? type).join(' or ');
	return {
		code: 'HS1103',
		message: `${sentenceStart(label(path))} is ${kinds}, not ${shown(value, written)}.`,
		hint: isQuoted ? `Write ${value} without quotes.` : `Write for example ${asExample(subject)}.`,
	};
}

const notAList = (subject: Subject): Sentence => ({
	code: 'HS1103',
	message: `${sentenceStart(label(subject.path))} is a list, not ${shown(subject.value, subject.written)}.`,
	hint: `Put it in brackets: \`${lastKey(subject.path)}: [${subject.written ?? textOf(subject.value)}]\`.`,
});

const otherKind = (subject: Subject): Sentence => ({
	code: 'HS1103',
	message: `${sentenceStart(label(subject.path))} is ${kinds(subject)}, not ${kindOf(subject.value)}.`,
	hint: `Write for example ${asExample(subject)}.`,
});

export const otherLanguage = ({ written, value }: Subject): Sentence => ({
	code: 'HS1109',
	message: `This hsctl does not know version ${cut(written ?? textOf(value))} of the language.`,
	hint: 'Write `hsctl: 1`, without quotes.',
});

/** Neither of the words. `maps`: what else could be here, as keys of a map with an example each. */
export function otherWord(
	subject: Subject,
	meant: string | undefined,
	maps: Readonly<Record<string, unknown>>,
): Sentence {
	const { path, value, words, written } = subject;
	const message = `${sentenceStart(label(path))} cannot be ${shown(value, written)}.`;
	const kind = textOf(value);
	if (Object.hasOwn(maps, kind)) {
		const example = inlineYaml({ [kind]: maps[kind] });
		return { code: 'HS1104', message, hint: `It needs to say more, for example \`${lastKey(path)}: ${example}\`.` };
	}
	const guess = meant === undefined ? '' : `Did you mean \`${meant}\`? `;
	const keys = Object.keys(maps);
	const more = keys.length === 0 ? '' : `, or a map with one of: ${enumeration(keys)}`;
	return { code: 'HS1104', message, hint: `${guess}Possible: ${enumeration(words)}${more}.` };
}

export const emptyText = (subject: Subject): Sentence => ({
	code: 'HS1105',
	message: `${sentenceStart(label(subject.path))} is empty.`,
	hint: `Write for example ${asExample(subject)}.`,
});

export const longText = ({ path, node }: Subject): Sentence => ({
	code: 'HS1107',
	message: `${sentenceStart(label(path))} is longer than ${node.maxLength} characters.`,
	hint: 'Shorten it; what is long belongs into a file of its own.',
});

export function wrongForm(subject: Subject): Sentence {
	const { path, node, value } = subject;
	const { code, is } = formOf(node);
	const text = textOf(value);
	if (text.includes('${')) return referenceHere(subject);
	if (node.form === 'duration' && /^\d+$/.test(text)) return unitMissing({ ...subject, written: text });
	const message = `${sentenceStart(label(path))} is ${is}, and \`${cut(text)}\` is none.`;
	return {
		code,
		message,
		hint: `${node.rule ?? node.description ?? ''} Write for example ${asExample(subject)}.`.trimStart(),
	};
}

const referenceHere = ({ path, value }: Subject): Sentence => ({
	code: 'HS1208',
	message: `${sentenceStart(label(path))} cannot hold a reference such as \`${cut(textOf(value))}\`: it is read before values are known.`,
	hint: 'Write the value out.',
});

export const outOfRange = (subject: Subject): Sentence => ({
	code: 'HS1313',
	message: `${sentenceStart(label(subject.path))} is ${textOf(subject.value)}, and has to lie between ${subject.node.minimum} and ${subject.node.maximum}.`,
	hint: `Write for example ${asExample(subject)}.`,
});

export const tooFew = (subject: Subject): Sentence => ({
	code: 'HS1107',
	message: `${sentenceStart(label(subject.path))} needs at least ${subject.node.minItems === 1 ? 'one entry' : `${subject.node.minItems} entries`}.`,
	hint: `Write for example ${asExample(subject)}, or remove it.`,
});

export const tooMany = ({ path, node }: Subject): Sentence => ({
	code: 'HS1107',
	message: `${sentenceStart(label(path))} has more than ${node.maxItems} entries.`,
	hint: 'Split it.',
});

export const twice = (text: string, path: Path): Sentence => ({
	code: 'HS1218',
	message: `\`${cut(text)}\` is in ${label(path)} twice.`,
	hint: 'Remove one of the two.',
});

export const unexplained = (which: SchemaName): Sentence => ({
	code: 'HS1108',
	message: `The file does not fit the schema of ${which === 'module' ? 'a module' : `the ${which}`}, and hsctl cannot say where.`,
	hint: `An editor that checks against \`hsctl schema ${which}\` can; please report this file.`,
});

// ---- the words that sentences are made of

interface Form {
	readonly code: DiagnosticCode;
	/** What the value is, with an article. */
	readonly is: string;
}

/** By the name of the definition in the schemas. */
const forms: Readonly<Record<string, Form>> = {
	id: { code: 'HS1110', is: 'a name' },
	hostName: { code: 'HS1504', is: 'the name of a host or group' },
	variableName: { code: 'HS1110', is: 'the name of a variable' },
	environmentName: { code: 'HS1312', is: 'the name of an environment variable' },
	duration: { code: 'HS1301', is: 'a duration' },
	version: { code: 'HS1302', is: 'a version' },
	fileMode: { code: 'HS1303', is: 'a file mode' },
	digest: { code: 'HS1309', is: 'a SHA-256 digest' },
	percentage: { code: 'HS1307', is: 'a percentage' },
	date: { code: 'HS1308', is: 'a date' },
	hostPath: { code: 'HS1310', is: 'an absolute path on the host' },
	repoPath: { code: 'HS1211', is: 'a path inside the repository' },
	serviceName: { code: 'HS1311', is: 'the name of a service' },
	account: { code: 'HS1314', is: 'the name or number of an account' },
	hostAddress: { code: 'HS1314', is: 'a host name or IP address' },
	packageName: { code: 'HS1314', is: 'the name of a package' },
	cron: { code: 'HS1305', is: 'a cron expression' },
	timezone: { code: 'HS1306', is: 'a time zone' },
	unitAddress: { code: 'HS1105', is: 'the address of a unit' },
};

function formOf(node: SchemaNode): Form {
	const known = node.form !== undefined && Object.hasOwn(forms, node.form) ? forms[node.form] : undefined;
	return known ?? { code: 'HS1105', is: `text of the form of ${inlineYaml(node.examples?.[0] ?? '…')}` };
}

const typeNames: Readonly<Record<string, string>> = {
	string: 'text',
	integer: 'a whole number',
	number: 'a number',
	boolean: 'true or false',
	array: 'a list',
	object: 'a map of keys and values',
};

const kinds = ({ types, words }: Subject): string => {
	const names = types.map(type =>
		type === 'string' && words.length > 0 ? `one of the words ${enumeration(words)}` : (typeNames[type] ?? type),
	);
	return names.join(' or ');
};

const kindOf = (value: unknown): string => {
	if (value === null) return 'nothing';
	if (Array.isArray(value)) return 'a list';
	if (typeof value === 'object') return 'a map of keys and values';
	return typeof value === 'string'
		? 'text'
		: `the ${typeof value === 'boolean' ? 'truth value' : 'number'} ${textOf(value)}`;
};

/** What `String` gives; it throws for maps, which have no prototype. */
const textOf = (value: unknown): string => (typeof value === 'object' ? kindOf(value) : String(value));

const shown = (value: unknown, written: string | undefined): string =>
	typeof value === 'object' ? kindOf(value) : `\`${cut(written ?? textOf(value))}\``;

/** The thing a path leads to, as it is called in the middle of a sentence. */
function label(path: Path): string {
	const last = path.at(-1);
	if (last === undefined) return 'the file';
	if (typeof last === 'string') return `\`${cut(last)}\``;
	return `entry ${last + 1} of \`${lastKey(path)}\``;
}

/** Where a key is or should be. */
const place = (path: Path): string => (path.length === 0 ? 'the file' : `\`${cut(path.map(String).join('.'))}\``);

const lastKey = (path: Path): string => cut(String(path.findLast(step => typeof step === 'string') ?? 'key'));

const sentenceStart = (words: string): string => words.charAt(0).toUpperCase() + words.slice(1);

/** Words of somebody else's making are shown up to a length that fits on a line. */
const cut = (text: string): string => {
	const line = text.replaceAll(/\s+/g, ' ');
	return line.length > 60 ? `${line.slice(0, 57)}…` : line;
};

const enumeration = (words: readonly string[]): string => words.map(word => `\`${cut(word)}\``).join(', ');

/** `key: example`, or for an entry of a list the example alone. */
function asExample({ path, node }: Subject): string {
	const example = inlineYaml(node.examples?.[0] ?? '…');
	const last = path.at(-1);
	return typeof last === 'string' ? `\`${cut(last)}: ${example}\`` : `\`${example}\``;
}

/** An example on one line, as a person would write it. */
export function inlineYaml(value: unknown): string {
	if (typeof value === 'string')
		return /^([A-Za-z/][\w./-]*|\d+(ms|[smhd]))$/.test(value) && !/^(true|false|null)$/i.test(value)
			? value
			: JSON.stringify(value);
	if (Array.isArray(value)) return `[${value.map(inlineYaml).join(', ')}]`;
	if (typeof value !== 'object' || value === null) return textOf(value);
	const pairs = Object.entries(value).map(([key, item]) => `${key}: ${inlineYaml(item)}`);
	return pairs.length === 0 ? '{}' : `{ ${pairs.join(', ')} }`;
}
