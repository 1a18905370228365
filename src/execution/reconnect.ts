/** How the last try ended: the link was `lost`, or the shell was there and the view in it `ended` without a last word. */
export type BrokenView = 'lost' | 'ended';

/**
 * Milliseconds to wait before a broken view is made again; `undefined`: it is given up. A step that restarts sshd is back at once, a
 * host that was rebooted under us takes minutes; a shell that is there and gives us no view will hardly give one later.
 * @param tries how often it was tried since the host was heard last
 * @param silentMs how long that is ago
 * @param isHere this very machine: there is no line to it that could come back
 */
export function pauseBefore(
	view: BrokenView,
	{ tries, silentMs, isHere }: { readonly tries: number; readonly silentMs: number; readonly isHere: boolean },
): number | undefined {
	if (silentMs >= patienceMs || ((view === 'ended' || isHere) && tries >= maxTriesWhenThere)) return undefined;
	return pausesMs[tries] ?? longestPauseMs;
}

const pausesMs = [0, 500, 1000, 2000, 4000, 8000];
const longestPauseMs = 15_000;
const patienceMs = 3 * 60_000;
const maxTriesWhenThere = 4;
