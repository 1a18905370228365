import { chmodSync, existsSync, mkdirSync } from 'node:fs';
import { dirname } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { asRunId, asUnitAddress, type HostName, type RunId, type UnitAddress } from '../model/brand.ts';
import type { NumberedEvent } from '../model/event.ts';
import type { ExitCode } from '../model/exit-code.ts';
import type { Plan } from '../model/plan.ts';
import type { EventSink } from '../ports/event-sink.ts';
import type { Journal, RunSummary } from '../ports/journal.ts';
import { isRunning, processIdentity } from './process-identity.ts';

/** The history in one SQLite file, made with its folder (0700) when it is not there. Synchronous commits: an event that is kept is on disk. */
export function openJournal(file: string): Journal {
	mkdirSync(dirname(file), { recursive: true, mode: 0o700 });
	const database = new DatabaseSync(file, { timeout: 10_000 });
	chmodSync(file, 0o600);
	prepare(database);
	return new SqliteJournal(database);
}

/** The history as it is; an empty one, and nothing on disk, where there is none. */
export function readJournal(file: string): Journal {
	if (existsSync(file)) return openJournal(file);
	const nothing = new DatabaseSync(':memory:');
	prepare(nothing);
	return new SqliteJournal(nothing);
}

/** Writes nothing to a file that is in order: another run may be in the middle of its work. */
function prepare(database: DatabaseSync): void {
	database.exec('PRAGMA synchronous = FULL; PRAGMA foreign_keys = ON;');
	if (versionOf(database) >= migrations.length) return;
	database.exec('PRAGMA journal_mode = WAL; BEGIN IMMEDIATE');
	try {
		// Whoever held the lock before us may have done it.
		for (const [version, migration] of migrations.entries())
			if (version >= versionOf(database)) database.exec(`${migration} PRAGMA user_version = ${version + 1};`);
		database.exec('COMMIT');
	} catch (error) {
		if (database.isTransaction) database.exec('ROLLBACK');
		throw error;
	}
}

const versionOf = (database: DatabaseSync): number =>
	Number(database.prepare('PRAGMA user_version').get()?.user_version);

/** Each makes the next version of the one before it. `place` puts runs in order: ids hold a clock, and that may have been wrong. */
const migrations = [
	`CREATE TABLE runs (
		run TEXT PRIMARY KEY, started_at TEXT NOT NULL, finished_at TEXT, playbook TEXT NOT NULL, file TEXT NOT NULL,
		purpose TEXT NOT NULL, hosts INTEGER NOT NULL, exit_code INTEGER, writer TEXT NOT NULL, plan TEXT NOT NULL
	) STRICT;
	CREATE TABLE events (
		run TEXT NOT NULL REFERENCES runs (run), seq INTEGER NOT NULL, event TEXT NOT NULL, PRIMARY KEY (run, seq)
	) STRICT, WITHOUT ROWID;`,
	`ALTER TABLE runs ADD COLUMN place TEXT NOT NULL DEFAULT '';
	ALTER TABLE runs ADD COLUMN adopted INTEGER NOT NULL DEFAULT 0;
	UPDATE runs SET place = run;
	CREATE INDEX runs_by_place ON runs (place);
	CREATE TABLE done (
		playbook TEXT NOT NULL, host TEXT NOT NULL, unit TEXT NOT NULL, at TEXT NOT NULL, PRIMARY KEY (playbook, host, unit)
	) STRICT, WITHOUT ROWID;`,
];

/** Outputs that wait for the next event that matters; more of them are written by themselves. */
const mostWaiting = 256;

class SqliteJournal implements Journal {
	readonly #database: DatabaseSync;

	constructor(database: DatabaseSync) {
		this.#database = database;
	}

	begin(run: RunId, plan: Plan): void {
		// Never before a run that has begun already; those of the same place are told apart by when they were written.
		this.#add(run, plan, processIdentity(), "max(?1, coalesce((SELECT max(place) FROM runs), ''))");
	}

	adopt(run: RunId, plan: Plan): void {
		this.#add(run, plan, '', '?1');
		this.#database.prepare('UPDATE runs SET adopted = 1 WHERE run = ?').run(run);
	}

