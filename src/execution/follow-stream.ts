import { bytesToText } from './bytes-text.ts';

/** One record of what the host's runner sends to a view. */
export type FollowRecord =
	/** Bytes of the run's event file, from an offset. */
	| { readonly kind: 'events'; readonly offset: number; readonly bytes: Uint8Array }
	| {
			readonly kind: 'output';
			readonly stream: 'out' | 'err';
			readonly index: number;
			readonly offset: number;
			readonly bytes: Uint8Array;
	  }
	/** The host holds and shows what a unit's looks printed now. */
	| { readonly kind: 'held'; readonly index: number; readonly bytes: Uint8Array }
	| { readonly kind: 'heartbeat' }
	/** Where a job stands whose runner is dead. */
	| { readonly kind: 'state'; readonly index: number; readonly state: string; readonly evidence: string }
	| { readonly kind: 'over'; readonly how: 'end' | 'dead' | 'absent' }
	/** The runner refused before it began. */
	| { readonly kind: 'refused'; readonly word: string; readonly because: string };

/**
 * Cuts the byte stream of a view into records. Lengths come first, so nothing that a script prints can pass for a record;
 * what comes before the stream's first line (a profile's greeting) is passed over.
 */
export class FollowStream {
	#pending: Uint8Array = new Uint8Array();
	#isOpen = false;

	/** The records that are complete with this chunk. */
	push(chunk: Uint8Array): readonly FollowRecord[] {
		this.#pending = this.#pending.length === 0 ? chunk : Buffer.concat([this.#pending, chunk]);
		const records: FollowRecord[] = [];
		for (let record = this.#next(); record !== undefined; record = this.#next())
			if (record !== 'noise') records.push(record);
		return records;
	}

	#next(): FollowRecord | 'noise' | undefined {
		const end = this.#pending.indexOf(newline);
		if (end === -1) return undefined;
		const [word = '', ...fields] = bytesToText(this.#pending.subarray(0, end)).split(' ');
		const carries = this.#isOpen && Object.hasOwn(lengthField, word);
		const length = carries ? lengthOf(word, fields) : 0;
		const stop = end + 1 + (carries ? length + 1 : 0);
		if (stop > this.#pending.length) return undefined;
		const bytes = this.#pending.subarray(end + 1, end + 1 + length);
		this.#pending = this.#pending.subarray(stop);
		return this.#read(word, fields, bytes);
	}

	#read(word: string, fields: readonly string[], bytes: Uint8Array): FollowRecord | 'noise' {
		if (word === 'X') return { kind: 'refused', word: fields[0] ?? '', because: fields.slice(1).join(' ') };
		if (word === 'hsctl/follow/1') this.#isOpen = true;
		const maker = this.#isOpen && Object.hasOwn(recordMakers, word) ? recordMakers[word] : undefined;
		return maker === undefined ? 'noise' : maker(fields, bytes);
	}
}

/** Which field of a record's line tells how many bytes follow. */
const lengthField: Readonly<Record<string, number>> = { E: 1, O: 2, R: 2, H: 1 };

function lengthOf(word: string, fields: readonly string[]): number {
	const length = Number(fields[lengthField[word] ?? -1] ?? 0);
	return Number.isSafeInteger(length) && length >= 0 ? length : 0;
}

const recordMakers: Readonly<Record<string, (fields: readonly string[], bytes: Uint8Array) => FollowRecord>> = {
	E: ([offset], bytes) => ({ kind: 'events', offset: Number(offset), bytes }),
	O: ([index, offset], bytes) => ({
		kind: 'output',
		stream: 'out',
		index: Number(index),
		offset: Number(offset),
		bytes,
	}),
	R: ([index, offset], bytes) => ({
		kind: 'output',
		stream: 'err',
		index: Number(index),
		offset: Number(offset),
		bytes,
	}),
	H: ([index], bytes) => ({ kind: 'held', index: Number(index), bytes }),
	T: () => ({ kind: 'heartbeat' }),
	S: ([index, state, ...evidence]) => ({
		kind: 'state',
		index: Number(index),
		state: state ?? '',
		evidence: evidence.join(' '),
	}),
	Z: ([how]) => ({ kind: 'over', how: how === 'end' || how === 'absent' ? how : 'dead' }),
};

const newline = 0x0a;
