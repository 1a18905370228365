import { describe, expect, it } from 'vitest';
import { canGoFar, farRig, needsFar } from './far-rig.ts';
import { finish, type Ran, statuses, until } from './rig.ts';

const apply = ['apply', 'p.yaml', '--yes', '--json'];
/** Prints numbers until it is let go. */
const counting =
	'echo begun >>$MARKS/ran\ni=0\nwhile [ ! -e $MARKS/go ]; do i=$((i+1)); echo $i; sleep 0.02; done\necho last\necho ended >>$MARKS/ran\n';

const printed = ({ stdout }: Ran): string =>
	stdout
		.split('\n')
		.filter(line => line.includes('"type":"output"'))
		.map(line => JSON.parse(line).text)
		.join('');

const isWhole = (text: string): boolean => {
	const lines = text.trimEnd().split('\n');
	return lines.pop() === 'last' && lines.every((line, at) => line === String(at + 1));
};

describe.skipIf(!canGoFar)(`a run over ssh (${needsFar})`, () => {
	it('A2: goes on when the link is reset in the middle of its output, which is shown whole, and runs once', async ({
		onTestFinished,
	}) => {
		const far = await farRig(onTestFinished);
		await far.playbook('  a: {}\n', { a: counting });
		const child = far.start(apply);
		const ended = finish(child);
		await until(() => far.lines('ran').length > 0);
		for (const seen of [2, 3, 4]) {
			far.line.cut('reset');
			await until(() => far.line.seen >= seen);
		}
		far.write({ '../marks/go': '' });
		const ran = await ended;
		expect([ran.code, statuses(ran)]).toEqual([0, { 'hotfix.a': 'changed' }]);
		expect(isWhole(printed(ran))).toBe(true);
		expect(far.lines('ran')).toEqual(['begun', 'ended']);
		expect(ran.stdout).toContain('the link was lost');
		expect(ran.stdout).toContain('the link is back');
	});
});
