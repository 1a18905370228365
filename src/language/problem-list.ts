import type { Diagnostic } from '../model/diagnostic.ts';

/** The first problems, and a last one that says how many more there are: nobody reads further, and cures come in bulk. */
export function atMost(limit: number, problems: readonly Diagnostic[], total = problems.length): readonly Diagnostic[] {
	if (total <= limit) return problems;
	const more: Diagnostic = {
		severity: 'error',
		code: 'HS1016',
		message: `there are ${total - limit} more problems in this file`,
		hint: 'correct these first; often one cause is behind many of them',
	};
	return [...problems.slice(0, limit), more];
}
