import { describe, expect, it } from 'vitest';
import { hostName } from '../../src/model/brand.ts';
import type { SeenHost } from '../../src/model/saved-facts.ts';
import { factsJson } from '../../src/outputs/facts/json.ts';
import { ambiguousHost, factsWishes } from '../../src/planning/facts-wish.ts';
import { parseSavedFacts } from '../../src/planning/parse-saved-facts.ts';
import { questionsFor } from '../../src/planning/questions.ts';
import { facts, fileExists, host, hotfix, memory, openJob, playbook, receipt } from '../fakes/builders.ts';

const seen: SeenHost = {
	name: hostName('web1'),
	reached: true,
	takenAt: '2026-07-30T10:00:00.000Z',
	place: { connection: 'ssh', address: '10.0.0.1', port: 22, user: 'root', stateDir: '/s' },
	seen: [
		{
			become: 'sudo',
			facts: facts(),
			looks: [{ fact: 'file_exists /a', look: 'ab', printed: 'there \udcff "x"\n\u001b[2J' }],
			memory: memory({ receipts: [receipt()], damaged: ['x~y.json'], jobs: [openJob('lost')] }),
			pendingRestarts: [{ service: 'nginx', run: '01A' }],
		},
	],
};
const text = factsJson([seen]);

describe('saved facts', () => {
	it('come back as they were, also bytes that are no text', () => {
		expect(parseSavedFacts(text)).toEqual({ ok: true, value: seen });
	});

	it.each(['failed', 'rolled_back', 'rollback_failed'] as const)('come back where a pool ended as %s', why => {
		const memory1 = memory({ receipts: [receipt({ unit: 'pool.a', status: 'failed', why })] });
		const [first] = seen.reached ? seen.seen : [];
		if (first === undefined) throw new Error('nothing was seen');
		const ended: SeenHost = { ...seen, seen: [{ ...first, memory: memory1 }] };
		expect(parseSavedFacts(factsJson([ended]))).toEqual({ ok: true, value: ended });
	});

	it.each<[string, string, RegExp]>([
		['cut off', text.slice(0, 500), /not JSON; was it cut off/],
		['with the marks of a merge', `<<<<<<< ours\n${text}`, /marks of a merge/],
		['that are a list', '[]', /the file is not an object/],
		['that are something else', '{ "name": "x" }', /it has no format/],
		['that are a plan', '{ "format": "hsctl/plan/v1" }', /its format is "hsctl\/plan\/v1"/],
		['of several hosts', factsJson([seen, seen]), /not of exactly one host/],
		['of a host that was not reached', factsJson([{ name: seen.name, reached: false, because: 'x' }]), /not reached/],
		['without a time', text.replace('2026-07-30T10:00:00.000Z', 'yesterday'), /`taken_at` is not a time/],
		['with another kind of value', text.replace('"uid": 0', '"uid": "0"'), /`uid` is not a whole number/],
		['with a word that does not exist', text.replace('"become": "sudo"', '"become": "magic"'), /`become` is "magic"/],
		['with a key missing', text.replace('"looks"', '"lookz"'), /`looks` is not a list/],
		[
			'with a key of a job that is none',
			text.replaceAll(/"key": "[0-9a-f]{64}"/g, '"key": "1"'),
			/not the key of a job/,
		],
	])('%s are told as damaged, and why', (_, damaged, because) => {
		expect(parseSavedFacts(damaged)).toEqual({ ok: false, error: expect.stringMatching(because) });
	});
});

describe('what hosts are asked to be saved', () => {
	const web1 = host('web1');
	const ask = (path: string, on = web1, become?: 'sudo') => {
		const units = [hotfix({ when: fileExists(path) })];
		return questionsFor(
			playbook(units, { on: [on], ...(become === undefined ? {} : { become }) }),
			[{ host: on, units }],
			new Map(),
		);
	};

	it('is asked once a host and user, whatever playbooks there are, and no look twice', () => {
		const wishes = factsWishes([...ask('/a'), ...ask('/b'), ...ask('/a'), ...ask('/c', web1, 'sudo')]);
		expect(wishes.map(wish => wish.asked.map(({ become }) => become))).toEqual([['none', 'sudo']]);
		const looks = wishes[0]?.asked[0]?.looks.map(({ fact }) => fact) ?? [];
		expect(looks.filter(fact => fact.startsWith('file_exists'))).toEqual(['file_exists /a', 'file_exists /b']);
		expect(looks).toContain('fact arch');
	});

	it('must be of one host where it has one name', () => {
		expect(ambiguousHost([...ask('/a'), ...ask('/b')])).toBeUndefined();
		expect(ambiguousHost([...ask('/a'), ...ask('/a', host('web1', { stateDir: '/s' }))])).toBe('web1');
	});
});
