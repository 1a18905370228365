import { chmodSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, it, onTestFinished } from 'vitest';
import { resolve } from '../../../src/connectors/ssh/resolve.ts';
import { answerFor, hostLinesAbout } from '../../../src/connectors/ssh/same-config.ts';
import { SshAnswers } from '../../../src/connectors/ssh/ssh-answers.ts';
import { has } from '../../fakes/programs.ts';

describe('the lines of a config about a host', () => {
	it.each([
		['', 'web1', ''],
		['Host web*\n Port 2222\nHost *\n User me', 'web1', '11'],
		['Host web*\n Port 2222\nHost *\n User me', 'db1', '01'],
		['Host web* !web9\n Port 2222', 'web9', '0'],
		['Include ~/more\nHost a', 'a', '1'],
		['IdentityFile ~/.ssh/%h\nHost b', 'a', '0'],
		['Match all\n Port 3', 'a', ''],
	])('%j: of %s they are %j', (text, name, lines) => {
		expect(hostLinesAbout([text], name)).toBe(lines);
	});

	it.each([
		'Match host web1\n Port 3',
		'Match exec "true"\n Port 3',
		'Host a\nInclude ~/more',
		'HostName %h.example.org',
		'CanonicalizeHostname yes',
		'ProxyJump %r@jump',
	])('are for ssh alone to say in %j', text => {
		expect(hostLinesAbout([text], 'web1')).toBeUndefined();
	});

	it('are for ssh alone to say of a name with capitals, which it writes small', () => {
		expect(hostLinesAbout([''], 'Web1')).toBeUndefined();
	});

	it('make an answer for another name by that name alone', () => {
		expect(answerFor('b', 'a', 'host a\nhostname a\nuser a\nport 22\n')).toBe('host b\nhostname b\nuser a\nport 22\n');
		expect(answerFor('b', 'a', 'host a\nhostname 10.0.0.1\n')).toBe('host b\nhostname 10.0.0.1\n');
	});
});

describe.skipIf(!has('ssh'))('ssh itself (needs openssh-client)', () => {
	const names = ['web1', 'web2', 'web3', 'db1', 'db2', 'Web4', '10.0.0.7', 'odd'];

	it.each([
		['', 3],
		['Host web*\n  Port 2222\n  User deploy\nHost db*\n  ProxyJump jump\nHost *\n  IdentityFile ~/.ssh/%r_%h\n', 5],
		['Host odd\n  HostName elsewhere.example.org\n', 4],
		['Host *\n  HostName %h.example.org\n', names.length + 1],
		['Match host web1\n  Port 7\n', names.length + 1],
	])('says the same as what is taken from its other answers, with the config %j', async (text, most) => {
		const folder = mkdtempSync(join(tmpdir(), 'hsctl-same-'));
		onTestFinished(() => rmSync(folder, { recursive: true, force: true }));
		const config = join(folder, 'config');
		const [ssh, calls] = [join(folder, 'ssh'), join(folder, 'calls')];
		writeFileSync(config, text);
		writeFileSync(calls, '');
		writeFileSync(ssh, `#!/bin/sh\necho >>${calls}\nexec ssh "$@"\n`);
		chmodSync(ssh, 0o755);
		const place = { folder, user: 'me', env: { PATH: process.env.PATH }, config };
		const { signal } = new AbortController();
		const answers = new SshAnswers({ ...place, ssh });
		const shared = await Promise.all(names.map(name => resolve({ name }, place, signal, answers)));
		const asked = readFileSync(calls, 'utf8').length;
		const alone = await Promise.all(names.map(name => resolve({ name }, place, signal)));
		expect(shared).toEqual(alone);
		expect(asked).toBeLessThanOrEqual(most);
	});

	it('is asked again by others when the first one leaves', async () => {
		const place = { folder: '/', user: 'me', env: { PATH: process.env.PATH }, config: '/dev/null' };
		const answers = new SshAnswers(place);
		const leaving = new AbortController();
		const first = resolve({ name: 'a' }, place, leaving.signal, answers);
		const second = resolve({ name: 'b' }, place, new AbortController().signal, answers);
		leaving.abort();
		expect([(await first).ok, (await second).ok]).toEqual([false, true]);
	});
});
