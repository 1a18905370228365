import { createHash } from 'node:crypto';
import { type HostPath, hostPath } from '../model/brand.ts';
import { type Command, sh } from '../model/command.ts';
import type { Connection, PutResult } from '../ports/connection.ts';
import { asShellText } from './bundle.ts';
import { bytesToText } from './bytes-text.ts';
import { locateState, program } from './program.ts';

/** Bytes of a piece. A link that breaks loses no more than one of them. */
const pieceBytes = 1024 * 1024;
/** What is longer does not travel inside of a program: a shell would have to hold it in memory. */
const longestText = 256 * 1024;

/** Whether the bytes travel inside of the program that stages the bundle. */
export const travelsAsText = (bytes: Uint8Array): boolean =>
	bytes.length <= longestText && asShellText(bytes) !== undefined;

/** A file that goes in pieces lies under its digest until it is whole: whoever sends it again goes on where the link broke. */
const isInPieces = (bytes: Uint8Array): boolean => !travelsAsText(bytes) && bytes.length > pieceBytes;

const pieceFolder = (bytes: Uint8Array): string => `inbox/part-${createHash('sha256').update(bytes).digest('hex')}`;

const pieceSizes = (bytes: Uint8Array): readonly number[] =>
	Array.from({ length: Math.ceil(bytes.length / pieceBytes) }, (_, index) =>
		Math.min(pieceBytes, bytes.length - index * pieceBytes),
	);

export interface Sending {
	readonly state: HostPath;
	/** Where the bundle is staged, below the folder of the host's memory. */
	readonly folder: string;
	readonly files: ReadonlyMap<string, Uint8Array>;
}

/** Puts what cannot travel as text; `undefined` when all of it is there. `onSent` is told how far it is, in bytes. */
export async function sendFiles(
	{ state, folder, files }: Sending,
	connection: Connection,
	onSent: (sent: number, all: number) => Promise<void>,
): Promise<Exclude<PutResult, { kind: 'written' }> | undefined> {
	const pieces = [...files].filter(([, bytes]) => !travelsAsText(bytes)).flatMap(file => piecesOf(file, folder));
	const all = pieces.reduce((sum, { bytes }) => sum + bytes.length, 0);
	const there = new Map<string, ReadonlyMap<string, number>>();
	let sent = 0;
	for (const { name, bytes, kept } of pieces) {
		if (kept !== undefined && !there.has(kept)) there.set(kept, await piecesThere(state, kept, connection));
		if (kept === undefined || there.get(kept)?.get(name) !== bytes.length) {
			const put = await connection.put(once(bytes), hostPath(`${state}/${name}`));
			if (put.kind !== 'written') return put;
		}
		sent += bytes.length;
		await onSent(sent, all);
	}
	return undefined;
}

interface Piece {
	/** Below the folder of the host's memory. */
	readonly name: string;
	readonly bytes: Uint8Array;
	/** The folder in which an earlier try may have left it. */
	readonly kept?: string;
}

function piecesOf([path, bytes]: readonly [string, Uint8Array], folder: string): readonly Piece[] {
	if (!isInPieces(bytes)) return [{ name: `${folder}/${path}`, bytes }];
	const kept = pieceFolder(bytes);
	return pieceSizes(bytes).map((size, index) => {
		const from = index * pieceBytes;
		return { name: `${kept}/${index}`, bytes: bytes.subarray(from, from + size), kept };
	});
}

/** Makes files of their pieces, for the program that stages the bundle; the manifest then says whether they are whole. */
export const joinPieces = (files: ReadonlyMap<string, Uint8Array>): readonly Command[] =>
	[...files].flatMap(([path, bytes]) => {
		if (!isInPieces(bytes)) return [];
		const folder = pieceFolder(bytes);
		const names = pieceSizes(bytes).map((_, index) => String(index));
		return [sh`(cd "$HSCTL_STATE/"${folder} && cat ${names}) >${path}`, sh`rm -rf "$HSCTL_STATE/"${folder}`];
	});

async function piecesThere(
	state: HostPath,
	folder: string,
	connection: Connection,
): Promise<ReadonlyMap<string, number>> {
	const asked = program(
		locateState(state),
		sh`cd "$HSCTL_STATE/"${folder} 2>/dev/null || exit 0`,
		sh`for hs_file in *; do [ -f "$hs_file" ] && printf 'piece %s %s\n' "$hs_file" "$(wc -c <"$hs_file")"; done`,
	);
	const said = await connection.exec(asked, { byteBudget: 16 * 1024 * 1024, deadlineMs: 60_000 });
	if (said.kind === 'lost') return new Map();
	const lines = bytesToText(said.stdout).matchAll(/^piece (\d+) +(\d+)$/gm);
	return new Map([...lines].map(([, name = '', size]) => [`${folder}/${name}`, Number(size)]));
}

async function* once(bytes: Uint8Array): AsyncIterable<Uint8Array> {
	yield bytes;
}
