import { existsSync, mkdirSync, writeFileSync } from 'node:fs';
import { cpus, totalmem } from 'node:os';
import { join, resolve } from 'node:path';
import { hasSshd, needsSshd } from '../../test/lab/lab.ts';
import { judge, shownVerdict } from './aims.ts';
import { type Figure, summarise } from './figures.ts';
import { measure, ownSpace } from './measure.ts';
import { type BenchOptions, readOptions, usage, type Work } from './options.ts';
import { makeFixtures } from './programs.ts';
import { openSite, type Site } from './site.ts';
import { table } from './table.ts';
import { ansible, mitogen } from './tools/ansible.ts';
import { clush, pssh } from './tools/batch.ts';
import { floor } from './tools/floor.ts';
import { hsctl } from './tools/hsctl.ts';
import type { Prepared, Run, Tool } from './tools/tool.ts';

/** `npm run bench -- ssh …`: the same work by hsctl, by the floor and by its peers, on real hosts. Gives the exit code. */
export async function benchSsh(words: readonly string[]): Promise<number> {
	if (words.includes('--help')) {
		console.log(usage);
		return 0;
	}
	const options = readOptions(words, join(import.meta.dirname, '../../bin/hsctl'));
	const problem = typeof options === 'string' ? `${options}\n\n${usage}` : problemHere(options);
	if (typeof options === 'string' || problem !== undefined) {
		console.error(`bench ssh: ${problem}`);
		return 3;
	}
	const tools = toolsHere(options);
	if (ownSpace().length === 0) console.log('no process space of its own here: what leaves its parent is not counted');
	const figures: Figure[] = [];
	for (const count of options.hosts)
		for (const rtt of options.rtts) figures.push(...(await atSite(count, rtt, { tools, options })));
	const verdicts = judge(figures);
	console.log(`\nAims\n${verdicts.map(verdict => `  ${shownVerdict(verdict)}`).join('\n')}`);
	if (options.json !== undefined) {
		const machine = { cores: cpus().length, memory_mib: Math.round(totalmem() / 1024 / 1024), node: process.version };
		const aims = verdicts.map(({ held, ...rest }) => ({ ...rest, held: held ?? null }));
		writeFileSync(
			options.json,
			`${JSON.stringify({ machine, summaries: summarise(figures), aims, runs: figures }, undefined, '\t')}\n`,
		);
	}
	return figures.every(({ code }) => code === 0) ? 0 : 5;
}

/** What would be noticed only at the end, after all the measuring. */
function problemHere({ tools, hsctl: program, json }: BenchOptions): string | undefined {
	if (!hasSshd) return needsSshd;
	if (tools.includes('hsctl') && !existsSync(program)) return `there is no ${program}`;
	try {
		if (json !== undefined) writeFileSync(json, '');
		return undefined;
	} catch (error) {
		return `--json: ${error instanceof Error ? error.message : String(error)}`;
	}
}

function toolsHere({ tools, hsctl: program, profile }: BenchOptions): readonly Tool[] {
	if (profile !== undefined) mkdirSync(profile, { recursive: true });
	const known = [
		hsctl(resolve(program), profile === undefined ? undefined : resolve(profile)),
		floor,
		ansible,
		mitogen,
		clush,
		pssh,
	].filter(({ name }) => tools.includes(name));
	const here = known.filter(tool => tool.missing() === undefined);
	for (const { name, how } of here) console.log(`${name}: ${how}`);
	for (const tool of known) {
		const why = tool.missing();
		if (why !== undefined) console.log(`${tool.name} is left out: ${why}`);
	}
	return here;
}

interface Wanted {
	readonly tools: readonly Tool[];
	readonly options: BenchOptions;
}

