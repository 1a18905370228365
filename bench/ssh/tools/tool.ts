import { spawnSync } from 'node:child_process';
import type { ToolName, Work } from '../options.ts';
import type { Fixtures } from '../programs.ts';
import type { Site } from '../site.ts';

/** Something that can do the same work over ssh. */
export interface Tool {
	readonly name: ToolName;
	/** How it does it, in a few words. */
	readonly how: string;
	/** Why it cannot be measured here; absent: it can. */
	missing(): string | undefined;
	/** Writes what it needs into the site; not measured. */
	prepare(site: Site, fixtures: Fixtures): Prepared;
}

export interface Prepared {
	/** What is measured for a work, in order; none when it cannot do it. */
	runs(work: Work): readonly Run[];
	/** Makes its hosts as if it had never been there. */
	reset(): void;
}

export interface Run {
	/** Told from other runs of the same work. */
	readonly label: string;
	readonly words: readonly [string, ...string[]];
	readonly cwd: string;
	readonly env: Readonly<Record<string, string>>;
	/** A file. */
	readonly stdin?: string;
}

export const isOnPath = (name: string): boolean =>
	spawnSync('sh', ['-c', 'command -v "$1"', 'sh', name], { stdio: 'ignore' }).status === 0;

/** The first of these programs that is here: distributions name some of them differently. */
export const firstOnPath = (names: readonly string[]): string | undefined => names.find(isOnPath);
