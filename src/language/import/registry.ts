import type { Diagnostic } from '../../model/diagnostic.ts';
import type { SourceText } from '../source.ts';
import type { AnsibleTree } from './ansible/tree.ts';
import { readAnsibleIni } from './ansible-ini.ts';
import { readAnsibleYaml } from './ansible-yaml.ts';
import type { ImportFormat } from './format.ts';
import { readHomeserver } from './homeserver.ts';
import type { ImportFiles } from './import-files.ts';
import type { JsonDocuments } from './json/json-documents.ts';
import { readNannyapi } from './nannyapi.ts';
import { readSshConfig, type SshHosts } from './ssh-config.ts';

/** Reads one file into what is gathered from all files of its kind. Gives what is wrong with it. */
export type FormatReader =
	| { readonly gathers: 'ansible'; read(source: SourceText, into: AnsibleTree): readonly Diagnostic[] }
	| { readonly gathers: 'ssh'; read(source: SourceText, into: SshHosts, files: ImportFiles): readonly Diagnostic[] }
	/** What becomes a playbook and no inventory. */
	| { readonly gathers: 'json'; read(source: SourceText, into: JsonDocuments): readonly Diagnostic[] };

export const formatReaders: Readonly<Record<ImportFormat, FormatReader>> = {
	'ansible-ini': { gathers: 'ansible', read: readAnsibleIni },
	'ansible-yaml': { gathers: 'ansible', read: readAnsibleYaml },
	'ssh-config': { gathers: 'ssh', read: readSshConfig },
	homeserver: { gathers: 'json', read: readHomeserver },
	nannyapi: { gathers: 'json', read: readNannyapi },
};
