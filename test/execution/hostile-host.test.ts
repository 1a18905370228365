import { createHash } from 'node:crypto';
import { describe, expect, it } from 'vitest';
import { FollowStream } from '../../src/execution/follow-stream.ts';
import { parseReceipt } from '../../src/execution/parse-receipt.ts';
import { probeProgram } from '../../src/execution/probe-program.ts';
import { readMemory, readProbe } from '../../src/execution/read-probe.ts';
import { RunnerEvents } from '../../src/execution/runner-event.ts';
import { questionsFor } from '../../src/planning/questions.ts';
import { host, hotfix, keyOf, playbook } from '../fakes/builders.ts';
import { healthyHost, type Prints, probeAnswer } from '../fakes/fake-connection.ts';

const units = [hotfix({ address: 'hotfix.a' })];
const [questions] = questionsFor(playbook(units), [{ host: host('web1'), units }], new Map());
if (questions === undefined) throw new Error('no questions');
const asked = questions;

const answer = (prints: Prints): Uint8Array =>
	Buffer.from(probeAnswer(probeProgram(asked, 'abc', 'd'.repeat(64)), frame => prints(frame) ?? healthyHost(frame)));
const hear = (prints: Prints) => readProbe(answer(prints), asked, 'abc');
const deep = (depth: number): string => `${'{"a":'.repeat(depth)}1${'}'.repeat(depth)}`;

/** Runs it, and fails when it takes more than a second of work: the ways to be slow with these inputs take minutes. */
function soon<Value>(work: () => Value): Value {
	const before = process.cpuUsage();
	const value = work();
	const { user, system } = process.cpuUsage(before);
	expect((user + system) / 1000).toBeLessThan(1000);
	return value;
}

describe('a host that answers whatever it likes', () => {
	it.each([
		['text for our templates', '${secret.token} ${vars.x} {{ 7*7 }} $(id) `id`'],
		['an escape sequence', 'a\x1b]0;title\x07b'],
		['a name of every object', '__proto__'],
		['ten megabytes', 'x'.repeat(10_000_000)],
	])('H11: has it taken as text, and nothing more: %s', (_, text) => {
		const seen = soon(() =>
			hear(frame =>
				frame === 'facts' ? `uname Linux ${text} 6.1 x86_64\nuser ${text}\nuid ${text}\n${text} ${text}` : undefined,
			),
		);
		expect(seen).toMatchObject({ reached: true, facts: { uid: -1 } });
		if (!seen.reached) return;
		expect(Object.getPrototypeOf(seen.facts)).toBe(Object.prototype);
		expect(seen.facts.user.length).toBeLessThanOrEqual(text.length);
		expect(JSON.stringify(seen.facts)).not.toMatch(/"49"|uid=0/);
	});

	it.each([
		['a receipt nested 100,000 deep', `{"format":"hsctl/receipt/v1","x":${deep(100_000)}}`],
		['a receipt of ten megabytes', `{"format":"hsctl/receipt/v1","x":"${'y'.repeat(10_000_000)}"}`],
		['a receipt whose fields are objects', '{"format":"hsctl/receipt/v1","unit":{},"key":[],"status":"ok"}'],
	])('H11: cannot break the reading of its memory: %s', (_, line) => {
		expect(soon(() => parseReceipt(line))).toBeUndefined();
		expect(soon(() => readMemory([`receipt hotfix.a~web~x.json ${line}`], () => true))).toMatchObject({
			receipts: [],
			damaged: ['hotfix.a~web~x.json'],
		});
	});

	it('H11: may send a hundred thousand lines where one is expected', () => {
		const lines = Array.from({ length: 100_000 }, (_, index) => `job ${keyOf('now')}.${index % 999_999} lost x`);
		expect(soon(() => readMemory(lines, () => true)).jobs).toHaveLength(100_000);
	});

	it.each([
		['lengths that are none', 'E 0 -5\nE 0 1e9\nO 0 0 99999999999999999999\nZ end\n'],
		['a line without an end', 'E'.repeat(5_000_000)],
		['events nested 100,000 deep', `E 0 ${deep(100_000).length + 1}\n${deep(100_000)}\n\n`],
	])('H11: cannot break a view: %s', (_, text) => {
		const records = soon(() => [...new FollowStream().push(Buffer.from(`hsctl/follow/1 R\n${text}`))]);
		for (const record of records)
			if (record.kind === 'events')
				expect(soon(() => new RunnerEvents().push(Buffer.from(record.bytes).toString()))).toEqual([]);
	});
});

/** A receipt as the runner of this version writes it. */
const sealed = (text: string): string => {
	const summed = text.replace(/\}$/, '');
	return `${summed},"sum":"${createHash('sha256').update(summed).digest('hex')}"}`;
};

describe('a receipt with a flipped bit', () => {
	const line = JSON.stringify({
		format: 'hsctl/receipt/v1',
		unit: 'hotfix.a',
		playbook: 'web',
		key: keyOf('now'),
		attempt: 2,
		run: '01R',
		fence: 3,
		purpose: 'do',
		status: 'failed',
		why: 'exit',
		exit_code: 3,
		script: `sha256:${'a'.repeat(64)}`,
		finished_at: '2026-08-01T10:00:05Z',
		machine_id: keyOf('machine').slice(0, 32),
		script_path: 'hotfixes/ä.sh',
	});

	/** What is read of it, whichever bit has flipped. */
	function readings(text: string): ReadonlySet<string | undefined> {
		const bytes = Buffer.from(text);
		const said = new Set<string | undefined>();
		for (let bit = 0; bit < bytes.length * 8; bit += 1) {
			const flipped = Buffer.from(bytes);
			flipped[bit >> 3] = (flipped[bit >> 3] ?? 0) ^ (1 << (bit & 7));
			said.add(parseReceipt(flipped.toString('utf8'))?.status);
		}
		return said;
	}

	it('D10: proves nothing, wherever the bit is', () => {
		expect(parseReceipt(sealed(line))?.status).toBe('failed');
		expect(readings(sealed(line))).toEqual(new Set([undefined]));
	});

	it.each(['ok', 'failed', 'undone'] as const)(
		'D10: that was written without a sum proves nothing, or still that it ended %s',
		status => {
			expect(readings(line.replace('"failed"', JSON.stringify(status)))).toEqual(new Set([status, undefined]));
		},
	);
});
