import { Command, CommanderError, InvalidArgumentError, Option } from 'commander';
import { type ExitCode, exitCodes } from '../model/exit-code.ts';
import { version } from '../version.ts';
import type { CliContext } from './context.ts';

/** Every verb and flag. A verb's code is loaded when it is used. */
export function commandLine(context: CliContext): { run(words: readonly string[]): Promise<ExitCode> } {
	let code: ExitCode = exitCodes.success;
	const program = new Command('hsctl');
	/** Commander's actions give nothing back; the code is kept here. */
	const does =
		<Args extends readonly unknown[]>(work: (...args: Args) => Promise<ExitCode>) =>
		async (...args: Args): Promise<void> => {
			code = await work(...args);
		};

	program
		.description(
			'Keeps Linux machines patched: plans what would happen and why, and does it so that nothing runs twice.',
		)
		.version(version, '-V, --version')
		.helpOption('-h, --help')
		.showSuggestionAfterError()
		.showHelpAfterError('(see hsctl --help)')
		.exitOverride()
		.configureOutput({
			writeOut: text => context.stdout.write(text),
			writeErr: text => context.stderr.write(text.replace(/^error: /, 'hsctl: ')),
		})
		.addHelpText('after', helpEnd);

	withSelection(program.command('plan'))
		.argument('<playbooks...>', 'playbooks, or folders of them')
		.summary('say what would happen on every host, and why; writes nothing there')
		.option('-o, --out <file>', 'save the plan, to apply this very one')
		.option('--detailed-exitcode', 'exit 2 when changes are pending')
		.option('--markdown', 'for a comment on a pull request')
		.action(
			does(async (words: string[], options) => (await import('./commands/plan.ts')).plan(words, options, context)),
		);
	withSelection(program.command('apply'))
		.argument('<playbooks...>', 'playbooks, or one saved plan')
		.summary('plan, ask, and apply that very plan; or apply a saved plan')
		.option('-y, --yes', 'do not ask')
		.addOption(answerOption())
		.action(
			does(async (words: string[], options) => (await import('./commands/apply.ts')).apply(words, options, context)),
		);
	withSelection(program.command('validate'))
		.argument('[paths...]', 'playbooks, or folders of them', ['.'])
		.summary('check playbooks offline; all problems at once')
		.option('--format <format>', 'human, json, sarif, junit, github or gitlab')
		.option('--strict', 'warnings count as errors')
		.action(
			does(async (paths: string[], options) =>
				(await import('./commands/validate.ts')).validate(paths, options, context),
			),
		);
	withSelection(program.command('lock'))
		.argument('[paths...]', 'playbooks, or folders of them', ['.'])
		.summary('pin every script and module in hsctl.lock')
		.option('--check', 'only compare; exit 3 when something differs')
		.action(
			does(async (paths: string[], options) => (await import('./commands/lock.ts')).lock(paths, options, context)),
		);
	withSelection(program.command('rollback'))
		.argument('<what>', 'a unit (hotfix.git_cve), or a run')
		.summary('take back hotfixes by their undo scripts')
		.option('--playbook <file>', 'where the unit is, when the history does not tell')
		.option('-y, --yes', 'do not ask')
		.action(
			does(async (what: string, options) => (await import('./commands/rollback.ts')).rollback(what, options, context)),
		);
	withOutput(program.command('attach'))
		.argument('[run]', 'a run, or `last`', 'last')
		.summary('watch a run to its end, whoever began it')
		.option('-P, --parallel <number>', 'hosts at once', wholeNumber)
		.action(does(async (run: string, options) => (await import('./commands/attach.ts')).attach(run, options, context)));
	withOutput(program.command('cancel'))
		.argument('<run>', 'a run, or `last`')
		.summary('end what a run does on its hosts now')
		.action(does(async (run: string) => (await import('./commands/cancel.ts')).cancel(run, context)));
	withOutput(program.command('resume'))
		.argument('[run]', 'a run, or `last`', 'last')
		.summary('plan again what a run did not bring to a good end')
		.option('--only <outcomes>', 'failed, unreachable, unknown, not_started', list)
		.option('-y, --yes', 'do not ask')
		.addOption(answerOption())
		.action(does(async (run: string, options) => (await import('./commands/resume.ts')).resume(run, options, context)));
	withOutput(program.command('show'))
		.argument('<what>', 'a saved plan, a run, or `last`')
		.summary('a saved plan, or what a run did')
		.action(does(async (what: string, options) => (await import('./commands/show.ts')).show(what, options, context)));
	withSelection(program.command('logs'))
		.argument('[run]', 'a run, or `last`', 'last')
		.summary('what the units of a run printed')
		.option('-f, --follow', 'go on until the run is over')
		.action(does(async (run: string, options) => (await import('./commands/logs.ts')).logs(run, options, context)));
	withOutput(program.command('history'))
		.summary('the latest runs')
		.option('-n, --limit-runs <number>', 'how many', wholeNumber, 20)
		.action(does(async options => (await import('./commands/history.ts')).history(options, context)));
	withSelection(program.command('graph'))
		.argument('<playbook>')
		.summary('which unit needs which, as a picture')
		.option('--format <format>', 'mermaid or dot', 'mermaid')
		.action(
			does(async (playbook: string, options) =>
				(await import('./commands/graph.ts')).graph(playbook, options, context),
			),
		);
	withSelection(program.command('explain'))
		.argument('<words...>', 'a diagnostic code, or a host and a unit')
		.summary("a diagnostic's meaning and cure; or why a unit would run on a host")
		.option('--playbook <file>', 'the playbook with the unit')
		.action(
			does(async (words: string[], options) =>
				(await import('./commands/explain.ts')).explain(words, options, context),
			),
		);
	withOutput(program.command('schema'))
		.argument('[name]', 'playbook, inventory, module or config', 'playbook')
		.summary('print a JSON Schema, for editors')
		.action(does(async (name: string) => (await import('./commands/schema.ts')).schema(name, context)));
	withOutput(program.command('init'))
		.argument('[folder]', 'where', '.')
		.summary('write a small repository that works at once')
		.action(does(async (folder: string) => (await import('./commands/init.ts')).init(folder, context)));
	withOutput(program.command('fmt'))
		.argument('[paths...]', 'playbooks, or folders of them', ['.'])
		.summary('format playbooks, comments kept')
		.option('--check', 'only say which are not formatted; exit 3')
		.action(does(async (paths: string[], options) => (await import('./commands/fmt.ts')).fmt(paths, options, context)));
	withOutput(program.command('audit'))
		.argument('<verify>', 'verify')
		.summary('verify: follow the chain of the audit file')
		.action(
			does(async (word: string) => {
				if (word !== 'verify') throw new InvalidArgumentError(`audit knows \`verify\`, not \`${word}\``);
				return (await import('./commands/audit.ts')).auditVerify(context);
			}),
		);

	return {
		async run(words) {
			if (words.length === 0) {
				program.outputHelp();
				return exitCodes.success;
			}
			try {
				await program.parseAsync([...understood(words, context)], { from: 'user' });
			} catch (error) {
				if (!(error instanceof CommanderError)) throw error;
				return error.exitCode === 0 ? exitCodes.success : exitCodes.invalid;
			}
			return code;
		},
	};
}

