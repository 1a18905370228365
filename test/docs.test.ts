import { spawnSync } from 'node:child_process';
import { existsSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { runnerText } from '../src/host/runner.ts';
import { loadPlaybook } from '../src/language/playbook.ts';
import { repoPath } from '../src/model/brand.ts';
import { diagnosticCodes } from '../src/model/diagnostic-code.ts';
import type { RunEvent } from '../src/model/event.ts';
import { exitCodes } from '../src/model/exit-code.ts';
import { checkNames } from '../src/model/health.ts';
import { unitStatuses } from '../src/model/outcome.ts';
import { diskRepository } from '../src/storage/repository.ts';

const root = join(import.meta.dirname, '..');
const read = (file: string): string => readFileSync(join(root, file), 'utf8');

const pages = [
	'README.md',
	'CONTRIBUTING.md',
	'CHANGELOG.md',
	...readdirSync(join(root, 'docs'), { recursive: true, encoding: 'utf8' })
		.filter(file => file.endsWith('.md'))
		.map(file => `docs/${file}`),
];

describe.each(pages)('%s', page => {
	const text = read(page);

	it('links only to what is there', () => {
		const links = [...text.matchAll(/\]\(([^)\s]+)\)/g)].map(([, target = '']) => target);
		const dead = links.filter(target => !/^https?:/.test(target) && !isThere(page, target));
		expect(dead).toEqual([]);
	});

	it('names only files that are there', () => {
		const named = [...text.matchAll(/(?<![\w./-])(?:src|test|scripts|schemas|docs|bin)\/[\w./-]*\w/g)].map(
			([file]) => file,
		);
		expect(named.filter(file => !exists(file))).toEqual([]);
	});
});

/** A pattern such as `src/facts/<name>.ts` is cut at its bracket; its folder has to be there. */
const exists = (file: string): boolean => existsSync(join(root, file));

function isThere(page: string, target: string): boolean {
	const [file = '', anchor] = target.split('#');
	const path = file === '' ? page : join(dirname(page), file);
	return exists(path) && (anchor === undefined || anchors(read(path)).includes(anchor));
}

