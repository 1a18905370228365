import { type Command, InvalidArgumentError, Option } from 'commander';
import { parseDuration } from '../language/duration.ts';

/*
 * Options come in groups, and each verb takes only those that it uses: an option that is accepted and without effect is a lie.
 * Only what changes nothing but the look of the words is for all of them.
 */

/** For every verb. */
export const withLook = (command: Command): Command =>
	command
		.option('--no-color', 'no colours (also NO_COLOR)')
		.option('-q, --quiet', 'less words')
		.option('-v, --verbose', 'more words');

export const withJson = (command: Command): Command => command.option('--json', 'for programs');

/** Where plans are shown. */
export const withDiff = (command: Command): Command =>
	command.option('--diff', 'all that differs in the files of pools');

/** How a playbook is read. */
export const withReading = (command: Command): Command =>
	command
		.option('-i, --inventory <file>', 'another inventory than the playbook names')
		.option('--set <name=value>', 'a variable, over playbook and inventory', gather)
		.option('--allow-empty', 'a selection may match no host');

/** Hosts without a playbook around them. */
export const withInventory = (command: Command): Command =>
	command.option('-i, --inventory <file>', 'the inventory (default: the one of hsctl.config.yaml)');

export const withHosts = (command: Command): Command =>
	command.option('-l, --limit <hosts>', 'only these hosts: "web - web1"', union);

/** Whose hosts are asked for what they remember. */
export const withHostSource = (command: Command): Command =>
	command
		.option('-i, --inventory <file>', 'whose hosts are asked (default: the one of hsctl.config.yaml)')
		.option('--playbook <file>', 'the same: the hosts of a playbook, as the user that it works as');

/** Hosts and units that are worked on, beside what the verb itself says about them. */
export const withLimit = (command: Command): Command =>
	withHosts(command).option('-t, --tags <tags>', 'only units with one of these tags', list);

export const withTarget = (command: Command): Command =>
	command.option('--target <address>', 'only this unit and what it needs; * and ? match', gather);

export const withParallel = (command: Command): Command =>
	command.option('-P, --parallel <number>', 'hosts at once', wholeNumber);

/** A run to watch. */
export const withScreen = (command: Command): Command =>
	withParallel(withJson(command)).addOption(
		new Option('--tui <when>', 'the live screen').choices(['auto', 'on', 'off']),
	);

/** A run that is begun here. */
export const withRunning = (command: Command): Command =>
	withScreen(command)
		.option('-y, --yes', 'do not ask')
		.option('--wait <duration>', 'wait this long for another run on a host', duration)
		.option('--report <kind=file>', 'also write a report: junit=FILE', gather);

export const withAnswer = (command: Command): Command =>
	command.option(
		'--answer <unit=word>',
		'on a start with an unknown end: hotfix.x=retry, or =done to record that it was done',
		gather,
	);

/** Given again, one more. */
export const gather = (word: string, before: readonly string[] = []): readonly string[] => [...before, word];

/** `a,b`, and again for more. */
export const list = (words: string, before: readonly string[] = []): readonly string[] => [
	...before,
	...words.split(',').map(word => word.trim()),
];

/** Given twice, both are meant: `,` binds least, so the texts can be put beside each other. */
export const union = (hosts: string, before?: string): string => (before === undefined ? hosts : `${before}, ${hosts}`);

function duration(word: string): number {
	const ms = parseDuration(word);
	if (ms === undefined) throw new InvalidArgumentError('It has to be a whole number and a unit, such as 90s or 5m.');
	return ms;
}

const most = 999_999;

export function wholeNumber(word: string): number {
	if (!/^[1-9]\d*$/.test(word) || Number(word) > most)
		throw new InvalidArgumentError(`It has to be a whole number from 1 to ${most}.`);
	return Number(word);
}
