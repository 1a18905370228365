import { describe, expect, it } from 'vitest';
import { load, loadedOrThrow, said } from '../load.ts';

const verify = (body: string) => loadedOrThrow(load(`verify: ${body}\nhotfixes: { a: { script: fix.sh } }\n`)).verify;

describe('the commands at the end of a playbook', () => {
	it('may stand alone: then what they say is told, and nothing follows', () => {
		expect(verify('[ systemctl is-system-running, [curl, -fsS, "http://x/"] ]')).toMatchObject({
			check: ['systemctl is-system-running', ['curl', '-fsS', 'http://x/']],
			onFailure: 'keep',
			timeoutMs: 300_000,
			at: { line: 3, column: 1 },
		});
	});

	it.each([
		['rollback_pools', 'true', 1],
		['rollback_pools', 'false', 0],
		['keep', 'true', 0],
	])('with on_failure: %s beside a pool with together: %s are wrong %i times', (onFailure, together, times) => {
		const pool = `pools: { a: { together: ${together}, files: [{ src: fix.sh, dest: /a }] } }\n`;
		const wrong =
			'HS1220 rollback_pools: pool.a is on all hosts or on none (`together`), and `rollback_pools` would take it back on one of them';
		expect(said(load(`verify: { check: [ "true" ], on_failure: ${onFailure} }\n${pool}`))).toEqual(
			Array(times).fill(wrong),
		);
	});

	it('may say what follows, and how long they may take', () => {
		expect(verify('{ check: [ "true" ], on_failure: rollback_pools, timeout: 10s }')).toMatchObject({
			check: ['true'],
			onFailure: 'rollback_pools',
			timeoutMs: 10_000,
		});
	});

	it('are none where the list is empty, or the key is not there', () => {
		expect(verify('[]')).toBeUndefined();
		expect(loadedOrThrow(load('hotfixes: { a: { script: fix.sh } }\n')).verify).toBeUndefined();
	});

	it.each([
		['[ "curl ${vars.no}" ]', ['HS1206 ${vars.no}: `${vars.no}` is not defined']],
		['[ "curl ${secret.no}" ]', [expect.stringMatching(/^HS12(08|14) /)]],
		['{ check: [ "true" ], timeout: 0s }', ['HS1313 0s: `0s` leaves no time at all']],
		['{ check: [] }', [expect.stringMatching(/^HS1/)]],
		['{ on_failure: keep }', [expect.stringMatching(/^HS1102 /)]],
		['{ check: [ "true" ], on_failure: rollback }', [expect.stringMatching(/^HS1104 |^HS1/)]],
		['"true"', [expect.stringMatching(/^HS1103 /)]],
	])('that say %s are found to be wrong', (body, expected) => {
		expect(said(load(`verify: ${body}\nhotfixes: { a: { script: fix.sh } }\n`))).toEqual(expected);
	});
});
