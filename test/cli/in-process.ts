import { PassThrough } from 'node:stream';
import { commandLine } from '../../src/cli/command-line.ts';
import type { CliContext } from '../../src/cli/context.ts';
import { type Composition, compose } from '../../src/compose.ts';
import type { Ran, Rig } from './rig.ts';

/** The command line in this very process, with real parts: quicker than a program, and a test can put in a part of its own. */
export async function here(
	{ root }: Pick<Rig, 'root'>,
	words: readonly string[],
	{ parts = {}, folder = `${root}/repo` }: { readonly parts?: Partial<Composition>; readonly folder?: string } = {},
): Promise<Ran> {
	const env = { PATH: process.env.PATH, HOME: `${root}/home`, XDG_STATE_HOME: `${root}/controller` };
	const said = { stdout: '', stderr: '' };
	const out = (stream: keyof typeof said): CliContext['stdout'] => ({
		columns: 100,
		color: false,
		unicode: true,
		write: text => {
			said[stream] += text;
		},
	});
	const composition = { ...compose({ env, cwd: folder }), ...parts };
	const context: CliContext = {
		stdout: out('stdout'),
		stderr: out('stderr'),
		composition,
		env,
		cwd: folder,
		terminal: { ...streams, canAsk: false },
		onSignal: () => () => {},
	};
	try {
		return { code: await commandLine(context).run(words), ...said };
	} finally {
		await composition.close();
	}
}

/** Nobody reads or writes them: they only have to be streams. */
const silent = new PassThrough();
const streams = {
	stdin: Object.assign(silent, { fd: 0 as const }) as unknown as NodeJS.ReadStream,
	stdout: silent as unknown as NodeJS.WriteStream,
	stderr: silent as unknown as NodeJS.WriteStream,
};
