import { facts } from '../facts/registry.ts';
import type { HostName } from '../model/brand.ts';
import type { Command } from '../model/command.ts';
import type { Host } from '../model/inventory.ts';
import type { SeenAs } from '../model/saved-facts.ts';
import type { Become } from '../model/unit.ts';
import { lookDigest } from './look-digest.ts';
import { placeOf } from './plan.ts';
import type { HostQuestions } from './questions.ts';

/** What a host is asked, once for each user that it is looked at as. */
export interface FactsWish {
	readonly host: Host;
	readonly asked: readonly AskedAs[];
}

/** Every fact that has a name, and the looks of the playbooks. */
export interface AskedAs {
	readonly become: Become;
	/** None twice. */
	readonly looks: readonly Look[];
}

interface Look {
	readonly fact: string;
	readonly look: Command;
}

const named: readonly Look[] = facts.map(({ name, probe }) => ({ fact: `fact ${name}`, look: probe.look }));

/** The questions of several playbooks put together: a wish for each host, in the order in which they first come. */
export function factsWishes(questions: readonly HostQuestions[]): readonly FactsWish[] {
	const wishes = new Map<HostName, { readonly host: Host; readonly asked: Map<Become, Map<string, Look>> }>();
	for (const { host, become, units } of questions) {
		const wish = wishes.get(host.name) ?? { host, asked: new Map() };
		wishes.set(host.name, wish);
		const looks = wish.asked.get(become) ?? new Map<string, Look>();
		wish.asked.set(become, looks);
		for (const look of [...named, ...units.flatMap(unit => unit.looks)]) looks.set(lookDigest(look.look), look);
	}
	return [...wishes.values()].map(({ host, asked }) => ({
		host,
		asked: [...asked].map(([become, looks]) => ({ become, looks: [...looks.values()] })),
	}));
}

/** The first host of which two inventories say different things under one name. */
export function ambiguousHost(questions: readonly HostQuestions[]): HostName | undefined {
	const places = new Map<HostName, string>();
	for (const { host } of questions) {
		const place = JSON.stringify(placeOf(host));
		if ((places.get(host.name) ?? place) !== place) return host.name;
		places.set(host.name, place);
	}
	return undefined;
}

/** The facts that have a name, as a host told them; absent: it does not tell. */
export function namedFacts({ looks }: SeenAs): readonly (readonly [name: string, value: string | undefined])[] {
	const printed = new Map(looks.map(look => [look.look, look.printed]));
	return facts.map(({ name, probe }) => [name, probe.parse(printed.get(lookDigest(probe.look)) ?? '')]);
}
