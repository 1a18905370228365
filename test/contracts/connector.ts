import { describe, it } from 'vitest';
import type { Host } from '../../src/model/inventory.ts';
import type { Connection, Connector, OpenOptions, ShellProgram } from '../../src/ports/connection.ts';

/** What the suite has to know of the host that a connector leads to. */
export interface ConnectorRig {
	/** A connector that has nothing open yet. */
	connector(): Connector;
	readonly host: Host;
	/** Absent: nobody logs in there, each exchange is a shell of its own, and nothing can be in its way. */
	readonly logins?: Logins;
	close(): Promise<void> | void;
}

interface Logins {
	/** A number for everything that is logged in at this moment: processes, or what stands for them. */
	open(): readonly number[];
	/** Ends all that are in; the next ones are let in. */
	cut(): void;
	/** Lets nobody in any more; who is in stays. */
	shut(): void;
}

const fresh: OpenOptions = { isFresh: true };
const patient = { timeout: 5000 };

/** Every Connector keeps to this, the fake too. */
export function connectorContract(
	title: string,
	make: () => Promise<ConnectorRig>,
	kind: 'logins' | 'shells' = 'logins',
): void {
	describe.concurrent(title, () => {
		it('opens a new connection beside those that are open, each time one is wanted', async ({
			expect,
			onTestFinished,
		}) => {
			const { open } = await setUp(onTestFinished);
			const [old, one, two] = [await open(), await open(fresh), await open(fresh)];
			const before = await loginOf(old);
			expect(new Set([before, await loginOf(one), await loginOf(two)]).size).toBe(3);
			for (const connection of [one, two]) await connection[Symbol.asyncDispose]();
			expect(await run(old, 'echo in')).toBe('in\n');
		});

		if (kind === 'shells') return;

		it('shares what is open, and never a fresh connection', async ({ expect, onTestFinished }) => {
			const { open } = await setUp(onTestFinished);
			const first = await open(fresh);
			const opened = await Promise.all([open(), open(fresh), open()]);
			const [shared, own, same] = await Promise.all(opened.map(loginOf));
			expect(same).toBe(shared);
			expect(new Set([shared, own, await loginOf(first)]).size).toBe(3);
			await first[Symbol.asyncDispose]();
			expect(await loginOf(await open())).toBe(shared);
		});

		it('closes a fresh connection wholly when it is disposed of, with what runs on it, and no other', async ({
			expect,
			onTestFinished,
		}) => {
			const { open, logins } = await setUp(onTestFinished);
			const old = await open();
			const before = await loginOf(old);
			const others = new Set(logins.open());
			const [used, unused] = [await open(fresh), await open(fresh)];
			const added = logins.open().filter(login => !others.has(login));
			expect(added.length).toBeGreaterThan(1);
			const running = run(used, 'echo go; sleep 20', { onStdout: () => void used[Symbol.asyncDispose]() });
			await unused[Symbol.asyncDispose]();
			expect(await running).toMatch(/^lost: /);
			await expect.poll(() => logins.open().filter(login => added.includes(login)), patient).toEqual([]);
			expect(await run(used, 'echo in')).toMatch(/^lost: /);
			expect([await loginOf(old), await loginOf(await open())]).toEqual([before, before]);
		});

		it('fails with the usual answer when nobody is let in, although an old connection stands and goes on', async ({
			expect,
			onTestFinished,
		}) => {
			const { rig, open, logins } = await setUp(onTestFinished);
			const [old, own] = [await open(), await open(fresh)];
			const before = await loginOf(old);
			logins.shut();
			const { host } = rig;
			const because = async (connector: Connector, options?: OpenOptions) => {
				const opened = await connector.open(host, 'none', new AbortController().signal, options);
				return opened.ok ? 'it is open' : opened.because;
			};
			const stranger = () => because(rig.connector());
			await expect.poll(stranger, patient).not.toBe('it is open');
			const usual = await stranger();
			await expect(open(fresh)).rejects.toThrow(usual);
			expect(await because(rig.connector(), fresh)).toBe(usual);
			expect([await loginOf(old), await loginOf(await open())]).toEqual([before, before]);
			expect(await run(own, 'echo in')).toBe('in\n');
		});

		it('does not make a fresh connection again that is lost, as it does with the others', async ({
			expect,
			onTestFinished,
		}) => {
			const { open, logins } = await setUp(onTestFinished);
			const [old, own] = [await open(), await open(fresh)];
			for (const connection of [old, own]) await run(connection, 'echo in');
			logins.cut();
			await expect.poll(() => run(old, 'echo in'), patient).toBe('in\n');
			const now = logins.open();
			for (const _ of [1, 2]) expect(await run(own, 'echo in')).toMatch(/^lost: [^\n]{3,200}[^.\n]$/);
			expect(logins.open().filter(login => !now.includes(login))).toEqual([]);
			expect(await run(await open(fresh), 'echo in')).toBe('in\n');
		});

		it('opens nothing for who has left', async ({ expect, onTestFinished }) => {
			const { rig, open, logins } = await setUp(onTestFinished);
			await open();
			const before = logins.open();
			expect((await rig.connector().open(rig.host, 'none', AbortSignal.abort(), fresh)).ok).toBe(false);
			expect(logins.open().filter(login => !before.includes(login))).toEqual([]);
		});
	});

	async function setUp(onTestFinished: (call: () => Promise<void> | void) => void) {
		const rig = await make();
		onTestFinished(() => rig.close());
		const connector = rig.connector();
		const open = async (options?: OpenOptions): Promise<Connection> => {
			const opened = await connector.open(rig.host, 'none', new AbortController().signal, options);
			if (!opened.ok) throw new Error(opened.because);
			return opened.connection;
		};
		const { logins = none } = rig;
		return { rig, open, logins };
	}
}

const none: Logins = {
	open: () => [],
	cut() {},
	shut() {},
};

async function run(connection: Connection, text: string, options: object = {}): Promise<string> {
	const program = `{\n${text}\nexit\n} </dev/null\n` as ShellProgram;
	const result = await connection.exec(program, { byteBudget: 10_000, ...options });
	return result.kind === 'exited' ? new TextDecoder().decode(result.stdout) : `lost: ${result.because}`;
}

/** What tells one login from another: both ends of its connection; or where nobody logs in, the shell itself. */
const loginOf = (connection: Connection): Promise<string> => run(connection, 'echo "${SSH_CONNECTION:-$$}"');
