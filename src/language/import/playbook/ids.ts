/** Ids of one section: each is given once, whatever it was called before. */
export class Ids {
	readonly #taken = new Set<string>();

	/** The name itself where it is possible; else the nearest one, with a number behind what is taken. */
	give(wanted: string): string {
		const possible = possibleId(wanted);
		let id = possible;
		for (let number = 2; this.#taken.has(id); number += 1) id = `${possible.slice(0, 56)}_${number}`;
		this.#taken.add(id);
		return id;
	}
}

/** Letters, digits, `_`, `.` and `-`, 63 at most, as an id of a playbook has to be; `x-` would be somebody's own key. */
export function possibleId(wanted: string): string {
	const id = wanted
		.replace(/[^A-Za-z0-9._-]/gu, '_')
		.replace(/^[.-]/, '_')
		.replace(/^x-/, 'x_')
		.slice(0, 63);
	// Inside JavaScript these mean something else than a name; no YAML file of hsctl has them as a key.
	return id === '' || ['__proto__', 'constructor', 'prototype'].includes(id) ? `${id}_` : id;
}

/** The name of a variable that is not there yet: letters, digits and `_`, not a digit at first. */
export function freeVariable(wanted: string, taken: ReadonlyMap<string, string>): string {
	const possible = wanted
		.replace(/[^A-Za-z0-9_]/gu, '_')
		.replace(/^\d/, '_$&')
		.slice(0, 63);
	let name = possible;
	for (let number = 2; taken.has(name); number += 1) name = `${possible.slice(0, 56)}_${number}`;
	return name;
}
