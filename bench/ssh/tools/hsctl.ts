import { spawnSync } from 'node:child_process';
import { mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Work } from '../options.ts';
import { type Fixtures, numbered, w2Script } from '../programs.ts';
import { clean, type Site } from '../site.ts';
import type { Run, Tool } from './tool.ts';

export const hsctl = (program: string, profile: string | undefined): Tool => ({
	name: 'hsctl',
	how: 'plan for W1 and W4, apply --yes for W2, W3 and W4',
	missing: () => undefined,
	prepare(site, fixtures) {
		const repository = join(site.folder, 'repository');
		mkdirSync(join(repository, 'hotfixes'), { recursive: true });
		for (const [name, bytes] of repositoryFiles(site, fixtures)) writeFileSync(join(repository, name), bytes);
		const locked = spawnSync(program, ['lock'], { cwd: repository, env: site.env, encoding: 'utf8' });
		if (locked.status !== 0) throw new Error(`hsctl lock: ${locked.stderr}`);
		const run = (...words: readonly [string, ...string[]]): Run => ({
			label: `hsctl ${words[0]}`,
			words: [program, ...words],
			cwd: repository,
			env: {
				...site.env,
				PATH: `${join(site.folder, 'bin')}:${site.env.PATH}`,
				...(profile === undefined ? {} : { NODE_OPTIONS: `--cpu-prof --cpu-prof-dir=${profile}` }),
			},
		});
		const runs: Readonly<Record<Work, readonly Run[]>> = {
			W1: [run('plan', 'w1.yaml')],
			W2: [run('apply', 'w2.yaml', '--yes')],
			W3: [run('apply', 'w3.yaml', '--yes')],
			W4: [run('plan', 'w2.yaml'), run('apply', 'w2.yaml', '--yes')],
		};
		return {
			runs: work => runs[work],
			reset() {
				clean(site, 'hsctl');
				rmSync(join(site.folder, 'state'), { recursive: true, force: true });
			},
		};
	},
});

function repositoryFiles(site: Site, fixtures: Fixtures): readonly (readonly [string, string | Uint8Array])[] {
	return [
		['hsctl.config.yaml', 'hsctl: 1\n'],
		['inventory.yaml', inventory(site)],
		['w1.yaml', playbook('w1', w1Units(fixtures))],
		['w2.yaml', playbook('w2', numbered(20).map(w2Unit).join(''))],
		['w3.yaml', playbook('w3', w3Unit)],
		['hotfixes/never.sh', '#!/bin/sh\nexit 1\n'],
		['hotfixes/payload.sh', carrier(site)],
		...numbered(20).map(name => [`hotfixes/step${name}.sh`, `#!/bin/sh\n${w2Script(name)}`] as const),
	];
}

const inventory = (site: Site): string =>
	`hsctl: 1\ngroups:\n  site:\n    user: ${site.user}\n    port: ${site.port}\n    hosts:\n${site.addresses
		.map(
			(address, index) =>
				`      h${index + 1}: { address: ${address}, state_dir: ${site.folder}/state/${address}, vars: { dir: ${join(site.workOf('hsctl'), address)} } }\n`,
		)
		.join('')}`;

const playbook = (name: string, units: string): string =>
	`hsctl: 1\nname: ${name}\nhosts: all\ninventory: inventory.yaml\nhotfixes:\n${units}`;

/** None of them holds, so that nothing is to be done. */
const w1Units = ({ present, sums, binaries }: Fixtures): string =>
	[
		...present.map(path => `file_exists: { path: ${path}, invert: true }`),
		...sums.map(({ path }) => `file_sha256: { path: ${path}, sha256: "${'0'.repeat(64)}" }`),
		...binaries.map(name => `binary_version: { binary: ${name}, below: "0.0.1" }`),
	]
		.map((when, index) => `  look_${index}: { script: hotfixes/never.sh, when: { ${when} } }\n`)
		.join('');

const w2Unit = (name: string): string =>
	`  step_${name}:\n    script: hotfixes/step${name}.sh\n    when: { file_exists: { path: "\${host.dir}/f${name}", invert: true } }\n    env: { DIR: "\${host.dir}" }\n`;

const w3Unit = `  payload:\n    script: hotfixes/payload.sh\n    when: { file_exists: { path: "\${host.dir}/payload", invert: true } }\n    env: { DIR: "\${host.dir}" }\n`;

/**
 * A script is all that carries bytes to a host as long as there are no pools; the host compares its digest before it starts. The
 * shell reads a script by blocks, so it never comes to what follows its `exit`.
 */
const carrier = ({ payload }: Site): Uint8Array => {
	const head =
		'#!/bin/sh\nset -eu\ntail -c +LENGTH "$0" >"$DIR/payload.new"\nmv "$DIR/payload.new" "$DIR/payload"\nexit 0\n';
	const length = String(head.length - 'LENGTH'.length + 3 + 1);
	return Buffer.concat([Buffer.from(head.replace('LENGTH', length.padStart(3, '0'))), readFileSync(payload.path)]);
};
