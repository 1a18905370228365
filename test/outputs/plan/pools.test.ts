import { describe, expect, it } from 'vitest';
import { hostName } from '../../../src/model/brand.ts';
import type { EffectiveValues, PlannedFile, PlannedUnit } from '../../../src/model/plan.ts';
import type { UnifiedDiff } from '../../../src/model/unified-diff.ts';
import { explainText } from '../../../src/outputs/plan/explain.ts';
import { planText } from '../../../src/outputs/plan/human.ts';
import { planJson } from '../../../src/outputs/plan/json.ts';
import { planMarkdown } from '../../../src/outputs/plan/markdown.ts';
import { runReport } from '../../../src/outputs/run-report.ts';
import { toCamelKeys } from '../../../src/outputs/text/key-case.ts';
import { widthOf } from '../../../src/outputs/text/width.ts';
import { sum } from '../../fakes/pool-builders.ts';
import { hostState, look, plannedUnit, planOf, reached, recorder, runStarted, unitFinished } from '../samples.ts';

const diff = (lines: readonly string[], omitted = 0): UnifiedDiff => ({
	kind: 'text',
	lines: ['--- /srv/a', '+++ /srv/a', '@@ -1,3 +1,3 @@', ...lines],
	omitted,
});

const file = (dest: string, over: Partial<PlannedFile> = {}): PlannedFile => ({
	dest,
	action: 'replace',
	because: 'this pool put it there',
	...over,
});

const effective: EffectiveValues = {
	run: 'on_change',
	ifInterrupted: 'retry',
	timeoutMs: 300_000,
	become: 'sudo',
	confirmMs: 0,
	onCustomised: 'skip',
	onDeleted: 'skip',
	together: false,
	keep: 5,
};

const { job: hotfixJob, ...plain } = plannedUnit('pool.website_auth', { kind: 'run', because: '2 to replace' });
const poolUnit = (files: readonly PlannedFile[], over: Partial<PlannedUnit> = {}): PlannedUnit => ({
	...plain,
	phase: 'pools',
	effective,
	observations: [{ fact: 'files of pool.website_auth', printed: 'path 1 absent\npath 2 absent' }],
	trace: [],
	files,
	...over,
});

const root = '/var/www/homeserver/src/tablets/portals';
const mixed = poolUnit(
	[
		file(`${root}/auth.tsx`, { diff: diff([' a', '-b', '+c']) }),
		file(`${root}/login.tsx`, {
			action: 'keep',
			because: 'it was changed since this pool put it there; on_customised is skip',
			customised: true,
			was: sum('mine\n'),
			diff: diff([' a', '-mine', '+ours']),
		}),
		file(`${root}/new.tsx`, { action: 'create', because: 'it is not there' }),
		file(`${root}/old.tsx`, { action: 'same', because: 'it is as it should be' }),
	],
	{
		decision: {
			kind: 'conflict',
			because: 'login.tsx: it was changed since this pool put it there; on_customised is skip',
		},
	},
);

const show = (
	unit: PlannedUnit,
	columns = 80,
	options: { readonly verbose?: boolean; readonly diffs?: boolean } = {},
) => planText(planOf([reached('web1', { units: [unit] })]), look(columns), { verbose: false, ...options });
const bodyOf = (text: string): readonly string[] => (text.split('\n\nPlan')[0] ?? '').split('\n').slice(1);

