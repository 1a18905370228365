import { describe, expect, it } from 'vitest';
import type { Diagnostic } from '../../../src/model/diagnostic.ts';
import { diagnosticFormats } from '../../../src/outputs/diagnostics/registry.ts';
import { diagnostics, look, span } from '../samples.ts';

const files = ['playbooks/home.yaml', 'inventory.yaml'];
const { human, json, sarif, junit, github, gitlab } = diagnosticFormats;
const at = (sourceLine: string, column: number, length = 1): Diagnostic => ({
	severity: 'error',
	code: 'HS1101',
	message: 'm',
	at: span(sourceLine, column, length),
});

describe('diagnostics for people', () => {
	it('show place, problem, line, caret and cure, sorted, and how many there are', () => {
		expect(human(diagnostics, files, look(80))).toMatchInlineSnapshot(`
			"error HS1802: apply has to ask, and there is no terminal
			  = help: give --yes

			playbooks/home.yaml:6:9: warning HS1704: the variable "health" is never used
			 6 | vars: { health: "http://127.0.0.1:5000/health" }
			   |         ^^^^^^

			playbooks/home.yaml:12:5: error HS1101: "scrpt" is no key of a hotfix
			 12 |     scrpt: hotfixes/git_cve.sh
			    |     ^^^^^
			    = help: did you mean "script"?

			2 errors, 1 warning in 2 files
			"
		`);
	});

	it('say so when there are none', () => {
		expect(human([], files, look(80))).toBe('No problems in 2 files\n');
	});

	it.each([
		['after a tab', 'a:\tbad', 4, 3, ' 12 | a:  bad\n    |     ^^^'],
		['after wide characters', '日本: bad', 5, 3, ' 12 | 日本: bad\n    |       ^^^'],
		['under a wide character', 'a: 日', 4, 1, ' 12 | a: 日\n    |    ^^'],
		['after a control character in visible form', 'a\x1b: b', 5, 1, ' 12 | a\\x1b: b\n    |        ^'],
		['after the end of the line', 'a:', 4, 1, ' 12 | a:\n    |    ^'],
	])('put the caret %s', (_where, line, column, length, shown) => {
		expect(human([at(line, column, length)], [], look(80))).toContain(`${shown}\n`);
	});

	it('keep the caret in sight when the line is longer than the screen', () => {
		const text = human([at(`${'x'.repeat(200)}HERE${'y'.repeat(200)}`, 201, 4)], [], look(60));
		const [, line = '', caret = ''] = text.split('\n');
		expect(line.length).toBeLessThanOrEqual(60);
		expect(line.slice(caret.indexOf('^'), caret.lastIndexOf('^') + 1)).toBe('HERE');
	});

	it('do not let the text of a playbook write to the terminal', () => {
		const text = human([{ ...at('a: \x1b[2J', 1), message: 'bad \x1b]0;t\x07', hint: 'x\r' }], ['\x1b'], look(80));
		expect(text).not.toMatch(/[\x1b\r\x07]/);
	});
});

