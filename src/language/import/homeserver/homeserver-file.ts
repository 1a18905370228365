import type { Condition } from '../../generated/playbook.generated.ts';
import type { Fields } from '../json/fields.ts';
import { never } from '../playbook/conditions.ts';
import type { PlaybookParts } from '../playbook/playbook-parts.ts';

/** An index.json, while it is read. */
export interface HomeserverFile {
	readonly fields: Fields;
	/** The folder it lies in, as the person would name it. */
	readonly folder: string;
	/** The module's name: its own word for it, else that of the folder. */
	readonly name: string;
	/** `metadata.schema_version`. */
	readonly version: string | undefined;
	readonly isEnabled: boolean;
	/** Whether it is the only file of the import, so that its words can speak for the playbook. */
	readonly isOnly: boolean;
	readonly parts: PlaybookParts;
}

/** What a module that is switched off makes of each of its units. */
export const switchedOff = ({ isEnabled }: HomeserverFile): Condition | undefined => (isEnabled ? undefined : never);

/** Of hotfixes: five minutes, as upstream has it. */
export const scriptTimeout = '5m';
