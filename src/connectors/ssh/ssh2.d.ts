/** What we use of ssh2 1.17.0, as its source has it. It brings no types of its own. */
declare module 'ssh2' {
	import type { EventEmitter } from 'node:events';
	import type { Duplex, Readable } from 'node:stream';

	namespace ssh2 {
		interface ParsedKey {
			readonly type: string;
			readonly comment: string;
			getPublicSSH(): Buffer;
			isPrivateKey(): boolean;
		}

		type Prompt = { readonly prompt: string; readonly echo: boolean };

		type AuthMethod =
			| { readonly type: 'none'; readonly username: string }
			| { readonly type: 'password'; readonly username: string; readonly password: string }
			| { readonly type: 'publickey'; readonly username: string; readonly key: ParsedKey }
			| { readonly type: 'agent'; readonly username: string; readonly agent: BaseAgent }
			| {
					readonly type: 'keyboard-interactive';
					readonly username: string;
					prompt(
						name: string,
						instructions: string,
						language: string,
						prompts: readonly Prompt[],
						finish: (answers: readonly string[]) => void,
					): void;
			  };

		interface ConnectConfig {
			readonly sock: Duplex;
			readonly username: string;
			readonly readyTimeout: number;
			readonly keepaliveInterval: number;
			readonly keepaliveCountMax: number;
			readonly agentForward: false;
			readonly hostVerifier: (key: Buffer, verify: (isRight: boolean) => void) => void;
			readonly authHandler: (
				methodsLeft: readonly string[] | null,
				partialSuccess: boolean | null,
				next: (method: AuthMethod | false) => void,
			) => void;
			readonly algorithms: {
				readonly kex: readonly string[];
				readonly serverHostKey: readonly string[];
				readonly cipher: readonly string[];
				readonly hmac: readonly string[];
				readonly compress: readonly string[];
			};
		}

		interface ClientChannel extends Duplex {
			readonly stderr: Readable;
			/** Sends CHANNEL_CLOSE; what still comes is delivered. */
			close(): void;
			on(event: 'exit', listener: (code: number | null, signal?: string) => void): this;
			on(event: 'data', listener: (chunk: Buffer) => void): this;
			on(event: 'close' | 'drain' | 'end', listener: () => void): this;
			on(event: 'error', listener: (error: Error) => void): this;
		}

		type Opened<Channel> = (error: ChannelError | undefined, channel: Channel) => void;

		interface ChannelError extends Error {
			/** The number of RFC 4254, 5.1, when the other side has refused. */
			readonly reason?: number | string;
		}

		class Client extends EventEmitter {
			connect(config: ConnectConfig): this;
			exec(command: string, opened: Opened<ClientChannel>): this;
			forwardOut(fromHost: string, fromPort: number, host: string, port: number, opened: Opened<Duplex>): this;
			end(): this;
			destroy(): this;
		}

		abstract class BaseAgent {
			abstract getIdentities(done: (error: Error | null, keys?: readonly ParsedKey[]) => void): void;
			abstract sign(
				key: ParsedKey,
				bytes: Buffer,
				options: { readonly hash?: string },
				done: (error: Error | null, signature?: Buffer) => void,
			): void;
		}

		class OpenSSHAgent extends BaseAgent {
			constructor(socket: string);
			getIdentities(done: (error: Error | null, keys?: readonly ParsedKey[]) => void): void;
			sign(
				key: ParsedKey,
				bytes: Buffer,
				options: { readonly hash?: string },
				done: (error: Error | null, signature?: Buffer) => void,
			): void;
		}

		const utils: { parseKey(bytes: Buffer | string, passphrase?: string): ParsedKey | Error };
	}

	export = ssh2;
}
