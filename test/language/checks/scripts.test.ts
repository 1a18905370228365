import { describe, expect, it } from 'vitest';
import { cures, load, said } from '../load.ts';

const scripts = {
	'hotfixes/git_cve.sh': '',
	'playbooks/near.sh': '',
	'link.sh': { link: 'hotfixes/git_cve.sh' },
	'out.sh': { link: '../outside.sh' },
	'loop.sh': { link: 'loop.sh' },
	'large.sh': new Uint8Array(16 * 1024 * 1024 + 1),
	'largest.sh': new Uint8Array(16 * 1024 * 1024),
} as const;
const named = (script: string) => load(`hotfixes: { a: { script: ${script} } }\n`, scripts);

describe('a script', () => {
	it.each([
		['hotfixes/git_cve.sh', []],
		['./near.sh', []],
		['../hotfixes/git_cve.sh', []],
		['link.sh', []],
		['largest.sh', []],
		['gone.sh', ['HS1209 gone.sh: the script gone.sh cannot be read: it does not exist']],
		['./gone.sh', ['HS1209 ./gone.sh: the script playbooks/gone.sh cannot be read: it does not exist']],
		['hotfixes', ['HS1209 hotfixes: the script hotfixes cannot be read: it is a folder']],
		['out.sh', ['HS1209 out.sh: the script out.sh cannot be read: it is a link that leaves the repository']],
		['loop.sh', ['HS1209 loop.sh: the script loop.sh cannot be read: its links go round in circles']],
		['large.sh', ['HS1209 large.sh: the script large.sh cannot be read: it is larger than 16 MiB']],
		['../../etc/passwd', ['HS1211 ../../etc/passwd: `../../etc/passwd` leaves the repository']],
		['hotfixes/../../x', ['HS1211 hotfixes/../../x: `hotfixes/../../x` leaves the repository']],
	])('%s is found to be %j', (script, expected) => {
		expect(said(named(script))).toEqual(expected);
	});

	it.each([
		['hotfixes/git_cev.sh', 'did you mean `hotfixes/git_cve.sh`?'],
		['../hotfixes/git_cev.sh', 'did you mean `../hotfixes/git_cve.sh`?'],
		['./naer.sh', 'did you mean `./near.sh`?'],
		['hotfixes/other.sh', 'create it, or correct the path: it starts at the root of the repository'],
		['./hotfixes/git_cve.sh', "create it, or correct the path: it starts at the playbook's folder"],
		['gone/git_cve.sh', 'create it, or correct the path: it starts at the root of the repository'],
		['out.sh', 'create it, or correct the path: it starts at the root of the repository'],
	])('%s is cured: %s', (script, cure) => {
		expect(cures(named(script))).toEqual([cure]);
	});

	it('that nobody names is missed at the hotfix', () => {
		expect(said(load('hotfixes:\n  git_fix: { timeout: 1m }\n'))).toEqual([
			'HS1209 git_fix: the script hotfixes/git_fix.sh cannot be read: it does not exist',
		]);
	});

	it('to undo a hotfix is checked like the other', () => {
		expect(said(load('hotfixes: { a: { script: fix.sh, undo: gone.sh } }\n'))).toEqual([
			'HS1209 gone.sh: the script gone.sh cannot be read: it does not exist',
		]);
	});

	it('that many name is missed at every place', () => {
		expect(said(load('hotfixes: { a: { script: gone.sh }, b: { script: gone.sh } }\n'))).toHaveLength(2);
	});
});
