import { createHash } from 'node:crypto';
import { runnerText } from '../host/runner.ts';
import type { HostPath } from '../model/brand.ts';
import { type Command, sh } from '../model/command.ts';
import type { ShellProgram } from '../ports/connection.ts';
import { asShellText, type Bundle } from './bundle.ts';
import { textToBytes } from './bytes-text.ts';
import { locateState, program } from './program.ts';
import { joinPieces, travelsAsText } from './send-files.ts';

/** Hex SHA-256 of the runner that this version of hsctl brings. */
export const runnerDigest = sha256(textToBytes(runnerText));

export interface Delivery {
	readonly bundle: Bundle;
	readonly nonce: string;
	/** The folder of the host's memory, as the host itself named it. */
	readonly state: HostPath;
	/** The host showed the right runner a moment ago: it need not travel again. */
	readonly hasRunner: boolean;
	readonly controller: string;
	readonly user: string;
}

/**
 * One exchange for a host's whole work: it makes the state folder and the runner if they are not there, writes the bundle into
 * the inbox, and hands over to the runner, which verifies, publishes, starts detached, and lets us watch.
 */
export function applyProgram(delivery: Delivery): ShellProgram {
	return program(
		locateState(delivery.state),
		sh`hs_make_state || { echo "X state cannot make $HSCTL_STATE"; exit 3; }`,
		sh`mkdir -p "$HSCTL_STATE/lib" "$HSCTL_STATE/inbox" || { echo "X state cannot write to $HSCTL_STATE"; exit 3; }`,
		...(delivery.hasRunner ? [] : [installRunner(delivery.nonce)]),
		checkRunner,
		...stage(delivery),
		callRunner(['begin', delivery.bundle.name, delivery.nonce]),
	);
}

/** Watches a run that is there already, from where the last view ended. */
export const followProgram = (
	state: HostPath,
	run: string,
	from: { readonly events: number; readonly index: number; readonly out: number; readonly err: number },
): ShellProgram =>
	program(
		locateState(state),
		ifThere(run, sh`printf 'hsctl/follow/1 %s\nZ absent\n' ${run}`),
		callAnyRunner(['follow', run, String(from.events), String(from.index), String(from.out), String(from.err)]),
	);

/** A word to a run: `stop`, `cancel`, or an answer to what it asks. */
export const wordProgram = (
	state: HostPath,
	words: readonly [verb: string, run: string, ...rest: string[]],
): ShellProgram => program(locateState(state), ifThere(words[1], sh`echo 'Z absent'`), callAnyRunner(words));

/** Goes on only where the run is: a memory may have been wiped, or be in another place. */
const ifThere = (run: string, otherwise: Command): Command =>
	sh`[ -d "$HSCTL_STATE/runs/"${run} ] || { ${otherwise}; exit 0; }`;

/** Ours, or the one of another version of hsctl that has begun the run there. */
const callAnyRunner = (words: readonly string[]): Command =>
	sh`hs_runner=$HSCTL_STATE/lib/runner-${runnerDigest}
[ -e "$hs_runner" ] || hs_runner=$HSCTL_STATE/lib/$(ls -t "$HSCTL_STATE/lib" | grep '^runner-' | head -n 1)
exec /bin/sh "$hs_runner" ${words}`;

const callRunner = (words: readonly string[]): Command =>
	sh`exec /bin/sh "$HSCTL_STATE/lib/runner-"${runnerDigest} ${words}`;

function installRunner(nonce: string): Command {
	return sh`hs_new=$HSCTL_STATE/lib/.runner-${nonce}
printf %s ${runnerText} >"$hs_new" && chmod 500 "$hs_new" && mv -f "$hs_new" "$HSCTL_STATE/lib/runner-"${runnerDigest}`;
}

/** Its digest is checked before each use: what lies there may have been truncated by a full disk. */
const checkRunner = sh`printf '%s  %s\n' ${runnerDigest} "$HSCTL_STATE/lib/runner-"${runnerDigest} | sha256sum -c >/dev/null 2>&1 || { echo "X runner the runner in $HSCTL_STATE/lib is missing or damaged"; exit 3; }`;

function stage(delivery: Delivery): readonly Command[] {
	const { bundle, nonce, controller, user } = delivery;
	const files = new Map([...bundle.files, ['controller', textToBytes(`${controller}\n${user}\n`)]]);
	const folders = [
		...new Set([...files.keys()].flatMap(path => (path.includes('/') ? [path.slice(0, path.lastIndexOf('/'))] : []))),
	];
	const texts = [...files].flatMap(([path, bytes]) => {
		const text = travelsAsText(bytes) ? asShellText(bytes) : undefined;
		return text === undefined ? [] : [sh`printf %s ${text} >${path}`];
	});
	return [
		sh`mkdir -p "$HSCTL_STATE/inbox/"${nonce} && cd "$HSCTL_STATE/inbox/"${nonce} || { echo "X state cannot write to $HSCTL_STATE/inbox"; exit 3; }`,
		...(folders.length > 0 ? [sh`mkdir -p ${folders}`] : []),
		...texts,
		...joinPieces(bundle.files),
		sh`printf %s ${manifest(files)} >manifest`,
		sh`cd /`,
	];
}

/** In the format of sha256sum(1): the host compares what arrived with what was planned. */
const manifest = (files: ReadonlyMap<string, Uint8Array>): string =>
	[...files].map(([path, bytes]) => `${digestOf(bytes)}  ./${path}\n`).join('');

function digestOf(bytes: Uint8Array): string {
	const digest = digests.get(bytes) ?? sha256(bytes);
	digests.set(bytes, digest);
	return digest;
}

/** A script is the same bytes for all its hosts. */
const digests = new WeakMap<Uint8Array, string>();

function sha256(bytes: Uint8Array): string {
	return createHash('sha256').update(bytes).digest('hex');
}
