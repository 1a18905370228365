import fc from 'fast-check';
import { expect, it } from 'vitest';
import { conditionTypes } from '../../src/conditions/registry.ts';
import type { ConditionKind, ConditionOptions, Verdict } from '../../src/model/condition.ts';

const policies = { if_missing: 'fail', if_unreadable: 'fail' } as const;
type Row = readonly [printed: string, answer: Verdict['answer'], value: string, because: string];

function table<Kind extends ConditionKind>(kind: Kind, options: ConditionOptions[Kind], rows: readonly Row[]): void {
	it.each(rows)(`${kind}: %j %s`, (printed, answer, value, because) => {
		expect(conditionTypes[kind].read(options, printed)).toEqual({ answer, value, because });
	});
}

const git = { package: 'git', below: '2.40', ...policies };
const kernel = { package: 'kernel', below: '5.14.0-400', ...policies };
const cannot = (name: string, why: string) => `the version of ${name} cannot be told: ${why}`;
table('package_version', git, [
	[
		'dpkg\ngit\tinstall ok installed\t1:2.39.5-0+deb12u2\n\nexit 0',
		'fails',
		'git 1:2.39.5-0+deb12u2',
		'git 1:2.39.5-0+deb12u2 is not below 2.40',
	],
	['dpkg\ngit\thold ok installed\t2.39.5-1\n\nexit 0', 'holds', 'git 2.39.5-1', 'git 2.39.5-1 is below 2.40'],
	[
		'dpkg\ngit\tdeinstall ok config-files\t2.39.5-1\n\nexit 0',
		'missing',
		'absent',
		'git is not installed, as dpkg says',
	],
	[
		'dpkg\ngit\tinstall ok half-configured\t2.39.5-1\n\nexit 0',
		'missing',
		'absent',
		'git is not installed, as dpkg says',
	],
	['dpkg\ngit\tunknown ok not-installed\t\n\nexit 0', 'missing', 'absent', 'git is not installed, as dpkg says'],
	['dpkg\ngit-man\tinstall ok installed\t1\n\nexit 0', 'missing', 'absent', 'git is not installed, as dpkg says'],
	[
		'dpkg\ndpkg-query: no packages found matching git\n\nexit 1',
		'missing',
		'absent',
		'git is not installed, as dpkg says',
	],
	[
		'dpkg\ndpkg-query: error: the database is gone\n\nexit 2',
		'unreadable',
		'unreadable',
		cannot('git', 'dpkg ended with 2: dpkg-query: error: the database is gone'),
	],
	['rpm\ngit\t2.43.5-1.el9\n\nexit 0', 'fails', 'git 2.43.5-1.el9', 'git 2.43.5-1.el9 is not below 2.40'],
	['rpm\npackage git is not installed\n\nexit 1', 'missing', 'absent', 'git is not installed, as rpm says'],
	[
		'rpm\nerror: cannot open Packages database in /var/lib/rpm\npackage git is not installed\n\nexit 1',
		'unreadable',
		'unreadable',
		cannot('git', 'rpm ended with 1: error: cannot open Packages database in /var/lib/rpm'),
	],
	['rpm\n\nexit timeout', 'unreadable', 'unreadable', cannot('git', 'rpm did not end within 10 s')],
	['pacman\ngit 2.39.0-1\n\nexit 0', 'holds', 'git 2.39.0-1', 'git 2.39.0-1 is below 2.40'],
	["pacman\nerror: package 'git' was not found\n\nexit 1", 'missing', 'absent', 'git is not installed, as pacman says'],
	[
		'pacman\nerror: could not lock\n\nexit 1',
		'unreadable',
		'unreadable',
		cannot('git', 'pacman ended with 1: error: could not lock'),
	],
	[
		'apk\ngit-2.39.1-r0 x86_64 {git} (GPL-2.0-only) [installed]\n\nexit 0',
		'holds',
		'git 2.39.1-r0',
		'git 2.39.1-r0 is below 2.40',
	],
	[
		'apk\ngit-doc-2.39.1-r0 x86_64 {git} (GPL-2.0-only) [installed]\n\nexit 0',
		'missing',
		'absent',
		'git is not installed, as apk says',
	],
	['apk\n\nexit 0', 'missing', 'absent', 'git is not installed, as apk says'],
	['none', 'unreadable', 'unreadable', cannot('git', 'no package manager that is known is there')],
	['', 'unreadable', 'unreadable', cannot('git', 'no package manager that is known is there')],
	[
		'dpkg\ngit\tinstall ok installed\t2.39.5-1',
		'unreadable',
		'unreadable',
		cannot('git', 'dpkg ended nobody knows how'),
	],
]);
table('package_version', kernel, [
	[
		'rpm\nkernel\t5.14.0-362.el9\nkernel\t5.14.0-427.el9\nkernel\t5.14.0-70.el9\n\nexit 0',
		'fails',
		'kernel 5.14.0-427.el9',
		'kernel 5.14.0-427.el9 is not below 5.14.0-400',
	],
]);
table('package_version', { ...git, package: 'libc6:i386', compare: 'loose' }, [
	[
		'dpkg\nlibc6\tinstall ok installed\t2.36-9\n\nexit 0',
		'holds',
		'libc6:i386 2.36-9',
		'libc6:i386 2.36-9 is below 2.40',
	],
	[
		'dpkg\nlibc6\tinstall ok installed\t1:2.36-9\n\nexit 0',
		'unreadable',
		'libc6:i386 1:2.36-9',
		'libc6:i386 1:2.36-9 cannot be compared by the loose order',
	],
]);