describe('a pool in the plan for people', () => {
	it('lists what becomes of its files, what is in the way first, and what differs where somebody has changed one', () => {
		expect(show(mixed, 120)).toMatchInlineSnapshot(`
			"web1  debian 12 · apt
			  ! pool.website_auth  conflict  login.tsx: it was changed since this pool put it there; on_customised is skip
			      ! /var/www/homeserver/src/tablets/portals/login.tsx  keep     it was changed since this pool put it there;
			                                                                    on_customised is skip
			          @@ -1,3 +1,3 @@
			           a
			          -mine
			          +ours
			      ~ /var/www/homeserver/src/tablets/portals/auth.tsx   replace  this pool put it there
			      + /var/www/homeserver/src/tablets/portals/new.tsx    create   it is not there

			Plan: 0 to run, 0 to skip, 1 in conflict on 1 host. Nothing was written anywhere.
			"
		`);
	});

	it('puts reasons below long paths', () => {
		expect(show(mixed, 80)).toMatchInlineSnapshot(`
			"web1  debian 12 · apt
			  ! pool.website_auth  conflict  login.tsx: it was changed since this pool put
			                                 it there; on_customised is skip
			      ! /var/www/homeserver/src/tablets/portals/login.tsx  keep
			          it was changed since this pool put it there; on_customised is skip
			          @@ -1,3 +1,3 @@
			           a
			          -mine
			          +ours
			      ~ /var/www/homeserver/src/tablets/portals/auth.tsx  replace
			          this pool put it there
			      + /var/www/homeserver/src/tablets/portals/new.tsx  create  it is not there

			Plan: 0 to run, 0 to skip, 1 in conflict on 1 host. Nothing was written
			anywhere.
			"
		`);
	});

	it('says all of it when verbose: values by their keys, every file, and the digest that a baseline would take', () => {
		expect(show(mixed, 120, { verbose: true })).toMatchInlineSnapshot(`
			"web1  debian 12 · apt
			  ! pool.website_auth  conflict  login.tsx: it was changed since this pool put it there; on_customised is skip
			      timeout 5m · as root (sudo) · on_customised: skip · on_deleted: skip · keep: 5 · confirm: off
			      ~ /var/www/homeserver/src/tablets/portals/auth.tsx   replace  this pool put it there
			      ! /var/www/homeserver/src/tablets/portals/login.tsx  keep     it was changed since this pool put it there;
			                                                                    on_customised is skip
			        is now fcbc800db3f1867000b852f1ce0044b8f1584f76ade1ed6e65189824f95c3cda
			          @@ -1,3 +1,3 @@
			           a
			          -mine
			          +ours
			      + /var/www/homeserver/src/tablets/portals/new.tsx    create   it is not there
			      = /var/www/homeserver/src/tablets/portals/old.tsx    same     it is as it should be

			Plan: 0 to run, 0 to skip, 1 in conflict on 1 host. Nothing was written anywhere.
			"
		`);
	});

	it('shows what differs in every file when asked to', () => {
		const text = show(mixed, 120, { diffs: true });
		expect(text).toMatch(/auth\.tsx .*\n +@@ -1,3 \+1,3 @@\n +a\n +-b\n +\+c\n/);
		expect(text).not.toContain('old.tsx');
	});

	it('says nothing of files where nothing is to be done, but when verbose', () => {
		const same = file('/srv/a', { action: 'same', because: 'it is as it should be' });
		const done = poolUnit([same], { decision: { kind: 'done', because: '1 file is as it should be' } });
		const skipped = poolUnit([file('/srv/a')], { decision: { kind: 'skip', because: 'git is new' } });
		expect(bodyOf(show(done))).toEqual(['  = pool.website_auth  done  1 file is as it should be']);
		expect(bodyOf(show(skipped))).toEqual(['  = pool.website_auth  skip  git is new']);
		expect(show(done, 80, { verbose: true })).toContain('      = /srv/a  same  it is as it should be');
	});

	it('begins with what is in the way, and says how much is not listed', () => {
		const many = Array.from({ length: 40 }, (_, index) => file(`/srv/${index}`));
		const lines = bodyOf(
			show(poolUnit([...many, file('/srv/folder', { action: 'refuse', because: 'it is a folder' })])),
		);
		expect(lines[1]).toBe('      ! /srv/folder  refuse   it is a folder');
		expect(lines).toHaveLength(1 + 25 + 1);
		expect(lines.at(-1)).toBe('      and 16 more: -v shows all');
	});

	it('cuts what differs, and says how to see the rest', () => {
		const long = diff(
			Array.from({ length: 60 }, (_, index) => `+line ${index}`),
			7,
		);
		const unit = poolUnit([file('/srv/a', { customised: true, diff: long })]);
		const cut = bodyOf(show(unit));
		expect(cut).toHaveLength(2 + 16 + 1);
		expect(cut.at(-1)).toBe('          and 52 more lines: --diff shows them');
		const whole = bodyOf(show(unit, 80, { diffs: true }));
		expect(whole).toHaveLength(2 + 61 + 1);
		expect(whole.at(-1)).toBe('          and 7 more lines, which no plan keeps');
	});

	it('clips a long line, and gives all of it when asked to', () => {
		const unit = poolUnit([file('/srv/a', { customised: true, diff: diff([`+${'x'.repeat(100)} end`]) })]);
		expect(bodyOf(show(unit, 60)).at(-1)).toBe(`          +${'x'.repeat(48)}…`);
		expect(bodyOf(show(unit, 60, { diffs: true })).slice(-3)).toEqual([
			`          +${'x'.repeat(49)}`,
			`          ${'x'.repeat(50)}`,
			'          x end',
		]);
	});

	it('says why what differs is not shown', () => {
		const unit = poolUnit([file('/srv/a', { customised: true, diff: { kind: 'unshown', because: 'it is binary' } })]);
		expect(bodyOf(show(unit)).at(-1)).toBe('          what differs is not shown: it is binary');
	});

	it('says which link leads to a file', () => {
		expect(show(poolUnit([file('/opt/real', { link: '/srv/a' })]))).toContain(
			'~ /opt/real (by the link /srv/a)  replace',
		);
	});

	it.each([20, 40, 60, 80, 160])('fits %d columns', columns => {
		const long = file(`/srv/${'long/'.repeat(30)}a`, { customised: true, diff: diff([`+${'wide '.repeat(60)}`]) });
		for (const verbose of [false, true])
			for (const diffs of [false, true]) {
				const text = show(poolUnit([long, ...(mixed.files ?? [])]), columns, { verbose, diffs });
				// A digest is not broken: it is there to be copied.
				const widest = Math.max(
					...text
						.split('\n')
						.filter(line => !line.includes('is now '))
						.map(widthOf),
				);
				expect(widest).toBeLessThanOrEqual(Math.max(columns, 42));
			}
	});

	it('paints what goes and what comes', () => {
		const plan = planOf([reached('web1', { units: [mixed] })]);
		const text = planText(plan, look(120, { color: true }), { verbose: false });
		expect(text).toContain('\x1b[31m-mine\x1b[39m');
		expect(text).toContain('\x1b[32m+ours\x1b[39m');
		expect(text).toContain('\x1b[36m@@ -1,3 +1,3 @@\x1b[39m');
	});

	it('C6: lets no file, link or line of a host write to the terminal or begin a line of its own', () => {
		const evil = '\x1b[2J\n= hotfix.y  done\r\u202e';
		const unit = poolUnit([
			file(`/srv/${evil}`, { link: evil, because: evil, customised: true, was: sum(''), diff: diff([`+${evil}\tx`]) }),
			file('/srv/b', { customised: true, diff: { kind: 'unshown', because: evil } }),
		]);
		const plan = planOf([reached('web1', { units: [unit] })]);
		for (const text of [
			planText(plan, look(200), { verbose: true, diffs: true }),
			explainText(plan, 'web1', 'pool.website_auth', look(200)) ?? '',
			planMarkdown(plan),
		])
			expect(text).not.toMatch(/[\x1b\r\u202e]|^= /m);
	});
});

