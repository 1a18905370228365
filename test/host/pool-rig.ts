import { type ChildProcess, execFile, execFileSync } from 'node:child_process';
import { mkdirSync, readdirSync, readFileSync, readlinkSync, rmSync, writeFileSync } from 'node:fs';
import { lstat } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { promisify } from 'node:util';
import { recheckFiles, recheckLibrary } from '../../src/execution/probe-program.ts';
import { asJobKey, asUnitAddress, hostPath, sha256Digest } from '../../src/model/brand.ts';
import { sh } from '../../src/model/command.ts';
import type { PoolCommand, PoolWorkFile } from '../../src/model/pool-work.ts';
import { poolManifest } from '../../src/units/pool/manifest.ts';
import { bundleFiles, jobOf, keyOf, nameOf, sha256, type TestUnit, writeFiles } from './bundle.ts';
import { type Env, isRoot, processesOf, type Shell, type Surroundings, TestHost, until } from './host.ts';
import type { RunEvent } from './view.ts';

/** One file of a pool: what is there before (absent: nothing) and what the pool wants there. */
export interface TestFile extends Pick<PoolWorkFile, 'mode' | 'owner' | 'group'> {
	readonly dest: string;
	readonly old?: string;
	/** The same as `old`: it counts for the validation only. */
	readonly wanted: string;
}

export interface TestPool {
	readonly name?: string;
	readonly attempt?: number;
	readonly files: readonly TestFile[];
	readonly validate?: readonly string[];
	/** Judges each file by itself, `$HSCTL_FILE`. */
	readonly validateFile?: string;
	readonly activate?: readonly string[];
	readonly check?: readonly string[];
	readonly confirmMs?: number;
	readonly keep?: number;
	readonly spec?: TestUnit['spec'];
}

/** A pool as a unit of a bundle. Commands are lines for the shell. */
export function poolUnit(pool: TestPool): TestUnit {
	const { name = 'pool.x', attempt = 1 } = pool;
	const unit = { name, attempt, label: JSON.stringify([name, pool.files.map(({ wanted }) => wanted)]), script: '' };
	const files = pool.files.map(workFile);
	const { validateFile } = pool;
	const commands = [
		...(validateFile === undefined ? [] : files.map((_, index) => command('validate', validateFile, index + 1))),
		...(['validate', 'activate', 'check'] as const).flatMap(kind =>
			(pool[kind] ?? []).map(line => command(kind, line)),
		),
	];
	const rest = { confirmMs: pool.confirmMs ?? 0, together: false, keep: pool.keep ?? 3 };
	const changed = pool.files.flatMap(({ wanted }, index) =>
		files[index]?.act === 'same' ? [] : [[`${index + 1}`, wanted] as const],
	);
	return {
		...unit,
		script: poolManifest(
			{ kind: 'apply', files, commands, ...rest },
			{ key: asJobKey(keyOf(unit)), attempt, address: asUnitAddress(name), playbook: 'main' },
		),
		files: Object.fromEntries(changed),
		spec: { program: 'pool', settle: 'any', ...pool.spec },
	};
}

const command = (kind: PoolCommand['kind'], line: string, file = 0): PoolCommand => ({
	kind,
	file,
	words: ['/bin/sh', '-c', line],
	text: line,
});

function workFile({ dest, old, wanted, mode, owner, group }: TestFile): PoolWorkFile {
	const digest = sha256Digest(sha256(wanted));
	const act = old === undefined ? 'create' : old === wanted ? 'same' : 'replace';
	return {
		act,
		dest: hostPath(dest),
		digest,
		source: digest,
		...(old === undefined ? {} : { was: sha256Digest(sha256(old)) }),
		...(mode === undefined ? {} : { mode }),
		...(owner === undefined ? {} : { owner }),
		...(group === undefined ? {} : { group }),
	};
}

/** What a plan's look at these paths prints, line by line. */
export function lookAt(host: PoolHost, paths: readonly string[]): readonly string[] {
	const { text } = sh`hs_look_files ${paths.flatMap(path => [path, 'no', ''])}`;
	return host.look([recheckLibrary, `HSCTL_STATE=${host.state}`, recheckFiles, `{ ${text}\n} 2>/dev/null`].join('\n'));
}

/** The undo of a committed pool, as `hsctl rollback` sends it. */
export function undoUnit(of: TestUnit, run = 'undo'): TestUnit {
	const name = nameOf(of, 0);
	return {
		name,
		label: `${run} ${keyOf(of)}`,
		script: poolManifest(
			{ kind: 'undo', job: `${keyOf(of)}.${of.attempt ?? 1}`, together: false },
			{ key: asJobKey(keyOf(of)), attempt: 1, address: asUnitAddress(name), playbook: 'main' },
		),
		spec: { program: 'pool', settle: 'any', purpose: 'undo', undoes: keyOf(of) },
	};
}

