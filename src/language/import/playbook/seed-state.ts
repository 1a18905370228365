/** What has run before hsctl was there: units that `apply` records as done on the hosts, instead of running them again. */
export interface SeedState {
	readonly format: 'hsctl/seed-state/v1';
	/** The playbook's name, under which hosts remember. */
	readonly playbook: string;
	/** Addresses, in the order of the playbook. */
	readonly done: readonly string[];
}

export const seedStateText = (playbook: string, done: readonly string[]): string =>
	`${JSON.stringify({ format: 'hsctl/seed-state/v1', playbook, done } satisfies SeedState, null, '\t')}\n`;
