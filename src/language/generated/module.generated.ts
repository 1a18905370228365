// Made by scripts/generate.mjs from schemas/module.schema.json.

/**
 * A name of your choice: letters, digits, _ . and -, at most 63, starting with a letter, a digit or _.
 */
export type Id = string
/**
 * A version, always in quotes so that YAML does not take it for a number.
 */
export type Version = string
/**
 * always, or a map with exactly one key that says what is looked at.
 */
export type Condition = ("always" | {
/**
 * Holds when every one of these conditions holds.
 * 
 * @minItems 1
 * @maxItems 1000
 */
all?: Condition[]
/**
 * Holds when at least one of these conditions holds.
 * 
 * @minItems 1
 * @maxItems 1000
 */
any?: Condition[]
not?: Condition
/**
 * Compares the version that a module declares on the host: its receipt's, else the one in the file that the inventory names.
 */
module_schema?: {
module: Id
below?: Version
max_version?: Version
min_version?: Version
compare?: Comparator
if_missing?: Fallback
if_unreadable?: Fallback
}
/**
 * Starts a program on the host, with a time limit, and compares the version in what it prints.
 */
binary_version?: {
/**
 * An absolute path, or a name that is looked up in the PATH.
 */
binary: string
/**
 * The argument that makes the program print its version.
 */
version_flag?: string
below?: Version
max_version?: Version
min_version?: Version
compare?: Comparator
if_missing?: Fallback
if_unreadable?: Fallback
}
/**
 * Holds when there is something at the path: a file, a folder, anything.
 */
file_exists?: {
path: HostPath
/**
 * Holds when there is nothing at the path instead.
 */
invert?: boolean
if_unreadable?: Fallback
}
/**
 * Holds when the bytes of the file have this digest, or one of these.
 */
file_sha256?: {
path: HostPath
/**
 * The digest, or a list of digests of which one has to match.
 */
sha256: (Digest | Digest[])
if_missing?: Fallback
if_unreadable?: Fallback
}
/**
 * Compares the installed version of a package.
 */
package_version?: {
package: PackageName
below?: Version
max_version?: Version
min_version?: Version
compare?: Comparator
if_missing?: Fallback
if_unreadable?: Fallback
}
/**
 * Holds when the host is of this family, has this id, and its version lies within the bounds.
 */
os?: {
/**
 * What decides the package manager.
 */
family?: (("debian" | "rhel" | "arch" | "suse" | "alpine") | ("debian" | "rhel" | "arch" | "suse" | "alpine")[])
/**
 * ID in /etc/os-release.
 */
id?: (string | string[])
/**
 * Bounds on VERSION_ID in /etc/os-release.
 */
version?: {
below?: Version
max_version?: Version
min_version?: Version
}
if_unreadable?: Fallback
}
/**
 * Holds when the service is in this state, or in one of these.
 */
unit_state?: {
unit: ServiceName
/**
 * The service manager's word for the state.
 */
state: (("active" | "reloading" | "inactive" | "failed" | "activating" | "deactivating" | "maintenance") | ("active" | "reloading" | "inactive" | "failed" | "activating" | "deactivating" | "maintenance")[])
if_missing?: Fallback
if_unreadable?: Fallback
}
/**
 * Compares one of the facts that hsctl knows of every host.
 */
fact?: {
/**
 * The name of the fact.
 */
name: string
/**
 * The value, or a list of values of which one has to match.
 */
equals?: (string | string[])
/**
 * Bounds, when the fact is a version.
 */
version?: {
below?: Version
max_version?: Version
min_version?: Version
compare?: Comparator
}
if_missing?: Fallback
}
/**
 * Compares the version of a module that hsctl installed, from its receipt on the host.
 */
module_version?: {
module: Id
below?: Version
max_version?: Version
min_version?: Version
compare?: Comparator
if_missing?: Fallback
if_unreadable?: Fallback
}
/**
 * Runs a command that only looks, never changes anything, and holds by its exit code.
 */
command?: {
run: Command
/**
 * The exit codes that mean "holds"; all others up to 125 mean "does not hold".
 * 
 * @minItems 1
 * @maxItems 126
 * 
 * Items: 0 to 125.
 */
exit_codes?: number[]
/**
 * The first line that it prints has to be this, too.
 */
prints?: string
timeout?: Duration
if_missing?: Fallback
if_unreadable?: Fallback
}
})
/**
 * The rules by which two versions are compared.
 */
export type Comparator = ("semver" | "deb" | "rpm" | "alpm" | "loose")
/**
 * run: as if the condition held; skip: as if it did not; fail: the unit fails, with the reason, and others go on.
 */
