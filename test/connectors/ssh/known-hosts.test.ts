import { execFileSync, spawnSync } from 'node:child_process';
import { generateKeyPairSync, randomBytes } from 'node:crypto';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import fc from 'fast-check';
import { afterAll, describe, expect, it } from 'vitest';
import { fingerprint } from '../../../src/connectors/ssh/host-key.ts';
import { matchesPattern } from '../../../src/connectors/ssh/host-pattern.ts';
import { judgeHostKey, offeredHostKeys, onlyByAuthority } from '../../../src/connectors/ssh/judge-host-key.ts';
import { isAbout, knownHostsLine, parseKnownHosts, pinnedName } from '../../../src/connectors/ssh/known-hosts.ts';
import { has } from '../../fakes/programs.ts';

const string = (bytes: Uint8Array | string): Buffer => {
	const length = Buffer.alloc(4);
	length.writeUInt32BE(Buffer.byteLength(bytes));
	return Buffer.concat([length, Buffer.from(bytes)]);
};
const key = (type: string, ...fields: readonly (Uint8Array | string)[]) => ({
	type,
	blob: Buffer.concat([type, ...fields].map(string)),
});
const ed25519 = () => key('ssh-ed25519', randomBytes(32));
/** A point that is on the curve: ssh-keygen looks. */
const p256 = () => {
	const jwk = generateKeyPairSync('ec', { namedCurve: 'P-256' }).publicKey.export({ format: 'jwk' });
	const point = [jwk.x ?? '', jwk.y ?? ''].map(half => Buffer.from(half, 'base64url'));
	return key('ecdsa-sha2-nistp256', 'nistp256', Buffer.concat([Buffer.from([4]), ...point]));
};
const rsa = () => {
	const jwk = generateKeyPairSync('rsa', { modulusLength: 1024 }).publicKey.export({ format: 'jwk' });
	const n = Buffer.concat([Buffer.from([0]), Buffer.from(jwk.n ?? '', 'base64url')]);
	return key('ssh-rsa', Buffer.from(jwk.e ?? '', 'base64url'), n);
};
const [one, other, third] = [ed25519(), ed25519(), p256()];
const old = rsa();
const parse = (...lines: readonly string[]) => parseKnownHosts(lines.join('\n'), 'known_hosts');
const place = (hostname: string, port = 22, alias?: string) => ({
	hostname,
	port,
	...(alias === undefined ? {} : { alias }),
});
const salt = Buffer.alloc(20, 7);

