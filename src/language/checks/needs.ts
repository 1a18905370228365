import { cyclePath, findCycles } from '../../graph/cycle.ts';
import { asUnitAddress, type UnitAddress } from '../../model/brand.ts';
import type { Need, Unit } from '../../model/unit.ts';
import type { Need as NeedDocument } from '../generated/playbook.generated.ts';
import type { Path } from '../parse.ts';
import type { Report } from '../report.ts';
import { nearest } from '../suggest.ts';
import type { CheckContext } from './context.ts';

export const readNeeds = (
	needs: readonly NeedDocument[] | undefined,
	path: Path,
	{ report, parts }: CheckContext,
): readonly Need[] =>
	(needs ?? []).map((need, index) => {
		const usual = parts.mayHave([...path, index], 'hosts') ? 'all' : 'same';
		return {
			unit: asUnitAddress(typeof need === 'string' ? need : need.unit),
			hosts: typeof need === 'string' ? 'same' : (need.hosts ?? usual),
			at: report.at([...path, index]),
		};
	});

/**
 * Every need names a unit, no unit waits for itself, and somewhere a unit and what it needs meet. `unread`: addresses of units
 * with problems of their own; they can be needed, and nothing else is known of them.
 */
export function checkNeeds(units: readonly Unit[], unread: ReadonlySet<UnitAddress>, context: CheckContext): void {
	const byAddress = new Map(units.map(unit => [unit.address, unit]));
	for (const unit of units) {
		for (const [index, need] of unit.needs.entries()) {
			if (!unread.has(need.unit)) checkNeed({ unit, need, index, unread }, byAddress, context);
		}
	}
	checkCycles(byAddress, context.report);
}

interface NeedPlace {
	readonly unit: Unit;
	readonly need: Need;
	readonly index: number;
	readonly unread: ReadonlySet<UnitAddress>;
}

function checkNeed(
	{ unit, need, index, unread }: NeedPlace,
	units: ReadonlyMap<UnitAddress, Unit>,
	{ report, selections, unread: unreadSections }: CheckContext,
): void {
	const path = [...pathOf(unit.address), 'needs', index];
	const needed = units.get(need.unit);
	if (needed === undefined) {
		if ([...unreadSections].some(section => pathOf(need.unit)[0] === section)) return;
		report.add({
			code: 'HS1201',
			path,
			message: `there is no unit \`${need.unit}\``,
			hint: () => needHint(need.unit, [...units.keys(), ...unread]),
		});
	} else if (needed === unit) {
		report.add({ code: 'HS1216', path, message: `${unit.address} needs itself`, hint: 'remove the need' });
	} else if (need.hosts === 'same' && selections.shareHost(unit.hosts, needed.hosts) === false) {
		report.add({
			code: 'HS1217',
			path,
			message: `${need.unit} is planned for none of the hosts of ${unit.address}`,
			hint: `write \`{ unit: ${need.unit}, hosts: all }\` to wait for it everywhere`,
		});
	}
}

function checkCycles(units: ReadonlyMap<UnitAddress, Unit>, report: Report): void {
	const needsOf = (address: UnitAddress) =>
		(units.get(address)?.needs ?? []).map(need => need.unit).filter(need => need !== address);
	for (const cycle of findCycles([...units.keys()], needsOf)) {
		const [first, second] = cycle;
		const index = units.get(first)?.needs.findIndex(need => need.unit === second) ?? 0;
		report.add({
			code: 'HS1202',
			path: [...pathOf(first), 'needs', index],
			message: `these units need each other: ${cyclePath(cycle)}`,
			hint: 'remove one of these needs',
		});
	}
}

const sectionOfWord: Readonly<Record<string, string>> = { hotfix: 'hotfixes', pool: 'pools', module: 'modules' };

/** `hotfix.git_cve` → `hotfixes`, `git_cve`. */
function pathOf(address: UnitAddress): Path {
	const dot = address.indexOf('.');
	const word = dot === -1 ? address : address.slice(0, dot);
	const section = sectionOfWord[word] ?? word;
	return dot === -1 ? [section] : [section, address.slice(dot + 1)];
}

function needHint(address: string, known: readonly string[]): string {
	if (address === 'patch') return 'add the section `patch`, or remove the need';
	if (address === 'reboot') return 'add the section `reboot` with `when: required`, or remove the need';
	const id = address.slice(address.indexOf('.'));
	const found =
		known.find(candidate => candidate.endsWith(id)) ??
		nearest(address, known) ??
		known.find(candidate => candidate.startsWith(address));
	return found === undefined ? 'correct the address, or add the unit' : `did you mean \`${found}\`?`;
}
