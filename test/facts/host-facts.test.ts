import { execFileSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { hostname, release, tmpdir, userInfo } from 'node:os';
import { join } from 'node:path';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { hostFactsLook, parseHostFacts } from '../../src/facts/host-facts.ts';
import { choosePackageManager } from '../../src/facts/package-manager.ts';
import { factNames, facts, findFact } from '../../src/facts/registry.ts';
import { hostPath } from '../../src/model/brand.ts';
import { sh } from '../../src/model/command.ts';
import { has, LookRig, shells } from '../conditions/look-rig.ts';

const state = { path: hostPath('/var/lib/hsctl'), condition: 'absent', because: 'nothing is there' } as const;

it('a look becomes facts', () => {
	const printed = `NAME="Rocky Linux"
ID="rocky"
ID_LIKE="rhel centos fedora"
VERSION_ID="9.4"
PRETTY_NAME="Rocky Linux 9.4 (Blue Onyx)"
uname Linux web1.example 5.14.0-427.el9.x86_64 x86_64
user deploy
uid 1000
boot_id 3f0a6b0c-8a53-4f4e-9d0b-6f2f4f7d2c11
machine_id 0123456789abcdef0123456789abcdef
managers apt-get dnf yum
services systemd`;
	expect(parseHostFacts(printed, state)).toEqual({
		os: { id: 'rocky', family: 'rhel', version: '9.4', name: 'Rocky Linux 9.4 (Blue Onyx)' },
		kernel: '5.14.0-427.el9.x86_64',
		arch: 'x86_64',
		hostname: 'web1.example',
		user: 'deploy',
		uid: 1000,
		bootId: '3f0a6b0c-8a53-4f4e-9d0b-6f2f4f7d2c11',
		machineId: '0123456789abcdef0123456789abcdef',
		packageManager: 'dnf',
		serviceManager: 'systemd',
		state,
	});
});

it('what a host does not tell is unknown, and never root', () => {
	expect(parseHostFacts('', state)).toEqual({
		os: { id: 'unknown', family: 'unknown', version: '', name: 'unknown' },
		kernel: 'unknown',
		arch: 'unknown',
		hostname: 'unknown',
		user: 'unknown',
		uid: -1,
		bootId: '',
		machineId: '',
		packageManager: 'none',
		serviceManager: 'none',
		state,
	});
	expect(parseHostFacts('uid \nuser ', state)).toMatchObject({ uid: -1, user: 'unknown' });
	expect(parseHostFacts('uid 0x0', state).uid).toBe(-1);
});

it('whatever is printed makes facts in one line each', () => {
	const words = fc.constantFrom('uname ', 'uid ', 'user ', 'ID=', 'managers ', '\n', ' ', '"', '\u001b');
	const print = fc.array(fc.oneof(words, fc.string({ unit: 'binary', maxLength: 6 })), { maxLength: 10 });
	fc.assert(
		fc.property(print, parts => {
			const { os, state: _state, ...rest } = parseHostFacts(parts.join(''), state);
			for (const value of [...Object.values(os), ...Object.values(rest)]) expect(String(value)).not.toMatch(/\p{Cc}/u);
		}),
	);
});

it.each([
	['debian', 'apt-get', 'apt'],
	['rhel', 'apt-get dnf yum', 'dnf'],
	['rhel', 'yum', 'yum'],
	['suse', 'dnf zypper', 'zypper'],
	['arch', 'pacman', 'pacman'],
	['alpine', 'apk', 'apk'],
	['unknown', 'dnf', 'dnf'],
	['debian', '', 'none'],
	['alpine', 'apt-get', 'apt'],
] as const)('%s with %j is kept by %s', (family, present, manager) => {
	expect(choosePackageManager(family, present.split(' '))).toBe(manager);
});

const shown = (path: string): string => readFileSync(path, 'utf8').trim();

describe.each(shells.filter(shell => has(shell)))('this machine in %s', shell => {
	it('is known by its facts, one by one and all at once', async () => {
		using rig = new LookRig();
		const [all = '', ...single] = await rig.look(shell, [hostFactsLook(), ...facts.map(fact => fact.probe.look)]);
		const told = new Map(facts.map((fact, index) => [fact.name, fact.probe.parse(single[index] ?? '')]));
		const host = parseHostFacts(all, state);
		expect(host).toMatchObject({
			kernel: release(),
			hostname: hostname(),
			user: userInfo().username,
			uid: userInfo().uid,
			bootId: shown('/proc/sys/kernel/random/boot_id'),
		});
		expect(host.arch).toBe(execFileSync('uname', ['-m'], { encoding: 'utf8' }).trim());
		expect(Object.fromEntries(told)).toMatchObject({
			arch: host.arch,
			hostname: host.hostname,
			kernel: host.kernel,
			user: host.user,
			uid: String(host.uid),
			'os.id': host.os.id,
			'os.family': host.os.family,
			'os.name': host.os.name,
			package_manager: host.packageManager,
			service_manager: host.serviceManager,
			init: shown('/proc/1/comm'),
		});
	});

	it('learns the first line of the first file that can be read', async () => {
		using rig = new LookRig();
		const line = rig.file('line', 'one\ntwo\n');
		const open = rig.file('open', 'no newline');
		const empty = rig.file('empty', '');
		expect(
			await rig.look(shell, [
				sh`hs_look_first_line ${[rig.path('none'), line]}`,
				sh`hs_look_first_line ${[empty, open]}`,
				sh`hs_look_first_line ${[rig.folder]}`,
			]),
		).toEqual(['one', 'no newline', '']);
	});
});

it('fact names are unique, sorted, and found again', () => {
	expect(new Set(factNames).size).toBe(factNames.length);
	expect([...factNames].sort()).toEqual(factNames);
	expect(factNames.map(name => findFact(name)?.name)).toEqual(factNames);
	expect(findFact('constructor')).toBeUndefined();
});

it('the look of all facts writes nothing', () => {
	const folder = mkdtempSync(join(tmpdir(), 'hsctl-facts-'));
	try {
		const looks = join(import.meta.dirname, '../../src/host/looks.sh');
		const text = `cd ${folder}\n${readFileSync(looks, 'utf8')}\n${hostFactsLook().text}\n`;
		execFileSync('sh', { input: text, env: { HOME: folder, TMPDIR: folder, PATH: process.env.PATH } });
		expect(execFileSync('find', [folder, '-mindepth', '1'], { encoding: 'utf8' })).toBe('');
	} finally {
		rmSync(folder, { recursive: true });
	}
});