describe('the verdict of known_hosts (A10, A11, A12)', () => {
	const line = knownHostsLine;
	it.each([
		['its own key', [line('web1', one)], place('web1'), one, 'trusted'],
		['its own key, in capitals', [line('WEB1', one)], place('Web1'), one, 'trusted'],
		['nothing', [], place('web1'), one, 'unknown'],
		['somebody else', [line('web2', one)], place('web1'), one, 'unknown'],
		['another key', [line('web1', other)], place('web1'), one, 'changed'],
		['an older key and its own', [line('web1', other), line('web1', one)], place('web1'), one, 'trusted'],
		['a key of another type only', [line('web1', third)], place('web1'), one, 'unknown'],
		['a list', [line('a,web1,b', one)], place('web1'), one, 'trusted'],
		['a pattern', [line('web?,*.example.org', one)], place('web1'), one, 'trusted'],
		['a pattern that it is taken out of', [line('web*,!web1', one)], place('web1'), one, 'unknown'],
		['a pattern that it is taken out of before', [line('!web1,web*', one)], place('web1'), one, 'unknown'],
		['a hashed name', [line('web1', one, salt)], place('web1'), one, 'trusted'],
		['the hashed name of another', [line('web2', one, salt)], place('web1'), one, 'unknown'],
		['its port', [line('[web1]:2222', one)], place('web1', 2222), one, 'trusted'],
		['its port, hashed', [line('[web1]:2222', one, salt)], place('web1', 2222), one, 'trusted'],
		['another port', [line('[web1]:2222', one)], place('web1'), one, 'unknown'],
		['no port, and the same key', [line('web1', one)], place('web1', 2222), one, 'trusted'],
		['no port, and another key', [line('web1', other)], place('web1', 2222), one, 'unknown'],
		['its alias', [line('farm', one)], place('10.0.0.1', 2222, 'Farm'), one, 'trusted'],
		['an alias, and a line under its address', [line('10.0.0.1', one)], place('10.0.0.1', 22, 'farm'), one, 'unknown'],
		['a revoked key', [line('web1', one), `@revoked ${line('*', one)}`], place('web1'), one, 'revoked'],
		['a revoked key under no port', [`@revoked ${line('web1', one)}`], place('web1', 2222), one, 'revoked'],
		['another key revoked', [line('web1', one), `@revoked ${line('*', other)}`], place('web1'), one, 'trusted'],
		['an authority', [`@cert-authority ${line('web*', other)}`], place('web1'), one, 'needs_authority'],
		['an authority for others', [`@cert-authority ${line('db*', other)}`], place('web1'), one, 'unknown'],
		[
			'a pin and an authority',
			[line('web1', one), `@cert-authority ${line('*', other)}`],
			place('web1'),
			one,
			'trusted',
		],
		[
			'an authority with this very key',
			[`@cert-authority ${line('web1', one)}`],
			place('web1'),
			one,
			'needs_authority',
		],
		[
			'broken lines',
			[
				'web1',
				'web1 ssh-ed25519',
				'web1 ssh-ed25519 !!!!',
				`web1 ssh-rsa ${line('x', one).split(' ')[2]}`,
				`@what ${line('web1', one)}`,
				`# ${line('web1', one)}`,
			],
			place('web1'),
			one,
			'unknown',
		],
		['a comment behind the key', [`${line('web1', one)} root@web1 since 2019`], place('web1'), one, 'trusted'],
		['a line from Windows', [`${line('web1', one)}\r`], place('web1'), one, 'trusted'],
	] as const)('%s', (_, lines, where, shown, verdict) => {
		expect(judgeHostKey(parse(...lines), where, shown).kind).toBe(verdict);
	});

	it('tells what is pinned instead, and where', () => {
		const verdict = judgeHostKey(parse('# first', line('web1', other)), place('web1'), one);
		expect(verdict).toMatchObject({ kind: 'changed', pinned: [{ file: 'known_hosts', line: 2, blob: other.blob }] });
	});

	it('knows when nothing but a certificate could prove a host', () => {
		const authority = `@cert-authority ${line('*', other)}`;
		expect(onlyByAuthority(parse(authority), place('web1'))).toMatchObject({ line: 1 });
		expect(onlyByAuthority(parse(authority, line('web1', one)), place('web1'))).toBeUndefined();
	});
});

describe('the host keys that are asked for (A13)', () => {
	it('are those that are pinned, first', () => {
		const offered = (...lines: readonly string[]) => offeredHostKeys(parse(...lines), place('web1'));
		expect(offered()[0]).toBe('ssh-ed25519');
		expect(offered(knownHostsLine('web1', old)).slice(0, 3)).toEqual(['rsa-sha2-512', 'rsa-sha2-256', 'ssh-ed25519']);
		expect(offered(knownHostsLine('web1', third))[0]).toBe('ecdsa-sha2-nistp256');
		expect(offered(`@revoked ${knownHostsLine('web1', old)}`)[0]).toBe('ssh-ed25519');
	});

	it('are never SHA-1, unless the configuration says so', () => {
		const known = parse(knownHostsLine('web1', old));
		expect(offeredHostKeys(known, place('web1'))).not.toContain('ssh-rsa');
		expect(offeredHostKeys(known, place('web1'), ['ssh-rsa', 'ssh-ed25519'])).toEqual(['ssh-rsa', 'ssh-ed25519']);
	});
});

describe('patterns', () => {
	it('with many stars are no slower than their text', () => {
		const started = Date.now();
		expect(matchesPattern('a'.repeat(5000), `${'*a'.repeat(500)}*b`)).toBe(false);
		expect(Date.now() - started).toBeLessThan(1000);
	});
});

