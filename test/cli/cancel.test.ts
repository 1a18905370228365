import {
	existsSync,
	globSync,
	mkdirSync,
	readFileSync,
	renameSync,
	rmSync,
	symlinkSync,
	unlinkSync,
	writeFileSync,
} from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { compose } from '../../src/compose.ts';
import { joinReplies, readReply, type WordReply } from '../../src/execution/say-word.ts';
import type { Clock } from '../../src/ports/clock.ts';
import { systemClock } from '../../src/storage/clock.ts';
import { processesOf } from '../host/host.ts';
import { here } from './in-process.ts';
import { finish, type Rig, rig, until } from './rig.ts';

describe('what a host answers to a word', () => {
	const noAnswer = 'it gave no answer that hsctl understands';

	it.each<[stdout: string, stderr: string, WordReply]>([
		['Z said\n', '', { kind: 'told' }],
		['Welcome to web1\nZ said\n', '', { kind: 'told' }],
		['Z absent\n', '', { kind: 'absent' }],
		['X unsafe it is a link\n', '', { kind: 'unclear', because: 'it refused (unsafe): it is a link' }],
		['', '', { kind: 'unclear', because: noAnswer }],
		['Z saidno\n', '', { kind: 'unclear', because: noAnswer }],
		['', 'a\nsh: cannot fork\n', { kind: 'unclear', because: `${noAnswer}: sh: cannot fork` }],
	])('is read from %j and %j as %j', (stdout, stderr, reply) => {
		expect(readReply({ kind: 'exited', code: 0, stdout: new TextEncoder().encode(stdout), stderr })).toEqual(reply);
	});

	it('is none where the link broke', () => {
		const because = 'the link broke';
		expect(readReply({ kind: 'lost', because, stderr: '' })).toEqual({ kind: 'unreachable', because });
	});

	const told: WordReply = { kind: 'told' };
	const absent: WordReply = { kind: 'absent' };
	const lost: WordReply = { kind: 'unreachable', because: 'b' };
	const unclear: WordReply = { kind: 'unclear', because: 'b' };
	it.each<[string, readonly WordReply[], WordReply]>([
		['all absent', [absent, absent], absent],
		['one said', [absent, told, absent], told],
		['one said, one unclear', [told, unclear], unclear],
		['one unclear, one lost', [unclear, lost], lost],
	])('is one for all stages: %s', (_, replies, reply) => {
		expect(joinReplies(replies)).toEqual(reply);
	});
});

/** A run on local hosts whose controller has died, with its script still at work on each. */
async function orphaned(r: Rig, hosts: readonly string[], trap = ''): Promise<string> {
	// A test that fails leaves nothing behind: the script ends with the folder.
	const script = `${trap}\necho begun >>$MARKS/ran\nuntil [ -e $MARKS/go ] || [ ! -d $MARKS ]; do sleep 0.05; done\n`;
	await r.playbook('  a: {}\n', { a: script });
	const places = hosts.map(name => `${name}: { connection: local, state_dir: ${r.root}/on/${name} }`);
	mkdirSync(join(r.root, 'on'));
	r.write({
		'p.yaml': `hsctl: 1\nname: p\nhosts: all\ninventory: { groups: { g: { hosts: { ${places.join(', ')} } } } }\nhotfixes:\n  a: {}\n`,
	});
	const child = r.start(['apply', 'p.yaml', '--yes', '--json']);
	const ended = finish(child);
	await until(() => r.lines('ran').length === hosts.length);
	child.kill('SIGKILL');
	return /"run":"(\w{26})"/.exec((await ended).stdout)?.[1] ?? 'none';
}

const letGo = (r: Rig): void => writeFileSync(join(r.marks, 'go'), '');

/** Puts another text in the place of the host's runner. */
function replaceRunner(r: Rig, host: string, text: string): void {
	for (const runner of globSync(join(r.root, 'on', host, 'lib/runner-*'))) {
		unlinkSync(runner);
		writeFileSync(runner, text);
	}
}

const isCancelled = (r: Rig, host: string, run: string): boolean =>
	existsSync(join(r.root, 'on', host, 'runs', run, 'cancel'));

