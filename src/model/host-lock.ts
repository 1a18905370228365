import type { RunId } from './brand.ts';

/** The lock that one run at a time holds on a host. */
export type HostLock =
	| { readonly kind: 'free' }
	| {
			readonly kind: 'held';
			/** Grows with every holder. */
			readonly fence: number;
			readonly run: RunId;
			readonly user: string;
			readonly controller: string;
			readonly pid: number;
			/** For how long, by the host's own clock that only grows. */
			readonly heldMs: number;
			/** Its holder is dead, and a script of it lives on. */
			readonly isOrphaned: boolean;
	  };

/** What a person says to take a lock away: the number and the run, so that nobody takes another one than they have seen. */
export const lockId = ({ fence, run }: HostLock & { readonly kind: 'held' }): string => `${fence}-${run}`;

/** `undefined` for what is no id of a lock. */
export function readLockId(text: string): { readonly fence: number; readonly run: string } | undefined {
	const [, fence, run] = /^([1-9]\d{0,8})-([0-9A-Z]+(?:-\d+)?)$/.exec(text.toUpperCase()) ?? [];
	return fence === undefined || run === undefined ? undefined : { fence: Number(fence), run };
}
