import { type UnitAddress, unitAddress } from '../../model/brand.ts';
import type { Condition } from '../../model/condition.ts';
import type { Selection } from '../../model/selection.ts';
import type { Hotfix } from '../../model/unit.ts';
import { readCondition } from '../condition.ts';
import { parseDuration } from '../duration.ts';
import type { Hotfix as HotfixDocument } from '../generated/playbook.generated.ts';
import type { Path } from '../parse.ts';
import type { CheckContext } from './context.ts';
import { readNeeds } from './needs.ts';
import { checkReferences } from './references.ts';
import { readScript } from './scripts.ts';
import { readHosts } from './selections.ts';

/** The seed's five minutes. */
const defaultTimeoutMs = 5 * 60_000;
const always: Condition = { kind: 'always' };

/** Checks one hotfix and makes the unit, unless its script is not there. */
export function readHotfix(
	id: string,
	document: HotfixDocument,
	fallback: Selection,
	context: CheckContext,
): Hotfix | undefined {
	const path: Path = ['hotfixes', id];
	const { report, inventory } = context;
	const hosts = readHosts(document.hosts, [...path, 'hosts'], context, fallback);
	const when =
		document.when === undefined
			? always
			: readCondition(document.when, [...path, 'when'], { report, moduleSchemaPath: inventory.moduleSchemaPath });
	checkReferences(document.when, [...path, 'when'], { hosts, secrets: 'refused' }, context);
	checkReferences(document.env, [...path, 'env'], { hosts, secrets: 'refused' }, context);
	checkReferences(document.stdin, [...path, 'stdin'], { hosts, secrets: 'allowed' }, context);
	const scriptPath = document.script === undefined ? path : [...path, 'script'];
	const script = readScript(document.script ?? `hotfixes/${id}.sh`, scriptPath, document.interpreter, context);
	const undo =
		document.undo === undefined ? undefined : readScript(document.undo, [...path, 'undo'], undefined, context);
	if (script === undefined) return undefined;
	return {
		kind: 'hotfix',
		address: hotfixAddress(id),
		at: report.at(path, 'key'),
		...(document.description === undefined ? {} : { description: document.description }),
		...(document.component === undefined ? {} : { component: document.component }),
		hosts,
		needs: readNeeds(document.needs, [...path, 'needs'], report),
		tags: document.tags ?? [],
		...(document.become === undefined ? {} : { become: document.become }),
		when,
		run: document.run ?? 'once',
		ifInterrupted: document.if_interrupted ?? 'auto',
		timeoutMs:
			document.timeout === undefined ? defaultTimeoutMs : (parseDuration(document.timeout) ?? defaultTimeoutMs),
		script,
		...(undo === undefined ? {} : { undo }),
		env: new Map(Object.entries(document.env ?? {})),
		...(document.stdin === undefined ? {} : { stdin: document.stdin }),
		restarts: document.restarts ?? [],
	};
}

export const hotfixAddress = (id: string): UnitAddress => unitAddress('hotfix', id);
