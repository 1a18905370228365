import { jsonFormat } from './json/json-format.ts';

/** What `hsctl import` can read. A new format is a file here and a line in the registry. */
export const importFormats = ['ansible-ini', 'ansible-yaml', 'ssh-config', 'homeserver', 'nannyapi'] as const;

export type ImportFormat = (typeof importFormats)[number];

/** What the text looks like; where nothing speaks for another format, INI, whose reader says what is wrong. */
export function detectFormat(text: string, path: string): ImportFormat {
	const lines = meaningfulLines(text);
	if (/\.json$/i.test(path) || /^\s*[[{]/.test(text)) {
		const json = jsonFormat(text, path);
		if (json !== undefined) return json;
	}
	if (/\.(?:ya?ml|json)$/i.test(path)) return 'ansible-yaml';
	if (lines.some(line => /^(?:Host|Match)(?:\s+[^\s=]|\s*=)/i.test(line))) return 'ssh-config';
	const first = lines.find(line => line !== '---') ?? '';
	if (/^Include\s+\S/i.test(first)) return 'ssh-config';
	return /^(?:\{|%YAML|- |(?:"[^"]*"|'[^']*'|[^\s[#:'"][^\s:=]*)\s*:(?:\s|$))/.test(first)
		? 'ansible-yaml'
		: 'ansible-ini';
}

/** Without comments and blank lines; enough of them to tell. */
const meaningfulLines = (text: string): readonly string[] =>
	text
		.slice(0, 1024 * 1024)
		.split(/\r?\n/)
		.map(line => line.trim())
		.filter(line => line !== '' && !/^[#;]/.test(line));
