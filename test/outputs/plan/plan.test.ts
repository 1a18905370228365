import { describe, expect, it } from 'vitest';
import { hostName } from '../../../src/model/brand.ts';
import { explainText } from '../../../src/outputs/plan/explain.ts';
import { planText } from '../../../src/outputs/plan/human.ts';
import { planJson } from '../../../src/outputs/plan/json.ts';
import { planMarkdown } from '../../../src/outputs/plan/markdown.ts';
import { toCamelKeys } from '../../../src/outputs/text/key-case.ts';
import { widthOf } from '../../../src/outputs/text/width.ts';
import { look, plannedUnit, planOf, reached, smallPlan, unreached, widePlan } from '../samples.ts';

const widest = (text: string): number => Math.max(...text.split('\n').map(widthOf));

describe('the plan for people', () => {
	it('says for every unit on every host what would happen and why', () => {
		expect(planText(smallPlan, look(80), { verbose: false })).toMatchInlineSnapshot(`
			"web1  debian 12 · apt
			  ~ hotfix.git_cve              run      git 2.29.2 is below 2.30.0
			  = hotfix.factory_cleanup      skip     /etc/homeserver.factory exists
			  ! hotfix.gogs_repository_fix  changed  done on 2026-10-02 with other content
			                                         note: changed since it ran on
			                                         2026-10-02 09:14 UTC; "run: on_change"
			                                         would run it again
			  ~ hotfix.collect_diagnostics  run      always (looked at again after
			                                         hotfix.git_cve)
			  ✗ hotfix.legacy_tls           fail     openssl prints no version: "OpenSSL:
			                                         error while loading shared libraries:
			                                         libssl.so.1.1" (if_unreadable: fail)
			  ⊘ hotfix.tls_certs            blocked  needs hotfix.legacy_tls, which cannot
			                                         be decided

			dns  alpine 3.20 · apk
			  ~ hotfix.git_cve  run  git 2.29.2 is below 2.30.0

			nas
			  ! unreachable  ssh: connect to 10.0.0.31 port 22: no answer within 10s

			Plan: 3 to run, 1 to skip, 1 changed since, 1 cannot be decided, 1 blocked on 3
			hosts (1 unreachable). Nothing was written anywhere.
			"
		`);
	});

	it('puts hosts together that are alike', () => {
		const text = planText(widePlan, look(160), { verbose: false });
		expect(text.match(/^\S.*$/gm)).toEqual([
			'web1 … web40 (40 hosts alike)  debian 12 · apt',
			'odd1  debian 12 · apt',
			'nas',
			'Plan: 81 to run, 40 to skip, 40 changed since, 40 cannot be decided, 40 blocked on 42 hosts (1 unreachable). Nothing was written anywhere.',
		]);
	});

	it('says what to know of a host above its units, once for hosts that are alike', () => {
		const skewed = { warnings: [{ code: 'clock_skew', message: 'its clock is <2> hours\u001b[31m behind' }] } as const;
		const units = [plannedUnit('hotfix.x', { kind: 'skip', because: 'it is there' })];
		const hosts = [reached('a', { units, ...skewed }), reached('b', { units }), reached('c', { units, ...skewed })];
		expect(planText(planOf(hosts), look(80), { verbose: false }).split('\n').slice(0, 6)).toEqual([
			'a, c (2 hosts alike)  debian 12 · apt',
			'  ! warning  its clock is <2> hours\\x1b[31m behind',
			'  = hotfix.x  skip  it is there',
			'',
			'b  debian 12 · apt',
			'  = hotfix.x  skip  it is there',
		]);
		expect(planMarkdown(planOf(hosts))).toContain('\n**warning:** its clock is &lt;2&gt; hours\\\\x1b\\[31m behind\n');
	});

	it('keeps hosts apart that differ in one decision only', () => {
		const host = (name: string, kind: 'skip' | 'done') =>
			reached(name, { units: [plannedUnit('hotfix.x', { kind, because: 'same words' })] });
		const text = planText(planOf([host('a', 'skip'), host('b', 'done'), host('c', 'skip')]), look(80), {
			verbose: false,
		});
		expect(text.match(/^.*debian.*$/gm)).toEqual(['a, c (2 hosts alike)  debian 12 · apt', 'b  debian 12 · apt']);
	});

	it('keeps hosts apart that differ in one reason only', () => {
		const host = (name: string, because: string) =>
			reached(name, { units: [plannedUnit('hotfix.x', { kind: 'run', because })] });
		const text = planText(planOf([host('a', 'git is 1'), host('b', 'git is 2')]), look(80), { verbose: false });
		expect(text).toContain('git is 1');
		expect(text).toContain('git is 2');
	});

	it('shows effective values and how each decision came about when verbose', () => {
		const text = planText(smallPlan, look(100), { verbose: true });
		expect(text).toContain('once · timeout 5m · as root (sudo) · if interrupted: auto');
		expect(text).toContain('below 2.30.0 → binary_version /usr/bin/git → 2.29.2: yes  playbooks/home.yaml:31');
		expect(text).toContain('needs hotfix.git_cve');
	});

	it.each([20, 40, 60, 80, 160])('fits %d columns', columns => {
		for (const verbose of [false, true])
			expect(widest(planText(smallPlan, look(columns), { verbose }))).toBeLessThanOrEqual(Math.max(columns, 42));
		if (columns >= 60)
			expect(widest(planText(widePlan, look(columns), { verbose: true }))).toBeLessThanOrEqual(columns);
	});

	it('says when a job undoes or only records', () => {
		const unit = plannedUnit('hotfix.x', { kind: 'run', because: 'a person said that it was done' });
		const adopts = { ...unit, job: { ...unit.job!, purpose: 'adopt' as const } };
		expect(planText(planOf([reached('a', { units: [adopts] })]), look(80), { verbose: false })).toContain(
			'~ hotfix.x  adopt  a person said',
		);
	});

	it('C6: lets no host write to the terminal or begin a line of its own', () => {
		const unit = plannedUnit('hotfix.x', { kind: 'run', because: 'git \x1b[2J\n= hotfix.y  done\r' });
		const text = planText(planOf([reached('a', { units: [unit] })]), look(200), { verbose: true });
		expect(text).toContain('git \\x1b[2J\\n= hotfix.y  done');
		expect(text).not.toMatch(/[\x1b\r]|^= /m);
	});
});

