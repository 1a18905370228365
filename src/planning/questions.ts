import { looksOf } from '../conditions/evaluate.ts';
import {
	fill,
	fillAroundSecrets,
	findReferences,
	hostValue,
	type Reference,
	varValue,
} from '../language/interpolate.ts';
import type { JobKey } from '../model/brand.ts';
import { type Command, sh } from '../model/command.ts';
import type { Condition, ConditionLeaf } from '../model/condition.ts';
import type { Host } from '../model/inventory.ts';
import type { Job } from '../model/plan.ts';
import type { Playbook } from '../model/playbook.ts';
import type { SecretText } from '../model/secret.ts';
import type { Become, Hotfix, Pool, PoolFile, Script, Unit, Verify, WorkUnit } from '../model/unit.ts';
import { jobKey } from '../units/job-key.ts';
import { wordsOf } from '../units/pool/commands.ts';
import { lookAtFiles, type WantedFile } from '../units/pool/file-look.ts';
import { poolKey } from '../units/pool/pool-key.ts';
import { type PoolOnHost, poolOnHost } from '../units/pool/pool-on-host.ts';
import type { Put } from '../units/shell-line.ts';
import type { SelectedHost } from './select.ts';

/** What has to be known of one unit on one host before it can be decided. */
export type UnitQuestion = HotfixQuestion | PoolQuestion;

interface AskedUnit {
	/** With this host's values in place of its references. */
	readonly condition: Condition;
	readonly looks: readonly { readonly fact: string; readonly look: Command }[];
	/** The jobs that the host is asked to remember. */
	readonly key: JobKey;
	/** Of its undo script, when it has one. */
	readonly undoKey?: JobKey;
}

export interface HotfixQuestion extends AskedUnit {
	readonly kind: 'hotfix';
	readonly unit: Hotfix;
	readonly work: JobContentOnHost;
	/** The same for its undo script, when it has one. */
	readonly undoWork?: JobContentOnHost;
}

/** Its last look is the one at its files, or at what can be taken back of it. */
export interface PoolQuestion extends AskedUnit {
	readonly kind: 'pool';
	readonly unit: Pool;
	readonly on: PoolOnHost;
	readonly env: Readonly<Record<string, string>>;
	/** `pool.x~playbook`: under this name the host remembers what it has put where. */
	readonly memoryName: string;
	/** What may be shown of the files, right after the look; absent where nothing is replaced. */
	readonly shown?: readonly WantedFile[];
}

/** The parts of a job that do not depend on what the host remembers. */
export type JobContentOnHost = Pick<Job, 'key' | 'env' | 'stdin' | 'script'>;

/** All that one host is asked, in one exchange. */
export interface HostQuestions {
	readonly host: Host;
	readonly become: Become;
	readonly units: readonly UnitQuestion[];
	/** What decides at the end, with this host's values in place; absent where nothing does. */
	readonly verify?: VerifyOnHost;
}

export interface VerifyOnHost {
	readonly unit: Verify;
	/** As words, in their order. */
	readonly commands: readonly (readonly string[])[];
	readonly env: Readonly<Record<string, string>>;
}

/** What each host has to be asked. Units that hold no host's own value are worked out once for all hosts that are alike. */
export function questionsFor(
	playbook: Playbook,
	selected: readonly SelectedHost[],
	set: ReadonlyMap<string, string>,
	purpose: 'do' | 'undo' = 'do',
): readonly HostQuestions[] {
	const own = new Set<Unit>(playbook.units.filter(unit => unit.kind !== 'unsupported' && namesHost(unit)));
	const shared = new Map<string, Map<WorkUnit, UnitQuestion>>();
	return selected.map(({ host, units }) => {
		const become = becomeOf(playbook, host, units);
		const context = { playbook, host, set, become, purpose, variables: variablesFor(playbook, host, set) };
		const alike = sharedBy(JSON.stringify([become, ...host.vars]), shared);
		return {
			host,
			become,
			units: units.map(unit => {
				const known = alike.get(unit);
				if (known !== undefined) return known;
				const question = questionFor(unit, context);
				if (!own.has(unit)) alike.set(unit, question);
				return question;
			}),
			...(playbook.verify === undefined || purpose === 'undo' ? {} : { verify: verifyOn(playbook.verify, context) }),
		};
	});
}

/** What hosts with the same variables and the same user have in common. */
function sharedBy(likeness: string, shared: Map<string, Map<WorkUnit, UnitQuestion>>): Map<WorkUnit, UnitQuestion> {
	const known = shared.get(likeness);
	if (known !== undefined) return known;
	const fresh = new Map<WorkUnit, UnitQuestion>();
	shared.set(likeness, fresh);
	return fresh;
}

