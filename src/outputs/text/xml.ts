import { visible } from '../visible.ts';

/** Text for an XML element or attribute. XML 1.0 §2.2 has no way to say most control characters: they come in visible form. */
export const xml = (text: string): string =>
	visible(text)
		.replace(/[\ufffe\uffff]/g, '\ufffd')
		.replaceAll('&', '&amp;')
		.replaceAll('<', '&lt;')
		.replaceAll('>', '&gt;')
		.replaceAll('"', '&quot;')
		.replaceAll("'", '&apos;');

/** An attribute list: ` name="value"` each. Line ends are kept (XML 1.0 §3.3.3 would turn them into spaces). */
export const attributes = (values: Readonly<Record<string, string | number>>): string =>
	Object.entries(values)
		.map(([name, value]) => ` ${name}="${xml(String(value)).replaceAll('\n', '&#10;').replaceAll('\t', '&#9;')}"`)
		.join('');
