import type { Fields } from '../json/fields.ts';
import { both } from '../playbook/conditions.ts';
import { giveId } from '../playbook/give-id.ts';
import { words } from '../playbook/plain-text.ts';
import { type HomeserverFile, scriptTimeout, switchedOff } from './homeserver-file.ts';
import { addScriptHotfix } from './script-hotfix.ts';
import { readVersionCheck } from './version-check.ts';

/** The script hotfixes of a module (`targets`), in their order. */
export function readTargets(file: HomeserverFile): void {
	for (const target of file.fields.maps('targets')) readTarget(target, file);
}

function readTarget(target: Fields, file: HomeserverFile): void {
	const name = target.text('id');
	if (name === undefined) {
		target.note('', 'is left out: it has no id, which names its script', 'give it one');
		return;
	}
	const { parts } = file;
	const id = giveId(name, { fields: target, key: 'id', kind: 'hotfix' }, parts.ids.hotfixes);
	const component = target.text('target_id');
	const description = target.text('description');
	const { when, byHand } = readVersionCheck(target, id, parts);
	const sentence = [description, byHand].filter(text => text !== undefined).join(' – ');
	const condition = both(switchedOff(file), when);
	addScriptHotfix(
		{
			fields: target,
			key: 'id',
			id,
			script: `${name}.sh`,
			rest: {
				...(sentence === '' ? {} : { description: words(sentence) }),
				...(component === undefined ? {} : { component: words(component) }),
				...(condition === undefined ? {} : { when: condition }),
				timeout: scriptTimeout,
			},
		},
		file,
	);
}