export type Fallback = ("run" | "skip" | "fail")
/**
 * An absolute path on the host.
 */
export type HostPath = string
/**
 * 64 hexadecimal digits, as sha256sum prints them; a leading sha256: is allowed.
 */
export type Digest = string
/**
 * The name of a package; where it says so, * and ? stand for any characters.
 */
export type PackageName = string
/**
 * The unit name as the service manager of the host knows it.
 */
export type ServiceName = string
/**
 * One line for /bin/sh, or the words of a command, which no shell reads.
 */
export type Command = (string | string[])
/**
 * A whole number and a unit: ms, s, m, h or d.
 */
export type Duration = string
/**
 * A path inside the folder of the module, starting there.
 */
export type ModulePath = string
/**
 * Octal digits in quotes.
 */
export type FileMode = string
/**
 * A user or group of the host, by name or number.
 */
export type Account = string
/**
 * Five fields: minute, hour, day of month, month, day of week.
 */
export type Cron = string

/**
 * The module.yaml of a module: what it is, the steps that install it, how to check it.
 */
export interface ModuleDocument {
/**
 * The version of the language: 1.
 */
hsctl?: 1
name: Id
version: Version
/**
 * What it is.
 */
description?: string
/**
 * Modules that have to be there.
 * 
 * @maxItems 1000
 */
needs?: Id[]
/**
 * What is done, in this order. Each step looks first and changes only what differs.
 * 
 * @minItems 1
 * @maxItems 10000
 */
steps: Step[]
/**
 * Commands that have to succeed when everything is done.
 * 
 * @maxItems 1000
 */
check?: Command[]
/**
 * Steps for what going back to the last safe version does not undo by itself.
 * 
 * @maxItems 10000
 */
rollback?: Step[]
}
/**
 * One kind of step with its options; name, when and restarts may stand beside it.
 */
