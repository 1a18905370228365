/**
 * Milliseconds to wait before a lost link is tried again; `undefined`: it is given up. A step that restarts sshd is back at once, a
 * host that was rebooted under us takes minutes.
 * @param tries how often it was tried since the host was heard last
 * @param silentMs how long that is ago
 */
export const pauseBefore = (tries: number, silentMs: number): number | undefined =>
	silentMs >= patienceMs ? undefined : (pausesMs[tries] ?? longestPauseMs);

const pausesMs = [0, 500, 1000, 2000, 4000, 8000];
const longestPauseMs = 15_000;
const patienceMs = 3 * 60_000;