const debian = 'ID=debian\nVERSION_ID="12"\nNAME="Debian GNU/Linux"';
table('os', { family: ['debian', 'suse'], if_unreadable: 'fail' }, [
	[debian, 'holds', 'debian 12', 'debian 12 is of family debian'],
	[
		'ID=rocky\nID_LIKE="rhel centos fedora"\nVERSION_ID="9.4"',
		'fails',
		'rocky 9.4',
		'rocky 9.4 is of family rhel, not debian or suse',
	],
	['ID=plan9', 'fails', 'plan9', 'plan9 is of family unknown, not debian or suse'],
	['', 'unreadable', 'unknown', 'this host has no os-release that tells its system'],
]);
table('os', { id: ['debian'], version: { min_version: '11', below: '13' }, if_unreadable: 'fail' }, [
	[debian, 'holds', 'debian 12', 'debian 12 is debian and debian 12 is at least 11 and below 13'],
	['ID=debian\nVERSION_ID="10"', 'fails', 'debian 10', 'debian 10 is not at least 11'],
	['ID=debian', 'unreadable', 'debian', 'debian tells no VERSION_ID'],
	['ID=ubuntu\nID_LIKE=debian', 'fails', 'ubuntu', 'ubuntu is ubuntu, not debian'],
]);

table('unit_state', { unit: 'nginx.service', state: ['active', 'reloading'], ...policies }, [
	['LoadState=loaded\nActiveState=active\n\nexit 0', 'holds', 'active', 'nginx.service is active'],
	[
		'ActiveState=failed\nLoadState=loaded\n\nexit 0',
		'fails',
		'failed',
		'nginx.service is failed, not active or reloading',
	],
	[
		'LoadState=masked\nActiveState=inactive\n\nexit 0',
		'fails',
		'inactive',
		'nginx.service is inactive, not active or reloading',
	],
	['LoadState=not-found\nActiveState=inactive\n\nexit 0', 'missing', 'absent', 'systemd knows no unit nginx.service'],
	['no systemd', 'unreadable', 'unreadable', 'the state of nginx.service cannot be told: this host has no systemd'],
	[
		'Failed to connect to bus: Host is down\n\nexit 1',
		'unreadable',
		'unreadable',
		'the state of nginx.service cannot be told: systemctl ended with 1: Failed to connect to bus: Host is down',
	],
	[
		'\nexit timeout',
		'unreadable',
		'unreadable',
		'the state of nginx.service cannot be told: systemctl did not end within 10 s',
	],
	['\nexit 0', 'unreadable', 'unreadable', 'the state of nginx.service cannot be told: systemctl tells no ActiveState'],
]);

