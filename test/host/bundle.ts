import { createHash } from 'node:crypto';
import { mkdirSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { recheckLibrary } from '../../src/execution/probe-program.ts';

/** One unit of a bundle, in the few words a test needs. What is left out is harmless. */
export interface TestUnit {
	readonly script: string;
	/** Makes the key: the same label is the same content. Default: the unit's name. */
	readonly label?: string;
	readonly name?: string;
	readonly attempt?: number;
	readonly kind?: 'run' | 'check' | 'restart' | 'verify';
	readonly needs?: readonly number[];
	readonly after?: readonly number[];
	readonly env?: Readonly<Record<string, string>>;
	readonly stdin?: string;
	/** A probe, and what it must print. */
	readonly probe?: readonly [probe: string, expect: string];
	/** What a pool puts there, by its number: `files/1` … */
	readonly files?: Readonly<Record<string, string>>;
	/** Replaces lines of the spec. */
	readonly spec?: Readonly<Record<string, string | number>>;
}

export const sha256 = (bytes: string | Uint8Array): string => createHash('sha256').update(bytes).digest('hex');
export const keyOf = (unit: TestUnit, index = 0): string => sha256(unit.label ?? nameOf(unit, index));
export const nameOf = (unit: TestUnit, index: number): string => unit.name ?? `hotfix.u${index}`;
export const jobOf = (unit: TestUnit, index = 0): string => `${keyOf(unit, index)}.${unit.attempt ?? 1}`;
export const quote = (text: string): string => `'${text.replaceAll("'", "'\\''")}'`;

/** The files of a bundle by path, `manifest` included. */
export function bundleFiles(units: readonly TestUnit[], controller = 'laptop'): ReadonlyMap<string, string> {
	const files = new Map([
		['sequence', units.map((unit, index) => `${sequenceLine(unit, index)}\n`).join('')],
		['controller', `${controller}\nalice\n`],
		['looks', recheckLibrary],
	]);
	for (const [index, unit] of units.entries()) {
		for (const [name, text] of jobFiles(unit, index)) files.set(`jobs/${jobOf(unit, index)}/${name}`, text);
	}
	files.set('manifest', [...files].map(([path, text]) => `${sha256(text)}  ./${path}\n`).join(''));
	return files;
}

export function writeFiles(folder: string, files: ReadonlyMap<string, string>): void {
	for (const [path, text] of files) {
		mkdirSync(dirname(join(folder, path)), { recursive: true, mode: 0o700 });
		writeFileSync(join(folder, path), text, { mode: 0o600 });
	}
}

const sequenceLine = (unit: TestUnit, index: number): string =>
	[index, unit.kind ?? 'run', jobOf(unit, index), listed(unit.needs), listed(unit.after)].join(' ');

const listed = (indices: readonly number[] = []): string => (indices.length === 0 ? '-' : indices.join(','));

function jobFiles(unit: TestUnit, index: number): readonly (readonly [string, string])[] {
	const env = Object.entries(unit.env ?? {}).map(([name, value]) => `export ${name}=${quote(value)}\n`);
	return [
		['script', unit.script],
		['spec', specText(unit, index)],
		...(env.length === 0 ? [] : [['env', env.join('')] as const]),
		...(unit.stdin === undefined ? [] : [['stdin', unit.stdin] as const]),
		...(unit.probe === undefined ? [] : [['probe', unit.probe[0]] as const, ['expect', unit.probe[1]] as const]),
		...Object.entries(unit.files ?? {}).map(([name, text]) => [`files/${name}`, text] as const),
	];
}

function specText(unit: TestUnit, index: number): string {
	const spec = {
		unit: nameOf(unit, index),
		playbook: 'main',
		key: keyOf(unit, index),
		attempt: unit.attempt ?? 1,
		digest: sha256(unit.script),
		script_path_json: JSON.stringify(`hotfixes/u${index}.sh`),
		interpreter: '/bin/sh',
		timeout_ms: 60_000,
		grace_ms: 1_000,
		output_cap: 100_000_000,
		purpose: 'do',
		undoes: '',
		restarts: '',
		service: '',
		settle: 'void',
		on_drift: 'ask',
		...unit.spec,
	};
	return Object.entries(spec)
		.map(([name, value]) => `${name}=${quote(String(value))}\n`)
		.join('');
}
