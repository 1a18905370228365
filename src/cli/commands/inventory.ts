import { nearest } from '../../language/suggest.ts';
import { hostName } from '../../model/brand.ts';
import type { Diagnostic } from '../../model/diagnostic.ts';
import { type ExitCode, exitCodes } from '../../model/exit-code.ts';
import type { Host } from '../../model/inventory.ts';
import { inventoryDot } from '../../outputs/inventory/dot.ts';
import { type GroupPicture, onlyShown } from '../../outputs/inventory/group-picture.ts';
import { type HostValues, hostText } from '../../outputs/inventory/host.ts';
import { inventoryJson } from '../../outputs/inventory/json.ts';
import { inventoryList } from '../../outputs/inventory/list.ts';
import { inventoryMermaid } from '../../outputs/inventory/mermaid.ts';
import { inventoryTree } from '../../outputs/inventory/tree.ts';
import { unknownHost } from '../../planning/choose-hosts.ts';
import type { CliContext, GlobalOptions } from '../context.ts';
import { becomeOfHost, type FoundInventory, hostsOf, loadInventory } from '../load-inventory.ts';
import { commandLineProblem, refuse, tell } from '../problem.ts';

export interface InventoryOptions extends GlobalOptions {
	readonly format?: string;
}

/** `list`, `graph` or `show HOST`: who is selected, and what holds for them. Offline. */
export async function inventory(
	words: readonly string[],
	options: InventoryOptions,
	context: CliContext,
): Promise<ExitCode> {
	const [word = '', ...rest] = words;
	const verb = Object.hasOwn(verbs, word) ? verbs[word] : undefined;
	const problem = verb === undefined ? unknownVerb(word) : verb.problem(rest, options);
	if (verb === undefined || problem !== undefined) return refuse(problem === undefined ? [] : [problem], context);
	const loaded = await loadInventory(options, context);
	if (!loaded.ok) return refuse(loaded.error, context);
	if (options.quiet !== true) tell(loaded.value.warnings, context);
	return verb.does(loaded.value, rest, options, context);
}

interface SubVerb {
	/** What is wrong with the words and flags, before any file is read. */
	problem(words: readonly string[], options: InventoryOptions): Diagnostic | undefined;
	does(found: FoundInventory, words: readonly string[], options: InventoryOptions, context: CliContext): ExitCode;
}

const wrong = (message: string, hint: string): Diagnostic => commandLineProblem('HS1801', message, hint);

const unknownVerb = (word: string): Diagnostic => {
	const near = nearest(word, Object.keys(verbs));
	return wrong(
		`there is no \`hsctl inventory ${word}\``,
		near === undefined ? 'write list, graph or show HOST' : `did you mean \`hsctl inventory ${near}\`?`,
	);
};

const tooMuch = (verb: string, [word]: readonly string[]): Diagnostic | undefined =>
	word === undefined
		? undefined
		: wrong(`hsctl inventory ${verb} takes no host: \`${word}\` is too much`, `write \`-l ${word}\``);

const noFormat = ({ format }: InventoryOptions): Diagnostic | undefined =>
	format === undefined
		? undefined
		: wrong('only `hsctl inventory graph` has a --format', 'leave it out, or give --json');

const verbs: Readonly<Record<string, SubVerb>> = {
	list: { problem: (words, options) => tooMuch('list', words) ?? noFormat(options), does: listHosts },
	graph: { problem: (words, options) => tooMuch('graph', words) ?? graphProblem(options), does: drawGroups },
	show: { problem: (words, options) => showProblem(words, options) ?? noFormat(options), does: showHost },
};

function listHosts(found: FoundInventory, _words: readonly string[], options: InventoryOptions, context: CliContext) {
	return withHosts(found, options, context, hosts => {
		const { stdout } = context;
		const picture = onlyShown({ groups: found.groups, hosts: hosts.map(({ name }) => name) });
		stdout.write(
			options.json === true
				? inventoryJson(found.shown, hosts.map(valuesIn(found)), picture)
				: inventoryList(hosts, found.shown, stdout),
		);
	});
}

type Picture = (picture: GroupPicture, look: CliContext['stdout']) => string;

const pictures: Readonly<Record<string, Picture>> = {
	text: inventoryTree,
	mermaid: inventoryMermaid,
	dot: inventoryDot,
};

function graphProblem({ format, json }: InventoryOptions): Diagnostic | undefined {
	if (json === true)
		return wrong('hsctl inventory graph has no JSON', 'write `hsctl inventory list --json`, which has the groups');
	return format === undefined || Object.hasOwn(pictures, format)
		? undefined
		: wrong(`there is no format \`${format}\``, `formats are ${Object.keys(pictures).join(', ')}`);
}

function drawGroups(found: FoundInventory, _words: readonly string[], options: InventoryOptions, context: CliContext) {
	return withHosts(found, options, context, hosts => {
		const picture = onlyShown({ groups: found.groups, hosts: hosts.map(({ name }) => name) });
		const draw = pictures[options.format ?? 'text'] ?? inventoryTree;
		context.stdout.write(draw(picture, context.stdout));
	});
}

function showProblem([host, ...more]: readonly string[], { limit }: InventoryOptions): Diagnostic | undefined {
	if (host === undefined) return wrong('hsctl inventory show has to know the host', 'write hsctl inventory show HOST');
	if (more.length > 0) return wrong(`\`${more.join(' ')}\` is too much`, 'hsctl inventory show takes one host');
	return limit === undefined
		? undefined
		: wrong('hsctl inventory show names its host, so there is no --limit', 'leave it out');
}

function showHost(
	found: FoundInventory,
	[name = '']: readonly string[],
	options: InventoryOptions,
	context: CliContext,
) {
	const host = found.inventory.hosts.get(hostName(name));
	if (host === undefined) return refuse([notOne(name, found)], context);
	const values = valuesIn(found)(host);
	context.stdout.write(
		options.json === true
			? inventoryJson(found.shown, [values], onlyShown({ groups: found.groups, hosts: [host.name] }))
			: hostText(values, context.stdout),
	);
	return exitCodes.success;
}

function notOne(name: string, { inventory: { groups, hosts } }: FoundInventory): Diagnostic {
	if (groups.has(name) || name === 'all')
		return wrong(
			`\`${name}\` is a group, and hsctl inventory show takes one host`,
			`see \`hsctl inventory list -l ${name}\``,
		);
	return unknownHost(name, { hosts, groups: new Map(), moduleSchemaPath: '' });
}

function withHosts(
	found: FoundInventory,
	{ limit }: InventoryOptions,
	context: CliContext,
	use: (hosts: readonly Host[]) => void,
): ExitCode {
	const hosts = hostsOf(limit, '--limit', found.inventory);
	if (!hosts.ok) return refuse(hosts.error, context);
	if (hosts.value.length === 0) {
		context.stderr.write(`hsctl: ${noHostWords(limit, found)}\n`);
		return exitCodes.noHost;
	}
	use(hosts.value);
	return exitCodes.success;
}

const noHostWords = (limit: string | undefined, { shown }: FoundInventory): string =>
	limit === undefined ? `${shown} has no host` : `--limit ${limit} leaves no host of ${shown}`;

const valuesIn =
	({ config, originsOf }: FoundInventory) =>
	(host: Host): HostValues => ({
		host,
		from: originsOf(host),
		become: becomeOfHost(host, config),
		isBecomeOfConfig: host.become === undefined && config.become !== undefined,
	});
