import { cpSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { cruise, type ICruiseResult, type IViolation } from 'dependency-cruiser';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { pureFolders, rules } from './architecture/rules.ts';

const root = join(import.meta.dirname, '..');

describe('the floors of src', () => {
	let result: ICruiseResult;
	beforeAll(async () => {
		result = await cruiseSrc(root);
	}, 60_000);

	it('are read whole: an empty look could never be red', () => {
		const files = readdirSync(join(root, 'src'), { recursive: true, encoding: 'utf8' });
		const code = files.filter(file => /\.tsx?$/.test(file)).map(file => `src/${file}`);
		const seen = result.modules.map(module => module.source);
		expect(seen).toEqual(expect.arrayContaining(code));
		expect(result.summary.totalCruised).toBeGreaterThan(100);
		expect(result.summary.totalDependenciesCruised).toBeGreaterThan(500);
	});

	it('are kept', () => {
		expect(result.summary.violations.map(sentence)).toEqual([]);
	});
});

describe('a rule that is broken on purpose', () => {
	let copy: string;
	let found: readonly IViolation[];

	/** One file for each rule: where it lies, what it says, and who has to notice. */
	const faults = [
		['src/model/fault.ts', "import '../ports/clock.ts';", 'floor model'],
		['src/ports/fault.ts', "import '../planning/order.ts';", 'floor ports'],
		['src/planning/fault-up.ts', "import '../execution/schedule.ts';", 'floor planning'],
		['src/units/fault.ts', "import '../language/duration.ts';", 'floor units'],
		['src/execution/fault.ts', "import '../connectors/local.ts';", 'floor execution'],
		['src/outputs/fault.ts', "import '../storage/journal.ts';", 'floor outputs'],
		['src/storage/fault.ts', "import '../facts/registry.ts';", 'floor storage'],
		['src/cli/fault.ts', "import '../connectors/local.ts';", 'floor cli'],
		['src/helpers/fault.ts', "import '../model/brand.ts';", 'every file has a floor'],
		['src/conditions/fault.ts', "import { readFileSync } from 'node:fs'; readFileSync('x');", 'pure folders do no I/O'],
		['src/cli/fault-yaml.ts', "import 'yaml';", 'home of yaml'],
		['src/storage/fault-execa.ts', "import { execa } from 'execa'; execa;", 'home of execa'],
		['src/connectors/fault-ssh2.ts', "import 'ssh2';", 'home of ssh2'],
		['src/outputs/fault-ink.ts', "import 'ink';", 'home of ink'],
		['src/cli/fault-sqlite.ts', "import 'node:sqlite';", 'home of node:sqlite'],
		['src/planning/fault-diff.ts', "import 'diff';", 'home of diff'],
		['src/execution/fault-merge.ts', "import 'node-diff3';", 'home of node-diff3'],
		['src/texts/fault-pure.ts', "import { readFileSync } from 'node:fs'; readFileSync('x');", 'pure folders do no I/O'],
		['src/language/fault-home.ts', "import 'fast-check';", 'every library has a home'],
		['src/planning/fault-one.ts', "export type { Two } from './fault-two.ts'; export type One = 1;", 'no cycles'],
		['src/planning/fault-two.ts', "export type { One } from './fault-one.ts'; export type Two = 2;", 'no cycles'],
		['src/planning/fault-alone.ts', 'export const alone = 1;', 'everything is used by main.ts'],
		['src/planning/fault-lost.ts', "import './not-there.ts';", 'everything can be found'],
		['src/planning/fault-test.ts', "import '../../test/some.ts';", 'src knows no test'],
	] as const;

	beforeAll(async () => {
		copy = mkdtempSync(join(tmpdir(), 'hsctl-floors-'));
		cpSync(join(root, 'src'), join(copy, 'src'), { recursive: true });
		for (const file of ['package.json', 'tsconfig.json']) cpSync(join(root, file), join(copy, file));
		symlinkSync(join(root, 'node_modules'), join(copy, 'node_modules'));
		for (const [file, text] of [...faults, ['test/some.ts', 'export const some = 1;'] as const]) {
			mkdirSync(dirname(join(copy, file)), { recursive: true });
			writeFileSync(join(copy, file), `${text}\n`);
		}
		found = (await cruiseSrc(copy)).summary.violations;
	}, 60_000);
	afterAll(() => rmSync(copy, { recursive: true, force: true }));

	it.each(faults.map(([file, , rule]) => ({ rule, file })))('"$rule" notices $file', ({ rule, file }) => {
		const names = found.filter(({ from, to }) => from === file || to === file).map(violation => violation.rule.name);
		expect(names).toContain(rule);
	});
});

describe('what no graph of imports shows', () => {
	const pure = pureFolders.flatMap(folder =>
		readdirSync(join(root, 'src', folder), { recursive: true, encoding: 'utf8' })
			.filter(file => file.endsWith('.ts') && !file.includes('.generated.'))
			.map(file => `src/${folder}/${file}`),
	);

	it('pure folders ask for no time, no chance and no environment', () => {
		expect(pure.length).toBeGreaterThan(80);
		const guilty = pure.filter(file => asksTheWorld(readFileSync(join(root, file), 'utf8')));
		expect(guilty).toEqual([]);
	});

	it.each([
		'Date.now()',
		'new Date()',
		'Math.random()',
		'process.env.HOME',
		'performance.now()',
		'globalThis.fetch(url)',
	])('`%s` would be noticed', text => expect(asksTheWorld(`const it = ${text};`)).toBe(true));
});

const asksTheWorld = (text: string): boolean =>
	/\bDate\.now\(|\bnew Date\(\s*\)|\bMath\.random\(|\bprocess\.|\bperformance\.now\(|\bfetch\(|\bsetTimeout\(/.test(
		text,
	);

async function cruiseSrc(folder: string): Promise<ICruiseResult> {
	const { output } = await cruise(
		['src'],
		{
			baseDir: folder,
			validate: true,
			ruleSet: { forbidden: rules },
			tsPreCompilationDeps: true,
			doNotFollow: { path: 'node_modules' },
			tsConfig: { fileName: 'tsconfig.json' },
		},
		{ exportsFields: ['exports'], conditionNames: ['import', 'node', 'default'] },
	);
	if (typeof output === 'string') throw new TypeError('dependency-cruiser gave text instead of a result');
	return output;
}

const sentence = ({ rule, from, to }: IViolation): string => `${rule.name}: ${from} → ${to}`;
