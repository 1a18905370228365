import { schemaText } from '../../language/generated/schema-text.generated.ts';
import { nearest } from '../../language/suggest.ts';
import { type ExitCode, exitCodes } from '../../model/exit-code.ts';
import type { CliContext } from '../context.ts';
import { commandLineProblem, refuse } from '../problem.ts';

/** Prints a JSON Schema (draft-07), for editors. */
export async function schema(name: string, context: CliContext): Promise<ExitCode> {
	const text = new Map<string, string>(Object.entries(schemaText)).get(name);
	if (text === undefined) {
		const near = nearest(name, Object.keys(schemaText));
		const hint = near === undefined ? `schemas are ${Object.keys(schemaText).join(', ')}` : `did you mean \`${near}\`?`;
		return refuse([commandLineProblem('HS1801', `there is no schema \`${name}\``, hint)], context);
	}
	context.stdout.write(text.endsWith('\n') ? text : `${text}\n`);
	return exitCodes.success;
}
