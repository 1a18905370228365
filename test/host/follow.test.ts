import { randomBytes } from 'node:crypto';
import { existsSync, writeFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { jobOf } from './bundle.ts';
import { has, shells, TestHost, until } from './host.ts';
import { output, readView, type View } from './view.ts';

const binary = (host: TestHost, bytes: Buffer): string => {
	writeFileSync(`${host.folder}/bytes`, bytes);
	return `cat ${host.folder}/bytes; head -c 1000 ${host.folder}/bytes >&2`;
};

describe.concurrent.each(shells)('a view under %s', shell => {
	const test = it.skipIf(!has(shell));

	test('C3, C7: is byte-exact for any bytes, and from any offset', async () => {
		using host = new TestHost(shell);
		const bytes = Buffer.concat([Buffer.from('\0\nO 0 0 5\nZ end\n\xff', 'latin1'), randomBytes(20_000)]);
		const whole = await host.run('R1', [{ script: 'echo first' }, { script: binary(host, bytes) }]);
		expect(output(whole, 'out 1').equals(bytes)).toBe(true);
		expect(output(whole, 'err 1').equals(bytes.subarray(0, 1000))).toBe(true);

		const events = host.read('runs', 'R1', 'events');
		const from = events.indexOf('{"e":"finished","i":1');
		const rest = await host.say(['follow', 'R1', String(from), '1', '17', '1000']);
		expect(rest.lines.find(line => line.startsWith('E'))).toBe(`E ${from} ${events.indexOf('\n', from) + 1 - from}`);
		expect(rest.pieces.get('out 1')?.[0]?.[0]).toBe(17);
		expect(output(rest, 'out 1').equals(bytes.subarray(17))).toBe(true);
		expect(rest.pieces.has('err 1')).toBe(false);
		expect(rest.pieces.has('out 0')).toBe(false);
	});
});

describe.concurrent('a view', () => {
	it('shows output while the job runs, and the event that it started before that', async () => {
		using host = new TestHost();
		host.stage('n', [{ script: `echo first; while [ ! -e ${host.folder}/go ]; do sleep 0.02; done; echo second` }]);
		const child = host.start(['begin', 'R1', 'n']);
		let raw = Buffer.alloc(0);
		child.stdout?.on('data', chunk => {
			raw = Buffer.concat([raw, chunk]);
		});
		await until(() => raw.includes('first\n'), 'the first line is shown');
		expect(raw.indexOf('"started"')).toBeLessThan(raw.indexOf('first\n'));
		expect(raw.includes('"finished"')).toBe(false);
		writeFileSync(`${host.folder}/go`, '');
		await until(() => raw.includes('Z end\n'), 'the run is over');
		expect(output(readView(raw), 'out 0').toString()).toBe('first\nsecond\n');
	});

	it('that is cut off is taken up by another, and the job does not notice', async () => {
		using host = new TestHost();
		host.stage('n', [{ script: `echo first; while [ ! -e ${host.folder}/go ]; do sleep 0.02; done; echo second` }]);
		const child = host.start(['begin', 'R1', 'n']);
		let raw = Buffer.alloc(0);
		child.stdout?.on('data', chunk => {
			raw = Buffer.concat([raw, chunk]);
		});
		await until(() => raw.includes('first\n\n'), 'the first line is shown');
		child.kill('SIGKILL');
		const size = host.read('runs', 'R1', 'events').length;
		const rest = host.say(['follow', 'R1', String(size), '0', '6', '0']);
		writeFileSync(`${host.folder}/go`, '');
		expect(output(await rest, 'out 0').toString()).toBe('second\n');
		expect((await rest).events.map(event => event.e)).toEqual(['finished', 'end']);
	});

	it('C1: sends the head of a long stream as it comes and its tail at the end', async () => {
		using host = new TestHost();
		const bytes = randomBytes(3_000_000);
		const view = await host.run('R1', [{ script: binary(host, bytes) }]);
		const pieces = view.pieces.get('out 0') ?? [];
		const [offset, tail] = pieces.at(-1) ?? [0, Buffer.alloc(0)];
		expect(Buffer.concat(pieces.slice(0, -1).map(([, piece]) => piece)).equals(bytes.subarray(0, 1_048_576))).toBe(
			true,
		);
		expect(offset).toBe(3_000_000 - 65_536);
		expect(tail.equals(bytes.subarray(offset))).toBe(true);

		const from = host.read('runs', 'R1', 'events').indexOf('{"e":"finished"');
		const rest = await host.say(['follow', 'R1', String(from), '0', '2999900', '1000']);
		expect(rest.pieces.get('out 0')).toEqual([[2_999_900, bytes.subarray(2_999_900)]]);
	});

	it('may be had by many at once, and all see the same', async () => {
		using host = new TestHost();
		const bytes = randomBytes(50_000);
		const first = host.run('R1', [{ script: `sleep 0.1; ${binary(host, bytes)}` }, { script: 'echo second' }]);
		await until(() => host.has('runs', 'R1', 'events'), 'the run is there');
		const views = await Promise.all([first, ...Array.from({ length: 20 }, () => host.say(['follow', 'R1']))]);
		for (const view of views) {
			expect(output(view, 'out 0').equals(bytes)).toBe(true);
			expect(view.events).toEqual(views[0]?.events);
		}
	});

	it('B5, B6: of a run whose supervisor was killed tells where each job stands', async () => {
		using host = new TestHost();
		const script = `echo started; touch ${host.folder}/runs; while [ ! -e ${host.folder}/go ]; do sleep 0.02; done`;
		const units = [{ script: 'true' }, { script }, { script: 'true' }];
		const view = host.run('R1', units);
		await until(() => existsSync(`${host.folder}/runs`), 'the job runs');
		process.kill(Number(host.read('runs', 'R1', 'super').split(' ')[0]), 'SIGKILL');
		expect(statesOf(await view)).toEqual(['1 orphan', '2 staged', 'dead']);
		expect(output(await view, 'out 1').toString()).toBe('started\n');

		const locked = await host.run('R2', [{ script: 'true' }]);
		expect(locked.events.map(event => event.e)).toEqual(['locked', 'end']);
		expect(locked.events[0]?.owner).toMatchObject({ run: 'R1', controller: 'laptop', user: 'alice' });
		expect(host.memory(units).at(-1)).toMatch(/^job \w+\.1 orphan supervisor \d+ .*, gate \d+ /);

		writeFileSync(`${host.folder}/go`, '');
		await until(() => host.memory(units).at(-1)?.includes(' lost ') === true, 'the script is gone');
		expect(statesOf(await host.say(['follow', 'R1']))).toEqual(['1 lost', '2 staged', 'dead']);
	});

	it('B5: of a job left alone by its supervisor still ends with its time', async () => {
		using host = new TestHost();
		const unit = { script: `touch ${host.folder}/runs; sleep 300`, spec: { timeout_ms: 400 } };
		const view = host.run('R1', [unit]);
		await until(() => existsSync(`${host.folder}/runs`), 'the job runs');
		process.kill(Number(host.read('runs', 'R1', 'super').split(' ')[0]), 'SIGKILL');
		await view;
		await until(() => host.memory([unit])[0]?.includes(' lost ') === true, 'the script is gone');
		expect(host.read('jobs', jobOf(unit), 'run', 'ended')).toMatch(/^timeout /);
	});

	it.runIf(process.env.HSCTL_LONG)('says every five seconds that it is still there', async () => {
		using host = new TestHost();
		const view = await host.run('R1', [{ script: 'sleep 6' }]);
		expect(view.lines).toContain('T');
	});
});

const statesOf = (view: View): readonly string[] => [
	...view.lines.filter(line => line.startsWith('S ')).map(line => line.split(' ').slice(1, 3).join(' ')),
	view.end ?? '',
];
