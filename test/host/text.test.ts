import { spawnSync } from 'node:child_process';
import { readdirSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { memoryText, runnerText } from '../../src/host/runner.ts';
import { has, shells } from './host.ts';

const folder = new URL('../../src/host/', import.meta.url).pathname;

describe('the text of the runner', () => {
	it('holds every part there is', () => {
		// These travel in programs of their own.
		const others = ['contact', 'doctor', 'files', 'locks', 'looks', 'runs', 'status', 'whole-memory'].map(
			name => `${name}.sh`,
		);
		const parts = readdirSync(folder).filter(name => name.endsWith('.sh') && !others.includes(name));
		expect(parts.length).toBeGreaterThan(12);
		for (const part of parts) {
			const text = spawnSync('cat', [folder + part]).stdout.toString();
			expect(runnerText.includes(text), part).toBe(true);
		}
	});

	it.skipIf(!has('shellcheck'))('has nothing that shellcheck objects to', () => {
		const { stdout } = spawnSync('shellcheck', ['-s', 'sh', '-'], { input: runnerText });
		expect(stdout.toString()).toBe('');
	});

	it('leaves its comments at home when it only looks', () => {
		expect(memoryText).not.toMatch(/^\s*#/m);
		expect(memoryText).toContain('hs_memory_unit() {');
	});

	it.each(shells)('is understood by %s', shell => {
		const [program = 'sh', ...rest] = shell.split(' ');
		const { status, stderr } = spawnSync(program, [...rest, '-n'], { input: runnerText });
		expect(stderr.toString()).toBe('');
		expect(status).toBe(0);
	});

	it('does nothing when it was cut short anywhere', () => {
		const lines = runnerText.split('\n');
		for (let cut = 0; cut < lines.length - 2; cut += 23) {
			const input = lines.slice(0, cut).join('\n');
			expect(spawnSync('sh', ['-s', 'begin', 'R1', 'n'], { input, env: {} }).stdout.toString()).toBe('');
		}
	});

	it('names no function twice, and each one hs_', () => {
		const names = [...runnerText.matchAll(/^(\w+)\(\)/gm)].map(([, name]) => name ?? '');
		expect(names.filter(name => !name.startsWith('hs_'))).toEqual([]);
		expect(new Set(names).size).toBe(names.length);
	});
});
