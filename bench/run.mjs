// What hsctl costs: start-up, checking a very large playbook, planning for many hosts. Prints a table; writes only into a
// temporary folder that it removes. `node bench/run.mjs [start|validate|plan]` does one of the three; `ssh` is a benchmark beside
// other tools, with options of its own (`ssh --help`).
import { spawnSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';

if (process.argv[2] === 'ssh') {
	const { benchSsh } = await import('./ssh/bench-ssh.ts');
	process.exit(await benchSsh(process.argv.slice(3)));
}

const root = join(dirname(fileURLToPath(import.meta.url)), '..');
const folder = mkdtempSync(join(tmpdir(), 'hsctl-bench-'));
const rows = [];
const row = (what, measured, aim = '') => rows.push([what, measured, aim]);

/** @returns {{ms: number, stdout: string, stderr: string}} */
function timed(command, args, options = {}) {
	const started = performance.now();
	const { status, signal, stdout, stderr } = spawnSync(command, args, { encoding: 'utf8', maxBuffer: 1e9, ...options });
	const ms = performance.now() - started;
	if (status !== 0) throw new Error(`${command} ${args.join(' ')}: ${signal ?? status}\n${stderr.slice(0, 2000)}`);
	return { ms, stdout, stderr };
}

const median = numbers => numbers.toSorted((a, b) => a - b)[Math.floor(numbers.length / 2)];
const whole = ms => `${Math.round(ms)} ms`;

/** Interleaved: whatever else the machine does meanwhile happens to all alike. */
function startUp() {
	const commands = {
		'node -e 0': [process.execPath, ['-e', '0']],
		'node dist/hsctl.mjs --version': [process.execPath, ['dist/hsctl.mjs', '--version']],
		'bin/hsctl --version': ['bin/hsctl', ['--version']],
	};
	const times = Object.fromEntries(Object.keys(commands).map(name => [name, []]));
	// The first run after a build reads everything from disk.
	for (const [command, args] of Object.values(commands)) timed(command, args, { cwd: root });
	for (let round = 0; round < 21; round += 1)
		for (const [name, [command, args]] of Object.entries(commands))
			times[name].push(timed(command, args, { cwd: root }).ms);
	const bare = median(times['node -e 0']);
	for (const [name, all] of Object.entries(times)) {
		const ratio = (median(all) / bare).toFixed(2);
		row(
			name,
			`${whole(median(all))}${name === 'node -e 0' ? '' : `, ${ratio} × bare node`}`,
			name === 'node -e 0' ? '' : '≤ 1.5 ×',
		);
	}
}

function validate() {
	const repository = join(folder, 'repository');
	mkdirSync(join(repository, 'hotfixes'), { recursive: true });
	writeFileSync(join(repository, 'hsctl.config.yaml'), 'hsctl: 1\n');
	for (let script = 0; script < 100; script += 1)
		writeFileSync(join(repository, `hotfixes/s${script}.sh`), `#!/bin/sh\necho ${script}\n`);
	const units = Array.from(
		{ length: 10_000 },
		(_, index) => `  fix_${index}:
    description: Fix number ${index}
    script: hotfixes/s${index % 100}.sh
    tags: [security, batch_${index % 50}]
    when: { binary_version: { binary: git, below: "2.${index % 40}.0" } }
${index % 10 === 0 ? '' : `    needs: [hotfix.fix_${index - 1}]\n`}`,
	);
	writeFileSync(join(repository, 'big.yaml'), `hsctl: 1\nname: big\nhosts: localhost\nhotfixes:\n${units.join('')}`);
	const words = { cwd: repository, env: { ...process.env, HOME: folder, CI: 'true' } };
	const hsctl = join(root, 'bin/hsctl');
	timed(hsctl, ['lock'], words);
	const times = Array.from({ length: 5 }, () => timed(hsctl, ['validate', 'big.yaml'], words).ms);
	row('validate 10,000 hotfixes', whole(median(times)), '≤ 1500 ms');
	const report = join(folder, 'report.mjs');
	writeFileSync(
		report,
		'process.on("exit", () => process.stderr.write(`\\nmaxrss ${process.resourceUsage().maxRSS}\\n`));\n',
	);
	const { stderr } = timed(hsctl, ['validate', 'big.yaml'], {
		...words,
		env: { ...words.env, NODE_OPTIONS: `--import=${report}` },
	});
	row('… peak memory', `${Math.round(Number(/maxrss (\d+)/.exec(stderr)?.[1]) / 1024)} MiB`);
}

async function plan() {
	const { build } = await import('esbuild');
	const program = join(folder, 'plan-scale.mjs');
	await build({
		entryPoints: [join(root, 'bench/plan-scale.ts')],
		outfile: program,
		bundle: true,
		format: 'esm',
		platform: 'node',
		target: 'node24',
		loader: { '.sh': 'text' },
	});
	const profile =
		process.env.HSCTL_PROFILE === undefined ? [] : ['--cpu-prof', `--cpu-prof-dir=${process.env.HSCTL_PROFILE}`];
	for (const [hosts, units, own] of [
		[500, 100],
		[1000, 100],
		[2000, 100],
		[1000, 100, 'own'],
	]) {
		const words = [...profile, program, String(hosts), String(units), ...(own === undefined ? [] : [own])];
		const runs = Array.from({ length: 3 }, () => JSON.parse(timed(process.execPath, words).stdout));
		const ms = median(runs.map(run => run.ms));
		const perHost = ((ms / hosts) * 1000).toFixed(0);
		const what = `plan ${hosts} hosts × ${units} units${own === undefined ? '' : ', each host with its own variable'}`;
		row(
			what,
			`${whole(ms)} (${perHost} µs a host), ${Math.round(median(runs.map(run => run.peakMiB)))} MiB`,
			hosts === 1000 ? '≤ 3000 ms' : '',
		);
	}
}

const parts = { start: startUp, validate, plan };
try {
	const [only] = process.argv.slice(2);
	for (const [name, part] of Object.entries(parts)) if (only === undefined || only === name) await part();
} finally {
	rmSync(folder, { recursive: true, force: true });
}
const widths = [0, 1].map(column => Math.max(...rows.map(cells => cells[column].length)));
for (const [what, measured, aim] of rows)
	console.log(`${what.padEnd(widths[0])}  ${measured.padEnd(widths[1])}  ${aim}`.trimEnd());
