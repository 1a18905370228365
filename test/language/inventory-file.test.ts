import { describe, expect, it } from 'vitest';
import { loadInventoryFile } from '../../src/language/inventory-file.ts';
import { hostName, repoPath } from '../../src/model/brand.ts';
import { memoryRepository } from '../fakes/memory-repository.ts';

const text = `groups:
  web:
    port: 2222
    vars: { tier: front, color: blue }
    needs: [db1]
    hosts:
      web1: { port: 22, vars: { tier: canary } }
      web2: {}
  all_web: { groups: [web], port: 1, user: deploy }
  db:
    hosts: { db1: { needs: [web3] }, web3: {} }
`;

const load = (content: string) =>
	loadInventoryFile(repoPath('inventory.yaml'), memoryRepository({ 'inventory.yaml': content }));

function originsOf(name: string): Readonly<Record<string, string>> {
	const loaded = load(text);
	if (!loaded.ok) throw new Error(loaded.error.map(({ message }) => message).join('\n'));
	const host = loaded.value.inventory.hosts.get(hostName(name));
	if (host === undefined) throw new Error(`there is no host ${name}`);
	const origins = [...loaded.value.originsOf(host)];
	return Object.fromEntries(origins.map(([key, { at, group }]) => [key, `${at.line} ${group ?? 'itself'}`]));
}

describe('an inventory without a playbook', () => {
	it('knows where each value of a host is written: the host wins over its group, an inner group over an outer one', () => {
		expect(originsOf('web1')).toEqual({
			port: '7 itself',
			'vars.tier': '7 itself',
			'vars.color': '4 web',
			'needs.db1': '5 web',
			user: '9 all_web',
		});
		expect(originsOf('web2')).toMatchObject({ port: '3 web', 'vars.tier': '4 web' });
		expect(originsOf('localhost')).toEqual({});
	});

	it('knows what each group holds itself', () => {
		const loaded = load(text);
		expect(loaded.ok && Object.fromEntries(loaded.value.groups)).toEqual({
			web: { hosts: ['web1', 'web2'], groups: [] },
			all_web: { hosts: [], groups: ['web'] },
			db: { hosts: ['db1', 'web3'], groups: [] },
		});
	});

	it.each([
		['groups: { web: { hosts: { web1: { prot: 22 } } } }\n', 'HS1101'],
		['groups: { web: { groups: [wbe] } }\n', 'HS1203'],
		['groups: [\n', 'HS1005'],
	])('is refused as it would be beside a playbook: %j', (content, code) => {
		const loaded = load(content);
		expect(loaded.ok ? [] : loaded.error.map(problem => problem.code)).toContain(code);
	});
});
