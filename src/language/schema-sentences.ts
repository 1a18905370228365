import type { DiagnosticCode } from '../model/diagnostic-code.ts';
import type { Path } from './parse.ts';
import type { SchemaName, SchemaNode } from './schema-node.ts';

/** What is wrong and what to do, without the place. Both begin in lower case and end without a full stop. */
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
	const hint = meant === undefined ? `use one of: ${enumeration(known)}` : `did you mean \`${meant}\`?`;
	const where = path.length === 0 ? 'at the top of the file' : `in ${place(path)}`;
	return { code: 'HS1101', message: `there is no key \`${cut(key)}\` ${where}`, hint };
}

export function missingKey(key: string, node: SchemaNode, path: Path, child: SchemaNode): Sentence {
	const what = node.title === undefined || path.length === 0 ? '' : ` (${node.title.toLowerCase()})`;
	const example = child.examples?.[0];
	const hint = example === undefined ? `add \`${key}: …\`` : `add it, for example \`${key}: ${inlineYaml(example)}\``;
	return { code: 'HS1102', message: `the key \`${key}\` is missing in ${place(path)}${what}`, hint };
}

export const notAPlaybook = (): Sentence => ({
	code: 'HS1111',
	message: 'the file has no key `hsctl`, so it is not a playbook',
	hint: 'if it is meant to be one, write `hsctl: 1` as its first line',
});

export const noneOf = (known: readonly string[], path: Path): Sentence => ({
	code: 'HS1102',
	message: `${place(path)} needs one key that says which kind it is`,
	hint: `add one of: ${enumeration(known)}`,
});

export const severalOf = (keys: readonly string[], known: readonly string[], path: Path): Sentence => ({
	code: 'HS1108',
	message: `${place(path)} has ${keys.length} keys (${firstOf(keys)}) and takes exactly one`,
	hint: known.includes('all') ? 'put them into a list under `all:` or `any:`' : 'keep one of them',
});

export function noSet(sets: readonly (readonly string[])[], keys: readonly string[], path: Path): Sentence {
	// The set that is begun says best what was meant.
	const begun = sets.find(set => set.some(key => keys.includes(key)));
	if (begun) {
		const missing = enumeration(begun.filter(key => !keys.includes(key)));
		const present = enumeration(begun.filter(key => keys.includes(key)));
		return { code: 'HS1102', message: `${place(path)} has ${present}, but not ${missing}`, hint: `add ${missing}` };
	}
	const isChoiceOfKeys = sets.every(set => set.length === 1);
	const hint = isChoiceOfKeys
		? `add one of: ${enumeration(sets.flat())}`
		: `add ${sets.map(set => set.map(key => `\`${key}\``).join(' and ')).join(', or ')}`;
	return { code: 'HS1102', message: `${place(path)} does not say enough to act on`, hint };
}

export const severalSets = (sets: readonly (readonly string[])[], path: Path): Sentence => ({
	code: 'HS1108',
	message: `${place(path)} has ${sets.map(set => enumeration(set)).join(' and also ')}, which exclude each other`,
	hint: 'keep one of them',
});

export const badName = (key: string, node: SchemaNode): Sentence => {
	const { code, is = 'a key here' } = formOf(node);
	return {
		code,
		message: `\`${cut(key)}\` cannot be ${is}`,
		hint: ruleOf(node) ?? 'choose another name',
	};
};

export const ignoredName = (key: string): Sentence => ({
	code: 'HS1110',
	message: `\`${cut(key)}\` starts with x-, and everything under such keys is ignored`,
	hint: 'choose another name; a template for anchors can stand at the top of the file',
});

// ---- values

/** A value of another kind than the key takes. YAML made most of them: a version became a number, a blank became nothing. */
export function wrongKind(subject: Subject): Sentence {
	const { value, types, written } = subject;
	if (subject.path.length === 0) return wrongTop(subject);
	if (subject.path.length === 1 && subject.path[0] === 'hsctl') return otherLanguage(subject);
	if (value === null) return nothingThere(subject);
	if (subject.node.form === 'duration' && typeof value === 'number')
		return wrongForm({ ...subject, value: written ?? textOf(value) });
	if (subject.quotable) return quotesMissing(subject);
	if (types.includes('boolean')) return notBoolean(subject);
	if (types.includes('integer')) return notWholeNumber(subject);
	if (subject.words.length > 0 && typeof value !== 'object' && !types.includes('object'))
		return otherWord(subject, undefined, {});
	if (types.includes('array') && typeof value !== 'object') return notAList(subject);
	return otherKind(subject);
}

