import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, it, onTestFinished } from 'vitest';
import { choose, type Means } from '../../../src/connectors/ssh/choose.ts';
import { parseSshPrint } from '../../../src/connectors/ssh/config-values.ts';
import { parseJumps, readOptions } from '../../../src/connectors/ssh/options.ts';
import { problemOf, resolve } from '../../../src/connectors/ssh/resolve.ts';
import { has } from '../../fakes/programs.ts';

const home = { folder: '/home/me', user: 'me', env: { SSH_AUTH_SOCK: '/run/agent' } };
const options = (print: string, given = {}) => readOptions(parseSshPrint(print), { name: 'web1', ...given }, home);

describe('what ssh -G prints', () => {
	it('becomes the options of a host', () => {
		const print = `host web1
user deploy
hostname web1.example.org
port 2222
identitiesonly yes
identityfile ~/.ssh/id_%r
identityfile /keys/my key
userknownhostsfile /home/me/.ssh/known_hosts ~/more
stricthostkeychecking ask
hashknownhosts yes
proxyjump me@[10.0.0.1]:2200,bastion
kexalgorithms sntrup761x25519-sha512,curve25519-sha256
connecttimeout 7
addressfamily inet
`;
		expect(options(print)).toMatchObject({
			name: 'web1',
			user: 'deploy',
			hostname: 'web1.example.org',
			port: 2222,
			identitiesOnly: true,
			identityFiles: ['/home/me/.ssh/id_deploy', '/keys/my key'],
			knownHosts: ['/home/me/.ssh/known_hosts', '/home/me/more'],
			agent: '/run/agent',
			mayAskAboutHost: true,
			hashKnownHosts: true,
			jumps: [{ user: 'me', host: '10.0.0.1', port: 2200 }, { host: 'bastion' }],
			kex: ['sntrup761x25519-sha512', 'curve25519-sha256'],
			connectTimeoutMs: 7000,
			family: 4,
		});
	});

	it('gives way to what the inventory says', () => {
		const said = { port: 22, user: 'root' };
		const given = { ...said, address: '10.0.0.9' };
		expect(options('hostname elsewhere\nport 2222\nuser me\nidentityfile /k/%h_%p_%r', given)).toMatchObject({
			...said,
			hostname: '10.0.0.9',
			identityFiles: ['/k/10.0.0.9_22_root'],
		});
	});

	it.each([
		['identityagent none', undefined],
		['identityagent SSH_AUTH_SOCK', '/run/agent'],
		['identityagent ~/agent', '/home/me/agent'],
		['identityagent $OTHER', undefined],
		['', '/run/agent'],
	])('`%s` names the agent %s', (print, agent) => expect(options(print).agent).toBe(agent));

	it.each([
		['batchmode yes', { usesPassword: false, usesKeyboard: false, mayAskAboutHost: false }],
		['stricthostkeychecking yes', { mayAskAboutHost: false, usesPassword: true }],
		['stricthostkeychecking true', { mayAskAboutHost: false }],
		// Nobody can switch the question off: it would accept any key.
		['stricthostkeychecking no', { mayAskAboutHost: true }],
		['passwordauthentication no', { usesPassword: false, usesKeyboard: true }],
		['pubkeyauthentication false', { usesKeys: false }],
		['userknownhostsfile none', { knownHosts: [] }],
	])('`%s` counts', (print, wanted) => expect(options(print)).toMatchObject(wanted));
});

it.each([
	['', []],
	['b', [{ host: 'b' }]],
	['u@b:2', [{ user: 'u', host: 'b', port: 2 }]],
	['[::1]:2,b', [{ host: '::1', port: 2 }, { host: 'b' }]],
	['fe80::1', [{ host: 'fe80::1' }]],
	['ssh://u@b:2', [{ user: 'u', host: 'b', port: 2 }]],
	['a@dom@b', [{ user: 'a@dom', host: 'b' }]],
])('the way `%s` is read', (text, hops) => expect(parseJumps(text)).toEqual(hops));

