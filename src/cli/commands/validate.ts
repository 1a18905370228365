import { loadPlaybook } from '../../language/playbook.ts';
import type { Diagnostic } from '../../model/diagnostic.ts';
import { isError } from '../../model/diagnostic.ts';
import { type ExitCode, exitCodes } from '../../model/exit-code.ts';
import { diagnosticFormats, isDiagnosticFormat } from '../../outputs/diagnostics/registry.ts';
import type { CliContext, GlobalOptions } from '../context.ts';
import { findPlaybooks, readRequest } from '../load.ts';
import { commandLineProblem, refuse } from '../problem.ts';

export interface ValidateOptions extends GlobalOptions {
	readonly format?: string;
	/** Warnings count as errors. */
	readonly strict?: boolean;
}

/** Checks playbooks offline; a folder stands for every playbook in it. All problems at once, in the format that is asked for. */
export async function validate(
	paths: readonly string[],
	options: ValidateOptions,
	context: CliContext,
): Promise<ExitCode> {
	if (options.json === true && options.format !== undefined && options.format !== 'json') {
		const message = `--json and --format ${options.format} contradict each other`;
		return refuse([commandLineProblem('HS1801', message, 'give one of them')], context);
	}
	const format =
		options.format ?? (options.json === true ? 'json' : context.env.GITHUB_ACTIONS === 'true' ? 'github' : 'human');
	if (!isDiagnosticFormat(format)) {
		return refuse(
			[
				commandLineProblem(
					'HS1801',
					`there is no format \`${format}\``,
					`formats are ${Object.keys(diagnosticFormats).join(', ')}`,
				),
			],
			context,
		);
	}
	const found = await findPlaybooks(paths.length === 0 ? ['.'] : paths, context);
	if (!found.ok) {
		context.stdout.write(diagnosticFormats[format](found.error, [], context.stdout));
		return exitCodes.invalid;
	}
	const diagnostics: Diagnostic[] = [];
	for (const { path, repository, root } of found.value) {
		const request = await readRequest(options, root, context);
		if (!request.ok) return refuse(request.error, context);
		const { inventory, set, allowEmpty } = request.value;
		const today = context.composition.clock.now();
		diagnostics.push(
			...loadPlaybook(path, repository, { ...(inventory === undefined ? {} : { inventory }), set, allowEmpty, today })
				.diagnostics,
		);
	}
	const files = found.value.map(({ path, repository }) => repository.display(path));
	// A file for a program is a file without problems, too; a person who wants it quiet wants to hear of problems only.
	if (diagnostics.length > 0 || format !== 'human' || options.quiet !== true)
		context.stdout.write(diagnosticFormats[format](unique(diagnostics), files, context.stdout));
	return diagnostics.some(problem => options.strict === true || isError(problem))
		? exitCodes.invalid
		: exitCodes.success;
}

/** Two playbooks with one inventory would show its problems twice. */
function unique(diagnostics: readonly Diagnostic[]): readonly Diagnostic[] {
	return [...new Map(diagnostics.map(problem => [JSON.stringify(problem), problem])).values()];
}
