import { spawn } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import manifest from '../../package.json' with { type: 'json' };
import { exitCodes } from '../../src/model/exit-code.ts';
import { here } from './in-process.ts';
import { finish, hsctlBin, type Ran, type Rig, rig } from './rig.ts';

const mark = 'echo x >>$MARKS/ran\n';

/** One repository for all: `p.yaml` has nothing wrong, so only the words can be, and wrong words do nothing. */
let r: Rig;
const cleanUps: (() => void)[] = [];
beforeAll(async () => {
	r = rig(cleanUp => cleanUps.push(cleanUp));
	r.write({
		'inventory.yaml': 'groups: { web: { hosts: { web1: {} } } }\n',
		'q.yaml': 'hsctl: 1\nname: q\n',
		'playbooks/first.yaml': 'hsctl: 1\nname: first\n',
	});
	await r.playbook('  fix: { tags: [net] }\n', { fix: mark });
});
afterAll(() => {
	for (const cleanUp of cleanUps) cleanUp();
});

const nothingRan = () => expect(r.lines('ran')).toEqual([]);

/** The words, and what has to be in the answer: what is wrong, and what to write instead. */
type Row = readonly [words: string, ...inAnswer: (string | RegExp)[]];

const verbs: readonly Row[] = [
	['plna p.yaml', `'plna'`, /did you mean plan\b/i],
	['frobnicate', `'frobnicate'`, 'hsctl --help'],
	['Plan p.yaml', `'Plan'`, /did you mean plan\b/i],
	['help plna', `'plna'`, /did you mean plan\b/i],
	['audit verfiy', '`verfiy`', '`hsctl audit verify`'],
];
const options: readonly Row[] = [
	['plan p.yaml --taget hotfix.fix', `'--taget'`, /did you mean --target\b/i, 'hsctl plan --help'],
	['plan p.yaml --yes', `'--yes'`, '--help'],
	['validate --stric', `'--stric'`, /did you mean --strict\b/i],
	['plan p.yaml --limit', '--limit <hosts>', '--help'],
	['plan p.yaml --set', '--set <name=value>', '--help'],
	['apply p.yaml --tui maybe', `'maybe'`, 'auto, on, off'],
	['validate --format xml', '`xml`', 'human, json, sarif, junit, github, gitlab'],
	['graph p.yaml --format png', '`png`', 'mermaid, dot'],
	['plan p.yaml q.yaml -o saved.plan', '-o', 'HS1801'],
	['plan p.yaml --json --markdown', '--json', '--markdown'],
	['validate p.yaml --json --format github', '--json', '--format github'],
	// What a verb has no use for it does not take.
	...['plan p.yaml', 'validate', 'history', 'attach', 'show last', 'schema'].map(
		(verb): Row => [`${verb} --report junit=report.xml`, `'--report'`, '--help'],
	),
	...['--limit box', '--tags net', '--target hotfix.fix'].map(
		(option): Row => [`validate p.yaml ${option}`, 'unknown option', 'hsctl validate --help'],
	),
	['lock --limit box', `'--limit'`, 'hsctl lock --help'],
	['graph p.yaml --target hotfix.fix', `'--target'`, 'hsctl graph --help'],
];
const counts: readonly Row[] = [
	['plan', /\bplaybooks?\b/i, '--help'],
	['apply --yes', /\bplaybooks?\b/i, '--help'],
	['rollback', /\bwhat\b/i, '--help'],
	['cancel', /\brun\b/i, '--help'],
	['show', /\bwhat\b/i, '--help'],
	['graph', /\bplaybook\b/i, '--help'],
	['explain', /\bwords\b/i, '--help'],
	['audit', /\bverify\b/i, '--help'],
	['import', /\bfiles\b/i, '--help'],
	['checksum', /\bfolder\b/i, '--help'],
	['history yesterday', 'yesterday', '--help'],
];
const places: readonly Row[] = [
	['plan nope.yaml', 'nope.yaml', 'HS1001'],
	['apply nope.yaml no-more.yaml --yes', 'nope.yaml', 'no-more.yaml', 'HS1001'],
	['lock nope', 'nope', 'HS1001'],
	['fmt nope.yaml', 'nope.yaml', 'HS1001'],
	['import nope.json', 'nope.json', 'HS1001'],
	['checksum nope', 'nope', 'HS1001'],
	['checksum p.yaml', 'p.yaml is no folder', 'HS1801'],
	['checksum hotfixes p.yaml', /too many arguments/, '--help'],
	['plan hotfixes', 'hotfixes', 'HS1506', '`hsctl init`'],
	['plan inventory.yaml', 'inventory.yaml:1:1', 'HS1111', '`hsctl: 1`'],
	['apply hsctl.lock --yes', 'HS1804', 'hsctl plan PLAYBOOK -o FILE'],
	['plan p.yaml -i nope.yaml', 'nope.yaml', 'HS1001'],
	['plan p.yaml -i /etc/passwd', '/etc/passwd', 'HS1211'],
	['plan p.yaml -i q.yaml', 'q.yaml is a playbook, not an inventory'],
	['show p.yaml', 'p.yaml', 'HS1804', 'hsctl plan PLAYBOOK -o FILE'],
	['show hotfixes', 'hotfixes', 'HS1804', 'folder'],
	['plan pp.yaml', 'pp.yaml', 'did you mean `p.yaml`'],
	['plan p', 'HS1001', 'did you mean `p.yaml`'],
	['plan playbooks/frist.yaml', 'did you mean `playbooks/first.yaml`'],
	['plan playbooks/first', 'did you mean `playbooks/first.yaml`'],
	['plan first.yaml', 'did you mean `playbooks/first.yaml`'],
	['plan p.yaml -o no-such-folder/saved.plan', 'HS1017', 'no-such-folder/saved.plan', 'folder does not exist'],
	['plan p.yaml -o hotfixes', 'HS1017', 'hotfixes', 'it is a folder'],
];
const values: readonly Row[] = [
	['plan p.yaml --set colour', '--set colour', '--set name=value'],
	['plan p.yaml --set =red --set green', '=red', 'green', '--set name=value'],
	['plan p.yaml --set =1', '--set =1 has no name'],
	['plan p.yaml -P 1000000', '--parallel', '999999'],
	['plan p.yaml --parallel 0', '--parallel', `'0'`, 'whole number'],
	['plan p.yaml -P -1', '--parallel', `'-1'`, 'whole number'],
	['plan p.yaml -P 1.5', '--parallel', `'1.5'`, 'whole number'],
	['plan p.yaml -P many', '--parallel', `'many'`, 'whole number'],
	['history -n none', `'none'`, 'whole number'],
	['plan p.yaml --target hotfix.fxi', '`hotfix.fxi`', 'did you mean `hotfix.fix`'],
	['plan p.yaml --target pool.website', '`pool.website`', 'hotfix.fix'],
	['plan p.yaml --target pool.*', '`pool.*`', 'hotfix.fix'],
	['plan p.yaml --limit bxo', '`bxo`', 'did you mean `box`'],
	['plan p.yaml --limit box&', '--limit', 'HS1204', '`,`'],
	['apply p.yaml --yes --answer hotfix.fix', '--answer hotfix.fix', 'hotfix.name=retry'],
	['apply p.yaml --yes --answer hotfix.fix=maybe', 'hotfix.fix=maybe', '`retry`', '`done`'],
	['apply p.yaml --yes --answer hotfix.fxi=retry', '`hotfix.fxi`', 'did you mean `hotfix.fix`'],
	['apply p.yaml --yes --report html=report.html', 'html=report.html', '--report junit=FILE'],
	['apply p.yaml --yes --report junit', '--report junit ', '--report junit=FILE'],
	['resume --only bad', '--only bad', 'failed, unreachable, unknown, not_started'],
];
const names: readonly Row[] = [
	['explain HS9999', 'HS9999', 'HS1201'],
	['explain box hotfix.fix', 'playbook', '--playbook FILE'],
	['explain box hotfix.fxi --playbook p.yaml', '`hotfix.fxi`', 'did you mean `hotfix.fix`'],
	['explain bxo hotfix.fix --playbook p.yaml', /^(?!.*--limit).*`bxo`/, 'did you mean `box`'],
	['explain nope', '`nope`', 'HS1201', 'explain HOST UNIT'],
	['explain box hotfix.fix again --playbook p.yaml', '`again`', 'HOST UNIT'],
	['schema playbok', '`playbok`', 'did you mean `playbook`'],
	['schema recipe', '`recipe`', 'playbook, inventory, module, config'],
	...['show', 'logs', 'attach', 'cancel', 'resume'].map((verb): Row => [`${verb} 01NOPE`, '01NOPE', '`hsctl history`']),
	...['show', 'logs', 'attach', 'cancel', 'resume', 'rollback'].map(
		(verb): Row => [`${verb} last`, 'there is no run yet'],
	),
	['rollback hotfix.nope', 'hotfix.nope', '`hsctl history`'],
];