it.each(['-oProxyCommand=touch /tmp/x', 'a;b', '../x', 'a b', '', 'x'.repeat(300), 'web1\u202e', '$(id)', 'web1\n'])(
	'H8: the name %j is no host, and no user or address is either',
	async text => {
		expect(problemOf({ name: text })).toMatch(/is not the name of a host$/);
		expect(problemOf({ name: 'web1', address: text })).toMatch(/is not the name of a host$/);
		expect(problemOf({ name: 'web1' })).toBeUndefined();
		const resolving = await resolve({ name: text }, { ...home, ssh: '/bin/false' }, new AbortController().signal);
		expect(resolving).toMatchObject({ ok: false, because: expect.stringMatching(/^[\x20-\x7e…]+$/) });
	},
);

it.each(['-oProxyCommand=x', 'a b', 'a:b', '', 'a\u0000'])('H8: %j is no user', user => {
	expect(problemOf({ name: 'web1', user })).toMatch(/is not the name of a user$/);
});

describe('which connector', () => {
	const means: Means = { identities: [{ path: '/k', kind: 'key' }], agentKeys: [], hasTicket: false };
	const why = (print: string, rest: Partial<Means> = {}) => {
		const choice = choose(parseSshPrint(print), { ...means, ...rest });
		return choice.by === 'ssh2' ? 'ssh2' : choice.because;
	};
	const none = { identities: [] };

	it.each([
		['an ordinary host', '', {}, 'ssh2'],
		['a command to get there', 'proxycommand nc %h %p', {}, 'its ssh config has a ProxyCommand'],
		['no command to get there', 'proxycommand none', {}, 'ssh2'],
		['a certificate', 'certificatefile ~/.ssh/cert', {}, 'its ssh config has a CertificateFile'],
		[
			'a certificate beside the key',
			'',
			{ identities: [{ path: '/k', kind: 'with_certificate' }] },
			'/k has a certificate beside it',
		],
		[
			'a certificate in the agent',
			'',
			{ agentKeys: ['ssh-ed25519-cert-v01@openssh.com'] },
			'the agent holds a certificate',
		],
		['a smart card', 'pkcs11provider /usr/lib/p11.so', {}, 'its ssh config has a PKCS11Provider'],
		['host keys by command', 'knownhostscommand /bin/keys', {}, 'its ssh config has a KnownHostsCommand'],
		['host keys by DNS', 'verifyhostkeydns true', {}, 'its ssh config has host keys verified by DNS'],
		['a security key', '', { identities: [{ path: '/sk', kind: 'security_key' }] }, '/sk is a key on a security key'],
		[
			'a security key beside another',
			'',
			{
				identities: [
					{ path: '/sk', kind: 'security_key' },
					{ path: '/k', kind: 'locked_key' },
				],
			},
			'ssh2',
		],
		[
			'a security key in the agent',
			'',
			{ ...none, agentKeys: ['sk-ssh-ed25519@openssh.com'] },
			'the agent holds only keys on a security key',
		],
		[
			'a strange key file',
			'',
			{ identities: [{ path: '/p8', kind: 'not_understood', because: 'Unsupported key format' }] },
			'ssh2 cannot read /p8 (Unsupported key format) and no agent holds a key',
		],
		[
			'a strange key file and an agent',
			'',
			{ identities: [{ path: '/p8', kind: 'not_understood', because: 'x' }], agentKeys: ['ssh-rsa'] },
			'ssh2',
		],
		[
			'an authority',
			'',
			{ authority: '/k line 3' },
			'its host key is known by a certificate authority only (/k line 3)',
		],
		['Kerberos, as Debian says for everybody', 'gssapiauthentication yes', none, 'ssh2'],
		[
			'Kerberos and a ticket',
			'gssapiauthentication yes',
			{ ...none, hasTicket: true },
			'only a Kerberos ticket could let us in (GSSAPI)',
		],
		['Kerberos, a ticket and a key', 'gssapiauthentication yes', { hasTicket: true }, 'ssh2'],
		[
			'new key exchanges only',
			'kexalgorithms sntrup761x25519-sha512,mlkem768x25519-sha256',
			{},
			'its ssh config allows only key exchanges that ssh2 does not know (sntrup761x25519-sha512,mlkem768x25519-sha256)',
		],
		['new and old key exchanges', 'kexalgorithms sntrup761x25519-sha512,curve25519-sha256', {}, 'ssh2'],
		['old ciphers', 'ciphers 3des-cbc', {}, 'its ssh config allows only ciphers that ssh2 does not know (3des-cbc)'],
	] as const)('%s', (_, print, rest, wanted) => expect(why(print, rest)).toBe(wanted));
});

