import type { UnitAddress } from '../model/brand.ts';
import type { HostFacts } from '../model/host-facts.ts';
import type { Print } from '../model/probe.ts';
import type { UnitMemory } from '../model/receipt.ts';

/** What a host showed of one unit: a print for each look, in the order of the question's looks, and what it remembers. */
export interface UnitObservation {
	readonly printed: readonly Print[];
	readonly memory: UnitMemory;
	/** What it remembers of the undo script's job. */
	readonly undoMemory?: UnitMemory;
	/** The bytes of files of a pool that are not as they should be, by their number from 1. */
	readonly texts?: ReadonlyMap<number, Uint8Array>;
}

/** What one contact with a host brought home. */
export type HostObservation =
	| {
			readonly reached: true;
			readonly facts: HostFacts;
			/** Present where it took another way than the usual one, with the reason. */
			readonly by?: string;
			/** In the order of the host's questions. */
			readonly units: readonly UnitObservation[];
			/** Services whose restart an earlier run still owes, and which run. */
			readonly pendingRestarts: readonly { readonly service: string; readonly run: string }[];
			/** Hex SHA-256 of the runner that lies there with the right digest, if any. */
			readonly runner?: string;
			/** How far its clock is away from ours at the least, in milliseconds: positive when it is ahead. */
			readonly skewMs?: number;
			/** Units of the playbook that it remembers nothing of, though the history here has seen them done: when (RFC 3339). */
			readonly forgotten?: ReadonlyMap<UnitAddress, string>;
	  }
	| {
			readonly reached: false;
			readonly because: string;
			/** Nobody has tried: saved facts stand for the host, and there are none. */
			readonly isUnseen?: boolean;
	  };