table('fact', { name: 'arch', equals: ['x86_64', 'aarch64'], if_missing: 'fail' }, [
	['x86_64', 'holds', 'x86_64', 'arch is x86_64'],
	['armv7l', 'fails', 'armv7l', 'arch is armv7l, not x86_64 or aarch64'],
	['', 'missing', 'absent', 'the host does not tell its arch'],
]);
table('fact', { name: 'kernel', version: { min_version: '6.1', compare: 'loose' }, if_missing: 'fail' }, [
	['6.1.0-13-amd64', 'holds', 'kernel 6.1.0-13-amd64', 'kernel 6.1.0-13-amd64 is at least 6.1'],
	['5.10.0-9', 'fails', 'kernel 5.10.0-9', 'kernel 5.10.0-9 is not at least 6.1'],
	['custom', 'unreadable', 'kernel custom', 'kernel custom cannot be compared by the loose order'],
]);

const binary = {
	binary: '/usr/bin/git',
	below: '2.30.0',
	version_flag: '--version',
	compare: 'loose',
	...policies,
} as const;
const ran = (line: string): string => `there\n${line}\nexit 0`;
table('binary_version', binary, [
	[ran('git version 2.29.2'), 'holds', 'git 2.29.2', 'git 2.29.2 is below 2.30.0'],
	[ran('git version 2.29.2.windows.1'), 'holds', 'git 2.29.2.windows.1', 'git 2.29.2.windows.1 is below 2.30.0'],
	[ran('go version go1.21.3 linux/amd64'), 'holds', 'git 1.21.3', 'git 1.21.3 is below 2.30.0'],
	[ran('This is perl 5, version 36 (v5.36.0) built'), 'fails', 'git 5.36.0', 'git 5.36.0 is not below 2.30.0'],
	[
		ran('GNU bash, version 5.2.15(1)-release (x86_64-pc-linux-gnu)'),
		'fails',
		'git 5.2.15',
		'git 5.2.15 is not below 2.30.0',
	],
	[ran('curl 1.88.1, built later.'), 'holds', 'git 1.88.1', 'git 1.88.1 is below 2.30.0'],
	[ran('the end of 1.2.'), 'holds', 'git 1.2', 'git 1.2 is below 2.30.0'],
	[ran('1.2.3\u001b[31m'), 'holds', 'git 1.2.3', 'git 1.2.3 is below 2.30.0'],
	[ran(''), 'unreadable', 'no version', '/usr/bin/git --version prints no version'],
	['absent', 'missing', 'absent', '/usr/bin/git does not exist'],
	['hidden /usr', 'unreadable', 'hidden', '/usr/bin/git cannot be looked at, as /usr is closed to this user'],
	['there\ngit version 2.29.2', 'unreadable', 'unreadable', '/usr/bin/git --version ended nobody knows how'],
	['there\n\nexit timeout', 'unreadable', 'unreadable', '/usr/bin/git --version did not end within 10 s'],
	['there\ngit version 2.29.2\nexit 1', 'unreadable', 'unreadable', '/usr/bin/git --version ended with 1'],
	['there\ngit version 2.29.2\nexit 137', 'unreadable', 'unreadable', '/usr/bin/git --version was ended by signal 9'],
	['', 'unreadable', 'unreadable', '/usr/bin/git cannot be used: the look at it told nothing'],
	['thereabouts', 'unreadable', 'unreadable', '/usr/bin/git cannot be used: the look at it told nothing'],
]);
table('binary_version', { ...binary, compare: 'semver' }, [
	[ran('git version 2.29.2.1'), 'unreadable', 'git 2.29.2.1', 'git 2.29.2.1 cannot be compared by the semver order'],
]);

