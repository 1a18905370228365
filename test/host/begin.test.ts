import { execFileSync } from 'node:child_process';
import { appendFileSync, rmSync, symlinkSync, utimesSync, writeFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { jobOf } from './bundle.ts';
import { has, shells, TestHost } from './host.ts';
import { verdicts } from './view.ts';

const unit = { script: 'true' };
const script = `jobs/${jobOf(unit)}/script`;

describe.concurrent.each(shells)('a bundle under %s', shell => {
	it.skipIf(!has(shell)).for([
		['a byte of a script has changed', 'mismatch', (folder: string) => appendFileSync(`${folder}/${script}`, '#')],
		['a file is missing', 'mismatch', (folder: string) => rmSync(`${folder}/${script}`)],
		['the manifest is missing', 'mismatch', (folder: string) => rmSync(`${folder}/manifest`)],
		['the manifest was cut', 'unlisted', (folder: string) => execFileSync('sed', ['-i', '$d', `${folder}/manifest`])],
		['there is a file that nobody listed', 'unlisted', (folder: string) => writeFileSync(`${folder}/.extra`, '')],
		[
			'there is a link that nobody listed',
			'unlisted',
			(folder: string) => symlinkSync('/etc/passwd', `${folder}/jobs/link`),
		],
	] as const)('is refused whole and removed when %s', async ([, which, harm]) => {
		using host = new TestHost(shell);
		host.stage('n', [unit]);
		harm(host.path('inbox', 'n'));
		expect(await host.say(['begin', 'R1', 'n'])).toMatchObject({ code: 4, lines: [`X manifest ${which}`] });
		expect(host.list('inbox')).toEqual([]);
		expect(host.list('runs')).toEqual([]);
	});
});

describe.concurrent('begin', () => {
	it('may be said again, and by many at once: one run, one start, the same view for all', async () => {
		using host = new TestHost();
		const unit = { script: `echo started >>${host.folder}/log; sleep 0.2` };
		const views = await Promise.all(
			['a', 'b', 'c', 'd', 'e', 'f'].map(nonce => {
				host.stage(nonce, [unit]);
				return host.say(['begin', 'R1', nonce]);
			}),
		);
		for (const view of views) expect(verdicts(view)).toEqual(['changed exit']);
		expect(host.list('inbox')).toEqual([]);
		expect(host.list('runs', 'R1').filter(name => /^[a-f]$/.test(name))).toEqual([]);
		expect(execFileSync('cat', [`${host.folder}/log`]).toString()).toBe('started\n');
	});

	it('leads to one supervisor, however often it is started', async () => {
		using host = new TestHost();
		await host.run('R1', [unit], { HSCTL_CRASH: 'begin.moved' });
		await Promise.all(Array.from({ length: 8 }, () => host.say(['sequence', 'R1', 'setsid'])));
		const words = host.read('runs', 'R1', 'events').match(/(?<="e":")\w+/g);
		expect(words).toEqual(['accepted', 'started', 'finished', 'end']);
	});

	it('said again goes on where a crash has left it', async () => {
		using host = new TestHost();
		await host.run('R1', [unit], { HSCTL_CRASH: 'begin.moved' });
		expect(verdicts(await host.say(['begin', 'R1', 'n-R1']))).toEqual(['changed exit']);
	});

	it('that never came is forgotten after an hour, with what was staged for it', async () => {
		using host = new TestHost();
		host.stage('stale', [unit]);
		host.stage('fresh', [unit]);
		await host.run('stalled', [unit], { HSCTL_CRASH: 'begin.moved' });
		const before = Date.now() / 1000 - 3700;
		for (const folder of [host.path('inbox', 'stale'), host.path('runs', 'stalled')])
			utimesSync(folder, before, before);
		await host.run('R2', [{ label: 'other', script: 'true' }]);
		expect(host.list('inbox')).toEqual(['fresh']);
		expect(host.list('runs')).toEqual(['R2']);
	});
});
