import { describe, expect, it } from 'vitest';
import { readClosure } from '../../../src/language/import/homeserver/closure.ts';
import { type CommandKind, commandKind } from '../../../src/language/import/homeserver/command-kind.ts';

describe('a command line', () => {
	it.each<readonly [CommandKind, readonly string[]]>([
		[
			'check',
			[
				'systemctl is-active app',
				'sudo -n systemctl --quiet is-enabled app',
				'test -f /etc/x && ! grep -q old /etc/x',
				'[ -x /usr/bin/x ] || exit 1',
				"curl -s -o /dev/null -w '%{http_code}' http://localhost:5000/health",
				'curl -fsS http://$${HOST}/ >/dev/null 2>&1',
				'timeout 5 nginx -t',
				'LC_ALL=C python3 -m json.tool /etc/x.json > /dev/null',
				'echo "all is well; really"',
				'journalctl -u app | tail -n 3',
				'/usr/sbin/visudo -cf /etc/sudoers.d/x',
				'/opt/app/bin/app --version',
			],
		],
		[
			'activation',
			[
				'systemctl restart app',
				'systemctl daemon-reload && systemctl restart app && systemctl is-active app',
				'service nginx reload',
				'nginx -s reload',
				'npm run build',
				'npm build',
				'sysctl --system',
			],
		],
		[
			'effect',
			[
				'/usr/local/sbin/fix.sh',
				'rm -rf /srv/x',
				'echo x > /etc/x',
				'echo x >> /etc/x',
				'curl -fsS -o /usr/local/bin/x http://example.org/x',
				'curl -X POST http://localhost/reset',
				'systemctl stop app',
				'systemctl mask app',
				'echo $(rm x)',
				'echo `rm x`',
				'(cd /srv; make install)',
				'make install',
				'npm publish',
				'test -f x || touch x',
				'sed -i s/a/b/ /etc/x',
				'sleep 1 & rm x',
				'wget http://example.org/x',
				'psql -c "drop table x"',
				'"rm" x',
			],
		],
	])('is a %s', (kind, lines) => {
		expect(lines.filter(line => commandKind(line) !== kind)).toEqual([]);
	});
});

const closure = (...lines: readonly string[]) =>
	readClosure(
		lines.map((text, index) => ({ index, text })),
		new Set(['/opt/fix.sh']),
	);

describe('the commands behind a pool', () => {
	it.each<readonly [what: string, lines: readonly string[], made: Partial<ReturnType<typeof readClosure>>]>([
		['nothing', [], { activate: [], check: [] }],
		['checks alone decide', ['test -f a', 'true'], { activate: [], check: ['test -f a', 'true'] }],
		[
			'a check in front of a restart stays in front of it',
			['nginx -t', 'systemctl reload nginx', 'curl -f http://x'],
			{ activate: ['nginx -t', 'systemctl reload nginx'], check: ['curl -f http://x'] },
		],
		[
			'a folder at the beginning',
			['cd /srv', 'npm ci', 'true'],
			{ cwd: '/srv', activate: ['npm ci'], check: ['true'] },
		],
		['in quotes', ['cd "/srv/a b"', 'npm ci'], { cwd: '/srv/a b', activate: ['npm ci'] }],
		[
			'a folder in between',
			['npm ci', 'cd /srv', 'npm ci', 'true'],
			{ activate: ['npm ci', 'cd /srv && npm ci'], check: ['cd /srv && true'] },
		],
		[
			'one folder below the other',
			['cd /srv', 'cd web', 'npm ci', 'cd ..', 'npm ci', 'cd /opt', 'npm ci'],
			{ cwd: '/srv', activate: ['cd web && npm ci', 'cd web && cd .. && npm ci', 'cd /opt && npm ci'] },
		],
		['a folder for nothing', ['true', 'cd /srv'], { check: ['true'], findings: [{ index: 1, kind: 'useless_cd' }] }],
		['only a folder', ['cd /srv'], { activate: [], check: [], findings: [{ index: 0, kind: 'useless_cd' }] }],
		['a folder and more in one line', ['cd /srv && npm ci'], { activate: ['cd /srv && npm ci'], findings: [] }],
		[
			'what one sets for the next',
			['cd /srv', 'export A=1', 'npm run build'],
			{
				activate: ['set -e\ncd /srv\nexport A=1\nnpm run build'],
				check: [],
				findings: [{ index: 0, kind: 'one_shell' }],
			},
		],
		['the fix itself', ['/opt/fix.sh'], { activate: ['/opt/fix.sh'], findings: [{ index: 0, kind: 'is_the_fix' }] }],
		['by way of a shell', ['true', 'bash /opt/fix.sh -x'], { findings: [{ index: 1, kind: 'is_the_fix' }] }],
		['a look at it is none', ['test -x /opt/fix.sh'], { check: ['test -x /opt/fix.sh'], findings: [] }],
		['another effect', ['rm /srv/x'], { findings: [{ index: 0, kind: 'effect' }] }],
		['no command of npm', ['npm build'], { findings: [{ index: 0, kind: 'npm_build' }] }],
	])('%s', (_what, lines, made) => expect(closure(...lines)).toMatchObject(made));
});