/** The commands at the end of a run; when they fail, its pools are taken back. */
export const verifyUnit = (script: string, after: readonly number[]): TestUnit => ({
	name: 'verify',
	label: script,
	kind: 'verify',
	after,
	script,
	spec: { settle: 'any', on_failure: 'rollback_pools' },
});

/** `/etc/cron.d` is a folder of the test in there, and systemd does not run the host: this machine's own is never written to. */
const ownHooks = `hooks=\${HSCTL_STATE%/*}/hooks; mkdir -p "$hooks"
[ ! -d /etc/cron.d ] || mount --bind "$hooks" /etc/cron.d || exit 1
[ ! -d /run/systemd ] || mount -t tmpfs none /run/systemd || exit 1
exec "$@"`;

export interface PoolSurroundings extends Surroundings {
	/** Options of a small file system of its own for the targets. Needs root. */
	readonly targets?: string;
}

/** A host for pools, with targets in a folder of the test. */
export class PoolHost extends TestHost {
	readonly targets: string;
	/** Stands for `/etc/cron.d`. */
	readonly hooks: string;

	readonly #isMounted: boolean;

	constructor(shell: Shell = 'dash', { inside = [], targets, ...rest }: PoolSurroundings = {}) {
		super(shell, { ...rest, inside: [...(isRoot ? ['unshare', '-m', 'sh', '-c', ownHooks, 'hooks'] : []), ...inside] });
		this.targets = join(this.folder, 'targets');
		this.hooks = join(this.folder, 'hooks');
		this.#isMounted = targets !== undefined;
		mkdirSync(this.targets);
		if (targets !== undefined) execFileSync('mount', ['-t', 'tmpfs', '-o', targets, 'none', this.targets]);
	}

	override [Symbol.dispose](): void {
		for (const [, pid] of this.crashes()) if (isOf(`${pid}`, new Set([this.state]))) signal(pid, 'SIGKILL');
		if (this.#isMounted) execFileSync('umount', ['-l', this.targets]);
		super[Symbol.dispose]();
	}

	/**
	 * Does the work of a run as its supervisor does, without a view of it: to its end, or until a process has stopped itself
	 * (`HSCTL_CRASH=…=STOP`), which is then killed together with the supervisor.
	 */
	async work(run: string, units: readonly TestUnit[], env: Env = {}): Promise<readonly RunEvent[]> {
		const { child, exit } = this.#supervisor(run, units, env);
		if (env.HSCTL_CRASH?.endsWith('=STOP') === true) {
			await until(() => isOver(child) || this.crashes().length > 0, `the run ends or stops at ${env.HSCTL_CRASH}`);
			child.kill('SIGKILL');
			for (const [, pid] of this.crashes()) signal(pid, 'SIGKILL');
			// Whoever comes next must find it dead.
			await until(() => this.crashes().every(([, pid]) => isGone(pid)), 'what was killed is gone');
		}
		await exit;
		return this.events(run);
	}

	/** The same, while somebody does something at the moment when a process passes this crash point. */
	async workWith(
		run: string,
		units: readonly TestUnit[],
		point: string,
		act: () => void | Promise<void>,
	): Promise<void> {
		const { child, exit } = this.#supervisor(run, units, { HSCTL_CRASH: `${point}=STOP` });
		const pid = await this.#stopped(child, point);
		await act();
		signal(pid, 'SIGCONT');
		await exit;
	}

	/** The same, when only the supervisor is killed at that moment: the process goes on when it is told to. */
	async outlive(
		run: string,
		units: readonly TestUnit[],
		point: string,
		act: (goOn: () => void) => Promise<void>,
	): Promise<void> {
		const { child, exit } = this.#supervisor(run, units, { HSCTL_CRASH: `${point}=STOP` });
		const pid = await this.#stopped(child, point);
		child.kill('SIGKILL');
		await exit;
		await act(() => signal(pid, 'SIGCONT'));
	}

	async #stopped(child: ChildProcess, point: string): Promise<number> {
		await until(() => isOver(child) || this.crashes().length > 0, `the run ends or stops at ${point}`);
		const [[, pid] = ['', 0]] = this.crashes();
		if (pid === 0) throw new Error(`${point} is not passed`);
		await until(() => readFileSync(`/proc/${pid}/stat`, 'latin1').includes(') T '), `${pid} has stopped at ${point}`);
		return pid;
	}

