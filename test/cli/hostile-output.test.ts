import { readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { dangers, hostile, hostileScript, imitations } from './hostile-output.ts';
import { type Rig, rig, statuses } from './rig.ts';

async function broken(onTestFinished: Parameters<typeof rig>[0]): Promise<Rig> {
	const r = rig(onTestFinished);
	await r.playbook('  a: {}\n  b: { needs: [hotfix.a] }\n', { a: hostileScript(), b: 'true\n' });
	return r;
}

describe.concurrent('what a script prints', () => {
	it('is hostile here, and would be noticed', () => {
		expect(dangers(Object.values(hostile).join('')).length).toBeGreaterThan(20);
	});

	it.for(['apply p.yaml --yes', 'apply p.yaml --yes -v', 'apply p.yaml --yes --tui off', 'apply p.yaml --yes --json'])(
		'C6: writes to no terminal as it happens: %s',
		async (words, { onTestFinished }) => {
			const r = await broken(onTestFinished);
			const ran = await r.hsctl(words.split(' '));
			expect([ran.code, dangers(ran.stdout), dangers(ran.stderr)]).toEqual([5, [], []]);
			expect(ran.stdout).toContain('hacked-title');
		},
	);

	it('C6: writes to no terminal afterwards: logs, show, attach, history, a plan', async ({ onTestFinished }) => {
		const r = await broken(onTestFinished);
		await r.hsctl(['apply', 'p.yaml', '--yes']);
		for (const words of [
			['logs'],
			['logs', '--json'],
			['show', 'last'],
			['show', 'last', '--json'],
			['show', 'last', '-v'],
			['attach', 'last'],
			['history'],
			['plan', 'p.yaml', '-v'],
		]) {
			const ran = await r.hsctl(words);
			expect([words, dangers(ran.stdout), dangers(ran.stderr)]).toEqual([words, [], []]);
			expect(ran.stdout.length).toBeGreaterThan(10);
		}
		expect((await r.hsctl(['logs'])).stdout).toContain(String.raw`\x1b]52;c;aGFja2Vk\x07`);
	});

	it('C6: a condition that looks at it shows it without its powers, too', async ({ onTestFinished }) => {
		const r = rig(onTestFinished);
		const print = Object.values(hostile).join(' ').replaceAll('\0', '');
		r.write({ '../marks/print': print });
		await r.playbook(
			'  a: { when: { command: { run: [cat, $MARKS/print], prints: x } } }\n'.replaceAll('$MARKS', r.marks),
			{
				a: 'true\n',
			},
		);
		for (const words of [
			['plan', 'p.yaml', '-v'],
			['plan', 'p.yaml', '--json'],
			['explain', 'box', 'hotfix.a', '--playbook', 'p.yaml'],
		]) {
			const ran = await r.hsctl(words);
			expect([ran.code, dangers(ran.stdout), ran.stderr]).toEqual([0, [], '']);
			expect(ran.stdout).toContain('hacked-title');
		}
	});

	it('C3: is kept byte for byte on the host, and in the events as text that every reader can take', async ({
		onTestFinished,
	}) => {
		const r = rig(onTestFinished);
		const bytes = Buffer.from(Array.from({ length: 4096 }, (_, at) => (at * 167 + (at >> 8)) % 256));
		await r.playbook('  a: {}\n', { a: 'cat $MARKS/bytes\n' });
		writeFileSync(join(r.marks, 'bytes'), bytes);
		const ran = await r.hsctl(['apply', 'p.yaml', '--yes', '--json']);
		const [job = ''] = readdirSync(join(r.state, 'jobs'));
		expect(readFileSync(join(r.state, 'jobs', job, 'out')).equals(bytes)).toBe(true);
		expect(ran.stdout.isWellFormed()).toBe(true);
		for (const line of ran.stdout.trimEnd().split('\n')) expect(JSON.parse(line)).toBeTypeOf('object');
		const logs = await r.hsctl(['logs']);
		expect([logs.code, dangers(logs.stdout)]).toEqual([0, []]);
	});

	it('C7: is no word of ours, whatever it imitates: one end, and the true one', async ({ onTestFinished }) => {
		const r = await broken(onTestFinished);
		const ran = await r.hsctl(['apply', 'p.yaml', '--yes', '--json', '--report', 'junit=report.xml']);
		expect([ran.code, statuses(ran)]).toEqual([5, { 'hotfix.a': 'failed', 'hotfix.b': 'blocked' }]);
		const events: { type: string; seq?: number }[] = ran.stdout
			.trimEnd()
			.split('\n')
			.map(line => JSON.parse(line));
		expect(events.filter(({ type }) => type === 'unit_finished')).toHaveLength(2);
		expect(events.filter(({ type }) => type === 'run_finished')).toHaveLength(1);
		const report = readFileSync(join(r.root, 'repo/report.xml'), 'utf8');
		expect(report.match(/<testcase /g)).toHaveLength(2);
		expect(report.match(/<failure/g)).toHaveLength(1);
		expect(report).toContain('&lt;testcase name=&quot;more&quot;/&gt;');
		const again = await r.hsctl(['plan', 'p.yaml', '--json']);
		expect(again.stdout).toContain('failed');
	});

	it('C7: is shown behind host and unit, so that no line of it passes for one of ours', async ({ onTestFinished }) => {
		const r = await broken(onTestFinished);
		for (const words of [['apply', 'p.yaml', '--yes', '-v'], ['logs']]) {
			const { stdout } = await r.hsctl(words);
			for (const imitation of imitations) {
				const lines = stdout.split('\n').filter(line => line.includes(imitation));
				expect(lines.length, imitation).toBeGreaterThan(0);
				for (const line of lines) expect(line).toMatch(/^box hotfix\.a │ /);
			}
		}
	});

	it('C7: is no command for GitHub, where its log is read for them', async ({ onTestFinished }) => {
		const r = await broken(onTestFinished);
		const ran = await r.hsctl(['apply', 'p.yaml', '--yes'], { GITHUB_ACTIONS: 'true' });
		const commands = ran.stdout.split('\n').filter(line => /^\s*::|##\[/.test(line));
		expect(commands.filter(line => !/^::(group|endgroup|error title=box hotfix\.[ab] )/.test(line))).toEqual([]);
	});
});
