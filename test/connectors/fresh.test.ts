import { writeFileSync } from 'node:fs';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { systemClock } from '../../src/storage/clock.ts';
import { has } from '../fakes/programs.ts';
import { faultProxy } from '../lab/fault-proxy.ts';
import { hasSshd, isRoot, type Lab, lab, needsSshd, type Sshd, user } from '../lab/lab.ts';
import { type RigOptions, rig, run } from './ssh/rig.ts';

/** What every connector owes is in test/contracts/connector.ts; this is what the network, a person and ssh add to it. */
describe.skipIf(!hasSshd)(`a fresh connection (${needsSshd})`, () => {
	let here: Lab;
	let sshd: Sshd;
	let other: Sshd;
	beforeAll(async () => {
		here = lab();
		[sshd, other] = await Promise.all([here.sshd(), here.sshd({ last: 2 })]);
	});
	afterAll(() => here.close(), 30_000);

	const fresh = { isFresh: true };
	const kept = { idleMs: 60_000 };
	const logins = (place: Sshd) => place.log().match(/Accepted \S+ for/g)?.length ?? 0;
	const byBoth = describe.each<[string, Pick<RigOptions, 'by'>]>([
		['by ssh2', {}],
		['by OpenSSH', { by: 'openssh' }],
	]);

	byBoth('%s', (_, by) => {
		const client = (options: RigOptions) => rig(here, { limits: kept, ...by, ...options });

		it('A10: checks the key of the host anew', async () => {
			const made = client({ known: [sshd.pin()] });
			const old = await made.connection(sshd);
			writeFileSync(made.knownHosts, `[${sshd.address}]:${sshd.port} ${other.hostKey()}\n`);
			expect(await made.why(sshd, 'none', fresh)).toMatch(/^handshake: its host key has changed/);
			expect(await run(old, 'echo in')).toBe('in\n');
		});

		it('A1: is not opened through a black hole, where the old one does not know of it yet', async () => {
			await using proxy = await faultProxy(sshd);
			const made = client({
				known: [`[${proxy.address}]:${proxy.port} ${sshd.hostKey()}`],
				config: ['ConnectTimeout 1'],
				limits: { ...kept, handshakeMs: 200, authMs: 200 },
			});
			const old = await made.connection(proxy);
			proxy.blackHole();
			expect(await made.why(proxy, 'none', fresh)).toMatch(/^(connect|handshake): .*(no answer|does not answer)/);
			proxy.heal();
			expect(await run(old, 'echo in')).toBe('in\n');
		});

		it('is given up at once by who leaves while it is made', async () => {
			await using proxy = await faultProxy(sshd);
			proxy.blackHole();
			const leaving = new AbortController();
			const made = client({ known: [`[${proxy.address}]:${proxy.port} ${sshd.hostKey()}`] });
			const opening = made.open(proxy, 'none', leaving.signal, fresh);
			await expect.poll(() => proxy.seen, { timeout: 5000 }).toBe(1);
			leaving.abort();
			expect(await opening).toEqual({ ok: false, because: expect.stringMatching(/we left$/) });
		});

		it('ends with the connector, if nobody has disposed of it', async () => {
			const place = await here.sshd({ last: 3 });
			const made = client({ known: [place.pin()] });
			await Promise.all([made.connection(place), made.connection(place, 'none', fresh)]);
			expect(logins(place)).toBe(2);
			await made.connector[Symbol.asyncDispose]();
			await expect.poll(() => place.sessions(), { timeout: 5000 }).toEqual([]);
			place.stop();
		});

		it.skipIf(!isRoot || !has('sudo'))('asks for no password that it has (needs root and sudo)', async () => {
			const name = user(here, { password: 'secret', sudo: 'Defaults:USER timestamp_timeout=0\nUSER ALL=(ALL) ALL' });
			const place = await here.sshd({ last: 4, config: ['PasswordAuthentication yes', 'PubkeyAuthentication no'] });
			const made = client({ known: [place.pin()], answer: () => 'secret' });
			for (const how of [{}, fresh]) {
				const connection = await made.connection({ ...place, user: name }, 'sudo', how);
				expect(await run(connection, 'id -u')).toBe('0\n');
			}
			expect([logins(place), made.asked.map(({ words }) => words.split(' ')[0])]).toEqual([2, ['Password', 'sudo']]);
			place.stop();
		});
	});

	it('goes through a jump host on the link that is open there, and logs in behind it', async () => {
		const far = await here.sshd({ last: 5 });
		const config = ['Host hop', `HostName ${other.address}`, `Port ${other.port}`, 'Host far', 'ProxyJump hop'];
		const made = rig(here, { config, known: [other.pin(), far.pin()], limits: kept });
		const before = logins(other);
		const [old, own] = [await made.connection(far), await made.connection(far, 'none', fresh)];
		expect([logins(other) - before, logins(far)]).toEqual([1, 2]);
		// The jump host itself is asked by a login of its own.
		await made.connection({ ...other, name: 'hop' }, 'none', fresh);
		expect(logins(other) - before).toBe(2);
		await own[Symbol.asyncDispose]();
		expect(await run(old, 'echo in')).toBe('in\n');
		far.stop();
	});

	it('is given up at once by who leaves while a jump host does not lead on', async () => {
		await using proxy = await faultProxy(other);
		const leaving = new AbortController();
		const channelMs = 60_123;
		// The time for an answer of the jump host begins when it has been asked.
		const after: typeof systemClock.after = (ms, call) => {
			if (ms === channelMs && isHole) leaving.abort();
			return systemClock.after(ms, call);
		};
		let isHole = false;
		const config = ['Host hop', `HostName ${proxy.address}`, `Port ${proxy.port}`, 'Host far', 'ProxyJump hop'];
		const made = rig(here, {
			config,
			known: [`[${proxy.address}]:${proxy.port} ${other.hostKey()}`, sshd.pin()],
			limits: { ...kept, channelMs },
			rest: { clock: { ...systemClock, after } },
		});
		const old = await made.connection(sshd);
		isHole = true;
		proxy.blackHole();
		expect(await made.open(sshd, 'none', leaving.signal, fresh)).toEqual({ ok: false, because: 'we left' });
		isHole = false;
		proxy.heal();
		expect(await run(old, 'echo in')).toBe('in\n');
	});

	it('goes the way of OpenSSH where ssh2 has failed before, and sends nobody else that way', async () => {
		const place = await here.sshd({ last: 6, config: ['KexAlgorithms sntrup761x25519-sha512@openssh.com'] });
		const made = rig(here, { known: [place.pin()], limits: kept, by: 'either' });
		const tries = () => place.log().match(/no matching key exchange/g)?.length ?? 0;
		const opened = async (how = {}) => {
			const result = await made.open(place, 'none', undefined, how);
			return result.ok ? [result.by, tries()] : [result.because];
		};
		const by = 'openssh (ssh2 and the host have no algorithm in common)';
		expect([await opened(fresh), await opened(), await opened(fresh), await opened()]).toEqual([
			[by, 1],
			[by, 2],
			[by, 2],
			[by, 2],
		]);
		expect(logins(place)).toBe(3);
		place.stop();
	});
});