const wrongTop = ({ value }: Subject): Sentence => ({
	code: 'HS1103',
	message: `the file holds ${kindOf(value)}; it has to hold keys with values`,
	hint: 'write `key: value` lines, such as `name: home`',
});

const nothingThere = (subject: Subject): Sentence => ({
	code: 'HS1103',
	message: `${label(subject.path)} has no value`,
	hint:
		subject.types.includes('object') && subject.types.length === 1
			? `indent what belongs to it, remove it, or write \`${lastKey(subject.path)}: {}\``
			: `remove it, or write ${asExample(subject)}`,
});

function quotesMissing(subject: Subject): Sentence {
	const { path, value, written = textOf(value) } = subject;
	const kind = typeof value === 'boolean' ? 'truth value' : 'number';
	const read = written === textOf(value) ? `a ${kind}` : `the ${kind} ${textOf(value)}`;
	return {
		code: 'HS1106',
		message: `${label(path)} has to be text, but YAML reads ${cut(written)} as ${read}`,
		hint: `put it in quotes: \`${JSON.stringify(cut(written))}\``,
	};
}

function unitMissing({ path, value, words, written = textOf(value) }: Subject): Sentence {
	const amount = cut(written);
	return {
		code: 'HS1301',
		message: `${label(path)} is a duration, and ${amount} has no unit`,
		hint: `write \`${amount}s\` for seconds, \`${amount}m\` for minutes, \`${amount}h\` or \`${amount}d\`${words.map(word => `, or \`${word}\``).join('')}`,
	};
}

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
		message: `${label(path)} has to be true or false, not ${shown(value, written)}`,
		hint: meant === undefined ? 'write `true` or `false`, without quotes' : `write \`${meant}\`, without quotes`,
	};
}

function notWholeNumber(subject: Subject): Sentence {
	const { path, value, written = textOf(value), types } = subject;
	const isQuoted = typeof value === 'string' && /^\d+$/.test(value);
	const kinds = types.map(type => typeNames[type] ?? type).join(' or ');
	return {
		code: 'HS1103',
		message: `${label(path)} has to be ${kinds}, not ${shown(value, written)}`,
		hint: isQuoted ? `write ${cut(value)} without quotes` : `write for example ${asExample(subject)}`,
	};
}

const notAList = (subject: Subject): Sentence => ({
	code: 'HS1103',
	message: `${label(subject.path)} has to be a list, not ${shown(subject.value, subject.written)}`,
	hint: `put it in brackets: \`${lastKey(subject.path)}: [${cut(subject.written ?? textOf(subject.value))}]\``,
});

const otherKind = (subject: Subject): Sentence => ({
	code: 'HS1103',
	message: `${label(subject.path)} has to be ${kinds(subject)}, not ${kindOf(subject.value)}`,
	hint: `write for example ${asExample(subject)}`,
});

export const otherLanguage = ({ written, value }: Subject): Sentence => ({
	code: 'HS1109',
	message: `this hsctl does not know version ${cut(written ?? textOf(value))} of the language`,
	hint: 'write `hsctl: 1`, without quotes',
});

/** Neither of the words. `maps`: what else could be here, as keys of a map with an example each. */
export function otherWord(
	subject: Subject,
	meant: string | undefined,
	maps: Readonly<Record<string, unknown>>,
): Sentence {
	const { path, value, words, written } = subject;
	const message = `${label(path)} cannot be ${shown(value, written)}`;
	const kind = textOf(value);
	if (Object.hasOwn(maps, kind)) {
		const example = inlineYaml({ [kind]: maps[kind] });
		return { code: 'HS1104', message, hint: `it needs to say more, for example \`${lastKey(path)}: ${example}\`` };
	}
	if (meant !== undefined) return { code: 'HS1104', message, hint: `did you mean \`${meant}\`?` };
	const keys = Object.keys(maps);
	const more = keys.length === 0 ? '' : `, or a map with one of: ${enumeration(keys)}`;
	return { code: 'HS1104', message, hint: `use one of: ${enumeration(words)}${more}` };
}

