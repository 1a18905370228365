import type { HostName } from '../../model/brand.ts';
import type { Host } from '../../model/inventory.ts';
import type { Unit } from '../../model/unit.ts';
import type { Wave } from '../generated/playbook.generated.ts';
import type { Path } from '../parse.ts';
import { checkDurations } from '../read-duration.ts';
import type { CheckContext } from './context.ts';
import { readHosts } from './read-hosts.ts';

/** Waves pick hosts, each host once, and each has a name of its own. `units`: what the waves are for. */
export function checkRollout(units: readonly Unit[], context: CheckContext): void {
	const waves = context.document.rollout?.waves;
	if (waves === undefined) return;
	const names = new Set<string>();
	const waveOf = new Map<HostName, string>();
	let areKnown = context.parts.isWhole(['rollout', 'waves']);
	for (const [index, wave] of waves.entries()) {
		const path = ['rollout', 'waves', index];
		const hosts = context.selections.hostsOf(readHosts(wave.hosts, [...path, 'hosts'], context));
		areKnown &&= hosts !== undefined;
		checkOneWave(wave, hosts ?? [], path, waveOf, context);
		checkDurations(wave, ['bake'], path, context.report);
		if (names.has(wave.name))
			context.report.add({
				code: 'HS1218',
				path: [...path, 'name'],
				message: `there are two waves \`${wave.name}\``,
				hint: 'rename one of them',
			});
		names.add(wave.name);
	}
	if (areKnown) warnOfHostsWithoutWave(units, waveOf, context);
}

function checkOneWave(
	wave: Wave,
	hosts: readonly Host[],
	path: Path,
	waveOf: Map<HostName, string>,
	{ report }: CheckContext,
): void {
	const taken = hosts.find(host => waveOf.has(host.name));
	if (taken !== undefined)
		report.add({
			code: 'HS1218',
			path: [...path, 'hosts'],
			message: `\`${taken.name}\` is already in the wave \`${waveOf.get(taken.name)}\``,
			hint: `leave it out here, such as "${wave.hosts} - ${taken.name}"`,
		});
	for (const host of hosts) waveOf.set(host.name, wave.name);
}

function warnOfHostsWithoutWave(
	units: readonly Unit[],
	waveOf: ReadonlyMap<HostName, string>,
	{ selections, report }: CheckContext,
): void {
	const selected = [...new Set(units.map(unit => unit.hosts))].flatMap(hosts => selections.hostsOf(hosts) ?? []);
	const without = [...new Set(selected.map(host => host.name))].filter(name => !waveOf.has(name));
	const [first] = without;
	if (first === undefined) return;
	const others = without.length === 1 ? '' : ` and ${without.length - 1} more`;
	report.add({
		code: 'HS1707',
		path: ['rollout', 'waves'],
		what: 'key',
		severity: 'warning',
		message: `\`${first}\`${others} ${without.length === 1 ? 'is' : 'are'} planned and in no wave`,
		hint: 'add a wave for the rest, or leave them out with `hosts`',
	});
}
