import type { Brand, HostPath } from '../model/brand.ts';
import type { Host } from '../model/inventory.ts';
import type { Become } from '../model/unit.ts';

/** Complete POSIX sh text that needs no stdin of its own: made in `execution/program.ts` from Commands. */
export type ShellProgram = Brand<string, 'ShellProgram'>;

export interface ExecOptions {
	/** Ends the wait and the local end of the connection; the host's detached work goes on. */
	readonly signal?: AbortSignal;
	/** Called with each chunk of stdout as it comes. With it, `stdout` of the result stays empty. */
	readonly onStdout?: (chunk: Uint8Array) => void;
	/** Bytes of stdout and stderr together after which the connection is cut: a hostile host cannot fill our memory. */
	readonly byteBudget: number;
	/** Milliseconds for the whole exchange; absent: no limit. */
	readonly deadlineMs?: number;
}

/** `lost` is all that can be said when a link dies, a signal comes or a budget runs out; it is never a verdict on the work. */
export type ExecResult =
	| { readonly kind: 'exited'; readonly code: number; readonly stdout: Uint8Array; readonly stderr: string }
	| { readonly kind: 'lost'; readonly because: string; readonly stderr: string };

/** `refused`: the host did not take it · `lost`: nobody knows what of it is there. `because` names the file. */
export type PutResult = { readonly kind: 'written' } | { readonly kind: 'refused' | 'lost'; readonly because: string };

/** One open way to `/bin/sh` on a host. Few calls, one contract suite for every kind. */
export interface Connection extends AsyncDisposable {
	/** Runs the program with `/bin/sh`, fed on stdin. One call is one exchange. */
	exec(program: ShellProgram, options: ExecOptions): Promise<ExecResult>;
	/** Writes a file byte for byte (mode 0600, parents 0700). */
	put(bytes: AsyncIterable<Uint8Array>, path: HostPath): Promise<PutResult>;
	/** Reads a file from a byte offset to its present end. */
	read(path: HostPath, offset: number): AsyncIterable<Uint8Array>;
}

export type Opened =
	/** `by`: present where it took another way than the usual one; which, and in brackets why: `openssh (its ssh config has a ProxyCommand)`. */
	| { readonly ok: true; readonly connection: Connection; readonly by?: string }
	/** One clause: what was tried and what came back. */
	| { readonly ok: false; readonly because: string };

export interface OpenOptions {
	/**
	 * A new login on the host itself, whatever is open there: it proves that the host can still be reached. Nobody shares it, once it
	 * is lost it stays lost, and its end is awaited when it is disposed of. Hosts on the way may be gone through on what is open.
	 */
	readonly isFresh?: boolean;
}

/** Knows how to reach one kind of host. */
export interface Connector {
	open(host: Host, become: Become, signal: AbortSignal, options?: OpenOptions): Promise<Opened>;
}
