/**
 * Every diagnostic there is. A code never changes its meaning and is never used again: people put them into CI filters.
 * `title` names the problem, `meaning` says why it is one, `cure` what to do; `hsctl explain CODE` prints all three.
 */
export const diagnosticCodes = {
	// HS10xx: the text
	HS1001: entry(
		'file cannot be read',
		'The file is not there, is no regular file, or may not be read.',
		'Check the path; paths with ./ or ../ start at the playbook, all others at the repository root.',
	),
	HS1002: entry(
		'file too large',
		'Playbooks are read whole; a limit keeps a wrong file from filling the memory.',
		'Split the playbook, or move data into files of their own.',
	),
	HS1003: entry('not UTF-8', 'YAML is UTF-8 text here; other encodings are not guessed at.', 'Save the file as UTF-8.'),
	HS1004: entry(
		'control character',
		'NUL and other control characters cannot be part of YAML text.',
		'Remove the character.',
	),
	HS1005: entry(
		'not YAML',
		'The text breaks a rule of YAML 1.2.',
		'See the place that is named; often it is indentation or a missing quote.',
	),
	HS1006: entry('duplicate key', 'One key twice in a map: one of them would be lost.', 'Rename or remove one.'),
	HS1007: entry(
		'merge key',
		'Merge keys (<<) are not part of YAML 1.2 and hide where a value comes from.',
		'Write the keys out.',
	),
	HS1008: entry(
		'custom tag',
		'Tags such as !include or !!python make a reader do things; a playbook is data.',
		'Remove the tag.',
	),
	HS1009: entry('too many aliases', 'Aliases that multiply can make a small file enormous.', 'Write the values out.'),
	HS1010: entry('nested too deeply', 'Nothing in the language nests that deep.', 'Check brackets and indentation.'),
	HS1011: entry(
		'forbidden key',
		'__proto__, constructor and prototype have a meaning of their own inside JavaScript.',
		'Use another name.',
	),
	HS1012: entry(
		'empty file',
		'There is nothing in the file.',
		'Start with `hsctl: 1` and `name: …`, or let `hsctl init` write a first playbook.',
	),
	HS1013: entry('several documents', 'A playbook is one YAML document.', 'Split the file at the `---` line.'),
	HS1014: entry('tab in indentation', 'YAML indents with spaces only.', 'Replace the tab with spaces.'),
	HS1015: entry('key is not text', 'Keys are names; a list or map cannot be one.', 'Use a plain word as the key.'),
	HS1016: entry(
		'more problems',
		'Only the first problems of a file are listed.',
		'Correct those first; often one cause is behind many of them.',
	),
	HS1017: entry(
		'file cannot be written',
		'The system does not let hsctl write there; the message says why.',
		'Name another place, or make room or permission there.',
	),
	// HS11xx: the structure
	HS1101: entry(
		'unknown key',
		'The language has no such key here; a misspelt key would be silently without effect.',
		'Correct the spelling; a key of your own starts with x-.',
	),
	HS1102: entry('key missing', 'This key is needed here.', 'Add it.'),
	HS1103: entry('wrong type', 'The value is of another kind than this key takes.', 'See the example in the message.'),
	HS1104: entry('value not allowed', 'The key takes one of a few words.', 'Use one of the words that the key takes.'),
	HS1105: entry(
		'value has the wrong form',
		'The text does not have the form that this key takes.',
		'See the example in the message.',
	),
	HS1106: entry(
		'number where text is needed',
		'YAML reads 1.10 as 1.1 and 0644 as 644: versions, modes and checksums have to be quoted.',
		'Put the value in quotes.',
	),
	HS1107: entry(
		'too few or too many',
		'The list or map has fewer or more entries than it can.',
		'See the limits in the message.',
	),
	HS1108: entry(
		'not a known combination',
		'The keys given together fit none of the forms that are possible here.',
		'See the forms in the message.',
	),
	HS1109: entry(
		'unknown language version',
		'The first key `hsctl:` names the version of the language.',
		'Write `hsctl: 1`.',
	),
	HS1110: entry(
		'not a name',
		'Ids go into paths and addresses: letters, digits, _ . and -, at most 63, not starting with . or -.',
		'Choose another name.',
	),
	HS1111: entry(
		'not a playbook',
		'The file has no `hsctl:` key, so it is not a playbook.',
		'Name a playbook, or add `hsctl: 1` at the top.',
	),
	// HS12xx: references
	HS1201: entry(
		'unknown unit',
		'`needs` names a unit that this playbook does not have.',
		'Correct the address: section and id, such as hotfix.git_cve.',
	),
	HS1202: entry('cycle', 'Units that need each other can never start.', 'Remove one of the needs on the path.'),
	HS1203: entry(
		'unknown host or group',
		'The inventory has no such host or group.',
		'Correct the name, or add it to the inventory.',
	),
	HS1204: entry(
		'selection is malformed',
		'Selections are names joined by `,` `&` and `-`, with * and ? as wildcards.',
		'See the examples in docs/language.md.',
	),
	HS1205: entry(
		'selection matches nothing',
		'The names are known but no host is left; the unit would silently never run.',
		'Correct the selection, or give --allow-empty.',
	),
	HS1206: entry(
		'unknown variable',
		'`${…}` names a value that is defined nowhere.',
		'Define it under vars, in the inventory, or with --set.',
	),
	HS1207: entry(
		'malformed reference',
		'`${` opens a reference: ${vars.x}, ${host.x} or ${secret.x}.',
		'Complete it, or write $${ for the characters themselves.',
	),
	HS1208: entry(
		'reference not possible here',
		'This place is read before its values are known, or must not hold a secret.',
		'Write the value out, or pass it through env; a secret goes to stdin only.',
	),
	HS1209: entry('script not found', 'The script is not in the repository.', 'Create it, or correct the path.'),
	HS1210: entry(
		'file not found',
		'A file that the playbook names is not in the repository.',
		'Create it, or correct the path.',
	),
	HS1211: entry(
		'path leaves the repository',
		'Everything a playbook runs is inside its repository.',
		'Use a path inside the repository.',
	),
	HS1212: entry('unknown window', '`schedules` names a window that is not under `windows`.', 'Correct the name.'),
	HS1213: entry(
		'unknown module',
		'`children`, or the `needs` of a module.yaml, names a module that is not under `modules`.',
		'Correct the name.',
	),
	HS1214: entry(
		'unknown secret',
		'`${secret.x}` names a secret that is not under `secrets`.',
		'Define it under `secrets`.',
	),
	HS1215: entry('unknown fact', 'There is no fact of that name.', 'See the list in docs/language.md.'),
	HS1216: entry('unit needs itself', 'A unit cannot wait for itself.', 'Remove the need.'),
	HS1217: entry(
		'hosts never meet',
		'The needed unit is planned for none of the hosts of this one, so it could never be satisfied.',
		'Correct `hosts` of one of them, or use `hosts: all` in the need.',
	),
	HS1218: entry('defined twice', 'Two entries claim the same thing.', 'Remove one.'),
	HS1219: entry('unknown tag', 'No unit of the playbook has that tag.', 'Correct the tag given to --tags.'),
	HS1220: entry(
		'keys that do not fit together',
		'Each of the keys is right, and both together cannot be done.',
		'Change one of the two.',
	),
	HS1221: entry(
		'validates something else',
		'`validate` judges files before they are in their places, and the command does not name them: it would judge what lies there now.',
		'Name the new file as `%s`, or the folder of all new files as `$HSCTL_STAGED`; what judges the files in their places is a `check`.',
	),
	// HS13xx: values
	HS1301: entry('not a duration', 'Durations are a whole number and a unit: 300s, 5m, 24h, 7d.', 'Add the unit.'),
	HS1302: entry(
		'not a version',
		'The text cannot be ordered by the comparator that is used here.',
		'Correct it, or name another comparator with `compare`.',
	),
	HS1303: entry(
		'not a file mode',
		'Modes are octal digits in quotes: "0644".',
		'Write it in quotes, with four digits.',
	),
	HS1304: entry(
		'bounds exclude each other',
		'No version can satisfy all the bounds.',
		'Correct min_version, max_version or below.',
	),
	HS1305: entry('not a cron expression', 'Five fields: minute hour day month weekday.', 'Correct the expression.'),
	HS1306: entry('unknown time zone', 'Zones are IANA names such as Europe/Berlin.', 'Correct the name.'),
	HS1307: entry('not a percentage', 'Percentages carry a % and lie between 0 and 100.', 'Write for example "10%".'),
	HS1308: entry('not a date', 'Dates are RFC 3339: "2026-12-31" or "2026-12-31T00:00:00Z".', 'Correct the date.'),
	HS1309: entry(
		'not a digest',
		'A SHA-256 is 64 hexadecimal digits.',
		'Copy it again, for example from `sha256sum FILE`.',
	),
	HS1310: entry('path is not absolute', 'Paths on a host start with /.', 'Write the whole path.'),
	HS1311: entry(
		'not a service name',
		'Unit names of the service manager: letters, digits and : - _ . @ only.',
		'Correct the name.',
	),
	HS1312: entry(
		'not an environment name',
		'Names are letters, digits and _, not starting with a digit; HSCTL_ is reserved.',
		'Choose another name.',
	),
	HS1313: entry('out of range', 'The number is outside of what makes sense here.', 'See the limits in the message.'),
	HS1314: entry('dangerous name', 'The text could be taken for an option or for shell syntax.', 'Correct it.'),
	HS1315: entry(
		'not a plain path',
		'One path has one spelling: without ., .., double slashes or a slash at its end.',
		'Write the plain path.',
	),
	// HS14xx: the lock file
	HS1401: entry(
		'no lock file',
		'hsctl.lock pins every script that may run; without it nothing is applied.',
		'Run `hsctl lock` and commit hsctl.lock.',
	),
	HS1402: entry('not pinned', 'The script is not in hsctl.lock.', 'Read the script, then run `hsctl lock`.'),
	HS1403: entry(
		'changed since it was pinned',
		'The bytes are not those that hsctl.lock pins.',
		'Look at the change, then run `hsctl lock`.',
	),
	HS1404: entry(
		'pinned and gone',
		'hsctl.lock pins a file that no playbook uses or that is not there.',
		'Run `hsctl lock`.',
	),
	HS1405: entry(
		'lock file is damaged',
		'hsctl.lock cannot be read as a lock file.',
		'Restore it from git; or look at every script, remove it, and run `hsctl lock`.',
	),
	HS1406: entry(
		'tree cannot be pinned',
		'A digest of a folder needs plain names and links that stay inside.',
		'Rename or remove the entry that is named.',
	),
	// HS15xx: inventory and configuration
	HS1501: entry('host in two places', 'A host has one entry; other groups name it by `groups`.', 'Keep one of them.'),
	HS1502: entry(
		'groups contain each other',
		'A group cannot be inside itself.',
		'Remove one of the `groups` on the path.',
	),
	HS1503: entry('unknown node', '`on` names a host that the inventory does not have.', 'Correct the name.'),
	HS1504: entry(
		'not a host name',
		'Names are letters, digits, _ . and -; they never start with - and end up in commands and paths.',
		'Rename the host, and put its address under `address`.',
	),
	HS1505: entry('guest without a number', 'A host on a node needs its `vmid`.', 'Add `vmid`.'),
	HS1506: entry(
		'no playbook here',
		'The folder has no playbook in it.',
		'Name a playbook, or let `hsctl init` write a first one.',
	),
	// HS16xx: what this version refuses
	HS1601: entry(
		'section not executable yet',
		'This version checks the section and cannot execute it.',
		'Leave it out, or choose other units with --target.',
	),
	HS1602: entry(
		'connection not possible yet',
		'This version reaches hosts by `connection: local`, `ssh` and `openssh`.',
		'Give the host one of these, or leave it out with --limit.',
	),
	HS1604: entry(
		'become differs between units',
		'All units of one host run as one user in this version.',
		'Put `become` on the playbook, or split the playbook.',
	),
	// HS17xx: policy
	HS1701: entry(
		'exception has expired',
		'An expired exception is not applied: the package is patched again.',
		'Extend it, or remove it.',
	),
	HS1702: entry(
		'exception expires soon',
		'After its date the package is patched again.',
		'Extend it in time, or let it expire.',
	),
	HS1703: entry(
		'two schedules for one host',
		'At most one schedule is active for a host.',
		'Remove the host from one of them.',
	),
	HS1704: entry('unused', 'Nothing refers to it.', 'Remove it, or use it.'),
	HS1705: entry(
		'secret is public',
		'The value is written in the playbook, where everyone with the repository reads it.',
		'Move it to `secrets`.',
	),
	HS1706: entry('no effect', 'The key cannot change anything here.', 'Remove it.'),
	HS1707: entry(
		'host in no wave',
		'The playbook has waves, and a host that a unit is for is in none of them.',
		'Add a wave for the rest, or leave the host out with `hosts`.',
	),
	// HS18xx: the command line
	HS1801: entry('unknown flag or verb', 'The command line has a word that hsctl does not know.', 'See `hsctl --help`.'),
	HS1802: entry('a terminal is needed', 'hsctl asks only on a terminal.', 'Give the flag that is named.'),
	HS1803: entry('unknown run', 'The history has no run of that id.', 'See `hsctl history`.'),
	HS1804: entry(
		'not a saved plan',
		'The file is neither a playbook nor a plan that this version can read.',
		'Make it again with `hsctl plan … -o FILE`.',
	),
	HS1805: entry(
		'unknown unit on the command line',
		'The playbook has no unit of that address.',
		'See `hsctl plan` for the addresses.',
	),
	HS1806: entry(
		'nothing can be undone',
		'The unit has no `undo`, no receipt says that it was done, or no host keeps a backup of the pool; or the run changed nothing, took back itself, or has no end yet.',
		'Write an undo script; `hsctl status` lists what can be undone, `hsctl history` the runs.',
	),
	HS1807: entry(
		'history cannot be used',
		'The controller keeps a history of runs; without one that it can use, nothing is begun.',
		'Move a damaged history away: the hosts keep the truth. Or set XDG_STATE_HOME to a folder of yours.',
	),
	HS1808: entry(
		'saved plan instead of a playbook',
		'The file is a plan that `hsctl plan -o` saved; only `hsctl apply FILE` and `hsctl show FILE` take one, and one at a time.',
		'Name the playbook, or use one of those two.',
	),
	HS1809: entry(
		'secret that cannot be had',
		'A unit takes a secret, and its source does not give it on this machine.',
		'Do what the sentence says; `secrets` of the playbook says where it is kept.',
	),
	HS1810: entry(
		'no inventory',
		'Without a playbook, hsctl takes the hosts from the inventory that -i or hsctl.config.yaml names, and there is neither.',
		'Name one with -i FILE, or write `inventory: FILE` into hsctl.config.yaml at the root of the repository.',
	),
	HS1811: entry(
		'no saved facts',
		'What `--facts` names is not what `hsctl facts --save` wrote: it is absent, damaged, of another host, or something else.',
		'Save them anew with `hsctl facts PLAYBOOK --save FOLDER`.',
	),
	HS1812: entry(
		'no playbook for a recalled run',
		'Hosts remember a run that took secrets. Where secrets are kept is never taken from a host, only from the playbook in the repository, and it is not there or has problems.',
		'Type the command in the repository of the playbook.',
	),
	// HS19xx: what is imported
	HS1901: entry(
		'nothing that can be imported',
		'The file is not of a format that `hsctl import` reads, or has nothing in it that hsctl has a place for.',
		'Name the file with the hosts, hotfixes or rows; `--from` says what it is where that is not seen.',
	),
	HS1902: entry(
		'hosts that only a program knows',
		'A dynamic inventory is a program or asks a plugin; hsctl runs neither.',
		'Let Ansible write the hosts down: `ansible-inventory -i FILE --list --yaml --export > hosts.yaml`.',
	),
	HS1903: entry(
		'not what Ansible understands',
		'The line breaks a rule of Ansible inventories, so nobody can say which hosts and values are meant.',
		'Correct the line that is named; `ansible-inventory -i FILE --graph` says what Ansible makes of it.',
	),
	HS1904: entry(
		'too many hosts',
		'A range can make millions of hosts from a few characters; a limit keeps a slip from filling the memory.',
		'Correct the range, or import a part of the inventory at a time.',
	),
	HS1905: entry(
		'not JSON',
		'The text breaks a rule of JSON here, so nobody can say what is meant.',
		'Correct the place that is named; `python3 -m json.tool FILE` reads the same rules.',
	),
} as const satisfies Readonly<Record<`HS${number}`, CodeEntry>>;

export type DiagnosticCode = keyof typeof diagnosticCodes;

export interface CodeEntry {
	readonly title: string;
	readonly meaning: string;
	readonly cure: string;
}

function entry(title: string, meaning: string, cure: string): CodeEntry {
	return { title, meaning, cure };
}

export const isDiagnosticCode = (text: string): text is DiagnosticCode => Object.hasOwn(diagnosticCodes, text);
