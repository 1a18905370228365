import { existsSync, mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { rig } from './rig.ts';

describe.concurrent('init', () => {
	it('writes a repository that is valid, pinned and formatted, and says what to type next', async ({
		onTestFinished,
	}) => {
		const r = rig(onTestFinished);
		const { code, stdout } = await r.hsctl(['init', 'fleet']);
		expect([code, stdout]).toEqual([0, expect.stringMatching(/^ {2}cd fleet\n {2}hsctl plan playbooks\/first\.yaml/m)]);
		for (const words of [['validate', '--strict'], ['lock', '--check'], ['fmt', '--check'], ['plan']])
			expect((await r.hsctl([...words, 'fleet'])).code).toBe(0);
	});

	it('of the folder where one stands says nothing of going there', async ({ onTestFinished }) => {
		const r = rig(onTestFinished);
		const { code, stdout } = await r.hsctl(['init', '.']);
		expect([code, stdout]).toEqual([0, expect.stringContaining('This folder is ready')]);
		expect(stdout).not.toMatch(/\bcd\b/);
	});

	it('overwrites nothing', async ({ onTestFinished }) => {
		const r = rig(onTestFinished);
		r.write({ 'fleet/inventory.yaml': 'mine\n' });
		const ran = await r.hsctl(['init', 'fleet']);
		expect([ran.code, ran.stderr]).toEqual([3, expect.stringContaining('inventory.yaml exists already')]);
		expect(existsSync(join(r.root, 'repo/fleet/playbooks'))).toBe(false);
	});

	it('where a file is in the way says so', async ({ onTestFinished }) => {
		const r = rig(onTestFinished);
		mkdirSync(join(r.root, 'repo/a'));
		writeFileSync(join(r.root, 'repo/a/file'), '');
		const ran = await r.hsctl(['init', 'a/file']);
		expect([ran.code, ran.stderr]).toEqual([3, expect.stringMatching(/HS1017: .*a\/file.* cannot be written: \w/)]);
		expect(ran.stderr).not.toMatch(/E[A-Z]{4,}/);
	});
});
