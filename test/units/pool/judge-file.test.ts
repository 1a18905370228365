import { describe, expect, it } from 'vitest';
import type { Pool, PoolFile } from '../../../src/model/unit.ts';
import type { FileSight, SeenFile } from '../../../src/units/pool/file-look.ts';
import { type FileVerdict, judgeFile } from '../../../src/units/pool/judge-file.ts';
import { kept, poolFile, repoFile, seenFile, sight, sum } from '../../fakes/pool-builders.ts';

interface Row {
	readonly title: string;
	readonly seen: SeenFile;
	readonly sight?: Partial<FileSight>;
	readonly file?: Partial<PoolFile>;
	readonly stock?: readonly string[];
	readonly onDeleted?: Pool['onDeleted'];
	readonly action: FileVerdict['action'];
	readonly because: string;
	readonly rest?: Partial<FileVerdict>;
}

const absent: SeenFile = { kind: 'absent' };
const packaged = (word: string) => ({ package: { manager: 'dpkg', name: 'nginx', word } });
const older = 'pool.old~web';
const foreign = 'pool.site~other book';

const rows: readonly Row[] = [
	// as it should be
	{
		title: 'with the wanted bytes stays',
		seen: seenFile('new\n'),
		action: 'same',
		because: 'it is as it should be',
		rest: { was: sum('new\n') },
	},
	{
		title: 'with the wanted bytes stays, whoever has put them there and however barred it is',
		seen: seenFile('new\n'),
		sight: { bars: [['fixed', '/srv/a']], kept: [kept('new\n', foreign)], ...packaged('changed') },
		action: 'same',
		because: 'it is as it should be',
	},
	{
		title: 'with the wanted mode, however it is written, stays',
		seen: seenFile('new\n', { mode: '644' }),
		file: { mode: '0644' },
		action: 'same',
		because: 'it is as it should be',
	},
	{
		title: 'with the wanted owner and group, by name or number, stays',
		seen: seenFile('new\n', { user: 'www-data', uid: '33', group: 'www-data', gid: '33' }),
		file: { owner: 'www-data', group: '33' },
		action: 'same',
		because: 'it is as it should be',
	},
	// owner and mode alone
	{
		title: 'with the wanted bytes and another mode is replaced',
		seen: seenFile('new\n', { mode: '600' }),
		file: { mode: '0644' },
		action: 'replace',
		because: 'its mode is 0600, not 0644',
		rest: { was: sum('new\n') },
	},
	{
		title: 'that has lost its setuid bit is replaced',
		seen: seenFile('new\n', { mode: '755' }),
		file: { mode: '4755' },
		action: 'replace',
		because: 'its mode is 0755, not 4755',
	},
	{
		title: 'that has a setuid bit too many is replaced',
		seen: seenFile('new\n', { mode: '4755' }),
		file: { mode: '0755' },
		action: 'replace',
		because: 'its mode is 4755, not 0755',
	},
	{
		title: 'with everything but its bytes wrong says all of it',
		seen: seenFile('new\n', { mode: '600' }),
		file: { mode: '0644', owner: 'www-data', group: 'web' },
		action: 'replace',
		because: 'its mode is 0600, not 0644, its owner is root, not www-data, its group is root, not web',
	},
	// stock
	{
		title: 'with bytes of a baseline is replaced',
		seen: seenFile('v1\n'),
		stock: ['v0\n', 'v1\n'],
		action: 'replace',
		because: 'it is as it was shipped',
		rest: { was: sum('v1\n') },
	},
	{
		title: 'that its package knows so is replaced',
		seen: seenFile('v1\n'),
		sight: packaged('same'),
		action: 'replace',
		because: 'it is as the package nginx installed it',
	},
	// ours
	{
		title: 'that this pool has put there is replaced',
		seen: seenFile('v1\n'),
		sight: { kept: [kept('v1\n')] },
		action: 'replace',
		because: 'this pool put it there',
	},
	{
		title: 'that another pool of the same playbook has put there was handed over, and is replaced',
		seen: seenFile('v1\n'),
		sight: { kept: [kept('v1\n', older)] },
		action: 'replace',
		because: 'pool.old put it there',
	},
	{
		title: 'that loses its bytes and its mode says both',
		seen: seenFile('v1\n', { mode: '4751' }),
		sight: { kept: [kept('v1\n')] },
		file: { mode: '0600', owner: 'www-data' },
		action: 'replace',
		because: 'this pool put it there; its mode is 4751, not 0600, its owner is root, not www-data',
	},
	{
		title: 'with other names is replaced, and says what becomes of them',
		seen: seenFile('v1\n', { links: 3 }),
		sight: { kept: [kept('v1\n')] },
		action: 'replace',
		because: 'this pool put it there; its 2 other names (hard links) keep the old bytes',
	},
	{
		title: 'with one other name is replaced, and says what becomes of it',
		seen: seenFile('new\n', { links: 2, mode: '600' }),
		file: { mode: '0644' },
		action: 'replace',
		because: 'its mode is 0600, not 0644; its other name (a hard link) keeps the old bytes',
	},
	// merged before
	{
		title: 'with the change of this host merged into the wanted version stays',
		seen: seenFile('new and mine\n'),
		sight: { kept: [kept('new and mine\n', 'pool.site~web', 'new\n')] },
		action: 'same',
		because: 'it has the new version with the change of this host',
		rest: { merged: sum('new and mine\n') },
	},
	{
		title: 'with a merged change and another mode keeps its bytes',
		seen: seenFile('new and mine\n', { mode: '600' }),
		sight: { kept: [kept('new and mine\n', 'pool.site~web', 'new\n')] },
		file: { mode: '0644' },
		action: 'replace',
		because: 'its mode is 0600, not 0644',
		rest: { merged: sum('new and mine\n') },
	},
	{
		title: 'with a change merged into an older version is customised',
		seen: seenFile('v1 and mine\n'),
		sight: { kept: [kept('v1 and mine\n', 'pool.site~web', 'v1\n')] },
		action: 'customised',
		because: 'it has a change of this host, merged into an older version',
	},
	// customised
	{
		title: 'that nobody knows is customised',
		seen: seenFile('mine\n'),
		sight: packaged('unknown'),
		action: 'customised',
		because: 'no baseline, no package and no pool knows this version',
		rest: { was: sum('mine\n') },
	},
	{
		title: 'changed since its package came is customised',
		seen: seenFile('mine\n'),
		sight: packaged('changed'),
		action: 'customised',
		because: 'it was changed since the package nginx installed it',
	},
	{
		title: 'changed since this pool put it there is customised, also where a package had it before',
		seen: seenFile('mine\n'),
		sight: { kept: [kept('v1\n')], ...packaged('changed') },
		action: 'customised',
		because: 'it was changed since this pool put it there',
	},
	{
		title: 'changed since another pool of the playbook put it there is customised',
		seen: seenFile('mine\n'),
		sight: { kept: [kept('v1\n', older)] },
		action: 'customised',
		because: 'it was changed since pool.old put it there',
	},
	{
		title: 'that a pool of another playbook has put there is not ours',
		seen: seenFile('theirs\n'),
		sight: { kept: [kept('theirs\n', foreign)] },
		action: 'customised',
		because: 'pool.site of playbook other book put it there',
	},
	{
		title: 'changed since a pool of another playbook put it there is customised, and it is not said to be ours',
		seen: seenFile('mine\n'),
		sight: { kept: [kept('theirs\n', foreign)] },
		action: 'customised',
		because: 'no baseline, no package and no pool knows this version',
	},
	{
		title: 'that is customised and has another mode says both to those who merge',
		seen: seenFile('mine\n', { mode: '600' }),
		file: { mode: '0644' },
		action: 'customised',
		because: 'no baseline, no package and no pool knows this version',
		rest: { dress: 'its mode is 0600, not 0644' },
	},
	// not there
	{ title: 'that is not there is created', seen: absent, action: 'create', because: 'it is not there' },
	{
		title: 'that is not there leaves the pool out, where the playbook says so',
		seen: absent,
		file: { ifAbsent: 'skip' },
		action: 'skip',
		because: 'it is not there; if_absent is skip',
	},
	{
		title: 'that is not there fails, where the playbook says so',
		seen: absent,
		file: { ifAbsent: 'fail' },
		action: 'fail',
		because: 'it is not there; if_absent is fail',
	},
	// deleted
	{
		title: 'deleted since this pool put it there stays deleted',
		seen: absent,
		sight: { kept: [kept('v1\n')] },
		action: 'keep',
		because: 'it was deleted since this pool put it there; on_deleted is skip',
	},
	{
		title: 'deleted since another pool of the playbook put it there stays deleted',
		seen: absent,
		sight: { kept: [kept('v1\n', older)] },
		action: 'keep',
		because: 'it was deleted since pool.old put it there; on_deleted is skip',
	},
	{
		title: 'that a pool of another playbook had put somewhere is only not there',
		seen: absent,
		sight: { kept: [kept('v1\n', foreign)] },
		action: 'create',
		because: 'it is not there',
	},
	{
		title: 'deleted since its package came stays deleted',
		seen: absent,
		sight: packaged('gone'),
		action: 'keep',
		because: 'it was deleted: the package nginx had installed it; on_deleted is skip',
	},
	{
		title: 'that was deleted fails, where the playbook says so',
		seen: absent,
		sight: packaged('gone'),
		onDeleted: 'fail',
		action: 'fail',
		because: 'it was deleted: the package nginx had installed it; on_deleted is fail',
	},
	{
		title: 'that was deleted is created again, where the playbook says so',
		seen: absent,
		sight: { kept: [kept('v1\n')] },
		onDeleted: 'create',
		action: 'create',
		because: 'it was deleted since this pool put it there; on_deleted is create',
	},
	{
		title: 'that was deleted leaves the pool out, where the playbook says so of this very file',
		seen: absent,
		sight: { kept: [kept('v1\n')] },
		file: { ifAbsent: 'skip' },
		onDeleted: 'create',
		action: 'skip',
		because: 'it was deleted since this pool put it there; if_absent is skip',
	},
	// no file
	{
		title: 'that is a link is refused, and told what would follow it',
		seen: { kind: 'link', target: '../b' },
		action: 'refuse',
		because: 'it is a symbolic link to ../b; `follow: true` would replace what it leads to',
	},
	{
		title: 'that is a link to nowhere is refused even where links are followed',
		seen: { kind: 'link', target: 'gone' },
		file: { follow: true },
		action: 'refuse',
		because: 'it is a symbolic link to gone, and that leads nowhere',
	},
	{ title: 'that is a folder is refused', seen: { kind: 'folder' }, action: 'refuse', because: 'it is a folder' },
	{ title: 'that is a pipe is refused', seen: { kind: 'other' }, action: 'refuse', because: 'it is no regular file' },
	{
		title: 'behind a closed folder cannot be judged',
		seen: { kind: 'hidden', folder: '/root' },
		action: 'fail',
		because: '/root is closed to this user',
	},
	{
		title: 'that no line tells of cannot be judged',
		seen: { kind: 'unseen' },
		action: 'fail',
		because: 'the look at it told nothing',
	},
	{
		title: 'that cannot be read cannot be judged',
		seen: { ...seenFile(''), digest: undefined } as never,
		action: 'fail',
		because: 'it cannot be read',
	},
];