/** As GitHub makes them of headings, and those that are written out. */
const anchors = (text: string): readonly string[] => [
	...[...text.matchAll(/^#+ (.*)$/gm)].map(([, title = '']) =>
		title
			.toLowerCase()
			.replace(/[^\p{L}\p{N}\s_-]/gu, '')
			.replaceAll(' ', '-'),
	),
	...[...text.matchAll(/<a id="([^"]+)">/g)].map(([, id = '']) => id),
];

describe('README.md', () => {
	const readme = read('README.md');

	it('backs each promise with a test of that title', () => {
		const promises = readme.split('\n').filter(line => /^\| .*\]\(test\//.test(line));
		const backed = promises.flatMap(line =>
			[...line.matchAll(/\]\((test\/[^)]+)\): "([^"]+)"/g)].map(([, file = '', title = '']) => [file, title] as const),
		);
		expect(promises.length).toBeGreaterThan(8);
		expect(backed.length).toBeGreaterThanOrEqual(promises.length);
		expect(backed.filter(([file, title]) => !read(file).includes(title))).toEqual([]);
	});

	it('names every verb of the command line, and no other', () => {
		const verbs = [...read('src/cli/command-line.ts').matchAll(/\bverb\('(\w+)',/g)].map(([, verb]) => verb);
		const table = readme.slice(readme.indexOf('## Verbs'), readme.indexOf('## Exit codes'));
		const cells = [...table.matchAll(/^\| (`.*?) \|/gm)].map(([, cell = '']) => cell);
		const named = cells.flatMap(cell => [...cell.matchAll(/`(\w+)/g)].map(([, verb]) => verb));
		expect(verbs.length).toBeGreaterThan(10);
		expect([...new Set(named)].sort()).toEqual([...new Set(verbs)].sort());
	});

	it('has a playbook that can be read as it stands', () => {
		const playbook = /```yaml\n(.*?)```/s.exec(readme)?.[1] ?? '';
		const folder = mkdtempSync(join(tmpdir(), 'hsctl-readme-'));
		try {
			mkdirSync(join(folder, 'hotfixes'));
			for (const name of ['git_cve', 'tidy']) writeFileSync(join(folder, `hotfixes/${name}.sh`), '#!/bin/sh\n');
			writeFileSync(join(folder, 'home.yaml'), playbook);
			const options = { set: new Map<string, string>(), today: new Date('2026-01-01'), allowEmpty: false };
			const loaded = loadPlaybook(repoPath('home.yaml'), diskRepository(folder, folder), options);
			expect(loaded.diagnostics.map(({ code }) => code)).toEqual(['HS1401']);
			expect(loaded.playbook?.units.map(({ address }) => address)).toEqual(['hotfix.git_cve', 'hotfix.tidy']);
		} finally {
			rmSync(folder, { recursive: true });
		}
	});
});

describe('docs/exit-codes.md', () => {
	it('has a row for each code, and no other', () => {
		const rows = [...read('docs/exit-codes.md').matchAll(/^\| (\d+) \|/gm)].map(([, code]) => Number(code));
		expect(rows).toEqual(Object.values(exitCodes));
	});
});

/** The compiler asks for a type that is added. */
const eventTypes: Readonly<Record<RunEvent['type'], true>> = {
	run_started: true,
	host_state: true,
	unit_started: true,
	output: true,
	unit_finished: true,
	warning: true,
	run_finished: true,
};

describe('docs/events.md', () => {
	const text = read('docs/events.md');

	it('has one example of each type of event, and of the version line', () => {
		const lines = [...text.matchAll(/^\{.*\}$/gm)].map(([line]) => JSON.parse(line) as { readonly type: string });
		expect(lines.map(({ type }) => type).sort()).toEqual(['version', ...Object.keys(eventTypes)].sort());
	});

	it('explains each type, and each way a unit can end', () => {
		const rows = [...text.matchAll(/^\| `(\w+)` \|/gm)].map(([, type]) => type);
		expect(rows.sort()).toEqual(Object.keys(eventTypes).sort());
		const ends = text.slice(text.indexOf('How a unit can end'));
		expect(unitStatuses.filter(status => !ends.includes(`\`${status}\``))).toEqual([]);
	});
});

describe('docs/host.md', () => {
	const text = read('docs/host.md');

	it('names each crash point of the runner, and no other', () => {
		const points = [...runnerText.matchAll(/\bhs_crash ([a-z]+(?:\.[a-z]+)*)/g)].map(([, name]) => name);
		const chapter = text.slice(text.indexOf('## Crash points'), text.indexOf('## Looking by hand'));
		const named = [...chapter.matchAll(/`([a-z]+(?:\.[a-z]+)*)`/g)].map(([, name]) => name);
		expect(points.length).toBeGreaterThan(20);
		expect([...new Set(named)].sort()).toEqual([...new Set(points)].sort());
	});

	it('names each folder that the runner makes', () => {
		const made = /for hs_value in ([a-z ]+); do\n\t\t\[ -d/.exec(runnerText)?.[1]?.split(' ') ?? [];
		expect(made.length).toBeGreaterThan(5);
		expect(made.filter(folder => !text.includes(`\n${folder}/`))).toEqual([]);
	});

	it('names each word that the runner can be told', () => {
		const words = [...runnerText.matchAll(/^\t\t(\w+)\/(?:\d|\[)/gm)].map(([, word]) => word);
		expect(words.length).toBeGreaterThan(5);
		expect(words.filter(word => !text.includes(`\`${word} RUN`) && !text.includes(`\`${word}\``))).toEqual([]);
	});
});

describe('docs/doctor.md', () => {
	it('has a row for each check, and no other', () => {
		const rows = [...read('docs/doctor.md').matchAll(/^\| `(\w+)` \|/gm)].map(([, check]) => check);
		expect(rows).toEqual(checkNames);
	});
});

describe('docs/diagnostics.md', () => {
	it('is what its script makes now', () => {
		const script = join(root, 'scripts/generate-diagnostics.mjs');
		const { status, stderr } = spawnSync(process.execPath, [script, '--check'], { encoding: 'utf8' });
		expect(stderr).toBe('');
		expect(status).toBe(0);
	});

	it('has every code', () => {
		const text = read('docs/diagnostics.md');
		expect(Object.keys(diagnosticCodes).filter(code => !text.includes(`${code}: `))).toEqual([]);
	});
});

describe('docs/decisions', () => {
	it('are all in the list', () => {
		const list = read('docs/decisions/README.md');
		const decisions = readdirSync(join(root, 'docs/decisions')).filter(file => /^\d/.test(file));
		expect(decisions.filter(file => !list.includes(`](${file})`))).toEqual([]);
		for (const file of decisions) {
			for (const part of ['**Context.**', '**Decision.**', '**Consequence.**']) {
				expect(read(`docs/decisions/${file}`), file).toContain(part);
			}
		}
	});
});
