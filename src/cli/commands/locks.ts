import { lookAtLock } from '../../execution/host-locks.ts';
import { type ExitCode, exitCodes } from '../../model/exit-code.ts';
import { locksJson, locksText } from '../../outputs/locks.ts';
import { visibleLine } from '../../outputs/visible.ts';
import { askHosts } from '../ask-hosts.ts';
import type { CliContext } from '../context.ts';
import type { HostOptions } from '../hosts-to-ask.ts';

/** Who holds the lock of which host, since when, and whether the holder is alive. */
export async function locks(options: HostOptions, context: CliContext): Promise<ExitCode> {
	const answers = await askHosts(options, context, lookAtLock);
	if (!answers.ok) return answers.error;
	const { stdout, stderr } = context;
	stdout.write(options.json === true ? locksJson(answers.value) : locksText(answers.value, stdout));
	const silent = answers.value.flatMap(({ host, answer }) =>
		answer.ok ? [] : [`${host}: ${visibleLine(answer.error)}`],
	);
	for (const line of silent) stderr.write(`hsctl: ${line}\n`);
	return silent.length > 0 ? exitCodes.unreachable : exitCodes.success;
}
