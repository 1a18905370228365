import { describe, expect, it } from 'vitest';
import { type Files, made, noteTexts, refusals } from './made.ts';

interface Case {
	readonly what: string;
	readonly files: Files;
	readonly words?: readonly string[];
	readonly out: string;
	readonly notes?: readonly string[];
}

const vault = '$ANSIBLE_VAULT;1.1;AES256\n33313233\n';

const cases: readonly Case[] = [
	{
		what: 'groups, groups of groups, ports and variables',
		files: {
			hosts:
				'[web]\nweb[1:2].example.org:2222 # two\n\n[db]\ndb1 size=5 name="the db"\n\n[prod:children]\nweb\ndb\n[prod:vars]\n; all\nenv = production\n',
		},
		out: `groups:
  web:
    hosts:
      web1.example.org: { port: 2222 }
      web2.example.org: { port: 2222 }
  db:
    hosts:
      db1:
        vars:
          size: "5"
          name: the db
  prod:
    groups: [ web, db ]
    vars:
      env: production
`,
	},
	{
		what: 'hosts without a group, and values for all',
		files: { hosts: 'nas\n[web]\nweb1\n[all:vars]\nntp=ntp.example.org\n' },
		out: `groups:
  everything:
    groups: [ ungrouped, web ]
    vars:
      ntp: ntp.example.org
  ungrouped:
    hosts:
      nas: {}
  web:
    hosts:
      web1: {}
`,
	},
	{
		what: 'hosts in several groups: those in the same ones get a group of their own',
		files: { hosts: '[web]\na\nb\n[berlin]\na\nb\nc\n[de:children]\nberlin\n[de]\nc\n' },
		out: `groups:
  web:
    groups: [ web_and_berlin ]
  berlin:
    hosts:
      c: {}
    groups: [ web_and_berlin ]
  de:
    groups: [ berlin ]
  web_and_berlin:
    hosts:
      a: {}
      b: {}
`,
	},
	{
		what: 'a value that another group would win here is written beside the host',
		files: { hosts: '[aa]\nh\n[zz]\nh\ni\n[aa:vars]\nx=aa\n[zz:vars]\nx=zz\n' },
		out: `groups:
  aa:
    groups: [ aa_and_zz ]
  zz:
    hosts:
      i: {}
    groups: [ aa_and_zz ]
    vars:
      x: zz
  aa_and_zz:
    hosts:
      h: {}
`,
		notes: ['hosts:7: `x` of the group `aa` is left out: for Ansible another value wins on each of its hosts'],
	},
	{
		what: 'ansible_group_priority decides among groups of the same depth',
		files: {
			hosts:
				'[aa]\nh\nonly\n[zz]\nh\n[aa:vars]\nx=aa\nansible_group_priority=10\n[zz:vars]\nx=zz\nansible_group_priority=high\n',
		},
		out: `groups:
  aa:
    hosts:
      only: {}
    groups: [ aa_and_zz ]
    vars:
      x: aa
  # \`ansible_group_priority\` of the group \`zz\` is passed over: it is not a whole number (hosts:11)
  zz:
    groups: [ aa_and_zz ]
    vars:
      x: zz
  aa_and_zz:
    hosts:
      h: {}
`,
		notes: [
			'hosts:11: `ansible_group_priority` of the group `zz` is passed over: it is not a whole number; correct it, and import again',
		],
	},
	{
		what: 'the ways to a host, and to root there',
		files: {
			hosts: `[web]
a ansible_host=10.0.0.1 ansible_port=2222 ansible_user=root
b ansible_ssh_host=10.0.0.2 ansible_host=10.0.0.9 ansible_connection=paramiko ansible_become=no
c ansible_connection=local ansible_become_method=doas
d ansible_become_user=postgres
e ansible_become_method=pbrun
f ansible_host="{{ somewhere }}"
localhost
[web:vars]
ansible_become=true
ansible_user=deploy
[odd]
g ansible_port=99999 ansible_user="a b"
`,
		},
		out: `groups:
  web:
    user: deploy
    hosts:
      a: { address: "10.0.0.1", port: 2222, user: root, become: sudo }
      b: { address: "10.0.0.2", become: none }
      c: { connection: local, become: doas }
      # \`ansible_become_user\` of \`d\` is left out: hsctl becomes root only, so \`become\` is left out with it (hosts:5)
      d: {}
      # \`ansible_become_method\` of \`e\` is left out: \`pbrun\` is a way to become root that hsctl does not know (hosts:6)
      e: {}
      # \`ansible_host\` of \`f\` is left out: it is a template, and here nothing fills one in (hosts:7)
      f: { become: sudo }
      localhost: { connection: ssh, become: sudo }
  odd:
    hosts:
      # \`ansible_port\` of \`g\` is left out: it is no number of a port (hosts:13)
      # \`ansible_user\` of \`g\` is left out: it is no name of a user (hosts:13)
      g: {}
`,
	},
	{
		what: 'what stays behind: passwords, keys, options of ssh, lists, templates, settings of Ansible',
		files: {
			hosts: `[web]
w[1:3] ansible_ssh_pass=hunter2
k ansible_ssh_private_key_file=~/.ssh/id ansible_ssh_common_args='-o ProxyJump=jump' ansible_become_pass=hunter2
v list='[1, 2]' map='{"a": 1}' url='http://{{ host }}/' api_token=hunter2 foo-bar=1 ref='\${vars.x}' shell='\${HOME}'
p ansible_python_interpreter=/usr/bin/python3 ansible_ssh_pipelining=true ansible_winrm_transport=basic
`,
		},
		out: `groups:
  web:
    hosts:
      # \`ansible_ssh_pass\` of \`w1\` and 2 more is left out: it is a password (hosts:2)
      w1: {}
      w2: {}
      w3: {}
      # \`ansible_ssh_private_key_file\` of \`k\` is left out: the ssh config says which key is used (hosts:3)
      # \`ansible_ssh_common_args\` of \`k\` is left out: options of ssh are no part of an inventory (hosts:3)
      # \`ansible_become_pass\` of \`k\` is left out: it is a password (hosts:3)
      k: {}
      # \`list\` of \`v\` is left out: it is a list, and values here are text (hosts:4)
      # \`map\` of \`v\` is left out: it is a map, and values here are text (hosts:4)
      # \`url\` of \`v\` is left out: it is a template, and here nothing fills one in (hosts:4)
      # \`api_token\` of \`v\` is copied as it is, and looks like a secret: plans and the history show it (hosts:4)
      # \`ref\` of \`v\` is left out: \`\${vars.x}\` in it means something to hsctl (hosts:4)
      v:
        vars:
          api_token: hunter2
          foo_bar: "1"
          shell: \${HOME}
      # \`ansible_winrm_transport\` of \`p\` is left out: it steers Ansible, and hsctl has no such setting (hosts:5)
      p: {}
`,
	},
	{
		what: 'hosts that are reached in other ways are left out',
		files: {
			hosts:
				'[mixed]\na\nc ansible_connection=community.docker.docker\nw ansible_connection=winrm\nl ansible_connection=community.general.proxmox_pct_remote\n',
		},
		out: `# the host \`c\` is left out: Ansible reaches it by \`community.docker.docker\`, and hsctl does not (hosts:3)
# the host \`w\` is left out: Ansible reaches it by \`winrm\`, and hsctl does not (hosts:4)
# the host \`l\` is left out: Ansible reaches it by \`community.general.proxmox_pct_remote\`, and hsctl does not (hosts:5)

groups:
  mixed:
    hosts:
      a: {}
`,
		notes: [
			'hosts:3: the host `c` is left out: Ansible reaches it by `community.docker.docker`, and hsctl does not; add it by hand if it has sshd and /bin/sh',
			'hosts:4: the host `w` is left out: Ansible reaches it by `winrm`, and hsctl does not; add it by hand if it has sshd and /bin/sh',
			'hosts:5: the host `l` is left out: Ansible reaches it by `community.general.proxmox_pct_remote`, and hsctl does not; add it by hand with `on` and `vmid`',
		],
	},
	{
		what: 'names that cannot be, or are taken',
		files: {
			hosts:
				'[db]\ndb\n[web/x]\n[2001:db8::1]:22\nmüller\n[localhost]\n-dash\n[__proto__]\nconstructor constructor=1 __proto__=2\n[x-group]\nx-host\n',
		},
		out: `groups:
  db_group:
    hosts:
      db: {}
  web_x:
    hosts:
      "2001_db8__1": { address: "2001:db8::1", port: 22 }
      # the address of \`müller\` is not known: its name cannot be one (hosts:5)
      m_ller: {}
  localhost_group:
    hosts:
      # the address of \`-dash\` is not known: its name cannot be one (hosts:7)
      _dash: {}
  __proto___:
    hosts:
      constructor_:
        address: constructor
        vars:
          constructor_: "1"
          __proto___: "2"
  x_group:
    hosts:
      x_host: { address: x-host }
`,
	},
	{
		what: 'YAML: nested groups, hosts without words, tags, merge keys, what YAML 1.1 would change',
		files: {
			'hosts.yml': `---
all:
  hosts:
    mail.example.org:
  vars: { mode: 0644, version: 1.10, on: yes, nothing: ~, text: "80" }
  children:
    web:
      hosts:
        web[1:2]: &web { ansible_user: deploy, role: front }
        web9: { <<: *web, role: back }
      vars:
        key: !vault |
          $ANSIBLE_VAULT;1.1;AES256
          3130
        raw: !unsafe "{{ this stays }}"
        odd: !myns x
        list: [a]
    db: web9x
    cache:
      hosts: redis1
      extra: { a: 1 }
other:
  hosts:
    web9:
`,
		},
		out: `# \`db\` is passed over, as Ansible does: it is no group (hosts.yml:18)

groups:
  everything:
    groups: [ web, cache, other, ungrouped ]
    vars:
      mode: "0644"
      version: "1.10"
      "on": "yes"
      nothing: ""
      text: "80"
  # \`key\` of the group \`web\` is left out: it is encrypted with ansible-vault (hosts.yml:12)
  # \`odd\` of the group \`web\` is left out: its tag \`!myns\` means something to Ansible only (hosts.yml:16)
  # \`list\` of the group \`web\` is left out: it is a list, and values here are text (hosts.yml:17)
  web:
    hosts:
      web1:
        user: deploy
        vars:
          role: front
      web2:
        user: deploy
        vars:
          role: front
    groups: [ web_and_other ]
    vars:
      raw: "{{ this stays }}"
  # \`extra\` of the group \`cache\` is passed over, as Ansible does (hosts.yml:21)
  cache:
    hosts:
      redis1: {}
  other:
    groups: [ web_and_other ]
  ungrouped:
    hosts:
      mail.example.org: {}
  web_and_other:
    hosts:
      web9:
        user: deploy
        vars:
          role: back
`,
	},
	{
		what: 'a folder with files of variables, of which even those for all win over the inventory',
		files: {
			'inv/hosts': '[web]\nweb1 x=line\nweb2\n[web:vars]\nntp=section\nz=section\n',
			'inv/group_vars/all/main.yml': 'ntp: all\n',
			'inv/group_vars/all/vault.yml': vault,
			'inv/group_vars/all/notes.md': 'no: variables\n',
			'inv/group_vars/web.yml': '# nothing\n',
			'inv/group_vars/gone.yml': 'a: b\n',
			'inv/host_vars/web1': 'x: file\npw: !vault |\n  3130\n',
			'inv/host_vars/web1.yml': 'x: never\n',
			'inv/.hidden': 'junk',
			'inv/ec2.ini': '[ec2]\nregions = all\n',
		},
		words: ['inv'],
		out: `# the file belongs to no group of the inventory (inv/group_vars/gone.yml:1)

groups:
  # the file of the group \`all\` is left out: it is encrypted with ansible-vault (inv/group_vars/all/vault.yml:1)
  everything:
    groups: [ web ]
    vars:
      ntp: all
  web:
    hosts:
      # the file of \`web1\` is passed over: for Ansible web1 is there before it (inv/host_vars/web1.yml:1)
      # \`pw\` of \`web1\` is left out: it is encrypted with ansible-vault (inv/host_vars/web1:2)
      web1:
        vars:
          x: file
      web2: {}
    vars:
      z: section
`,
		notes: [
			'inv/ec2.ini:1: the file is not read: in a folder Ansible passes over all that ends in .ini; if it has hosts, import it by itself: `hsctl import inv/ec2.ini`',
			'inv/group_vars/all/vault.yml:1: the file of the group `all` is left out: it is encrypted with ansible-vault; keep what scripts need of it under `secrets` of the playbook; `ansible-vault view` shows it',
			'inv/group_vars/gone.yml:1: the file belongs to no group of the inventory; remove it, or correct its name',
			'inv/host_vars/web1.yml:1: the file of `web1` is passed over: for Ansible web1 is there before it; put what it says there',
			'inv/host_vars/web1:2: `pw` of `web1` is left out: it is encrypted with ansible-vault; keep it under `secrets` of the playbook (docs/language.md)',
			'inv/hosts:5: `ntp` of the group `web` is left out: for Ansible another value wins on each of its hosts',
		],
	},
	{
		what: 'several files as one inventory, with what lies beside the first',
		files: {
			'a/hosts': '[web]\nweb1\n',
			'a/group_vars/web': 'x: "1"\n',
			'b.yml': 'web:\n  hosts:\n    web2: {}\n  vars: { z: "2" }\n',
		},
		words: ['a/hosts', 'b.yml'],
		out: `groups:
  web:
    hosts:
      web1: {}
      web2: {}
    vars:
      z: "2"
      x: "1"
`,
	},
	{
		what: 'a byte order mark and the line ends of Windows',
		files: { hosts: '\ufeff[web]\r\nweb1 a=b\r\n' },
		out: 'groups:\n  web:\n    hosts:\n      web1:\n        vars:\n          a: b\n',
	},
];

