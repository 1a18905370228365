import type { Command } from '../model/command.ts';
import type { Probe } from '../model/probe.ts';
import { oneLine } from './one-line.ts';

/** Something every host can be asked, by name, as `fact:` conditions do. `undefined`: the host does not tell. */
export interface Fact {
	readonly name: string;
	readonly probe: Probe<string | undefined>;
}

/** A fact whose look prints the value itself, on the first line. */
export function printedFact(name: string, look: Command): Fact {
	return { name, probe: { look, parse: printed => oneLine(printed.split('\n')[0] ?? '') || undefined } };
}
