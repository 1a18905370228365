import { mkdtempSync, rmSync, statSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { openJournal } from '../../src/storage/journal.ts';
import { eventSinkContract } from '../contracts/event-sink.ts';
import { journalContract, plan } from '../contracts/journal.ts';

function place() {
	const folder = mkdtempSync(join(tmpdir(), 'hsctl-journal-'));
	return { file: join(folder, 'deep/history.sqlite'), dispose: () => rmSync(folder, { recursive: true, force: true }) };
}

journalContract('the SQLite journal', () => {
	const { file, dispose } = place();
	return { open: () => openJournal(file), dispose };
});

eventSinkContract('the journal’s sink', () => {
	const { file, dispose } = place();
	const journal = openJournal(file);
	const run = '01J0000000000000000000TEST';
	journal.begin(run as Parameters<typeof journal.begin>[0], plan);
	return {
		sink: journal.sink(),
		read: () => [...journal.events(run as Parameters<typeof journal.events>[0])],
		dispose() {
			journal.close();
			dispose();
		},
	};
});

it('the journal is for its owner alone', () => {
	const { file, dispose } = place();
	openJournal(file).close();
	const mode = (path: string) => (statSync(path).mode & 0o777).toString(8);
	expect([mode(file), mode(join(file, '..'))]).toEqual(['600', '700']);
	dispose();
});
