import { describe, expect, it } from 'vitest';
import { asUnitAddress, sha256Digest } from '../../src/model/brand.ts';
import { type JobContent, jobKey } from '../../src/units/job-key.ts';
import { restartAddress, restartJob, restartScript } from '../../src/units/restart.ts';

const content: JobContent = {
	address: asUnitAddress('hotfix.a'),
	purpose: 'do',
	script: sha256Digest('a'.repeat(64)),
	interpreter: ['/bin/sh'],
	env: { A: '1', B: '2' },
	user: 'root',
};

describe('the key of a job', () => {
	it.each<[string, Partial<JobContent>]>([
		['the unit', { address: asUnitAddress('hotfix.b') }],
		['the purpose', { purpose: 'undo' }],
		['the script', { script: sha256Digest('b'.repeat(64)) }],
		['the interpreter', { interpreter: ['/bin/sh', '-e'] }],
		['where a word of the interpreter ends', { interpreter: ['/bin', '/sh'] }],
		['the value of a variable', { env: { A: '1', B: '3' } }],
		['the name of a variable', { env: { A: '1', C: '2' } }],
		['which variable has which value', { env: { A: '2', B: '1' } }],
		['one variable more', { env: { A: '1', B: '2', C: '' } }],
		['the input', { stdin: 'yes' }],
		['an empty input', { stdin: '' }],
		['who runs it', { user: 'login' }],
	])('changes with %s', (_, change) => {
		expect(jobKey({ ...content, ...change })).not.toBe(jobKey(content));
	});

	it('does not change with the order of variables', () => {
		expect(jobKey({ ...content, env: { B: '2', A: '1' } })).toBe(jobKey(content));
	});

	it('does not change with what is not part of the content', () => {
		const more = { ...content, timeoutMs: 5, tags: ['x'], path: 'elsewhere.sh', needs: [] };
		expect(jobKey(more)).toBe(jobKey(content));
	});

	it('is 64 hexadecimal digits and the same in every version: hosts remember it', () => {
		expect(jobKey(content)).toBe('7a26efcc0a9490083390d819c331654c90b404feecb4015d9735053f874ec39c');
	});
});

describe('the restart of a service', () => {
	it('has the bytes that its digest says, and gets the service by environment', async () => {
		const job = restartJob('gogs.service', 'root');
		const { createHash } = await import('node:crypto');
		expect(job.script.digest).toBe(`sha256:${createHash('sha256').update(restartScript).digest('hex')}`);
		expect(job.env).toEqual({ HSCTL_SERVICE: 'gogs.service' });
		expect(restartAddress('gogs.service')).toBe('restart.gogs.service');
	});
});
