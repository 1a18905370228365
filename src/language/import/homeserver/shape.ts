/** What a JSON file of upstream is, by the names of its fields; `undefined`: none of upstream's. */
export type HomeserverShape = 'manifest' | 'global' | 'module';

export function shapeOf(keys: readonly string[]): HomeserverShape | undefined {
	const has = (key: string) => keys.includes(key);
	if (has('updates')) return 'manifest';
	if (ofModules.some(has)) return 'module';
	if (has('packages') && has('metadata')) return 'global';
	return has('metadata') ? 'module' : undefined;
}

const ofModules = ['targets', 'pools', 'operations', 'files', 'migrations', 'interactables', 'config', 'repo'];
