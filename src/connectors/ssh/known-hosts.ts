import { createHmac } from 'node:crypto';
import { type PublicKey, readPublicKey } from './host-key.ts';
import { matchesList } from './host-pattern.ts';

/** One line of a known_hosts file that says something (sshd(8), SSH_KNOWN_HOSTS FILE FORMAT). */
export interface KnownHost extends PublicKey {
	/** `pin`: this is the host's key · `revoked`: this key is nobody's any more · `authority`: hosts with a certificate by this key. */
	readonly says: 'pin' | 'revoked' | 'authority';
	/** A comma list of patterns, or one hashed name. */
	readonly names: string;
	readonly file: string;
	readonly line: number;
}

/** Lines that cannot be read are passed over, as ssh does: they pin nothing. */
export function parseKnownHosts(text: string, file: string): readonly KnownHost[] {
	const before = readBefore.get(file);
	if (before?.text === text) return before.lines;
	const lines = parse(text, file);
	readBefore.set(file, { text, lines });
	return lines;
}

/** The files are read anew for every host, and are nearly always the same. */
const readBefore = new Map<string, { readonly text: string; readonly lines: readonly KnownHost[] }>();

function parse(text: string, file: string): readonly KnownHost[] {
	return text.split('\n').flatMap((line, index) => {
		const known = readLine(line.trim());
		return known === undefined ? [] : [{ ...known, file, line: index + 1 }];
	});
}

/** The name is lower case, and `[host]:port` where the port is not 22: see `pinnedName`. */
export function isAbout(known: KnownHost, name: string): boolean {
	return known.names.startsWith('|') ? isHashOf(known.names, name) : matchesList(name, known.names);
}

/** Where known_hosts would have a host: under its alias if it has one, else under its name and port. */
export interface HostPlace {
	readonly hostname: string;
	readonly port: number;
	readonly alias?: string;
}

/** The name under which known_hosts has a host, and under which a new line is written. */
export function pinnedName({ hostname, port, alias }: HostPlace): string {
	if (alias !== undefined) return alias.toLowerCase();
	const name = hostname.toLowerCase();
	return port === 22 ? name : `[${name}]:${port}`;
}

/** A new line, with the name hashed when a salt of 20 bytes is given. */
export function knownHostsLine(name: string, { type, blob }: PublicKey, salt?: Uint8Array): string {
	const shown = salt === undefined ? name : hashOf(name, salt);
	return `${shown} ${type} ${Buffer.from(blob).toString('base64')}`;
}

const markers: Readonly<Record<string, KnownHost['says']>> = { '@revoked': 'revoked', '@cert-authority': 'authority' };

function readLine(line: string): Omit<KnownHost, 'file' | 'line'> | undefined {
	if (line === '' || line.startsWith('#')) return undefined;
	const words = line.split(/[ \t]+/);
	const says = line.startsWith('@') ? markers[words.shift() ?? ''] : 'pin';
	const [names, type, encoded] = words;
	if (says === undefined || names === undefined || type === undefined || encoded === undefined) return undefined;
	const key = isBase64(encoded) ? readPublicKey(Buffer.from(encoded, 'base64')) : undefined;
	return key === undefined || key.type !== type ? undefined : { ...key, says, names };
}

const isBase64 = (text: string): boolean => text.length % 4 === 0 && /^[A-Za-z0-9+/]+={0,2}$/.test(text);

function isHashOf(names: string, name: string): boolean {
	const [, version, salt = ''] = names.split('|');
	return version === '1' && isBase64(salt) && names === hashOf(name, Buffer.from(salt, 'base64'));
}

function hashOf(name: string, salt: Uint8Array): string {
	const hash = createHmac('sha1', salt).update(name).digest('base64');
	return `|1|${Buffer.from(salt).toString('base64')}|${hash}`;
}
