/** What two texts differ in, for people; or in one clause why it is not shown. */
export type UnifiedDiff =
	| {
			readonly kind: 'text';
			/** As `diff -u` prints them, the two lines of names included; without line ends. */
			readonly lines: readonly string[];
			/** How many more there are. */
			readonly omitted: number;
	  }
	| { readonly kind: 'unshown'; readonly because: string };