/** Who does the work on a host. Units that disagree have been refused before. */
export const becomeOf = (playbook: Playbook, host: Host, units: readonly WorkUnit[]): Become =>
	units.find(unit => unit.become !== undefined)?.become ?? host.become ?? playbook.become ?? 'none';

interface HostContext {
	readonly playbook: Playbook;
	readonly host: Host;
	readonly set: ReadonlyMap<string, string>;
	readonly become: Become;
	readonly purpose: 'do' | 'undo';
	/** What every script on this host gets: `HSCTL_VAR_*`. */
	readonly variables: Readonly<Record<string, string>>;
}

const questionFor = (unit: WorkUnit, context: HostContext): UnitQuestion =>
	unit.kind === 'pool' ? poolQuestion(unit, context) : hotfixQuestion(unit, context);

function hotfixQuestion(unit: Hotfix, context: HostContext): HotfixQuestion {
	const condition = mapCondition(unit.when, text => fillFor(text, context));
	const work = workOf(unit, unit.script, 'do', context);
	const undoWork = unit.undo === undefined ? undefined : workOf(unit, unit.undo, 'undo', context);
	return {
		kind: 'hotfix',
		unit,
		condition,
		looks: looksAt(condition),
		key: work.key,
		work,
		...(undoWork === undefined ? {} : { undoKey: undoWork.key, undoWork }),
	};
}

function poolQuestion(unit: Pool, context: HostContext): PoolQuestion {
	const { playbook, become, purpose } = context;
	const put = (text: string) => fillFor(text, context);
	const condition = mapCondition(unit.when, put);
	const values = valuesOn(context);
	const on = poolOnHost(unit, values.put);
	const own = Object.fromEntries([...unit.env].map(([name, value]) => [name, put(value)]));
	const texts = on.commands.flatMap(({ words }) => words).join('\n');
	const mentioned = Object.fromEntries(Object.entries(values.env).filter(([name]) => texts.includes(name)));
	const memoryName = `${unit.address}~${playbook.name}`;
	const wanted = on.files.map(
		({ file, dest, stock }): WantedFile => ({ dest, follow: file.follow, digest: file.src.digest, known: stock }),
	);
	const base = {
		kind: 'pool',
		unit,
		condition,
		key: poolKey(on, { ...mentioned, ...own }, become === 'none' ? 'login' : 'root'),
		on,
		env: { ...values.env, ...own },
		memoryName,
	} as const;
	if (purpose === 'undo')
		return { ...base, looks: [{ fact: `backup of ${unit.address}`, look: sh`hs_look_undo ${memoryName}` }] };
	return {
		...base,
		looks: [...looksAt(condition), { fact: `files of ${unit.address}`, look: lookAtFiles(wanted) }],
		shown: wanted,
	};
}

function verifyOn(unit: Verify, context: HostContext): VerifyOnHost {
	const { put, env } = valuesOn(context);
	const commands = unit.check.map(command => wordsOf(command, put));
	return { unit, commands, env };
}

/** Puts values into commands. Those that a line for a shell cannot hold are added to `env`, under a name that has no other value. */
function valuesOn(context: HostContext): { readonly put: Put; readonly env: Readonly<Record<string, string>> } {
	const env: Record<string, string> = { ...context.variables };
	const put: Put = (text, as) =>
		fill(text, reference => {
			const value = lookUp(reference, context);
			if (value === undefined || as === undefined) return value;
			let name = reference.scope === 'vars' ? variableEnvName(reference.name) : `HSCTL_HOST_${envName(reference.name)}`;
			while ((env[name] ?? value) !== value) name += '_';
			const said = as(value, name);
			if (said !== value) env[name] = value;
			return said;
		});
	return { put, env };
}

/** Puts a host's values into texts. */
export const fillOn =
	(playbook: Playbook, host: Host, set: ReadonlyMap<string, string>) =>
	(text: string): string =>
		fillFor(text, { playbook, host, set });

const fillFor = (text: string, values: HostValues): string => fill(text, reference => lookUp(reference, values));

type HostValues = Pick<HostContext, 'playbook' | 'host' | 'set'>;

/** A condition that names no value of a host is one object for all hosts, and so are its looks. */
const looksBefore = new WeakMap<Condition, UnitQuestion['looks']>();

