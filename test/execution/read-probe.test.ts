import { describe, expect, it } from 'vitest';
import { parseReceipt } from '../../src/execution/parse-receipt.ts';
import { probeProgram } from '../../src/execution/probe-program.ts';
import { readMemory, readProbe } from '../../src/execution/read-probe.ts';
import { questionsFor } from '../../src/planning/questions.ts';
import { fileExists, host, hotfix, keyOf, playbook, script } from '../fakes/builders.ts';
import { healthyHost, type Prints, probeAnswer } from '../fakes/fake-connection.ts';

const receiptLine = (rest: Readonly<Record<string, unknown>> = {}) =>
	JSON.stringify({
		format: 'hsctl/receipt/v1',
		unit: 'hotfix.a',
		playbook: 'web',
		key: keyOf('now'),
		attempt: 2,
		run: '01R',
		fence: 3,
		purpose: 'do',
		status: 'ok',
		why: 'exit',
		exit_code: 0,
		script: `sha256:${'a'.repeat(64)}`,
		user: 'root',
		started_at: '2026-08-01T10:00:00Z',
		finished_at: '2026-08-01T10:00:05Z',
		duration_ms: 5000,
		boot_id: 'b',
		machine_id: 'm',
		detached_by: 'setsid',
		synced: 'file',
		out_bytes: 1,
		err_bytes: 2,
		survivors: 0,
		script_path: 'hotfixes/a.sh',
		...rest,
	});

describe('a receipt', () => {
	it('is read with all that planning needs', () => {
		expect(parseReceipt(receiptLine())).toMatchObject({
			unit: 'hotfix.a',
			key: keyOf('now'),
			attempt: 2,
			status: 'ok',
			exitCode: 0,
			machineId: 'm',
			finishedAt: '2026-08-01T10:00:05Z',
		});
	});

	it.each<[string, string]>([
		['empty', ''],
		['cut', receiptLine().slice(0, -10)],
		['no object', '[]'],
		['null', 'null'],
		['another format', receiptLine({ format: 'hsctl/receipt/v2' })],
		['a status that is none', receiptLine({ status: 'great' })],
		['without a key', receiptLine({ key: undefined })],
		['with a key that is a number', receiptLine({ key: 5 })],
		['with an attempt that is text', receiptLine({ attempt: '2' })],
		['without a date', receiptLine({ finished_at: undefined })],
		['of a prototype', '{"__proto__":{"format":"hsctl/receipt/v1"}}'],
	])('proves nothing when it is %s', (_, line) => {
		expect(parseReceipt(line)).toBeUndefined();
	});

	it('of a host without a machine id is this host’s: the runner says `unknown` where the facts say nothing', () => {
		expect(parseReceipt(receiptLine({ machine_id: 'unknown' }))?.machineId).toBe('');
	});
});

describe('the memory of a unit', () => {
	const key = keyOf('now');
	const read = (...lines: readonly string[]) => readMemory(lines, () => true);

	it('is receipts, damaged files and open jobs', () => {
		const memory = read(
			`receipt hotfix.a~web~${key}.json ${receiptLine()}`,
			'damaged hotfix.a~web~y.json',
			`job ${key}.3 lost supervisor 5 6 b`,
		);
		expect(memory).toMatchObject({
			receipts: [{ attempt: 2 }],
			damaged: ['hotfix.a~web~y.json'],
			jobs: [{ key, attempt: 3, state: 'lost', evidence: 'supervisor 5 6 b' }],
		});
	});

	it('counts a receipt that cannot be understood as damaged, never as nothing', () => {
		expect(read('receipt r.json {"format":"hsctl/receipt/v1","x":1}')).toMatchObject({
			receipts: [],
			damaged: ['r.json'],
		});
	});

	it('takes the end of a finished job for a receipt', () => {
		expect(read(`job ${key}.2 finished ${receiptLine()}`)).toMatchObject({
			receipts: [{ attempt: 2 }],
			jobs: [{ state: 'finished' }],
		});
		expect(read(`job ${key}.2 finished told`)).toMatchObject({ receipts: [], jobs: [{ state: 'finished' }] });
	});

	it.each([
		['cut', `job ${key}.2 finished {"cut`],
		['of another start', `job ${key}.1 finished ${receiptLine()}`],
		['of another content', `job ${keyOf('before')}.2 finished ${receiptLine()}`],
	])('D10: calls a job damaged whose receipt is %s', (_, line) => {
		expect(read(line)).toMatchObject({ receipts: [], damaged: [], jobs: [{ state: 'damaged' }] });
	});

	it.each([
		['of another unit', `hotfix.b~web~${key}.json`],
		['of another playbook', `hotfix.a~db~${key}.json`],
		['of other content', `hotfix.a~web~${keyOf('before')}.json`],
	])('D10: calls a receipt damaged that lies under the name %s', (_, name) => {
		expect(read(`receipt ${name} ${receiptLine()}`)).toMatchObject({ receipts: [], damaged: [name] });
	});

	it('takes a state that it does not know for damage', () => {
		expect(read(`job ${key}.1 dancing around`).jobs).toMatchObject([{ state: 'damaged' }]);
	});

	it.each(['job nonsense.1 lost x', 'job ../../etc.1 lost x', `job ${key} lost x`, `job ${key}.x lost`, 'word', ''])(
		'passes over `%s`',
		line => {
			expect(read(line)).toEqual({ receipts: [], damaged: [], jobs: [] });
		},
	);
});

