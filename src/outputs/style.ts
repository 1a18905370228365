import { styleText } from 'node:util';
import type { UnitStatus } from '../model/outcome.ts';
import type { Decision, FileAction } from '../model/plan.ts';
import type { TextLook } from './text-out.ts';

/** What a colour means. Never the only bearer of it: a word always stands beside. */
export type Tone = 'plain' | 'strong' | 'quiet' | 'good' | 'change' | 'attention' | 'bad';

/** Colours and glyphs for one place. */
export interface Style {
	readonly paint: (tone: Tone, text: string) => string;
	readonly glyphs: Glyphs;
}

/** Glyph and word of a status or a decision. */
export interface Mark {
	readonly glyph: keyof Glyphs;
	readonly word: string;
	readonly tone: Tone;
}

export type Glyphs = Readonly<Record<GlyphName, string>>;
type GlyphName =
	| 'changed'
	| 'same'
	| 'skipped'
	| 'failed'
	| 'asks'
	| 'back'
	| 'blocked'
	| 'warns'
	| 'waits'
	| 'runs'
	| 'will'
	| 'added'
	| 'removed'
	| 'cut'
	| 'arrow'
	| 'dot'
	| 'full'
	| 'empty'
	| 'here'
	| 'bar'
	| 'up'
	| 'down';

export const styleFor = (look: Pick<TextLook, 'color' | 'unicode'>): Style => ({
	paint: look.color ? painted : (_tone, text) => text,
	glyphs: look.unicode ? unicodeGlyphs : asciiGlyphs,
});

export const statusMarks = {
	ok: { glyph: 'same', word: 'ok', tone: 'quiet' },
	changed: { glyph: 'changed', word: 'changed', tone: 'good' },
	skipped: { glyph: 'skipped', word: 'skipped', tone: 'quiet' },
	unknown: { glyph: 'asks', word: 'unknown', tone: 'bad' },
	failed: { glyph: 'failed', word: 'failed', tone: 'bad' },
	rolled_back: { glyph: 'back', word: 'rolled back', tone: 'bad' },
	rollback_failed: { glyph: 'failed', word: 'rollback failed', tone: 'bad' },
	blocked: { glyph: 'blocked', word: 'blocked', tone: 'attention' },
	unreachable: { glyph: 'warns', word: 'unreachable', tone: 'attention' },
	refused: { glyph: 'warns', word: 'refused', tone: 'bad' },
	not_started: { glyph: 'waits', word: 'not started', tone: 'attention' },
} as const satisfies Readonly<Record<UnitStatus, Mark>>;

export const decisionMarks = {
	run: { glyph: 'will', word: 'run', tone: 'change' },
	skip: { glyph: 'same', word: 'skip', tone: 'quiet' },
	done: { glyph: 'same', word: 'done', tone: 'quiet' },
	changed_since: { glyph: 'warns', word: 'changed', tone: 'attention' },
	ask: { glyph: 'asks', word: 'ask', tone: 'attention' },
	fail: { glyph: 'failed', word: 'fail', tone: 'bad' },
	unknown: { glyph: 'asks', word: 'unknown', tone: 'attention' },
	conflict: { glyph: 'warns', word: 'conflict', tone: 'attention' },
	blocked: { glyph: 'blocked', word: 'blocked', tone: 'attention' },
	refused: { glyph: 'warns', word: 'refused', tone: 'bad' },
} as const satisfies Readonly<Record<Decision['kind'], Mark>>;

export const fileMarks = {
	same: { glyph: 'same', word: 'same', tone: 'quiet' },
	create: { glyph: 'added', word: 'create', tone: 'change' },
	replace: { glyph: 'will', word: 'replace', tone: 'change' },
	merge: { glyph: 'will', word: 'merge', tone: 'change' },
	remove: { glyph: 'removed', word: 'remove', tone: 'change' },
	restore: { glyph: 'back', word: 'restore', tone: 'change' },
	skip: { glyph: 'same', word: 'skip', tone: 'quiet' },
	keep: { glyph: 'warns', word: 'keep', tone: 'attention' },
	fail: { glyph: 'failed', word: 'fail', tone: 'bad' },
	refuse: { glyph: 'warns', word: 'refuse', tone: 'bad' },
} as const satisfies Readonly<Record<FileAction, Mark>>;

const formats = {
	plain: [],
	strong: ['bold'],
	quiet: ['dim'],
	good: ['green'],
	change: ['cyan'],
	attention: ['yellow'],
	bad: ['red'],
} as const satisfies Readonly<Record<Tone, readonly string[]>>;

// Whether there are colours has been decided by whoever made the look, so node's own guess at the stream is off.
function painted(tone: Tone, text: string): string {
	const [format] = formats[tone];
	return format === undefined || text === '' ? text : styleText(format, text, { validateStream: false });
}

// Only glyphs of one cell that no terminal draws as a wide picture.
const unicodeGlyphs: Glyphs = {
	changed: '✓',
	same: '=',
	skipped: '-',
	failed: '✗',
	asks: '?',
	back: '↺',
	blocked: '⊘',
	warns: '!',
	waits: '·',
	runs: '●',
	will: '~',
	added: '+',
	removed: '-',
	cut: '…',
	arrow: '→',
	dot: '·',
	full: '█',
	empty: '░',
	here: '›',
	bar: '│',
	up: '↑',
	down: '↓',
};

const asciiGlyphs: Glyphs = {
	changed: '+',
	same: '=',
	skipped: '-',
	failed: 'x',
	asks: '?',
	back: '<',
	blocked: '#',
	warns: '!',
	waits: '.',
	runs: '*',
	will: '~',
	added: '+',
	removed: '-',
	cut: '~',
	arrow: '->',
	dot: '-',
	full: '#',
	empty: '.',
	here: '>',
	bar: '|',
	up: 'up',
	down: 'down',
};