it('what a host prints cannot move the cursor of a terminal, nor fill it', () => {
	const loud = `there\n\u001b[2J\u202e${'x'.repeat(500)}\nexit 0`;
	const options = { run: 'x', exit_codes: [0], prints: 'y', timeout_ms: 1000, ...policies } as const;
	const { value, because } = conditionTypes.command.read(options, loud);
	// JSON.stringify has made the escape visible; the override of the direction of writing is left out.
	expect(value + because).not.toMatch(/[\p{Cc}\p{Cf}]/u);
	expect(value.length).toBeLessThanOrEqual(80);
	expect(because.length).toBeLessThanOrEqual(240);
});

const everyKind: { readonly [Kind in ConditionKind]: ConditionOptions[Kind] } = {
	binary_version: binary,
	command: { run: ['x'], exit_codes: [0], prints: 'y', timeout_ms: 1000, ...policies },
	fact: { name: 'os.family', equals: ['debian'], if_missing: 'fail' },
	file_exists: { path: '/x', invert: false, if_unreadable: 'fail' },
	file_sha256: { path: '/x', digests: ['0'.repeat(64)], ...policies },
	module_schema: { module: 'gogs', path: '/x', max_version: '1.0', compare: 'semver', ...policies },
	module_version: { module: 'gogs', max_version: '1.0', compare: 'semver', ...policies },
	os: { family: ['debian'], version: { below: '13' }, if_unreadable: 'fail' },
	package_version: git,
	unit_state: { unit: 'x.service', state: ['active'], ...policies },
};
const kinds = Object.keys(everyKind) as readonly ConditionKind[];
const snippets = [
	'there',
	'absent',
	'hidden ',
	'exit 0',
	'exit 200',
	'dpkg',
	'rpm',
	'ID=debian',
	'ActiveState=active',
	'{"metadata":',
	'1.2.3',
	'\n',
	'\t',
];
const print = fc
	.array(fc.oneof(fc.constantFrom(...snippets), fc.string({ unit: 'binary', maxLength: 5 })), { maxLength: 8 })
	.map(parts => parts.join(''));

function read<Kind extends ConditionKind>(kind: Kind, printed: string): Verdict {
	return conditionTypes[kind].read(everyKind[kind], printed);
}

it.each(kinds)('%s makes a verdict in one line of whatever is printed, and never throws', kind => {
	fc.assert(
		fc.property(print, printed => {
			const { value, because } = read(kind, printed);
			expect(because).toMatch(/^[^\n]+$/);
			expect(value).toMatch(/^[^\n]+$/);
		}),
		{ numRuns: 500 },
	);
});

it.each(kinds)('%s does not hold on silence', kind => {
	expect(['missing', 'unreadable']).toContain(read(kind, '').answer);
});

it('every kind names its fact and its rule', () => {
	const described = kinds.map(<Kind extends ConditionKind>(kind: Kind) => {
		const type = conditionTypes[kind];
		return `${type.kind} · ${type.fact(everyKind[kind])} · ${type.rule(everyKind[kind])}`;
	});
	expect(described).toMatchInlineSnapshot(`
		[
		  "binary_version · binary_version /usr/bin/git · below 2.30.0 (loose)",
		  "command · command x · exits with 0 and prints "y"",
		  "fact · fact os.family · is debian",
		  "file_exists · file_exists /x · exists",
		  "file_sha256 · file_sha256 /x · is one of sha256:000000000000…",
		  "module_schema · module_schema gogs · at most 1.0 (semver)",
		  "module_version · module_version gogs · at most 1.0 (semver)",
		  "os · os · family debian, below 13 (loose)",
		  "package_version · package_version git · below 2.40 (the package manager's order)",
		  "unit_state · unit_state x.service · is active",
		]
	`);
});
