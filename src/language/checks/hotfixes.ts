import { repoPath, sha256Digest, unitAddress } from '../../model/brand.ts';
import type { Condition } from '../../model/condition.ts';
import type { Selection } from '../../model/selection.ts';
import type { Hotfix, Script } from '../../model/unit.ts';
import { readCondition } from '../condition.ts';
import type { Hotfix as HotfixDocument } from '../generated/playbook.generated.ts';
import type { Path } from '../parse.ts';
import { readTimeout } from '../read-duration.ts';
import type { CheckContext } from './context.ts';
import { readNeeds } from './needs.ts';
import { readHosts } from './read-hosts.ts';
import { checkReferences, refuseReferences } from './references.ts';
import { readScript } from './scripts.ts';

/** The seed's five minutes. */
const defaultTimeoutMs = 5 * 60_000;
const always: Condition = { kind: 'always' };

/** Stands for one that is not there. That has been reported, so no plan will see it; the other checks want a whole unit. */
const noScript: Script = {
	path: repoPath(''),
	digest: sha256Digest(''),
	bytes: new Uint8Array(),
	interpreter: [],
	pin: 'missing',
};

/** Checks the hotfixes and makes their units, in the order of the file, which an object does not keep for ids such as `10`. */
export function readHotfixes(fallback: Selection, context: CheckContext): readonly Hotfix[] {
	const hotfixes = new Map(Object.entries(context.document.hotfixes ?? {}));
	return [...context.declared.hotfixes].flatMap(id => {
		const hotfix = hotfixes.get(id);
		return hotfix === undefined ? [] : [readHotfix(id, hotfix, fallback, context)];
	});
}

function readHotfix(id: string, document: HotfixDocument, fallback: Selection, context: CheckContext): Hotfix {
	const path: Path = ['hotfixes', id];
	const { report } = context;
	const hosts = readHosts(document.hosts, [...path, 'hosts'], context, fallback);
	checkReferences(document.when, [...path, 'when'], { hosts, secrets: 'refused' }, context);
	checkReferences(document.env, [...path, 'env'], { hosts, secrets: 'refused' }, context);
	for (const key of ['description', 'component', 'interpreter'] as const)
		refuseReferences(document[key], [...path, key], report);
	checkReferences(document.stdin, [...path, 'stdin'], { hosts, secrets: 'allowed' }, context);
	return {
		kind: 'hotfix',
		address: unitAddress('hotfix', id),
		at: report.at(path, 'key'),
		...(document.description === undefined ? {} : { description: document.description }),
		...(document.component === undefined ? {} : { component: document.component }),
		hosts,
		needs: readNeeds(document.needs, [...path, 'needs'], context),
		tags: document.tags ?? [],
		...(document.become === undefined ? {} : { become: document.become }),
		when: readWhen(document.when, [...path, 'when'], context),
		run: document.run ?? 'once',
		ifInterrupted: document.if_interrupted ?? 'auto',
		timeoutMs: readTimeout(document.timeout, [...path, 'timeout'], report, defaultTimeoutMs),
		...readScripts(id, document, path, context),
		env: new Map(Object.entries(document.env ?? {})),
		...(document.stdin === undefined ? {} : { stdin: document.stdin }),
		restarts: document.restarts ?? [],
	};
}

const readWhen = (when: HotfixDocument['when'], path: Path, { report, inventory }: CheckContext): Condition =>
	when === undefined ? always : readCondition(when, path, { report, moduleSchemaPath: inventory.moduleSchemaPath });

/** Without `script` it is the one that is called like the hotfix; a problem with that one is shown at the hotfix. */
function readScripts(
	id: string,
	{ script, undo, interpreter }: HotfixDocument,
	path: Path,
	context: CheckContext,
): Pick<Hotfix, 'script' | 'undo'> {
	const main =
		script === undefined
			? readUsualScript(id, path, interpreter, context)
			: readScript(script, { path: [...path, 'script'] }, interpreter, context);
	const back = undo === undefined ? undefined : readScript(undo, { path: [...path, 'undo'] }, undefined, context);
	return { script: main ?? noScript, ...(back === undefined ? {} : { undo: back }) };
}

function readUsualScript(
	id: string,
	path: Path,
	interpreter: HotfixDocument['interpreter'],
	context: CheckContext,
): Script | undefined {
	if (context.parts.mayHave(path, 'script')) return undefined;
	return readScript(`hotfixes/${id}.sh`, { path, what: 'key' }, interpreter, context);
}
