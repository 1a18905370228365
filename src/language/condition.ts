import { factNames } from '../facts/registry.ts';
import type { Comparator, Condition, ConditionLeaf, VersionBounds } from '../model/condition.ts';
import { compareVersions, isVersion } from '../versions/compare.ts';
import type { Condition as ConditionDocument } from './generated/playbook.generated.ts';
import type { Path } from './parse.ts';
import { readTimeout } from './read-duration.ts';
import type { Report } from './report.ts';
import { nearest } from './suggest.ts';

/** What reading a `when:` takes beside its text. */
export interface ConditionContext {
	readonly report: Report;
	/** The inventory's pattern, `<module>` standing for the name. */
	readonly moduleSchemaPath: string;
}

/** A `when:` that fits the schema, with every default filled in. What no schema can say is reported: bounds, versions, facts. */
export function readCondition(document: ConditionDocument, path: Path, context: ConditionContext): Condition {
	if (document === 'always') return { kind: 'always' };
	if (document.all !== undefined)
		return {
			kind: 'all',
			of: document.all.map((child, index) => readCondition(child, [...path, 'all', index], context)),
		};
	if (document.any !== undefined)
		return {
			kind: 'any',
			of: document.any.map((child, index) => readCondition(child, [...path, 'any', index], context)),
		};
	if (document.not !== undefined) return { kind: 'not', of: readCondition(document.not, [...path, 'not'], context) };
	const leaf = readLeaf(document, path, context);
	checkLeaf(leaf, [...path, leaf.kind], context.report);
	return leaf;
}

/** Of a `command`: it only looks. */
const defaultTimeoutMs = 10_000;

type Kinds = Exclude<ConditionDocument, 'always'>;

function readLeaf(document: Kinds, path: Path, { report, moduleSchemaPath }: ConditionContext): ConditionLeaf {
	const at = report.at(path);
	const safe = { if_missing: 'fail', if_unreadable: 'fail' } as const;
	if (document.module_schema !== undefined) {
		const file = moduleSchemaPath.replaceAll('<module>', document.module_schema.module);
		return { kind: 'module_schema', at, options: { compare: 'loose', ...safe, ...document.module_schema, path: file } };
	}
	if (document.binary_version !== undefined) {
		return {
			kind: 'binary_version',
			at,
			options: { compare: 'loose', version_flag: '--version', ...safe, ...document.binary_version },
		};
	}
	if (document.file_exists !== undefined) {
		return { kind: 'file_exists', at, options: { invert: false, if_unreadable: 'fail', ...document.file_exists } };
	}
	if (document.file_sha256 !== undefined) {
		const { sha256, ...options } = document.file_sha256;
		const digests = asList(sha256).map(digest => digest.replace(/^sha256:/, '').toLowerCase());
		return { kind: 'file_sha256', at, options: { ...safe, ...options, digests } };
	}
	if (document.package_version !== undefined)
		return { kind: 'package_version', at, options: { ...safe, ...document.package_version } };
	if (document.os !== undefined) {
		const { family, id, ...options } = document.os;
		return {
			kind: 'os',
			at,
			options: {
				if_unreadable: 'fail',
				...options,
				...(family === undefined ? {} : { family: asList(family) }),
				...(id === undefined ? {} : { id: asList(id) }),
			},
		};
	}
	return readSystemLeaf(document, path, report);
}

function readSystemLeaf(document: Kinds, path: Path, report: Report): ConditionLeaf {
	const at = report.at(path);
	const safe = { if_missing: 'fail', if_unreadable: 'fail' } as const;
	if (document.unit_state !== undefined) {
		return {
			kind: 'unit_state',
			at,
			options: { ...safe, ...document.unit_state, state: asList(document.unit_state.state) },
		};
	}
	if (document.fact !== undefined) {
		const { equals, version, ...options } = document.fact;
		return {
			kind: 'fact',
			at,
			options: {
				if_missing: 'fail',
				...options,
				...(equals === undefined ? {} : { equals: asList(equals) }),
				...(version === undefined ? {} : { version: { compare: 'loose', ...version } }),
			},
		};
	}
	if (document.module_version !== undefined)
		return { kind: 'module_version', at, options: { compare: 'loose', ...safe, ...document.module_version } };
	if (document.command !== undefined) {
		const { timeout, exit_codes: codes, ...options } = document.command;
		return {
			kind: 'command',
			at,
			options: {
				...safe,
				...options,
				exit_codes: codes ?? [0],
				timeout_ms: readTimeout(timeout, [...path, 'command', 'timeout'], report, defaultTimeoutMs),
			},
		};
	}
	throw new TypeError(`a condition without a kind passed the schema: ${JSON.stringify(document)}`);
}

