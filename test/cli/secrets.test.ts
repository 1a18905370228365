import { execFileSync } from 'node:child_process';
import { chmodSync, existsSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { Encrypter, generateX25519Identity, identityToRecipient } from 'age-encryption';
import { describe, expect, it } from 'vitest';
import { finish, type Rig, rig, statuses, until } from './rig.ts';

const value = 'hunter2-Zażółć/+=';
const apply = ['apply', 'p.yaml', '--yes', '--json'];

/** A playbook whose unit takes the secret from `source`, prints it in every shape, and keeps only its digest. */
async function withSecret(r: Rig, source: string, script = prints): Promise<void> {
	await r.playbook('  a: { stdin: "user:${secret.token}" }\n', { a: script }, `secrets: { token: ${source} }\n`);
}

const prints = `read -r line
secret=\${line#user:}
printf 'plain %s\\n' "$secret"
printf %s "$secret" | base64
printf 'user:%s' "$secret" | base64 >&2
printf %s "$secret" | od -An -tx1 | tr -d ' \\n'; echo
printf %s "$secret" | while IFS= read -r line || [ -n "$line" ]; do for part in "\${line%??????}" "\${line#"\${line%??????}"}"; do printf %s "$part"; sleep 0.3; done; done
echo
printf %s "$secret" | sha256sum | cut -c1-64 >$MARKS/digest
`;

/** Every file below, as one text. */
function everything(folder: string): string {
	return readdirSync(folder, { recursive: true, withFileTypes: true })
		.filter(entry => entry.isFile())
		.map(entry => readFileSync(join(entry.parentPath, entry.name), 'latin1'))
		.join('\n');
}

const shapes = [
	value,
	Buffer.from(value).toString('base64'),
	Buffer.from(value).toString('hex'),
	'unter2-Zażó',
	'hunter2',
	Buffer.from(value).toString('base64').slice(0, 12),
];

function expectUnseen(text: string): void {
	for (const shape of shapes) {
		expect(text).not.toContain(shape);
		expect(text).not.toContain(Buffer.from(shape).toString('latin1'));
	}
}

describe.concurrent('a secret', () => {
	it('C8: reaches the script whole, and is in no event, journal, audit file, plan or word of ours', async ({
		onTestFinished,
	}) => {
		const r = rig(onTestFinished);
		await withSecret(r, '{ env: TOKEN }');
		const planned = await r.hsctl(['plan', 'p.yaml', '-o', 'saved.plan', '-v'], { TOKEN: value });
		const ran = await r.hsctl(apply, { TOKEN: value });
		expect([ran.code, statuses(ran)]).toEqual([0, { 'hotfix.a': 'changed' }]);
		const digest = execFileSync('sha256sum', { input: value }).toString().slice(0, 64);
		expect(r.lines('digest')).toEqual([digest]);
		const logs = await r.hsctl(['logs', 'last']);
		const shown = await r.hsctl(['show', 'last']);
		expectUnseen([planned, ran, logs, shown].map(({ stdout, stderr }) => stdout + stderr).join('\n'));
		expectUnseen(everything(join(r.root, 'controller')));
		expectUnseen(readFileSync(join(r.root, 'repo/saved.plan'), 'latin1'));
		expect(logs.stdout.match(/\[secret token\]/g)?.length).toBeGreaterThanOrEqual(5);
	});

	it('H14: is on the host only in what its script has printed: not in receipts, nor in what was sent', async ({
		onTestFinished,
	}) => {
		const r = rig(onTestFinished);
		await withSecret(r, '{ env: TOKEN }', 'read -r line\nexit 0\n');
		await r.hsctl(apply, { TOKEN: value });
		expect(everything(r.state)).toContain('hotfix.a');
		expectUnseen(everything(r.state));
	});

	it('H14: is in no command line and no environment of a process while it is used', async ({ onTestFinished }) => {
		const r = rig(onTestFinished);
		const rare = 'only-here-5b1f';
		writeFileSync(join(r.root, 'home/token'), rare, { mode: 0o600 });
		await withSecret(
			r,
			'{ file: ~/token }',
			'read -r line\ntouch $MARKS/runs\nuntil [ -e $MARKS/go ]; do sleep 0.02; done\n',
		);
		const child = r.start(apply);
		const ended = finish(child);
		await until(() => existsSync(join(r.marks, 'runs')));
		const processes = readdirSync('/proc').filter(name => /^\d+$/.test(name) && name !== String(process.pid));
		const seen = processes
			.flatMap(pid => ['cmdline', 'environ'].map(file => textOf(`/proc/${pid}/${file}`)))
			.join('\n');
		writeFileSync(join(r.marks, 'go'), '');
		expect((await ended).code).toBe(0);
		expect(seen).toContain('HSCTL_RUN=');
		expect(seen.includes(rare)).toBe(false);
	});

	it('comes from a file that only its owner can read', async ({ onTestFinished }) => {
		const r = rig(onTestFinished);
		await withSecret(r, '{ file: secrets/token }', 'read -r line\n[ "$line" = "user:abc def" ]\n');
		r.write({ 'secrets/token': 'abc def\n' });
		const open = await r.hsctl(apply);
		expect([open.code, open.stderr]).toEqual([3, expect.stringContaining('`chmod 600 secrets/token`')]);
		chmodSync(join(r.root, 'repo/secrets/token'), 0o600);
		expect(statuses(await r.hsctl(apply))).toEqual({ 'hotfix.a': 'changed' });
	});

	it('comes from what a command prints', async ({ onTestFinished }) => {
		const r = rig(onTestFinished);
		await withSecret(r, '{ command: [printf, "%s\\n", abcd] }', 'read -r line\n[ "$line" = user:abcd ]\n');
		expect(statuses(await r.hsctl(apply))).toEqual({ 'hotfix.a': 'changed' });
	});

	it('comes from a file encrypted with age', async ({ onTestFinished }) => {
		const r = rig(onTestFinished);
		await withSecret(r, '{ file: token.age }', 'read -r line\n[ "$line" = user:abcd ]\n');
		const identity = await generateX25519Identity();
		const encrypter = new Encrypter();
		encrypter.addRecipient(await identityToRecipient(identity));
		writeFileSync(join(r.root, 'repo/token.age'), await encrypter.encrypt('abcd\n'));
		const keyFile = join(r.root, 'home/age.key');
		writeFileSync(keyFile, `# mine\n${identity}\n`, { mode: 0o600 });
		expect(statuses(await r.hsctl(apply, { HSCTL_AGE_KEY_FILE: keyFile }))).toEqual({ 'hotfix.a': 'changed' });
		writeFileSync(keyFile, `${await generateX25519Identity()}\n`);
		const other = await r.hsctl(['apply', 'p.yaml', '--yes', '--set', 'again=1'], { HSCTL_AGE_KEY_FILE: keyFile });
		expect(other.stderr).not.toContain('abcd');
	});

	it.for([
		['{ env: NOT_THERE }', 'the environment has no NOT_THERE'],
		['{ file: nowhere }', 'nowhere does not exist'],
		['{ command: [sh, -c, exit 7] }', '`sh` ended with exit 7'],
		['{ command: [no-such-program-here] }', '`no-such-program-here` could not be run'],
		['{ command: ["true"] }', 'it is empty'],
		['{ age: token.age }', 'token.age is encrypted, and the key for it is missing'],
	] as const)('that cannot be had starts nothing: %s', async ([source, words], { onTestFinished }) => {
		const r = rig(onTestFinished);
		await withSecret(r, source, 'echo ran >>$MARKS/ran\n');
		const ran = await r.hsctl(apply);
		expect([ran.code, ran.stderr]).toEqual([
			3,
			expect.stringContaining(`the secret \`token\` cannot be had: ${words}`),
		]);
		expect([r.lines('ran'), (await r.hsctl(['history'])).stdout]).toEqual([[], expect.not.stringContaining('p.yaml')]);
	});

	it('is not asked for when nothing takes it', async ({ onTestFinished }) => {
		const r = rig(onTestFinished);
		await r.playbook(
			'  a: {}\n  b: { stdin: "${secret.token}" }\n',
			{ a: 'true\n', b: 'true\n' },
			'secrets: { token: { env: NOT_THERE } }\n',
		);
		expect((await r.hsctl([...apply, '--target', 'hotfix.a'])).code).toBe(0);
	});

	it('with another value is the same job: what is done once stays done', async ({ onTestFinished }) => {
		const r = rig(onTestFinished);
		await withSecret(r, '{ env: TOKEN }', 'echo ran >>$MARKS/ran\n');
		await r.hsctl(apply, { TOKEN: 'first' });
		expect(statuses(await r.hsctl(apply, { TOKEN: 'second' }))).toEqual({ 'hotfix.a': 'ok' });
	});
});

function textOf(file: string): string {
	try {
		return readFileSync(file, 'latin1');
	} catch {
		return '';
	}
}
