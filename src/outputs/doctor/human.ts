import type { Check, HostHealth, Way, WayHop } from '../../model/health.ts';
import { type Mark, type Style, styleFor } from '../style.ts';
import { count } from '../text/count.ts';
import { pad } from '../text/width.ts';
import { wrap } from '../text/wrap.ts';
import type { TextLook } from '../text-out.ts';
import { visibleLine } from '../visible.ts';

/** Each host with the way there and a line a check, what helps below it; at the end what it comes to. */
export function doctorText(hosts: readonly HostHealth[], look: TextLook): string {
	const page = { look, style: styleFor(look) };
	const blocks = hosts.map(host => hostLines(host, page));
	return `${[...blocks, [totals(hosts, page)]].map(lines => lines.join('\n')).join('\n\n')}\n`;
}

interface Page {
	readonly look: TextLook;
	readonly style: Style;
}

const hostLines = (health: HostHealth, page: Page): readonly string[] => [
	`${page.style.paint('strong', visibleLine(health.host))}  ${page.style.paint('quiet', visibleLine(wayWords(health.way)))}`,
	...hopsOf(health.way).flatMap(hop => hopLines(hop, page)),
	...health.checks.flatMap(check => checkLines(check, page)),
];

function wayWords(way: Way): string {
	switch (way.by) {
		case 'local':
			return 'this machine';
		case 'unknown':
			return way.because;
		default: {
			const names = way.hops.map(hop => hop.name);
			const over = names.length < 2 ? '' : ` over ${names.slice(0, -1).join(', ')}`;
			return `${way.by}${over}: ${way.because}`;
		}
	}
}

const hopsOf = (way: Way): readonly WayHop[] => (way.by === 'ssh2' || way.by === 'openssh' ? way.hops : []);

function hopLines(
	{ name, user, hostname, port, identities, agentKeys, hostKey, pins }: WayHop,
	page: Page,
): readonly string[] {
	const keys = identities.map(({ path, kind }) => `${path} (${kind})`);
	const agent = agentKeys === null ? 'no agent' : `agent with ${count(agentKeys, 'key')}`;
	const rows = [
		['way', `${name} is ${user}@${hostname} port ${port}`],
		['keys', [...(keys.length === 0 ? ['no key file'] : keys), agent].join(', ')],
		['host key', hostKeyWords(hostKey, pins)],
	] as const;
	return rows.flatMap(([label, text]) => labelled(page.style.paint('quiet', pad(label, labelWidth)), text, '  ', page));
}

function hostKeyWords(hostKey: WayHop['hostKey'], pins: readonly string[]): string {
	switch (hostKey) {
		case 'pinned':
			return `pinned: ${pins.join(', ')}`;
		case 'authority':
			return `a certificate authority vouches for it: ${pins.join(', ')}`;
		default:
			return 'not known yet';
	}
}

const marks: Readonly<Record<Check['result'], Mark>> = {
	ok: { glyph: 'changed', word: 'ok', tone: 'good' },
	warn: { glyph: 'warns', word: 'warn', tone: 'attention' },
	fail: { glyph: 'failed', word: 'fail', tone: 'bad' },
};

const labelWidth = 15;

function checkLines({ check, result, says, cure }: Check, page: Page): readonly string[] {
	const { paint, glyphs } = page.style;
	const { glyph, word, tone } = marks[result];
	const label = pad(check.replaceAll('_', ' '), labelWidth);
	return [
		...labelled(`${label}  ${paint(tone, pad(word, 4))}`, says, `${paint(tone, glyphs[glyph])} `, page, 6),
		...(cure === undefined ? [] : labelled(' '.repeat(labelWidth + 6), `help: ${cure}`, '  ', page, 0, labelWidth + 6)),
	];
}

/** A text beside a label, wrapped below itself. `more`: what the label is wider than `labelWidth`. */
function labelled(
	label: string,
	text: string,
	mark: string,
	{ look }: Page,
	more = 0,
	width = labelWidth + more,
): readonly string[] {
	const start = 2 + 2 + width + 2;
	return wrap(visibleLine(text), Math.max(24, look.columns - start)).map((line, index) =>
		index === 0 ? `  ${mark}${label}  ${line}` : ' '.repeat(start) + line,
	);
}

function totals(hosts: readonly HostHealth[], { style }: Page): string {
	const kinds = hosts.map(kindOf);
	const parts = (['fine', 'with a warning', 'with a failure', 'unreachable'] as const)
		.map(kind => [kind, kinds.filter(other => other === kind).length] as const)
		.filter(([, amount]) => amount > 0)
		.map(([kind, amount]) => `${amount} ${kind}`);
	return style.paint('strong', `${count(hosts.length, 'host')}: ${parts.join(', ')}. Nothing was left behind.`);
}

function kindOf({ reached, checks }: HostHealth): 'fine' | 'with a warning' | 'with a failure' | 'unreachable' {
	if (!reached) return 'unreachable';
	if (checks.some(({ result }) => result === 'fail')) return 'with a failure';
	return checks.some(({ result }) => result === 'warn') ? 'with a warning' : 'fine';
}
