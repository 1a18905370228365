import { execFileSync, spawn } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { bytesToText } from '../../src/execution/bytes-text.ts';
import { frameText, readFrames } from '../../src/execution/frames.ts';
import { probeProgram, recheckLibrary, recheckNonce, recheckProgram } from '../../src/execution/probe-program.ts';
import { locateState, program } from '../../src/execution/program.ts';
import { Command, quote, sh } from '../../src/model/command.ts';
import { questionsFor } from '../../src/planning/questions.ts';
import { fileExists, host, hotfix, playbook } from '../fakes/builders.ts';
import { has, shells } from '../fakes/programs.ts';
import { fc } from './property.ts';

function run(words: readonly string[], text: string, env: Readonly<Record<string, string>> = {}): Promise<Buffer> {
	const [file = '', ...args] = words;
	const child = spawn(file, [...args, '-s'], {
		env: { PATH: process.env.PATH ?? '', ...env },
		stdio: ['pipe', 'pipe', 'ignore'],
	});
	child.stdin.on('error', () => {});
	child.stdin.end(text);
	return new Promise((resolve, reject) => {
		const chunks: Buffer[] = [];
		child.stdout.on('data', (chunk: Buffer) => chunks.push(chunk));
		child.on('error', reject).on('close', () => resolve(Buffer.concat(chunks)));
	});
}

const awkward = [
	'',
	' ',
	"'",
	"''",
	'"',
	'$(exit 9)',
	'`exit 9`',
	'$HOME',
	'\\',
	'\\n',
	'a\nb',
	'\n',
	'a\n\n',
	'-n',
	'--',
	'-e x',
	'*',
	'~',
	'!',
	'#',
	'&',
	'|',
	';',
	'>x',
	'%s',
	'%d\\0',
	'\t',
	'\r',
	'\x1b[31m',
	'Ärger 漢字 🦊',
	"it's",
	"'\\''",
	'=',
	'A=1',
	'{',
	'}',
	'} </dev/null',
	'EOF',
	'\x7f',
	'\u2028',
	'$((1+1))',
	'${x}',
];

