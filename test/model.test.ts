import { describe, expect, it } from 'vitest';
import { type Command, joinCommands, quote, sh } from '../src/model/command.ts';

describe('a shell command', () => {
	it('takes values as words: nothing in them is shell text any more', () => {
		expect(sh`rm -- ${"it's $(here)"} ${['a b', '-x']}`.text).toBe("rm -- 'it'\\''s $(here)' 'a b' -x");
	});

	it('takes other commands as they are', () => {
		expect(sh`{ ${sh`echo ${'a b'}`}; }`.text).toBe("{ echo 'a b'; }");
		expect(joinCommands([sh`a`, sh`b`]).text).toBe('a\nb');
	});

	it('is not a string, and a string is not one', () => {
		// @ts-expect-error A bare string must not pass for a command.
		const command: Command = 'rm -rf /';
		expect(typeof command).toBe('string');
		// @ts-expect-error Nor must an object be a word.
		expect(() => sh`echo ${{ text: 'x' }}`).toThrow();
	});

	it('refuses a NUL, which no shell can carry', () => {
		expect(() => quote('a\0b')).toThrow('NUL');
	});
});
