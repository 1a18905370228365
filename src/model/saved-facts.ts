import type { HostName } from './brand.ts';
import type { HostFacts } from './host-facts.ts';
import type { HostPlace } from './inventory.ts';
import type { UnitMemory } from './receipt.ts';
import type { Become } from './unit.ts';

/** What hosts told, to be kept: a file has one host of it. Plain data, in an order that depends on nothing but what was told. */
export interface SavedFacts {
	readonly format: 'hsctl/facts/v1';
	readonly hosts: readonly SavedHost[];
}

export type SavedHost = SeenHost | UnseenHost;

export interface SeenHost {
	readonly name: HostName;
	readonly reached: true;
	/** By the controller's clock, when its answer had come: RFC 3339 UTC. */
	readonly takenAt: string;
	/** How it was reached: facts of a host are not those of another one that has its name by now. */
	readonly place: HostPlace;
	/** Once for each user that it was looked at as. */
	readonly seen: readonly SeenAs[];
}

export interface UnseenHost {
	readonly name: HostName;
	readonly reached: false;
	readonly because: string;
}

/** What a host shows to one of its users. */
export interface SeenAs {
	readonly become: Become;
	readonly facts: HostFacts;
	/** Ordered by fact, then by look. */
	readonly looks: readonly SavedLook[];
	/** Of every unit that it has ever heard of. */
	readonly memory: UnitMemory;
	readonly pendingRestarts: readonly { readonly service: string; readonly run: string }[];
}

export interface SavedLook {
	/** As people read it: `file_exists /etc/os-release`. */
	readonly fact: string;
	/** Hex SHA-256 of the look's shell text: the same look or another one. */
	readonly look: string;
	readonly printed: string;
}