describe('the answer to a plan’s question', () => {
	const units = [hotfix({ when: fileExists('/x'), undo: script('undo') }), hotfix({ address: 'hotfix.b' })];
	const book = playbook(units);
	const [questions] = questionsFor(book, [{ host: host('web1'), units }], new Map());
	if (questions === undefined) throw new Error('no questions');
	const answer = (prints: Prints) =>
		Buffer.from(
			probeAnswer(probeProgram(questions, 'abc', 'd'.repeat(64)), frame => prints(frame) ?? healthyHost(frame)),
		);

	it('is facts, memory and a print for each look', () => {
		const undoKey = questions.units[0]?.undoKey ?? '';
		const observed = readProbe(
			answer(
				frame =>
					({
						'look:0:0': 'file\nä',
						'memory:0': `receipt hotfix.a~web~${keyOf('now')}.json ${receiptLine()}\njob ${undoKey}.4 lost x`,
						pending: 'pending gogs 01R\nnonsense',
					})[frame],
			),
			questions,
			'abc',
		);
		expect(observed).toMatchObject({
			reached: true,
			facts: {
				hostname: 'web1',
				machineId: 'f00dfeedf00dfeedf00dfeedf00dfeed',
				state: { path: '/var/lib/hsctl', condition: 'present' },
			},
			units: [
				{
					printed: ['file\nä'],
					memory: { receipts: [{ attempt: 2 }], jobs: [] },
					undoMemory: { jobs: [{ attempt: 4 }] },
				},
				{ printed: [] },
			],
			pendingRestarts: [{ service: 'gogs', run: '01R' }],
		});
		expect(observed).not.toHaveProperty('runner');
	});

	it('knows the runner that lies there', () => {
		expect(
			readProbe(
				answer(frame => (frame === 'state' ? `state present\nrunner ${'d'.repeat(64)}\npath /x` : undefined)),
				questions,
				'abc',
			),
		).toMatchObject({ runner: 'd'.repeat(64) });
	});

	it('is nothing when it was cut anywhere', () => {
		const whole = answer(() => undefined);
		for (let length = 0; length < whole.length - 1; length += 7)
			expect(readProbe(whole.subarray(0, length), questions, 'abc')).toEqual({
				reached: false,
				because: 'its answer was cut off',
			});
	});

	it('is nothing when it belongs to another question', () => {
		expect(
			readProbe(
				answer(() => undefined),
				questions,
				'abd',
			).reached,
		).toBe(false);
	});

	it('C7, H11: is not led astray by a look that prints frames', () => {
		const evil = probeAnswer(probeProgram(questions, 'abc', 'd'.repeat(64)), frame =>
			frame === 'memory:0' ? `receipt r ${receiptLine()}` : '',
		);
		expect(
			readProbe(
				answer(frame => (frame === 'look:0:0' ? evil : undefined)),
				questions,
				'abc',
			),
		).toMatchObject({
			reached: true,
			units: [{ printed: [evil], memory: { receipts: [] } }, {}],
		});
	});
});
