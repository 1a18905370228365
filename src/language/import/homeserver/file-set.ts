import type { Fields } from '../json/fields.ts';
import { both } from '../playbook/conditions.ts';
import { giveId } from '../playbook/give-id.ts';
import { words } from '../playbook/plain-text.ts';
import { noteCheckout } from './checkout.ts';
import { type HomeserverFile, switchedOff } from './homeserver-file.ts';
import { claimFiles, lastOfEach, noteCustomised, type Permissions, type Placed, placeFile } from './pool-file.ts';

/** Where the modules of upstream put files that name no destination, and with which mode. */
const usualPlaces: ReadonlyMap<string, { readonly folder: string; readonly mode: string }> = new Map([
	['sbin', { folder: '/usr/local/sbin', mode: '0755' }],
	['vault', { folder: '/vault/scripts', mode: '0755' }],
	['keyman', { folder: '/vault/keyman', mode: '0700' }],
]);

/** A module that is a list of files (`files`) becomes a pool: all of them or none. */
export function readFileSet(file: HomeserverFile): void {
	const { fields, name, parts, folder } = file;
	const entries = fields.maps('files');
	if (entries.length === 0) return;
	const id = giveId(name, { fields, key: 'metadata.module_name', kind: 'pool' }, parts.ids.pools);
	const description = fields.map('metadata')?.text('description');
	const when = switchedOff(file);
	const repo = fields.map('repo');
	if (repo !== undefined) noteCheckout(repo, `${folder}/src`, 'pinned in the repository of the playbook');
	const placed = entries.filter(isKept).map(entry => readEntry(entry, file));
	const whole = placed.filter(one => one !== undefined);
	if (whole.length < placed.length || whole.length === 0) {
		fields.note('files', 'are left out: a pool is all of its files or none', 'correct what the notes name');
		return;
	}
	const files = lastOfEach(whole, 'source');
	claimFiles(files, id, file);
	const condition = both(when);
	parts.pools.set(id, {
		...(description === undefined ? {} : { description: words(description) }),
		...(condition === undefined ? {} : { when: condition }),
		files: [...files],
	});
	noteCustomised(fields, 'files');
}

/** Upstream passes over what it should not keep up to date. */
function isKept(entry: Fields): boolean {
	if (entry.flag('keepUpdated') !== false) return true;
	entry.note(
		'keepUpdated',
		'is false, so upstream leaves the file alone: it is not in the pool',
		undefined,
		'harmless',
	);
	entry.leave('source', 'is left out with it');
	for (const key of ['destination', 'owner', 'group', 'mode']) entry.leave(key, 'is left out with it');
	return false;
}

function readEntry(entry: Fields, file: HomeserverFile): Placed | undefined {
	const place = usualPlaces.get(file.name);
	const source = entry.text('source');
	const dest = entry.text('destination');
	const usual: Permissions = { owner: 'root', group: 'root', mode: place?.mode ?? '0755' };
	if (place === undefined && !entry.has('mode'))
		entry.note('mode', 'is not said: 0755 is taken, as most modules of upstream do', 'write the mode');
	return placeFile(
		{
			fields: entry,
			source,
			sourceKey: 'source',
			dest: dest ?? (place === undefined ? undefined : `${place.folder}/${source ?? ''}`),
			destKey: 'destination',
			permissions: entry,
			usual,
		},
		file,
	);
}
