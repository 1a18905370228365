import { asRunId, type RunId } from '../model/brand.ts';
import type { Clock, Random } from '../ports/clock.ts';

/** A ULID (https://github.com/ulid/spec): 48 bits of milliseconds and 80 random bits in Crockford's base 32. Sorts by time, reads aloud. It knows no time before 1970. */
export function newRunId(clock: Clock, random: Random): RunId {
	const bits = BigInt(Math.max(0, clock.now().getTime())) * 2n ** 80n + BigInt(`0x${random.hex(10)}`);
	let text = '';
	for (let rest = bits; text.length < 26; rest /= 32n) text = (alphabet[Number(rest % 32n)] ?? '0') + text;
	return asRunId(text);
}

const alphabet = '0123456789ABCDEFGHJKMNPQRSTVWXYZ';