describe.concurrent('cancel', () => {
	it('tells of each host, in the order of the plan, what it has said, and exits with the worst', async ({
		onTestFinished,
	}) => {
		const r = rig(onTestFinished);
		const run = await orphaned(r, ['heard', 'forgot', 'wiped', 'bare', 'linked', 'odd', 'gone']);
		const on = (path: string) => join(r.root, 'on', path);
		renameSync(on(`forgot/runs/${run}`), on('forgot/elsewhere'));
		renameSync(on('wiped'), on('elsewhere'));
		rmSync(on('bare/lib'), { recursive: true });
		renameSync(on('linked'), on('real'));
		symlinkSync(on('real'), on('linked'));
		replaceRunner(r, 'odd', "printf 'Z per\\033haps\\n'; printf 'a\\033b\\n' >&2\n");
		const real = await compose({ env: { PATH: process.env.PATH }, cwd: r.root }).connectors();
		const parts = {
			connectors: async (): Promise<typeof real> => host =>
				host.name === 'gone' ? { open: async () => ({ ok: false, because: 'no route to it' }) } : real(host),
		};
		const cancel = (...words: readonly string[]) => here(r, ['cancel', 'last', ...words], { parts });

		const all = await cancel();
		expect([all.code, all.stdout]).toEqual([6, '']);
		expect(all.stderr.split('\n')).toEqual([
			'hsctl: heard: told to cancel',
			'hsctl: forgot: knows nothing of this run',
			'hsctl: wiped: knows nothing of this run',
			expect.stringMatching(/^hsctl: bare: it gave no answer that hsctl understands: ./),
			'hsctl: linked: it refused (unsafe): it is a symbolic link',
			expect.stringMatching(/^hsctl: odd: it gave no answer that hsctl understands: a[^\u001b]+b$/),
			'hsctl: gone: no route to it',
			`hsctl: see how it ends: hsctl attach ${run}`,
			'',
		]);
		expect(isCancelled(r, 'heard', run)).toBe(true);

		for (const [limit, code] of [
			['heard', 0],
			['wiped', 0],
			['heard, gone', 4],
			['gone, odd', 6],
			['nope', 3],
		] as const) {
			const part = await cancel('-l', limit, '-P', '2');
			expect([limit, part.code]).toEqual([limit, code]);
			const named = [...part.stderr.matchAll(/^hsctl: ([a-z]+): /gm)].map(([, name]) => name);
			expect(named.sort()).toEqual(limit === 'nope' ? [] : limit.split(', ').sort());
			expect(part.stderr.includes('HS1203')).toBe(limit === 'nope');
		}
		letGo(r);
	});

	it('is not held up by a host that hangs, and leaves with Ctrl-C, telling what was done', async ({
		onTestFinished,
	}) => {
		const r = rig(onTestFinished);
		const run = await orphaned(r, ['hangs', 'fine', 'later']);
		for (const host of ['hangs', 'later'])
			replaceRunner(
				r,
				host,
				`: >${r.marks}/asked-${host}; until [ -e ${r.marks}/go ] || [ ! -d ${r.marks} ]; do sleep 0.05; done\n`,
			);
		const child = r.start(['cancel', 'last', '-P', '2']);
		const ended = finish(child);
		// The last one is asked when one of the first two has answered.
		await until(() => ['hangs', 'later'].every(host => existsSync(join(r.marks, `asked-${host}`))));
		child.kill('SIGINT');
		const ran = await ended;
		expect([ran.code, ran.stderr.split('\n')]).toEqual([
			130,
			[
				'hsctl: hangs: we left before it answered',
				'hsctl: fine: told to cancel',
				'hsctl: later: we left before it answered',
				`hsctl: see how it ends: hsctl attach ${run}`,
				'',
			],
		]);
		letGo(r);
	});

	it('with --kill says, when left before the ten seconds are over, that it was not said again', async ({
		onTestFinished,
	}) => {
		const r = rig(onTestFinished);
		await orphaned(r, ['box']);
		const child = r.start(['cancel', 'last', '--kill']);
		child.stderr?.on('data', chunk => {
			if (String(chunk).includes('ten seconds\n')) child.kill('SIGINT');
		});
		const ran = await finish(child);
		expect([ran.code, ran.stderr]).toEqual([
			130,
			expect.stringContaining('hsctl: we left before the ten seconds were over: nothing more was said\n'),
		]);
	});

	it('with --kill says it again when the grace is over: what is deaf to TERM dies, also where its runner is dead', async ({
		onTestFinished,
	}) => {
		const r = rig(onTestFinished);
		const run = await orphaned(r, ['box'], "trap '' TERM");
		const state = join(r.root, 'on/box');
		const gate = readFileSync(globSync(join(state, 'jobs/*/run/gate'))[0] ?? '', 'utf8').split(' ')[0] ?? '';
		for (const pid of processesOf(`${state}/lib/runner`)) if (pid !== gate) process.kill(Number(pid), 'SIGKILL');
		// The host's own grace is ten seconds: here it is over as soon as it begins.
		const current = join(state, 'runs', run, 'current');
		const [prefix, deadline, , cap] = readFileSync(current, 'utf8').trim().split(' ');
		writeFileSync(current, `${prefix} ${deadline} 0 ${cap}\n`);
		const isAlive = () => !/^(?:|\d+ \(.*\) [ZX] .*)$/s.test(readStat(gate));
		const pauses: (readonly [ms: number, isAlive: boolean])[] = [];
		const clock: Clock = {
			...systemClock,
			pause: async ms => {
				pauses.push([ms, isAlive()]);
			},
		};
		const ran = await here(r, ['cancel', 'last', '--kill'], { parts: { clock } });
		expect([ran.code, ran.stderr.split('\n')]).toEqual([
			0,
			[
				'hsctl: box: told to cancel',
				'hsctl: what does not heed it is killed in ten seconds',
				'hsctl: box: told to kill what was left',
				`hsctl: see how it ends: hsctl attach ${run}`,
				'',
			],
		]);
		expect(pauses).toEqual([[expect.toSatisfy((ms: number) => ms > 10_000), true]]);
		await until(() => !isAlive());
	});
});

function readStat(pid: string): string {
	try {
		return readFileSync(`/proc/${pid}/stat`, 'latin1');
	} catch {
		return '';
	}
}
