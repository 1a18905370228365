import { spawnSync } from 'node:child_process';
import { existsSync, globSync, statSync } from 'node:fs';

/** The command-line tests run the real program: it is built before them when a source is newer, so that they never see an old one. */
export function setup(): void {
	if (isFresh()) return;
	const { status, stderr } = spawnSync('node', ['scripts/build.mjs'], { encoding: 'utf8' });
	if (status === 0) return;
	const words = `the build failed: ${stderr.split('\n').slice(0, 12).join('\n')}`;
	// Tests that need no build may run in a tree that is being changed; in CI nothing may.
	if (process.env.CI !== undefined) throw new Error(words);
	process.stderr.write(`${words}\n`);
}

function isFresh(): boolean {
	if (!existsSync('dist/hsctl.mjs')) return false;
	const built = statSync('dist/hsctl.mjs').mtimeMs;
	const sources = [...globSync('src/**/*.{ts,tsx,sh,js}'), 'package.json', 'scripts/build.mjs'];
	return sources.every(file => statSync(file).mtimeMs < built);
}
