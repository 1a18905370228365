/** The collections of NannyAPI that hsctl has a place or a word for. */
export const collections = [
	'package_exceptions',
	'patch_schedules',
	'reboot_schedules',
	'patch_operations',
	'reboot_operations',
	'scripts',
	'lxc_os_map',
] as const;

export type Collection = (typeof collections)[number];

/** The name itself, or one that people give to an export of it. */
export function collectionNamed(name: string): Collection | undefined {
	const known = collections.find(collection => collection === name);
	return known ?? otherNames.get(name);
}

const otherNames: ReadonlyMap<string, Collection> = new Map([
	['exceptions', 'package_exceptions'],
	['schedules', 'patch_schedules'],
]);

/** What a row is by the names of its fields, where nothing else says it. `file`: as the person named it. */
export function collectionOf(keys: readonly string[], file: string): Collection | undefined {
	const has = (key: string) => keys.includes(key);
	if (has('package_name')) return 'package_exceptions';
	if (has('cron_expression')) return has('reason') || /reboot/i.test(file) ? 'reboot_schedules' : 'patch_schedules';
	if (has('ostype') && has('platform_family')) return 'lxc_os_map';
	if (has('sha256') && has('platform_family')) return 'scripts';
	if (has('mode') && has('agent_id')) return 'patch_operations';
	return has('agent_id') && (has('timeout_seconds') || has('requested_at')) ? 'reboot_operations' : undefined;
}
