/** One started shell, wherever it runs: a process here, a channel of ssh2, or a client of OpenSSH. */
export interface ShellChannel {
	readonly stdin: ShellInput;
	readonly stdout: ShellOutput;
	readonly stderr: ShellOutput;
	readonly ended: Promise<ChannelEnd>;
	/** We do not wait for its end any longer: closes our side of it. */
	leave(): void;
	/** It goes on sending although we have left. */
	cut(because: string): void;
}

/** What both Node's streams and the channels of ssh2 are. */
interface ShellInput {
	readonly writable: boolean;
	write(chunk: Uint8Array | string): boolean;
	end(): unknown;
	once(event: 'drain', heard: () => void): unknown;
}

interface ShellOutput {
	on(event: 'data', heard: (chunk: Buffer) => void): unknown;
}

export type ChannelEnd =
	/** `code` is `null` when none was told. */
	| { readonly kind: 'ended'; readonly code: number | null; readonly signal?: string }
	| { readonly kind: 'lost'; readonly because: string }
	/** Nothing was started and nothing was sent: another try is harmless. */
	| { readonly kind: 'not_started'; readonly because: string };

/** What starts shells on one host. */
export interface Opener {
	/** Is the first word of the shell awaited before anything is sent to it? For who cannot tell otherwise whether it was started. */
	readonly waits: boolean;
	/** Starts a program by its words. Rejects with the signal's reason when told to leave. */
	open(words: readonly string[], signal: AbortSignal): Promise<OpenedShell>;
	close(): void | Promise<void>;
}

export type OpenedShell =
	| { readonly ok: true; readonly channel: ShellChannel }
	| { readonly ok: false; readonly because: string };
