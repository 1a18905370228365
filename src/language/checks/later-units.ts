import { asUnitAddress, unitAddress } from '../../model/brand.ts';
import type { Selection } from '../../model/selection.ts';
import type { UnsupportedUnit } from '../../model/unit.ts';
import { readCondition } from '../condition.ts';
import type { Condition as ConditionDocument, Need as NeedDocument } from '../generated/playbook.generated.ts';
import type { Path } from '../parse.ts';
import type { CheckContext } from './context.ts';
import { readNeeds } from './needs.ts';
import { readHosts } from './read-hosts.ts';
import { checkReferences } from './references.ts';

/** What units of every section have in common. */
interface CommonKeys {
	readonly hosts?: string;
	readonly needs?: readonly NeedDocument[];
	readonly tags?: readonly string[];
	readonly when?: ConditionDocument;
}

/** Checks the common keys of a unit that this version cannot execute, and makes the unit that `plan` and `apply` refuse by name. */
export function readLaterUnit(
	section: { readonly name: string; readonly word: string; readonly id?: string },
	document: CommonKeys,
	fallback: Selection,
	context: CheckContext,
): UnsupportedUnit {
	const path: Path = section.id === undefined ? [section.name] : [section.name, section.id];
	const { report, inventory } = context;
	const hosts = readHosts(document.hosts, [...path, 'hosts'], context, fallback);
	if (document.when !== undefined) {
		readCondition(document.when, [...path, 'when'], { report, moduleSchemaPath: inventory.moduleSchemaPath });
		checkReferences(document.when, [...path, 'when'], { hosts, secrets: 'refused' }, context);
	}
	return {
		kind: 'unsupported',
		address: section.id === undefined ? asUnitAddress(section.word) : unitAddress(section.word, section.id),
		at: report.at(path, 'key'),
		hosts,
		needs: readNeeds(document.needs, [...path, 'needs'], context),
		tags: document.tags ?? [],
		section: section.name,
	};
}
