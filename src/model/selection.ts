/** `hosts:` and `--limit`, parsed: `a, b` union · `a & b` both · `a - b` without · globs match host and group names. */
export type Selection =
	| { readonly kind: 'name'; readonly name: string }
	| { readonly kind: 'glob'; readonly pattern: string }
	| { readonly kind: 'union' | 'both' | 'without'; readonly left: Selection; readonly right: Selection };
