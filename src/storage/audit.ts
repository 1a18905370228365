import { createHash } from 'node:crypto';
import {
	closeSync,
	existsSync,
	fdatasyncSync,
	mkdirSync,
	openSync,
	readdirSync,
	readFileSync,
	writeSync,
} from 'node:fs';
import { join } from 'node:path';
import type { RunId } from '../model/brand.ts';
import type { NumberedEvent } from '../model/event.ts';
import type { EventSink } from '../ports/event-sink.ts';

/** One line of an audit file: an event with the digest of the line before it. */
interface AuditLine {
	readonly previous: string;
	readonly event: NumberedEvent;
}

/**
 * An append-only file a run, holding everything that happened except output. Each line carries the SHA-256 of the line before, and
 * a run's first line that of the last line of the run before it: who changes or removes a line breaks every one behind it.
 * Runs at the same time continue the same line, so no run waits for another.
 */
export function auditSink(folder: string, run: RunId): EventSink {
	mkdirSync(folder, { recursive: true, mode: 0o700 });
	let previous = lastDigest(folder);
	const descriptor = openSync(join(folder, `${run}.ndjson`), 'a', 0o600);
	return {
		name: 'the audit file',
		kind: 'durable',
		take(event) {
			if (event.type === 'output') return;
			const line = JSON.stringify({ previous, event } satisfies AuditLine);
			writeSync(descriptor, `${line}\n`);
			fdatasyncSync(descriptor);
			previous = sha256(line);
		},
		close: () => closeSync(descriptor),
	};
}

/** How many lines there are, and where a line does not continue one before it (lines from 1). */
export interface AuditVerdict {
	readonly lines: number;
	readonly breaks: readonly { readonly file: string; readonly line: number }[];
}

/**
 * Follows every chain from its beginning; empty when each line continues one that is there. A run that began while another one
 * was at work continues any line of it, so every line is known before the first is judged.
 */
export function verifyAudit(folder: string): AuditVerdict {
	const chains = auditFiles(folder).map(name => {
		const file = join(folder, name);
		return { file, lines: linesOf(file).map(line => ({ previous: previousOf(line), digest: sha256(line) })) };
	});
	const known = new Set([beginning, ...chains.flatMap(({ lines }) => lines.map(({ digest }) => digest))]);
	const breaks = chains.flatMap(({ file, lines }) =>
		lines.flatMap(({ previous }, index) => {
			const continues =
				index === 0 ? previous !== undefined && known.has(previous) : previous === lines[index - 1]?.digest;
			return continues ? [] : [{ file, line: index + 1 }];
		}),
	);
	return { lines: chains.reduce((sum, { lines }) => sum + lines.length, 0), breaks };
}

/** Run ids sort by time, so their files do too. */
const auditFiles = (folder: string): readonly string[] =>
	existsSync(folder)
		? readdirSync(folder)
				.filter(name => name.endsWith('.ndjson'))
				.sort()
		: [];

function lastDigest(folder: string): string {
	for (const file of auditFiles(folder).toReversed()) {
		const last = linesOf(join(folder, file)).at(-1);
		if (last !== undefined) return sha256(last);
	}
	return beginning;
}

const linesOf = (file: string): readonly string[] =>
	readFileSync(file, 'utf8')
		.split('\n')
		.filter(line => line !== '');

function previousOf(line: string): string | undefined {
	try {
		const value: AuditLine = JSON.parse(line);
		return value.previous;
	} catch {
		return undefined;
	}
}

function sha256(text: string): string {
	return createHash('sha256').update(text).digest('hex');
}

const beginning = sha256('hsctl/audit/v1');
