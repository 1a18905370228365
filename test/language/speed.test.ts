import { expect, it } from 'vitest';
import { formatLock } from '../../src/language/lock-file.ts';
import { parseYaml } from '../../src/language/parse.ts';
import { sourceText } from '../../src/language/source.ts';
import { load, loadedOrThrow } from './load.ts';

/** What is quadratic shows at a fifth of the 10,000 that a playbook may have. */
const many = 2_000;
const inventory = 'inventory: { groups: { web: { hosts: { web1: {}, web2: {} }, vars: { x: "1" } } } }\n';

const playbookOf = (hotfix: (index: number) => string) =>
	`hosts: web\n${inventory}hotfixes:\n${Array.from({ length: many }, (_, index) => hotfix(index)).join('')}`;

const when = (index: number) => `when: { binary_version: { binary: /usr/bin/tool${index}, below: "2.${index}" } }`;

/** Milliseconds of this process, in which what else the machine does is not counted. */
function timed<Value>(work: () => Value): { readonly value: Value; readonly ms: number } {
	const before = process.cpuUsage();
	const value = work();
	return { value, ms: process.cpuUsage(before).user / 1000 };
}

/** Loads it, and says how many times the time that takes which YAML alone takes. Not a number of seconds: machines differ. */
function timesReading(body: string, files = {}) {
	const reading = timed(() => parseYaml(sourceText(`hsctl: 1\nname: x\n${body}`, 'p.yaml')));
	const loading = timed(() => load(body, files));
	return { loaded: loading.value, times: loading.ms / Math.max(reading.ms, 50) };
}

it.each([
	[
		'that share a script and need each other in a chain',
		(index: number) =>
			`  f${index}: { script: fix.sh, ${when(index)}, env: { A: "\${vars.x}" }, needs: [${index === 0 ? '' : `hotfix.f${index - 1}`}] }\n`,
	],
	[
		'that all need the last one',
		(index: number) =>
			`  f${index}: { script: fix.sh, ${when(index)}${index === many - 1 ? '' : `, needs: [hotfix.f${many - 1}]`} }\n`,
	],
	[
		'with a selection each',
		(index: number) => `  f${index}: { script: fix.sh, ${when(index)}, hosts: "web - web${(index % 2) + 1}" }\n`,
	],
])('2,000 hotfixes %s take little more than reading their YAML', (_what, hotfix) => {
	const body = playbookOf(hotfix);
	const { loaded, times } = timesReading(body);
	expect(loadedOrThrow(loaded).units).toHaveLength(many);
	expect(times).toBeLessThan(4);
});

it('2,000 hotfixes with 2,000 scripts take little more than reading their YAML', () => {
	const scripts = Object.fromEntries(Array.from({ length: many }, (_, index) => [`s${index}.sh`, `echo ${index}\n`]));
	const body = playbookOf(index => `  f${index}: { script: s${index}.sh }\n`);
	const { loaded, times } = timesReading(body, scripts);
	expect(loadedOrThrow(loaded).units).toHaveLength(many);
	expect(times).toBeLessThan(6);
});

it.each([
	['needs', (index: number) => `  f${index}: { script: fix.sh, needs: [hotfix.g${index}] }\n`],
	['scripts', (index: number) => `  f${index}: { script: gone${index}.sh }\n`],
	['variables', (index: number) => `  f${index}: { script: fix.sh, stdin: "\${vars.y${index}}" }\n`],
	['hosts', (index: number) => `  f${index}: { script: fix.sh, hosts: web${index} }\n`],
	['keys', (index: number) => `  f${index}: { scirpt${index}: fix.sh }\n`],
])('2,000 wrong %s are found as quickly', (_what, hotfix) => {
	const body = playbookOf(hotfix);
	const files = { 'hsctl.lock': formatLock({ files: new Map(), trees: new Map() }) };
	const { loaded, times } = timesReading(body, files);
	expect(loaded.diagnostics.length).toBeGreaterThan(100);
	expect(times).toBeLessThan(10);
});

const times = (count: number, part: (index: number) => string, between = '') =>
	Array.from({ length: count }, (_, index) => part(index)).join(between);
const manyHosts = `inventory: { groups: { g: { hosts: { ${times(5_000, index => `h${index}: {}`, ', ')} } } } }\n`;

it.each([
	[
		'a selection of 1,300 patterns over 5,000 hosts',
		`${manyHosts}hotfixes: { a: { script: fix.sh, hosts: "${times(1_300, () => '*', ', ')}" } }\n`,
		8,
	],
	[
		'20,000 names that 5,000 hosts do not have',
		`${manyHosts}hotfixes: { a: { script: fix.sh, hosts: g, stdin: "${times(10_000, index => `\${vars.x${index}} \${host.y${index}}`)}" } }\n`,
		8,
	],
	['4,000 windows', `windows:\n${times(4_000, index => `  w${index}: { cron: "0 3 * * 0", duration: 1h }\n`)}`, 4],
])('%s take little more than reading their YAML', (_what, body, limit) => {
	expect(timesReading(body).times).toBeLessThan(limit);
});
