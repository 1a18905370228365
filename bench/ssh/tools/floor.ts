import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { w1Program, w2Program, w3Command } from '../programs.ts';
import { clean, type Site } from '../site.ts';
import type { Run, Tool } from './tool.ts';

export const floor: Tool = {
	name: 'floor',
	how: 'bare ssh2, one sh program a host on stdin',
	missing: () => undefined,
	prepare(site, fixtures) {
		const { folder, payload } = site;
		const w1 = plan(site, 'w1', { input: file(folder, 'floor-w1.sh', w1Program(fixtures)) });
		const w2 = plan(site, 'w2', { input: file(folder, 'floor-w2.sh', w2Program(site.workOf('floor'))) });
		const command = `exec /bin/sh -c '${w3Command(site.workOf('floor'), payload.sha256)}'`;
		const w3 = plan(site, 'w3', { input: payload.path, command });
		return {
			runs: work => [{ W1: w1, W2: w2, W3: w3, W4: w2 }[work]],
			reset: () => clean(site, 'floor'),
		};
	},
};

function plan(
	site: Site,
	name: string,
	{ input, command }: { readonly input: string; readonly command?: string },
): Run {
	const hosts = site.addresses.map(address => ({ address, host_key: site.hostKeys.get(address) }));
	const { port, user, key } = site;
	const given = { hosts, port, user, key, input, command: command ?? 'exec /bin/sh -s' };
	const words = [process.execPath, program, file(site.folder, `floor-${name}.json`, JSON.stringify(given))] as const;
	return { label: 'floor', words: [...words], cwd: site.folder, env: site.env };
}

const program = join(import.meta.dirname, '../../floor.mjs');

function file(folder: string, name: string, text: string): string {
	const path = join(folder, name);
	writeFileSync(path, text);
	return path;
}