describe('hosts that differ in the files of a pool', () => {
	const host = (name: string, files: readonly PlannedFile[]) => reached(name, { units: [poolUnit(files)] });
	const groups = (
		options: { readonly verbose?: boolean; readonly diffs?: boolean },
		...files: readonly PlannedFile[]
	) =>
		planText(planOf(files.map((one, index) => host(`h${index}`, [one]))), look(80), { verbose: false, ...options })
			.match(/^.*debian.*$/gm)
			?.map(line => line.split('  ')[0]);
	const mine = (line: string) => file('/srv/a', { customised: true, was: sum(line), diff: diff([line]) });

	it('are alike where nothing that is printed differs', () => {
		expect(groups({}, file('/srv/a', { diff: diff(['+a']) }), file('/srv/a', { diff: diff(['+b']) }))).toEqual([
			'h0, h1 (2 hosts alike)',
		]);
		expect(groups({}, mine('+a'), mine('+a'))).toEqual(['h0, h1 (2 hosts alike)']);
	});

	it.each<[string, { readonly verbose?: boolean; readonly diffs?: boolean }, PlannedFile, PlannedFile]>([
		['an action', {}, file('/srv/a'), file('/srv/a', { action: 'create' })],
		['a reason', {}, file('/srv/a'), file('/srv/a', { because: 'it is as it was shipped' })],
		['a link', {}, file('/srv/a'), file('/srv/a', { link: '/srv/b' })],
		['what somebody has changed', {}, mine('+a'), mine('+b')],
		[
			'what differs, when all of it is shown',
			{ diffs: true },
			file('/srv/a', { diff: diff(['+a']) }),
			file('/srv/a', { diff: diff(['+b']) }),
		],
		[
			'a digest, when it is shown',
			{ verbose: true },
			{ ...mine('+a'), was: sum('a') },
			{ ...mine('+a'), was: sum('b') },
		],
	])('are told apart by %s', (_, options, one, other) => {
		expect(groups(options, one, other)).toEqual(['h0', 'h1']);
	});
});

