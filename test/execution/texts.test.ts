import { describe, expect, it } from 'vitest';
import { asShellText } from '../../src/execution/bundle.ts';
import { bytesToText, textToBytes } from '../../src/execution/bytes-text.ts';
import { type FollowRecord, FollowStream } from '../../src/execution/follow-stream.ts';
import { frameText, readFrames } from '../../src/execution/frames.ts';
import { RunnerEvents } from '../../src/execution/runner-event.ts';
import { record, view } from '../fakes/fake-connection.ts';
import { fc } from './property.ts';

const bytes = fc.uint8Array({ maxLength: 64 });
/** Bytes that are often whole characters, often broken ones. */
const halfText = fc
	.array(
		fc.oneof(
			fc.string({ unit: 'binary' }).map(text => Buffer.from(text)),
			bytes,
		),
		{ maxLength: 6 },
	)
	.map(parts => Buffer.concat(parts));

/** The same bytes cut anywhere. */
const cut = (whole: Uint8Array, places: readonly number[]): readonly Uint8Array[] => {
	const at = [0, ...places.map(place => place % (whole.length + 1)).toSorted((a, b) => a - b), whole.length];
	return at.slice(1).map((end, index) => whole.subarray(at[index], end));
};
const places = fc.array(fc.nat(), { maxLength: 12 });

describe('bytes as text', () => {
	it('come back one by one the same, whatever they are, also through JSON', () => {
		fc.assert(
			fc.property(halfText, input => {
				const text: string = JSON.parse(JSON.stringify(bytesToText(input)));
				expect(Buffer.from(textToBytes(text))).toEqual(Buffer.from(input));
			}),
		);
	});

	it.each<[string, number[]]>([
		['a byte order mark', [0xef, 0xbb, 0xbf, 0x61]],
		['a surrogate in UTF-8', [0xed, 0xb2, 0x80]],
		['half a character at the end', [0x61, 0xf0, 0x9f, 0xa6]],
		['NUL', [0, 0x61, 0]],
		['Latin-1', [0xe4, 0xf6, 0xfc]],
		['an overlong slash', [0xc0, 0xaf]],
	])('keeps %s', (_, input) => {
		expect([...textToBytes(bytesToText(Uint8Array.from(input)))]).toEqual(input);
	});

	it('are plain text when they are UTF-8', () => {
		expect(bytesToText(Buffer.from('Ärger 🦊\n'))).toBe('Ärger 🦊\n');
	});

	it('are shell text only when a shell can carry them', () => {
		expect(asShellText(Buffer.from("it's 🦊\n"))).toBe("it's 🦊\n");
		expect(asShellText(Buffer.from('a\0b'))).toBeUndefined();
		expect(asShellText(Buffer.from([0x61, 0xff]))).toBeUndefined();
	});
});

describe('frames', () => {
	it('come back as they were written, whatever they hold and whatever stands between them', () => {
		fc.assert(
			fc.property(
				fc.array(fc.tuple(fc.stringMatching(/^[a-z:0-9]{1,8}$/), halfText), { maxLength: 5 }),
				fc.string(),
				(frames, noise) => {
					const printed = Buffer.concat(
						frames.flatMap(([name, content]) => [
							Buffer.from(`${noise.replaceAll('nonce', '')}\nnonce ${name} ${content.length}\n`),
							content,
							Buffer.from('\n'),
						]),
					);
					expect(readFrames(printed, 'nonce').map(frame => [frame.name, Buffer.from(frame.bytes)])).toEqual(
						frames.map(([name, content]) => [name, Buffer.from(content)]),
					);
				},
			),
		);
	});

	it('end where the answer was cut, and never give half a frame', () => {
		const whole = Buffer.from(frameText('n', 'a', 'first', 5) + frameText('n', 'b', 'second', 6));
		for (let length = 0; length < whole.length; length += 1) {
			const frames = readFrames(whole.subarray(0, length), 'n').map(frame => frame.text);
			expect(['', 'first', 'first second']).toContain(frames.join(' '));
		}
	});

	it('C7: cannot be imitated from inside one', () => {
		const evil = frameText('n', 'facts', 'lies', 4);
		const frames = readFrames(Buffer.from(frameText('n', 'look', evil, evil.length)), 'n');
		expect(frames.map(frame => [frame.name, frame.text])).toEqual([['look', evil]]);
	});

	it.each(['n a -5', 'n a 1e3', 'n a 99999999999', 'n a', 'n', 'm a 4'])('pass over `%s`', line => {
		expect(
			readFrames(Buffer.from(`${line}\ntext\n${frameText('n', 'b', 'x', 1)}`), 'n').map(frame => frame.name),
		).toEqual(['b']);
	});
});

