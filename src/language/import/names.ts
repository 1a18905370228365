/** Names for hosts and groups that an inventory takes: each is given once, whatever it was called before. */
export class Names {
	readonly #taken = new Set<string>();

	/**
	 * The name itself where it is possible; else the nearest one: `_` for every character that cannot be, `_group` behind the name
	 * of a group that is a host's name too, and a number behind what is taken.
	 */
	give(wanted: string, kind: 'host' | 'group'): string {
		const possible = possibleName(wanted);
		const isTaken = this.#taken.has(possible) || (kind === 'group' && reserved.has(possible));
		const name = isTaken ? this.#free(kind === 'group' ? `${possible.slice(0, 240)}_group` : possible) : possible;
		this.#taken.add(name);
		return name;
	}

	#free(name: string): string {
		if (!this.#taken.has(name)) return name;
		let number = 2;
		while (this.#taken.has(`${name.slice(0, 240)}_${number}`)) number += 1;
		return `${name.slice(0, 240)}_${number}`;
	}
}

/** Hosts by these names are there by themselves. */
const reserved: ReadonlySet<string> = new Set(['all', 'localhost']);

function possibleName(wanted: string): string {
	const name = wanted
		.replace(/[^A-Za-z0-9._-]/gu, '_')
		.replace(/^[.-]/, '_')
		.replace(/^x-/, 'x_')
		.slice(0, 253);
	// Inside JavaScript these mean something else than a name; no YAML file of hsctl has them as a key.
	return name === '' || ['__proto__', 'constructor', 'prototype'].includes(name) ? `${name}_` : name;
}