describe.concurrent('a wrong command line exits 3, prints no result, and says what is wrong and what to write', () => {
	it.for([...verbs, ...options, ...counts, ...places, ...values, ...names])('hsctl %s', async ([words, ...parts]) => {
		const ran = await here(r, words.split(' '));
		expect([ran.code, ran.stdout]).toEqual([3, '']);
		for (const part of parts) expect(ran.stderr).toMatch(part);
		expect(ran.stderr).not.toContain('bug');
		nothingRan();
	});

	it('several wrong values are told at once', async () => {
		const { code, stderr } = await r.hsctl(['plan', 'p.yaml', '--set', 'colour', '--limit', 'box&', '-i', 'nope.yaml']);
		expect(code).toBe(3);
		for (const part of ['--set colour', '--limit', 'nope.yaml']) expect(stderr).toContain(part);
	});

	it.for([['show'], ['logs'], ['rollback'], ['plan'], ['apply', '--yes']])(
		'an empty word (an unset variable of a script) is nothing that is meant: %j',
		async words => {
			const { code, stdout, stderr } = await r.hsctl([...words, '']);
			expect([code, stdout, stderr]).toEqual([3, '', expect.stringContaining('an empty word')]);
		},
	);

	it('in a folder that is gone', async ({ onTestFinished }) => {
		const own = rig(onTestFinished);
		const gone = spawn('sh', ['-c', 'mkdir gone && cd gone && rmdir ../gone && exec "$0" plan p.yaml', hsctlBin], {
			cwd: own.root,
		});
		expect(await finish(gone)).toMatchObject({
			code: 3,
			stdout: '',
			stderr: expect.stringMatching(/^hsctl: the folder that you are in is gone\n/m),
		});
	});

	it('an inventory that is a playbook is one problem', async () => {
		const { stderr } = await r.hsctl(['plan', 'p.yaml', '-i', 'q.yaml']);
		expect(stderr.match(/HS\d+/g)).toEqual(['HS1111']);
	});

	it('a folder without a playbook for `validate` is a finding like any other, in the format that was asked for', async () => {
		const ran = await r.hsctl(['validate', 'nope.yaml', '--json']);
		expect([ran.code, ran.stderr]).toEqual([3, '']);
		expect(JSON.parse(ran.stdout).diagnostics).toMatchObject([{ code: 'HS1001', file: null }]);
		expect((await r.hsctl(['validate', 'nope.yaml'])).stdout).toMatch(/\n1 error, 0 warnings\n$/);
	});
});

