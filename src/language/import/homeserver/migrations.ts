import type { UnitAddress } from '../../../model/brand.ts';
import type { Fields } from '../json/fields.ts';
import { both } from '../playbook/conditions.ts';
import { giveId } from '../playbook/give-id.ts';
import { words } from '../playbook/plain-text.ts';
import { type HomeserverFile, switchedOff } from './homeserver-file.ts';
import { addScriptHotfix } from './script-hotfix.ts';

/** Ten minutes, as upstream has it. */
const timeout = '10m';

/** Migrations are hotfixes, each of which needs the one before: what failed is not passed over, as it is upstream. */
export function readMigrations(file: HomeserverFile): void {
	let before: UnitAddress | undefined;
	for (const migration of file.fields.maps('migrations')) before = readMigration(migration, before, file) ?? before;
}

function readMigration(fields: Fields, before: UnitAddress | undefined, file: HomeserverFile): UnitAddress | undefined {
	const name = fields.version('id');
	if (name === undefined) {
		fields.note('', 'is left out: it has no id, which names its script', 'give it one');
		return undefined;
	}
	const { ids } = file.parts;
	const wanted = /^\d+$/.test(name) ? `migration_${name}` : name;
	const id = giveId(wanted, { fields, key: 'id', kind: 'hotfix' }, ids.hotfixes);
	const description = fields.text('description');
	const when = both(switchedOff(file));
	return addScriptHotfix(
		{
			fields,
			key: 'id',
			id,
			script: `${name}.py`,
			rest: {
				...(description === undefined ? {} : { description: words(description) }),
				...(when === undefined ? {} : { when }),
				interpreter: ['/usr/bin/env', 'python3'],
				timeout,
				...(before === undefined ? {} : { needs: [before] }),
			},
		},
		file,
	);
}
