/** Words of the command line as hsctl understands them, and what a person should know about that. */
export interface Understood {
	readonly words: readonly string[];
	readonly note?: string;
}

/** Puts flags that stand before the verb behind it, takes other tools' word for a dry run, and asks for help on what is there. */
export function understand(given: readonly string[], verbs: readonly string[]): Understood {
	const words = flagsBehindVerb(given);
	const [verb, ...rest] = words;
	// Commander would print the whole help for `help plna`; for `plna` it names the word and the nearest verb.
	if (verb === 'help' && rest[0] !== undefined && !rest[0].startsWith('-') && !verbs.includes(rest[0]))
		return { words: rest.slice(0, 1) };
	const flag = rest.find(word => word === '--check' || word === '--dry-run');
	if (flag === undefined || (verb !== 'apply' && verb !== 'plan')) return { words };
	return {
		words: [
			'plan',
			...rest.filter(word => !(word === flag || (verb === 'apply' && (word === '--yes' || word === '-y')))),
		],
		note:
			verb === 'apply'
				? `apply ${flag} is called \`hsctl plan\``
				: `\`hsctl plan\` is the dry run; ${flag} is not needed`,
	};
}

/** `hsctl --json plan` is `hsctl plan --json`. What is no flag of a verb (`--help`, a misspelt one) stays where it is. */
function flagsBehindVerb(words: readonly string[]): readonly string[] {
	let at = 0;
	while (at < words.length) {
		const word = words[at] ?? '';
		if (alone.has(word) || /^--[a-z-]+=/.test(word)) at += 1;
		else if (withValue.has(word)) at += 2;
		else break;
	}
	const verb = words[at];
	return at === 0 || verb === undefined || verb.startsWith('-')
		? words
		: [verb, ...words.slice(0, at), ...words.slice(at + 1)];
}

const alone: ReadonlySet<string> = new Set(
	'--json --no-color -q --quiet -v --verbose -y --yes --allow-empty'.split(' '),
);
const withValue: ReadonlySet<string> = new Set(
	'-i --inventory -l --limit -t --tags --target --set -P --parallel --report --tui'.split(' '),
);
