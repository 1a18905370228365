import { type Command, sh } from '../model/command.ts';
import { oneLine } from './one-line.ts';

/** What os-release(5) tells of a system; a text that is not there is empty. */
export interface OsRelease {
	readonly id: string;
	readonly family: OsFamily;
	/** Empty for rolling systems without a `VERSION_ID`. */
	readonly version: string;
	/** As people call it: `Debian GNU/Linux 12 (bookworm)`. */
	readonly name: string;
}

export type OsFamily = 'debian' | 'rhel' | 'arch' | 'suse' | 'alpine' | 'unknown';

/** The file of the administrator first, then the one of the vendor, as os-release(5) asks. */
export const osReleaseLook = (): Command => sh`hs_look_os_release /etc/os-release /usr/lib/os-release`;

/** Reads the lines of an os-release among others; `undefined` when there are none. */
export function parseOsRelease(printed: string): OsRelease | undefined {
	const fields = new Map<string, string>();
	for (const line of printed.split('\n')) {
		const [, key, value] = /^(ID|ID_LIKE|VERSION_ID|NAME|PRETTY_NAME)=(.*)$/.exec(line) ?? [];
		if (key !== undefined && value !== undefined) fields.set(key, oneLine(unquote(value.trim())));
	}
	if (fields.size === 0) return undefined;
	// `linux` is what os-release(5) gives for a system that does not name itself.
	const id = (fields.get('ID') || 'linux').toLowerCase();
	return {
		id,
		family: familyOf(id, fields.get('ID_LIKE') ?? ''),
		version: fields.get('VERSION_ID') ?? '',
		name: fields.get('PRETTY_NAME') || fields.get('NAME') || id,
	};
}

/** The shell's quotes, of which os-release(5) allows a value to use either; a backslash means itself between single ones. */
function unquote(value: string): string {
	if (/^'.*'$/.test(value)) return value.slice(1, -1);
	const inner = /^".*"$/.test(value) ? value.slice(1, -1) : value;
	return inner.replace(/\\(["$`\\'])/g, '$1');
}

const families = [
	['debian', 'debian ubuntu linuxmint raspbian devuan kali pop proxmox'],
	['rhel', 'rhel fedora centos rocky almalinux ol amzn scientific cloudlinux'],
	['arch', 'arch archarm manjaro endeavouros artix cachyos garuda'],
	['suse', 'suse opensuse opensuse-leap opensuse-tumbleweed opensuse-microos sles sled sle-micro'],
	['alpine', 'alpine postmarketos'],
] as const;

const familyByWord: ReadonlyMap<string, OsFamily> = new Map(
	families.flatMap(([family, words]) => words.split(' ').map(word => [word, family] as const)),
);

/** By whole words, the id before what it is like, and those in their order: `arch` inside `monarch` says nothing. */
function familyOf(id: string, idLike: string): OsFamily {
	for (const word of [id, ...idLike.toLowerCase().split(' ')]) {
		const family = familyByWord.get(word);
		if (family !== undefined) return family;
	}
	return 'unknown';
}
