import type { Host, Inventory } from '../../model/inventory.ts';
import type { Selection } from '../../model/selection.ts';
import type { Problem } from '../report.ts';
import { parseSelection, selectHosts, unknownNames } from '../selection.ts';
import { nearest } from '../suggest.ts';

/** Stands for a selection that could not be made out: what has been reported once must not be held against others. */
export const notMadeOut: Selection = { kind: 'glob', pattern: '*' };

/** How much of the inventory is known: which hosts there are, and what is said of them. */
type Known = 'nothing' | 'names' | 'everything';

interface Judged {
	readonly selection: Selection;
	readonly problems: readonly Omit<Problem, 'path'>[];
}

/** The inventory as the checks ask it. Each text is judged once and each selection resolved once: thousands of units share a few. */
export class Selections {
	readonly #inventory: Inventory;
	readonly #known: Known;
	readonly #allowEmpty: boolean;
	readonly #judged = new Map<string, Judged>();
	readonly #hosts = new Map<Selection, readonly Host[]>();
	readonly #varCounts = new Map<Selection, ReadonlyMap<string, number>>();

	/** `known`: the inventory may have problems of its own, and what they leave unknown is held against nobody. */
	constructor(inventory: Inventory, { known, allowEmpty }: { readonly known: Known; readonly allowEmpty: boolean }) {
		this.#inventory = inventory;
		this.#known = known;
		this.#allowEmpty = allowEmpty;
	}

	/** The same text gives the same selection object, and `notMadeOut` where something is wrong. */
	judge(text: string): Judged {
		const known = this.#judged.get(text);
		if (known !== undefined) return known;
		const judged = this.#judge(text);
		this.#judged.set(text, judged);
		return judged;
	}

	/** `undefined`: it cannot be told. */
	hostsOf(selection: Selection): readonly Host[] | undefined {
		if (this.#known === 'nothing' || selection === notMadeOut) return undefined;
		const known = this.#hosts.get(selection);
		if (known !== undefined) return known;
		const { hosts } = this.#inventory;
		const picked = selectHosts(selection, this.#inventory).flatMap(name => hosts.get(name) ?? []);
		this.#hosts.set(selection, picked);
		return picked;
	}

	/** Whether all is known of the hosts that are selected, their variables included. */
	get areHostsKnown(): boolean {
		return this.#known === 'everything';
	}

	/** How many of the selected hosts have a variable. Counted once for all names: a text may hold tens of thousands. */
	numberWithVar(selection: Selection, name: string): number {
		const known = this.#varCounts.get(selection);
		const counts = known ?? countedVars(this.hostsOf(selection) ?? []);
		this.#varCounts.set(selection, counts);
		return counts.get(name) ?? 0;
	}

	/** `undefined`: it cannot be told, or one of the two picks no host at all. */
	shareHost(some: Selection, others: Selection): boolean | undefined {
		const [left, right] = [this.hostsOf(some) ?? [], this.hostsOf(others) ?? []];
		if (left.length === 0 || right.length === 0) return undefined;
		if (left === right) return true;
		const hosts = new Set(left);
		return right.some(host => hosts.has(host));
	}

	#judge(text: string): Judged {
		const parsed = parseSelection(text);
		if (!parsed.ok) return { selection: notMadeOut, problems: [malformed(text, parsed.error)] };
		if (this.#known === 'nothing') return { selection: parsed.value, problems: [] };
		const unknown = [...new Set(unknownNames(parsed.value, this.#inventory))];
		if (unknown.length > 0)
			return { selection: notMadeOut, problems: unknown.map(name => unknownHost(name, this.#inventory)) };
		if (this.#allowEmpty || this.hostsOf(parsed.value)?.length !== 0) return { selection: parsed.value, problems: [] };
		return { selection: notMadeOut, problems: [matchesNothing(text, this.#inventory)] };
	}
}

function countedVars(hosts: readonly Host[]): ReadonlyMap<string, number> {
	const counts = new Map<string, number>();
	for (const host of hosts) for (const name of host.vars.keys()) counts.set(name, (counts.get(name) ?? 0) + 1);
	return counts;
}

const malformed = (text: string, because: string): Omit<Problem, 'path'> => ({
	code: 'HS1204',
	message: `in \`${text}\`, ${because}`,
	hint: 'write names joined by `,` (or), `&` (and) and ` - ` (without), such as "web - web1"',
});

function unknownHost(name: string, inventory: Inventory): Omit<Problem, 'path'> {
	const what = `no host or group \`${name}\``;
	return {
		code: 'HS1203',
		piece: name,
		message: isMissing(inventory) ? `there is ${what}: the playbook has no inventory` : `the inventory has ${what}`,
		hint: () => nameHint(name, inventory),
	};
}

/** An inventory without a group is none. */
const isMissing = ({ groups }: Inventory): boolean => groups.size === 0;

function nameHint(name: string, inventory: Inventory): string {
	const near = nearest(name, [...inventory.hosts.keys(), ...inventory.groups.keys()]);
	if (near !== undefined) return `did you mean \`${near}\`?`;
	return isMissing(inventory)
		? noInventory
		: `correct the name; the groups are ${someOf([...inventory.groups.keys()])}`;
}

const noInventory = 'add `inventory: ../inventory.yaml`; without one there is only localhost';

const someOf = (names: readonly string[]): string =>
	names.length > 8 ? `${names.slice(0, 8).join(', ')}, …` : names.join(', ');

const matchesNothing = (text: string, inventory: Inventory): Omit<Problem, 'path'> => ({
	code: 'HS1205',
	message: `\`${text}\` matches no host`,
	hint: isMissing(inventory) ? noInventory : 'correct it, or give --allow-empty if that is meant',
});
