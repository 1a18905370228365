import { connect } from 'node:net';
import ssh2 from 'ssh2';

/** A key that an agent holds. ssh2 does not show those that it cannot use, and those decide who connects. */
export interface AgentKey {
	readonly type: string;
	readonly blob: Uint8Array;
	readonly comment: string;
}

/** Asks the agent what it holds; an agent that is not there, or says nothing in time, holds nothing. */
export function listAgentKeys(socket: string): Promise<readonly AgentKey[]> {
	return new Promise(resolve => {
		const chunks: Buffer[] = [];
		const agent = connect(socket);
		const end = (): void => {
			resolve(readAnswer(Buffer.concat(chunks)));
			agent.destroy();
		};
		agent.setTimeout(answerMs, end);
		agent.on('connect', () => agent.write(Buffer.from([0, 0, 0, 1, requestIdentities])));
		agent.on('data', chunk => {
			chunks.push(chunk);
			const answer = Buffer.concat(chunks);
			if (answer.length > maxAnswer || (answer.length >= 4 && answer.length >= 4 + answer.readUInt32BE(0))) end();
		});
		agent.on('error', end);
		agent.on('close', end);
	});
}

const answerMs = 5000;
const maxAnswer = 256 * 1024;
const requestIdentities = 11;
const identitiesAnswer = 12;

function readAnswer(answer: Buffer): readonly AgentKey[] {
	if (answer.length < 9 || answer[4] !== identitiesAnswer) return [];
	const keys: AgentKey[] = [];
	let at = 9;
	const next = (): Buffer | undefined => {
		if (at + 4 > answer.length) return undefined;
		const end = at + 4 + answer.readUInt32BE(at);
		const field = end > answer.length ? undefined : answer.subarray(at + 4, end);
		at = end;
		return field;
	};
	for (let left = answer.readUInt32BE(5); left > 0; left -= 1) {
		const [blob, comment] = [next(), next()];
		if (blob === undefined || comment === undefined || blob.length < 4) break;
		const type = blob.subarray(4, 4 + blob.readUInt32BE(0)).toString('latin1');
		keys.push({ type, blob, comment: comment.toString('utf8') });
	}
	return keys;
}

/** The agent with one of its keys only: ssh2 would offer all that it has. */
export function agentWithKey(socket: string, { blob }: AgentKey): ssh2.BaseAgent {
	const agent = new ssh2.OpenSSHAgent(socket);
	const key = ssh2.utils.parseKey(Buffer.from(blob));
	return new OneKeyAgent(agent, key);
}

class OneKeyAgent extends ssh2.BaseAgent {
	readonly #agent: ssh2.OpenSSHAgent;
	readonly #key: ssh2.ParsedKey | Error;

	constructor(agent: ssh2.OpenSSHAgent, key: ssh2.ParsedKey | Error) {
		super();
		this.#agent = agent;
		this.#key = key;
	}

	override getIdentities(done: Parameters<ssh2.BaseAgent['getIdentities']>[0]): void {
		if (this.#key instanceof Error) done(this.#key);
		else done(null, [this.#key]);
	}

	override sign(...words: Parameters<ssh2.BaseAgent['sign']>): void {
		this.#agent.sign(...words);
	}
}