describe.concurrent('where nobody can be asked', () => {
	it('apply shows its plan, names the missing flag, and does nothing', async () => {
		const ran = await r.hsctl(['apply', 'p.yaml']);
		expect([ran.code, ran.stderr]).toEqual([3, expect.stringContaining('--yes')]);
		expect(ran.stdout).toContain('Plan: 1 to run');
		nothingRan();
	});

	it('apply --json prints nothing before it may start', async () => {
		const ran = await r.hsctl(['apply', 'p.yaml', '--json']);
		expect([ran.code, ran.stdout, ran.stderr]).toEqual([3, '', expect.stringContaining('--yes')]);
		nothingRan();
	});

	it.for([['rollback', 'hotfix.fix', '--playbook', 'p.yaml'], ['resume']])(
		'what cannot be saved as a plan is not told to be: %j',
		async (words, { onTestFinished }) => {
			const own = rig(onTestFinished);
			await own.playbook('  fix: { undo: hotfixes/back.sh }\n', { fix: 'exit 1\n', back: mark });
			await own.hsctl(['apply', 'p.yaml', '--yes']);
			if (words[0] === 'rollback') {
				await own.playbook('  fix: { undo: hotfixes/back.sh }\n', { fix: mark, back: mark });
				await own.hsctl(['apply', 'p.yaml', '--yes']);
			}
			const ran = await own.hsctl(words);
			expect([ran.code, ran.stderr]).toEqual([3, expect.stringMatching(/= help: give --yes\n$/)]);
		},
	);
});

describe.concurrent('a dry run by its other names', () => {
	it.for([
		['apply', 'p.yaml', '--check', '--yes'],
		['apply', 'p.yaml', '--dry-run'],
		['plan', 'p.yaml', '--check'],
		['plan', '--dry-run', 'p.yaml'],
	])('is a plan, and told so: %j', async words => {
		const [dry, planned] = await Promise.all([r.hsctl(words), r.hsctl(['plan', 'p.yaml'])]);
		expect([dry.code, dry.stdout]).toEqual([0, planned.stdout]);
		expect(dry.stderr).toMatch(/^hsctl: .*`hsctl plan`.*\n$/);
		nothingRan();
	});
});

