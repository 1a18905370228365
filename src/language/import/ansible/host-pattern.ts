import { fail, ok, type Result } from '../../../model/result.ts';

/** The hosts that one word of an Ansible inventory stands for, and the port behind it. */
export interface HostPattern {
	readonly names: readonly string[];
	readonly port?: number;
}

export type PatternProblem =
	| { readonly kind: 'malformed'; readonly message: string }
	| { readonly kind: 'too_many'; readonly count: number };

/** `web[01:50:2].example.org:2222`: ranges of numbers and letters, any number of them, and a port. At most `most` names. */
export function readHostPattern(word: string, most: number): Result<HostPattern, PatternProblem> {
	const [address, port] = portOf(word);
	if (address === '') return malformed('there is no host name here');
	if (port === undefined && word.endsWith(':')) return malformed(`\`${word}\` ends in a colon, and no port follows`);
	const pieces = piecesOf(address);
	if (!pieces.ok) return pieces;
	const count = pieces.value.reduce((product, { choices }) => product * choices.count, 1);
	if (count > most) return fail({ kind: 'too_many', count });
	return ok({ names: combined(pieces.value), ...(port === undefined ? {} : { port }) });
}

const malformed = (message: string): Result<never, PatternProblem> => fail({ kind: 'malformed', message });

/** A port stands behind a name, an IPv4 address, or brackets; behind anything else the colon is a part of the name. */
function portOf(word: string): readonly [address: string, port: number | undefined] {
	const [, bracketed, behindBrackets] = /^\[(.+)\]:([0-9]+)$/.exec(word) ?? [];
	if (bracketed !== undefined && isAddress(bracketed)) return [bracketed, Number(behindBrackets)];
	const [, plain, behind] = /^((?:[^:[\]]|\[[^\]]*\])*):([0-9]+)$/.exec(word) ?? [];
	return plain !== undefined && isAddress(plain) ? [plain, Number(behind)] : [word, undefined];
}

const range = String.raw`\[(?:[a-z]:[a-z]|[0-9a-f]+:[0-9a-f]+)(?::[0-9]+)?\]`;
const name = new RegExp(String.raw`^(?:[\p{L}\p{N}_.-]|${range})+$`, 'iu');
const ipv6 = new RegExp(`^(?:[0-9a-f:.]|${range})+$`, 'i');

const isAddress = (text: string): boolean =>
	(name.test(text) && !/^[.-]|[_-]$/.test(text)) || (ipv6.test(text) && text.replace(/\[[^\]]*\]/g, '').includes(':'));

/** Text, and behind it what may stand there; the last piece has one choice, which is empty. */
interface Piece {
	readonly before: string;
	readonly choices: Choices;
}

interface Choices {
	readonly count: number;
	at(index: number): string;
}

const nothing: Choices = { count: 1, at: () => '' };

function piecesOf(address: string): Result<readonly Piece[], PatternProblem> {
	const pieces: Piece[] = [];
	let rest = address;
	for (let open = rest.indexOf('['); open !== -1; open = rest.indexOf('[')) {
		const close = rest.indexOf(']', open);
		if (close === -1) return malformed(`\`${address}\` opens a range with \`[\` and does not close it`);
		const choices = choicesOf(rest.slice(open + 1, close));
		if (!choices.ok) return choices;
		pieces.push({ before: rest.slice(0, open), choices: choices.value });
		rest = rest.slice(close + 1);
	}
	if (rest.includes(']')) return malformed(`\`${address}\` closes a range with \`]\` that it has not opened`);
	return ok([...pieces, { before: rest, choices: nothing }]);
}

const letters = 'abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ';

function choicesOf(text: string): Result<Choices, PatternProblem> {
	const bounds = text.split(':');
	const [from = '', to = '', stepText = '1'] = bounds;
	const step = Number(stepText);
	if (bounds.length < 2 || bounds.length > 3 || to === '' || !/^[0-9]{1,9}$/.test(stepText) || step === 0)
		return malformed(`\`[${text}]\` is not a range such as \`[1:9]\`, \`[01:50:2]\` or \`[a:f]\``);
	const isLetters = /^[A-Za-z]$/.test(from) && /^[A-Za-z]$/.test(to);
	if (!isLetters && !/^[0-9]{0,15} [0-9]{1,15}$/.test(`${from} ${to}`))
		return malformed(`\`[${text}]\` is a range of neither numbers nor single letters`);
	if (/^0./.test(from) && from.length !== to.length)
		return malformed(`\`[${text}]\` begins with zeros, and its two ends do not have the same length`);
	const [first, last] = isLetters ? [letters.indexOf(from), letters.indexOf(to)] : [Number(from), Number(to)];
	if (isLetters && first > last) return malformed(`\`[${text}]\` ends before it begins`);
	const digits = /^0./.test(from) ? from.length : 0;
	return ok({
		count: Math.max(0, Math.floor((last - first) / step) + 1),
		at: index => {
			const value = first + index * step;
			return isLetters ? letters.charAt(value) : String(value).padStart(digits, '0');
		},
	});
}

/** Every choice of the first piece with every one of the next: the last range turns fastest. */
function combined(pieces: readonly Piece[]): readonly string[] {
	let heads = [''];
	for (const { before, choices } of pieces)
		heads = heads.flatMap(head =>
			Array.from({ length: choices.count }, (_, index) => `${head}${before}${choices.at(index)}`),
		);
	return heads;
}
