import { isVersion } from '../../../versions/compare.ts';
import type { Condition } from '../../generated/playbook.generated.ts';
import type { Fields } from '../json/fields.ts';
import { addGate, never } from '../playbook/conditions.ts';
import { plainText } from '../playbook/plain-text.ts';
import type { PlaybookParts } from '../playbook/playbook-parts.ts';

/** A `version_check`, as far as the language has the same. Where it does not, nothing runs by itself, and a note says so. */
export interface VersionCheck {
	/** Absent: it always applies. */
	readonly when?: Condition;
	/** What `manual` says for the person who decides. */
	readonly byHand?: string;
}

/** Reads the `version_check` of a target; `id` is that of its hotfix. */
export function readVersionCheck(target: Fields, id: string, parts: PlaybookParts): VersionCheck {
	const check = target.map('version_check');
	if (check === undefined || check.keys.length === 0) return {};
	const type = check.text('type');
	const known = kinds.get(type ?? '');
	if (known !== undefined) return known(check, id, parts);
	const said = type === undefined ? 'is not said' : `is \`${type.slice(0, 60)}\`, which is not known`;
	check.note('type', `${said}: upstream skips it and calls that a success, here it never runs`, 'write its `when`');
	return { when: never };
}

type Reader = (check: Fields, id: string, parts: PlaybookParts) => VersionCheck;

const kinds: ReadonlyMap<string, Reader> = new Map<string, Reader>([
	['always', readAlways],
	['file_exists', readFileExists],
	['module_schema', readModuleSchema],
	['binary_version', readBinaryVersion],
	['manual', readManual],
]);

function readAlways(check: Fields): VersionCheck {
	if (check.flag('value') !== false) return {};
	check.note('value', 'is false: it never runs', 'take the hotfix out', 'harmless');
	return { when: never };
}

function readFileExists(check: Fields): VersionCheck {
	const path = check.text('path');
	const invert = check.flag('invert') ?? false;
	if (path === undefined) {
		const how = invert ? 'always' : 'never';
		check.note('path', `is not there, which upstream takes for a missing file: it ${how} runs`, 'write the path');
		return invert ? {} : { when: never };
	}
	if (!isPath(path)) return impossible(check, 'path', 'is no absolute path');
	return { when: { file_exists: { path: plainText(path), ...(invert ? { invert } : {}) } } };
}

function readModuleSchema(check: Fields): VersionCheck {
	const module = check.text('module');
	const max = readMax(check);
	if (module === undefined || !/^[A-Za-z0-9_][A-Za-z0-9._-]{0,62}$/.test(module))
		return impossible(check, 'module', 'names no module');
	if (max === undefined) return impossible(check, 'max_version', 'is no version that can be ordered');
	check.note(
		'module',
		'runs upstream where the module is not there, and never where it cannot be read; here both fail and say so',
		'write `if_missing` and `if_unreadable` as it should be',
	);
	return { when: { module_schema: { module, max_version: max, if_missing: 'fail', if_unreadable: 'fail' } } };
}

function readBinaryVersion(check: Fields): VersionCheck {
	const binary = check.text('binary');
	const max = readMax(check);
	const flag = check.text('version_flag');
	if (binary === undefined || !/^(?:\/|[A-Za-z0-9_])[^\n]{0,4095}$/.test(binary))
		return impossible(check, 'binary', 'names no program');
	if (max === undefined) return impossible(check, 'max_version', 'is no version that can be ordered');
	check.note(
		'binary',
		'runs upstream where the program is not there or tells no version; here both fail and say so',
		'write `if_missing` and `if_unreadable` as it should be',
	);
	return {
		when: {
			binary_version: {
				binary: plainText(binary),
				...(flag === undefined ? {} : { version_flag: plainText(flag) }),
				max_version: max,
				if_missing: 'fail',
				if_unreadable: 'fail',
			},
		},
	};
}

function readManual(check: Fields, id: string, { vars }: PlaybookParts): VersionCheck {
	const { variable, condition } = addGate(id, vars);
	check.note('type', 'is `manual`, which upstream never runs', `here it runs on your word: --set ${variable}=yes`);
	const byHand = check.text('description');
	return { when: condition, ...(byHand === undefined ? {} : { byHand }) };
}

/** Inclusive, as upstream compares. */
function readMax(check: Fields): string | undefined {
	const max = check.version('max_version');
	return max !== undefined && isVersionText(max) ? max : undefined;
}

/** A version that a playbook takes and that can be ordered. */
export const isVersionText = (text: string): boolean =>
	/^[A-Za-z0-9][A-Za-z0-9.+:~^_-]{0,127}$/.test(text) && isVersion('loose', text);

/** A path that a host may have. */
export const isPath = (text: string): boolean => /^\/[^\n\t]{0,4095}$/.test(text);

function impossible(check: Fields, key: string, because: string): VersionCheck {
	check.note(key, `${because}: upstream skips it and calls that a success, here it never runs`, 'write its `when`');
	return { when: never };
}
