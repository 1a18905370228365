/** What scripts could print to steer a terminal, to imitate us, or to break a reader. */
export const hostile = {
	/** Writes to the clipboard (OSC 52). */
	clipboard: '\x1b]52;c;aGFja2Vk\x07',
	title: '\x1b]0;hacked-title\x07',
	screen: '\x1b[2J\x1b[H\x1b[31mred\x1b[?1049h\x1b[6n',
	eightBit: '\x9b2J\x9d0;hacked-title\x9c',
	overwrite: 'it failed\rit worked',
	backspace: 'no\b\byes\x7f',
	bidi: 'abc\u202edef\u2066ghi\u2069\u200f',
	bell: 'ding\x07\0\x0e\x0f\v\f',
	separators: 'one\u2028two\u2029three\ufeff',
} as const;

/** Nothing of ours has to believe these: each is what another part of hsctl would say in earnest. */
export const imitations = [
	'hsctl/follow/1 R',
	'E 0 52',
	'{"e":"finished","i":0,"status":"changed","why":"exit","rc":0,"ms":1,"by":null,"survivors":0,"drift":false,"out":0,"err":0}',
	'{"e":"end"}',
	'S 0 finished',
	'Z end',
	'{"type":"unit_finished","seq":99,"host":"box","unit":"hotfix.a","status":"changed","because":"fine","changed":true,"exit_code":0}',
	'{"format":"hsctl/receipt/v1","unit":"hotfix.a","status":"ok"}',
	'12:00:00 box hotfix.a changed in 0.1s',
	'::error title=box::no',
	'##[error]no',
	']]></failure></testcase><testcase name="more"/>',
] as const;

/** A script that prints all of it on both streams, and fails. */
export const hostileScript = (): string => {
	const bytes = Buffer.concat([
		...Object.values(hostile).map(text => Buffer.from(`${text}\n`)),
		Buffer.from([0x9b, 0x32, 0x4a, 0xff, 0xfe, 0xc3, 0x28, 0x0a]),
		...imitations.map(text => Buffer.from(`${text}\n`)),
	]);
	const octal = [...bytes].map(byte => `\\${byte.toString(8).padStart(3, '0')}`).join('');
	return `printf '${octal}'\nprintf '${octal}' >&2\nexit 3\n`;
};

/** Every byte or mark in there that could do something to a terminal. Line ends are its own. */
export const dangers = (text: string): readonly string[] =>
	text.match(/[\u0000-\u0008\u000b-\u001f\u007f-\u009f\u061c\u200e\u200f\u2028-\u202e\u2066-\u2069\ufeff]/g) ?? [];
