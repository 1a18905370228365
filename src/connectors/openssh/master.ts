import { spawn } from 'node:child_process';
import { closeSync, openSync, rmSync, writeFileSync } from 'node:fs';
import { execa } from 'execa';
import type { Become } from '../../model/unit.ts';
import type { Clock } from '../../ports/clock.ts';
import { aborted } from '../aborted.ts';
import { definedOnly } from '../defined-only.ts';
import { readKnownHosts } from '../ssh/check-host-key.ts';
import { Deadline } from '../ssh/deadline.ts';
import type { NotDialled } from '../ssh/dial.ts';
import { Gate } from '../ssh/gate.ts';
import type { Live } from '../ssh/links.ts';
import type { SshOptions } from '../ssh/options.ts';
import { textOf } from '../text-of.ts';
import { configText, controlWords, type MasterPlace, masterWords, type WrittenConfig } from './arguments.ts';
import { LoginAnswers } from './person.ts';
import type { OpensshShared } from './shared.ts';
import { acceptedKeys, whyGone, whyNotIn } from './why-not.ts';

/** What one login is for. */
export interface Login {
	readonly options: SshOptions;
	/** The inventory's word, which wins over the config. */
	readonly given: Pick<MasterPlace, 'name' | 'address' | 'port' | 'user'>;
}

export type LoggedIn = { readonly ok: true; readonly link: Master } | NotDialled;

/** Logs in by OpenSSH's own client, which stays in the background and ends by itself when nobody has used it for a while. */
export async function startMaster(login: Login, shared: OpensshShared, signal: AbortSignal): Promise<LoggedIn> {
	const { limits, clock, runtime, place: home } = shared;
	const { options, given } = login;
	const socket = runtime().path();
	const place: MasterPlace = {
		...given,
		ssh: home.ssh ?? 'ssh',
		socket,
		config: `${socket}.conf`,
		log: `${socket}.log`,
		idleSeconds: Math.max(1, Math.ceil(limits.idleMs / 1000)),
	};
	writeFileSync(place.config, configText(writtenConfig(options, shared)), { mode: 0o600 });
	const waiting = Promise.withResolvers<string>();
	const patienceMs = (options.connectTimeoutMs ?? limits.connectMs) + limits.handshakeMs + limits.authMs;
	const deadline = new Deadline(clock, () => waiting.resolve(`no answer within ${patienceMs} ms`));
	const onAbort = (): void => waiting.resolve('we left');
	signal.addEventListener('abort', onAbort, { once: true });
	if (signal.aborted) onAbort();
	const { ask, secrets } = shared;
	const answers =
		ask === undefined ? undefined : new LoginAnswers(options, { ask, secrets, hold: work => deadline.hold(work) });
	deadline.start(patienceMs);
	try {
		const ended = await runMaster(place, shared, answers, waiting.promise);
		if (ended.kind === 'in') {
			const pid = await pidOf(place, shared);
			if (pid !== undefined) {
				answers?.succeeded();
				return { ok: true, link: new Master(place, pid, shared) };
			}
		}
		const log = textOf(place.log);
		forget(place);
		// Nothing has been asked of the host yet: another login loses nothing.
		if (ended.kind === 'in')
			return { ok: false, because: `authentication: it let us in, and ${whyGone(log)} at once`, isBusy: true };
		if (ended.kind === 'left') return { ok: false, because: `connect: ${ended.because}`, isBusy: false };
		if (ended.kind === 'no_ssh') return { ok: false, because: 'there is no ssh program here', isBusy: false };
		answers?.refused(acceptedKeys(log));
		const usedPassword = answers?.usedPassword ?? false;
		const why = whyNotIn({ log, options, known: readKnownHosts(options), canAsk: ask !== undefined, usedPassword });
		return { ok: false, ...why, because: [why.because, ...(answers?.notes ?? [])].join('; ') };
	} finally {
		deadline.stop();
		signal.removeEventListener('abort', onAbort);
		runtime().askpass.forget(place.socket);
	}
}

const writtenConfig = (options: SshOptions, { place, ask, limits }: OpensshShared): WrittenConfig => ({
	own: place.config === undefined ? [`${place.folder}/.ssh/config`, '/etc/ssh/ssh_config'] : [place.config],
	canAsk: ask !== undefined,
	asksAboutHosts: ask !== undefined && options.mayAskAboutHost,
	connectSeconds: seconds(limits.connectMs),
	aliveSeconds: seconds(limits.keepaliveMs),
	aliveCount: limits.keepaliveCount,
});

const seconds = (ms: number): number => Math.max(1, Math.ceil(ms / 1000));

type MasterEnd =
	/** It has let us in, and goes on in the background. */
	| { readonly kind: 'in' }
	| { readonly kind: 'out' }
	| { readonly kind: 'no_ssh' }
	| { readonly kind: 'left'; readonly because: string };

