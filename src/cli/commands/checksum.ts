import { statSync } from 'node:fs';
import { resolve } from 'node:path';
import { legacyDigest } from '../../language/legacy-digest.ts';
import { treeDigest } from '../../language/tree-digest.ts';
import { repoPath } from '../../model/brand.ts';
import type { Diagnostic } from '../../model/diagnostic.ts';
import { type ExitCode, exitCodes } from '../../model/exit-code.ts';
import type { CliContext, GlobalOptions } from '../context.ts';
import { commandLineProblem, refuse } from '../problem.ts';
import { walkedFolder } from '../walked-folder.ts';

export interface ChecksumOptions extends GlobalOptions {
	readonly legacy?: boolean;
}

/** The digest of a folder as hsctl.lock pins it; with --legacy as the updates of HOMESERVER work it out. */
export async function checksum(folder: string, options: ChecksumOptions, context: CliContext): Promise<ExitCode> {
	const path = resolve(context.cwd, folder);
	const status = statSync(path, { throwIfNoEntry: false });
	if (folder === '' || status === undefined)
		return refuse([problem('HS1001', `${folder === '' ? 'an empty word' : folder} does not exist`)], context);
	if (!status.isDirectory()) return refuse([problem('HS1801', `${folder} is no folder`)], context);
	return options.legacy === true ? legacy(folder, path, options, context) : native(folder, path, context);
}

const problem = (code: Diagnostic['code'], message: string): Diagnostic =>
	commandLineProblem(code, message, 'name the folder of a module');

const refused = (folder: string, because: string): Diagnostic =>
	commandLineProblem(
		'HS1406',
		`${folder} has no checksum: ${because}`,
		'rename or remove the entry, or give permission to read it',
	);

async function native(folder: string, path: string, context: CliContext): Promise<ExitCode> {
	const repository = await context.composition.openRepository({ root: path, path: repoPath('') });
	const digest = treeDigest(repoPath(''), repository);
	if (!digest.ok) return refuse([refused(folder, digest.error)], context);
	context.stdout.write(`${digest.value}  ${folder}\n`);
	return exitCodes.success;
}

function legacy(folder: string, path: string, { quiet }: ChecksumOptions, context: CliContext): ExitCode {
	const digest = legacyDigest(walkedFolder(path));
	if (!digest.ok) return refuse([refused(folder, digest.error)], context);
	const { hex, ambiguous } = digest.value;
	context.stdout.write(`${hex}  ${folder}\n`);
	if (ambiguous.length > 0 && quiet !== true)
		context.stderr.write(
			`Folders lie beside each other in ${ambiguous.join(', ')}: another machine may list them in another order, and have another checksum of the same files.\n`,
		);
	return exitCodes.success;
}
