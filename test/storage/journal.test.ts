import { mkdirSync, mkdtempSync, readFileSync, rmSync, statSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { expect, it } from 'vitest';
import { asRunId } from '../../src/model/brand.ts';
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

it('a run is written by one process at a time: another one is seen, and comes second', async () => {
	const { file, dispose } = place();
	const journal = openJournal(file);
	const run = asRunId('01J0000000000000000000TEST');
	const stat = readFileSync(`/proc/${process.ppid}/stat`, 'utf8');
	const parent = `${process.ppid} ${stat.slice(stat.lastIndexOf(')') + 2).split(' ')[19]} ${readFileSync('/proc/sys/kernel/random/boot_id', 'utf8').trim()}`;
	journal.begin(run, plan);
	const database = new DatabaseSync(file);
	database.prepare('UPDATE runs SET writer = ?').run(parent);
	expect([journal.isBeingWritten(run), journal.takeOver(run)]).toEqual([true, false]);
	database.prepare('UPDATE runs SET writer = ?').run('1 1 gone');
	expect([journal.isBeingWritten(run), journal.takeOver(run)]).toEqual([false, true]);
	database.close();
	journal.close();
	dispose();
});

it('the journal is for its owner alone', () => {
	const { file, dispose } = place();
	openJournal(file).close();
	const mode = (path: string) => (statSync(path).mode & 0o777).toString(8);
	expect([mode(file), mode(join(file, '..'))]).toEqual(['600', '700']);
	dispose();
});

it('a history of the first version goes on as it was', () => {
	const { file, dispose } = place();
	mkdirSync(dirname(file), { recursive: true });
	const first = new DatabaseSync(file);
	first.exec(`
		CREATE TABLE runs (
			run TEXT PRIMARY KEY, started_at TEXT NOT NULL, finished_at TEXT, playbook TEXT NOT NULL, file TEXT NOT NULL,
			purpose TEXT NOT NULL, hosts INTEGER NOT NULL, exit_code INTEGER, writer TEXT NOT NULL, plan TEXT NOT NULL
		) STRICT;
		CREATE TABLE events (
			run TEXT NOT NULL REFERENCES runs (run), seq INTEGER NOT NULL, event TEXT NOT NULL, PRIMARY KEY (run, seq)
		) STRICT, WITHOUT ROWID;
		INSERT INTO runs VALUES ('01B', 't', NULL, 'p', 'f', 'do', 1, NULL, '', '{}'), ('01A', 't', NULL, 'p', 'f', 'do', 1, NULL, '', '{}');
		PRAGMA user_version = 1;`);
	first.close();
	const journal = openJournal(file);
	journal.begin(asRunId('00C'), plan);
	expect(journal.runs(9).map(({ run }) => run)).toEqual(['00C', '01B', '01A']);
	journal.close();
	dispose();
});
