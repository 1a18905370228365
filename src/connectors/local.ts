import { hostname } from 'node:os';
import type { Clock, Random } from '../ports/clock.ts';
import type { Connector, Opened } from '../ports/connection.ts';
import type { Secrets } from './secrets.ts';
import type { Opener } from './shell/channel.ts';
import { startChild } from './shell/child.ts';
import { ShellConnection, type Start } from './shell/connection.ts';
import { openShell } from './shell/open-shell.ts';

/** What of our own environment this machine's shell may see, and who may be asked. The rest is the controller's business. */
export interface LocalSurroundings {
	/** `HOME`, `USER`, `XDG_STATE_HOME`, …: name → value. */
	readonly env: Readonly<Record<string, string>>;
	readonly clock: Clock;
	readonly random: Random;
	readonly secrets: Secrets;
	/** The name of the user that hsctl runs as. */
	readonly user: string;
	/** The words that start a shell, for tests that run the programs by another one. */
	readonly shell?: readonly string[];
	/** Words in front of every start, for tests that are somebody else. */
	readonly before?: readonly string[];
}

/**
 * The machine that hsctl runs on: `/bin/sh` as a child of ours, and through sudo, doas or su where the playbook asks for it. Every
 * connection is a fresh one: each exchange is a shell of its own.
 */
export function localConnector({ env, clock, random, secrets, user, shell, before }: LocalSurroundings): Connector {
	const opener: Opener = {
		waits: false,
		async open(words) {
			return { ok: true, channel: startChild([...(before ?? []), ...words], { env }) };
		},
		close() {
			// Every exchange is a process of its own; there is nothing to close.
		},
	};
	const means = { clock, random, ...(shell === undefined ? {} : { shell }) };
	return {
		async open(_host, become, signal): Promise<Opened> {
			const connect = (start: Start): ShellConnection => new ShellConnection(opener, start, means);
			const isRoot = before === undefined && process.getuid?.() === 0;
			// Nothing can be in the way of a shell of our own: there is nothing to try.
			if (become === 'none' || isRoot) return { ok: true, connection: connect({ become: 'none' }) };
			return openShell(connect, {
				become,
				isRoot,
				user,
				name: hostname(),
				isHere: true,
				secrets,
				signal,
				firstMs: 30_000,
			});
		},
	};
}
