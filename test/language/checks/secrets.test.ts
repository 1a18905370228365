import { expect, it } from 'vitest';
import { load, said } from '../load.ts';

const use = (stdin: string) => `hotfixes: { a: { script: fix.sh, stdin: "${stdin}" } }\n`;

it.each([
	[`secrets: { token: { env: TOKEN } }\n${use('${secret.token}')}`, []],
	[`secrets: { token: { env: TOKEN } }\n${use('x ${ secret.token } y')}`, []],
	['secrets: { token: { env: TOKEN } }\n', ['HS1704 token: nothing uses the secret `token`']],
	[`secrets: { a: { env: A }, ab: { env: B } }\n${use('${secret.ab}')}`, ['HS1704 a: nothing uses the secret `a`']],
	[`secrets: { a: { env: A } }\n${use('$${secret.a}')}`, ['HS1704 a: nothing uses the secret `a`']],
])('%j: %j', (body, expected) => {
	expect(said(load(body))).toEqual(expected);
});

it('where a secret comes from is not looked at: that is a matter of the machine that applies', () => {
	expect(
		said(
			load(
				`secrets: { a: { file: /run/secrets/a }, b: { file: secrets/not-committed } }\n${use('${secret.a}${secret.b}')}`,
			),
		),
	).toEqual([]);
});

it('a secret that nobody uses is a warning', () => {
	expect(load('secrets: { token: { env: TOKEN } }\n').playbook).toBeDefined();
});