const judge = ({
	seen,
	sight: rest,
	file,
	stock = [],
	onDeleted = 'skip',
}: Omit<Row, 'title' | 'action' | 'because'>): FileVerdict =>
	judgeFile(
		{ file: poolFile({ src: repoFile('new\n'), ...file }), dest: '/srv/a', stock: stock.map(sum) },
		sight(seen, rest),
		{ onDeleted },
		'pool.site~web',
	);

describe('a file', () => {
	it.each(rows)('$title', row => {
		const { action, because, rest = {} } = row;
		expect(judge(row)).toMatchObject({ action, because, at: '/srv/a', ...rest });
	});

	it('is where the link leads that is followed', () => {
		const row = { seen: seenFile('v1\n'), sight: { at: '/srv/b', kept: [kept('v1\n')] } };
		expect(judge({ ...row, file: { follow: true } })).toMatchObject({ action: 'replace', at: '/srv/b' });
	});

	it.each([
		[['mounted', ''], 'something is mounted on it, so it cannot be replaced in one step'],
		[['no_folder', '/srv'], '/srv is no folder'],
		[['closed', '/srv'], "/srv takes no writes (read-only, or not this user's)"],
		[['open', '/srv'], 'everybody may write to /srv, so somebody could put another file in its way'],
		[['foreign_link', '/srv'], '/srv on its way is a link of another user, who may turn it elsewhere'],
		[['fixed', '/srv/a'], '/srv/a is immutable (chattr +i or +a)'],
		[['constructor', 'x'], 'constructor x'],
	] as const)('that is barred (%j) is refused before anything is begun, to be replaced or created', (bar, because) => {
		const bars = { bars: [bar] };
		const refused = { action: 'refuse', because };
		expect(judge({ seen: seenFile('v1\n'), sight: { ...bars, kept: [kept('v1\n')] } })).toMatchObject(refused);
		expect(judge({ seen: seenFile('mine\n'), sight: bars })).toMatchObject(refused);
		expect(judge({ seen: seenFile('new\n', { mode: '600' }), file: { mode: '0644' }, sight: bars })).toMatchObject(
			refused,
		);
		expect(judge({ seen: absent, sight: bars })).toMatchObject(refused);
		expect(judge({ seen: absent, sight: { ...bars, kept: [kept('v1\n')] }, onDeleted: 'create' })).toMatchObject(
			refused,
		);
		// What is left alone needs no way in.
		expect(judge({ seen: absent, sight: { ...bars, kept: [kept('v1\n')] } })).toMatchObject({
			action: 'keep',
		});
		expect(judge({ seen: absent, sight: bars, file: { ifAbsent: 'skip' } })).toMatchObject({ action: 'skip' });
	});
});
