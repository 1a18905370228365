import type { Fields } from '../json/fields.ts';

/** The orchestrator's own index.json: what it is and what it has seen, and no wish. */
export function readGlobalIndex(fields: Fields): void {
	const metadata = fields.map('metadata');
	for (const key of ['schema_version', 'channel', 'branch', 'repository_url', 'name', 'description', 'module_name'])
		metadata?.leave(key, "is left out: it is the orchestrator's own, and the repository is yours now");
	fields.leave('debug', 'is left out: see `-v`');
	const packages = fields.map('packages');
	packages?.heed(...packages.keys);
	if (packages !== undefined)
		fields.note('packages', 'is left out: what is installed is asked of each host', undefined, 'harmless');
}