export const emptyText = (subject: Subject): Sentence => ({
	code: 'HS1105',
	message: `${label(subject.path)} is empty`,
	hint: `write for example ${asExample(subject)}`,
});

export const longText = ({ path, node }: Subject): Sentence => ({
	code: 'HS1107',
	message: `${label(path)} is longer than ${node.maxLength} characters`,
	hint: 'shorten it',
});

export function wrongForm(subject: Subject): Sentence {
	const { path, node, value } = subject;
	const { code, is } = formOf(node);
	const text = textOf(value);
	if (text.includes('${')) return referenceHere(subject);
	if (node.form === 'duration' && /^\d+$/.test(text)) return unitMissing({ ...subject, written: text });
	const given = text === '' ? 'empty' : `\`${cut(text)}\``;
	const message =
		is === undefined ? `${label(path)} cannot be ${given}` : `${label(path)} has to be ${is}, not ${given}`;
	const words =
		subject.words.length === 0
			? ''
			: `, or ${subject.words.map(word => `\`${cut(`${lastKey(path)}: ${word}`)}\``).join(' or ')}`;
	const example = `write for example ${asExample(subject)}${words}`;
	const rule = ruleOf(node);
	return { code, message, hint: rule === undefined || rule === is ? example : `${example}; ${rule}` };
}

const referenceHere = ({ path, value }: Subject): Sentence => ({
	code: 'HS1208',
	message: `${label(path)} cannot hold \`${cut(textOf(value))}\`: it is read before values are known`,
	hint: 'write the value out',
});

export const outOfRange = (subject: Subject): Sentence => ({
	code: 'HS1313',
	message: `${label(subject.path)} has to be between ${subject.node.minimum} and ${subject.node.maximum}, not ${textOf(subject.value)}`,
	hint: `write for example ${asExample(subject)}`,
});

export const tooFew = (subject: Subject): Sentence => ({
	code: 'HS1107',
	message: `${label(subject.path)} needs at least ${subject.node.minItems === 1 ? 'one entry' : `${subject.node.minItems} entries`}`,
	hint: `write for example ${asExample(subject)}, or remove it`,
});

export const tooMany = ({ path, node }: Subject): Sentence => ({
	code: 'HS1107',
	message: `${label(path)} has more than ${node.maxItems} entries`,
	hint: 'split it',
});

export const twice = (text: string, path: Path): Sentence => ({
	code: 'HS1218',
	message: `\`${cut(text)}\` is in ${label(path)} twice`,
	hint: 'remove one of the two',
});

export const unexplained = (which: SchemaName): Sentence => ({
	code: 'HS1108',
	message: `the file does not fit the schema \`${which}\`, and hsctl cannot say where`,
	hint: `check it in an editor that uses \`hsctl schema ${which}\`, and please report this file`,
});

// ---- the words that sentences are made of

interface Form {
	readonly code: DiagnosticCode;
	/** What the value is, with an article; absent where only an example can say it. */
	readonly is?: string;
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
	stateFolder: { code: 'HS1310', is: 'an absolute path on the host' },
	modulePath: { code: 'HS1211', is: 'a path inside the module' },
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
	return known ?? { code: 'HS1105' };
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
		type === 'string' && words.length > 0 ? wordKind(words) : (typeNames[type] ?? type),
	);
	return names.join(' or ');
};

const wordKind = (words: readonly string[]): string =>
	words.length === 1 ? `the word ${enumeration(words)}` : `one of the words ${firstOf(words)}`;

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

/** Words of somebody else's making are shown up to a length that fits on a line. */
const cut = (text: string): string => {
	const line = text.replaceAll(/\s+/g, ' ');
	return line.length > 60 ? `${line.slice(0, 57)}…` : line;
};

const enumeration = (words: readonly string[]): string => words.map(word => `\`${cut(word)}\``).join(', ');

const firstOf = (words: readonly string[]): string =>
	words.length > 3 ? `${enumeration(words.slice(0, 3))}, …` : enumeration(words);

/** What the schema says of the form, as a clause: a schema describes in full sentences. An abbreviation keeps its capitals. */
function ruleOf({ rule, description }: SchemaNode): string | undefined {
	return (rule ?? description)?.replace(/\.$/, '').replace(/^[A-Z](?![A-Z])/, letter => letter.toLowerCase());
}

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
