// `npm run check`: every habit of this repository in one word. Each part is a command that anyone can run alone.
import { spawnSync } from 'node:child_process';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';

const root = join(dirname(fileURLToPath(import.meta.url)), '..');
const tests = ['tests', 'npx', ['vitest', 'run']];
const parts = [
	['format and lint', 'npx', ['biome', 'check', '--error-on-warnings', '.']],
	['types', 'npx', ['tsc', '-p', '.']],
	['unused code', 'npx', ['knip']],
	['shell', 'node', ['scripts/shellcheck.mjs']],
	[
		'generated files',
		'sh',
		['-c', 'node scripts/generate.mjs --check && node scripts/generate-diagnostics.mjs --check'],
	],
	[
		'shipped playbooks',
		'sh',
		[
			'-c',
			'node scripts/build.mjs && bin/hsctl validate --strict playbooks playbooks/pools && bin/hsctl lock --check && bin/hsctl fmt --check playbooks playbooks/pools',
		],
	],
	...(process.argv.includes('--without-tests') ? [] : [tests]),
];

const failed = parts.filter(([name, command, args]) => {
	console.log(`== ${name}`);
	return spawnSync(command, args, { cwd: root, stdio: 'inherit' }).status !== 0;
});

if (failed.length > 0) {
	console.error(`\nnot in order: ${failed.map(([name]) => name).join(', ')}`);
	process.exit(1);
}
console.log('\nall in order');
