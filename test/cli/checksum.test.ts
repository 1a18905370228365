import { spawnSync } from 'node:child_process';
import { chmodSync, readFileSync, rmSync, symlinkSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { here } from './in-process.ts';
import { rig } from './rig.ts';

const module = {
	'm/__init__.py': '',
	'm/index.py': "print('hi')\n",
	'm/src/example.sh': '#!/bin/sh\necho ok\n',
	'm/checksum': 'x\n',
	'm/x.pyc': 'x',
};

describe('checksum', () => {
	it('prints the digest that hsctl.lock pins', async ({ onTestFinished }) => {
		const r = rig(onTestFinished);
		r.write({
			'hsctl.config.yaml': 'hsctl: 1\n',
			'p.yaml': 'hsctl: 1\nname: p\nmodules: { m: { source: m, version: "1.0" } }\n',
			'm/module.yaml': 'name: m\nversion: "1.0"\nsteps: [{ command: "true" }]\n',
		});
		const printed = await here(r, ['checksum', 'm']);
		expect(printed).toEqual({ code: 0, stdout: expect.stringMatching(/^sha256:[0-9a-f]{64} {2}m\n$/), stderr: '' });
		await here(r, ['lock']);
		expect(readFileSync(join(r.root, 'repo/hsctl.lock'), 'utf8')).toContain(printed.stdout.slice(0, 71));
	});

	it('prints what upstream works out with --legacy, links followed as Python does it', async ({ onTestFinished }) => {
		const r = rig(onTestFinished);
		r.write(module);
		expect(await here(r, ['checksum', '--legacy', 'm'])).toEqual({
			code: 0,
			stdout: '55fa3f6a787759bafdc5aef4e96ddbf20aabc103a53375b61bf76bf7eb4fa1fd  m\n',
			stderr: '',
		});
		const folder = join(r.root, 'repo/m');
		r.write({ 'm/a/one': '1', 'm/b/two': '2', 'm/b/c/three': '3' });
		symlinkSync('b', join(folder, 'link_to_folder'));
		symlinkSync('index.py', join(folder, 'link_to_file'));
		const python = spawnSync('python3', ['-c', asUpstream, folder], { encoding: 'utf8' });
		const printed = await here(r, ['checksum', '--legacy', 'm']);
		if (python.status === 0) expect(printed.stdout).toBe(`${python.stdout.trim()}  m\n`);
		expect(printed.stderr).toMatch(
			/^Folders lie beside each other in \.: another machine may list them in another order/,
		);
		expect((await here(r, ['checksum', '--legacy', 'm', '-q'])).stderr).toBe('');
	});

	it('tells a mode and a link apart, which --legacy does not', async ({ onTestFinished }) => {
		const r = rig(onTestFinished);
		r.write({ 'm/a': 'x', 'n/a': 'x', 'o/a': 'x', 'o/b': 'x' });
		chmodSync(join(r.root, 'repo/n/a'), 0o755);
		const digests = async (...words: readonly string[]) =>
			Promise.all(['m', 'n'].map(async folder => (await here(r, ['checksum', ...words, folder])).stdout.split(' ')[0]));
		const [plain, executable] = await digests();
		expect(plain).not.toBe(executable);
		const [one, other] = await digests('--legacy');
		expect(one).toBe(other);
	});

	it.each([
		[['nowhere'], 'HS1001: nowhere does not exist'],
		[['m/index.py'], 'HS1801: m/index.py is no folder'],
		[[''], 'an empty word'],
		[['--legacy', 'dangling'], 'HS1406: dangling has no checksum: `l` cannot be read'],
		[['dangling'], 'HS1406: dangling has no checksum: the link `l` leaves the folder'],
		[['empty'], 'HS1406: empty has no checksum: it is not a folder, or it is empty'],
	])('refuses %j', async (words, said) => {
		const cleanUps: (() => void)[] = [];
		const r = rig(cleanUp => cleanUps.push(cleanUp));
		r.write({ ...module, 'dangling/a': '', 'empty/a': '' });
		symlinkSync('/nowhere', join(r.root, 'repo/dangling/l'));
		rmSync(join(r.root, 'repo/empty/a'));
		const ran = await here(r, ['checksum', ...words]);
		expect([ran.code, ran.stdout, ran.stderr]).toEqual([3, '', expect.stringContaining(said)]);
		for (const cleanUp of cleanUps) cleanUp();
	});
});

/** The rule as it is described, in the language that upstream has it in. */
const asUpstream = `
import hashlib, os, sys
top, digest = sys.argv[1], hashlib.sha256()
skipped = {"checksum", "checksum.sha", "__pycache__"}
for folder, folders, files in os.walk(top):
    folders[:] = [name for name in folders if name not in skipped]
    for name in sorted(files):
        if name not in skipped and not name.endswith(".pyc"):
            path = os.path.join(folder, name)
            digest.update(os.path.relpath(path, top).encode())
            with open(path, "rb") as file:
                digest.update(file.read())
print(digest.hexdigest())
`;
