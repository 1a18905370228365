import { sh } from '../model/command.ts';
import { brokenExit, readBounded } from './bounded-output.ts';
import type { ConditionType } from './condition-type.ts';
import { judgeAbsence, type Presence, readPresence } from './presence.ts';
import { claim, verdict } from './verdict.ts';

/** Long enough for a disk image, short enough for a network share that has gone away. */
const seconds = 60;

/** Whether a regular file has one of the digests. */
export const fileSha256: ConditionType<'file_sha256', Presence> = {
	kind: 'file_sha256',
	fact: ({ path }) => `file_sha256 ${path}`,
	rule: ({ digests }) => `is one of ${digests.map(shortened).join(', ')}`,
	probe: ({ path }) => ({
		look: sh`hs_look_digest ${seconds} ${path}`,
		parse: readPresence,
	}),
	judge({ path, digests }, presence) {
		if (presence.kind !== 'there') return judgeAbsence(presence, path);
		const { output, exit } = readBounded(presence.rest);
		// GNU puts a backslash in front of the line when it had to escape the name.
		const digest = /^\\?([0-9a-f]{64})\s/.exec(output)?.[1];
		if (exit === 0 && digest !== undefined) {
			const known = digests.includes(digest);
			return claim(known, shortened(digest), `${path} has ${known ? 'the' : 'another'} digest, ${shortened(digest)}`);
		}
		const broken = brokenExit(exit, seconds) ?? `ended with ${exit}`;
		return verdict('unreadable', 'unreadable', `${path} cannot be hashed: sha256sum ${broken}`);
	},
};

const shortened = (digest: string): string => `sha256:${digest.slice(0, 12)}…`;
