/** Time, injected so that tests own it. */
export interface Clock {
	now(): Date;
	/** Milliseconds that only grow; for durations. */
	monotonicMs(): number;
	/** Calls back once after `ms`, and keeps the process alive for it; the returned function takes it back. */
	after(ms: number, call: () => void): () => void;
	/** Waits. A signal ends it before its time. */
	pause(ms: number, signal: AbortSignal): Promise<void>;
}

/** Randomness, injected so that tests can repeat it. */
export interface Random {
	/** Lower-case hex digits of this many random bytes. */
	hex(bytes: number): string;
}
