import { describe, expect, it } from 'vitest';
import type { PoolCommand } from '../../../src/model/pool-work.ts';
import type { CommandText } from '../../../src/model/unit.ts';
import { poolOnHost } from '../../../src/units/pool/pool-on-host.ts';
import type { Put } from '../../../src/units/shell-line.ts';
import { onHost, pool, poolFile } from '../../fakes/pool-builders.ts';

const validated = (validate: CommandText): PoolCommand | undefined =>
	onHost({ files: [poolFile({ validate })] }).commands[0];
const lineOf = (validate: CommandText): string | undefined => validated(validate)?.words[2];

describe('the commands of a pool', () => {
	it('come in the order of the host: each file, then all of them, then what puts them into use, then what decides', () => {
		const { commands } = onHost({
			files: [
				poolFile({ validate: 'one %s' }),
				poolFile({ dest: '/b' }),
				poolFile({ dest: '/c', validate: 'three %s' }),
			],
			validate: ['all'],
			activate: [['npm', 'run', 'build'], 'restart'],
			check: ['up'],
		});
		expect(commands.map(({ kind, file }) => [kind, file])).toEqual([
			['validate', 1],
			['validate', 3],
			['validate', 0],
			['activate', 0],
			['activate', 0],
			['check', 0],
		]);
		expect(commands[3]?.words).toEqual(['npm', 'run', 'build']);
		expect(commands[4]?.words).toEqual(['/bin/sh', '-c', 'restart']);
	});
});

describe('%s', () => {
	it.each<[CommandText, string]>([
		['visudo -cf %s', 'visudo -cf "$HSCTL_FILE"'],
		['visudo -cf "%s"', 'visudo -cf "${HSCTL_FILE}"'],
		["visudo -cf '%s'", `visudo -cf ''"$HSCTL_FILE"''`],
		['check --file=%s.new && cmp %s x', 'check --file="$HSCTL_FILE".new && cmp "$HSCTL_FILE" x'],
		['printf \'%%s\' "$(cat %s)"', `printf '%s' "$(cat "$HSCTL_FILE")"`],
		['test 100% = %S', 'test 100% = %S'],
		[['visudo', '-cf', '%s'], 'exec visudo -cf "$HSCTL_FILE"'],
		[
			['check', 'a b', '--file=%s', "it's", '', '$(id)', '%%s'],
			`exec check 'a b' --file="$HSCTL_FILE" 'it'\\''s' '' '$(id)' %s`,
		],
		// Nothing that a shell would understand: not an assignment, not a word of its own.
		[['A=b', '%s'], 'exec A=b "$HSCTL_FILE"'],
		[['if', '%s'], 'exec if "$HSCTL_FILE"'],
	])('in %j is one word', (command, line) => {
		expect(lineOf(command)).toBe(line);
	});

	it('is nothing that a value could bring along', () => {
		const put: Put = (text, as = same => same) => text.replaceAll('${vars.x}', () => as('%s; id', 'HSCTL_VAR_X'));
		const at = (validate: CommandText) =>
			poolOnHost(pool({ files: [poolFile({ validate })] }), put).commands[0]?.words[2];
		expect(at('check %s ${vars.x}')).toBe('check "$HSCTL_FILE" "$HSCTL_VAR_X"');
		expect(at(['check', '%s', '${vars.x}'])).toBe(`exec check "$HSCTL_FILE" '%s; id'`);
	});

	it('stays as it is where commands are about all files', () => {
		expect(onHost({ check: ['date +%s', ['printf', '%s']] }).commands.map(({ words }) => words)).toEqual([
			['/bin/sh', '-c', 'date +%s'],
			['printf', '%s'],
		]);
	});
});

describe('a command as people read it', () => {
	it.each<[CommandText, string]>([
		['visudo -cf %s', 'visudo -cf %s'],
		['visudo -cf \'%s\' "${vars.x}"', 'visudo -cf \'%s\' "${vars.x}"'],
		[['visudo', '-cf', '%s'], 'visudo -cf %s'],
	])('is what the playbook says: %j', (command, shown) => {
		expect(validated(command)?.text).toBe(shown);
	});

	it('is what the playbook says where it is about all files, with references and without what makes them safe', () => {
		const commands: readonly CommandText[] = ['exec up && true\n', ["echo '${vars.x}'"], "echo '${vars.x}' >&2"];
		const put: Put = (text, as = same => same) => text.replaceAll('${vars.x}', () => as('a b', 'HSCTL_VAR_X'));
		const on = poolOnHost(pool({ files: [poolFile()], check: commands }), put);
		expect(on.commands.map(({ text }) => text)).toEqual([
			'exec up && true',
			"echo '${vars.x}'",
			"echo '${vars.x}' >&2",
		]);
	});
});
