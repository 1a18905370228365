/** Where a secret's value comes from. The value itself is in no playbook, plan, event, receipt or log. */
export type SecretSource =
	/** A file of this machine: absolute, from `~/`, or from the root of the repository. `encrypted`: with age (https://age-encryption.org). */
	| { readonly kind: 'file'; readonly path: string; readonly encrypted: boolean }
	| { readonly kind: 'env'; readonly variable: string }
	/** Words, not a shell line; what it prints is the value. */
	| { readonly kind: 'command'; readonly words: readonly string[] };

/** A text with holes for secrets: what a plan may hold of it. */
export type SecretText = readonly (string | { readonly secret: string })[];

/** The secrets that a text takes; none for a text without holes. */
export const secretNames = (text: string | SecretText | undefined): readonly string[] =>
	text === undefined || typeof text === 'string'
		? []
		: text.flatMap(part => (typeof part === 'string' ? [] : [part.secret]));