export interface Step {
/**
 * What the step is for, for people.
 */
name?: string
when?: Condition
/**
 * Services to restart, once, at the end of the work on the host.
 * 
 * @maxItems 1000
 */
restarts?: ServiceName[]
/**
 * Runs a script of the module.
 */
script?: (ModulePath | {
path: ModulePath
env?: Environment
/**
 * What it reads from its standard input.
 */
stdin?: string
cwd?: HostPath
creates?: HostPath
timeout?: Duration
})
/**
 * Runs a command.
 */
command?: (Command | {
run: Command
env?: Environment
cwd?: HostPath
creates?: HostPath
timeout?: Duration
})
/**
 * A file with these bytes.
 */
file?: {
src?: ModulePath
/**
 * The text of the file, instead of a source.
 */
content?: string
dest: HostPath
mode?: FileMode
owner?: Account
group?: Account
/**
 * What to do with a file that somebody changed on the host: leave it, replace it, or fail.
 */
on_customised?: ("skip" | "replace" | "fail")
}
/**
 * A folder with the same content as one of the module.
 */
sync?: {
src: ModulePath
dest: HostPath
/**
 * Removes what the source does not have.
 */
delete?: boolean
/**
 * Names that are left alone; * and ? are wildcards.
 * 
 * @maxItems 1000
 * 
 * Items: A name or a pattern.
 */
exclude?: string[]
owner?: Account
group?: Account
}
/**
 * A folder that is there, or is not.
 */
directory?: {
path: HostPath
mode?: FileMode
owner?: Account
group?: Account
/**
 * present or absent.
 */
state?: ("present" | "absent")
}
/**
 * A symbolic link.
 */
symlink?: {
path: HostPath
/**
 * Where it points to.
 */
target?: string
/**
 * present or absent.
 */
state?: ("present" | "absent")
}
/**
 * Mode and owner of something that is there.
 */
permissions?: {
path: HostPath
mode?: FileMode
owner?: Account
group?: Account
/**
 * Everything below, too.
 */
recursive?: boolean
}
/**
 * One line of a text file.
 */
line?: {
path: HostPath
/**
 * The line as it should be.
 */
line: string
/**
 * The line to replace, as a regular expression.
 */
match?: string
/**
 * Where a new line goes: after the last line that matches.
 */
after?: string
/**
 * Where a new line goes: before the first line that matches.
 */
before?: string
/**
 * present or absent.
 */
state?: ("present" | "absent")
/**
 * Creates the file when it is not there.
 */
create?: boolean
}
/**
 * Lines of a text file between two marks.
 */
block?: {
path: HostPath
/**
 * The lines.
 */
content?: string
/**
 * The comment that marks the block; {mark} stands for BEGIN and END.
 */
marker?: string
/**
 * Where a new block goes: after the last line that matches.
 */
after?: string
/**
 * Where a new block goes: before the first line that matches.
 */
before?: string
/**
 * present or absent.
 */
state?: ("present" | "absent")
/**
 * Creates the file when it is not there.
 */
create?: boolean
}
/**
 * Values in a JSON, YAML, INI or TOML file.
 */
structured?: {
path: HostPath
/**
 * The format of the file.
 */
format: ("json" | "yaml" | "ini" | "toml")
/**
 * Values by path, whatever is there now.
 */
set?: {
/**
 * Text, a number, a boolean, null, a list or a map.
 */
[k: string]: string | number | boolean | null | unknown[] | {

}
}
/**
 * Values by path, each only where nothing is there yet.
 */
ensure?: {
/**
 * Text, a number, a boolean, null, a list or a map.
 */
[k: string]: string | number | boolean | null | unknown[] | {

}
}
/**
 * Paths to take out.
 * 
 * @maxItems 1000
 * 
 * Items: Parts joined by dots; a part with a dot in it stands in double quotes, and digits are a place in a list, from 0.
 */
remove?: string[]
/**
 * Creates the file when it is not there.
 */
create?: boolean
/**
 * INI: whether a ; or # after a blank begins a comment for the program that reads the file. Left out, a value with such a place in it is not touched.
 */
inline_comments?: boolean
}
/**
 * A file from the network, with its digest.
 */
download?: {
/**
 * Where it comes from.
 */
url: string
dest: HostPath
sha256?: Digest
/**
 * Takes whatever comes, instead of a digest.
 */
unverified?: boolean
mode?: FileMode
owner?: Account
group?: Account
timeout?: Duration
}
/**
 * Unpacks an archive.
 */
archive?: {
/**
 * A path inside the module, or an absolute path on the host.
 */
src: string
dest: HostPath
/**
 * How many leading folders are dropped.
 */
strip?: number
sha256?: Digest
creates?: HostPath
owner?: Account
group?: Account
}
/**
 * A working copy of a git repository at a commit.
 */
git?: {
/**
 * The repository.
 */
url: string
dest: HostPath
/**
 * A tag or a commit.
 */
ref: string
/**
 * With submodules.
 */
submodules?: boolean
timeout?: Duration
}
/**
 * Packages of the distribution.
 */
package?: {
/**
 * The packages.
 * 
 * @minItems 1
 * @maxItems 1000
 */
names: PackageName[]
/**
 * present, absent, or latest.
 */
state?: ("present" | "absent" | "latest")
version?: Version
}
/**
 * A service of the service manager.
 */
service?: {
name: ServiceName
/**
 * How it should be.
 */
state?: ("started" | "stopped" | "restarted" | "reloaded")
/**
 * Whether it starts with the machine.
 */
enabled?: boolean
}
/**
 * An account.
 */
user?: {
name: Account
/**
 * Its number.
 */
uid?: number
group?: Account
/**
 * More groups.
 * 
 * @maxItems 1000
 */
groups?: Account[]
home?: HostPath
shell?: HostPath
/**
 * An account for a service.
 */
system?: boolean
/**
 * present or absent.
 */
state?: ("present" | "absent")
}
/**
 * An entry of a crontab.
 */
cron?: {
name: Id
schedule?: Cron
/**
 * The command line.
 */
command?: string
user?: Account
/**
 * present or absent.
 */
state?: ("present" | "absent")
}
/**
 * Asks a web server and looks at the answer.
 */
http?: {
/**
 * Where it comes from.
 */
url: string
/**
 * The method.
 */
method?: ("GET" | "HEAD" | "POST" | "PUT" | "DELETE")
/**
 * What is sent.
 */
body?: string
/**
 * Header lines.
 */
headers?: {
/**
 * Its value.
 */
[k: string]: string
}
/**
 * The status codes that are right.
 * 
 * @minItems 1
 * @maxItems 100
 * 
 * Items: A status code of HTTP.
 */
status?: number[]
/**
 * Text that the answer has to contain.
 */
contains?: string
timeout?: Duration
}
/**
 * Waits until something is there.
 */
wait_for?: {
/**
 * A port of the host that answers.
 */
port?: number
path?: HostPath
command?: Command
interval?: Duration
timeout?: Duration
}
/**
 * Fails when a condition does not hold.
 */
assert?: {
that: Condition
/**
 * What to say when it does not.
 */
message?: string
}
}
/**
 * Environment variables for the script. A secret cannot be here: it goes to stdin.
 */
export interface Environment {
/**
 * Text; may hold ${vars.x} and ${host.x}.
 */
[k: string]: string
}
