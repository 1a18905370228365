/** What the process says to its caller; the highest of a run wins. The list is a promise: docs/exit-codes.md. */
export const exitCodes = {
	success: 0,
	bug: 1,
	changesPending: 2,
	invalid: 3,
	unreachable: 4,
	failed: 5,
	attention: 6,
	refused: 7,
	noHost: 8,
	incomplete: 9,
	interrupted: 130,
	terminated: 143,
} as const;
export type ExitCode = (typeof exitCodes)[keyof typeof exitCodes];

/** The code of several works together; of none, success. */
export const highestOf = (codes: readonly ExitCode[]): ExitCode =>
	codes.reduce((highest, code) => (code > highest ? code : highest), exitCodes.success as ExitCode);