/** `--check` on apply is what other tools call a dry run: it is understood, with a word on how it is called here. */
function understood(words: readonly string[], { stderr }: CliContext): readonly string[] {
	if (words[0] !== 'apply' || !words.includes('--check')) return words;
	stderr.write('hsctl: apply --check is called `hsctl plan`\n');
	return ['plan', ...words.slice(1).filter(word => word !== '--check' && word !== '--yes' && word !== '-y')];
}

const withSelection = (command: Command): Command =>
	withOutput(command)
		.option('-i, --inventory <file>', 'another inventory than the playbook names')
		.option('-l, --limit <hosts>', 'only these hosts: "web - web1"')
		.option('-t, --tags <tags>', 'only units with one of these tags', list, [])
		.option('--target <address>', 'only this unit and what it needs; * and ? match', gather, [])
		.option('--set <name=value>', 'a variable, over playbook and inventory', gather, [])
		.option('-P, --parallel <number>', 'hosts at once', wholeNumber)
		.option('--allow-empty', 'a selection may match no host');

const withOutput = (command: Command): Command =>
	command
		.option('--json', 'for programs')
		.option('--report <kind=file>', 'also write a report: junit=FILE', gather, [])
		.addOption(new Option('--tui <when>', 'the live screen').choices(['auto', 'on', 'off']).default('auto'))
		.option('--no-color', 'no colours (also NO_COLOR)')
		.option('-q, --quiet', 'less')
		.option('-v, --verbose', 'more');

const answerOption = (): Option =>
	new Option(
		'--answer <unit=word>',
		'on a start with an unknown end: hotfix.x=retry, or =done to record that it was done',
	)
		.argParser(gather)
		.default([]);

const gather = (word: string, before: readonly string[]): readonly string[] => [...before, word];

const list = (words: string, before: readonly string[] = []): readonly string[] => [
	...before,
	...words.split(',').map(word => word.trim()),
];

function wholeNumber(word: string): number {
	if (!/^[1-9]\d{0,5}$/.test(word)) throw new InvalidArgumentError('It has to be a whole number from 1.');
	return Number(word);
}

const helpEnd = `
Start:
  hsctl init my-fleet               a small repository that works at once
  hsctl plan playbooks/first.yaml   what would happen, and why
  hsctl apply playbooks/first.yaml  do it

Exit codes: 0 success · 3 invalid input · 4 unreachable · 5 failed · 6 look at it · 7 refused · 8 no host · 9 incomplete · 130 interrupted`;
