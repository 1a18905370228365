import { compare, parse } from 'semver';
import type { VersionOrder } from './order.ts';

/**
 * Semantic Versioning 2.0.0, precedence of section 11: build metadata does not count, a pre-release is below its release.
 * `1.2` reads as `1.2.0` and `v1.2.3` as `1.2.3`: programs print both.
 */
export const semverOrder: VersionOrder = {
	isVersion: text => completed(text) !== undefined,
	compare: (a, b) => compare(completed(a) ?? '', completed(b) ?? ''),
};

const shape = /^[vV]?(\d+)(?:\.(\d+))?(?:\.(\d+))?((?:-[0-9A-Za-z.-]+)?(?:\+[0-9A-Za-z.-]+)?)$/;

/** The text with all three numbers, or `undefined` when the library would refuse it (it refuses by `null`, `compare` by throwing). */
function completed(text: string): string | undefined {
	const parts = shape.exec(text);
	if (parts === null) return undefined;
	const [, major, minor = '0', patch = '0', rest = ''] = parts;
	return parse(`${major}.${minor}.${patch}${rest}`)?.raw;
}