describe('diagnostics for machines', () => {
	it('json has the same keys for each, with null for what is not there', () => {
		const document = JSON.parse(json(diagnostics, files, look(80)));
		expect(document).toMatchObject({ format: 'hsctl/diagnostics/v1', files, counts: { errors: 2, warnings: 1 } });
		expect(document.diagnostics.map(Object.keys)).toEqual(
			Array(3).fill([
				'severity',
				'code',
				'title',
				'message',
				'file',
				'line',
				'column',
				'end_line',
				'end_column',
				'hint',
			]),
		);
		expect(document.diagnostics[0]).toMatchObject({ code: 'HS1802', file: null, hint: 'give --yes' });
	});

	it('sarif names the rules that occur and points at them', () => {
		const { version, runs } = JSON.parse(sarif(diagnostics, ['/abs/a b.yaml'], look(80)));
		const [{ tool, results, artifacts, columnKind }] = runs;
		expect([version, columnKind]).toEqual(['2.1.0', 'utf16CodeUnits']);
		for (const { ruleId, ruleIndex } of results) expect(tool.driver.rules[ruleIndex].id).toBe(ruleId);
		expect(artifacts[0].location).toEqual({ uri: 'file:///abs/a%20b.yaml' });
		expect(results[2].locations[0].physicalLocation).toMatchObject({
			artifactLocation: { uri: 'playbooks/home.yaml', uriBaseId: '%SRCROOT%' },
			region: { startLine: 12, startColumn: 5, endColumn: 10 },
		});
	});

	it('junit has a suite a file, a passing case for a clean one, and escapes', () => {
		const text = junit([{ ...at('x', 1), message: '<&"\'>\x1b\nnext' }], files, look(80));
		expect(text).toContain('<testsuite name="inventory.yaml" tests="1" failures="0" errors="0">');
		expect(text).toContain('message="&lt;&amp;&quot;&apos;&gt;\\x1b&#10;next"');
		expect(junit(diagnostics, files, look(80))).toMatchInlineSnapshot(`
			"<?xml version="1.0" encoding="UTF-8"?>
			<testsuites name="hsctl">
			  <testsuite name="hsctl" tests="1" failures="1" errors="0">
			    <testcase name="HS1802 a terminal is needed" classname="hsctl">
			      <failure type="HS1802" message="apply has to ask, and there is no terminal">hsctl HS1802: apply has to ask, and there is no terminal
			give --yes</failure>
			    </testcase>
			  </testsuite>
			  <testsuite name="playbooks/home.yaml" tests="2" failures="1" errors="0">
			    <testcase name="HS1704 unused 6:9" classname="playbooks/home.yaml">
			      <system-out>playbooks/home.yaml:6:9 HS1704: the variable &quot;health&quot; is never used</system-out>
			    </testcase>
			    <testcase name="HS1101 unknown key 12:5" classname="playbooks/home.yaml">
			      <failure type="HS1101" message="&quot;scrpt&quot; is no key of a hotfix">playbooks/home.yaml:12:5 HS1101: &quot;scrpt&quot; is no key of a hotfix
			did you mean &quot;script&quot;?</failure>
			    </testcase>
			  </testsuite>
			  <testsuite name="inventory.yaml" tests="1" failures="0" errors="0">
			    <testcase name="valid" classname="inventory.yaml"/>
			  </testsuite>
			</testsuites>
			"
		`);
	});

	it('github escapes properties and message', () => {
		const tricky: Diagnostic = {
			...at('x', 3),
			message: '100% a,b:c\n::error::no',
			at: { ...span('x', 3), file: 'a,b:c.yaml' },
		};
		expect(github([tricky], [], look(80))).toBe(
			'::error file=a%2Cb%3Ac.yaml,line=12,col=3,title=HS1101 unknown key::100%25 a,b:c%0A::error::no\n',
		);
	});

	it('gitlab says problem and cure in one line', () => {
		expect(JSON.parse(gitlab(diagnostics, files, look(80)))[0].description).toBe(
			'apply has to ask, and there is no terminal; give --yes',
		);
	});

	it('gitlab keeps a fingerprint when the problem only moves, and tells twins apart', () => {
		const prints = (list: readonly Diagnostic[]): string[] =>
			JSON.parse(gitlab(list, files, look(80))).map((entry: { fingerprint: string }) => entry.fingerprint);
		const moved = { ...at('  x', 3), at: span('x', 1, 1, { line: 99 }) };
		expect(prints([at('  x', 3)])).toEqual(prints([moved]));
		expect(new Set(prints([at('x', 1), at('x', 1), at('y', 1)])).size).toBe(3);
		expect(JSON.parse(gitlab(diagnostics, files, look(80)))[0].location).toEqual({
			path: 'playbooks/home.yaml',
			lines: { begin: 1 },
		});
	});
});
