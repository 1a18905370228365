/** One way of ordering versions. All of it is total and pure; what is no version is told by `isVersion`, never thrown. */
export interface VersionOrder {
	isVersion(text: string): boolean;
	/** Negative, zero or positive, for two texts that `isVersion` accepts. Zero means "ranks the same", not "same text". */
	compare(a: string, b: string): number;
}