async function atSite(count: number, rttMs: number, { tools, options }: Wanted): Promise<readonly Figure[]> {
	const site = await openSite(count, rttMs);
	// A Ctrl-C must leave no sshd behind.
	const onSignal = (): void => void site.close().finally(() => process.exit(130));
	for (const signal of signals) process.once(signal, onSignal);
	try {
		const fixtures = makeFixtures(site);
		const prepared = new Map(tools.map(tool => [tool, tool.prepare(site, fixtures)]));
		const course = new Course(site, options);
		await course.warmUp([...prepared]);
		for (let round = 0; round < options.rounds; round += 1)
			for (const work of order.filter(one => options.works.includes(one)))
				for (const [tool, ready] of turned([...prepared], round)) await course.run(work, round, tool, ready);
		const summaries = summarise(course.figures);
		for (const work of options.works) {
			const rows = summaries.filter(one => one.work === work);
			if (rows.length > 0)
				console.log(
					`\n${work} · ${titles[work]} · ${count === 1 ? '1 host' : `${count} hosts`} · ${rttMs} ms\n${table(rows)}`,
				);
		}
		return course.figures;
	} finally {
		for (const signal of signals) process.off(signal, onSignal);
		await site.close();
	}
}

const signals = ['SIGINT', 'SIGTERM'] as const;

/** W4 needs what W2 leaves. */
const order: readonly Work[] = ['W1', 'W3', 'W2', 'W4'];

const titles: Readonly<Record<Work, string>> = {
	W1: '20 conditions, nothing to change',
	W2: '20 small scripts in sequence',
	W3: 'one file of 10 MiB, verified',
	W4: 'W2 again, everything done',
};

/** Each round begins with another one: who comes first is not always the same. */
const turned = <Item>(items: readonly Item[], by: number): readonly Item[] => [
	...items.slice(by % items.length),
	...items.slice(0, by % items.length),
];

class Course {
	readonly figures: Figure[] = [];
	readonly #site: Site;
	readonly #options: BenchOptions;
	/** What is too slow, or goes wrong, is not repeated. */
	readonly #left = new Set<string>();

	constructor(site: Site, options: BenchOptions) {
		this.#site = site;
		this.#options = options;
	}

	/** Programs are read from disk once, whoever comes first. */
	async warmUp(all: readonly (readonly [Tool, Prepared])[]): Promise<void> {
		for (const [tool, ready] of all) {
			ready.reset();
			if (tool.name === 'hsctl' || tool.name === 'floor')
				for (const run of ready.runs('W1')) await measure(this.#measurable(run));
		}
	}

	async run(work: Work, round: number, tool: Tool, ready: Prepared): Promise<void> {
		const key = `${tool.name} ${work}`;
		if (this.#left.has(key)) return;
		if (work === 'W2' || work === 'W3') ready.reset();
		if (work === 'W4' && !this.#options.works.includes('W2')) {
			ready.reset();
			for (const run of ready.runs('W2')) await measure(this.#measurable(run));
		}
		for (const run of ready.runs(work)) {
			const figure = await this.#measure(work, round, tool, run);
			this.figures.push(figure);
			if (figure.code !== 0 || figure.wall_ms > this.#options.slowS * 1000) this.#left.add(key);
		}
	}

	async #measure(work: Work, round: number, { name }: Tool, run: Run): Promise<Figure> {
		const site = this.#site;
		await site.calm();
		const [seen, used] = [site.seen(), site.used()];
		const { said, ...measured } = await measure(this.#measurable(run));
		await site.calm();
		const [seenNow, usedNow] = [site.seen(), site.used()];
		const figure: Figure = {
			hosts: site.addresses.length,
			rtt_ms: site.rttMs,
			work,
			tool: name,
			label: run.label,
			round,
			...measured,
			connections: seenNow.connections - seen.connections,
			sessions: seenNow.sessions - seen.sessions,
			hosts_cpu_ms: usedNow.hosts_cpu_ms - used.hosts_cpu_ms,
			proxy_cpu_ms: usedNow.proxy_cpu_ms - used.proxy_cpu_ms,
		};
		const place = `${figure.hosts} hosts, ${figure.rtt_ms} ms, ${work}, round ${round + 1}, ${run.label}`;
		console.error(
			figure.code === 0
				? `${place}: ${figure.wall_ms} ms`
				: `${place}: ${figure.code === 'timeout' ? 'took too long' : `exit ${figure.code}`}\n${said}`,
		);
		return figure;
	}

	#measurable = (run: Run) => ({ ...run, timeoutMs: this.#options.timeoutS * 1000 });
}
