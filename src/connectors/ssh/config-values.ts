/** What ssh's configuration says of one host: lower-case keyword → its values, in order. */
export type ConfigValues = ReadonlyMap<string, readonly string[]>;

/** Reads what `ssh -G` prints: a keyword and its value in each line. */
export function parseSshPrint(text: string): ConfigValues {
	const values = new Map<string, string[]>();
	for (const line of text.split('\n')) {
		const space = line.indexOf(' ');
		if (space <= 0) continue;
		const key = line.slice(0, space).toLowerCase();
		const value = line.slice(space + 1).trim();
		values.set(key, [...(values.get(key) ?? []), value]);
	}
	return values;
}

/** The value that counts, or nothing: ssh writes `none` for what is switched off. */
export function settingOf(values: ConfigValues, key: string): string | undefined {
	const value = values.get(key)?.[0];
	return value === undefined || value.toLowerCase() === 'none' || value === '' ? undefined : value;
}

/** Switched on? ssh prints `yes` or `true`, by its version. */
export function isOn(values: ConfigValues, key: string, usually = false): boolean {
	const value = settingOf(values, key)?.toLowerCase();
	return value === undefined ? usually : value === 'yes' || value === 'true';
}
