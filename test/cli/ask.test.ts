import { PassThrough, Writable } from 'node:stream';
import { expect, it } from 'vitest';
import { personAt } from '../../src/cli/ask.ts';

it('the echo of a secret is off before the question is seen, so that an answer at once is not shown', async () => {
	const told: string[] = [];
	const keys = Object.assign(new PassThrough(), {
		isTTY: true,
		fd: 0 as const,
		setRawMode: (isRaw: boolean) => told.push(isRaw ? 'echo off' : 'echo on'),
	});
	const screen = new Writable({
		write(chunk, _encoding, done) {
			told.push(String(chunk));
			if (String(chunk).startsWith('password')) keys.write(' s3cret \r');
			done();
		},
	});
	const person = personAt({
		stdin: keys as unknown as NodeJS.ReadStream,
		stdout: screen as unknown as NodeJS.WriteStream,
		stderr: screen as unknown as NodeJS.WriteStream,
		canAsk: true,
	});
	expect(await person.ask({ words: 'password of web1: ', isSecret: true })).toBe(' s3cret ');
	expect(told).toEqual(['echo off', 'password of web1: ', 'echo on', '\n']);
});
