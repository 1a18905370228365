import type { HostName } from './brand.ts';

/** What is looked at before anybody relies on a host, in the order in which it is told. */
export const checkNames = [
	'reached',
	'become',
	'shell',
	'tools',
	'state_folder',
	'disk',
	'clock',
	'detaching',
	'package_manager',
	'host_lock',
	'runs',
] as const;
export type CheckName = (typeof checkNames)[number];

/** `warn`: a run would work, and somebody should know; `fail`: it would not. */
export interface Check {
	readonly check: CheckName;
	readonly result: 'ok' | 'warn' | 'fail';
	/** One clause: what was seen. */
	readonly says: string;
	/** What helps; a command where there is one. */
	readonly cure?: string;
}

export interface HostHealth {
	readonly host: HostName;
	readonly way: Way;
	readonly reached: boolean;
	readonly checks: readonly Check[];
	/** The host's clock against ours in milliseconds, positive when it is ahead, and how far that may be wrong; absent: not measured. */
	readonly clock?: { readonly skewMs: number; readonly uncertaintyMs: number };
}

/** How a host would be reached, found out without a connection. */
export type Way =
	| { readonly by: 'local' }
	| { readonly by: 'ssh2' | 'openssh'; readonly because: string; readonly hops: readonly WayHop[] }
	/** Nobody can tell, and why. */
	| { readonly by: 'unknown'; readonly because: string };

/** One host on the way, the last one is the host itself: what ssh's configuration says of it. */
export interface WayHop {
	readonly name: string;
	readonly user: string;
	readonly hostname: string;
	readonly port: number;
	/** Those that exist, in the order in which they are tried; `kind` in one or two words. */
	readonly identities: readonly { readonly path: string; readonly kind: string }[];
	/** `null`: there is no agent. */
	readonly agentKeys: number | null;
	/** What known_hosts has on it: `pinned`, with keys and places, `authority`, or `nothing`. */
	readonly hostKey: 'pinned' | 'authority' | 'nothing';
	readonly pins: readonly string[];
}