/** What no schema can say of a leaf. A kind that is not here has nothing to check beyond its schema. */
function checkLeaf(leaf: ConditionLeaf, path: Path, report: Report): void {
	if (leaf.kind === 'module_schema' || leaf.kind === 'binary_version' || leaf.kind === 'module_version') {
		checkBounds(leaf.options, leaf.options.compare, path, report);
	}
	if (leaf.kind === 'package_version') checkBounds(leaf.options, leaf.options.compare ?? packageManagers, path, report);
	if (leaf.kind === 'os' && leaf.options.version !== undefined)
		checkBounds(leaf.options.version, 'loose', [...path, 'version'], report);
	if (leaf.kind === 'fact') checkFact(leaf.options, path, report);
}

function checkFact(options: (ConditionLeaf & { kind: 'fact' })['options'], path: Path, report: Report): void {
	if (options.version !== undefined)
		checkBounds(options.version, options.version.compare, [...path, 'version'], report);
	if (factNames.includes(options.name)) return;
	const near = nearest(options.name, factNames);
	report.add({
		code: 'HS1215',
		path: [...path, 'name'],
		message: `there is no fact \`${options.name}\``,
		hint: near === undefined ? `correct the name; facts are ${factNames.join(', ')}` : `did you mean \`${near}\`?`,
	});
}

const boundNames = ['below', 'max_version', 'min_version'] as const;

/** Which of them compares is known when a package manager answers: a bound has to mean something to one of them. */
const packageManagers = ['deb', 'rpm', 'alpm'] as const satisfies readonly Comparator[];

function checkBounds(
	bounds: VersionBounds,
	compare: Comparator | typeof packageManagers,
	path: Path,
	report: Report,
): void {
	const comparators: readonly Comparator[] = typeof compare === 'string' ? [compare] : compare;
	const given = boundNames.filter(name => bounds[name] !== undefined);
	const wrong = given.filter(name => !comparators.some(comparator => isVersion(comparator, bounds[name] ?? '')));
	for (const name of wrong) {
		report.add({
			code: 'HS1302',
			path: [...path, name],
			message:
				typeof compare === 'string'
					? `\`${bounds[name]}\` cannot be ordered by the comparator ${compare}`
					: `\`${bounds[name]}\` cannot be ordered by any package manager`,
			hint:
				compare === 'semver'
					? 'write three numbers, such as "1.2.0", or use `compare: loose`'
					: 'write a version such as "1.2.0"',
		});
	}
	if (wrong.length === 0) checkRange(bounds, comparators, path, report);
}

/** Can any version satisfy both ends, by one of the comparators? */
function checkRange(bounds: VersionBounds, comparators: readonly Comparator[], path: Path, report: Report): void {
	const ends = comparators.map(comparator => endOver(bounds, comparator));
	const [end] = ends;
	if (end === undefined || ends.includes(undefined)) return;
	report.add({
		code: 'HS1304',
		path: [...path, 'min_version'],
		message: `no version is at least ${bounds.min_version} and ${end}`,
		hint: 'correct one of the bounds',
	});
}

/** The upper end that leaves nothing above the lower one: `max_version` is inclusive, `below` is not. */
function endOver(
	{ min_version: low, max_version: high, below }: VersionBounds,
	compare: Comparator,
): string | undefined {
	if (low === undefined) return undefined;
	if (high !== undefined && (compareVersions(compare, low, high) ?? 0) > 0) return `at most ${high}`;
	return below !== undefined && (compareVersions(compare, low, below) ?? -1) >= 0 ? `below ${below}` : undefined;
}

const asList = <Item>(value: Item | readonly Item[]): readonly Item[] => (isList(value) ? value : [value]);

const isList = <Item>(value: Item | readonly Item[]): value is readonly Item[] => Array.isArray(value);
