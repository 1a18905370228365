import { findCycle } from '../../graph/cycle.ts';
import { asUnitAddress, type UnitAddress } from '../../model/brand.ts';
import type { Inventory } from '../../model/inventory.ts';
import type { Need, Unit } from '../../model/unit.ts';
import type { Need as NeedDocument } from '../generated/playbook.generated.ts';
import type { Path } from '../parse.ts';
import type { Report } from '../report.ts';
import { selectHosts, selectionText } from '../selection.ts';
import { nearest } from '../suggest.ts';

export const readNeeds = (needs: readonly NeedDocument[] | undefined, path: Path, report: Report): readonly Need[] =>
	(needs ?? []).map((need, index) => ({
		unit: asUnitAddress(typeof need === 'string' ? need : need.unit),
		hosts: typeof need === 'string' ? 'same' : (need.hosts ?? 'same'),
		at: report.at([...path, index]),
	}));

/** Every need names a unit, no unit waits for itself, and somewhere a unit and what it needs meet. `pathOf` finds a unit in the file. */
export function checkNeeds(
	units: readonly Unit[],
	inventory: Inventory,
	report: Report,
	pathOf: (unit: UnitAddress) => Path,
): void {
	const byAddress = new Map(units.map(unit => [unit.address, unit]));
	const meetings = new Meetings(inventory);
	for (const unit of units) {
		for (const [index, need] of unit.needs.entries()) {
			const path = [...pathOf(unit.address), 'needs', index];
			const needed = byAddress.get(need.unit);
			if (needed === undefined)
				report.add({
					code: 'HS1201',
					path,
					message: `there is no unit \`${need.unit}\``,
					hint: needHint(need.unit, byAddress.keys()),
				});
			else if (needed === unit)
				report.add({ code: 'HS1216', path, message: `${unit.address} needs itself`, hint: 'remove the need' });
			else if (need.hosts === 'same' && !meetings.haveCommonHost(unit, needed)) {
				report.add({
					code: 'HS1217',
					path,
					message: `${need.unit} is planned for none of the hosts of ${unit.address}`,
					hint: `to wait for it everywhere, write { unit: ${need.unit}, hosts: all }`,
				});
			}
		}
	}
	checkCycle(units, report, pathOf);
}

function checkCycle(units: readonly Unit[], report: Report, pathOf: (unit: UnitAddress) => Path): void {
	const needsOf = new Map(
		units.map(unit => [unit.address, unit.needs.map(need => need.unit).filter(need => need !== unit.address)]),
	);
	const cycle = findCycle([...needsOf.keys()], address => needsOf.get(address) ?? []);
	const [first, second] = cycle ?? [];
	if (cycle === undefined || first === undefined || second === undefined) return;
	const index = units.find(unit => unit.address === first)?.needs.findIndex(need => need.unit === second) ?? 0;
	report.add({
		code: 'HS1202',
		path: [...pathOf(first), 'needs', index],
		message: `these units need each other: ${cycle.join(' → ')}`,
		hint: 'remove one of these needs',
	});
}

function needHint(address: string, known: Iterable<string>): string {
	const addresses = [...known];
	const sameId = addresses.find(
		candidate =>
			candidate.split('.').slice(1).join('.') === address ||
			candidate.endsWith(`.${address.split('.').slice(1).join('.')}`),
	);
	const found = nearest(address, addresses) ?? sameId;
	return found === undefined ? 'write section and id, such as hotfix.git_cve' : `did you mean \`${found}\`?`;
}

/** Do two selections share a host? Asked once for each pair of texts. */
class Meetings {
	readonly #inventory: Inventory;
	readonly #answers = new Map<string, boolean>();

	constructor(inventory: Inventory) {
		this.#inventory = inventory;
	}

	haveCommonHost(one: Unit, other: Unit): boolean {
		const pair = `${selectionText(one.hosts)}\n${selectionText(other.hosts)}`;
		const known = this.#answers.get(pair);
		if (known !== undefined) return known;
		const hosts = new Set(selectHosts(one.hosts, this.#inventory));
		const answer = hosts.size === 0 || selectHosts(other.hosts, this.#inventory).some(host => hosts.has(host));
		this.#answers.set(pair, answer);
		return answer;
	}
}
