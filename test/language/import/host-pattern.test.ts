import { describe, expect, it } from 'vitest';
import { readHostPattern } from '../../../src/language/import/ansible/host-pattern.ts';

describe('a word that stands for hosts', () => {
	it.each<readonly [word: string, names: string, port: number | undefined]>([
		['web1', 'web1', undefined],
		['web1:2222', 'web1', 2222],
		['10.0.0.1:22', '10.0.0.1', 22],
		['[10.0.0.1]:22', '10.0.0.1', 22],
		['[2001:db8::1]:2222', '2001:db8::1', 2222],
		['2001:db8::1', '2001:db8::1', undefined],
		['web[1:3]', 'web1 web2 web3', undefined],
		['web[:2]', 'web0 web1 web2', undefined],
		['web[01:05:2].example.org:22', 'web01.example.org web03.example.org web05.example.org', 22],
		['web[08:11]', 'web08 web09 web10 web11', undefined],
		['[a:c]', 'a b c', undefined],
		['db-[y:B]', 'db-y db-z db-A db-B', undefined],
		['r[1:2]n[a:b]', 'r1na r1nb r2na r2nb', undefined],
		['web[3:1]', '', undefined],
	])('%s is %s', (word, names, port) => {
		const read = readHostPattern(word, 100);
		const expected = names === '' ? [] : names.split(' ');
		expect(read).toEqual({ ok: true, value: { names: expected, ...(port === undefined ? {} : { port }) } });
	});

	it.each([
		['web[1:99999999]', 99_999_999],
		['r[1:1000]n[1:1000]', 1_000_000],
		['r[1:999999999]n[1:999999999]n[1:999999999]', 999_999_999 ** 3],
	])('%s would be too many, and none of them is made', (word, count) => {
		expect(readHostPattern(word, 50_000)).toEqual({ ok: false, error: { kind: 'too_many', count } });
	});

	it.each([
		['web:', 'ends in a colon'],
		['web[1:3', 'does not close it'],
		['web1]', 'has not opened'],
		['web[1]', 'is not a range'],
		['web[1:]', 'is not a range'],
		['web[1:2:0]', 'is not a range'],
		['web[1:2:3:4]', 'is not a range'],
		['web[c:a]', 'ends before it begins'],
		['web[a:9]', 'neither numbers nor single letters'],
		['web[01:100]', 'the same length'],
		['', 'no host name'],
	])('%s is refused: %s', (word, because) => {
		const read = readHostPattern(word, 100);
		expect(read).toEqual({ ok: false, error: { kind: 'malformed', message: expect.stringContaining(because) } });
	});
});