describe('the values of a pool', () => {
	const values = (over: Partial<EffectiveValues>, rest: Partial<PlannedUnit> = {}) =>
		show(poolUnit([], { effective: { ...effective, ...over }, ...rest }), 160, { verbose: true })
			.split('\n')
			.find(line => line.includes('timeout'))
			?.trim();

	it.each<[Partial<EffectiveValues>, string]>([
		[{}, 'timeout 5m · as root (sudo) · on_customised: skip · on_deleted: skip · keep: 5 · confirm: off'],
		[
			{ confirmMs: 60_000, onCustomised: 'merge', onDeleted: 'create', keep: 1 },
			'timeout 5m · as root (sudo) · on_customised: merge · on_deleted: create · keep: 1 · confirm: 1m, else undone',
		],
		[
			{ confirmMs: 300_000, together: true },
			'timeout 5m · as root (sudo) · on_customised: skip · on_deleted: skip · keep: 5 · confirm: 5m, else undone · together',
		],
	])('are those that a playbook can change: %j', (over, words) => {
		expect(values(over)).toBe(words);
	});

	it('of an undo are those of the undo only', () => {
		if (hotfixJob === undefined) throw new Error('there is no job');
		expect(values({ keep: 3 }, { job: { ...hotfixJob, purpose: 'undo' } })).toBe(
			'timeout 5m · as root (sudo) · confirm: off',
		);
	});

	it('of the commands at the end say what follows from them', () => {
		if (hotfixJob === undefined) throw new Error('there is no job');
		const job = { ...hotfixJob, onFailure: 'rollback_pools' as const };
		expect(values({}, { phase: 'verify', job })).toBe('timeout 5m · as root (sudo) · on_failure: rollback_pools');
	});
});

