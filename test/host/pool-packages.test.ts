import { execFileSync, spawnSync } from 'node:child_process';
import {
	chmodSync,
	mkdirSync,
	mkdtempSync,
	readdirSync,
	readFileSync,
	rmSync,
	symlinkSync,
	writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { recheckFiles, recheckLibrary } from '../../src/execution/probe-program.ts';
import { sha256Digest } from '../../src/model/brand.ts';
import { lookAtFiles, type PackageWord, readSights } from '../../src/units/pool/file-look.ts';
import { has, isRoot, shells } from './host.ts';

/** What is of no interest here: nothing is known of the files beforehand. */
const nothing = sha256Digest('0'.repeat(64));

const tools = 'cat date dirname grep head id ls lsattr md5sum readlink sed sha256sum stat timeout tr uname wc'.split(
	' ',
);

/** A machine with one kind of package manager, whose packages put files below a folder of our own. */
class Machine implements Disposable {
	readonly folder = mkdtempSync(join(tmpdir(), 'hsctl-packages-'));
	readonly #programs = join(this.folder, 'programs');

	constructor() {
		chmodSync(this.folder, 0o755);
		mkdirSync(this.#programs);
		for (const tool of tools) this.link(tool);
	}

	[Symbol.dispose](): void {
		rmSync(this.folder, { recursive: true, force: true });
	}

	/** A real program of this machine, under its own name. */
	link(name: string): void {
		const path = spawnSync('sh', ['-c', 'command -v "$1"', 'sh', name], { encoding: 'utf8' }).stdout.trim();
		if (path !== '') symlinkSync(path, join(this.#programs, name));
	}

	program(name: string, text: string): void {
		writeFileSync(join(this.#programs, name), `#!/bin/sh\n${text}\n`, { mode: 0o755 });
	}

	at(name: string): string {
		return join(this.folder, 'etc', name);
	}

	put(name: string, text: string): void {
		mkdirSync(dirname(this.at(name)), { recursive: true });
		writeFileSync(this.at(name), text);
	}

	/** What the package manager says of each file: its word, and which package; `none` where it says nothing. */
	ask(shell: string, names: readonly string[], inside: readonly string[] = []): readonly string[] {
		const files = names.map(name => ({ dest: this.at(name), follow: false, digest: nothing, known: [] }));
		const [program = 'sh', ...options] = [...inside, ...shell.split(' ')];
		const text = [
			recheckLibrary,
			`HSCTL_STATE=${this.folder}/state`,
			recheckFiles,
			`PATH=${this.#programs}`,
			lookAtFiles(files).text,
		];
		const done = spawnSync(program, [...options, '-s'], {
			input: `{\n${text.join('\n')}\n} </dev/null\n`,
			env: { PATH: process.env.PATH, HOME: this.folder, LC_ALL: 'C' },
			encoding: 'utf8',
		});
		expect(done.status).toBe(0);
		return readSights(done.stdout, files).map(sight => said(sight.package));
	}
}

const said = (word: PackageWord | undefined): string =>
	word === undefined ? 'none' : `${word.manager} ${word.name} ${word.word}`;

const here = (shell: string): boolean => has(shell.split(' ')[0] ?? '');

describe.skipIf(!isRoot || !has('dpkg-deb'))('dpkg (skipped without it, or without root)', () => {
	const machine = new Machine();
	const root = join(machine.folder, 'root');
	afterAll(() => machine[Symbol.dispose]());

	beforeAll(() => {
		const build = join(machine.folder, 'build');
		const put = (name: string, text: string): void => {
			const path = join(build, machine.at(name));
			mkdirSync(dirname(path), { recursive: true });
			writeFileSync(path, text);
		};
		for (const name of ['conf', 'conf.changed', 'conf.gone', 'plain', 'changed', 'gone', '[id].tsx', 'two words'])
			put(name, `${name}\n`);
		mkdirSync(join(build, 'DEBIAN'));
		writeFileSync(
			join(build, 'DEBIAN/control'),
			'Package: lab-app\nVersion: 1.0\nArchitecture: all\nMaintainer: Lab <lab@example.invalid>\nDescription: lab\n',
		);
		writeFileSync(
			join(build, 'DEBIAN/conffiles'),
			['conf', 'conf.changed', 'conf.gone'].map(name => `${machine.at(name)}\n`).join(''),
		);
		execFileSync('sh', [
			'-c',
			'cd "$1" && find . -path ./DEBIAN -prune -o -type f -print | sed "s,^./,," | while IFS= read -r f; do md5sum "$f"; done >DEBIAN/md5sums',
			'sh',
			build,
		]);
		execFileSync('dpkg-deb', ['--build', build, join(machine.folder, 'lab-app.deb')], { stdio: 'ignore' });
		mkdirSync(join(root, 'var/lib/dpkg/updates'), { recursive: true });
		mkdirSync(join(root, 'var/lib/dpkg/info'));
		writeFileSync(join(root, 'var/lib/dpkg/status'), '');
		execFileSync('dpkg', ['--root', root, '--force-all', '-i', join(machine.folder, 'lab-app.deb')], {
			stdio: 'ignore',
		});
		execFileSync('cp', ['-a', join(root, machine.folder, 'etc'), machine.folder]);
		machine.link('dpkg-query');
		machine.put('conf.changed', 'mine\n');
		machine.put('changed', 'mine\n');
		machine.put('foreign', 'mine\n');
		for (const name of ['gone', 'conf.gone']) rmSync(machine.at(name));
	});

	/** The machine's own database stays as it is. */
	const inside = () => [
		'unshare',
		'-m',
		'sh',
		'-c',
		'mount --bind "$0" /var/lib/dpkg && exec "$@"',
		join(root, 'var/lib/dpkg'),
	];

	it.each(shells.filter(here))('is asked in %s', shell => {
		const expected = {
			conf: 'dpkg lab-app same',
			'conf.changed': 'dpkg lab-app changed',
			'conf.gone': 'dpkg lab-app gone',
			plain: 'dpkg lab-app same',
			changed: 'dpkg lab-app changed',
			gone: 'dpkg lab-app gone',
			'[id].tsx': 'dpkg lab-app same',
			'two words': 'dpkg lab-app same',
			foreign: 'none',
			nowhere: 'none',
			'plai[n]': 'none',
		};
		const names = Object.keys(expected);
		const answers = machine.ask(shell, names, inside());
		expect(Object.fromEntries(names.map((name, index) => [name, answers[index]]))).toEqual(expected);
	});

	it('is asked once whose any of the files are', () => {
		using other = new Machine();
		const real = execFileSync('sh', ['-c', 'command -v dpkg-query'], { encoding: 'utf8' }).trim();
		other.program('dpkg-query', `echo "$1" >>${other.folder}/asked\nexec ${real} "$@"`);
		for (const name of ['a', 'b', 'c']) other.put(name, 'mine\n');
		expect(other.ask('dash', ['a', 'b', 'c', 'd'], inside())).toEqual(['none', 'none', 'none', 'none']);
		expect(readFileSync(join(other.folder, 'asked'), 'utf8')).toBe('-S\n');
	});
});

describe.skipIf(!isRoot || !has('rpmbuild'))('rpm (skipped without rpmbuild, or without root)', () => {
	const machine = new Machine();
	afterAll(() => machine[Symbol.dispose]());

	beforeAll(() => {
		const top = join(machine.folder, 'top');
		const etc = join(machine.folder, 'etc');
		const names = ['conf', 'plain', 'changed', 'gone', 'two words'];
		const spec = [
			'Name: lab-app',
			'Version: 1.0',
			'Release: 1',
			'Summary: lab',
			'License: MIT',
			'BuildArch: noarch',
			'%description',
			'lab',
			'%install',
			`mkdir -p %{buildroot}${etc}`,
			...names.map(name => `echo '${name}' >"%{buildroot}${etc}/${name}"`),
			'%files',
			`%config(noreplace) ${etc}/conf`,
			`%ghost ${etc}/ghost`,
			...names.slice(1).map(name => `"${etc}/${name}"`),
		];
		writeFileSync(join(machine.folder, 'lab.spec'), `${spec.join('\n')}\n`);
		writeFileSync(join(machine.folder, '.rpmmacros'), `%_dbpath ${machine.folder}/db\n`);
		const env = { ...process.env, HOME: machine.folder };
		const rpmbuild = [
			'-bb',
			'--quiet',
			'--define',
			`_topdir ${top}`,
			'--define',
			'__os_install_post %{nil}',
			'--define',
			'_build_id_links none',
		];
		execFileSync('rpmbuild', [...rpmbuild, join(machine.folder, 'lab.spec')], { env, stdio: 'pipe' });
		const made = readdirSync(join(top, 'RPMS/noarch')).map(name => join(top, 'RPMS/noarch', name));
		execFileSync('rpm', ['--initdb'], { env, stdio: 'pipe' });
		execFileSync('rpm', ['-i', '--nodeps', '--nosignature', ...made], { env, stdio: 'pipe' });
		machine.link('rpm');
		machine.put('changed', 'mine\n');
		machine.put('foreign', 'mine\n');
		rmSync(machine.at('gone'));
	});

	it.each(shells.filter(here))('is asked in %s', shell => {
		const expected = {
			conf: 'rpm lab-app same',
			plain: 'rpm lab-app same',
			changed: 'rpm lab-app changed',
			gone: 'rpm lab-app gone',
			'two words': 'rpm lab-app same',
			ghost: 'none',
			foreign: 'none',
			nowhere: 'none',
		};
		const names = Object.keys(expected);
		const answers = machine.ask(shell, names);
		expect(Object.fromEntries(names.map((name, index) => [name, answers[index]]))).toEqual(expected);
	});
});

/** What pacman 6.0.2 printed, asked for `-Qkk lab-app`, with a folder of its own in the place of ours. */
const recorded = (etc: string): string => `warning: lab-app: ${etc} (Permissions mismatch)
backup file: lab-app: ${etc}/conf.changed (MD5 checksum mismatch)
backup file: lab-app: ${etc}/conf.changed (SHA256 checksum mismatch)
warning: lab-app: ${etc}/mode (Permissions mismatch)
warning: lab-app: ${etc}/plain.changed (MD5 checksum mismatch)
warning: lab-app: ${etc}/plain.changed (SHA256 checksum mismatch)
warning: lab-app: ${etc}/sized (Permissions mismatch)
warning: lab-app: ${etc}/sized (Size mismatch)
warning: lab-app: ${etc}/sized (MD5 checksum mismatch)
warning: lab-app: ${etc}/gone (No such file or directory)
lab-app: 10 total files, 6 altered files`;

describe('pacman, by what it has printed', () => {
	const machine = new Machine();
	const etc = join(machine.folder, 'etc');
	const owned = ['plain', 'mode', 'plain.changed', 'conf.changed', 'sized', 'gone', 'two words'];
	afterAll(() => machine[Symbol.dispose]());

	beforeAll(() => {
		for (const name of [...owned, 'foreign', 'mtreeless']) if (name !== 'gone') machine.put(name, `${name}\n`);
		machine.program(
			'pacman',
			`case "$1 $3" in
${owned.map(name => `'-Qqo ${etc}/${name}') echo lab-app ;;`).join('\n')}
'-Qqo ${etc}/mtreeless') echo lab-old ;;
-Qqo*) printf 'error: No package owns %s\\n' "$3" >&2; exit 1 ;;
'-Qkk lab-app') cat <<'END' >&2
${recorded(etc)}
END
exit 1 ;;
'-Qkk lab-old') echo 'lab-old: no mtree file' ;;
esac`,
		);
	});

	it.each(shells.filter(here))('is asked in %s', shell => {
		const expected = {
			plain: 'pacman lab-app same',
			// Owner and mode are no content, and what is said of the next file is none of its business.
			mode: 'pacman lab-app same',
			'plain.changed': 'pacman lab-app changed',
			'conf.changed': 'pacman lab-app changed',
			sized: 'pacman lab-app changed',
			gone: 'pacman lab-app gone',
			'two words': 'pacman lab-app same',
			mtreeless: 'pacman lab-old unknown',
			foreign: 'none',
			nowhere: 'none',
		};
		const names = Object.keys(expected);
		const answers = machine.ask(shell, names);
		expect(Object.fromEntries(names.map((name, index) => [name, answers[index]]))).toEqual(expected);
	});
});

it('no package manager says nothing', () => {
	using machine = new Machine();
	machine.put('plain', 'x\n');
	expect(machine.ask('dash', ['plain', 'nowhere'])).toEqual(['none', 'none']);
});
