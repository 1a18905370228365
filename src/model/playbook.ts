import type { Diagnostic, Span } from './diagnostic.ts';
import type { Inventory } from './inventory.ts';
import type { SecretSource } from './secret.ts';
import type { Selection } from './selection.ts';
import type { Become, Unit, Verify } from './unit.ts';

/** A section of the playbook that this version validates and cannot execute yet. */
export interface UnsupportedSection {
	readonly section: string;
	readonly at: Span;
	/** It steers the whole run (rollout, windows, …) instead of holding units that could be left out by --target. */
	readonly steersRun: boolean;
}

/**
 * A playbook whose every word has been checked: references resolved, scripts read and hashed, conditions parsed.
 * Only `language/playbook.ts` makes one, so nothing unchecked reaches planning.
 */
export interface Playbook {
	readonly name: string;
	/** The file, as the person named it. */
	readonly file: string;
	readonly hosts: Selection;
	readonly become?: Become;
	readonly vars: ReadonlyMap<string, string>;
	/** Where each secret comes from; nothing is read before it is needed. */
	readonly secrets: ReadonlyMap<string, SecretSource>;
	readonly inventory: Inventory;
	/** In phase order, then in the order of the file. */
	readonly units: readonly Unit[];
	/** What has to succeed at the end of each host's work. */
	readonly verify?: Verify;
	readonly unsupported: readonly UnsupportedSection[];
	/** Warnings that came up on the way; errors never get here. */
	readonly warnings: readonly Diagnostic[];
}
