import type { RepoPath } from '../../model/brand.ts';
import type { Inventory } from '../../model/inventory.ts';
import type { Repository } from '../../ports/repository.ts';
import type { PlaybookDocument } from '../generated/playbook.generated.ts';
import type { LockFile } from '../lock-file.ts';
import type { Parsed } from '../parse.ts';
import type { Report } from '../report.ts';

/** What the checks of a playbook's sections share. */
export interface CheckContext {
	readonly file: RepoPath;
	readonly parsed: Parsed;
	readonly document: PlaybookDocument;
	readonly inventory: Inventory;
	readonly repository: Repository;
	/** `undefined`: there is no lock file. */
	readonly lock: LockFile | undefined;
	/** Names given by `--set`. */
	readonly set: ReadonlySet<string>;
	/** Today, for expiry dates. */
	readonly today: Date;
	readonly allowEmpty: boolean;
	readonly report: Report;
}
