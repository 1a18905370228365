import { describe, expect, it } from 'vitest';
import { configText, masterWords, sessionWords } from '../../../src/connectors/openssh/arguments.ts';
import { sessionEnd } from '../../../src/connectors/openssh/session.ts';

const opened = 'debug1: mux_client_request_session: master session id: 2\n';
const told = (code: number) => `${opened}debug2: Received exit status from master ${code}\n`;

describe('the end of a session on a master', () => {
	it.each([
		[{ code: 0, log: '' }, { kind: 'ended', code: 0 }, 'opened'],
		[{ code: 254, log: '' }, { kind: 'ended', code: 254 }, 'opened'],
		[{ code: 255, log: told(255) }, { kind: 'ended', code: 255 }, 'opened'],
		// The master is gone by now; what the host has told is told.
		[{ code: 255, log: told(255), masterGone: 'gone' }, { kind: 'ended', code: 255 }, 'opened'],
		[{ code: 255, log: opened }, { kind: 'ended', code: null }, 'opened'],
		[
			{ code: 255, log: opened, masterGone: 'it does not answer' },
			{ kind: 'lost', because: 'it does not answer' },
			'lost',
		],
		[{ code: 255, log: '', masterGone: 'gone' }, { kind: 'not_started', because: 'gone' }, 'lost'],
		[
			{ code: 255, log: 'Control socket connect(s): Connection refused\n' },
			{ kind: 'not_started', because: 'the connection was closed' },
			'lost',
		],
		[
			{ code: 255, log: 'mux_client_request_session: session request failed: Session open refused by peer\n' },
			{ kind: 'not_started', because: 'channel: the host opens none (Session open refused by peer)' },
			'refused',
		],
		[
			{ code: null, log: '' },
			{ kind: 'not_started', because: 'channel: the host opens none (it says nothing)' },
			'refused',
		],
	] as const)('%j is %j', (client, end, was) => {
		expect(sessionEnd(client)).toEqual({ end, was });
	});
});

describe('what OpenSSH is told', () => {
	const place = { ssh: 'ssh', socket: '/r/1', config: '/r/1.conf', log: '/r/1.log', name: 'web1', idleSeconds: 60 };
	const wanted = { own: ['/home/me/.ssh/config'], connectSeconds: 15, aliveSeconds: 15, aliveCount: 3 };

	it('has the name of a host behind `--`, and the inventory before the config', () => {
		const words = masterWords({ ...place, address: 'fe80::1%eth0', port: 2222, user: 'ada' });
		expect(words.slice(-2)).toEqual(['--', 'web1']);
		expect(words.join(' ')).toContain('-o HostName=fe80::1%%eth0 -p 2222 -l ada');
		expect(sessionWords(place, '/r/2', 'exec true').slice(-3)).toEqual(['--', 'web1', 'exec true']);
	});

	it('leads a session nowhere that has no master', () => {
		expect(sessionWords(place, '/r/2', 'exec true').join(' ')).toMatch(/-F none .*-o ProxyCommand=false/);
	});

	it.each([
		['checks host keys, whatever a config says', { canAsk: false, asksAboutHosts: false }, 'StrictHostKeyChecking yes'],
		['asks about unknown ones on a terminal', { canAsk: true, asksAboutHosts: true }, 'StrictHostKeyChecking ask'],
		['asks nothing without a terminal', { canAsk: false, asksAboutHosts: false }, 'BatchMode yes'],
		[
			'checks loopback like everything else',
			{ canAsk: true, asksAboutHosts: false },
			'NoHostAuthenticationForLocalhost no',
		],
		['forwards no agent', { canAsk: true, asksAboutHosts: false }, 'ForwardAgent no'],
		['runs no command here', { canAsk: true, asksAboutHosts: false }, 'PermitLocalCommand no'],
	])('%s', (_, person, line) => {
		const lines = configText({ ...wanted, ...person }).split('\n');
		const include = lines.indexOf('Include "/home/me/.ssh/config"');
		// The first word counts.
		expect([lines.indexOf(line) >= 0, lines.indexOf(line) < include]).toEqual([true, true]);
		expect(lines.indexOf('ConnectTimeout 15')).toBeGreaterThan(include);
	});
});
