import locksText from '../host/locks.sh';
import { memoryText } from '../host/runner.ts';
import statusText from '../host/status.sh';
import wholeMemoryText from '../host/whole-memory.sh';
import { Command, sh } from '../model/command.ts';
import type { HostStatus } from '../model/host-status.ts';
import type { Host } from '../model/inventory.ts';
import { fail, ok, type Result } from '../model/result.ts';
import type { Become } from '../model/unit.ts';
import type { ShellProgram } from '../ports/connection.ts';
import { type AskContext, askOnce, withLastWord } from './exchange.ts';
import { readFrames } from './frames.ts';
import { framed } from './probe-program.ts';
import { locateState, program } from './program.ts';
import { readStatus } from './read-status.ts';

/** What is so on a host, in one exchange; or in one clause why it could not be asked. Writes nothing. */
export async function lookAtStatus(
	host: Host,
	become: Become,
	asking: AskContext,
): Promise<Result<HostStatus, string>> {
	const answer = await askOnce({ host, become }, nonce => statusProgram(host, nonce), asking);
	if (!answer.ok) return fail(answer.because);
	const frames = new Map(readFrames(answer.stdout, answer.nonce).map(({ name, text }) => [name, text]));
	const unsafe = /^unsafe (.*)/.exec(frames.get('lock') ?? '')?.[1];
	if (unsafe !== undefined) return fail(`the folder of its memory cannot be trusted: ${unsafe}`);
	const status = readStatus(frames);
	return status === undefined ? fail(withLastWord('its answer was cut off', answer.stderr)) : ok(status);
}

const statusProgram = ({ stateDir }: Host, nonce: string): ShellProgram =>
	program(
		sh`hs_nonce=${nonce}`,
		...[memoryText, wholeMemoryText, locksText, statusText].map(Command.trusted),
		locateState(stateDir),
		sh`hs_identity`,
		framed('machine', sh`printf %s "$hs_machine_id"`),
		framed('lock', sh`hs_show_lock`),
		framed('pending', sh`hs_memory_pending`),
		framed('changes', sh`hs_show_changes`),
		framed('ends', sh`hs_show_ends`),
		framed('starts', sh`hs_show_starts`),
		framed('memory', sh`hs_memory_all`),
		framed('end', sh`:`),
	);
