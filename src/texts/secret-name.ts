/** Whether a name says that what it names is secret: `DB_PASSWORD`, `apiKey`, `auth token`, `bindpw`. In doubt it does. */
export function isSecretName(name: string): boolean {
	const words = name
		.replaceAll(/(\p{Ll}|\d)(\p{Lu})/gu, '$1 $2')
		.toLowerCase()
		.split(/[^\p{L}\p{N}]+/u)
		.filter(word => word !== '');
	return words.some(word => secretWord.test(word) && !innocent.has(word)) || secretKey.test(words.join(' '));
}

/** Whether a line can have a secret name in it at all: what most lines are asked, because it is asked quickly. */
export const mayNameSecret = (line: string): boolean =>
	/pass|pw|secret|token|cred|bearer|auth|psk|key|identified/i.test(line);

/** Somewhere in a word; as a whole one, maybe numbered; at its end. */
const secretWord =
	/pass(?:word|wd|wort|phrase|code)|secret|token|credential|bearer|^(?:auth|authorization|pass|pwd|pw|psk|creds?)\d*$|(?:pass|pwd|pw|auth)$/;

const innocent: ReadonlySet<string> = new Set(['bypass', 'compass', 'nopasswd']);

/** A key of these is no name of something else (`sort key`), and none that everybody may know (`public key`). */
const secretKey =
	/(?:^| )\w*(?:access|account|aes|api|app|application|client|crypt|cryption|crypto|decrypt|deploy|encrypt|hmac|jwt|license|licence|master|private|recovery|rndc|root|secret|service|session|shared|sign|signing|storage|tls|tsig|unseal|wep|wpa) ?keys?\d*(?: |$)/;

/** Whether a value plainly says how something is switched and hides nothing: `yes`, `off`, `30`, `15m`. */
export const isSwitch = (value: string): boolean =>
	/^(?:yes|no|true|false|on|off|none|null|enabled?|disabled?|-?\d{1,5}(?:ms|[smhd])?)$/i.test(value);