describe('a pool explained', () => {
	it('has its commands, all of its files, and all that differs', () => {
		if (hotfixJob === undefined) throw new Error('there is no job');
		const pool = {
			kind: 'apply',
			files: [],
			confirmMs: 0,
			together: false,
			keep: 5,
			commands: [
				{ kind: 'validate', file: 1, words: ['/bin/sh', '-c', 'exec visudo -cf "$HSCTL_FILE"'], text: 'visudo -cf %s' },
				{ kind: 'activate', file: 0, words: ['npm', 'run', 'build'], text: 'npm run build' },
			],
		} as const;
		const unit = { ...mixed, job: { ...hotfixJob, restarts: [], pool } };
		expect(
			explainText(planOf([reached('web1', { units: [unit] })]), 'web1', 'pool.website_auth', look(100)),
		).toMatchInlineSnapshot(`
			"pool.website_auth on web1  debian 12 · apt
			  ! conflict: login.tsx: it was changed since this pool put it there; on_customised is skip

			  written at   playbooks/home.yaml:29
			  values       timeout 5m · as root (sudo) · on_customised: skip · on_deleted: skip · keep: 5 ·
			                 confirm: off
			  commands     validate: visudo -cf %s
			               activate: npm run build
			  job          abababababab, attempt 1

			  ~ /var/www/homeserver/src/tablets/portals/auth.tsx   replace  this pool put it there
			      @@ -1,3 +1,3 @@
			       a
			      -b
			      +c
			  ! /var/www/homeserver/src/tablets/portals/login.tsx  keep     it was changed since this pool put
			                                                                it there; on_customised is skip
			    is now fcbc800db3f1867000b852f1ce0044b8f1584f76ade1ed6e65189824f95c3cda
			      @@ -1,3 +1,3 @@
			       a
			      -mine
			      +ours
			  + /var/www/homeserver/src/tablets/portals/new.tsx    create   it is not there
			  = /var/www/homeserver/src/tablets/portals/old.tsx    same     it is as it should be
			"
		`);
	});
});

describe('a pool in the report of a run', () => {
	const { events, emit } = recorder();
	const [web1, web2] = [hostName('web1'), hostName('web2')];
	emit(0, runStarted([web1, web2], [mixed.address]));
	for (const host of [web1, web2]) {
		emit(5, unitFinished(host, mixed.address, 'changed', '2 to replace'));
		emit(5, hostState(host, 'done'));
	}
	const done = poolUnit([
		file('/srv/a', { diff: diff(['+a']) }),
		file('/srv/b', { action: 'create', because: 'it is not there' }),
	]);
	const report = (other: PlannedUnit, options: { readonly diffs?: boolean } = {}) =>
		runReport(events, look(80), {
			plan: planOf([reached('web1', { units: [done] }), reached('web2', { units: [other] })]),
			...options,
		});

	it('has the files that it was about, as the plan had them', () => {
		expect(report(done)).toContain(
			[
				'web1, web2 (2 hosts alike)  done',
				'  ✓ pool.website_auth  changed  2 to replace',
				'      ~ /srv/a  replace  this pool put it there',
				'      + /srv/b  create   it is not there',
				'',
			].join('\n'),
		);
		expect(report(done, { diffs: true })).toContain('\n          +a\n');
	});

	it('tells hosts apart whose files differ', () => {
		expect(report(poolUnit([file('/srv/a')]))).not.toContain('alike');
	});

	it('says nothing of them where the plan is not at hand', () => {
		expect(runReport(events, look(80))).not.toContain('/srv/a');
	});
});

