import { chmodSync, mkdirSync, readFileSync, symlinkSync } from 'node:fs';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { conditionTypes } from '../../src/conditions/registry.ts';
import { Command } from '../../src/model/command.ts';
import type { ConditionKind, ConditionOptions, Verdict } from '../../src/model/condition.ts';
import { has, isRunning, LookRig, type Shell, shells } from './look-rig.ts';

/** A leaf as a test writes it, and what is to come of it. */
interface Case {
	readonly title: string;
	readonly look: Command;
	read(printed: string): Verdict;
	readonly expected: readonly [Verdict['answer'], string];
}

function leaf<Kind extends ConditionKind>(
	title: string,
	kind: Kind,
	options: ConditionOptions[Kind],
	...expected: Case['expected']
): Case {
	const type = conditionTypes[kind];
	return { title, look: type.look(options), read: printed => type.read(options, printed), expected };
}

const policies = { if_missing: 'fail', if_unreadable: 'fail' } as const;
const version = (binary: string, expected: Case['expected'], flag = '--version') =>
	leaf(
		`${binary.replace(/^.*\//, '')} ${flag}`,
		'binary_version',
		{ binary, below: '2.30.0', version_flag: flag, compare: 'loose', ...policies },
		...expected,
	);
const exists = (title: string, path: string, expected: Case['expected'], invert = false) =>
	leaf(title, 'file_exists', { path, invert, if_unreadable: 'fail' }, ...expected);
const digest = (title: string, path: string, expected: Case['expected'], digests = [emptyDigest]) =>
	leaf(title, 'file_sha256', { path, digests, ...policies }, ...expected);
const schema = (title: string, path: string, expected: Case['expected']) =>
	leaf(
		title,
		'module_schema',
		{ module: 'gogs', path, max_version: '0.1.7', compare: 'semver', ...policies },
		...expected,
	);
const run = (
	title: string,
	command: string | readonly string[],
	expected: Case['expected'],
	more: Partial<ConditionOptions['command']> = {},
) => leaf(title, 'command', { run: command, exit_codes: [0], timeout_ms: 20_000, ...policies, ...more }, ...expected);
const emptyDigest = 'e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855';
const otherDigest = '01ba4719c80b6fe911b091a7c05124b64eeece964e09c058ef8f9805daca546b';

const hostile = `-x '"$(touch pwned)\`id\`\n;*`;

const rig = new LookRig();
afterAll(() => rig[Symbol.dispose]());
const at = (name: string) => rig.path(name);

rig.program('git', '[ "$1" = --version ] && echo "git version 2.29.2"');
rig.program('new', 'echo "new 2.30.0 (built 2020.01.02)"');
rig.program('stderr', 'echo "openssh 9.2p1" >&2');
rig.program('v', 'printf v1.2');
rig.program('jq', 'echo jq-1.6');
rig.program('openssl', 'echo "OpenSSL 3.0.2 15 Mar 2022 (Library: OpenSSL 3.0.13)"');
rig.program('second', 'echo "Welcome to 2nd"; echo; echo "release 1.4.7, build 9"');
rig.program('crash', 'echo 1.2.3; kill -SEGV $$');
rig.program('three', 'echo 1.2.3; exit 3');
rig.program('silent', ':');
rig.program('word', 'echo "development build 7"');
rig.program('garbage', 'dd if=/dev/urandom bs=1000 count=20 2>/dev/null | tr -d "0-9"');
rig.program('megabyte', 'echo "mega 2.0.1"; dd if=/dev/zero bs=1000 count=1000 2>/dev/null | tr "\\0" 7');
rig.program('reads', 'cat; echo 2.1.1');
rig.program('leaves', 'sleep 1000 & echo 2.2.2');
rig.program('say', 'echo "$1"');
rig.program('flags', 'printf "%s 1.1.1" "$1"');
rig.file('programs/plain', '', 0o644);
rig.file('empty', '');
rig.file(hostile, '');
symlinkSync('nowhere', at('broken'));
symlinkSync('empty', at('link'));
mkdirSync(at('folder'));
mkdirSync(at('closed'));
rig.file('closed/inside', '');
chmodSync(at('closed'), 0o600);
rig.file('secret', '{}', 0o000);
rig.file('schema.json', '{"metadata": {"schema_version": "0.1.7"}}');
rig.file('newer.json', '{"metadata": {"schema_version": "0.1.10"}}');
rig.file('number.json', '{"metadata": {"schema_version": 0.1}}');
rig.file('array.json', '[1]');
rig.file('broken.json', '{"metadata": ');
rig.file('large.json', `{"x": "${'y'.repeat(70_000)}"}`);
rig.file('nul.json', '{"metadata":\u0000 {"schema_version": "0.1.1"}}');

