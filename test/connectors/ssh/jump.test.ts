import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { Secrets } from '../../../src/connectors/secrets.ts';
import { backOff } from '../../../src/connectors/ssh/connect.ts';
import { Gate } from '../../../src/connectors/ssh/gate.ts';
import { orderKeys } from '../../../src/connectors/ssh/identities.ts';
import { findRoute } from '../../../src/connectors/ssh/route.ts';
import { faultProxy } from '../../lab/fault-proxy.ts';
import { hasSshd, type Lab, lab, needsSshd, type Sshd } from '../../lab/lab.ts';
import { rig, run } from './rig.ts';

describe.skipIf(!hasSshd)(`jump hosts (${needsSshd})`, () => {
	let here: Lab;
	let bastion: Sshd;
	let middle: Sshd;
	let far: Sshd;
	beforeAll(async () => {
		here = lab();
		[bastion, middle, far] = (await Promise.all([1, 2, 3].map(last => here.sshd({ last })))) as [Sshd, Sshd, Sshd];
	});
	afterAll(() => here.close());

	const block = (name: string, place: { address: string; port: number }, ...more: readonly string[]) => [
		`Host ${name}`,
		`HostName ${place.address}`,
		`Port ${place.port}`,
		...more,
	];
	/** A target that is asked for by its name only. */
	const named = (name: string, place: Sshd) => ({ name, address: place.address, port: place.port });
	const logins = (place: Sshd) => (place.log().match(/Accepted publickey/g) ?? []).length;

	it('are gone through one after the other, each known by its own key', async () => {
		const config = [
			...block('bastion', bastion),
			...block('middle', middle, 'ProxyJump bastion'),
			...block('target', far, 'ProxyJump middle'),
		];
		const { connection } = rig(here, { config, known: [bastion.pin(), middle.pin(), far.pin()] });
		const opened = await connection(named('target', far));
		expect(await run(opened, 'echo "$SSH_CONNECTION"')).toMatch(new RegExp(` ${far.address} ${far.port}\n$`));
		expect([bastion, middle, far].map(logins)).toEqual([1, 1, 1]);
	});

	it('are read from a list too, and shared by all who are behind them', async () => {
		const before = [bastion, middle].map(logins);
		const config = [
			...block('bastion', bastion),
			...block('middle', middle),
			...block('target*', far, 'ProxyJump bastion,middle'),
		];
		const { connection } = rig(here, {
			config,
			known: [bastion.pin(), middle.pin(), far.pin()],
			limits: { idleMs: 5000 },
		});
		const opened = await Promise.all(Array.from({ length: 5 }, (_, index) => connection(named(`target${index}`, far))));
		expect(await Promise.all(opened.map(one => run(one, 'echo in')))).toEqual(Array(5).fill('in\n'));
		expect([bastion, middle].map(logins)).toEqual(before.map(count => count + 1));
	});

	it.each([
		['bastion', 0],
		['target', 1],
	])('A10: a wrong key of the %s is told as that host’s, and nothing behind it is reached', async (_, wrong) => {
		const before = logins(far);
		const config = [...block('bastion', bastion), ...block('target', far, 'ProxyJump bastion')];
		const pins = [bastion, far].map((place, index) =>
			index === wrong ? `[${place.address}]:${place.port} ${middle.hostKey()}` : place.pin(),
		);
		const because = await rig(here, { config, known: pins }).why(named('target', far));
		expect(because).toMatch(
			wrong === 0
				? /^via bastion \(\S+\): handshake: its host key has changed/
				: /^handshake: its host key has changed/,
		);
		expect(logins(far)).toBe(before);
	});

	it('A14: a jump host that dies is lost for all behind it, and found again when it is back', async () => {
		const proxy = await faultProxy(bastion);
		here.onEnd(async () => await proxy[Symbol.asyncDispose]());
		const config = [...block('bastion', proxy, 'HostKeyAlias bastion'), ...block('target*', far, 'ProxyJump bastion')];
		const { connection } = rig(here, { config, known: [`bastion ${bastion.hostKey()}`, far.pin()] });
		const opened = await connection(named('target1', far));
		const running = run(opened, 'sleep 30');
		// The exchange is on its way as soon as another one has been there and back.
		await run(opened, 'echo there');
		proxy.cut('reset');
		expect(await running).toMatch(/^lost: the connection was (closed|reset)$/);
		expect(await run(opened, 'echo again')).toBe('again\n');
		proxy.drop(99);
		proxy.cut('reset');
		const quick = rig(here, {
			config,
			known: [`bastion ${bastion.hostKey()}`, far.pin()],
			limits: { dials: 2, dialWaitMs: 1 },
		});
		const because = await quick.why(named('target2', far));
		expect(because).toMatch(
			/^via bastion \(\S+\): handshake: it closed the connection before it said a word \(tried 2 times\)$/,
		);
	});

	it('that forward nothing are told as such', async () => {
		const closed = await here.sshd({ config: ['AllowTcpForwarding no'], last: 4 });
		const config = [...block('bastion', closed), ...block('target', far, 'ProxyJump bastion')];
		const because = await rig(here, { config, known: [closed.pin(), far.pin()] }).why(named('target', far));
		expect(because).toMatch(/^via bastion \(\S+\): it does not lead on to 127\S+: the host opens none/);
	});

	it('that lead nowhere are told as such', async () => {
		const config = [...block('bastion', bastion), 'Host target', 'ProxyJump bastion'];
		const because = await rig(here, { config, known: [bastion.pin()] }).why({
			name: 'target',
			address: '127.0.0.1',
			port: 1,
		});
		expect(because).toMatch(
			/^via bastion \(\S+\): it does not lead on to 127.0.0.1:1: the host opens none \(Connect(ion)? (failed|refused)/i,
		);
	});

	it('that are behind themselves end somewhere', async () => {
		const config = [...block('a', bastion, 'ProxyJump b'), ...block('b', bastion, 'ProxyJump a')];
		expect(await rig(here, { config }).why(named('a', bastion))).toMatch(/the way to a goes over more than 8 hosts/);
	});

	it('A7: handshakes behind one bastion are let through eight at a time', async () => {
		const config = [...block('bastion', bastion), 'Host t*', 'ProxyJump bastion'];
		// Many ways to one host: known under as many names.
		// One sshd listens on sixteen addresses at most.
		const count = 15;
		const names = Array.from({ length: count }, (_, index) => here.address(100 + index));
		const strict = ['MaxStartups 11:100:11', ...names.map(address => `ListenAddress ${address}`)];
		const place = await here.sshd({ config: strict, last: 6 });
		const { connection } = rig(here, {
			config,
			known: [bastion.pin(), ...names.map(name => `[${name}]:${place.port} ${place.hostKey()}`)],
			limits: { dials: 1 },
		});
		const opened = await Promise.all(
			names.map((address, index) => connection({ name: `t${index}`, address, port: place.port })),
		);
		expect(new Set(await Promise.all(opened.map(one => run(one, 'echo in'))))).toEqual(new Set(['in\n']));
		expect(logins(place)).toBe(count);
	});
});

describe('the order of things', () => {
	it('a gate lets in who comes first, hands places over, and forgets who leaves the line', async () => {
		const gate = new Gate(2);
		const [first, second] = [await gate.enter(), await gate.enter()];
		const leaving = new AbortController();
		const entered: string[] = [];
		const third = gate.enter(leaving.signal).then(
			() => entered.push('third'),
			() => entered.push('third left'),
		);
		const fourth = gate.enter().then(leave => {
			entered.push('fourth');
			return leave;
		});
		leaving.abort();
		await third;
		first();
		first();
		(await fourth)();
		second();
		expect([entered, gate.inside]).toEqual([['third left', 'fourth'], 0]);
		await expect(gate.enter(AbortSignal.abort())).rejects.toThrow();
	});

	it('waits double, up to a bound, and no two are the same', () => {
		expect([1, 2, 3].map(tries => backOff(tries, 100, '0000'))).toEqual([50, 100, 200]);
		expect([1, 2, 3].map(tries => backOff(tries, 100, 'ffff'))).toEqual([150, 300, 600]);
		expect(backOff(99, 100, 'ffff')).toBe(4800);
	});

	it('keys: what a file names in the agent, files at hand, other keys of the agent, files to unlock', () => {
		const blob = (text: string) => Buffer.from(text);
		const held = ['sk-x', 'other', 'named'].map(name => ({
			name,
			type: name === 'sk-x' ? 'sk-ssh-ed25519@openssh.com' : 'ssh-ed25519',
			blob: blob(name),
		}));
		const files = [
			{ path: 'locked', kind: 'locked_key', blob: blob('locked') },
			{ path: 'file', kind: 'key', blob: blob('file') },
			{ path: 'named', kind: 'locked_key', blob: blob('named') },
		] as const;
		const order = (only: boolean) =>
			orderKeys(files, held, only).map(key => (key.from === 'agent' ? `agent ${key.key.name}` : `file ${key.path}`));
		expect(order(false)).toEqual(['agent named', 'file file', 'agent other', 'file locked']);
		expect(order(true)).toEqual(['agent named', 'file file', 'file locked']);
	});

	it('a password is asked for once, and until it has been right it reaches one host at a time', async () => {
		const asked: string[] = [];
		const secrets = new Secrets({
			async ask({ words }) {
				asked.push(words);
				return 'secret';
			},
		});
		const log: string[] = [];
		const use = (host: string, verdict: 'right' | 'wrong') =>
			secrets.inTurn('p', async () => {
				if (secrets.isWrong('p')) return void log.push(`${host} is left alone`);
				log.push(`${host} gets ${await secrets.get('p', 'Password: ')}`);
				secrets.tell('p', verdict);
			});
		await Promise.all([use('one', 'wrong'), use('two', 'wrong'), use('three', 'wrong')]);
		expect([log, asked]).toEqual([['one gets secret', 'two is left alone', 'three is left alone'], ['Password: ']]);
		expect(await secrets.get('p', 'Password: ')).toBeUndefined();
	});

	it('a way that cannot be found says why', async () => {
		const because = 'ssh -G said so';
		expect(await findRoute({ name: 'x' }, async () => ({ ok: false, because }))).toEqual({ ok: false, because });
	});
});
