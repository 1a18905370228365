import { createHash } from 'node:crypto';

/** A public key as it travels: the type it says it is, and its bytes. Two keys are one when their bytes are. */
export interface PublicKey {
	readonly type: string;
	readonly blob: Uint8Array;
}

/** Reads a public key's bytes and checks that they hold what their type promises; `undefined`: no key that we know. */
export function readPublicKey(blob: Uint8Array): PublicKey | undefined {
	const fields = readFields(blob);
	const type = fields?.[0] === undefined ? undefined : Buffer.from(fields[0]).toString('latin1');
	if (fields === undefined || type === undefined) return undefined;
	return shapes[type]?.(fields.slice(1)) === true ? { type, blob } : undefined;
}

/** `SHA256:` and 43 characters, as ssh and ssh-keygen print it. */
export const fingerprint = (blob: Uint8Array): string =>
	`SHA256:${createHash('sha256').update(blob).digest('base64').replace(/=+$/, '')}`;

export const sameBytes = (one: Uint8Array, other: Uint8Array): boolean => Buffer.compare(one, other) === 0;

/** Does the type belong to a security key, whose private half never leaves the device? */
export const isSecurityKey = (type: string): boolean => type.startsWith('sk-');

type Fields = readonly Uint8Array[];

const isNumber = (field: Uint8Array | undefined): boolean => (field?.length ?? 0) > 0;
/** An uncompressed point: 4, and two coordinates. */
const isPoint = (field: Uint8Array | undefined, size: number): boolean =>
	field?.[0] === 4 && field.length === 1 + 2 * size;
const curve =
	(name: string, size: number) =>
	(fields: Fields): boolean =>
		fields.length === 2 && Buffer.from(fields[0] ?? []).toString('latin1') === name && isPoint(fields[1], size);

/** What follows the type in a key's bytes (RFC 4253, 5656, 8709 and OpenSSH's PROTOCOL.u2f). */
const shapes: Readonly<Record<string, (fields: Fields) => boolean>> = {
	'ssh-ed25519': fields => fields.length === 1 && fields[0]?.length === 32,
	'ssh-rsa': fields => fields.length === 2 && fields.every(isNumber),
	'ssh-dss': fields => fields.length === 4 && fields.every(isNumber),
	'ecdsa-sha2-nistp256': curve('nistp256', 32),
	'ecdsa-sha2-nistp384': curve('nistp384', 48),
	'ecdsa-sha2-nistp521': curve('nistp521', 66),
	'sk-ssh-ed25519@openssh.com': fields => fields.length === 2 && fields[0]?.length === 32,
	'sk-ecdsa-sha2-nistp256@openssh.com': fields => fields.length === 3 && isPoint(fields[1], 32),
};

/** Strings with their length in front; `undefined` when the last one is not whole. */
function readFields(blob: Uint8Array): Fields | undefined {
	const view = new DataView(blob.buffer, blob.byteOffset, blob.byteLength);
	const fields: Uint8Array[] = [];
	let at = 0;
	while (at + 4 <= blob.length) {
		const end = at + 4 + view.getUint32(at);
		if (end > blob.length) return undefined;
		fields.push(blob.subarray(at + 4, end));
		at = end;
	}
	return at === blob.length ? fields : undefined;
}