describe('an inventory of Ansible becomes one of hsctl', () => {
	it.each(cases)('$what', ({ files, words, out, notes }) => {
		const imported = made(files, words);
		expect(imported.text).toBe(out);
		if (notes !== undefined) expect(noteTexts(imported)).toEqual(notes);
	});

	it('without a word of a password anywhere', () => {
		const secret =
			'ansible_password=hunter2 ansible_become_password=hunter2 ansible_ssh_pass="{{ hunter2 }}" x="{{ hunter2 }}"';
		const imported = made({ hosts: `web1 ${secret}\n[all:vars]\nansible_sudo_pass=hunter2\n` });
		expect(imported.notes).toHaveLength(5);
		expect(`${imported.text}${noteTexts(imported).join('')}`).not.toContain('hunter2');
	});

	it('with more groups in a group than one can hold', () => {
		const lines = Array.from({ length: 1001 }, (_, index) => `[own${index}]\nh${index}\n`);
		const all = Array.from({ length: 1001 }, (_, index) => `h${index}\n`);
		const { inventory } = made({ hosts: `[prod]\n${all.join('')}${lines.join('')}` });
		expect(inventory.groups.get('prod')).toHaveLength(1001);
		expect(inventory.groups.get('own7')).toEqual(['h7']);
	});
});