describe.skipIf(!has('ssh-keygen'))('beside ssh-keygen (A12; needs ssh-keygen)', () => {
	const folder = mkdtempSync(join(tmpdir(), 'hsctl-known-'));
	afterAll(() => rmSync(folder, { recursive: true, force: true }));
	const file = join(folder, 'known_hosts');

	const label = fc.constantFrom('web1', 'web2', 'db.example.org', '10.0.0.1', 'fe80::1', 'x');
	const name = fc.oneof(
		{ weight: 3, arbitrary: label },
		fc.tuple(label, fc.constantFrom(22, 2222)).map(([host, port]) => pinnedName({ hostname: host, port })),
	);
	const pattern = fc.oneof(
		{ weight: 3, arbitrary: name },
		fc.constantFrom('*', 'web?', '*.example.org', '10.0.0.*', '[web?]:2222', '[*]:*', '?', '*1', 'w*b*', '[web1]'),
	);
	const negatable = fc.tuple(pattern, fc.boolean()).map(([text, isNot]) => (isNot ? `!${text}` : text));
	const names = fc.oneof(
		fc.array(negatable, { minLength: 1, maxLength: 4 }).map(list => list.join(',')),
		name.map(text => knownHostsLine(text, one, randomBytes(20)).split(' ')[0] ?? ''),
	);
	const marker = fc.constantFrom('', '', '', '@revoked ', '@cert-authority ', '@unknown ');
	const sound = fc.constantFrom(one, other, third, old).map(key => knownHostsLine('', key).trim());
	const broken = fc.constantFrom('ssh-ed25519', 'ssh-ed25519 AAAA', 'what AAAA', '', 'ssh-rsa !');
	const line = fc.oneof(
		{
			weight: 8,
			arbitrary: fc
				.tuple(marker, names, fc.constantFrom(' ', '\t', '  '), sound, fc.constantFrom('', ' root@x'))
				.map(parts => parts.join('')),
		},
		{ weight: 1, arbitrary: fc.tuple(names, broken).map(parts => parts.join(' ')) },
		{ weight: 1, arbitrary: fc.constantFrom('', '# web1 comment', '   ', '#') },
	);

	/** Which lines ssh-keygen finds for a name. */
	const foundBySsh = (wanted: string): readonly number[] => {
		const { stdout } = spawnSync('ssh-keygen', ['-F', wanted, '-f', file], { encoding: 'utf8' });
		return [...stdout.matchAll(/^# Host .* found: line (\d+)/gm)].map(([, number]) => Number(number));
	};

	it('finds the same lines for any name in any file', { timeout: 120_000 }, () => {
		fc.assert(
			fc.property(fc.array(line, { minLength: 1, maxLength: 25 }), name, (lines, wanted) => {
				const text = `${lines.join('\n')}\n`;
				writeFileSync(file, text);
				const found = parseKnownHosts(text, file).filter(known => isAbout(known, wanted));
				// ssh-keygen also shows lines whose key is broken; ssh itself reads nothing from them.
				const isSound = (number: number) => / [A-Za-z0-9+/]{40,}=*( root@x)?$/.test(lines[number - 1] ?? '');
				expect(found.map(known => known.line)).toEqual(foundBySsh(wanted).filter(isSound));
			}),
			{ numRuns: process.env.HSCTL_LONG === undefined ? 150 : 1000 },
		);
	});

	it('hashes a name so that ssh-keygen finds it', () => {
		writeFileSync(file, `${knownHostsLine('[web1]:2222', one, randomBytes(20))}\n`);
		expect(foundBySsh('[web1]:2222')).toEqual([1]);
	});

	it('prints the same fingerprints', () => {
		const keys = [one, other, third, old];
		writeFileSync(file, keys.map(each => `${knownHostsLine('h', each)}\n`).join(''));
		const printed = execFileSync('ssh-keygen', ['-l', '-f', file], { encoding: 'utf8' });
		expect(
			printed
				.trim()
				.split('\n')
				.map(text => text.split(' ')[1]),
		).toEqual(keys.map(each => fingerprint(each.blob)));
	});
});
