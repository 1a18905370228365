import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { type Rig, rig } from './rig.ts';

interface Element {
	readonly name: string;
	readonly attributes: Readonly<Record<string, string>>;
	readonly children: Element[];
	text: string;
}

const entities: Readonly<Record<string, string>> = { lt: '<', gt: '>', amp: '&', quot: '"', apos: "'" };

/** Only what is well-formed gets through: every character belongs to a tag or a text, and every tag is closed in its turn. */
function readXml(source: string): Element {
	expect(source).not.toMatch(/[^\t\n\r\u0020-\ud7ff\ue000-\ufffd]/);
	const plain = (text: string) => text.replace(/&(?:(\w+);)?/g, (_, name = '') => entities[name] ?? fail(`&${name}`));
	const fail = (what: string): never => {
		throw new Error(`not well-formed: ${what}`);
	};
	const top: Element = { name: '', attributes: {}, children: [], text: '' };
	const open = [top];
	let at = source.indexOf('?>') + 2;
	const piece = /<(\/?)([\w-]+)((?:\s+[\w-]+="[^"<]*")*)\s*(\/?)>|([^<]+)/y;
	while (at < source.length) {
		piece.lastIndex = at;
		const [all, closes, name = '', written = '', isEmpty, text] = piece.exec(source) ?? fail(source.slice(at, at + 60));
		at += all.length;
		const parent = open.at(-1) ?? fail('text behind the end');
		if (text !== undefined) parent.text += plain(text);
		else if (closes) expect(open.pop()?.name).toBe(name);
		else {
			const pairs = [...written.matchAll(/([\w-]+)="([^"]*)"/g)].map(([, key = '', value = '']) => [key, plain(value)]);
			const element: Element = { name, attributes: Object.fromEntries(pairs), children: [], text: '' };
			parent.children.push(element);
			if (!isEmpty) open.push(element);
		}
	}
	expect(open).toEqual([top]);
	return top.children[0] ?? fail('no element');
}

const report = (r: Rig, name: string) => readXml(readFileSync(join(r.root, 'repo', name), 'utf8'));

/** Two hosts on this machine, each with a memory of its own. */
const two = (r: Rig) =>
	`hsctl: 1\nname: p\nhosts: all\ninventory: { groups: { g: { hosts: { box: { connection: local, state_dir: ${r.root}/box } , crate: { connection: local, state_dir: ${r.root}/crate } } } } }\n`;

describe.concurrent('apply --report junit=FILE', () => {
	it('writes a suite a host and a case a unit, with the words of a failure', async ({ onTestFinished }) => {
		const r = rig(onTestFinished);
		const hotfixes = `hotfixes:
  good: {}
  bad: {}
  child: { needs: [hotfix.bad] }
  idle: { when: { file_exists: { path: /nowhere } } }
`;
		await r.playbook('  good: {}\n  bad: {}\n  child: {}\n  idle: {}\n', {
			good: 'echo fine\n',
			bad: `printf 'a <b> & "c" ]]> \\033[31m \\001\\377\\n' >&2\nexit 3\n`,
			child: 'echo never\n',
			idle: 'echo never\n',
		});
		r.write({ 'p.yaml': two(r) + hotfixes });
		const ran = await r.hsctl(['apply', 'p.yaml', '--yes', '--report', 'junit=report.xml']);
		expect(ran.code).toBe(5);
		const root = report(r, 'report.xml');
		expect([root.name, root.attributes.name]).toEqual(['testsuites', 'p']);
		expect(root.children.map(suite => suite.attributes.name)).toEqual(['box', 'crate']);
		for (const suite of root.children) {
			expect(suite.attributes).toMatchObject({ tests: '4', failures: '1', errors: '0', skipped: '2' });
			expect(suite.children.map(unit => [unit.name, unit.attributes.classname, unit.attributes.name])).toEqual(
				['good', 'bad', 'child', 'idle'].map(id => ['testcase', suite.attributes.name, `hotfix.${id}`]),
			);
			const [good, bad, child, idle] = suite.children.map(unit => unit.children[0]);
			expect(good).toBeUndefined();
			expect([bad?.name, bad?.attributes.message]).toEqual(['failure', expect.stringContaining('exit 3')]);
			expect(bad?.text).toContain('a <b> & "c" ]]>');
			expect([child?.name, child?.attributes.message]).toEqual(['skipped', expect.stringContaining('hotfix.bad')]);
			expect([idle?.name, idle?.attributes.message]).toEqual(['skipped', expect.stringContaining('/nowhere')]);
		}
	});

	it('says nothing on stdout about itself, and may be asked for twice, beside --json', async ({ onTestFinished }) => {
		const r = rig(onTestFinished);
		await r.playbook('  a: {}\n', { a: 'echo fine\n' });
		const flags = ['--json', '--report', 'junit=one.xml', '--report', 'junit=two=2.xml'];
		const ran = await r.hsctl(['apply', 'p.yaml', '--yes', ...flags]);
		expect(ran.code).toBe(0);
		for (const line of ran.stdout.trimEnd().split('\n')) expect(JSON.parse(line)).toHaveProperty('type');
		expect(report(r, 'one.xml')).toEqual(report(r, 'two=2.xml'));
	});

	it('is written for a saved plan, and for an apply that finds everything done', async ({ onTestFinished }) => {
		const r = rig(onTestFinished);
		await r.playbook('  a: {}\n', { a: 'echo fine\n' });
		await r.hsctl(['plan', 'p.yaml', '-o', 'saved.plan']);
		for (const what of ['saved.plan', 'p.yaml']) {
			expect((await r.hsctl(['apply', what, '--yes', '--report', 'junit=report.xml'])).code).toBe(0);
			const [suite] = report(r, 'report.xml').children;
			expect(suite?.attributes).toMatchObject({ name: 'box', tests: '1', failures: '0', skipped: '0' });
		}
	});
});

describe.concurrent('validate --format', () => {
	/** One problem: a duration without a unit, on line 6. */
	const wrong = async (format: string, onTestFinished: Parameters<typeof rig>[0]) => {
		const r = rig(onTestFinished);
		await r.playbook('  a: {}\n', { a: 'true\n' });
		r.write({ 'p.yaml': 'hsctl: 1\nname: p\nhosts: localhost\n\nhotfixes:\n  a: { timeout: 5 }\n' });
		const ran = await r.hsctl(['validate', 'p.yaml', '--format', format]);
		expect([ran.code, ran.stderr]).toEqual([3, '']);
		return ran.stdout;
	};

	it('human shows the line, a caret below the value, one cure, and the sum', async ({ onTestFinished }) => {
		const lines = (await wrong('human', onTestFinished)).split('\n');
		expect(lines[0]).toMatch(/^p\.yaml:6:17: error HS1301: .*`timeout`/);
		expect(lines[1]).toBe(' 6 |   a: { timeout: 5 }');
		expect(lines[2]).toBe(`   |${' '.repeat(17)}^`);
		expect(lines[3]).toContain('= help: ');
		expect(lines.at(-2)).toBe('1 error, 0 warnings in 1 file');
	});

	it('json is one document', async ({ onTestFinished }) => {
		expect(JSON.parse(await wrong('json', onTestFinished))).toMatchObject({
			format: 'hsctl/diagnostics/v1',
			files: ['p.yaml'],
			counts: { errors: 1, warnings: 0 },
			diagnostics: [{ severity: 'error', code: 'HS1301', file: 'p.yaml', line: 6, column: 17, end_column: 18 }],
		});
	});

	it('sarif is a run with a rule and a result', async ({ onTestFinished }) => {
		const { version, runs } = JSON.parse(await wrong('sarif', onTestFinished));
		expect(version).toBe('2.1.0');
		expect(runs).toHaveLength(1);
		expect(runs[0].tool.driver).toMatchObject({ name: 'hsctl', rules: [{ id: 'HS1301' }] });
		expect(runs[0].results).toMatchObject([{ ruleId: 'HS1301', ruleIndex: 0, level: 'error' }]);
		const [{ physicalLocation }] = runs[0].results[0].locations;
		expect(physicalLocation.artifactLocation.uri).toBe('p.yaml');
		expect(physicalLocation.region).toMatchObject({ startLine: 6, startColumn: 17, endColumn: 18 });
	});

	it('junit is a suite a file with a failure', async ({ onTestFinished }) => {
		const [suite] = readXml(await wrong('junit', onTestFinished)).children;
		expect(suite?.attributes).toMatchObject({ name: 'p.yaml', tests: '1', failures: '1' });
		const failure = suite?.children[0]?.children[0];
		expect([failure?.name, failure?.attributes.type]).toEqual(['failure', 'HS1301']);
		expect(failure?.text).toContain('p.yaml:6:17');
	});

	it('github is one workflow command in one line', async ({ onTestFinished }) => {
		const printed = await wrong('github', onTestFinished);
		expect(printed).toMatch(/^::error file=p\.yaml,line=6,col=17,title=HS1301[^:]*::[^\n]*`timeout`[^\n]*\n$/);
	});

	it('gitlab is a list for the code quality report', async ({ onTestFinished }) => {
		expect(JSON.parse(await wrong('gitlab', onTestFinished))).toEqual([
			{
				description: expect.stringContaining('`timeout`'),
				check_name: 'HS1301',
				fingerprint: expect.stringMatching(/^[0-9a-f]{64}$/),
				severity: 'major',
				location: { path: 'p.yaml', lines: { begin: 6 } },
			},
		]);
	});

	it.for([
		['human', /^No problems in 1 file/],
		['json', /^\{[\s\S]*"diagnostics": \[\][\s\S]*\}\n$/],
		['sarif', /^\{[\s\S]*"results": \[\][\s\S]*\}\n$/],
		['junit', /^<\?xml [\s\S]*<testcase name="valid" classname="p\.yaml"\/>[\s\S]*<\/testsuites>\n$/],
		['github', /^$/],
		['gitlab', /^\[\]\n$/],
	] as const)('%s of a playbook without a problem exits 0', async ([format, printed], { onTestFinished }) => {
		const r = rig(onTestFinished);
		await r.playbook('  a: {}\n', { a: 'true\n' });
		const ran = await r.hsctl(['validate', 'p.yaml', '--format', format]);
		expect([ran.code, ran.stdout, ran.stderr]).toEqual([0, expect.stringMatching(printed), '']);
	});

	it('is github by itself where GitHub runs us, and a flag goes over that', async ({ onTestFinished }) => {
		const r = rig(onTestFinished);
		r.write({ 'p.yaml': 'hsctl: 1\n' });
		const env = { GITHUB_ACTIONS: 'true' };
		expect((await r.hsctl(['validate', 'p.yaml'], env)).stdout).toMatch(/^::error file=p\.yaml,/);
		expect(JSON.parse((await r.hsctl(['validate', 'p.yaml', '--json'], env)).stdout)).toHaveProperty('diagnostics');
	});
});

describe.concurrent('what goes wrong with reports', () => {
	it('a report that cannot be written is not lost in silence', async ({ onTestFinished }) => {
		const r = rig(onTestFinished);
		await r.playbook('  a: {}\n', { a: 'true\n' });
		const ran = await r.hsctl(['apply', 'p.yaml', '--yes', '--report', 'junit=no-such-folder/report.xml']);
		expect(existsSync(join(r.root, 'repo/no-such-folder/report.xml'))).toBe(false);
		expect(ran.stderr).toContain('no-such-folder/report.xml');
	});

	it('the report of two playbooks holds both', async ({ onTestFinished }) => {
		const r = rig(onTestFinished);
		await r.playbook('  a: {}\n', { a: 'true\n', b: 'true\n' });
		const text = readFileSync(join(r.root, 'repo/p.yaml'), 'utf8');
		r.write({ 'q.yaml': text.replace('name: p', 'name: q').replace('  a: {}', '  b: {}') });
		await r.hsctl(['lock']);
		expect((await r.hsctl(['apply', 'p.yaml', 'q.yaml', '--yes', '--report', 'junit=report.xml'])).code).toBe(0);
		const xml = readFileSync(join(r.root, 'repo/report.xml'), 'utf8');
		expect([xml.includes('hotfix.b'), xml.includes('hotfix.a')]).toEqual([true, true]);
	});
});
