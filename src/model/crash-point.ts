/** Named places between two durable acts of the controller where the tests let it die (docs/testing.md). */
export const crashPoints = [
	'before-journal',
	'after-journal',
	'before-begin',
	'before-confirm',
	'after-finish',
] as const;

export type CrashPoint = (typeof crashPoints)[number];
