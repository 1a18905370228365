import {
	accessSync,
	constants,
	existsSync,
	mkdirSync,
	realpathSync,
	renameSync,
	rmSync,
	statSync,
	writeFileSync,
} from 'node:fs';
import { dirname } from 'node:path';
import type { Diagnostic } from '../model/diagnostic.ts';
import { errnoWords } from '../model/errno-words.ts';
import { commandLineProblem } from './problem.ts';

/** Writes a file of the person's, whole or not at all, with the folders above it; or says why that cannot be. */
export function writeOut(file: string, text: string): Diagnostic | undefined {
	const isThere = existsSync(file);
	// A link stays one, and what it names keeps its mode.
	const real = isThere ? realpathSync(file) : file;
	const beside = `${real}.${process.pid}.tmp`;
	try {
		mkdirSync(dirname(real), { recursive: true });
		writeFileSync(beside, text, isThere ? { mode: statSync(real).mode } : {});
		renameSync(beside, real);
		return undefined;
	} catch (error) {
		if (existsSync(beside)) rmSync(beside);
		return cannotWrite(file, error);
	}
}

/** The same for a file of ours that only its owner may read, whatever it was before. */
export function writePrivate(file: string, text: string): Diagnostic | undefined {
	const beside = `${file}.${process.pid}.tmp`;
	try {
		rmSync(beside, { force: true });
		writeFileSync(beside, text, { mode: 0o600, flag: 'wx' });
		renameSync(beside, file);
		return undefined;
	} catch (error) {
		rmSync(beside, { force: true });
		return cannotWrite(file, error);
	}
}

/** Why a file could not be written there, as far as a look can tell. */
export function findNoPlace(file: string): Diagnostic | undefined {
	try {
		if (existsSync(file) && statSync(file).isDirectory()) throw Object.assign(new Error(), { code: 'EISDIR' });
		accessSync(existsSync(file) ? file : dirname(file), constants.W_OK);
		return undefined;
	} catch (error) {
		return cannotWrite(file, error);
	}
}

export const cannotWrite = (file: string, error: unknown): Diagnostic =>
	commandLineProblem(
		'HS1017',
		`${file} cannot be written: ${errnoWords(error)}`,
		'make room or permission there, or name another place',
	);
