import type { Composition } from '../compose.ts';
import type { TextOut } from '../outputs/text-out.ts';

/** What a command works with. stdout carries the result, stderr carries words for people. */
export interface CliContext {
	readonly stdout: TextOut;
	readonly stderr: TextOut;
	readonly composition: Composition;
	readonly env: Readonly<Record<string, string | undefined>>;
	readonly cwd: string;
	/** The real streams, for the live screen and for questions. */
	readonly terminal: Terminal;
	/** Calls back at SIGINT, SIGTERM and SIGHUP; the returned function ends that. */
	onSignal(listener: (signal: 'SIGINT' | 'SIGTERM' | 'SIGHUP') => void): () => void;
}

export interface Terminal {
	readonly stdin: NodeJS.ReadStream;
	readonly stdout: NodeJS.WriteStream;
	readonly stderr: NodeJS.WriteStream;
	/** Somebody is there to answer. */
	readonly canAsk: boolean;
}

/** The options that every verb with a playbook takes. */
export interface GlobalOptions {
	readonly inventory?: string;
	readonly limit?: string;
	readonly tags?: readonly string[];
	readonly target?: readonly string[];
	readonly set?: readonly string[];
	readonly parallel?: number;
	/** Milliseconds. */
	readonly wait?: number;
	readonly json?: boolean;
	readonly report?: readonly string[];
	readonly tui?: 'auto' | 'on' | 'off';
	readonly color?: boolean;
	readonly quiet?: boolean;
	readonly verbose?: boolean;
	readonly allowEmpty?: boolean;
	readonly answer?: readonly string[];
	/** A folder of saved facts: no host is contacted. */
	readonly facts?: string;
}
