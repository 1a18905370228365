import type { PlannedFile } from '../model/plan.ts';
import type { DecidedUnit } from './decide.ts';

/**
 * No two pools write the same file of a host. What a link of the host brings together no check of the playbook can see: such pools are
 * refused here, all of them, because nobody can say which one is meant. What is skipped writes nothing.
 */
export function refuseSharedFiles(units: readonly DecidedUnit[]): readonly DecidedUnit[] {
	const writing = units.filter(({ decision, files }) => decision.kind !== 'skip' && files !== undefined);
	if (writing.length < 2) return units;
	const writers = new Map<string, Set<DecidedUnit>>();
	for (const unit of writing)
		for (const { dest } of unit.files ?? []) writers.set(dest, (writers.get(dest) ?? new Set()).add(unit));
	return units.map(unit => {
		const otherOf = ({ dest }: PlannedFile) => [...(writers.get(dest) ?? [])].find(other => other !== unit);
		return writing.includes(unit) ? refuseWhere(unit, otherOf) : unit;
	});
}

function refuseWhere(unit: DecidedUnit, otherOf: (file: PlannedFile) => DecidedUnit | undefined): DecidedUnit {
	const files = (unit.files ?? []).map(file => {
		const other = otherOf(file);
		return other === undefined ? file : refused(file, other);
	});
	const shared = files.find((file, index) => file !== unit.files?.[index]);
	if (shared === undefined) return unit;
	const { job, ...rest } = unit;
	return { ...rest, decision: { kind: 'refused', because: `${shared.link ?? shared.dest}: ${shared.because}` }, files };
}

function refused({ digest, diff, ...file }: PlannedFile, { address }: DecidedUnit): PlannedFile {
	const because =
		file.link === undefined
			? `a link in ${address} leads to it, so both would write it`
			: `it leads to ${file.dest}, which ${address} writes too`;
	return { ...file, action: 'refuse', because };
}
