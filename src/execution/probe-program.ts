import { hostFactsLook } from '../facts/host-facts.ts';
import filesText from '../host/files.sh';
import looksText from '../host/looks.sh';
import { memoryText } from '../host/runner.ts';
import { Command, joinCommands, sh } from '../model/command.ts';
import { lookDigest } from '../planning/look-digest.ts';
import type { HostQuestions, UnitQuestion } from '../planning/questions.ts';
import type { ShellProgram } from '../ports/connection.ts';
import { showTexts } from '../units/pool/file-look.ts';
import { contact, locateState, program } from './program.ts';

/**
 * The one program that a plan costs a host: facts, state folder, memory and every look of every unit, each in a frame.
 * It writes nothing. Frames: `clock`, `facts`, `state`, `pending`, `look:<unit>:<look>`, `memory:<unit>`, `end`.
 */
export function probeProgram(questions: HostQuestions, nonce: string, runnerDigest: string): ShellProgram {
	return program(
		sh`hs_nonce=${nonce}`,
		...lookingText,
		...filesFor(questions.units.flatMap(({ looks }) => looks)),
		locateState(questions.host.stateDir),
		framed('clock', sh`date +%s`),
		framed('facts', hostFactsLook()),
		...stateFrames(runnerDigest),
		...questions.units.map(askUnit),
		framed('end', sh`hs_look_here :`),
	);
}

/** Hosts that are alike ask the same at the same place: the text is made once for all of them. */
const askedBefore = new WeakMap<UnitQuestion, { readonly index: number; readonly command: Command }>();

function askUnit(question: UnitQuestion, index: number): Command {
	const before = askedBefore.get(question);
	if (before?.index === index) return before.command;
	const command = joinCommands(framesOf(question, index));
	askedBefore.set(question, { index, command });
	return command;
}

function framesOf(question: UnitQuestion, index: number): readonly Command[] {
	const keys = [question.key, ...(question.undoKey === undefined ? [] : [question.undoKey])];
	const shown = question.kind === 'pool' ? question.shown : undefined;
	return [
		...question.looks.map(({ look }, at) => framedOnce(`look:${index}:${at}`, look)),
		...(shown === undefined ? [] : [showTexts(index, shown)]),
		framed(`memory:${index}`, sh`hs_look_here hs_recall_unit ${question.unit.address} ${keys}`),
	];
}

/** Many units may ask the same: a host looks once. */
function framedOnce(name: string, look: Command): Command {
	if (needsNoProcess(look)) return framed(name, look);
	const known = lookDigest(look).slice(0, 32);
	return joinCommands([
		sh`hs_look_known ${known} || {`,
		printed(look),
		sh`hs_look_know ${known}
}`,
		frame(name),
	]);
}

/**
 * The looks of one unit as a program of their own: the host runs it again right before the unit, and compares. It needs
 * `recheckLibrary` in the file `$HSCTL_LOOKS`, which is there once for all units of a bundle.
 */
export const recheckProgram = (looksOfUnit: readonly Command[]): string =>
	joinCommands([
		sh`. "$HSCTL_LOOKS"`,
		sh`hs_nonce=${recheckNonce}`,
		...looksOfUnit.map((look, at) => framed(`look:${at}`, look)),
	]).text;

/** No secret: the print is compared as a whole, and read only from the file that the host wrote. */
export const recheckNonce = 'look';

/** The state folder, and what is still owed there. */
export const stateFrames = (runnerDigest: string): readonly Command[] => [
	framed('state', sh`hs_memory_state ${runnerDigest}; printf 'path %s\n' "$HSCTL_STATE"`),
	framed('pending', sh`hs_memory_pending`),
];

/**
 * A look runs with its errors silenced, in a subshell unless it says that it needs none (`hs_look_here` in host/looks.sh); its
 * print goes out with its length.
 */
export const framed = (name: string, look: Command): Command => joinCommands([printed(look), frame(name)]);

const printed = (look: Command): Command =>
	needsNoProcess(look)
		? joinCommands([sh`hs_look_framed=yes`, look])
		: joinCommands([sh`hs_print=$(`, look, sh`) 2>/dev/null`]);

const frame = (name: string): Command => sh`hs_frame ${name} "$hs_print"`;

/** A look that the shell takes by itself, and that leaves nothing behind in it. */
export const needsNoProcess = (look: Command): boolean => look.text.startsWith('hs_look_here ');

const looks = Command.trusted(looksText);

/** Some looks need more than others: what they are made of is not sent for nothing. */
export const looksAtFiles = (look: Command): boolean => /^hs_look_(files|undo) /.test(look.text);

/** What these looks are made of beside `lookingText`. */
export const filesFor = (looks: readonly { readonly look: Command }[]): readonly Command[] =>
	looks.some(({ look }) => looksAtFiles(look)) ? [files] : [];

const files = Command.trusted(`${filesText.replaceAll(/^\t*#.*\n/gm, '')}\n`);

/** What looks at the files of a pool are made of, beside `recheckLibrary`. */
export const recheckFiles: string = joinCommands([Command.trusted(memoryText), files]).text;

/** What looks are made of. */
export const recheckLibrary: string = joinCommands([contact, looks]).text;

/** What looks are made of, and what a host remembers with. */
export const lookingText: readonly Command[] = [looks, Command.trusted(memoryText)];
