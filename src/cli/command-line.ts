import { Command, CommanderError, Option } from 'commander';
import { importFormats } from '../language/import/format.ts';
import { type ExitCode, exitCodes } from '../model/exit-code.ts';
import { version } from '../version.ts';
import type { CliContext } from './context.ts';
import {
	gather,
	list,
	union,
	wholeNumber,
	withAnswer,
	withDiff,
	withHostSource,
	withHosts,
	withInventory,
	withJson,
	withLimit,
	withLook,
	withParallel,
	withReading,
	withRunning,
	withScreen,
	withTarget,
} from './options.ts';
import { type HistoryUse, refuseHistory } from './refuse-history.ts';
import { understand } from './understood.ts';

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
	/** The same for verbs that cannot do without the history: said before anything is planned, asked or done. */
	const doesWith = <Args extends readonly unknown[]>(use: HistoryUse, work: (...args: Args) => Promise<ExitCode>) =>
		does(async (...args: Args) => (await refuseHistory(use, context)) ?? (await work(...args)));

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
	const verb = (name: string, does: string): Command =>
		program.command(name).summary(does).description(does).showHelpAfterError(`(see hsctl ${name} --help)`);

	withTarget(
		withLimit(
			withReading(
				withDiff(
					withParallel(withJson(verb('plan', 'say what would happen on every host, and why; writes nothing there'))),
				),
			),
		),
	)
		.argument('<playbooks...>', 'playbooks, or folders of them')
		.option('-o, --out <file>', 'save the plan, to apply this very one')
		.option('--detailed-exitcode', 'exit 2 when changes are pending')
		.option('--facts <folder>', 'contact no host: decide from what `hsctl facts --save` has kept')
		.addOption(new Option('--markdown', 'for a comment on a pull request').conflicts('json'))
		.action(
			does(async (words: string[], options) => (await import('./commands/plan.ts')).plan(words, options, context)),
		);
	withTarget(
		withLimit(
			withReading(
				withAnswer(withDiff(withRunning(verb('apply', 'plan, ask, and apply that very plan; or apply a saved plan')))),
			),
		),
	)
		.argument('<playbooks...>', 'playbooks, or one saved plan')
		.action(
			doesWith('write', async (words: string[], options) =>
				(await import('./commands/apply.ts')).apply(words, options, context),
			),
		);
	withReading(withJson(verb('validate', 'check playbooks offline; all problems at once')))
		.argument('[paths...]', 'playbooks, or folders of them (default: this folder)')
		.option('--format <format>', 'human, json, sarif, junit, github or gitlab')
		.option('--strict', 'warnings count as errors')
		.action(
			does(async (paths: string[], options) =>
				(await import('./commands/validate.ts')).validate(paths, options, context),
			),
		);
	verb('lock', 'pin every script and module in hsctl.lock')
		.argument('[paths...]', 'playbooks, or folders of them (default: this folder)')
		.option('--check', 'only compare; exit 3 when something differs')
		.action(
			does(async (paths: string[], options) => (await import('./commands/lock.ts')).lock(paths, options, context)),
		);
	withLimit(withReading(withRunning(verb('rollback', 'take back what a unit or a run has changed'))))
		.argument('<what>', 'a unit (pool.website, hotfix.git_cve), a run, or `last`')
		.option('--playbook <file>', 'where the unit is, when the history does not tell')
		.action(
			doesWith('write', async (what: string, options) =>
				(await import('./commands/rollback.ts')).rollback(what, options, context),
			),
		);
	withHostSource(withScreen(verb('attach', 'watch a run to its end, whoever began it')))
		.argument('[run]', 'a run, or `last`', 'last')
		.action(
			doesWith('read', async (run: string, options) =>
				(await import('./commands/attach.ts')).attach(run, options, context),
			),
		);
	withHostSource(withParallel(verb('cancel', 'end what a run does on its hosts now')))
		.argument('<run>', 'a run, or `last`')
		.option('-l, --limit <hosts>', 'only on these hosts of the run: "web - web1"', union)
		.option('--kill', 'say it again after ten seconds, which kills what is deaf to TERM')
		.action(
			doesWith('read', async (run: string, options) =>
				(await import('./commands/cancel.ts')).cancel(run, options, context),
			),
		);
	withHostSource(withAnswer(withDiff(withRunning(verb('resume', 'plan again what a run did not bring to a good end')))))
		.argument('[run]', 'a run, or `last`', 'last')
		.option('--only <outcomes>', 'failed, unreachable, unknown, not_started', list)
		.action(
			doesWith('write', async (run: string, options) =>
				(await import('./commands/resume.ts')).resume(run, options, context),
			),
		);
	withDiff(withJson(verb('show', 'a saved plan, or what a run did')))
		.argument('<what>', 'a saved plan, a run, or `last`')
		.action(does(async (what: string, options) => (await import('./commands/show.ts')).show(what, options, context)));
	withHostSource(withJson(verb('logs', 'what the units of a run printed')))
		.argument('[run]', 'a run, or `last`', 'last')
		.option('-f, --follow', 'go on until the run is over')
		.option('-l, --limit <hosts>', 'only these hosts of the run: "web - web1"', union)
		.option('--target <address>', 'only these units; * and ? match', gather)
		.action(
			doesWith('read', async (run: string, options) =>
				(await import('./commands/logs.ts')).logs(run, options, context),
			),
		);
	withHosts(withHostSource(withJson(verb('history', 'the latest runs'))))
		.option('-n, --limit-runs <number>', 'how many', wholeNumber, 20)
		.option('--from-hosts', 'ask the hosts for the runs they remember, and keep those that are missing here')
		.action(does(async options => (await import('./commands/history.ts')).history(options, context)));
	withReading(verb('graph', 'which unit needs which, as a picture'))
		.argument('<playbook>')
		.option('--format <format>', 'mermaid or dot', 'mermaid')
		.action(
			does(async (playbook: string, options) =>
				(await import('./commands/graph.ts')).graph(playbook, options, context),
			),
		);
	withReading(verb('explain', "a diagnostic's meaning and cure; or why a unit would run on a host"))
		.argument('<words...>', 'a diagnostic code, or a host and a unit')
		.option('--playbook <file>', 'the playbook with the unit')
		.action(
			does(async (words: string[], options) =>
				(await import('./commands/explain.ts')).explain(words, options, context),
			),
		);
	withLimit(
		withReading(
			withParallel(withJson(verb('facts', 'what hosts tell of themselves; to be kept, too, for plans without them'))),
		),
	)
		.argument('[playbooks...]', 'playbooks, or folders of them: their looks are taken too')
		.option('--save <folder>', 'keep them, a file a host, for `hsctl plan --facts`')
		.action(
			does(async (words: string[], options) => (await import('./commands/facts.ts')).facts(words, options, context)),
		);
	withHosts(
		withInventory(withJson(verb('inventory', 'list, graph, show HOST: who is selected, and what holds for them'))),
	)
		.argument('<words...>', 'list, graph, or show and a host')
		.option('--format <format>', 'of graph: text, mermaid or dot')
		.action(
			does(async (words: string[], options) =>
				(await import('./commands/inventory.ts')).inventory(words, options, context),
			),
		);
	withHostSource(withParallel(withJson(verb('doctor', 'what would stop a run on a host, and what helps'))))
		.argument('<hosts...>', 'hosts and groups of the inventory; all for every one')
		.action(
			does(async (hosts: string[], options) => (await import('./commands/doctor.ts')).doctor(hosts, options, context)),
		);
	withHosts(
		withParallel(
			withHostSource(withJson(verb('locks', 'who holds the lock of which host, since when, and whether alive'))),
		),
	).action(does(async options => (await import('./commands/locks.ts')).locks(options, context)));
	withHosts(
		withParallel(
			withHostSource(
				withJson(verb('status', 'what is so on the hosts: at work, interrupted, done, and what can be undone')),
			),
		),
	).action(does(async options => (await import('./commands/status.ts')).status(options, context)));
	withHostSource(verb('unlock', 'take the lock of a host away from a run that does not give it back'))
		.argument('<host>')
		.argument('[lock]', 'the id of the lock, as `hsctl locks` shows it')
		.option('-y, --yes', 'do not ask')
		.action(
			does(async (host: string, lock: string | undefined, options) =>
				(await import('./commands/unlock.ts')).unlock(host, lock, options, context),
			),
		);
	verb('schema', 'print a JSON Schema, for editors')
		.argument('[name]', 'playbook, inventory, module or config', 'playbook')
		.action(does(async (name: string) => (await import('./commands/schema.ts')).schema(name, context)));
	verb('init', 'write a small repository that works at once')
		.argument('[folder]', 'where', '.')
		.action(
			does(async (folder: string, options) => (await import('./commands/init.ts')).init(folder, options, context)),
		);
	verb('import', 'make an inventory or a playbook of what other tools know')
		.argument(
			'<files...>',
			'inventories of Ansible, ssh configs, or JSON of HOMESERVER and NannyAPI; or folders of them',
		)
		.option('-o, --out <file>', 'write it there instead of printing it')
		.option('--force', 'replace the file that is there')
		.option('--seed-state <file>', 'also write down what has run before, so that it need not run again')
		.addOption(new Option('--from <format>', 'what the files are, when that is not seen').choices(importFormats))
		.action(
			does(async (files: string[], options) =>
				(await import('./commands/import.ts')).importFrom(files, options, context),
			),
		);
	verb('checksum', 'the digest of a folder, as hsctl.lock pins it')
		.argument('<folder>', 'the folder of a module')
		.option('--legacy', 'as the updates of HOMESERVER work it out, to compare it with theirs')
		.action(
			does(async (folder: string, options) =>
				(await import('./commands/checksum.ts')).checksum(folder, options, context),
			),
		);
	verb('fmt', 'format playbooks, comments kept')
		.argument('[paths...]', 'playbooks, or folders of them (default: this folder)')
		.option('--check', 'only say which are not formatted; exit 3')
		.action(does(async (paths: string[], options) => (await import('./commands/fmt.ts')).fmt(paths, options, context)));
	verb('audit', 'verify: follow the chain of the audit file')
		.argument('<verify>', 'verify')
		.action(does(async (word: string) => (await import('./commands/audit.ts')).audit(word, context)));

	for (const command of program.commands) withLook(command);

	return {
		async run(given) {
			if (given.length === 0) {
				program.outputHelp();
				return exitCodes.success;
			}
			const { words, note } = understand(
				given,
				program.commands.map(command => command.name()),
			);
			if (note !== undefined) context.stderr.write(`hsctl: ${note}\n`);
			try {
				await program.parseAsync([...words], { from: 'user' });
			} catch (error) {
				if (!(error instanceof CommanderError)) throw error;
				return error.exitCode === 0 ? exitCodes.success : exitCodes.invalid;
			}
			return code;
		},
	};
}

const helpEnd = `
Start:
  hsctl init my-fleet               a small repository that works at once
  hsctl plan playbooks/first.yaml   what would happen, and why
  hsctl apply playbooks/first.yaml  do it

Exit codes, the highest of a run wins:
    0  success                     6  attention: an outcome is unknown
    1  a bug of hsctl              7  refused
    2  changes are pending         8  the selection matched no host
       (--detailed-exitcode)       9  incomplete: some units not started
    3  invalid input             130  interrupted (Ctrl-C)
    4  some host unreachable     143  terminated
    5  some unit failed
In full: docs/exit-codes.md`;