describe('what is no inventory of Ansible', () => {
	it.each<readonly [what: string, files: Files, problem: string]>([
		['a heading with blanks', { hosts: '[my web]\nweb1\n' }, 'HS1903 1 `[my web]` is no heading of a section'],
		['an unknown kind of section', { hosts: '[web:host]\nweb1\n' }, 'HS1903 1 `[web:host]` is no heading'],
		['a word that is no assignment', { hosts: '[web]\nweb1 web2\n' }, 'HS1903 2 `web2` is no `key=value`'],
		[
			'an open quote',
			{ hosts: 'web1 a="b\n' },
			'HS1903 1 the words of this line cannot be told apart: a quote is not closed',
		],
		['a variable without a value', { hosts: 'web1\n[all:vars]\nx\n' }, 'HS1903 3 `x` is no `key=value`'],
		[
			'variables of a group that is not there',
			{ hosts: 'web1\n[wbe:vars]\nx=1\n' },
			'HS1903 2 `[wbe:vars]` speaks of the group `wbe`',
		],
		['a child that is not there', { hosts: '[a:children]\nb\n' }, 'HS1903 2 `[a:children]` speaks of the group `b`'],
		[
			'groups in each other',
			{ hosts: '[a:children]\nb\n[b:children]\na\n' },
			'HS1903 groups contain each other: a → b → a (hosts:2)',
		],
		['a group in itself', { hosts: '[a:children]\na\n' }, 'HS1903 the group `a` contains itself (hosts:2)'],
		['all in a group', { hosts: '[a:children]\nall\n' }, 'HS1903 groups contain each other'],
		['a range that is too large', { hosts: 'ok\nweb[1:99999999]\n' }, 'HS1904 2 there would be 99999999 hosts here'],
		['many ranges', { hosts: 'a[1:30000]\nb[1:30000]\n' }, 'HS1904 2 there would be 30000 hosts here'],
		['a port that is missing', { hosts: 'a\nweb1:\n' }, 'HS1903 2 `web1:` ends in a colon'],
		[
			'a program',
			{ hosts: '#!/usr/bin/env python3\nprint()\n' },
			'HS1902 hosts is a program that prints hosts, and is not run; let Ansible',
		],
		[
			'a plugin',
			{ 'aws.yml': 'plugin: amazon.aws.aws_ec2\n' },
			'HS1902 1 this file asks the plugin `amazon.aws.aws_ec2` for the hosts',
		],
		['an encrypted file', { hosts: vault }, 'HS1902 hosts is encrypted with ansible-vault'],
		[
			'the JSON of ansible-inventory',
			{ 'all.json': '{"_meta": {"hostvars": {}}, "all": {}}' },
			'HS1901 1 this is the JSON',
		],
		['a playbook', { 'site.yml': '- hosts: all\n' }, 'HS1901 1 this is a list: a playbook'],
		[
			'an inventory of hsctl',
			{ 'inventory.yaml': 'groups: { web: {} }\n' },
			'HS1901 1 this is a file of hsctl already',
		],
		['hosts in a list', { 'h.yml': 'web:\n  hosts: [a, b]\n' }, 'HS1903 2 `hosts` of the group `web` is not a map'],
		[
			'a host with text',
			{ 'h.yml': 'web:\n  hosts:\n    a: b\n' },
			'HS1903 3 what is said of the host `a` is not a map',
		],
		['nothing', { hosts: '' }, 'HS1901 there is no host to import in hosts'],
		['no hosts', { hosts: '[web]\n' }, 'HS1901 there is no host to import in hosts'],
		[
			'only hosts of other kinds',
			{ hosts: 'w ansible_connection=winrm\n' },
			'HS1901 there is no host to import in hosts (hosts:1: the host `w`',
		],
		['broken YAML', { 'h.yml': 'web:\n  hosts: {\n' }, 'HS1005'],
		['a private key', { id: '-----BEGIN OPENSSH PRIVATE KEY-----\nxx\n' }, 'HS1901 id is a key or a certificate'],
		[
			'variables in a list',
			{ hosts: 'a\n', 'group_vars/all.yml': '- a\n' },
			'HS1903 group_vars/all.yml holds no variables',
		],
	])('is refused: %s', (_what, files, problem) => {
		const [first, ...others] = refusals(files);
		expect([first?.startsWith(problem) ? problem : first, others]).toEqual([problem, []]);
	});

	it('is refused: a folder without one, and a folder of keys', () => {
		expect(refusals({ 'inv/hosts.ini': 'a\n' }, ['inv'])).toEqual([
			'HS1901 the folder inv has no inventory in it; name the file: `hsctl import inv/hosts.ini`',
		]);
		expect(refusals({ '.ssh/config': 'Host a\n', '.ssh/id': 'x' }, ['.ssh'])).toEqual([
			'HS1901 .ssh is a folder with keys in it; name the file: .ssh/config',
		]);
		expect(refusals({ hosts: 'a\n' }, ['', 'hosts'])[0]).toMatch(/^HS1801 an empty word/);
		expect(refusals({}, ['nowhere'])).toEqual(['HS1001 nowhere cannot be read: it does not exist; check the path']);
	});

	it('says all that is wrong at once', () => {
		const lines = refusals({ hosts: '[a b]\nweb1 x\n[web]\nweb1 x\nweb[2\n[web:vars]\ny\n' });
		expect(lines.map(line => line.slice(0, 8))).toEqual(['HS1903 1', 'HS1903 4', 'HS1903 5', 'HS1903 7']);
	});

	it('is asked about no other format than the one that is said', () => {
		expect(made({ hosts: 'all:\n  hosts:\n    a:\n' }).hosts).toBe(1);
		expect(refusals({ hosts: 'all:\n  hosts:\n    a:\n' }, ['hosts'], 'ansible-ini')[0]).toMatch(
			/^HS1903 1 `all:` ends in a colon/,
		);
		expect(refusals({ hosts: '---\nweb1\n' }, ['hosts'], 'ansible-ini')[0]).toMatch(
			/^HS1903 1 `---` is no host; .* --from ansible-yaml$/,
		);
	});
});
