import type { Home } from './options.ts';

/** Whose ssh configuration counts, and who reads it. */
export interface ConfigPlace extends Home {
	/** The ssh program; absent: `ssh` of the PATH. */
	readonly ssh?: string;
	/** Instead of the user's and the machine's own; for tests. */
	readonly config?: string;
}
