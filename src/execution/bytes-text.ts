/**
 * Bytes that are mostly UTF-8 as text, and back, without losing one: a byte that is no UTF-8 becomes a lone surrogate
 * U+DC80…U+DCFF (the convention of PEP 383), which no valid text contains and which survives JSON.
 */
export function bytesToText(bytes: Uint8Array): string {
	try {
		return strict.decode(bytes);
	} catch {
		return salvage(bytes);
	}
}

const strict = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true });

function salvage(bytes: Uint8Array): string {
	let text = '';
	for (let at = 0; at < bytes.length; ) {
		const length = characterLength(bytes, at);
		text +=
			length === 0
				? String.fromCharCode(escapeBase + (bytes[at] ?? 0))
				: strict.decode(bytes.subarray(at, at + length));
		at += Math.max(1, length);
	}
	return text;
}

/** Bytes of the valid UTF-8 character at this place; 0 when there is none. */
function characterLength(bytes: Uint8Array, at: number): number {
	for (let length = 1; length <= 4 && at + length <= bytes.length; length += 1) {
		try {
			strict.decode(bytes.subarray(at, at + length));
			return length;
		} catch {
			// Not yet a whole character, or never one.
		}
	}
	return 0;
}

export function textToBytes(text: string): Uint8Array {
	if (!/[\udc80-\udcff]/.test(text)) return Buffer.from(text, 'utf8');
	const pieces = text.split(/((?<![\ud800-\udbff])[\udc80-\udcff])/);
	return Buffer.concat(
		pieces.map((piece, index) =>
			index % 2 === 0 ? Buffer.from(piece, 'utf8') : Buffer.of(piece.charCodeAt(0) - escapeBase),
		),
	);
}

const escapeBase = 0xdc00;
