/** One event of a run, as the runner wrote it. */
export interface RunEvent {
	readonly e: string;
	readonly i?: number;
	readonly status?: string;
	readonly why?: string;
	readonly [field: string]: unknown;
}

/** What a view of a run said, taken apart by its lengths alone. */
export interface View {
	readonly code: number | null;
	readonly raw: Buffer;
	readonly errors: string;
	/** The records' first lines, in order. */
	readonly lines: readonly string[];
	readonly events: readonly RunEvent[];
	/** Bytes of a stream by `out 0` or `err 0`: pieces with their offsets. */
	readonly pieces: ReadonlyMap<string, readonly (readonly [offset: number, bytes: Buffer])[]>;
	readonly seen: ReadonlyMap<number, string>;
	readonly end: string | undefined;
}

export function readView(raw: Buffer, errors = '', code: number | null = 0): View {
	const lines: string[] = [];
	const events: RunEvent[] = [];
	const pieces = new Map<string, [number, Buffer][]>();
	const seen = new Map<number, string>();
	let end: string | undefined;
	for (let at = 0; at < raw.length; ) {
		const stop = raw.indexOf(10, at);
		if (stop === -1) break;
		const line = raw.subarray(at, stop).toString();
		const [word = '', a, b, c] = line.split(' ');
		at = stop + 1;
		lines.push(line);
		const length = Number({ E: b, H: b, O: c, R: c }[word] ?? -1);
		if (word === 'Z') end = a;
		if (length < 0) continue;
		const bytes = raw.subarray(at, at + length);
		if (raw[at + length] !== 10) throw new Error(`${line}: no line end after its bytes`);
		at += length + 1;
		if (word === 'E') events.push(JSON.parse(bytes.toString()));
		if (word === 'H') seen.set(Number(a), bytes.toString());
		if (word === 'O' || word === 'R') {
			const name = `${word === 'O' ? 'out' : 'err'} ${a}`;
			pieces.set(name, [...(pieces.get(name) ?? []), [Number(b), bytes]]);
		}
	}
	return { code, raw, errors, lines, events, pieces, seen, end };
}

/** `changed exit`, `blocked need` … of each unit, in order. */
export const verdicts = (view: View): readonly string[] =>
	view.events.filter(event => event.e === 'finished').map(event => `${event.status} ${event.why}`);

export const finished = (view: View, index = 0): RunEvent => {
	const event = view.events.find(({ e, i }) => e === 'finished' && i === index);
	if (event === undefined) throw new Error(`no finished event of ${index}: ${view.lines.join(' | ')} ${view.errors}`);
	return event;
};

/** The bytes of a stream; its pieces must join without a gap. */
export function output(view: View, name: string): Buffer {
	const parts = view.pieces.get(name) ?? [];
	let at = parts[0]?.[0] ?? 0;
	for (const [offset, bytes] of parts) {
		if (offset !== at) throw new Error(`${name}: a gap at ${at}, next piece at ${offset}`);
		at += bytes.length;
	}
	return Buffer.concat(parts.map(([, bytes]) => bytes));
}