describe('a pool for other readers', () => {
	it('is in JSON with all that is known of each file, in lower_snake', () => {
		const plan = planOf([
			reached('web1', {
				units: [
					poolUnit([
						file('/opt/a', {
							link: '/srv/a',
							customised: true,
							was: sum('a'),
							digest: sum('b'),
							diff: diff(['+a'], 3),
						}),
					]),
				],
			}),
		]);
		const document = JSON.parse(planJson(plan));
		expect(document.hosts[0].units[0].files).toEqual([
			{
				dest: '/opt/a',
				link: '/srv/a',
				action: 'replace',
				because: 'this pool put it there',
				customised: true,
				was: sum('a'),
				digest: sum('b'),
				diff: { kind: 'text', lines: ['--- /srv/a', '+++ /srv/a', '@@ -1,3 +1,3 @@', '+a'], omitted: 3 },
			},
		]);
		expect(document.hosts[0].units[0].effective).toMatchObject({
			on_customised: 'skip',
			on_deleted: 'skip',
			confirm_ms: 0,
		});
		expect(toCamelKeys(document)).toEqual(plan);
	});

	it('is in a comment as a table of its files, with what differs in a block', () => {
		expect(planMarkdown(planOf([reached('web1', { units: [mixed] })]))).toMatchInlineSnapshot(`
			"### hsctl plan: home-fleet

			**0 to run, 0 to skip, 1 in conflict on 1 host.** Nothing was written anywhere.

			<details open><summary><b>web1</b> debian 12 · apt</summary>

			| | unit | action | because |
			|---|---|---|---|
			| ! | pool.website\\_auth | conflict | login.tsx: it was changed since this pool put it there; on\\_customised is skip |

			| | file of pool.website\\_auth | action | because |
			|---|---|---|---|
			| ~ | /var/www/homeserver/src/tablets/portals/auth.tsx | replace | this pool put it there |
			| ! | /var/www/homeserver/src/tablets/portals/login.tsx | keep | it was changed since this pool put it there; on\\_customised is skip |
			| + | /var/www/homeserver/src/tablets/portals/new.tsx | create | it is not there |

			<details><summary>what differs in /var/www/homeserver/src/tablets/portals/auth.tsx</summary>

			\`\`\`diff
			--- /srv/a
			+++ /srv/a
			@@ -1,3 +1,3 @@
			 a
			-b
			+c
			\`\`\`

			</details>


			<details><summary>what differs in /var/www/homeserver/src/tablets/portals/login.tsx</summary>

			\`\`\`diff
			--- /srv/a
			+++ /srv/a
			@@ -1,3 +1,3 @@
			 a
			-mine
			+ours
			\`\`\`

			</details>

			</details>
			"
		`);
	});

	it('has no line in a comment that ends its block', () => {
		const hostile = ['```', ' ```', '+````', '-~~~', ' </details>', '+<script>', '+@all', '-`````x'];
		const text = planMarkdown(
			planOf([reached('web1', { units: [poolUnit([file('/srv/`a`|<b>', { diff: diff(hostile, 2) })])] })]),
		);
		const lines = text.split('\n');
		const begin = lines.indexOf('``````diff');
		const end = lines.indexOf('``````');
		expect(begin).toBeGreaterThan(0);
		expect(lines.slice(begin + 1, end)).toEqual([
			'--- /srv/a',
			'+++ /srv/a',
			'@@ -1,3 +1,3 @@',
			...hostile,
			'… and 2 more lines',
		]);
		expect(lines.slice(end + 1).join('\n')).toBe('\n</details>\n\n</details>\n');
		expect(text).toContain('| ~ | /srv/\\`a\\`\\|&lt;b&gt; | replace | this pool put it there |');
	});

	it('leaves what differs out of a comment before it leaves out hosts', () => {
		const long = diff(Array.from({ length: 200 }, (_, index) => `+${index} ${'x'.repeat(100)}`));
		const hosts = ['a', 'b'].map(name => reached(name, { units: [poolUnit([file(`/srv/${name}`, { diff: long })])] }));
		const text = planMarkdown(planOf(hosts), 15_000);
		expect(text.length).toBeLessThanOrEqual(15_000);
		expect(text.match(/^``+diff$/gm)).toHaveLength(1);
		expect(text).toContain('What differs is left out here: `hsctl plan --diff` shows it.');
		expect(text).toContain('/srv/b');
		expect(text).not.toContain('more; `hsctl plan` shows all');
	});

	it('keeps hosts apart in a comment whose files differ', () => {
		const hosts = ['a', 'b', 'c'].map((name, index) =>
			reached(name, { units: [poolUnit([file('/srv/a', { diff: diff([`+${index === 1 ? 'x' : 'y'}`]) })])] }),
		);
		expect(planMarkdown(planOf(hosts)).match(/<summary><b>.*?<\/b>/g)).toEqual([
			'<summary><b>a, c</b>',
			'<summary><b>b</b>',
		]);
	});
});
