import type { Range } from './ranges.ts';

/** What is secret by its looks, whatever it is called: parts of addresses, headers, hashes of passwords, tokens, bare keys. */
export const secretShapes = (line: string): readonly Range[] =>
	shapes.flatMap(shape =>
		[...line.matchAll(shape)].flatMap(({ indices }) => {
			const [from, to] = indices?.groups?.hidden ?? indices?.[0] ?? [0, 0];
			return from === to ? [] : [{ from, to }];
		}),
	);

/** In front of a user and a password on a command line. How far back a line is read has a bound: nobody waits for a hostile one. */
const login = String.raw`(?<=\bcurl\b[^|;&]{0,300}\s|^\s*)(?:-[A-Za-z]*[uU]|--(?:proxy-)?user)(?:\s+|=)?`;

/** Each hides its group `hidden`, or all that it finds. */
const shapes: readonly RegExp[] = [
	// scheme://user:password@host. A password may hold an @, so up to the last one.
	/:\/\/[^\s:@/]*:(?<hidden>\S*)@/dg,
	// scheme://token@host
	/:\/\/(?<hidden>[^\s:@/]{16,})@/dg,
	// curl -u user:password, also where the words of one command stand on several lines.
	new RegExp(`${login}(?<quote>["'])[^:"']*:(?<hidden>.*?)(?:\\k<quote>|$)`, 'dg'),
	new RegExp(`${login}[^\\s:"']+:(?<hidden>[^\\s"']+)`, 'dg'),
	// Addresses that are the key themselves: whoever knows one may post.
	/\bhooks\.slack(?:-gov)?\.com\/(?:services|workflows|triggers)\/(?<hidden>[^\s"'<>`]+)/dgi,
	/\bdiscord(?:app)?\.com\/api\/(?:v\d+\/)?webhooks\/(?<hidden>[^\s"'<>`]+)/dgi,
	/\bapi\.telegram\.org\/bot(?<hidden>[^\s"'<>`/]+)/dgi,
	// Authorization Basic …, also without a colon; and a bearer wherever it stands.
	/\bauthorization\b["',:=\s]+(?<hidden>(?:apikey|aws4-\S+|basic|bearer|digest|negotiate|token)\b.*\S)/dgi,
	/\bbearer\s+(?<hidden>(?=[\w+/=.~-]*\d)[\w+/=.~-]{8,}|[\w+/=.~-]{20,})/dgi,
	// crypt(5), and what LDAP and Dovecot put before a hash.
	/\$(?:\d\w?|y|gy|sha1|apr1|argon2\w*|pbkdf2[\w-]*|scrypt|bcrypt[\w-]*|md5|P|H)\$\S{8,}/dg,
	/\{(?:(?:PLAIN|CLEARTEXT|CLEAR|CRYPT|MD4|NTLM?|LANMAN|SCRYPT|S?MD5|S?SHA\d*|ARGON2\w*|PBKDF2\w*|SCRAM|[A-Z\d]+-CRYPT|[A-Z]+-MD5|SCRAM-SHA-\d+)(?:[.-]\w+)*)\}(?<hidden>\S+)/dgi,
	// htpasswd and shadow with the oldest of all hashes, and htdigest.
	/^[^\s:]+:(?<hidden>[./\dA-Za-z]{13})(?=:|\s*$)/dg,
	/^[^\s:]+:[^:]*:(?<hidden>[\da-f]{32})\s*$/dgi,
	// Tokens that begin in a way of their own, and a PEM block that is base64 once more.
	/\beyJ[\w-]{8,}\.[\w-]+(?:\.[\w-]*)?/dg,
	/\b(?:gh[oprsu]_|github_pat_|glpat-|npm_|hvs\.|xox[a-z]-|AKIA|ASIA|AIza|AGE-SECRET-KEY-1|sk-[\w-]{10})[\w-]{10,}/dg,
	/LS0tLS1CRUdJTi[\w+/=-]*/dg,
	// Nothing but base64, or hexadecimal digits: a line of a key whose first line is out of sight.
	/^[\s#;*"'>]*(?<hidden>(?=\S*[a-z])(?=\S*[A-Z])(?=\S*\d)[\w+/-]{40,}={0,2})(?:\\n)?[",'\s]*$/dg,
	/^[\s#;*"'>]*(?<hidden>[\da-f]{32,})(?:\\n)?[",'\s]*$/dgi,
];