const cases: readonly Case[] = [
	version('git', ['holds', 'git 2.29.2 is below 2.30.0']),
	version(at('programs/git'), ['holds', 'git 2.29.2 is below 2.30.0']),
	version('git', ['unreadable', 'git -v ended with 1'], '-v'),
	version('new', ['fails', 'new 2.30.0 is not below 2.30.0']),
	version('stderr', ['fails', 'stderr 9.2p1 is not below 2.30.0']),
	version('v', ['holds', 'v 1.2 is below 2.30.0']),
	version('jq', ['holds', 'jq 1.6 is below 2.30.0']),
	version('openssl', ['fails', 'openssl 3.0.2 is not below 2.30.0']),
	version('second', ['holds', 'second 1.4.7 is below 2.30.0']),
	version('crash', ['unreadable', 'crash --version was ended by signal 11']),
	version('three', ['unreadable', 'three --version ended with 3']),
	version('silent', ['unreadable', 'silent --version prints no version']),
	version('word', ['unreadable', 'word --version prints no version']),
	version('garbage', ['unreadable', 'garbage --version prints no version']),
	version('megabyte', ['holds', 'megabyte 2.0.1 is below 2.30.0']),
	version('reads', ['holds', 'reads 2.1.1 is below 2.30.0']),
	version('leaves', ['holds', 'leaves 2.2.2 is below 2.30.0']),
	version('flags', ['holds', 'flags 1.1.1 is below 2.30.0'], hostile),
	version('absent', ['missing', 'absent does not exist']),
	version(at('absent'), ['missing', `${at('absent')} does not exist`]),
	version(at('programs/plain'), [
		'unreadable',
		`${at('programs/plain')} cannot be used: it is no program that this user may run`,
	]),
	version(hostile, ['missing', `-x '"$(touch pwned)\`id\` ;* does not exist`]),
	exists('a file', at('empty'), ['holds', `${at('empty')} exists`]),
	exists('a folder', at('folder'), ['holds', `${at('folder')} exists`]),
	exists('a link', at('link'), ['holds', `${at('link')} exists`]),
	exists('a broken link', at('broken'), ['fails', `${at('broken')} does not exist`]),
	exists('nothing', at('none'), ['fails', `${at('none')} does not exist`]),
	exists('nothing, inverted', at('none'), ['holds', `${at('none')} does not exist`], true),
	exists('a file, inverted', at('empty'), ['fails', `${at('empty')} exists`], true),
	exists('below a file', at('empty/x'), ['fails', `${at('empty/x')} does not exist`]),
	exists('a hostile name', at(hostile), ['holds', `${rig.folder}/-x '"$(touch pwned)\`id\` ;* exists`]),
	exists('behind a closed folder', at('closed/inside'), [
		'unreadable',
		`${at('closed/inside')} cannot be looked at, as ${at('closed')} is closed to this user`,
	]),
	digest(
		'the digest',
		at('empty'),
		['holds', `${at('empty')} has the digest, sha256:e3b0c44298fc…`],
		[otherDigest, emptyDigest],
	),
	digest(
		'another digest',
		at('empty'),
		['fails', `${at('empty')} has another digest, sha256:e3b0c44298fc…`],
		[otherDigest],
	),
	digest('a hostile name', at(hostile), [
		'holds',
		`${rig.folder}/-x '"$(touch pwned)\`id\` ;* has the digest, sha256:e3b0c44298fc…`,
	]),
	digest('nothing', at('none'), ['missing', `${at('none')} does not exist`]),
	digest('a folder', at('folder'), ['unreadable', `${at('folder')} cannot be used: it is not a regular file`]),
	digest('a secret file', at('secret'), ['unreadable', `${at('secret')} cannot be used: this user may not read it`]),
	schema('at the bound', at('schema.json'), ['holds', 'gogs 0.1.7 is at most 0.1.7']),
	schema('above the bound', at('newer.json'), ['fails', 'gogs 0.1.10 is not at most 0.1.7']),
	schema('a number', at('number.json'), [
		'unreadable',
		`${at('number.json')} tells no version of gogs: .metadata.schema_version is a number, not text`,
	]),
	schema('no such key', at('array.json'), [
		'unreadable',
		`${at('array.json')} tells no version of gogs: it has no text at .metadata.schema_version`,
	]),
	schema('half a document', at('broken.json'), [
		'unreadable',
		`${at('broken.json')} tells no version of gogs: it has no text at .metadata.schema_version`,
	]),
	schema('too large', at('large.json'), [
		'unreadable',
		`${at('large.json')} tells no version of gogs: it is larger than 60 KiB`,
	]),
	schema('with a NUL', at('nul.json'), ['holds', 'gogs 0.1.1 is at most 0.1.7']),
	schema('absent', at('none.json'), ['missing', `${at('none.json')} does not exist`]),
	schema('a secret file', at('secret'), ['unreadable', `${at('secret')} cannot be used: this user may not read it`]),
	run('exit 0', ['say', 'a'], ['holds', 'say a exits with 0']),
	run('exit 1', 'exit 1', ['fails', 'exit 1 exits with 1']),
	run('a listed exit', 'exit 7', ['holds', 'exit 7 exits with 7'], { exit_codes: [0, 7] }),
	run('125', 'exit 125', ['fails', 'exit 125 exits with 125']),
	run('126', 'exit 126', ['unreadable', 'exit 126 could not be run (exit 126)']),
	run('not found in shell text', 'no-such-program', ['unreadable', 'no-such-program could not be run (exit 127)']),
	run('a signal', 'kill -TERM $$', ['unreadable', 'kill -TERM $$ was ended by signal 15']),
	run('a timeout', ['sleep', '1000'], ['unreadable', 'sleep 1000 did not end within 1 s'], { timeout_ms: 300 }),
	run('no such program', ['no-such-program', 'x'], ['missing', 'no-such-program does not exist']),
	run(
		'hostile words',
		['flags', hostile],
		['holds', `flags -x '"$(touch pwned)\`id\` ;* prints ${JSON.stringify(`-x '"$(touch pwned)\`id\``)}`],
		{
			prints: `-x '"$(touch pwned)\`id\``,
		},
	),
	run('another print', ['say', 'b'], ['fails', 'say b prints something else, "b"'], { prints: 'a' }),
	run(
		'stdout alone, first line alone',
		'echo err >&2; echo a; echo b',
		['holds', 'echo err >&2; echo a; echo b prints "a"'],
		{ prints: 'a' },
	),
	run('print of a failure', 'echo a; exit 1', ['fails', 'echo a; exit 1 exits with 1'], { prints: 'a' }),
	run('a megabyte', ['megabyte'], ['holds', 'megabyte exits with 0']),
	leaf(
		'a fact of this host',
		'fact',
		{ name: 'kernel', version: { min_version: '2.0', compare: 'loose' }, if_missing: 'fail' },
		'holds',
		'kernel ',
	),
	leaf(
		'an unknown fact',
		'fact',
		{ name: 'colour', equals: ['blue'], if_missing: 'fail' },
		'missing',
		'the host does not tell its colour',
	),
	leaf(
		'a module',
		'module_version',
		{ module: 'gogs', below: '2.0', compare: 'semver', ...policies },
		'missing',
		'no receipt on the host tells a version of module gogs',
	),
	leaf(
		'a package where nobody keeps any',
		'package_version',
		{ package: 'git', below: '2.0', ...policies },
		'unreadable',
		'the version of git cannot be told: no package manager that is known is there',
	),
];

const looked = new Map<Shell, readonly string[]>();
const hung = new Map<Shell, string | undefined>();
const hanging = { binary: 'hangs', below: '1.0', version_flag: '--version', compare: 'loose', ...policies } as const;
const pids = (shell: Shell) => at(`hung-${shell.split(' ')[0]}`);

// The shells take turns by themselves: most of the time they wait for deadlines.
beforeAll(
	() => Promise.all(shells.filter(shell => has(shell)).flatMap(shell => [lookAll(shell), lookAtHang(shell)])),
	60_000,
);

async function lookAll(shell: Shell): Promise<void> {
	const looks = cases.map(({ look }) => look);
	looked.set(shell, await rig.look(shell, [...looks, ...looks.slice(0, 5)], { user: 'nobody' }));
}

async function lookAtHang(shell: Shell): Promise<void> {
	const folder = `hang-${shell.split(' ')[0]}`;
	rig.program('hangs', `trap '' TERM; echo $$ >${pids(shell)}; sleep 500; sleep 500`, folder);
	// The deadline of this kind is fixed: the test waits a tenth of it.
	const text = conditionTypes.binary_version.look(hanging).text.replace('hs_look_bounded 10 ', 'hs_look_bounded 1 ');
	const [printed] = await rig.look(shell, [Command.trusted(text)], { folders: [folder] });
	hung.set(shell, printed);
}

describe.each(shells.filter(shell => has(shell)))('in %s', shell => {
	it.each(cases.map((asked, index) => [asked.title, index, asked] as const))(
		'%s (%i)',
		(_title, index, { read, expected }) => {
			const { answer, because } = read(looked.get(shell)?.[index] ?? 'no print');
			expect([answer, because.slice(0, expected[1] === 'kernel ' ? 7 : undefined)]).toEqual(expected);
		},
	);

	it('the same state prints the same', () => {
		const printed = looked.get(shell) ?? [];
		expect(printed.slice(cases.length)).toEqual(printed.slice(0, 5));
	});

	it('a program that hangs is unreadable at its deadline, and gone', async () => {
		const seen = conditionTypes.binary_version.read(hanging, hung.get(shell) ?? 'no print');
		expect(seen).toMatchObject({ answer: 'unreadable', because: 'hangs --version did not end within 10 s' });
		const pid = Number(readFileSync(pids(shell), 'utf8'));
		expect(pid).toBeGreaterThan(1);
		await expect.poll(() => isRunning(pid)).toBe(false);
	});
});

it.skipIf(!has('dpkg-query'))('a real package of a real dpkg (skipped without dpkg)', async () => {
	const options = { package: 'dpkg', min_version: '1.0', ...policies } as const;
	const { look, read } = conditionTypes.package_version;
	const asked = [
		options,
		{ ...options, package: 'no-such-package' },
		{ ...options, package: 'dpk*' },
		{ ...options, package: '-x' },
	];
	rig.program('dpkg-query', 'exec /usr/bin/dpkg-query "$@"', 'dpkg-host');
	const printed = await rig.look('dash', asked.map(look), { folders: ['dpkg-host'] });
	const answers = asked.map((options, index) => read(options, printed[index] ?? '').answer);
	expect(answers).toEqual(['holds', 'missing', 'missing', 'missing']);
	expect(read(options, printed[0] ?? '').because).toMatch(/^dpkg \d\S* is at least 1\.0$/);
});
