import type { ConnectionKind } from '../../model/inventory.ts';
import type { Become } from '../../model/unit.ts';

/** An inventory on its way to a file: names are possible ones, each host is in one group, values are text. */
export interface InventoryDraft {
	readonly groups: readonly DraftGroup[];
	/** Lines for the top of the file. */
	readonly comments: readonly string[];
}

/** What a group can say for its hosts, and a host for itself. */
export interface DraftSettings {
	readonly port?: number;
	readonly user?: string;
	readonly connection?: ConnectionKind;
	readonly become?: Become;
	readonly vars: ReadonlyMap<string, string>;
	readonly comments: readonly string[];
}

export interface DraftGroup extends DraftSettings {
	readonly name: string;
	readonly hosts: readonly DraftHost[];
	/** Names of groups that lie in it. */
	readonly groups: readonly string[];
}

export interface DraftHost extends DraftSettings {
	readonly name: string;
	readonly address?: string;
}