describe.concurrent('flags', () => {
	it.for([['--json'], ['-v'], ['--no-color', '-q'], ['-l', 'box'], ['--limit=box', '--json']])(
		'may stand before the verb: %j',
		async flags => {
			const [before, behind] = await Promise.all([
				r.hsctl([...flags, 'plan', 'p.yaml']),
				r.hsctl(['plan', 'p.yaml', ...flags]),
			]);
			const timeless = (ran: Ran) => ({ ...ran, stdout: ran.stdout.replace(/"created_at": ".*"/, '') });
			expect(timeless(before)).toEqual(timeless(behind));
			expect(before.code).toBe(0);
		},
	);

	it('that the verb does not take are refused there, too', async () => {
		expect(await r.hsctl(['--limit', 'box', 'validate'])).toMatchObject({ code: 3, stdout: '' });
	});

	it('--limit given twice means both', async () => {
		const ran = await r.hsctl(['plan', 'p.yaml', '-l', 'box', '-l', 'localhost']);
		expect([ran.code, ran.stderr]).toEqual([0, '']);
		expect(ran.stdout).toMatch(/^box /);
	});

	it('--quiet leaves `validate` only its problems to print', async () => {
		expect(await r.hsctl(['validate', '-q', 'p.yaml'])).toEqual({ code: 0, stdout: '', stderr: '' });
		expect((await r.hsctl(['validate', '-q', 'inventory.yaml'])).stdout).toContain('HS1111');
	});
});

describe.concurrent('a selection that leaves nothing to do', () => {
	it.for([
		['--limit', 'box - box'],
		['--tags', 'nothing-has-it'],
	])('exits 8 and says so: %s', async words => {
		const ran = await r.hsctl(['plan', 'p.yaml', ...words]);
		expect([ran.code, ran.stdout]).toEqual([8, '']);
		expect(ran.stderr).toMatch(/p\.yaml.*no host/);
	});

	it.for([
		['--limit', 'box - box'],
		['--tags', 'nothing-has-it'],
	])('is a plan with --allow-empty: %s', async words => {
		const ran = await r.hsctl(['plan', 'p.yaml', '--allow-empty', ...words]);
		expect([ran.code, ran.stdout]).toEqual([0, expect.stringContaining('0 to run, 0 to skip on 0 hosts')]);
	});

	it('names a tag that no unit has, and the nearest one', async () => {
		const ran = await r.hsctl(['plan', 'p.yaml', '--tags', 'nte']);
		expect([ran.code, ran.stderr]).toEqual([8, expect.stringMatching(/HS1219.*`nte`[\s\S]*did you mean `net`/)]);
	});
});

const all =
	'plan apply validate lock rollback attach cancel resume show logs history graph explain inventory facts doctor locks status unlock import checksum schema init fmt audit'.split(
		' ',
	);

const widest = ({ stdout }: Ran): number => Math.max(...stdout.split('\n').map(line => line.length));

describe.concurrent('help', () => {
	it.for([[[]], [['--help']], [['help']]] as const)(
		'of hsctl itself goes to stdout and names every verb: %j',
		async ([words]) => {
			const ran = await r.hsctl(words);
			expect([ran.code, ran.stderr]).toEqual([0, '']);
			const listed = [...ran.stdout.matchAll(/^ {2}([a-z]+) .*(?:\[options\]|\[command\])/gm)].map(([, verb]) => verb);
			expect(listed.sort()).toEqual([...all, 'help'].sort());
			expect(ran.stdout).toContain('hsctl init');
			for (const code of Object.values(exitCodes)) expect(ran.stdout).toMatch(new RegExp(`\\b${code}  [a-z]`));
			expect(widest(ran)).toBeLessThanOrEqual(80);
		},
	);

	it.for(all)('of %s goes to stdout and fits in 80 columns', async verb => {
		const ran = await r.hsctl([verb, '--help']);
		expect([ran.code, ran.stderr]).toEqual([0, '']);
		expect(ran.stdout).toMatch(new RegExp(`^Usage: hsctl ${verb} .*\n\n\\S`));
		expect(ran.stdout).not.toContain('default: [');
		expect(widest(ran)).toBeLessThanOrEqual(80);
	});

	it('may be asked for in three ways', async () => {
		const [long, ...others] = await Promise.all(
			[
				['plan', '--help'],
				['plan', '-h'],
				['help', 'plan'],
			].map(words => r.hsctl(words)),
		);
		for (const other of others) expect(other).toEqual(long);
	});

	it.for(['--version', '-V'])('%s prints the version and nothing else', async word => {
		const ran = await r.hsctl([word]);
		expect([ran.code, ran.stdout, ran.stderr]).toEqual([0, `${manifest.version}\n`, '']);
	});
});

