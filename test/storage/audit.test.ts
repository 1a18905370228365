import { appendFileSync, mkdtempSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { beforeEach, describe, expect, it, onTestFinished } from 'vitest';
import { asRunId } from '../../src/model/brand.ts';
import { auditSink, verifyAudit } from '../../src/storage/audit.ts';
import { eventSinkContract, wholeRun } from '../contracts/event-sink.ts';

const fresh = () => mkdtempSync(join(tmpdir(), 'hsctl-audit-'));

eventSinkContract('the audit file', () => {
	const folder = fresh();
	const run = asRunId('01A');
	return {
		sink: auditSink(folder, run),
		read: () =>
			readFileSync(join(folder, '01A.ndjson'), 'utf8')
				.split('\n')
				.filter(line => line !== '')
				.map(line => JSON.parse(line).event),
		dispose: () => rmSync(folder, { recursive: true, force: true }),
	};
});

describe('the audit chain', () => {
	let folder: string;
	beforeEach(() => {
		folder = fresh();
		const own = folder;
		onTestFinished(() => rmSync(own, { recursive: true, force: true }));
	});
	const file = (run: string) => join(folder, `${run}.ndjson`);
	const write = async (run: string, count = 4) => {
		const sink = auditSink(folder, asRunId(run));
		for (const event of wholeRun.filter(({ type }) => type !== 'output').slice(0, count)) await sink.take(event);
		await sink.close();
	};
	const change = (run: string, make: (lines: string[]) => readonly string[]) =>
		writeFileSync(file(run), `${make(readFileSync(file(run), 'utf8').trimEnd().split('\n')).join('\n')}\n`);
	const breaks = () => verifyAudit(folder).breaks.map(one => `${one.file.slice(-'01A.ndjson'.length)}:${one.line}`);

	it('is whole over several runs', async () => {
		for (const run of ['01A', '01B', '01C']) await write(run);
		expect(verifyAudit(folder)).toEqual({ lines: 12, breaks: [] });
	});

	it('holds no output, and is for its owner alone', async () => {
		await write('01A');
		expect(readFileSync(file('01A'), 'utf8')).not.toContain('"output"');
		expect(statSync(file('01A')).mode & 0o777).toBe(0o600);
	});

	it('is whole when there is none', () => {
		expect(verifyAudit(join(folder, 'nothing'))).toEqual({ lines: 0, breaks: [] });
	});

	it('is whole when runs went on side by side, whatever their names', async () => {
		const events = wholeRun.filter(({ type }) => type !== 'output');
		const later = auditSink(folder, asRunId('01B'));
		await later.take(events[0]!);
		const earlier = auditSink(folder, asRunId('01A'));
		await earlier.take(events[0]!);
		await later.take(events[1]!);
		await earlier.take(events[1]!);
		await write('01C');
		expect(breaks()).toEqual([]);
		await earlier.close();
		await later.close();
	});

	it.each<[string, (lines: string[]) => readonly string[], string[]]>([
		[
			'a changed line breaks the one behind it',
			([a = '', b = '', ...rest]) => [a, b.replace('web1', 'web2'), ...rest],
			['01A.ndjson:3'],
		],
		['a removed line too', ([a = '', , ...rest]) => [a, ...rest], ['01A.ndjson:2']],
		[
			'two lines in another order too',
			([a = '', b = '', c = '', ...rest]) => [a, c, b, ...rest],
			['01A.ndjson:2', '01A.ndjson:3', '01A.ndjson:4'],
		],
		['a line that is no JSON too', ([a = '', , ...rest]) => [a, 'nonsense', ...rest], ['01A.ndjson:2', '01A.ndjson:3']],
		['a removed last line breaks the next run', lines => lines.slice(0, -1), ['01B.ndjson:1']],
		[
			'a changed last line breaks the next run',
			lines => [...lines.slice(0, -1), (lines.at(-1) ?? '').replace('2026', '2027')],
			['01B.ndjson:1'],
		],
	])('H17: %s', async (_, make, expected) => {
		await write('01A');
		await write('01B');
		change('01A', make);
		expect(breaks()).toEqual(expected);
	});

	it('H17: a removed run breaks the next one', async () => {
		for (const run of ['01A', '01B', '01C']) await write(run);
		rmSync(file('01B'));
		expect(breaks()).toEqual(['01C.ndjson:1']);
	});

	it('goes on after a line that a power cut has torn, and shows it', async () => {
		await write('01A');
		appendFileSync(file('01A'), '{"previous":"ab');
		await write('01B');
		expect(breaks()).toEqual(['01A.ndjson:5']);
	});
});
