// Checks every shell file that git knows or would take. The parts of the host runner are checked as the one file that they become.
import { execFileSync, spawnSync } from 'node:child_process';
import { readFileSync } from 'node:fs';

const listed = execFileSync('git', ['ls-files', '--cached', '--others', '--exclude-standard'], {
	encoding: 'utf8',
}).split('\n');
const files = listed.filter(file => file.endsWith('.sh') || file === 'bin/hsctl' || file === '.ci/run');
const hostParts = files.filter(file => file.startsWith('src/host/'));
const others = files.filter(file => !file.startsWith('src/host/'));

const checks = [
	spawnSync('shellcheck', others, { stdio: 'inherit' }),
	// SC2154, SC2034: a part uses and sets names of its sister parts; SC1090, SC1091: it sources files that exist only on a host.
	spawnSync('shellcheck', ['-s', 'sh', '-e', 'SC2154,SC2034,SC1090,SC1091', ...hostParts], { stdio: 'inherit' }),
];
for (const file of hostParts) {
	if (/^\s*(local|typeset|declare|function)\s/m.test(readFileSync(file, 'utf8'))) {
		console.error(`${file}: not POSIX sh`);
		process.exit(1);
	}
}
if (checks.some(check => check.error !== undefined)) {
	console.error('shellcheck is not installed: apt-get install shellcheck');
	process.exit(1);
}
process.exit(checks.some(check => check.status !== 0) ? 1 : 0);
