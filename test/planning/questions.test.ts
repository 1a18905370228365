import { describe, expect, it } from 'vitest';
import type { Host } from '../../src/model/inventory.ts';
import type { Playbook } from '../../src/model/playbook.ts';
import type { Hotfix } from '../../src/model/unit.ts';
import { questionsFor, variableEnvName } from '../../src/planning/questions.ts';
import { fileExists, host, hotfix, playbook, script } from '../fakes/builders.ts';

const ask = (
	units: readonly Hotfix[],
	hosts: readonly Host[],
	rest: Partial<Playbook> & { readonly set?: Readonly<Record<string, string>> } = {},
) =>
	questionsFor(
		playbook(units, { on: hosts, ...rest }),
		hosts.map(one => ({ host: one, units })),
		new Map(Object.entries(rest.set ?? {})),
	);

const first = (...args: Parameters<typeof ask>) => {
	const question = ask(...args)[0]?.units[0];
	if (question?.kind !== 'hotfix') throw new Error('nothing is asked');
	return question;
};

describe('what a host is asked', () => {
	it('has the host’s own values in place of references', () => {
		const unit = hotfix({
			when: { kind: 'all', of: [fileExists('/srv/${host.name}'), { kind: 'not', of: fileExists('/x/${vars.level}') }] },
			env: new Map([['URL', 'https://${host.address}/']]),
			stdin: '${vars.level}',
		});
		const question = first([unit], [host('web1', { address: '10.0.0.1' })], { vars: new Map([['level', '7']]) });
		expect(question.looks.map(({ fact }) => fact)).toEqual(['file_exists /srv/web1', 'file_exists /x/7']);
		expect(question.work).toMatchObject({ env: { URL: 'https://10.0.0.1/' }, stdin: '7' });
	});

	it('leaves a condition without references as it is', () => {
		const when = fileExists('/etc/x');
		expect(first([hotfix({ when })], [host('web1')]).condition).toBe(when);
	});

	it('gives variables to scripts as HSCTL_VAR_*: --set over the host over the playbook', () => {
		const vars = new Map([
			['a', 'playbook'],
			['b', 'playbook'],
			['c', 'playbook'],
		]);
		const on = host('web1', {
			vars: new Map([
				['b', 'host'],
				['c', 'host'],
			]),
		});
		expect(first([hotfix()], [on], { vars, set: { c: 'set', d: 'set' } }).work.env).toEqual({
			HSCTL_VAR_A: 'playbook',
			HSCTL_VAR_B: 'host',
			HSCTL_VAR_C: 'set',
			HSCTL_VAR_D: 'set',
		});
		expect(variableEnvName('health-url')).toBe('HSCTL_VAR_HEALTH_URL');
	});

	it('lets a unit’s own variable win over one of the same name', () => {
		const unit = hotfix({ env: new Map([['HSCTL_VAR_A', 'own']]) });
		expect(first([unit], [host('web1')], { vars: new Map([['a', 'x']]) }).work.env.HSCTL_VAR_A).toBe('own');
	});

	it('makes another job of it only when the script mentions the variable', () => {
		const key = (text: string, value: string) =>
			first([hotfix({ script: script(text) })], [host('web1')], { vars: new Map([['level', value]]) }).work.key;
		expect(key('echo $HSCTL_VAR_LEVEL', '1')).not.toBe(key('echo $HSCTL_VAR_LEVEL', '2'));
		expect(key('echo', '1')).toBe(key('echo', '2'));
	});

	it('makes another job of it for root', () => {
		const key = (become: 'none' | 'sudo') => first([hotfix()], [host('web1', { become })]).work.key;
		expect(key('none')).not.toBe(key('sudo'));
	});

	it('makes a job of its own of the undo script', () => {
		const question = first([hotfix({ undo: script('undo') })], [host('web1')]);
		expect(question.undoWork?.key).toMatch(/^[0-9a-f]{64}$/);
		expect(question.undoWork?.key).not.toBe(question.work.key);
	});

	it('is worked out once for hosts that are alike', () => {
		const vars = new Map([['a', '1']]);
		const hosts = [host('web1'), host('web2'), host('web3', { vars }), host('web4', { vars: new Map(vars) })];
		const [one, two, three, four] = ask([hotfix()], hosts).map(({ units }) => units[0]);
		expect(two).toBe(one);
		expect(four).toBe(three);
		expect(three).not.toBe(one);
	});

	it.each<[string, Partial<Omit<Hotfix, 'address'>>]>([
		['its condition', { when: fileExists('/srv/${host.name}') }],
		['a variable', { env: new Map([['A', '${host.name}']]) }],
		['its input', { stdin: '${host.name}' }],
	])('is worked out for each host when %s names the host', (_, rest) => {
		const [one, two] = ask([hotfix(rest)], [host('web1'), host('web2')]).map(({ units }) => units[0]);
		expect(two).not.toBe(one);
		expect(JSON.stringify(two)).toContain('web2');
	});

	it('knows who becomes whom: the unit over the host over the playbook', () => {
		const become = (unit: Partial<Hotfix>, on: Partial<Host>, rest: Partial<Playbook>) =>
			ask([{ ...hotfix(), ...unit }], [host('web1', on)], rest)[0]?.become;
		expect(become({ become: 'doas' }, { become: 'sudo' }, { become: 'none' })).toBe('doas');
		expect(become({}, { become: 'sudo' }, { become: 'doas' })).toBe('sudo');
		expect(become({}, {}, { become: 'doas' })).toBe('doas');
		expect(become({}, {}, {})).toBe('none');
	});
});
