import type { Host } from '../model/inventory.ts';
import type { Become } from '../model/unit.ts';
import type { Random } from '../ports/clock.ts';
import type { Connector, ShellProgram } from '../ports/connection.ts';

/** What asking a host takes. */
export interface AskContext {
	connectorFor(host: Host): Connector;
	readonly random: Random;
	readonly signal: AbortSignal;
}

/** What a host printed, with the nonce of its frames; or why there is nothing, in one clause. */
export type Answer =
	| {
			readonly ok: true;
			readonly stdout: Uint8Array;
			readonly stderr: string;
			readonly nonce: string;
			/** The way that was taken, where it is not the usual one, and why. */
			readonly by?: string;
	  }
	| { readonly ok: false; readonly because: string };

/** Opens a host and runs one program there. */
export async function askOnce(
	{ host, become }: { readonly host: Host; readonly become: Become },
	makeProgram: (nonce: string) => ShellProgram,
	{ connectorFor, random, signal }: AskContext,
): Promise<Answer> {
	const opened = await connectorFor(host).open(host, become, signal);
	if (!opened.ok) return { ok: false, because: opened.because };
	await using connection = opened.connection;
	const nonce = random.hex(16);
	const result = await connection.exec(makeProgram(nonce), { signal, byteBudget, deadlineMs: lookDeadlineMs });
	if (result.kind === 'lost') return { ok: false, because: result.because };
	const { stdout, stderr } = result;
	return { ok: true, stdout, stderr, nonce, ...(opened.by === undefined ? {} : { by: opened.by }) };
}

/** What a host said on stderr, behind the reason why its answer cannot be used. */
export function withLastWord(because: string, stderr: string): string {
	const said = stderr.trim().split('\n').at(-1) ?? '';
	return said === '' ? because : `${because}: ${said}`;
}

/** 64 KiB a look for a thousand looks: more is a host gone wrong. */
const byteBudget = 64 * 1024 * 1024;
/** Every look is bounded by itself; this bounds a host that is too slow to answer at all. */
const lookDeadlineMs = 10 * 60_000;
