import { describe, expect, it } from 'vitest';
import { type Files, made, noteTexts, refusals } from './made.ts';

/** The names that become hosts, and what is said about the rest. */
function read(files: Files): { readonly hosts: readonly string[]; readonly notes: readonly string[] } {
	const imported = made(files);
	const hosts = [...imported.inventory.hosts.keys()].filter(name => name !== 'localhost');
	return { hosts, notes: noteTexts(imported) };
}

describe('an ssh config becomes an inventory', () => {
	it('of names alone: what else it says counts at each run anyway', () => {
		const { text, notes } = made({
			'ssh/config': '# mine\nHost web1\n  HostName 10.0.0.1\n  Port 2222\n  User root\nHost "web2"\n\nhost=web3\n',
		});
		expect([text, notes]).toEqual([
			'groups:\n  ssh_config:\n    hosts:\n      web1: {}\n      web2: {}\n      web3: {}\n',
			[],
		]);
	});

	it('without patterns and Match blocks, and says that they count by themselves', () => {
		expect(
			read({
				'ssh/config':
					'Host a b*.example.org !b1.example.org\nHost *\n  User me\nMatch host c\n  Port 1\nMatch all\nHost d\n',
			}),
		).toEqual({
			hosts: ['a', 'd'],
			notes: [
				'ssh/config:1: `Host b*.example.org !b1.example.org` names no host by itself: it counts at each run, as it does for ssh; a host that it names and no `Host` line spells out is added by hand',
				'ssh/config:2: `Host *` names no host by itself: it counts at each run, as it does for ssh; a host that it names and no `Host` line spells out is added by hand',
				'ssh/config:4: `Match host c` names no host by itself: it counts at each run, as it does for ssh; a host that it names and no `Host` line spells out is added by hand',
			],
		});
	});

	it.each<readonly [what: string, config: string, hosts: readonly string[], reason: string]>([
		[
			'a place for git',
			'Host a\nHost code\n  User git\n',
			['a'],
			'the host `code` is left out: it is a place for git repositories',
		],
		['a forge by name', 'Host a\nHost github.com\n', ['a'], 'the host `github.com` is left out'],
		['a forge by address', 'Host a\nHost gh\n  HostName GitHub.com\n', ['a'], 'the host `gh` is left out'],
		['localhost', 'Host a localhost\n', ['a'], 'the host `localhost` is left out: localhost is always there'],
		[
			'a second name on one line',
			'Host a a.example.org\n  HostName 10.0.0.1\n',
			['a'],
			'the host `a.example.org` is left out: it is the same machine as `a`',
		],
		[
			'a second block for one machine',
			'Host a\n HostName 10.0.0.1\nHost a-root\n HostName 10.0.0.1\n User root\n',
			['a'],
			'it is the same machine as `a`',
		],
		[
			'a name that cannot be',
			'Host a x-b\nHost ä\n',
			['a'],
			'the host `x-b` is left out: that name cannot be in an inventory',
		],
	])('without %s', (_what, config, hosts, reason) => {
		const found = read({ 'ssh/config': config });
		expect([found.hosts, found.notes[0]]).toEqual([hosts, expect.stringContaining(reason)]);
	});

	it('with hosts that share an address behind different doors', () => {
		const config =
			'Host a\n HostName 10.0.0.1\nHost b\n HostName 10.0.0.1\n Port 2222\nHost c\n HostName 10.0.0.1\n ProxyJump j\nHost e f\n HostName %h.lan\nHost ssh_config\n';
		expect(made({ 'ssh/config': config }).text).toBe(
			'groups:\n  ssh_config_:\n    hosts:\n      a: {}\n      b: {}\n      c: {}\n      e: {}\n      f: {}\n      ssh_config: {}\n',
		);
	});

	it('with what it includes, as far as that counts for every host', () => {
		const files = {
			'ssh/config': 'Include conf.d/*\nHost a\n  Include only-a\nHost *\n  Include last\n  Include $HOME/x\n',
			'ssh/conf.d/1': 'Host one\n  Include ../nested\n',
			'ssh/conf.d/2': 'Host two\nInclude loop\n',
			'ssh/only-a': 'Host never\n',
			'ssh/last': 'Host last\n',
		};
		const found = read(files);
		expect(found.hosts).toEqual(['one', 'two', 'a', 'last']);
		expect(found.notes.map(note => note.split(';')[0])).toEqual([
			'ssh/conf.d/1:2: `Include ../nested` is not followed: it counts for some hosts only',
			'ssh/conf.d/2:2: `Include loop` is not followed: it counts for some hosts only',
			'ssh/config:3: `Include only-a` is not followed: it counts for some hosts only',
			'ssh/config:4: `Host *` names no host by itself: it counts at each run, as it does for ssh',
			'ssh/config:6: `Include $HOME/x` is not followed: only ssh can fill it in',
		]);
	});

	it('also where files include each other', () => {
		const found = read({
			'ssh/config': 'Include other\nHost a\n',
			'ssh/other': 'Include config\nInclude other\nHost b\n',
		});
		expect(found.hosts).toEqual(['b', 'a']);
		expect(found.notes).toHaveLength(2);
		expect(found.notes[0]).toContain('the files include each other');
	});

	it.each<readonly [what: string, files: Files, words: readonly string[] | undefined, problem: string]>([
		[
			'patterns only',
			{ 'ssh/config': 'Host *\n' },
			undefined,
			'HS1901 there is no host to import in ssh/config (ssh/config:1: `Host *` names',
		],
		[
			'a second format',
			{ config: 'Host a\n', hosts: '[web]\na\n' },
			['config', 'hosts'],
			'HS1901 these are files of different tools',
		],
		[
			'a damaged file that is included',
			{ 'ssh/config': 'Include bad\nHost a\n', 'ssh/bad': 'Host \0\n' },
			undefined,
			'HS1004 1 there is a NUL',
		],
	])('is refused: %s', (_what, files, words, problem) => {
		expect(refusals(files, words)[0]?.slice(0, problem.length)).toBe(problem);
	});
});