	#supervisor(run: string, units: readonly TestUnit[], env: Env) {
		writeFiles(this.path('runs', run), bundleFiles(units));
		const child = this.start(['sequence', run, 'test'], env);
		return { child, exit: new Promise(done => child.on('exit', done)) };
	}

	/** As cron(8) calls a line: with nothing of ours around it. */
	async callAsCron(line: string): Promise<void> {
		const env = { HSCTL_STATE: this.state };
		const inside = ['unshare', '-m', 'sh', '-c', ownHooks, 'hooks', 'env', '-i', '/bin/sh', '-c', line];
		const [program = '', ...words] = inside;
		await promisify(execFile)(program, words, { env: { PATH: process.env.PATH, ...env }, cwd: '/' });
	}

	/** Names of crash points that were passed as told by `HSCTL_CRASH`, and by which process. */
	crashes(): readonly (readonly [name: string, pid: number])[] {
		if (!this.has('crashes')) return [];
		const lines = this.read('crashes').split('\n').slice(0, -1);
		return lines.map(line => [line.replace(/ .*/, ''), Number(line.replace(/.* /, ''))]);
	}

	forgetCrashes(): void {
		rmSync(this.path('crashes'), { force: true });
	}

	events(run: string): readonly RunEvent[] {
		if (!this.has('runs', run, 'events')) return [];
		const lines = this.read('runs', run, 'events').split('\n').slice(0, -1);
		return lines.map(line => JSON.parse(line));
	}

	/** How a unit of a run ended: `changed exit`, `rolled_back check` … */
	verdict(run: string, index = 0): string {
		const event = this.events(run).find(({ e, i }) => e === 'finished' && i === index);
		return event === undefined ? 'no end' : `${event.status} ${event.why}`;
	}

	/** What a job has printed on stderr. */
	errors(unit: TestUnit): string {
		return this.read('jobs', jobOf(unit), 'err');
	}

	/** What the host remembers of a unit: the status of its receipt. */
	receipt(unit: TestUnit): string | undefined {
		const name = `${nameOf(unit, 0)}~main~${keyOf(unit)}.json`;
		return this.has('receipts', name) ? JSON.parse(this.read('receipts', name)).status : undefined;
	}

	/** What pools have put where, by the host's own record. */
	remembered(unit: TestUnit): readonly string[] {
		const name = `${nameOf(unit, 0)}~main`;
		return this.has('pools', name) ? this.read('pools', name).split('\n').slice(0, -1) : [];
	}

	/** A path below the targets. */
	at(...parts: readonly string[]): string {
		return join(this.targets, ...parts);
	}

	/** Puts there what the pool's files were before. */
	prepare(files: readonly TestFile[]): void {
		for (const { dest, old } of files) {
			if (old === undefined) continue;
			mkdirSync(dirname(dest), { recursive: true });
			writeFileSync(dest, old);
		}
	}
}

const isOver = ({ exitCode, signalCode }: ChildProcess): boolean => exitCode !== null || signalCode !== null;

function signal(pid: number, name: 'SIGKILL' | 'SIGCONT'): void {
	try {
		process.kill(pid, name);
	} catch {
		// It is dead already.
	}
}

/** A dead process may stay listed until its parent asks for it. */
function isGone(pid: number): boolean {
	try {
		return /\) [ZX] /.test(readFileSync(`/proc/${pid}/stat`, 'latin1'));
	} catch {
		return true;
	}
}

/** Guards, and the timers of killed runs, look about once a second whether they are still needed. */
export const noneIsLeft = (states: ReadonlySet<string>): Promise<void> =>
	until(() => processesOf('HSCTL_STATE=').every(pid => !isOf(pid, states)), 'no process of any run is left', 30_000);

function isOf(pid: string, states: ReadonlySet<string>): boolean {
	try {
		const [state] = /HSCTL_STATE=[^\0]*/.exec(readFileSync(`/proc/${pid}/environ`, 'latin1')) ?? [''];
		return states.has(state.replace('HSCTL_STATE=', ''));
	} catch {
		return false;
	}
}

/**
 * What there is to know of all files below a folder: type, inode, mode, owner, links, time, content; and ACLs and attributes, where
 * the test is about them.
 */
export async function describeTree(folder: string, hasAttributes = false): Promise<readonly string[]> {
	const paths = ['.', ...readdirSync(folder, { recursive: true, encoding: 'utf8' })].sort();
	const attributes = hasAttributes ? await attributesIn(folder) : new Map<string, string>();
	return Promise.all(
		paths.map(async path => {
			const at = join(folder, path);
			const stat = await lstat(at, { bigint: true });
			// A folder's own time tells only that something was once beside a file.
			const rest = stat.isDirectory()
				? []
				: [`${stat.nlink} links`, stat.mtimeNs, stat.isSymbolicLink() ? readlinkSync(at) : sha256(readFileSync(at))];
			return [path, stat.ino, stat.mode.toString(8), stat.uid, stat.gid, ...rest, attributes.get(path) ?? ''].join(' ');
		}),
	);
}

/** Extended attributes by path, ACLs and capabilities with them: to the kernel these are attributes too. */
async function attributesIn(folder: string): Promise<ReadonlyMap<string, string>> {
	const words = ['-R', '-P', '-h', '-d', '-m', '-', '-e', 'hex', '.'];
	const { stdout } = await promisify(execFile)('getfattr', words, { cwd: folder, encoding: 'latin1' });
	return new Map(
		stdout.split('\n\n').flatMap(block => {
			const [head = '', ...lines] = block.split('\n');
			return lines.length === 0 ? [] : [[head.replace(/^# file: /, ''), lines.sort().join(' ')] as const];
		}),
	);
}
