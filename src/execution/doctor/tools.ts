/** What the runner starts on a host; without one of them it cannot work. */
export const tools = [
	'cat',
	'chmod',
	'date',
	'dd',
	'env',
	'find',
	'head',
	'id',
	'ln',
	'ls',
	'mkdir',
	'mv',
	'rm',
	'sha256sum',
	'sleep',
	'sync',
	'tail',
	'tr',
	'wc',
] as const;

/** What it uses where it is there. */
export const otherTools = ['readlink', 'setsid', 'timeout'] as const;
