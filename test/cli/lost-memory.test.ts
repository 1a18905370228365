import { existsSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { here } from './in-process.ts';
import { type Rig, rig, statuses, warnings } from './rig.ts';

const apply = ['apply', 'p.yaml', '--yes', '--json'];

describe('a host whose memory was removed', () => {
	it('D12: is decided by its conditions alone, as one that hsctl has never seen', async ({ onTestFinished }) => {
		const r = rig(onTestFinished);
		await r.playbook(
			'  fixed: { when: { file_exists: { path: $MARKS/fixed, invert: true } } }\n  bare: {}\n'.replaceAll(
				'$MARKS',
				r.marks,
			),
			{
				fixed: 'touch $MARKS/fixed\necho fixed >>$MARKS/ran\n',
				bare: 'echo bare >>$MARKS/ran\n',
			},
		);
		await r.hsctl(apply);
		rmSync(r.state, { recursive: true });
		const planned = await here(r, ['plan', 'p.yaml']);
		expect(planned.stdout.replaceAll(/\s+/g, ' ')).toMatch(
			/ warning \S+\/host remembers nothing of hotfix\.\w+ and hotfix\.\w+, which this machine has seen done there \(the last on \d{4}-[-: \d]+ UTC\): conditions decide/,
		);
		const again = await r.hsctl(apply);
		expect(warnings(again)).toMatchObject([{ code: 'memory_lost', host: 'box' }]);
		expect([again.code, statuses(again)]).toEqual([0, { 'hotfix.fixed': 'skipped', 'hotfix.bare': 'changed' }]);
		expect(r.lines('ran')).toEqual(['fixed', 'bare', 'bare']);
	});

	it.for([
		['has no history', (r: Rig) => rmSync(join(r.root, 'controller'), { recursive: true })],
		['has a damaged one', (r: Rig) => writeFileSync(historyOf(r), 'no database '.repeat(999))],
		['has taken it back', async (r: Rig) => here(r, ['rollback', 'hotfix.a', '--yes'])],
	] as const)('D12: is told by nobody where the machine %s', async ([, change], { onTestFinished }) => {
		const r = rig(onTestFinished);
		await r.playbook('  a: { undo: hotfixes/undo.sh }\n', { a: 'true\n', undo: 'true\n' });
		await here(r, apply);
		await change(r);
		const before = existsSync(historyOf(r));
		rmSync(r.state, { recursive: true });
		const planned = await here(r, ['plan', 'p.yaml']);
		expect([planned.code, planned.stdout.includes('warning'), planned.stderr]).toEqual([0, false, '']);
		expect(existsSync(historyOf(r))).toBe(before);
	});
});

const historyOf = ({ root }: Rig): string => join(root, 'controller/hsctl/controller/history.sqlite');
