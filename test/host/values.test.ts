import { readFileSync } from 'node:fs';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { jobOf, quote, type TestUnit } from './bundle.ts';
import { has, shells, TestHost } from './host.ts';

/** What shells have stumbled over. */
const nasty = [
	"'",
	'"',
	'`id`',
	'$(id)',
	'${HOME}',
	'$HOME',
	'\n',
	'\n\n',
	' ',
	'\t',
	'-n',
	'--',
	'\\',
	'\\n',
	'%s',
	'!',
	'*',
	'~',
	'#',
	';',
	'&',
	'|',
	'',
	"'\\''",
	'\r',
	'\x7f',
	'ä',
	'😀',
];
const value = fc
	.array(fc.oneof(fc.constantFrom(...nasty), fc.string({ unit: 'grapheme', maxLength: 8 })), { maxLength: 6 })
	.map(parts => parts.join('').replaceAll('\0', ''))
	.filter(text => text.isWellFormed());

describe.concurrent.each(shells)('values under %s', shell => {
	it.skipIf(!has(shell))('H7: arrive byte-equal as environment, as input and as words of the interpreter', async () => {
		await fc.assert(
			fc.asyncProperty(fc.array(value, { minLength: 20, maxLength: 20 }), value, async (values, stdin) => {
				using host = new TestHost(shell);
				const names = values.map((_, index) => `V${index}`);
				const unit: TestUnit = {
					script: `printf '%s\\0' ${names.map(name => `"$${name}"`).join(' ')} >${host.folder}/values; cat >${host.folder}/stdin`,
					env: Object.fromEntries(names.map((name, index) => [name, values[index] ?? ''])),
					stdin,
				};
				await host.run('R1', [unit]);
				expect(readFileSync(`${host.folder}/values`, 'utf8').split('\0').slice(0, -1)).toEqual(values);
				expect(readFileSync(`${host.folder}/stdin`, 'utf8')).toBe(stdin);
			}),
			{ numRuns: 8 },
		);
	});

	it.skipIf(!has(shell))('that are words of the interpreter arrive as they are', async () => {
		using host = new TestHost(shell);
		const words = ['sh', '-c', `printf '%s\\0' "$@" >"$0"`, `${host.folder}/words`, ...nasty];
		const unit: TestUnit = { script: '', spec: { interpreter: words.map(quote).join(' ') } };
		await host.run('R1', [unit]);
		const arrived = readFileSync(`${host.folder}/words`, 'utf8').split('\0').slice(0, -1);
		expect(arrived).toEqual([...nasty, host.path('jobs', jobOf(unit), 'script')]);
	});

	it.skipIf(!has(shell))("named like the runner's own do no harm", async () => {
		using host = new TestHost(shell);
		const env = {
			key: 'k',
			unit: 'u',
			hs_dir: '/tmp',
			hs_run: 'x',
			interpreter: 'false',
			IFS: 'e',
			HOME: '/nowhere',
			LC_ALL: 'C.UTF-8',
		};
		const view = await host.run('R1', [{ script: 'printf %s "$key$unit$HOME"', env }, { script: 'true' }]);
		expect(view.events.filter(event => event.e === 'finished').map(event => event.status)).toEqual([
			'changed',
			'changed',
		]);
		expect(view.pieces.get('out 0')?.[0]?.[1].toString()).toBe('ku/nowhere');
	});
});
