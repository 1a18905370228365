import type { HostName } from './brand.ts';
import type { Span } from './diagnostic.ts';
import type { Become } from './unit.ts';

export type ConnectionKind = 'local' | 'ssh' | 'openssh' | 'lxc';

/** How a machine is reached. */
export interface HostPlace {
	readonly connection: ConnectionKind;
	readonly address?: string;
	readonly port?: number;
	readonly user?: string;
	/** The node that a guest lives on. */
	readonly on?: HostName;
	readonly vmid?: number;
	/** Where the host keeps its memory; absent: `/var/lib/hsctl` as root, else the user's state home. */
	readonly stateDir?: string;
}

/** One machine, group defaults already merged in. */
export interface Host extends HostPlace {
	readonly name: HostName;
	readonly become?: Become;
	readonly vars: ReadonlyMap<string, string>;
	readonly needs: readonly HostName[];
	readonly groups: readonly string[];
	/** Absent for `localhost`, which always exists. */
	readonly at?: Span;
}

/** Where a value of a host is written. */
export interface Origin {
	readonly at: Span;
	/** The group that says it for its hosts; absent: the host's own entry. */
	readonly group?: string;
}

/** What a group itself holds, nesting not resolved. */
export interface GroupContent {
	readonly hosts: readonly HostName[];
	readonly groups: readonly string[];
}

export interface Inventory {
	readonly hosts: ReadonlyMap<HostName, Host>;
	/** Group name → its hosts, nesting resolved, in the order of the inventory. */
	readonly groups: ReadonlyMap<string, readonly HostName[]>;
	/** Where a module's declared version is found on a host; `<module>` stands for its name. */
	readonly moduleSchemaPath: string;
}