async function runMaster(
	place: MasterPlace,
	{ runtime, place: { env } }: OpensshShared,
	answers: LoginAnswers | undefined,
	left: Promise<string>,
): Promise<MasterEnd> {
	const [file = 'ssh', ...words] = masterWords(place);
	const asks =
		answers === undefined
			? { SSH_ASKPASS_REQUIRE: 'never' }
			: runtime().askpass.environment(place.socket, answers.answer);
	// Words of a ProxyCommand go where ssh writes its own. A file, not a pipe: who stays in the background would hold it open.
	const log = openSync(place.log, 'a', 0o600);
	const child = spawn(file, words, {
		stdio: ['ignore', 'ignore', log],
		cwd: '/',
		env: { ...definedOnly(env), ...asks },
		// Ctrl-C on our terminal is not for it, and it finds no terminal to ask on.
		detached: true,
	});
	closeSync(log);
	const { promise: over, resolve } = Promise.withResolvers<MasterEnd>();
	child.on('error', error => resolve({ kind: 'code' in error && error.code === 'ENOENT' ? 'no_ssh' : 'out' }));
	child.on('exit', code => resolve({ kind: code === 0 ? 'in' : 'out' }));
	const ended = await Promise.race([over, left]);
	if (typeof ended === 'string') {
		if (child.pid !== undefined) endProcess(-child.pid);
		return { kind: 'left', because: ended };
	}
	return ended;
}

async function pidOf(place: MasterPlace, shared: OpensshShared): Promise<number | undefined> {
	const said = await control(place, 'check', shared);
	const pid = Number(/pid=(\d+)/.exec(said)?.[1]);
	return pid > 1 ? pid : undefined;
}

async function control(
	place: MasterPlace,
	command: 'check' | 'exit',
	{ place: { env } }: OpensshShared,
): Promise<string> {
	const [file = 'ssh', ...words] = controlWords(place, command);
	const { stderr, stdout } = await execa(file, words, {
		stdin: 'ignore',
		cwd: '/',
		env: definedOnly(env),
		extendEnv: false,
		reject: false,
		timeout: 3000,
	});
	return `${stdout}\n${stderr}`;
}

/** One login in the background, with as many sessions on it as a host allows. */
export class Master implements Live {
	readonly place: MasterPlace;
	readonly pid: number;
	readonly slots: Gate;
	readonly #shared: OpensshShared;
	readonly #lost = Promise.withResolvers<string>();
	readonly lost: Promise<string> = this.#lost.promise;
	/** Why it is gone; absent: it is not, as far as we have looked. */
	#gone: string | undefined;
	#open = 0;
	#refusals = 0;
	#onFreed: (() => void)[] = [];
	/** As whom a shell came, or is tried at this moment, without a password. */
	readonly proven = new Map<Become, Promise<boolean>>();
	/** It has opened a session before. */
	isProven = false;

	constructor(place: MasterPlace, pid: number, shared: OpensshShared) {
		this.place = place;
		this.pid = pid;
		this.slots = new Gate(shared.limits.channels);
		this.#shared = shared;
	}

	get isLost(): boolean {
		return this.whyGone() !== undefined;
	}

	/** Nothing as long as it is there. */
	whyGone(): string | undefined {
		if (this.#gone === undefined && !isAlive(this.pid)) this.#end(whyGone(textOf(this.place.log)));
		return this.#gone;
	}

	/** The host has opened no session, although nobody else has one: then waiting for somebody to end does not help. */
	get isStuck(): boolean {
		return this.#refusals >= maxRefusals;
	}

	/** After the host has refused a session: until one of ours has ended, or a moment, because the host sees an end later than we. */
	async calm(signal: AbortSignal, clock: Clock): Promise<void> {
		if (this.#refusals === 0) return;
		const freed =
			this.#open > 0
				? new Promise<void>(resolve => this.#onFreed.push(resolve))
				: new Promise<void>(resolve => void clock.after(pauseMs * this.#refusals, resolve));
		await Promise.race([freed, this.lost, aborted(signal)]);
		signal.throwIfAborted();
	}

	began(): void {
		this.#open += 1;
	}

	/** A session has ended, or there was none. */
	ended(was: 'opened' | 'refused' | 'lost'): void {
		this.#open -= 1;
		if (was === 'opened') {
			this.#refusals = 0;
			this.isProven = true;
		} else if (was === 'refused') {
			this.#refusals = this.#open > 0 ? Math.max(1, this.#refusals) : this.#refusals + 1;
		} else {
			this.#end(whyGone(textOf(this.place.log)));
		}
		for (const freed of this.#onFreed.splice(0)) freed();
	}

	async close(): Promise<void> {
		if (this.#gone !== undefined) return;
		this.#end('the connection was closed by us');
		await control(this.place, 'exit', this.#shared);
		if (await this.#isGoneSoon()) return forget(this.place);
		endProcess(this.pid);
		forget(this.place);
	}

	async #isGoneSoon(): Promise<boolean> {
		for (let tries = 0; tries < 40; tries += 1) {
			if (!isAlive(this.pid)) return true;
			await new Promise<void>(resolve => void this.#shared.clock.after(25, resolve));
		}
		return false;
	}

	#end(because: string): void {
		if (this.#gone !== undefined) return;
		this.#gone = because;
		this.#lost.resolve(because);
		forget(this.place);
	}
}

const maxRefusals = 4;
const pauseMs = 50;

function isAlive(pid: number): boolean {
	try {
		process.kill(pid, 0);
	} catch {
		return false;
	}
	// Where process 1 collects nobody, a dead process stays listed.
	return !/\) [ZX]/.test(textOf(`/proc/${pid}/stat`));
}

function endProcess(pid: number): void {
	try {
		process.kill(pid, 'SIGKILL');
	} catch {
		// It is gone already.
	}
}

/** The socket stays: ssh takes it away itself when it has said goodbye. */
function forget({ config, log }: MasterPlace): void {
	for (const path of [config, log]) rmSync(path, { force: true });
}
