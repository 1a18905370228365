import { createHash } from 'node:crypto';
import { asUnitAddress, type Digest, repoPath, sha256Digest } from '../../src/model/brand.ts';
import type { Pool, PoolFile, RepoFile } from '../../src/model/unit.ts';
import { type FileSight, hexOf, type KeptFile, type SeenFile } from '../../src/units/pool/file-look.ts';
import { type PoolOnHost, poolOnHost } from '../../src/units/pool/pool-on-host.ts';
import { here } from './builders.ts';

/** Small makers of pools and of what hosts show of their files. */

export const sum = (text: string | Uint8Array): Digest => sha256Digest(createHash('sha256').update(text).digest('hex'));

export const repoFile = (text = 'new\n', rest: Partial<RepoFile> = {}): RepoFile => ({
	path: repoPath('files/a'),
	digest: sum(text),
	bytes: new TextEncoder().encode(text),
	pin: 'matches',
	...rest,
});

export const poolFile = (rest: Partial<PoolFile> = {}): PoolFile => ({
	src: repoFile(),
	dest: '/srv/a',
	at: here,
	baseline: [],
	ifAbsent: 'create',
	follow: false,
	...rest,
});

export const pool = (rest: Partial<Omit<Pool, 'address'>> & { readonly address?: string } = {}): Pool => ({
	kind: 'pool',
	at: here,
	hosts: { kind: 'name', name: 'all' },
	needs: [],
	tags: [],
	when: { kind: 'always' },
	files: [poolFile()],
	onCustomised: 'skip',
	onDeleted: 'skip',
	env: new Map(),
	validate: [],
	activate: [],
	check: [],
	together: false,
	keep: 5,
	timeoutMs: 60_000,
	...rest,
	address: asUnitAddress(rest.address ?? 'pool.site'),
});

/** Without a reference in it. */
export const onHost = (rest: Parameters<typeof pool>[0] = {}): PoolOnHost => poolOnHost(pool(rest), text => text);

export const seenFile = (
	text: string,
	rest: Partial<SeenFile & { kind: 'file' }> = {},
): SeenFile & { kind: 'file' } => ({
	kind: 'file',
	mode: '644',
	user: 'root',
	uid: '0',
	group: 'root',
	gid: '0',
	links: 1,
	bytes: text.length,
	digest: sum(text),
	...rest,
});

export const sight = (seen: SeenFile, rest: Partial<FileSight> = {}): FileSight => ({
	seen,
	bars: [],
	kept: [],
	...rest,
});

/** What a pool remembers of a file; `source` where it was made from another one. */
export const kept = (text: string, by = 'pool.site~web', source = text): KeptFile => ({
	digest: hexOf(sum(text)),
	source: hexOf(sum(source)),
	by,
});
