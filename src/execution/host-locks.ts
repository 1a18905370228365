import locksText from '../host/locks.sh';
import { memoryText } from '../host/runner.ts';
import { asRunId } from '../model/brand.ts';
import { Command, sh } from '../model/command.ts';
import type { HostLock } from '../model/host-lock.ts';
import type { Host } from '../model/inventory.ts';
import { fail, ok, type Result } from '../model/result.ts';
import type { Become } from '../model/unit.ts';
import type { ShellProgram } from '../ports/connection.ts';
import { type AskContext, askOnce, withLastWord } from './exchange.ts';
import { readFrames } from './frames.ts';
import { locateState, program } from './program.ts';

/** Who holds the lock of a host, in one exchange; or why it could not be asked. Writes nothing. */
export async function lookAtLock(host: Host, become: Become, asking: AskContext): Promise<Result<HostLock, string>> {
	const answer = await ask(host, become, nonce => locksProgram(host, nonce, sh`hs_show_lock`), asking);
	if (!answer.ok) return answer;
	const lock = readLock(answer.value);
	return lock === undefined ? fail('it did not answer who holds its lock') : ok(lock);
}

/** `free`: nobody holds it any more · `other`: somebody else does by now. */
export type Taken = 'taken' | 'free' | 'other';

/** Takes the lock away from a run, under the number that was seen. `who` is written beside it. */
export async function takeLockAway(
	host: Host,
	become: Become,
	{ fence, run, who }: { readonly fence: number; readonly run: string; readonly who: string },
	asking: AskContext,
): Promise<Result<Taken, string>> {
	const take = sh`hs_take_away ${fence} ${run} ${who}`;
	const answer = await ask(host, become, nonce => locksProgram(host, nonce, take), asking);
	if (!answer.ok) return answer;
	const word = answer.value.trim();
	return word === 'taken' || word === 'free' || word === 'other' ? ok(word) : fail('its folder could not be written');
}

async function ask(
	host: Host,
	become: Become,
	programFor: (nonce: string) => ShellProgram,
	asking: AskContext,
): Promise<Result<string, string>> {
	const answer = await askOnce({ host, become }, programFor, asking);
	if (!answer.ok) return fail(answer.because);
	const frame = readFrames(answer.stdout, answer.nonce).find(({ name }) => name === 'lock');
	if (frame === undefined) return fail(withLastWord('it did not answer who holds its lock', answer.stderr));
	const unsafe = /^unsafe (.*)/.exec(frame.text)?.[1];
	return unsafe === undefined ? ok(frame.text) : fail(`the folder of its memory cannot be trusted: ${unsafe}`);
}

const locksProgram = ({ stateDir }: Host, nonce: string, command: Command): ShellProgram =>
	program(
		sh`hs_nonce=${nonce}`,
		Command.trusted(memoryText),
		Command.trusted(locksText),
		locateState(stateDir),
		sh`hs_frame lock "$(${command})"`,
	);

/** The print of `hs_show_lock`; `undefined` for what it cannot have printed. */
export function readLock(print: string): HostLock | undefined {
	if (print.trim() === 'free') return { kind: 'free' };
	const [, held, fence, ms, json = ''] = /^(working|orphaned) (\d{1,9}) (-?\d+) (\{.*\})\s*$/.exec(print) ?? [];
	const owner = held === undefined ? undefined : parse(json);
	if (owner === undefined) return undefined;
	const text = (name: string): string => (typeof owner[name] === 'string' ? owner[name] : 'unknown');
	return {
		kind: 'held',
		fence: Number(fence),
		run: asRunId(text('run')),
		user: text('user'),
		controller: text('controller'),
		pid: Number(owner.pid),
		heldMs: Math.max(0, Number(ms)),
		isOrphaned: held === 'orphaned',
	};
}

function parse(json: string): Readonly<Record<string, unknown>> | undefined {
	try {
		return JSON.parse(json);
	} catch {
		return undefined;
	}
}