describe('reading the configuration', () => {
	const signal = new AbortController().signal;
	function config(files: Readonly<Record<string, string>>) {
		const folder = mkdtempSync(join(tmpdir(), 'hsctl-config-'));
		onTestFinished(() => rmSync(folder, { recursive: true, force: true }));
		mkdirSync(join(folder, '.ssh/more'), { recursive: true });
		for (const [name, text] of Object.entries(files)) writeFileSync(join(folder, '.ssh', name), text);
		return { folder, user: 'me', env: { PATH: process.env.PATH, HOME: folder }, config: join(folder, '.ssh/config') };
	}
	const files = (folder: string) => ({
		config: `
# comment
Host web1 db*
    User deploy   # who
    Port=2222
    IdentityFile "~/.ssh/my key"
    IdentityFile ~/.ssh/other
Include ${folder}more/*.conf
Host !web1 *
    HostName wrong
Host *
    User somebody
    HostName %h.example.org
    ServerAliveInterval 5
    GSSAPIAuthentication no
`,
		'more/a.conf': 'Host web*\n  ProxyJump bastion\n  User later\n',
		'more/b.conf': 'Host other\n  ProxyCommand none of ours\n',
	});
	const wanted = { user: 'deploy', port: 2222, hostname: 'web1.example.org', jumps: [{ host: 'bastion' }] };

	it('reads Host, Include and first values without an ssh program', async () => {
		const place = { ...config(files('')), ssh: '/no/such/ssh' };
		const resolving = await resolve({ name: 'web1' }, place, signal);
		if (!resolving.ok) throw new Error(resolving.because);
		expect(resolving.resolved.options).toMatchObject({
			...wanted,
			identityFiles: [`${place.folder}/.ssh/my key`, `${place.folder}/.ssh/other`],
		});
	});

	it.skipIf(!has('ssh'))('reads the same with ssh (needs ssh)', async () => {
		const made = config({});
		for (const [name, text] of Object.entries(files(`${made.folder}/.ssh/`)))
			writeFileSync(join(made.folder, '.ssh', name), text);
		const resolving = await resolve({ name: 'web1' }, made, signal);
		if (!resolving.ok) throw new Error(resolving.because);
		expect(resolving.resolved.options).toMatchObject(wanted);
		expect(resolving.resolved.options.identityFiles[1]).toBe(`${made.folder}/.ssh/other`);
	});

	it('says what it cannot follow without an ssh program, and only when it counts', async () => {
		const text = 'Host web1\n  CanonicalizeHostname yes\nHost db\n  Tag x\nMatch exec "true"\n  User root\n';
		const place = { ...config({ config: text }), ssh: '/no/such/ssh' };
		expect(await resolve({ name: 'web1' }, place, signal)).toEqual({
			ok: false,
			because: `there is no ssh program here, and without it this is not understood: ${place.config} line 2: CanonicalizeHostname, ${place.config} line 5: Match`,
		});
	});

	it('ends when files include each other', async () => {
		const place = { ...config({ config: 'Include config\nUser me\n' }), ssh: '/no/such/ssh' };
		expect(await resolve({ name: 'web1' }, place, signal)).toMatchObject({ ok: false });
	});

	it.skipIf(!has('ssh'))('says what ssh says of a configuration that is wrong (needs ssh)', async () => {
		const place = config({ config: 'Nonsense yes\n' });
		expect(await resolve({ name: 'web1' }, place, signal)).toMatchObject({
			ok: false,
			because: expect.stringMatching(/^ssh -G web1: .*(Nonsense|bad configuration)/i),
		});
	});
});
