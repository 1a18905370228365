import { readFileSync, statSync } from 'node:fs';
import { isAbsolute, join } from 'node:path';
import { execa } from 'execa';
import { errnoWords } from '../model/errno-words.ts';
import { fail, ok, type Result } from '../model/result.ts';
import type { SecretSource } from '../model/secret.ts';
import { unreachable } from '../model/unreachable.ts';
import type { SecretStore } from '../ports/secret-store.ts';

export interface SecretSurroundings {
	readonly env: Readonly<Record<string, string | undefined>>;
	/** The repository's folder: relative paths start there, and commands run there. */
	readonly root: string;
}

/** Secrets of this machine: files that only their owner can read, files encrypted with age, variables, and what commands print. */
export function machineSecrets(surroundings: SecretSurroundings): SecretStore {
	return {
		async read(source) {
			const read = await readBytes(source, surroundings);
			return read.ok ? textOf(read.value) : read;
		},
	};
}

async function readBytes(source: SecretSource, surroundings: SecretSurroundings): Promise<Result<Uint8Array, string>> {
	switch (source.kind) {
		case 'env':
			return fromVariable(source.variable, surroundings);
		case 'command':
			return fromCommand(source.words, surroundings);
		case 'file':
			return source.encrypted ? fromAge(source.path, surroundings) : fromFile(source.path, surroundings);
		default:
			return unreachable(source);
	}
}

function fromVariable(name: string, { env }: SecretSurroundings): Result<Uint8Array, string> {
	const value = env[name];
	return value === undefined ? fail(`the environment has no ${name}`) : ok(Buffer.from(value));
}

/** Its own errors may hold what must not be seen: only its name and its exit code are told. */
async function fromCommand(
	words: readonly string[],
	{ env, root }: SecretSurroundings,
): Promise<Result<Uint8Array, string>> {
	const [file = '', ...args] = words;
	const result = await execa(file, args, {
		cwd: root,
		env: { ...env },
		extendEnv: false,
		encoding: 'buffer',
		// A prompt for a passphrase goes to the person, and so do its complaints.
		stdin: 'inherit',
		stderr: 'inherit',
		timeout: commandDeadlineMs,
		maxBuffer: mostBytes,
		reject: false,
	});
	if (result.timedOut) return fail(`\`${file}\` did not end within ${commandDeadlineMs / 1000}s`);
	if (result.isMaxBuffer) return fail(`\`${file}\` printed more than ${mostBytes} bytes`);
	if (result.exitCode === undefined) return fail(`\`${file}\` could not be run: ${errnoWords(result.cause)}`);
	return result.exitCode === 0 ? ok(result.stdout) : fail(`\`${file}\` ended with exit ${result.exitCode}`);
}

function fromFile(path: string, surroundings: SecretSurroundings): Result<Uint8Array, string> {
	const place = placeOf(path, surroundings);
	try {
		const status = statSync(place);
		if ((status.mode & 0o077) !== 0) return fail(`${path} can be read by others; close it with \`chmod 600 ${path}\``);
		return status.size > mostBytes ? fail(`${path} is larger than ${mostBytes} bytes`) : ok(readFileSync(place));
	} catch (error) {
		return fail(whyUnread(path, error));
	}
}

async function fromAge(path: string, surroundings: SecretSurroundings): Promise<Result<Uint8Array, string>> {
	const keyFile = surroundings.env.HSCTL_AGE_KEY_FILE || '~/.config/hsctl/age.key';
	const keys = fromFile(keyFile, surroundings);
	if (!keys.ok) return fail(`${path} is encrypted, and the key for it is missing: ${keys.error}`);
	let sealed: Uint8Array;
	try {
		sealed = readFileSync(placeOf(path, surroundings));
	} catch (error) {
		return fail(whyUnread(path, error));
	}
	const { openAge } = await import('./age.ts');
	return openAge(sealed, Buffer.from(keys.value).toString('utf8'), path, keyFile);
}

const whyUnread = (path: string, error: unknown): string =>
	error instanceof Error && 'code' in error && error.code === 'ENOENT'
		? `${path} does not exist`
		: `${path} cannot be read: ${errnoWords(error)}`;

const placeOf = (path: string, { env, root }: SecretSurroundings): string =>
	path.startsWith('~/') ? join(env.HOME || '/', path.slice(2)) : isAbsolute(path) ? path : join(root, path);

function textOf(bytes: Uint8Array): Result<string, string> {
	try {
		const text = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true }).decode(bytes).replace(/\r?\n$/, '');
		return text === '' ? fail('it is empty') : ok(text);
	} catch {
		return fail('it is not text (UTF-8)');
	}
}

const mostBytes = 64 * 1024;
const commandDeadlineMs = 120_000;