describe('the plan for other readers', () => {
	it('is the same after JSON', () => {
		const document = JSON.parse(planJson(smallPlan));
		expect(toCamelKeys(document)).toEqual(smallPlan);
		expect(document).toMatchObject({ format: 'hsctl/plan/v1', created_at: smallPlan.createdAt });
	});

	it('is a comment with no markup from hosts in it', () => {
		const text = planMarkdown(planOf([{ ...unreached('nas'), because: 'x | y <b> @all [a](b) `c`' } as never]));
		expect(text).toContain('**nas**: unreachable, x \\| y &lt;b&gt; &#64;all \\[a\\]\\(b\\) \\`c\\`');
		expect(planMarkdown(smallPlan)).toContain('| ~ | hotfix.git\\_cve | run | git 2.29.2 is below 2.30.0 |');
	});

	it('never outgrows a comment, and says what is missing', () => {
		const hosts = Array.from({ length: 300 }, (_, index) =>
			reached(`h${index}`, { units: [plannedUnit(`hotfix.u${index}`, { kind: 'run', because: 'x'.repeat(300) })] }),
		);
		const text = planMarkdown(planOf(hosts), 20_000);
		expect(text.length).toBeLessThanOrEqual(20_000);
		expect(text).toMatch(/… and \d+ more; `hsctl plan` shows all\.\n$/);
	});
});

describe('explain', () => {
	it('shows rule, fact, value and place for one unit on one host', () => {
		expect(explainText(smallPlan, 'web1', 'hotfix.git_cve', look(80))).toMatchInlineSnapshot(`
			"hotfix.git_cve on web1  debian 12 · apt
			  ~ run: git 2.29.2 is below 2.30.0

			  why          all of: yes
			                 below 2.30.0 → binary_version /usr/bin/git → 2.29.2: yes
			                   playbooks/home.yaml:31
			                 exists → file_exists /etc/homeserver.factory → a regular
			                   file: yes  playbooks/home.yaml:32
			  written at   playbooks/home.yaml:29
			  values       once · timeout 5m · as root (sudo) · if interrupted: auto
			  script       hotfixes/git_cve.sh  sha256:9f9f9f9f9f9f
			  job          abababababab, attempt 1
			  restarts     gogs.service
			  seen         binary_version /usr/bin/git: git version 2.29.2
			"
		`);
	});

	it('knows nothing of a host or unit that is not planned, and says when a host was not reached', () => {
		expect(explainText(smallPlan, 'web9', 'hotfix.git_cve', look(80))).toBeUndefined();
		expect(explainText(smallPlan, hostName('web1'), 'hotfix.none', look(80))).toBeUndefined();
		expect(explainText(smallPlan, 'nas', 'hotfix.git_cve', look(80))).toContain('nas is unreachable');
	});
});
