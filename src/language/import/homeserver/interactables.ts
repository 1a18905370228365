import type { Condition } from '../../generated/playbook.generated.ts';
import type { Fields } from '../json/fields.ts';
import { addGate, both } from '../playbook/conditions.ts';
import { giveId } from '../playbook/give-id.ts';
import { words } from '../playbook/plain-text.ts';
import { type HomeserverFile, switchedOff } from './homeserver-file.ts';
import { addScriptHotfix } from './script-hotfix.ts';

/** What a person starts by hand upstream becomes a hotfix that runs on a person's word alone. */
export function readInteractables(file: HomeserverFile): void {
	for (const action of file.fields.maps('interactables')) readInteractable(action, file);
}

function readInteractable(fields: Fields, file: HomeserverFile): void {
	const name = fields.text('id');
	const script = fields.text('script');
	if (name === undefined || script === undefined) {
		fields.note('', 'is left out: it has no id or no script', 'give it both');
		return;
	}
	const { parts } = file;
	const id = giveId(name, { fields, key: 'id', kind: 'hotfix' }, parts.ids.hotfixes);
	const title = fields.text('name');
	const description = [title, fields.text('description')].filter(text => text !== undefined).join(': ');
	const gate = addGate(id, parts.vars);
	const when = both(switchedOff(file), gate.condition, readShowOnlyIf(fields), readCompletion(fields));
	fields.leave('ready', 'is left out: upstream counts by it what is still to be done');
	const isAdded = addScriptHotfix(
		{
			fields,
			key: 'script',
			id,
			script,
			rest: {
				...(description === '' ? {} : { description: words(description) }),
				...(when === undefined ? {} : { when }),
				...(script.endsWith('.py') ? { interpreter: ['/usr/bin/env', 'python3'] } : {}),
				timeout: '1h',
			},
		},
		file,
	);
	if (isAdded === undefined) return;
	fields.note('id', 'is started by a person upstream', `here it runs on your word: --set ${gate.variable}=yes`);
	fields.note('script', 'has no time limit upstream; here it has an hour', 'write another `timeout`', 'harmless');
}

/** Upstream's names for the releases of Debian. */
const releases: ReadonlyMap<string, number> = new Map([
	['buster', 10],
	['bullseye', 11],
	['bookworm', 12],
	['trixie', 13],
	['forky', 14],
]);

function readShowOnlyIf(fields: Fields): Condition | undefined {
	const only = fields.map('show_only_if');
	const codename = only?.text('debian_codename');
	if (only?.has('after_interactive') === true) {
		only.text('after_interactive');
		only.note(
			'after_interactive',
			'is left out: no condition asks whether another hotfix has run',
			'write a `when` that looks at what that one leaves behind',
		);
	}
	if (only === undefined || codename === undefined) return undefined;
	const release = releases.get(codename.toLowerCase());
	if (release === undefined) {
		only.note('debian_codename', 'is no release of Debian that is known here, and is left out', 'write its `when`');
		return undefined;
	}
	return { os: { id: 'debian', version: { min_version: `${release}`, below: `${release + 1}` } } };
}

const service = /^[A-Za-z0-9_][A-Za-z0-9:_.@\\-]{0,254}$/;

/** What is complete is not offered again: it runs while one service is not active or the other one still is. */
function readCompletion(fields: Fields): Condition | undefined {
	const check = fields.map('completion_check');
	if (check === undefined) return undefined;
	const type = check.text('type');
	const active = check.text('active');
	const inactive = check.text('inactive');
	if (type !== 'systemd_switch') {
		check.note('type', 'is not known, and is left out', 'write what has to be so in its `when`');
		return undefined;
	}
	if (active === undefined || inactive === undefined || !service.test(active) || !service.test(inactive)) {
		check.note('', 'names no two services, and is left out', 'write what has to be so in its `when`');
		return undefined;
	}
	const isActive = (unit: string): Condition => ({
		unit_state: { unit: serviceName(unit), state: 'active', if_missing: 'skip' },
	});
	return { not: { all: [isActive(active), { not: isActive(inactive) }] } };
}

/** As systemd completes it. */
export const serviceName = (unit: string): string =>
	/\.(?:service|socket|timer|path|mount|target|slice|scope|device|swap|automount)$/.test(unit)
		? unit
		: `${unit}.service`;
