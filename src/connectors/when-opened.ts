import type { Connector } from '../ports/connection.ts';

/** A connector that is made when the first host is opened. */
export function whenOpened(make: () => Promise<Connector>): Connector {
	let made: Promise<Connector> | undefined;
	return {
		async open(...how) {
			made ??= make();
			return (await made).open(...how);
		},
	};
}
