import { rmSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { rig, statuses } from './rig.ts';

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
		const again = await r.hsctl(apply);
		expect([again.code, statuses(again)]).toEqual([0, { 'hotfix.fixed': 'skipped', 'hotfix.bare': 'changed' }]);
		expect(r.lines('ran')).toEqual(['fixed', 'bare', 'bare']);
	});
});