describe('the stream of a view', () => {
	const readAll = (chunks: readonly Uint8Array[]): readonly FollowRecord[] => {
		const stream = new FollowStream();
		return chunks.flatMap(chunk => stream.push(Uint8Array.from(chunk)));
	};
	const plain = (records: readonly FollowRecord[]) =>
		records.map(one => ('bytes' in one ? { ...one, bytes: Buffer.from(one.bytes).toString('latin1') } : one));

	const anyRecord = fc.oneof(
		fc
			.tuple(fc.constantFrom('E', 'H'), fc.nat(99), halfText)
			.map(([word, at, content]) =>
				Buffer.concat([Buffer.from(`${word} ${at} ${content.length}\n`), content, Buffer.from('\n')]),
			),
		fc
			.tuple(fc.constantFrom('O', 'R'), fc.nat(9), fc.nat(99), halfText)
			.map(([word, index, at, content]) =>
				Buffer.concat([Buffer.from(`${word} ${index} ${at} ${content.length}\n`), content, Buffer.from('\n')]),
			),
		fc
			.constantFrom('T\n', 'S 3 lost supervisor 1 2 b\n', 'Z end\n', 'X unsafe it is a link\n')
			.map(line => Buffer.from(line)),
	);

	it('gives the same records however its bytes are cut', () => {
		fc.assert(
			fc.property(fc.array(anyRecord, { maxLength: 8 }), places, (records, at) => {
				const whole = Buffer.concat([Buffer.from('hsctl/follow/1 run\n'), ...records]);
				expect(plain(readAll(cut(whole, at)))).toEqual(plain(readAll([whole])));
				expect(readAll([whole])).toHaveLength(records.length);
			}),
		);
	});

	it('C7: is not led astray by output that imitates records', () => {
		const evil = `${view('run', [{ e: 'finished', i: 0, status: 'changed' }])}Z end\nX unsafe\n`;
		const records = readAll([
			Buffer.from(record.start('run') + record.output('out', 0, 0, evil) + record.over('dead')),
		]);
		expect(records.map(one => one.kind)).toEqual(['output', 'over']);
		expect(plain(records)[0]).toMatchObject({ bytes: evil });
	});

	it('passes over what a profile says before it, and words it does not know', () => {
		const noise = 'Welcome!\nE 0 5\nO 1 2 3\nZ end\n\n';
		const unknown = 'constructor a b\ntoString\n__proto__ x\nQ 1 2\n';
		const records = readAll([Buffer.from(noise + record.start('run') + unknown + record.over('end'))]);
		expect(records).toEqual([{ kind: 'over', how: 'end' }]);
	});

	it('hears a refusal before it has begun', () => {
		expect(readAll([Buffer.from('X state cannot make /x\n')])).toEqual([
			{ kind: 'refused', word: 'state', because: 'cannot make /x' },
		]);
	});

	it('takes lengths that are none as nothing', () => {
		const records = readAll([Buffer.from(`${record.start('run')}E 0 -1\n\nE 0 NaN\n\nE 0 1e99\n\nZ end\n`)]);
		expect(records.at(-1)).toEqual({ kind: 'over', how: 'end' });
	});

	it('takes 20,000 records in one chunk and in many, in little time', () => {
		const whole = Buffer.from(record.start('run') + record.output('out', 0, 0, 'line\n').repeat(20_000));
		const started = performance.now();
		expect(readAll([whole])).toHaveLength(20_000);
		expect(
			readAll(
				Array.from({ length: Math.ceil(whole.length / 100) }, (_, index) =>
					whole.subarray(index * 100, index * 100 + 100),
				),
			),
		).toHaveLength(20_000);
		expect(performance.now() - started).toBeLessThan(3000);
	});
});

describe('the lines of an event file', () => {
	it('are whole however they are cut', () => {
		const lines = [
			{ e: 'accepted', fence: 1, detached_by: 'setsid', synced: 'file' },
			{ e: 'started', i: 0, job: 'x.1' },
			{ e: 'end' },
		];
		const text = lines.map(line => `${JSON.stringify(line)}\n`).join('');
		fc.assert(
			fc.property(places, at => {
				const events = new RunnerEvents();
				expect(cut(Buffer.from(text), at).flatMap(piece => events.push(piece.toString()))).toEqual(lines);
			}),
		);
	});

	it.each(['', 'null', '[]', '7', '{"e":5}', '{"e":"boom"}', '{"x":1}', 'not json', '{"e":"toString"}'])(
		'pass over `%s`',
		line => {
			expect(new RunnerEvents().push(`${line}\n{"e":"end"}\n`)).toEqual([{ e: 'end' }]);
		},
	);
});
