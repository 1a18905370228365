import type { ChannelEnd } from '../shell/channel.ts';

/** How a client of a master ended. */
export interface ClientEnd {
	readonly code: number | null;
	/** What it has written down about itself. */
	readonly log: string;
	/** Why the master is gone; absent: it is there. */
	readonly masterGone?: string;
}

export type SessionEnd = { readonly end: ChannelEnd; readonly was: 'opened' | 'refused' | 'lost' };

/** Has the host told a code? */
export const hasStatus = (log: string): boolean => statusLine.test(log);

const statusLine = /Received exit status from master (\d+)/;

/** ssh ends with 255 also where it failed itself: only its own log tells whose 255 it was. */
export function sessionEnd({ code, log, masterGone }: ClientEnd): SessionEnd {
	const told = statusLine.exec(log)?.[1];
	if (told !== undefined) return { end: { kind: 'ended', code: Number(told) }, was: 'opened' };
	if (code !== null && code !== 255) return { end: { kind: 'ended', code }, was: 'opened' };
	if (/master session id: /.test(log))
		return masterGone === undefined
			? { end: { kind: 'ended', code: null }, was: 'opened' }
			: { end: { kind: 'lost', because: masterGone }, was: 'lost' };
	if (masterGone !== undefined || /Control socket connect|read from master failed|Broken pipe/.test(log))
		return { end: { kind: 'not_started', because: masterGone ?? 'the connection was closed' }, was: 'lost' };
	const said = /session request failed: (.*)/.exec(log)?.[1] ?? 'it says nothing';
	return { end: { kind: 'not_started', because: `channel: the host opens none (${said})` }, was: 'refused' };
}
