import { readFileSync } from 'node:fs';
import { resolve } from 'node:path';
import { formatYaml } from '../../language/format.ts';
import { type ExitCode, exitCodes } from '../../model/exit-code.ts';
import type { CliContext, GlobalOptions } from '../context.ts';
import { findPlaybooks } from '../load.ts';
import { refuse } from '../problem.ts';
import { writeOut } from '../write-out.ts';

export interface FmtOptions extends GlobalOptions {
	readonly check?: boolean;
}

/** Formats playbooks the same way everywhere, comments kept; `--check` only says which are not. */
export async function fmt(paths: readonly string[], options: FmtOptions, context: CliContext): Promise<ExitCode> {
	const found = await findPlaybooks(paths.length === 0 ? ['.'] : paths, context);
	if (!found.ok) return refuse(found.error, context);
	let different = 0;
	for (const { path, repository, root } of found.value) {
		const file = resolve(root, path);
		const formatted = formatYaml(readFileSync(file), repository.display(path));
		if (!formatted.ok) return refuse(formatted.error, context);
		if (formatted.value === readFileSync(file, 'utf8')) continue;
		different += 1;
		const problem = options.check === true ? undefined : writeOut(file, formatted.value);
		if (problem !== undefined) return refuse([problem], context);
		if (options.quiet !== true)
			context.stdout.write(`${options.check === true ? 'would format' : 'formatted'} ${repository.display(path)}\n`);
	}
	return options.check === true && different > 0 ? exitCodes.invalid : exitCodes.success;
}
