import { execFileSync } from 'node:child_process';
import { chmodSync, mkdirSync, readdirSync, readFileSync, symlinkSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { sh } from '../../src/model/command.ts';
import { has, isRunning, LookRig, shells } from '../conditions/look-rig.ts';

const file = join(import.meta.dirname, '../../src/host/looks.sh');
let rig: LookRig;
beforeAll(() => {
	rig = new LookRig();
});
afterAll(() => rig[Symbol.dispose]());

async function eventually(holds: () => boolean): Promise<boolean> {
	const deadline = Date.now() + 5000;
	while (!holds()) {
		if (Date.now() > deadline) return false;
		await pause(10);
	}
	return true;
}

it.skipIf(!has('shellcheck'))(
	'shellcheck finds nothing, also in the text that a shell of its own runs (skipped without shellcheck)',
	() => {
		execFileSync('shellcheck', ['-s', 'sh', file]);
		const [, leader = '', reader = ''] =
			/^hs_look_leader='\n([\s\S]*?)^'$[\s\S]*^hs_look_reader='\n([\s\S]*?)^'$/m.exec(readFileSync(file, 'utf8')) ?? [];
		for (const text of [leader, reader]) {
			expect(text).toContain('kill -KILL 0');
			execFileSync('shellcheck', ['-s', 'sh', '-'], { input: text });
		}
	},
);

describe.each(shells)('looks in %s', shell => {
	const needed = shell.split(' ')[0] ?? '';
	const look = (...looks: Parameters<LookRig['look']>[1]) => rig.look(shell, looks);

	describe.skipIf(!has(needed))('(skipped without that shell)', async () => {
		it('a bounded program shows both streams and how it ended', async () => {
			const program = rig.program('both', 'echo out; echo err >&2; exit 3');
			expect(await look(sh`hs_look_bounded 10 ${program}`, sh`hs_look_bounded_stdout 10 ${program}`)).toEqual([
				'out\nerr\n\nexit 3',
				'out\n\nexit 3',
			]);
		});

		it('arguments arrive byte for byte, stdin is empty and no descriptor of ours is open', async () => {
			rig.program(
				'args',
				'for a; do printf "<%s>" "$a"; done; cat; for fd in 3 4 5; do if [ -e /proc/$$/fd/$fd ]; then echo "open $fd"; fi; done',
			);
			const [printed] = await look(sh`hs_look_bounded 10 args ${["it's", '$(id)', 'a\nb', '-n', '', '*']}`);
			expect(printed).toMatch(/^<it's><\$\(id\)><a\nb><-n><><\*>\nexit 0$/);
		});

		it('what cannot be started ends with 127, and a name is a program even where the shell has a builtin', async () => {
			const [absent, builtin] = await look(sh`hs_look_bounded 10 no-such-program`, sh`hs_look_bounded 10 exit 0`);
			expect(absent).toMatch(/\nexit 127$/);
			expect(builtin).toMatch(/\nexit 127$/);
		});

		it('output is cut at the limit, said so, and the program still ends by itself', async () => {
			rig.program('megabyte', 'dd if=/dev/zero bs=1000 count=1000 2>/dev/null | tr "\\0" x; exit 4');
			const [small, usual] = await look(
				sh`hs_look_limit=5; hs_look_bounded 20 megabyte`,
				sh`hs_look_bounded 20 megabyte`,
			);
			expect(small).toBe('xxxxx\nexit 4 cut');
			expect(usual).toHaveLength(61_440 + '\nexit 4 cut'.length);
		});

		it('a program that stays within the limit to the byte is not cut', async () => {
			rig.program('five', 'printf 12345');
			expect(await look(sh`hs_look_limit=5; hs_look_bounded 10 five`)).toEqual(['12345\nexit 0']);
		});

		it('at the deadline the whole group dies, also what ignores signals or runs in the background', async () => {
			const pids = rig.path(`${needed}-pids`);
			rig.program(
				'stubborn',
				`trap '' TERM INT HUP; sleep 1000 & echo $! >>${pids}; echo $$ >>${pids}; echo here; sleep 1000`,
			);
			const started = Date.now();
			expect(await look(sh`hs_look_bounded 1 stubborn`)).toEqual(['here\n\nexit timeout']);
			expect(Date.now() - started).toBeLessThan(5000);
			const left = readFileSync(pids, 'utf8').trim().split('\n').map(Number);
			expect(left).toHaveLength(2);
			expect(await eventually(() => !left.some(isRunning))).toBe(true);
		});

		it('a prompt program is answered at once, whatever its deadline, and what it leaves behind dies with it', async () => {
			const pids = rig.path(`${needed}-left`);
			rig.program('leaves', `sleep 1000 & echo $! >${pids}; echo done`);
			const started = Date.now();
			expect(await look(sh`hs_look_bounded 600 leaves >/dev/null; echo on`)).toEqual(['on']);
			// The one left behind keeps the output open until the group is killed: the program itself had to be enough.
			expect(Date.now() - started).toBeLessThan(5000);
			const pid = Number(readFileSync(pids, 'utf8'));
			expect(await eventually(() => !isRunning(pid))).toBe(true);
		});

		it('somebody who escapes from the group with the output open is waited for until the deadline', async () => {
			const pid = rig.path(`${needed}-escaped`);
			rig.program('escapes', `setsid sleep 1000 & echo $! >${pid}; echo done`);
			const started = Date.now();
			expect(await look(sh`hs_look_bounded 1 escapes`)).toEqual(['done\n\nexit 0']);
			expect(Date.now() - started).toBeLessThan(10_000);
			process.kill(Number(readFileSync(pid, 'utf8')), 'SIGKILL');
		});

		it('a digest is bounded too, and looks the same however it is bounded', async () => {
			const file = rig.file('hashed', 'bytes');
			const slowly = sh`hs_look_has_timer() { return 1; }`;
			const ask = sh`hs_look_digest 1 ${file}`;
			const [quick, slow, absent] = await look(ask, sh`${slowly}; ${ask}`, sh`hs_look_digest 1 /no/such`);
			expect(quick).toBe(`there\n277089d91c0bdf4f2e6862ba7e4a07605119431f5d13f726dd352b06f1b206a9  ${file}\n\nexit 0`);
			expect([slow, absent]).toEqual([quick, 'absent']);
			// busybox has a sha256sum of its own.
			if (needed === 'busybox') return;
			const asked = async (sum: string) => {
				rig.program('sha256sum', sum, 'other-sums');
				return rig.look(shell, [ask, sh`${slowly}; ${ask}`], { folders: ['other-sums'] });
			};
			expect(await asked('echo broken >&2; exit 3')).toEqual(Array(2).fill('there\nbroken\n\nexit 3'));
			expect(await asked('sleep 1000')).toEqual(Array(2).fill('there\n\nexit timeout'));
		});

		it('no timer is left behind by many prompt programs', async () => {
			const timers = () =>
				readdirSync('/proc')
					.filter(name => /^\d+$/.test(name))
					.filter(name => commandLine(name) === 'sleep\u00007654\u0000' && isRunning(Number(name)));
			rig.program('prompt', 'echo 1');
			const before = timers().length;
			await look(sh`for i in 1 2 3 4 5; do hs_look_bounded 7654 prompt; done`);
			expect(await eventually(() => timers().length === before)).toBe(true);
		});

		it('works with stdin and stderr closed, and without setsid', async () => {
			rig.program('version', 'echo 1.2; echo 3.4 >&2');
			expect(await look(sh`hs_look_bounded 10 version <&- 2>&-`)).toEqual(['1.2\n3.4\n\nexit 0']);
			const without = sh`command() { case $2 in setsid) return 1 ;; esac; }`;
			expect(await look(sh`${without}; hs_look_bounded 10 version`)).toEqual(['1.2\n3.4\n\nexit 0']);
			// timeout(1) of busybox and of coreutils tell an end by the clock differently; both are above what a look could use.
			if (shell === 'dash') {
				expect(await look(sh`${without}; hs_look_bounded 1 sleep 100`)).toEqual([
					expect.stringMatching(/^\nexit 1\d\d$/),
				]);
			}
		});

		it('keeps the first line with a version, and never half of one', async () => {
			const seen = async (script: string) => {
				rig.program('says', script);
				return look(sh`hs_look_limit=12; hs_look_bounded 10 says | hs_look_keep_version`);
			};
			expect(await seen('echo hi; echo v1.2; echo 3.4')).toEqual(['v1.2\nexit 0']);
			expect(await seen('printf "say 12.34.56.78"')).toEqual(['\nexit 0']);
			expect(await seen('printf "v1.2.3\\n1234567890"')).toEqual(['v1.2.3\nexit 0']);
			expect(await seen('printf "v1.2.34.56.7"')).toEqual(['v1.2.34.56.7\nexit 0']);
			expect(await seen('exit 5')).toEqual(['\nexit 5']);
		});

		it('tells what is there from what is absent and from what is hidden', async () => {
			mkdirSync(rig.path(`${needed}-paths/closed`), { recursive: true });
			const at = (name: string) => rig.path(`${needed}-paths`, name);
			rig.file(`${needed}-paths/-e`, '');
			rig.file(`${needed}-paths/$(id) 'x'\n`, '');
			rig.file(`${needed}-paths/closed/inside`, '');
			symlinkSync('nowhere', at('broken'));
			symlinkSync('loop', at('loop'));
			symlinkSync('closed/inside', at('veiled'));
			symlinkSync('..', at('up'));
			chmodSync(at('closed'), 0o644);
			const ask = (path: string) => sh`cd ${rig.path(`${needed}-paths`)}; hs_look_path ${path}`;
			const printed = await rig.look(
				shell,
				[
					at('-e'),
					'-e',
					at("$(id) 'x'\n"),
					at('broken'),
					at('loop'),
					at('up'),
					at('-e/deeper'),
					'/no/such',
					'no',
					'',
					at('closed/inside'),
					at('veiled'),
				].map(ask),
				{ user: 'nobody' },
			);
			const hidden = `hidden ${at('closed')}`;
			expect(printed).toEqual([
				'there',
				'there',
				'there',
				'absent',
				'absent',
				'there',
				'absent',
				'absent',
				'absent',
				'absent',
				hidden,
				hidden,
			]);
		});

		it('finds programs by path and by PATH, never builtins, functions or folders', async () => {
			rig.program('here', '');
			rig.file('programs/plain', '', 0o644);
			mkdirSync(rig.path('programs/folder'), { recursive: true });
			const ask = (name: string) => sh`hs_look_program ${name} && printf %s "$hs_look_found"`;
			const names = [
				'here',
				rig.path('programs/here'),
				'test',
				'hs_look_path',
				'plain',
				'folder',
				'',
				rig.path('programs/plain'),
				'/bin',
			];
			const found = `there\n${rig.path('programs/here')}`;
			const refused = 'unreadable it is no program that this user may run';
			expect(await look(...names.map(ask))).toEqual([
				found,
				found,
				'absent',
				'absent',
				'absent',
				'absent',
				'absent',
				refused,
				refused,
			]);
		});

		it('asks the one package manager that keeps the host', async () => {
			rig.program('rpm', 'shift 3; printf "%s\\t1:2.43.0-1.el9\\n" "$2"', 'rpm-host');
			rig.program('pacman', '[ "$1" = -Q ] && echo "$3 2.43.0-1"', 'pacman-host');
			rig.program('apk', 'echo "$4-2.43.0-r0 x86_64 {git} (GPL-2.0-only) [installed]"', 'apk-host');
			const ask = (folder: string) => rig.look(shell, [sh`hs_look_package git`], { folders: [folder] });
			expect(await ask('rpm-host')).toEqual(['rpm\ngit\t1:2.43.0-1.el9\n\nexit 0']);
			expect(await ask('pacman-host')).toEqual(['pacman\ngit 2.43.0-1\n\nexit 0']);
			expect(await ask('apk-host')).toEqual(['apk\ngit-2.43.0-r0 x86_64 {git} (GPL-2.0-only) [installed]\n\nexit 0']);
			expect(await ask('no-host')).toEqual(['none']);
		});

		it('asks systemd of a unit only where systemd runs', async () => {
			rig.program('systemctl', 'shift 6; printf "LoadState=loaded\\nActiveState=%s\\n" "$1"');
			mkdirSync(rig.path('marker'), { recursive: true });
			expect(
				await look(sh`hs_look_unit active ${rig.path('marker')}`, sh`hs_look_unit active ${rig.path('no-marker')}`),
			).toEqual(['LoadState=loaded\nActiveState=active\n\nexit 0', 'no systemd']);
		});

		it('reads an os-release without executing it, the first one that is there', async () => {
			const release = rig.file(
				'os-release',
				'NAME="A $(touch /tmp/never)"\nID=a\n# ID=b\nVERSION_ID=1\nHOME_URL=x\nID_LIKE="b c"',
			);
			expect(
				await look(sh`hs_look_os_release ${rig.path('none')} ${release}`, sh`hs_look_os_release ${rig.path('none')}`),
			).toEqual(['NAME="A $(touch /tmp/never)"\nID=a\nVERSION_ID=1\nID_LIKE="b c"', '']);
		});
	});
});

function commandLine(pid: string): string {
	try {
		return readFileSync(`/proc/${pid}/cmdline`, 'utf8');
	} catch {
		return '';
	}
}