describe.concurrent.each(shells)('a program in %s', (name, words) => {
	it.skipIf(!has(words[0] ?? name))(`H7: gets every value byte by byte as it was (needs ${words[0]})`, async () => {
		const values = [
			...awkward,
			...fc.sample(
				fc.string({ unit: 'binary' }).filter(text => !text.includes('\0') && text.isWellFormed()),
				100,
			),
		];
		const printed = await run(words, program(sh`hs_nonce=n`, ...values.map(value => sh`printf '%s\0' ${value}`)));
		expect(printed.toString().split('\0').slice(0, -1)).toEqual(values);
	});

	it.skipIf(!has(words[0] ?? name))(
		`counts a print in bytes, whatever the language of the host (needs ${words[0]})`,
		async () => {
			const prints = ['', 'a', 'ä', '漢字 🦊', 'two\nlines', "'", '-n', '\\'];
			const commands = prints.map(print => sh`hs_frame ${'x'} ${print}`);
			const printed = await run(words, program(sh`hs_nonce=n`, ...commands), { LC_ALL: 'C.UTF-8', LANG: 'C.UTF-8' });
			expect(readFrames(printed, 'n').map(frame => frame.text)).toEqual(prints);
			expect(printed.toString()).toBe(
				prints.map(print => frameText('n', 'x', print, Buffer.byteLength(print))).join(''),
			);
		},
	);

	it.skipIf(!has(words[0] ?? name))(`does nothing when its end is missing (needs ${words[0]})`, async () => {
		const whole = program(sh`echo harm`);
		for (const length of [whole.length - 2, whole.length - 14, Math.floor(whole.length / 2)])
			expect((await run(words, whole.slice(0, length))).toString()).toBe('');
	});

	it.skipIf(!has(words[0] ?? name))(`has the same surroundings everywhere (needs ${words[0]})`, async () => {
		const printed = await run(
			words,
			`${program(sh`pwd; umask; echo "$LC_ALL $PATH"; cat`)}what follows is not for it\n`,
			{
				PATH: `/nowhere:${process.env.PATH}`,
				ENV: '/etc/profile',
				CDPATH: '/tmp',
			},
		);
		expect(printed.toString()).toMatch(
			/^\/\n0?077\nC \/usr\/local\/sbin:\/usr\/local\/bin:\/usr\/sbin:\/usr\/bin:\/sbin:\/bin\n$/,
		);
	});

	it.skipIf(!has(words[0] ?? name))(
		`asks everything in frames, and goes on after a look that fails (needs ${words[0]})`,
		async () => {
			const book = playbook(
				[hotfix({ when: { kind: 'all', of: [fileExists('/etc/passwd'), fileExists("/no/'such")] } })],
				{ on: [host('web1', { stateDir: '/nonexistent/hsctl' })] },
			);
			const [questions] = questionsFor(
				book,
				[
					{
						host: host('web1', { stateDir: '/nonexistent/hsctl' }),
						units: book.units.filter(unit => unit.kind === 'hotfix'),
					},
				],
				new Map(),
			);
			if (questions === undefined) throw new Error('no questions');
			const frames = readFrames(await run(words, probeProgram(questions, 'abc', 'd'.repeat(64))), 'abc');
			expect(frames.map(frame => frame.name)).toEqual([
				'clock',
				'facts',
				'state',
				'pending',
				'look:0:0',
				'look:0:1',
				'memory:0',
				'end',
			]);
			expect(frames.find(frame => frame.name === 'state')?.text).toContain('path /nonexistent/hsctl');
		},
	);

	it.skipIf(!has(words[0] ?? name))(`looks once at what many units ask (needs ${words[0]})`, async () => {
		const asks = (address: string, ...format: readonly string[]) =>
			hotfix({
				address,
				when: {
					kind: 'command',
					options: {
						run: ['date', ...format],
						exit_codes: [0],
						prints: 'x',
						timeout_ms: 9000,
						if_missing: 'fail',
						if_unreadable: 'fail',
					},
					at: hotfix().at,
				},
			});
		const units = [asks('hotfix.a', '+%N'), asks('hotfix.b', '+%N'), asks('hotfix.c', '+it is %N')];
		const on = host('web1', { stateDir: '/nonexistent/hsctl' });
		const [questions] = questionsFor(playbook(units, { on: [on] }), [{ host: on, units }], new Map());
		if (questions === undefined) throw new Error('no questions');
		const frames = readFrames(await run(words, probeProgram(questions, 'abc', 'd'.repeat(64))), 'abc');
		const [first, again, other] = [0, 1, 2].map(index => frames.find(frame => frame.name === `look:${index}:0`)?.text);
		expect(first).toMatch(/^there\n\d+\nexit 0$/);
		expect(again).toBe(first);
		expect(other).toMatch(/^there\nit is \d+\nexit 0$/);
	});

	it.skipIf(!has(words[0] ?? name))(
		`prints the same in the plan and right before the unit (needs ${words[0]})`,
		async () => {
			const looks = [sh`echo one; echo two`, sh`printf 'ä\n\n'`, sh`false`, Command.trusted('exit 3')];
			const expected = ['one\ntwo', 'ä', '', '']
				.map((print, at) => frameText(recheckNonce, `look:${at}`, print, Buffer.byteLength(print)))
				.join('');
			const folder = mkdtempSync(join(tmpdir(), 'hsctl-looks-'));
			writeFileSync(join(folder, 'looks'), recheckLibrary);
			const text = `HSCTL_LOOKS=${folder}/looks\n${recheckProgram(looks)}\n`;
			expect((await run(words, text)).toString()).toBe(expected);
			rmSync(folder, { recursive: true });
		},
	);
});

describe('the place of a host’s memory', () => {
	const place = (given: string | undefined, env: Readonly<Record<string, string>>) =>
		run(['/bin/sh'], program(locateState(given), sh`printf %s "$HSCTL_STATE"`), env).then(String);

	it('is what the inventory says, else root’s or the user’s own', async () => {
		const isRoot = process.getuid?.() === 0;
		expect(await place("/srv/it's here", {})).toBe("/srv/it's here");
		expect(await place(undefined, { HOME: '/h' })).toBe(isRoot ? '/var/lib/hsctl' : '/h/.local/state/hsctl');
	});
});

describe('a shell word', () => {
	it('cannot hold a NUL', () => {
		expect(() => quote('a\0b')).toThrow(/NUL/);
	});

	it('is quoted unless it is harmless everywhere', () => {
		expect([quote('/etc/x-1.2'), quote('~'), quote('')]).toEqual(['/etc/x-1.2', "'~'", "''"]);
	});

	it('carries what bytes-text makes of bytes that are no text only by `put`', () => {
		// The lone surrogate would become U+FFFD in UTF-8: that is why such bytes go another way (bundle.test.ts).
		expect(Buffer.from(bytesToText(Buffer.from([0xff]))).toString()).toBe('\ufffd');
	});
});

it('the machine has the shells that these tests are for', () => {
	expect(execFileSync('/bin/sh', ['-c', 'echo yes']).toString()).toBe('yes\n');
});
