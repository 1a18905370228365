import type { ModuleDocument } from '../../generated/module.generated.ts';
import type { Exception, Hotfix, Module, Pool, Schedule, Window } from '../../generated/playbook.generated.ts';
import type { ImportFiles } from '../import-files.ts';
import type { Note } from '../note.ts';
import { Ids } from './ids.ts';

/** What an import needs to know beside the files' own words. */
export interface Surroundings {
	readonly files: ImportFiles;
	/** How the playbook names a file, given as the person would name it: `../updates/modules/hotfix/src/fix.sh`. */
	pathOf(file: string): string;
	/** What a folder is called, however it is written: `.` has a name, too. */
	nameOf(folder: string): string;
	/** Whether what has run already is written down, to be told to hosts. */
	readonly keepsState: boolean;
}

/** A host that rows speak of. */
export interface PartHost {
	readonly on?: string;
	readonly vmid?: number;
	/** Named by a schedule of this kind; patches win. */
	role: 'patched' | 'rebooted' | 'other';
}

/** All that a playbook is made of, gathered from all files of one import. Sections are in the order in which they are written. */
export class PlaybookParts {
	readonly notes: Note[] = [];
	readonly vars = new Map<string, string>();
	readonly hotfixes = new Map<string, Hotfix>();
	readonly pools = new Map<string, Pool>();
	readonly modules = new Map<string, Module>();
	/** By the path of the folder, as the person would name it. */
	readonly moduleFiles = new Map<string, ModuleDocument>();
	readonly exceptions = new Map<string, Exception>();
	readonly windows = new Map<string, Window>();
	readonly schedules = new Map<string, Schedule>();
	readonly verify: string[] = [];
	readonly hosts = new Map<string, PartHost>();
	/** Why machines are restarted, where they are. */
	rebootReason: string | undefined;
	/** Descriptions of the files, the first of which speaks for the playbook. */
	description: string | undefined;
	/** Addresses of units that have run before. */
	readonly done: string[] = [];
	readonly ids = {
		hotfixes: new Ids(),
		pools: new Ids(),
		modules: new Ids(),
		exceptions: new Ids(),
		schedules: new Ids(),
	} as const;
	/** Destination of a file of a pool → the pool's id. */
	readonly writers = new Map<string, string>();
	readonly surroundings: Surroundings;

	constructor(surroundings: Surroundings) {
		this.surroundings = surroundings;
	}
}
