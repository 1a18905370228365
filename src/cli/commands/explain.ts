import { type CodeEntry, diagnosticCodes, isDiagnosticCode } from '../../model/diagnostic-code.ts';
import { type ExitCode, exitCodes } from '../../model/exit-code.ts';
import { explainText } from '../../outputs/plan/explain.ts';
import type { CliContext, GlobalOptions } from '../context.ts';
import { planPlaybooks } from '../plan-playbook.ts';
import { commandLineProblem, refuse } from '../problem.ts';

export interface ExplainOptions extends GlobalOptions {
	readonly playbook?: string;
}

/** A diagnostic's meaning and cure, or why a unit would run on a host: rule → fact → value → file:line. */
export async function explain(
	words: readonly string[],
	options: ExplainOptions,
	context: CliContext,
): Promise<ExitCode> {
	const [first = '', second, ...more] = words;
	if (second === undefined) return explainCode(first, context);
	if (more.length > 0) {
		const message = `explain takes a code, or a host and a unit: \`${more.join(' ')}\` is too much`;
		return refuse([commandLineProblem('HS1801', message, 'write hsctl explain HOST UNIT --playbook FILE')], context);
	}
	if (options.playbook === undefined) {
		return refuse(
			[
				commandLineProblem(
					'HS1801',
					'explain HOST UNIT has to know the playbook',
					'write hsctl explain HOST UNIT --playbook FILE',
				),
			],
			context,
		);
	}
	const [planned] = await planPlaybooks(
		[options.playbook],
		{ ...options, limit: first, target: [second] },
		'do',
		context,
	);
	if (planned === undefined || !planned.ok) return planned?.code ?? exitCodes.invalid;
	const text = explainText(planned.made.plan, first, second, context.stdout);
	if (text === undefined)
		return refuse([commandLineProblem('HS1805', `${second} is not planned for ${first}`, 'see `hsctl plan`')], context);
	context.stdout.write(text);
	return exitCodes.success;
}

function explainCode(word: string, context: CliContext): ExitCode {
	const code = word.toUpperCase();
	if (!isDiagnosticCode(code)) {
		const looksLikeCode = /^HS?\d+$/.test(code);
		const message = looksLikeCode ? `there is no diagnostic ${code}` : `\`${word}\` is not a diagnostic code`;
		const near = looksLikeCode
			? 'see docs/diagnostics.md'
			: 'for a unit, write hsctl explain HOST UNIT --playbook FILE';
		return refuse([commandLineProblem('HS1801', message, `codes look like HS1201; ${near}`)], context);
	}
	const { title, meaning, cure }: CodeEntry = diagnosticCodes[code];
	context.stdout.write(`${code}: ${title}\n\n${meaning}\n\nCure: ${cure}\n`);
	return exitCodes.success;
}
