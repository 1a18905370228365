import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Work } from '../options.ts';
import { type Fixtures, w1Program, w2Program } from '../programs.ts';
import { clean, type Site } from '../site.ts';
import { firstOnPath, isOnPath, type Run, type Tool } from './tool.ts';

export const clush: Tool = {
	name: 'clush',
	how: 'one batched script; clush --copy, then a checksum',
	missing: () => (isOnPath('clush') ? undefined : 'clustershell is not installed'),
	prepare(site, fixtures) {
		const to = `clush -S -f 50 -o '-F ${site.sshConfig}' -w ${site.addresses.join(',')}`;
		return prepare('clush', site, {
			fixtures,
			batch: `${to} sh -s`,
			copy: (from, file) => `${to} --copy ${from} --dest ${file}`,
			each: command => `${to} ${quote(command)} </dev/null`,
		});
	},
};

export const pssh: Tool = {
	name: 'pssh',
	how: 'one batched script; parallel-scp, then a checksum',
	missing: () => (firstOnPath(['parallel-ssh', 'pssh']) === undefined ? 'pssh is not installed' : undefined),
	prepare(site, fixtures) {
		const hosts = join(site.folder, 'pssh-hosts');
		writeFileSync(hosts, `${site.addresses.join('\n')}\n`);
		const words = `-h ${hosts} -p 50 -t 0 -x '-F ${site.sshConfig}'`;
		const [ssh, scp] = [firstOnPath(['parallel-ssh', 'pssh']), firstOnPath(['parallel-scp', 'pscp.pssh', 'pscp'])];
		return prepare('pssh', site, {
			fixtures,
			batch: `${ssh} ${words} -I sh -s`,
			copy: (from, file) => `${scp} ${words} ${from} ${file}`,
			each: command => `${ssh} ${words} ${quote(command)}`,
		});
	},
};

interface Wish {
	readonly fixtures: Fixtures;
	/** Runs a program that comes on stdin, on every host. */
	readonly batch: string;
	copy(from: string, file: string): string;
	each(command: string): string;
}

function prepare(name: 'clush' | 'pssh', site: Site, { fixtures, batch, copy, each }: Wish) {
	const file = (as: string, text: string): string => {
		const path = join(site.folder, `${name}-${as}.sh`);
		writeFileSync(path, text);
		return path;
	};
	const run = (command: string, stdin?: string): Run => ({
		label: name,
		words: ['sh', '-c', command],
		cwd: site.folder,
		env: site.env,
		...(stdin === undefined ? {} : { stdin }),
	});
	const w1 = run(batch, file('w1', w1Program(fixtures)));
	const w2 = run(batch, file('w2', w2Program(site.workOf(name))));
	// They copy to the same path everywhere, and these hosts share one disk: all write the same bytes into one file.
	const to = join(site.workOf(name), 'payload');
	const check = `echo "${site.payload.sha256}  ${to}" | sha256sum -c -`;
	const w3 = run(`${copy(site.payload.path, to)} && ${each(check)}`);
	const runs: Readonly<Record<Work, readonly Run[]>> = { W1: [w1], W2: [w2], W3: [w3], W4: [w2] };
	return { runs: (work: Work) => runs[work], reset: () => clean(site, name) };
}

const quote = (text: string): string => `'${text.replaceAll("'", "'\\''")}'`;
