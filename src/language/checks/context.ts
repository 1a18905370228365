import type { RepoPath } from '../../model/brand.ts';
import type { Inventory } from '../../model/inventory.ts';
import type { Repository } from '../../ports/repository.ts';
import type { PlaybookDocument } from '../generated/playbook.generated.ts';
import type { LockFile } from '../lock-file.ts';
import type { Report } from '../report.ts';
import type { SoundParts } from '../sound-parts.ts';
import type { FilesOnce } from './files-once.ts';
import type { Selections } from './selections.ts';

/** What the checks of a playbook's sections share. */
export interface CheckContext {
	readonly file: RepoPath;
	readonly parts: SoundParts;
	/** The parts of the playbook that fit the schema. */
	readonly document: PlaybookDocument;
	/** Every name that a section declares, also of entries with a problem: whoever names one of them has not misspelt it. */
	readonly declared: Readonly<Record<NamedSection, ReadonlySet<string>>>;
	/** Sections that are written down, and not as maps: nobody can say which names they were to have. */
	readonly unread: ReadonlySet<NamedSection>;
	readonly inventory: Inventory;
	readonly selections: Selections;
	readonly repository: Repository;
	readonly files: FilesOnce;
	/** `undefined`: there is no lock file, or none that can be read. */
	readonly lock: LockFile | undefined;
	/** Names given by `--set`. */
	readonly set: ReadonlySet<string>;
	/** Today, for expiry dates. */
	readonly today: Date;
	readonly report: Report;
}

/** Sections whose entries are named by others. */
export type NamedSection = 'hotfixes' | 'pools' | 'modules' | 'vars' | 'secrets' | 'windows' | 'schedules';

/** Whether a section has the name, as far as can be told. */
export const mayDeclare = (
	{ declared, unread }: Pick<CheckContext, 'declared' | 'unread'>,
	section: NamedSection,
	name: string,
): boolean => declared[section].has(name) || unread.has(section);
