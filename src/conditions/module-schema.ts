import { sh } from '../model/command.ts';
import { describeBounds } from '../versions/compare.ts';
import type { ConditionType } from './condition-type.ts';
import { judgeAbsence, type Presence, readPresence } from './presence.ts';
import { judgeVersion, verdict } from './verdict.ts';

/** Together with the line before it, the file has to fit into the 64 KiB kept of a look; half a JSON document tells nothing. */
const largestFile = 60 * 1024;

/** The version that a module on the host declares of itself. */
export const moduleSchema: ConditionType<'module_schema', Presence> = {
	kind: 'module_schema',
	fact: ({ module }) => `module_schema ${module}`,
	rule: options => describeBounds(options, options.compare),
	// A receipt of the module goes before the file: this probe is where it is to be looked for once modules leave receipts.
	probe: ({ path }) => ({
		look: sh`if hs_look_readable ${path}; then head -c ${largestFile + 1} <${path}; fi`,
		parse: readPresence,
	}),
	judge(options, presence) {
		const { module, path } = options;
		if (presence.kind !== 'there') return judgeAbsence(presence, path);
		const declared = declaredVersion(presence.rest);
		if (declared.ok) return judgeVersion(options, declared.version, options.compare, module);
		return verdict('unreadable', 'unreadable', `${path} tells no version of ${module}: ${declared.because}`);
	},
};

type Declared = { readonly ok: true; readonly version: string } | { readonly ok: false; readonly because: string };

/** `.metadata.schema_version` of the document. A number is refused: YAML and JSON read 0.10 and 0.1 as the same one. */
function declaredVersion(text: string): Declared {
	if (text.length > largestFile) return { ok: false, because: `it is larger than ${largestFile / 1024} KiB` };
	const version = member(member(parseJson(text), 'metadata'), 'schema_version');
	if (typeof version === 'string' && version !== '') return { ok: true, version };
	if (typeof version === 'number') return { ok: false, because: '.metadata.schema_version is a number, not text' };
	return { ok: false, because: 'it has no text at .metadata.schema_version' };
}

function parseJson(text: string): unknown {
	try {
		return JSON.parse(text);
	} catch {
		return undefined;
	}
}

function member(value: unknown, key: string): unknown {
	if (typeof value !== 'object' || value === null || !Object.hasOwn(value, key)) return undefined;
	return new Map<string, unknown>(Object.entries(value)).get(key);
}
