import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { maskSecrets } from '../../src/texts/mask-secrets.ts';
import { isSecretFile } from '../../src/texts/secret-file.ts';

const masked = (text: string, known: readonly string[] = []): string => maskSecrets(text.split('\n'), known).join('\n');

describe('what is masked in a line', () => {
	it.each([
		// Assigned to a name.
		['password = hunter2', 'password = [masked]'],
		['password=hunter2 and more', 'password=[masked]'],
		['DB_PASSWORD=hunter2', 'DB_PASSWORD=[masked]'],
		["export API_KEY='hunter2'", "export API_KEY='[masked]'"],
		['# api key: hunter2', '# api key: [masked]'],
		['private key = hunter2', 'private key = [masked]'],
		['PresharedKey = hunter2', 'PresharedKey = [masked]'],
		['aws_secret_access_key = hunter2', 'aws_secret_access_key = [masked]'],
		['passwort: hunter2', 'passwort: [masked]'],
		['smtp_pass: hunter2', 'smtp_pass: [masked]'],
		['passphrase := hunter2', 'passphrase := [masked]'],
		['auth += hunter2', 'auth += [masked]'],
		['token = 123456', 'token = [masked]'],
		['token = no more', 'token = [masked]'],
		['password = "it\'s \\"hunter2\\"" # new', 'password = [masked]'],
		['password = "hunter2', 'password = [masked]'],
		['"password": "hunter2",', '"password": "[masked]",'],
		['{"user": "bob", "password": "hunter2", "port": 1}', '{"user": "bob", "password": "[masked]", "port": 1}'],
		['"{\\"password\\": \\"hunter2\\"}"', '"{\\"password\\": [masked]'],
		['password = "hun" . "ter2"', 'password = [masked]'],
		['$db_password = "hunter2";', '$db_password = "[masked]";'],
		["['password' => 'hunter2', 'port' => 1]", "['password' => '[masked]', 'port' => 1]"],
		["define('DB_PASSWORD', 'hunter2');", "define('DB_PASSWORD', '[masked]');"],
		['os.environ["API_TOKEN"] = "hunter2"', 'os.environ["API_TOKEN"] = "[masked]"'],
		['Environment=TOKEN=hunter2', 'Environment=TOKEN=[masked]'],
		['Server=db;Password=hunter2;Port=1', 'Server=db;Password=[masked]'],
		['password = hunter2\r', 'password = [masked]\r'],
		// In an element, or in attributes.
		['<password>hunter2</password><port>1</port>', '<password>[masked]</password><port>1</port>'],
		['<db password="hunter2" user="bob"/>', '<db password="[masked]" user="bob"/>'],
		['<add key="DbPassword" value="hunter2"/>', '<add key="DbPassword" value="[masked]"/>'],
		['<string name="api_key">hunter2</string>', '<string name="api_key">[masked]</string>'],
		// Behind a word.
		['requirepass hunter2', 'requirepass [masked]'],
		['#requirepass hunter2', '#requirepass [masked]'],
		['# requirepass hunter2', '# requirepass [masked]'],
		['\twpa-psk hunter2', '\twpa-psk [masked]'],
		['key "x" { secret "hunter2"; };', 'key "x" { secret "[masked]"; };'],
		['machine example.org login bob password hunter2', 'machine example.org login bob password [masked]'],
		['curl --password hunter2 --user bob', 'curl --password [masked]'],
		['mysql --password=hunter2 -u bob', 'mysql --password=[masked]'],
		["CREATE USER bob IDENTIFIED BY 'hunter2';", "CREATE USER bob IDENTIFIED BY '[masked]';"],
		// In an address.
		['url: postgres://bob:hunter2@db.local/x', 'url: postgres://bob:[masked]@db.local/x'],
		['redis://:hun/te@r2@db.local:6379', 'redis://:[masked]@db.local:6379'],
		['curl -u bob:curlpw http://x', 'curl -u bob:[masked] http://x'],
		['curl -fsSu bob:curlpw https://x/y', 'curl -fsSu bob:[masked] https://x/y'],
		['curl -ubob:curlpw -o f http://x', 'curl -ubob:[masked] -o f http://x'],
		["curl --user 'bob:curl pw' http://x", "curl --user 'bob:[masked]' http://x"],
		['curl --user="bob:cu\'rl" http://x', 'curl --user="bob:[masked]" http://x'],
		['curl http://x --proxy-user bob:curlpw', 'curl http://x --proxy-user bob:[masked]'],
		['curl -u bob:one -U carl:two http://x', 'curl -u bob:[masked] -U carl:[masked] http://x'],
		['  -u bob:curlpw \\', '  -u bob:[masked] \\'],
		['URL=https://hooks.slack.com/services/T000/B000/abcDEF123', 'URL=https://hooks.slack.com/services/[masked]'],
		['"https://discord.com/api/webhooks/123/abcDEF"', '"https://discord.com/api/webhooks/[masked]"'],
		['https://api.telegram.org/bot123:abc/sendMessage', 'https://api.telegram.org/bot[masked]/sendMessage'],
		['https://0123456789abcdef0123@example.org/x.git', 'https://[masked]@example.org/x.git'],
		// In a header.
		['Authorization: Bearer hunter2', 'Authorization: [masked]'],
		['proxy_set_header Authorization "Basic aHVudGVyMg==";', 'proxy_set_header Authorization "[masked]'],
		['send Bearer hunter2hunter2', 'send Bearer [masked]'],
		// By their looks.
		['root:$6$salt$hunter2hunter2:19000:0:99999:7:::', 'root:[masked]'],
		['bob:$2y$05$hunter2hunter2', 'bob:[masked]'],
		['bob:{SHA}hunter2=', 'bob:{SHA}[masked]'],
		['bob {SSHA512}hunter2=', 'bob {SSHA512}[masked]'],
		['bob:rl.3StKT.4T8M', 'bob:[masked]'],
		['bob:realm:5f4dcc3b5aa765d61d8327deb882cf99', 'bob:realm:[masked]'],
		['with ghp_hunter2hunter2hunter2 in it', 'with [masked] in it'],
		['eyJhbGciOiJIUzI1NiJ9.eyJzdWIiOiIx.hunter2', '[masked]'],
		['tls: LS0tLS1CRUdJTiBQUklWQVRFIEtFWS0tLS0tCg==', 'tls: [masked]'],
		['MIIEvQIBADANBgkqhkiG9w0BAQEFAASCBKcwggSjAgEAAoIBAQC7VJTUt9Us8cKj', '[masked]'],
		['  "b3BlbnNzaC1rZXktdjEAAAAABG5vbmUAAAAEbm9uZQAAAAAAAAABAAAAaAAAABNl\\n"', '  "[masked]\\n"'],
		['0123456789abcdef0123456789abcdef', '[masked]'],
		// Twice.
		['a_token="hunter2", b_token="hunter2"', 'a_token="[masked]", b_token="[masked]"'],
	])('%j', (line, expected) => {
		expect(masked(line)).toBe(expected);
	});

	it.each([
		'token_timeout = 30',
		'token_lifetime: 15m',
		'password_min_length = 12 # at least',
		'"auth": true,',
		"auth: 'off'",
		'<auth>no</auth>',
		'--no-auth 1',
		'PasswordAuthentication no',
		'#PasswordAuthentication yes',
		'PermitEmptyPasswords no',
		'PermitRootLogin prohibit-password',
		'PubkeyAuthentication yes',
		'AuthorizedKeysFile .ssh/authorized_keys',
		'PASS_MAX_DAYS\t99999',
		'auth_basic off;',
		'password =',
		'password = ""',
		'auth    required    pam_unix.so nullok',
		'password\t[success=1 default=ignore]\tpam_unix.so obscure yescrypt',
		'%wheel ALL=(ALL) NOPASSWD: ALL',
		'# Password authentication is disabled here',
		'proxy_cache_bypass $http_upgrade;',
		'author = bob',
		'keyboard = de',
		'sort key: name',
		'public_key = abc',
		'ssl_certificate_key /etc/ssl/private/x.pem;',
		'gpgkey=file:///etc/pki/rpm-gpg/KEY',
		'ssh://git@example.org/x.git',
		'curl -u bob http://x:80/',
		'curl -o f http://127.0.0.1:8080/',
		'docker run -u 1000:1000 x',
		'https://hooks.slack.com/',
		'proxy_pass http://127.0.0.1:8080;',
		'fastcgi_pass unix:/run/php.sock;',
		'rewrite ^(.*)$ /x/$1$2 last;',
		'bob:x:1000:1000:Bob:/home/bob:/bin/sh',
		'ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAIFwFBZE5HTZZ/M36sW4vz53O/y4c0xfcokOj1WWPjlUQ bob',
		'/usr/share/very/long/path/without/anything/else/in/this/line',
		'',
	])('not in %j', line => {
		expect(masked(line)).toBe(line);
	});

	const end = 'Qz7';
	/** Text that a person could have chosen, with an end that nothing else has. */
	const secret = fc
		.tuple(fc.constantFrom('a', 'Z', '7'), fc.string({ unit: 'grapheme-ascii', minLength: 3, maxLength: 20 }))
		.filter(([, rest]) => !/\s(?:#|;|\/|--|<!--)/.test(rest))
		.map(([first, rest]) => first + rest + end);
	const inQuotes = (text: string): string => text.replaceAll(/["\\]/g, '\\$&');
	it.each<[string, (secret: string) => string]>([
		['key = …', text => `password = ${text}`],
		['KEY=…', text => `export DB_TOKEN=${text}`],
		['key: …', text => `  api_key: ${text}`],
		['"key": "…"', text => `{"a": 1, "client_secret": "${inQuotes(text)}", "b": 2}`],
		['<key>…</key>', text => `<passwd>${text.replaceAll('<', '&lt;')}</passwd>`],
		['key …', text => `requirepass ${text}`],
		['user:…@', text => `see ftp://bob:${text.replaceAll(/\s/g, '')}@example.org`],
		['a header', text => `Authorization: Digest ${text}`],
		['a block', text => `secret: |\n  first\n  ${text}\n`],
		['a list', text => `tokens:\n- ${text}\n`],
		['a map', text => `credentials:\n  user: bob\n  other: ${text}\n`],
		['an array', text => `"tokens": [\n"${inQuotes(text)}"\n]`],
		['quotes over lines', text => `password = """\n${text}\n"""`],
		['a continued line', text => `PASSWORD=first\\\n${text}`],
		['an element over lines', text => `<secret>\n${text}\n</secret>`],
		['a private key', text => `-----BEGIN EC PRIVATE KEY-----\n${text}\n-----END EC PRIVATE KEY-----`],
		['a private key without an end', text => `-----BEGIN OPENSSH PRIVATE KEY-----\n${text}`],
		['a value with its name in the line before', text => `- name: DB_PASSWORD\n  value: ${text}`],
		['a line that is too long to be read', text => `${'x '.repeat(2100)}${text}`],
	])('whatever the secret is, it is not seen in %s', (_what, shape) => {
		fc.assert(
			fc.property(secret, text => {
				expect(masked(shape(text))).not.toContain(end);
			}),
			{ numRuns: 300 },
		);
	});

	it('has as many lines as before, and takes no longer for lines made to delay it', () => {
		const pieces = [
			'"',
			'#',
			'=',
			'a=',
			'pass=',
			'name=pass ',
			'login ',
			'://a:',
			'<pass ',
			'a b c=',
			'\\"',
			"'pass', ",
			'$6$',
		];
		const lines = pieces.flatMap(piece => new Array<string>(5).fill(piece.repeat(4096).slice(0, 5000)));
		const started = performance.now();
		expect(maskSecrets(lines)).toHaveLength(lines.length);
		expect(performance.now() - started).toBeLessThan(3000);
	});
});

describe('what is masked over lines', () => {
	it('is the value, and what follows it is seen again', () => {
		expect(
			`\n${masked(`tokens:
  - hunter2
  - name: hunter2
    enabled: true
user: bob
password: >-
  hunter2

  hunter2
port: 1
"auth": {
  "user": "hunter2",
  "on": true
},
"port": 2
  - name: DB_PASSWORD
    value: hunter2
  - name: PORT
    value: 12
key: |
  -----BEGIN PRIVATE KEY-----
  hunter2
  -----END PRIVATE KEY-----
port: 3`)}\n`,
		).toMatchInlineSnapshot(`
			"
			tokens:
			  - [masked]
			  - name: [masked]
			    enabled: true
			user: bob
			password: [masked]
			  [masked]

			  [masked]
			port: 1
			"auth": {
			  "user": [masked]
			  "on": true
			},
			"port": 2
			  - name: DB_PASSWORD
			    value: [masked]
			  - name: PORT
			    value: 12
			key: |
			  -----BEGIN PRIVATE KEY-----
			  [masked]
			  [masked]
			port: 3
			"
		`);
	});

	it('is a private key, and no certificate', () => {
		const line = 'MIIDdzCCAl+gAwIBAgIEAgAAuTANBgkqhkiG9w0BAQUFADBaMQswCQYDVQQGEwJJ';
		const block = (label: string): string => `-----BEGIN ${label}-----\n${line}\n-----END ${label}-----\n`;
		expect(masked(`${block('CERTIFICATE')}x\n${block('ENCRYPTED PRIVATE KEY')}x\n${block('PUBLIC KEY')}`)).toBe(
			`${block('CERTIFICATE')}x\n-----BEGIN ENCRYPTED PRIVATE KEY-----\n[masked]\n[masked]\nx\n${block('PUBLIC KEY')}`,
		);
	});

	it('is what is no base64 behind a certificate that does not end', () => {
		expect(masked('-----BEGIN CERTIFICATE-----\nMIID\npassword = hunter2')).toBe(
			'-----BEGIN CERTIFICATE-----\nMIID\npassword = [masked]',
		);
	});
});

describe('a known text', () => {
	it.each([
		['anywhere', 'a hunter2b', ['hunter2'], 'a [masked]b'],
		['each time', 'hunter2hunter2 hunter2', ['hunter2'], '[masked] [masked]'],
		['where two of them overlap', 'abcdefg', ['abcde', 'defg'], '[masked]'],
		['where it overlaps itself', 'xabababx', ['abab'], 'x[masked]x'],
		['where one holds the other', 'a hunter2 b', ['unte', 'hunter2'], 'a [masked] b'],
		['line by line', 'first\nsecond\nthird', ['first\r\nsecond\n'], '[masked]\n[masked]\nthird'],
		['with signs that mean something elsewhere', 'a $&.* b', ['$&.*'], 'a [masked] b'],
		['not when it is so short that it would hide everything', 'abc', ['abc', ''], 'abc'],
		['in a line that is too long to be read', `${'x'.repeat(4090)}hunter2`, ['hunter2'], `${'x'.repeat(4090)}[masked]`],
	])('is masked %s', (_what, text, known, expected) => {
		expect(masked(text, known)).toBe(expected);
	});
});

describe('a file that is nothing but secrets', () => {
	it.each([
		'/etc/shadow',
		'/etc/gshadow-',
		'/root/.netrc',
		'/root/.pgpass',
		'/etc/ppp/chap-secrets',
		'/etc/ipsec.secrets',
		'/srv/.htpasswd',
		'tls/site.key',
		'/root/.ssh/id_ed25519',
		'/etc/krb5.keytab',
		'/srv/secrets.yaml',
	])('is %s', path => expect(isSecretFile(path)).toBe(true));

	it.each([
		'/etc/passwd',
		'/etc/ssh/sshd_config',
		'/etc/keys.conf',
		'/etc/secretary.conf',
		'/etc/keyboard',
		'/root/.ssh/id_ed25519.pub',
		'/srv/secrets/readme.md',
	])('is not %s', path => expect(isSecretFile(path)).toBe(false));
});
