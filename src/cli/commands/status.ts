import { lookAtStatus } from '../../execution/look-at-status.ts';
import { isStuck } from '../../execution/read-status.ts';
import { type ExitCode, exitCodes, highestOf } from '../../model/exit-code.ts';
import { type StatusAnswers, statusText } from '../../outputs/status/human.ts';
import { statusJson } from '../../outputs/status/json.ts';
import { visibleLine } from '../../outputs/visible.ts';
import { askHosts } from '../ask-hosts.ts';
import type { CliContext } from '../context.ts';
import type { HostOptions } from '../hosts-to-ask.ts';

/** What is so on the hosts by their own records: what is at work, what was interrupted, what was done, what can be taken back. */
export async function status(options: HostOptions, context: CliContext): Promise<ExitCode> {
	const answers = await askHosts(options, context, lookAtStatus);
	if (!answers.ok) return answers.error;
	const { stdout, stderr } = context;
	stdout.write(options.json === true ? statusJson(answers.value) : statusText(answers.value, stdout));
	if (options.json === true)
		for (const { host, answer } of answers.value)
			if (!answer.ok) stderr.write(`hsctl: ${host}: ${visibleLine(answer.error)}\n`);
	return exitCodeOf(answers.value);
}

const exitCodeOf = (answers: StatusAnswers): ExitCode =>
	highestOf(
		answers.map(({ answer }) => {
			if (!answer.ok) return exitCodes.unreachable;
			return isStuck(answer.value) ? exitCodes.attention : exitCodes.success;
		}),
	);
