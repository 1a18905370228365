import { spawnSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';

const root = join(import.meta.dirname, '..');
const [, listedFile = '', listedTitle = ''] =
	/^- \[(test\/[^\]]+)\]\([^)]*\): "([^"]+)"/m.exec(readFileSync(join(root, 'docs/faults.md'), 'utf8')) ?? [];

type Status = 'passed' | 'failed' | 'skipped';

/** Counts runs of which each is a list of `[file, title, status]`, as a reporter writes them down. */
function count(...runs: readonly (readonly (readonly [file: string, title: string, status: Status])[])[]) {
	const folder = mkdtempSync(join(tmpdir(), 'hsctl-count-'));
	const files = runs.map((tests, index) => {
		const file = join(folder, `${index}.json`);
		const of = (wanted: Status) => tests.filter(([, , status]) => status === wanted).length;
		const testResults = tests.map(([name, fullName, status]) => ({
			name: `/somewhere/${name}`,
			assertionResults: [{ fullName, status }],
		}));
		writeFileSync(file, JSON.stringify({ numPassedTests: of('passed'), numFailedTests: of('failed'), testResults }));
		return file;
	});
	const { status, stdout } = spawnSync(process.execPath, [join(root, 'scripts/count-tests.mjs'), ...files], {
		encoding: 'utf8',
	});
	rmSync(folder, { recursive: true });
	return { status, lines: stdout.trimEnd().split('\n') };
}

describe('counting the tests of several runs', () => {
	it('adds them up, and is content when all have passed', () => {
		expect(count([['test/a.test.ts', 'x', 'passed']], [['test/a.test.ts', 'x', 'passed']])).toEqual({
			status: 0,
			lines: ['2 passed, 0 failed, 0 skipped'],
		});
	});

	it('does not mind a test that one run has skipped and another has run', () => {
		const counted = count(
			[
				['test/a.test.ts', 'x', 'passed'],
				['test/a.test.ts', 'long', 'skipped'],
			],
			[['test/a.test.ts', 'long', 'passed']],
		);
		expect(counted).toEqual({ status: 0, lines: ['2 passed, 0 failed, 0 skipped'] });
	});

	it('takes a test that no run has run for a failure, by name', () => {
		const counted = count([
			['test/a.test.ts', 'x', 'passed'],
			['test/b.test.ts', 'of b > never', 'skipped'],
		]);
		expect(counted).toEqual({
			status: 1,
			lines: [
				'skipped: test/b.test.ts: of b > never',
				'must not be skipped, as docs/faults.md does not list it: test/b.test.ts: of b > never',
				'1 passed, 0 failed, 1 skipped',
			],
		});
	});

	it('excuses what docs/faults.md lists, in that file only', () => {
		expect(listedTitle).not.toBe('');
		const listed = count([
			['test/a.test.ts', 'x', 'passed'],
			[listedFile, `somewhere ${listedTitle} and more`, 'skipped'],
		]);
		expect([listed.status, listed.lines.length]).toEqual([0, 2]);
		const elsewhere = count([
			['test/a.test.ts', 'x', 'passed'],
			['test/other.test.ts', listedTitle, 'skipped'],
		]);
		expect(elsewhere.status).toBe(1);
	});

	it('is a failure when one has failed, and when nothing has passed', () => {
		expect(
			count([
				['test/a.test.ts', 'x', 'passed'],
				['test/a.test.ts', 'y', 'failed'],
			]).status,
		).toBe(1);
		expect(count([]).status).toBe(1);
	});
});