function looksAt(condition: Condition): UnitQuestion['looks'] {
	const looks = looksBefore.get(condition) ?? looksOf(condition);
	looksBefore.set(condition, looks);
	return looks;
}

function workOf(unit: Hotfix, script: Script, purpose: 'do' | 'undo', context: HostContext): JobContentOnHost {
	const own = Object.fromEntries([...unit.env].map(([name, value]) => [name, fillFor(value, context)]));
	const { variables } = context;
	const text = textOf(script);
	const mentioned = Object.fromEntries(Object.entries(variables).filter(([name]) => text.includes(name)));
	const stdin = unit.stdin === undefined ? {} : { stdin: stdinOf(unit.stdin, context) };
	const { path, digest, interpreter } = script;
	const key = jobKey({
		address: unit.address,
		purpose,
		script: digest,
		interpreter,
		// A variable that the script does not mention cannot change what it does.
		env: { ...mentioned, ...own },
		...stdin,
		user: context.become === 'none' ? 'login' : 'root',
	});
	return { key, env: { ...variables, ...own }, ...stdin, script: { path, digest, interpreter } };
}

function stdinOf(text: string, context: HostContext): string | SecretText {
	const parts = fillAroundSecrets(text, reference => lookUp(reference, context));
	return parts.every(part => typeof part === 'string') ? parts.join('') : parts;
}

const texts = new WeakMap<Script, string>();

function textOf(script: Script): string {
	const text = texts.get(script) ?? new TextDecoder().decode(script.bytes);
	texts.set(script, text);
	return text;
}

/** `vars.health-url` reaches scripts as `HSCTL_VAR_HEALTH_URL`. */
export const variableEnvName = (name: string): string => `HSCTL_VAR_${envName(name)}`;

const envName = (name: string): string => name.toUpperCase().replace(/[^A-Z0-9_]/g, '_');

function variablesFor(
	playbook: Playbook,
	host: Host,
	set: ReadonlyMap<string, string>,
): Readonly<Record<string, string>> {
	const names = new Set([...playbook.vars.keys(), ...host.vars.keys(), ...set.keys()]);
	return Object.fromEntries(
		[...names]
			.sort()
			.map(name => [variableEnvName(name), varValue(name, { set, host, playbook: playbook.vars }) ?? '']),
	);
}

const lookUp = (reference: Reference, { playbook, host, set }: HostValues): string | undefined =>
	reference.scope === 'vars'
		? varValue(reference.name, { set, host, playbook: playbook.vars })
		: reference.scope === 'host'
			? hostValue(host, reference.name)
			: undefined;

/** The same condition with every string passed through `put`; the same object when no string changes. */
function mapCondition(condition: Condition, put: (text: string) => string): Condition {
	switch (condition.kind) {
		case 'always':
			return condition;
		case 'all':
		case 'any': {
			const of = condition.of.map(child => mapCondition(child, put));
			return of.every((child, index) => child === condition.of[index]) ? condition : { kind: condition.kind, of };
		}
		case 'not': {
			const of = mapCondition(condition.of, put);
			return of === condition.of ? condition : { kind: 'not', of };
		}
		default:
			return mapLeaf(condition, put);
	}
}

function mapLeaf(leaf: ConditionLeaf, put: (text: string) => string): ConditionLeaf {
	if (!JSON.stringify(leaf.options).includes('${')) return leaf;
	// Only strings change, so the options keep the shape that validation has given them.
	return { ...leaf, options: mapStrings(leaf.options, put) } as ConditionLeaf;
}

function mapStrings(value: unknown, put: (text: string) => string): unknown {
	if (typeof value === 'string') return put(value);
	if (Array.isArray(value)) return value.map(item => mapStrings(item, put));
	if (typeof value !== 'object' || value === null) return value;
	return Object.fromEntries(Object.entries(value).map(([key, item]) => [key, mapStrings(item, put)]));
}

/** A unit is the same on every host unless something in it is this host's own value. */
function namesHost(unit: WorkUnit): boolean {
	const { env, when } = unit;
	const own =
		unit.kind === 'hotfix'
			? [unit.stdin ?? '']
			: [unit.cwd ?? '', JSON.stringify([unit.validate, unit.activate, unit.check]), ...unit.files.flatMap(textsOf)];
	return [...env.values(), JSON.stringify(when), ...own].some(
		text => text.includes('${') && findReferences(text).references.some(reference => reference.scope === 'host'),
	);
}

const textsOf = ({ dest, validate }: PoolFile): readonly string[] => [dest, JSON.stringify(validate ?? '')];
