/** How long we wait, and how much we do at once. Tests have smaller ones. */
export interface Limits {
	/** Until the network has connected us; the user's ConnectTimeout wins. */
	readonly connectMs: number;
	/** From then on until keys are exchanged; questions to a person do not count. */
	readonly handshakeMs: number;
	/** From then on until we are let in; questions to a person do not count. */
	readonly authMs: number;
	/** Until a channel is open, and until a shell has answered on it for the first time. */
	readonly channelMs: number;
	/** A question to the other side when nothing else proves that it is there, and how many may stay without an answer. */
	readonly keepaliveMs: number;
	readonly keepaliveCount: number;
	/** Channels at once on one connection: sshd's MaxSessions is 10. */
	readonly channels: number;
	/** Handshakes at once with one address: sshd's MaxStartups begins to drop at 10. */
	readonly handshakes: number;
	/** Keys that are offered: sshd's MaxAuthTries is 6, and each key that is refused may count against us. */
	readonly keys: number;
	/** Connections that are dropped before the first word are tried this often. */
	readonly dials: number;
	/** The first wait between two of them; it doubles, up to 32 times. */
	readonly dialWaitMs: number;
	/** A connection that nobody uses is kept so long: a plan is often followed by its run. */
	readonly idleMs: number;
	/** Bytes that a host may send before it has let us in. */
	readonly greetingBytes: number;
}

export const usualLimits: Limits = {
	connectMs: 15_000,
	handshakeMs: 30_000,
	authMs: 30_000,
	channelMs: 30_000,
	keepaliveMs: 15_000,
	keepaliveCount: 3,
	channels: 8,
	handshakes: 8,
	keys: 3,
	dials: 6,
	dialWaitMs: 250,
	idleMs: 60_000,
	greetingBytes: 1024 * 1024,
};
