import { Cron } from 'croner';

/** Why an expression is none, as one clause, to be asked for: the library's own sentences name its insides. */
export function cronProblem(expression: string, today: Date): (() => string) | undefined {
	if (expression.trim().split(/\s+/).length !== 5) return () => 'it needs five fields';
	try {
		return new Cron(expression, { paused: true, timezone: 'UTC' }).nextRun(today) === null
			? () => 'such a day never comes'
			: undefined;
	} catch {
		return () => `${wrongField(expression)} cannot be understood`;
	}
}

const fieldNames = ['minute', 'hour', 'day of the month', 'month', 'weekday'];

/** The first field that is wrong with all others left open. */
function wrongField(expression: string): string {
	const fields = expression.trim().split(/\s+/);
	const index = fields.findIndex((field, place) => {
		try {
			new Cron(fieldNames.map((_, other) => (other === place ? field : '*')).join(' '), { paused: true });
			return false;
		} catch {
			return true;
		}
	});
	return index === -1 ? 'it' : `the ${fieldNames[index]} \`${fields[index]}\``;
}