describe.concurrent('what names something that is not there', () => {
	const refused = async (words: readonly string[]) => {
		const ran = await r.hsctl(words);
		expect(ran.code).toBe(3);
		expect(ran.stderr).not.toBe('');
		return ran.stderr;
	};

	it('a variable that no playbook knows is not set in silence', async () => {
		await refused(['plan', 'p.yaml', '--set', 'colour=red']);
	});

	it('-o with a folder of several playbooks is refused like several playbooks', async () => {
		await refused(['plan', '.', '-o', 'both.plan']);
	});
});

describe.concurrent('a saved plan', () => {
	const saved = async (onTestFinished: Parameters<typeof rig>[0]) => {
		const own = rig(onTestFinished);
		await own.playbook('  a: {}\n  b: {}\n', { a: 'echo a >>$MARKS/ran\n', b: 'echo b >>$MARKS/ran\n' });
		own.write({ 'q.yaml': 'hsctl: 1\nname: q\n' });
		await own.hsctl(['plan', 'p.yaml', '-o', 's.plan']);
		expect(readFileSync(join(own.root, 'repo/s.plan'), 'utf8')).toContain('hotfix.a');
		return own;
	};

	it('is not narrowed in silence: --target is refused', async ({ onTestFinished }) => {
		const own = await saved(onTestFinished);
		await own.hsctl(['apply', 's.plan', '--target', 'hotfix.b']);
		expect(own.lines('ran')).not.toContain('a');
	});

	it.for([
		['apply', 's.plan', 'q.yaml'],
		['apply', '--check', 's.plan'],
		['plan', 's.plan'],
		['lock', 's.plan'],
	])(
		'where a playbook is wanted is called what it is, with what can be done with it: %j',
		async (words, { onTestFinished }) => {
			const own = await saved(onTestFinished);
			const ran = await own.hsctl(words);
			expect([ran.code, ran.stdout]).toEqual([3, '']);
			expect(ran.stderr).toMatch(
				/HS1808: s\.plan is a saved plan[\s\S]*`hsctl apply s\.plan`[\s\S]*`hsctl show s\.plan`/,
			);
			expect(own.lines('ran')).toEqual([]);
		},
	);

	it('that is cut off or of another version is named, and not read as a playbook', async ({ onTestFinished }) => {
		const own = await saved(onTestFinished);
		const text = readFileSync(join(own.root, 'repo/s.plan'), 'utf8');
		own.write({ 'cut.plan': text.slice(0, 200), 'new.plan': text.replace('hsctl/plan/v1', 'hsctl/plan/v9') });
		for (const file of ['cut.plan', 'new.plan']) {
			const ran = await own.hsctl(['apply', file, '--yes']);
			expect([ran.code, ran.stderr]).toEqual([3, expect.stringContaining(`HS1804: ${file}`)]);
		}
	});

	it('does not begin where a playbook only begins with a brace', async ({ onTestFinished }) => {
		const own = await saved(onTestFinished);
		own.write({
			'braces.yaml': `{ hsctl: 1, name: braces, hosts: box, inventory: { groups: { g: { hosts: { box: { connection: local, state_dir: ${own.state} } } } } }, hotfixes: { a: {} } }\n`,
		});
		const ran = await own.hsctl(['apply', 'braces.yaml', '--yes']);
		expect([ran.code, ran.stderr]).toEqual([0, '']);
		expect(own.lines('ran')).toEqual(['a']);
	});

	it('that is stale by a start of its unit says so', async ({ onTestFinished }) => {
		const own = rig(onTestFinished);
		await own.playbook('  a: { run: every }\n', { a: 'echo a >>$MARKS/ran\n' });
		await own.hsctl(['plan', 'p.yaml', '-o', 's.plan']);
		await own.hsctl(['apply', 'p.yaml', '--yes']);
		const ran = await own.hsctl(['apply', 's.plan', '--yes']);
		expect([ran.code, ran.stderr]).toEqual([7, expect.stringContaining('it has been started since the plan was made')]);
	});
});