	#add(run: RunId, plan: Plan, writer: string, place: string): void {
		this.#database
			.prepare(
				`INSERT INTO runs (run, started_at, playbook, file, purpose, hosts, writer, plan, place)
				VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ${place})`,
			)
			.run(
				run,
				plan.createdAt,
				plan.playbook.name,
				plan.playbook.file,
				plan.purpose,
				plan.hosts.length,
				writer,
				JSON.stringify(plan),
			);
	}

	isBeingWritten(run: RunId): boolean {
		const row = this.#database.prepare('SELECT writer FROM runs WHERE run = ?').get(run);
		const writer = String(row?.writer);
		// What this process has looked at before is nobody else's.
		return writer !== processIdentity() && isRunning(writer);
	}

	isAdopted(run: RunId): boolean {
		return this.#database.prepare('SELECT adopted FROM runs WHERE run = ?').get(run)?.adopted === 1;
	}

	replan(run: RunId, plan: Plan): void {
		this.#database
			.prepare('UPDATE runs SET plan = ?, hosts = ? WHERE run = ?')
			.run(JSON.stringify(plan), plan.hosts.length, run);
	}

	takeOver(run: RunId): boolean {
		const self = processIdentity();
		const writer = String(this.#database.prepare('SELECT writer FROM runs WHERE run = ?').get(run)?.writer);
		if (writer === self) return true;
		if (isRunning(writer)) return false;
		// Of several who have seen the same dead writer, one comes first.
		const { changes } = this.#database
			.prepare('UPDATE runs SET writer = ? WHERE run = ? AND writer = ?')
			.run(self, run, writer);
		return changes === 1;
	}

	sink(): EventSink {
		const insert = this.#database.prepare('INSERT INTO events (run, seq, event) VALUES (?, ?, ?)');
		const finish = this.#database.prepare('UPDATE runs SET finished_at = ?, exit_code = ? WHERE run = ?');
		const remember = this.#database.prepare(
			`INSERT INTO done (playbook, host, unit, at) SELECT playbook, ?2, ?3, ?4 FROM runs WHERE run = ?1 AND purpose = 'do'
			ON CONFLICT DO UPDATE SET at = excluded.at`,
		);
		const forget = this.#database.prepare(
			`DELETE FROM done WHERE playbook = (SELECT playbook FROM runs WHERE run = ?1 AND purpose = 'undo') AND host = ?2 AND unit = ?3`,
		);
		// Output is many events and no decision hangs on it: it is written with the next event that matters. It waits here and not
		// in an open transaction, which would keep every other run out.
		let waiting: NumberedEvent[] = [];
		const write = () => {
			if (waiting.length === 0) return;
			this.#database.exec('BEGIN IMMEDIATE');
			try {
				for (const event of waiting) {
					insert.run(event.run, event.seq, JSON.stringify(event));
					if (event.type === 'run_finished') finish.run(event.at, event.exit_code, event.run);
					if (event.type === 'unit_finished' && (event.status === 'changed' || event.status === 'ok')) {
						remember.run(event.run, event.host, event.unit, event.at);
						forget.run(event.run, event.host, event.unit);
					}
				}
				this.#database.exec('COMMIT');
			} catch (error) {
				// On a full disk SQLite has rolled back by itself, and a second time would hide why.
				if (this.#database.isTransaction) this.#database.exec('ROLLBACK');
				throw error;
			}
			waiting = [];
		};
		return {
			name: 'the journal',
			kind: 'durable',
			take: event => {
				waiting.push(event);
				if (event.type !== 'output' || waiting.length >= mostWaiting) write();
			},
			close: write,
		};
	}

	runs(limit: number): readonly RunSummary[] {
		return this.#database.prepare(`${summaries} ORDER BY place DESC, rowid DESC LIMIT ?`).all(limit).map(readSummary);
	}

	find(prefix: string): RunSummary | undefined {
		if (prefix === 'last') return this.runs(1)[0];
		const found = this.#database
			.prepare(`${summaries} WHERE run >= ? AND run < ? ORDER BY run LIMIT 2`)
			.all(prefix.toUpperCase(), `${prefix.toUpperCase()}~`);
		return found.length === 1 && found[0] !== undefined ? readSummary(found[0]) : undefined;
	}

	*events(run: RunId, after = 0): Iterable<NumberedEvent> {
		for (const row of this.#database
			.prepare('SELECT event FROM events WHERE run = ? AND seq > ? ORDER BY seq')
			.iterate(run, after)) {
			const event: NumberedEvent = JSON.parse(String(row.event));
			yield event;
		}
	}

	plan(run: RunId): Plan {
		const row = this.#database.prepare('SELECT plan FROM runs WHERE run = ?').get(run);
		const plan: Plan = JSON.parse(String(row?.plan));
		return plan;
	}

	seenDone(playbook: string, host: HostName): ReadonlyMap<UnitAddress, string> {
		const rows = this.#database
			.prepare('SELECT unit, at FROM done WHERE playbook = ? AND host = ?')
			.all(playbook, host);
		return new Map(rows.map(({ unit, at }) => [asUnitAddress(String(unit)), String(at)]));
	}

	close(): void {
		this.#database.close();
	}
}

const summaries = 'SELECT run, started_at, finished_at, playbook, file, purpose, hosts, exit_code FROM runs';

const readSummary = (row: Readonly<Record<string, unknown>>): RunSummary => ({
	run: asRunId(String(row.run)),
	startedAt: String(row.started_at),
	finishedAt: row.finished_at === null ? null : String(row.finished_at),
	playbook: String(row.playbook),
	file: String(row.file),
	purpose: row.purpose === 'undo' ? 'undo' : 'do',
	hosts: Number(row.hosts),
	exitCode: row.exit_code === null ? null : (Number(row.exit_code) as ExitCode),
});
