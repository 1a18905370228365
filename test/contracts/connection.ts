import { readFileSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { hostPath } from '../../src/model/brand.ts';
import type { Connection, ExecResult, ShellProgram } from '../../src/ports/connection.ts';

/** What the suite has to know of the place that a connection leads to. */
export interface ConnectionRig {
	open(): Promise<Connection>;
	/** An empty folder there; of a real connection its files are seen here under the same path. */
	readonly folder: string;
	close(): Promise<void> | void;
}

const big = 64 * 1024 * 1024;
const text = (bytes: Uint8Array): string => new TextDecoder().decode(bytes);
const sh = (words: string): ShellProgram => `{\n${words}\nexit\n} </dev/null\n` as ShellProgram;

/**
 * Every Connection keeps to this, the fake too: what is proved with the one holds for the other.
 * @param kind a made-up one leads to no shell, and to no files: what needs them is not asked of it
 */
export function connectionContract(
	title: string,
	make: () => Promise<ConnectionRig>,
	kind: 'real' | 'made up' = 'real',
): void {
	describe.concurrent(title, () => {
		let rig: ConnectionRig;
		let connection: Connection;
		beforeAll(async () => {
			rig = await make();
			connection = await rig.open();
		});
		afterAll(async () => {
			await connection[Symbol.asyncDispose]();
			await rig.close();
		});

		const exec = (program: string, options: Partial<Parameters<Connection['exec']>[1]> = {}) =>
			connection.exec(sh(program), { byteBudget: big, ...options });
		const exited = async (program: string, options = {}) => {
			const result = await exec(program, options);
			if (result.kind !== 'exited') throw new Error(`lost: ${result.because}`);
			return { ...result, text: text(result.stdout) };
		};
		const path = (name: string) => hostPath(join(rig.folder, name));

		it.each([0, 1, 7, 126, 255])('tells the exit code %i', async code => {
			expect((await exited(`exit ${code}`)).code).toBe(code);
		});

		it('keeps the two streams apart', async () => {
			const result = await exited('echo to out; echo to err >&2');
			expect([result.text, result.stderr]).toEqual(['to out\n', 'to err\n']);
		});

		it('carries text in any script, both ways', async () => {
			expect((await exited("printf '%s' 'Ärger 漢字 🦊'")).text).toBe('Ärger 漢字 🦊');
		});

		it('leaves the program alone: what reads stdin gets nothing of it', async () => {
			expect((await exited('cat; read -r line; echo "[$line]"; echo still here')).text).toBe('[]\nstill here\n');
		});

		it('gives chunks as they come to who asks for them, and then none in the result', async () => {
			const chunks: Uint8Array[] = [];
			const result = await exited('echo one; echo two', { onStdout: (chunk: Uint8Array) => void chunks.push(chunk) });
			expect([text(Buffer.concat(chunks)), result.stdout.length]).toEqual(['one\ntwo\n', 0]);
		});

		it('does several exchanges at once', async () => {
			const answers = await Promise.all(Array.from({ length: 8 }, (_, index) => exited(`echo ${index}`)));
			expect(answers.map(answer => answer.text)).toEqual(Array.from({ length: 8 }, (_, index) => `${index}\n`));
		});

		const lost = async (promise: Promise<ExecResult>) => {
			const result = await promise;
			if (result.kind !== 'lost') throw new Error(`it exited with ${result.code}`);
			expect(result.because).toMatch(/^[^\n]{3,200}[^.\n]$/);
			return result.because;
		};

		it('is lost, and says why, when we leave, and does not wait for what runs', async () => {
			const leaving = new AbortController();
			const started = Date.now();
			const running = lost(exec('sleep 30; echo no', { signal: leaving.signal }));
			setTimeout(() => leaving.abort(), 50);
			await running;
			expect(Date.now() - started).toBeLessThan(5000);
		});

		it('is lost at once when we have left before', async () => {
			await lost(exec('sleep 30', { signal: AbortSignal.abort() }));
		});

		it('is lost at its deadline, also when somebody in the background holds the streams open', async () => {
			const started = Date.now();
			expect(await lost(exec('sleep 30 & wait; sleep 30', { deadlineMs: 100 }))).toContain('100 ms');
			expect(Date.now() - started).toBeLessThan(5000);
		});

		it('is lost when it sends more than it may', async () => {
			expect(
				await lost(exec('while :; do echo aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa; done', { byteBudget: 50_000 })),
			).toContain('50000');
		});

		it('counts stderr too', async () => {
			await lost(exec('while :; do echo aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa >&2; done', { byteBudget: 50_000 }));
		});

		const awkward = Buffer.concat([
			Buffer.from("it's\0a $(file) `x` \\n\r\n\xff\xfe", 'latin1'),
			Buffer.from([0, 255, 10, 10]),
		]);

		it('puts bytes into a file one by one the same, and reads them from any place', async () => {
			await connection.put(pieces(awkward, 3), path('a/b/file'));
			const back = async (offset: number) =>
				Buffer.concat(await Array.fromAsync(connection.read(path('a/b/file'), offset)));
			expect(await back(0)).toEqual(awkward);
			expect(await back(5)).toEqual(awkward.subarray(5));
			expect(await back(awkward.length)).toEqual(Buffer.alloc(0));
		});

		it('puts an empty file', async () => {
			await connection.put(pieces(Buffer.alloc(0), 1), path('empty'));
			expect(await Array.fromAsync(connection.read(path('empty'), 0))).toEqual([]);
		});

		it('puts a path that looks like something else', async () => {
			const name = "-n $(touch x) 'quoted' \n☂";
			await connection.put(pieces(Buffer.from('x'), 1), path(name));
			expect(Buffer.concat(await Array.fromAsync(connection.read(path(name), 0)))).toEqual(Buffer.from('x'));
		});

		it('tells when a file cannot be written, and throws when there is none to read', async () => {
			expect(await connection.put(pieces(Buffer.from('x'), 1), path('file'))).toEqual({ kind: 'written' });
			expect(await connection.put(pieces(Buffer.from('x'), 1), path('file/below'))).toEqual({
				kind: 'refused',
				because: expect.stringMatching(/file\/below was not written/),
			});
			await expect(Array.fromAsync(connection.read(path('nothing'), 0))).rejects.toThrow(/nothing was not read/);
		});

		it('is lost with a file whose bytes break off on our side', async () => {
			expect(await connection.put(broken(), path('broken'))).toMatchObject({ kind: 'lost' });
		});

		if (kind === 'made up') return;

		it('puts files and folders that only their owner can see', async () => {
			await connection.put(pieces(Buffer.from('x'), 1), path('secret/file'));
			await exited(`echo old >'${path('open')}'; chmod 644 '${path('open')}'`);
			await connection.put(pieces(Buffer.from('new'), 1), path('open'));
			const mode = (name: string) => (statSync(path(name)).mode & 0o777).toString(8);
			expect([mode('secret/file'), mode('secret'), mode('open')]).toEqual(['600', '700', '600']);
			expect(readFileSync(path('open'), 'utf8')).toBe('new');
		});

		it('loses nothing of 5 MB on each stream at once', async () => {
			const line = 'x'.repeat(99);
			const program = `i=0; block='${`${line}\n`.repeat(500)}'; while [ $i -lt 100 ]; do printf %s "$block"; printf %s "$block" >&2; i=$((i+1)); done`;
			const result = await exited(program);
			expect([result.stdout.length, result.stderr.length]).toEqual([5_000_000, 5_000_000]);
		});

		it('takes a program of more than 300 KB', async () => {
			const value = `${"ä'".repeat(60_000)}$(exit 3)`.replaceAll("'", "'\\''");
			const result = await exited(`value='${value}'\nprintf %s "$value" | wc -c`);
			expect(Number(result.text)).toBe(180_009);
		});

		it('does nothing of a program that was cut on its way', async () => {
			const whole = sh(`echo done >'${path('cut')}'`);
			const result = await connection.exec(whole.slice(0, -20) as ShellProgram, { byteBudget: big });
			expect(result).toMatchObject({ kind: 'exited' });
			await expect(Array.fromAsync(connection.read(path('cut'), 0))).rejects.toThrow();
		});
	});
}

async function* pieces(bytes: Uint8Array, size: number): AsyncIterable<Uint8Array> {
	for (let at = 0; at < bytes.length; at += size) yield bytes.subarray(at, at + size);
}

async function* broken(): AsyncIterable<Uint8Array> {
	yield Buffer.from('the first half');
	throw new Error('the disk here went away');
}
