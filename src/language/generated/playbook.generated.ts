// Made by scripts/generate.mjs from schemas/playbook.schema.json.

/**
 * A name of your choice: letters, digits, _ . and -, at most 63, starting with a letter, a digit or _.
 */
export type Id = string
/**
 * Names of hosts and groups: `a, b` is both, `a & b` what is in both, `a - b` a without b; * and ? are wildcards.
 */
export type Selection = string
/**
 * How root is reached on the host: not at all, or by sudo, doas or su.
 */
export type Become = ("none" | "sudo" | "doas" | "su")
/**
 * Letters, digits and _, not starting with a digit; names that start with HSCTL_ are reserved.
 */
export type EnvironmentName = string
/**
 * One line for /bin/sh, or the words of a command, which no shell reads.
 */
export type Command = (string | string[])
/**
 * Paths that start with ./ or ../ start at the folder of this file, all others at the root of the repository.
 */
export type RepoPath = string
/**
 * A name or an IP address.
 */
export type HostAddress = string
/**
 * A user or group of the host, by name or number.
 */
export type Account = string
/**
 * The name of a host or a group in the inventory: letters, digits, _ . and -.
 */
export type HostName = string
/**
 * An absolute path on the host, without ${…}: it is used before values are known.
 */
export type StateFolder = string
/**
 * A number from 0 to 100 with a percent sign, in quotes.
 */
export type Percentage = string
/**
 * The address of a unit, or a map that also says on which hosts.
 */
export type Need = (UnitAddress | {
unit: UnitAddress
/**
 * same: on the same host; all: on every host that it is planned for.
 */
hosts?: ("same" | "all")
})
/**
 * Section and id, joined by a dot: hotfix.<id>, pool.<id>, module.<id>; or patch, or reboot.
 */
export type UnitAddress = string
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
 * A version, always in quotes so that YAML does not take it for a number.
 */
export type Version = string
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
 * A whole number and a unit: ms, s, m, h or d.
 */
export type Duration = string
/**
 * Octal digits in quotes.
 */
export type FileMode = string
/**
 * An RFC 3339 date, or date and time with its zone, in quotes.
 */
export type Date = string
/**
 * Five fields: minute, hour, day of month, month, day of week.
 */
export type Cron = string
/**
 * An IANA name.
 */
export type Timezone = string

/**
 * What has to be so on which machines. A playbook is data: logic lives in scripts and in conditions.
 */
export interface PlaybookDocument {
/**
 * The version of the language: 1.
 */
hsctl: 1
name: Id
/**
 * What the playbook is for.
 */
description?: string
hosts?: Selection
become?: Become
vars?: Variables
/**
 * Values for ${secret.<name>}, read when they are needed and never shown.
 */
secrets?: {
[k: string]: Secret
}
/**
 * The path of an inventory, or the inventory itself.
 */
inventory?: (RepoPath | Inventory)
/**
 * Scripts that repair something, guarded by conditions.
 */
hotfixes?: {
[k: string]: Hotfix
}
/**
 * Files that are replaced together or not at all.
 */
pools?: {
[k: string]: Pool
}
/**
 * Folders with a module.yaml, installed at a version.
 */
modules?: {
[k: string]: Module
}
/**
 * Packages that patching leaves alone.
 */
exceptions?: {
[k: string]: Exception
}
/**
 * Updates of packages.
 */
patch?: {
/**
 * What it is for, in a sentence for people.
 */
description?: string
hosts?: Selection
/**
 * Units that have to succeed before this one; when one does not, this one is blocked.
 * 
 * @maxItems 1000
 */
needs?: Need[]
/**
 * Words to choose units by, with --tags.
 * 
 * @maxItems 100
 */
tags?: Id[]
become?: Become
when?: Condition
/**
 * Which updates: all, security, those that fix certain CVEs, or certain packages.
 */
scope?: (("all" | "security") | {
/**
 * Updates that fix these.
 * 
 * @minItems 1
 * @maxItems 1000
 * 
 * Items: A CVE number.
 */
cve?: string[]
/**
 * Updates of these packages.
 * 
 * @minItems 1
 * @maxItems 1000
 */
packages?: PackageName[]
})
soak?: Duration
/**
 * Files that both somebody here and the package changed: keep ours, take the new one, or fail.
 */
conffiles?: ("keep" | "new" | "fail")
/**
 * A snapshot before the updates (lvm, zfs, btrfs, pct).
 */
snapshot?: ("none" | "if_available" | "required")
/**
 * first_wave: later waves get exactly the versions of the first one.
 */
freeze?: ("none" | "first_wave")
timeout?: Duration
}
/**
 * Whether, and how, hosts are restarted.
 */
reboot?: {
/**
 * What it is for, in a sentence for people.
 */
description?: string
hosts?: Selection
/**
 * Units that have to succeed before this one; when one does not, this one is blocked.
 * 
 * @maxItems 1000
 */
needs?: Need[]
/**
 * Words to choose units by, with --tags.
 * 
 * @maxItems 100
 */
tags?: Id[]
become?: Become
/**
 * never; required: when the host asks for it; always.
 */
when?: ("never" | "required" | "always")
timeout?: Duration
/**
 * Shown to people who are logged in.
 */
reason?: string
/**
 * Commands that have to succeed on the host after it is back.
 * 
 * @maxItems 1000
 */
verify?: Command[]
}
/**
 * Times when work may be done.
 */
windows?: {
[k: string]: Window
}
/**
 * What is done in which window.
 */
schedules?: {
[k: string]: Schedule
}
/**
 * The order in which hosts are done, and when to stop.
 */
rollout?: {
/**
 * Groups of hosts, one after the other.
 * 
 * @minItems 1
 * @maxItems 1000
 */
waves?: Wave[]
/**
 * How many of the planned hosts may fail, be unreachable or not come back from a reboot.
 */
budget?: (Percentage | number)
/**
 * What to do when more hosts fail: stop at once, finish the wave, or go on.
 */
on_exceeded?: ("stop" | "finish_wave" | "continue")
}
/**
 * Commands that have to succeed at the end of the work on each host.
 */
verify?: (Command[] | {
/**
 * The commands, in order.
 * 
 * @minItems 1
 * @maxItems 1000
 */
check: Command[]
/**
 * keep: it is told; rollback_pools: the pools that this run has changed on the host are undone there.
 */
on_failure?: ("keep" | "rollback_pools")
timeout?: Duration
})
}
/**
 * Values for ${vars.<name>} and, in scripts, $HSCTL_VAR_<NAME>. Text only: numbers go in quotes.
 */
export interface Variables {
/**
 * Text.
 */
[k: string]: string
}
/**
 * Where the value comes from; exactly one source.
 */
export interface Secret {
/**
 * A file on this machine, outside of what is committed, or encrypted.
 */
file?: string
env?: EnvironmentName
command?: Command
/**
 * A file encrypted with age.
 */
age?: string
}
/**
 * The hosts, in groups.
 */
export interface Inventory {
/**
 * The version of the language: 1.
 */
hsctl?: 1
/**
 * What it is, for people.
 */
description?: string
/**
 * The file on a host that declares the version of a module; <module> stands for its name.
 */
module_schema_path?: string
/**
 * The groups by name. `all` and `localhost` are there by themselves.
 */
groups: {
[k: string]: Group
}
}
/**
 * Hosts, other groups, and defaults for all of them.
 */
export interface Group {
/**
 * What it is, for people.
 */
description?: string
/**
 * The hosts of this group. Each host is in one place only.
 */
hosts?: {
[k: string]: Host
}
/**
 * Groups whose hosts are in this one, too.
 * 
 * @maxItems 1000
 */
groups?: HostName[]
/**
 * The port of SSH.
 */
port?: number
user?: Account
/**
 * How the host is reached: ssh is built in, openssh uses the ssh program, local is this machine, lxc goes through the node.
 */
connection?: ("ssh" | "openssh" | "local" | "lxc")
on?: HostName
become?: Become
state_dir?: StateFolder
vars?: Variables
/**
 * Hosts that have to be done before.
 * 
 * @maxItems 1000
 */
needs?: HostName[]
/**
 * How many hosts of the group may be away at the same time: a number or a percentage.
 */
max_down?: (number | Percentage)
}
/**
 * One machine. Whatever is left out comes from the group, then from ~/.ssh/config.
 */
export interface Host {
/**
 * What it is, for people.
 */
description?: string
address?: HostAddress
/**
 * The port of SSH.
 */
port?: number
user?: Account
/**
 * How the host is reached: ssh is built in, openssh uses the ssh program, local is this machine, lxc goes through the node.
 */
connection?: ("ssh" | "openssh" | "local" | "lxc")
on?: HostName
/**
 * The number of the guest on its node.
 */
vmid?: number
become?: Become
state_dir?: StateFolder
vars?: Variables
/**
 * Hosts that have to be done before.
 * 
 * @maxItems 1000
 */
needs?: HostName[]
}
/**
 * A script that repairs something, guarded by a condition, remembered by a receipt on the host.
 */
export interface Hotfix {
/**
 * What it is for, in a sentence for people.
 */
description?: string
/**
 * A label for people: the thing that is repaired.
 */
component?: string
hosts?: Selection
/**
 * Units that have to succeed before this one; when one does not, this one is blocked.
 * 
 * @maxItems 1000
 */
needs?: Need[]
/**
 * Words to choose units by, with --tags.
 * 
 * @maxItems 100
 */
tags?: Id[]
become?: Become
when?: Condition
script?: RepoPath
/**
 * once: until it succeeded; every: at each apply; on_change: once, and again when the script or its values change.
 */
run?: ("once" | "every" | "on_change")
timeout?: Duration
undo?: RepoPath
/**
 * Services to restart, once, at the end of the work on the host.
 * 
 * @maxItems 1000
 */
restarts?: ServiceName[]
env?: Environment
/**
 * What the script reads from its standard input; the one place for a secret.
 */
stdin?: string
/**
 * What starts the script. Default: its #! line, else /bin/sh.
 */
interpreter?: (string | string[])
/**
 * What to do with a start whose end nobody saw: run it again, ask a person, or count it as failed. Default: retry if the condition still says run, else ask.
 */
if_interrupted?: ("retry" | "ask" | "fail")
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
/**
 * Files that belong together: all of them are replaced, or none.
 */
export interface Pool {
/**
 * What it is for, in a sentence for people.
 */
description?: string
hosts?: Selection
/**
 * Units that have to succeed before this one; when one does not, this one is blocked.
 * 
 * @maxItems 1000
 */
needs?: Need[]
/**
 * Words to choose units by, with --tags.
 * 
 * @maxItems 100
 */
tags?: Id[]
become?: Become
when?: Condition
/**
 * The files.
 * 
 * @minItems 1
 * @maxItems 10000
 */
files: PoolFile[]
/**
 * What to do when somebody changed one of the files on the host: leave the whole pool alone, replace the file and keep a backup, fail, or merge the change into the new file.
 */
on_customised?: ("skip" | "replace" | "fail" | "merge")
/**
 * What to do when somebody deleted one of the files, which hsctl or a package had put there: leave the whole pool alone, create it again, or fail. if_absent of a file counts before this.
 */
on_deleted?: ("skip" | "create" | "fail")
/**
 * Commands that judge the new files before any file of the host is touched. $HSCTL_STAGED is a folder that holds each of them under its whole path.
 * 
 * @maxItems 1000
 */
validate?: Command[]
cwd?: HostPath
/**
 * Commands that put the files into use; they run again after a restore.
 * 
 * @maxItems 1000
 */
activate?: Command[]
/**
 * Commands that decide: when one fails, every file is restored.
 * 
 * @maxItems 1000
 */
check?: Command[]
/**
 * The host undoes everything by itself unless a new connection confirms in this time; "off" for no such condition. Default: 60s where a file belongs to sshd, to who may log in, to the network or to the firewall; 5m with together; else off.
 */
confirm?: (Duration | "off")
/**
 * Commits on every host that it is planned for, or on none of them.
 */
together?: boolean
/**
 * How many changes of this pool can be taken back on a host: older backups are removed.
 */
keep?: number
env?: Environment
timeout?: Duration
}
/**
 * One file, from the repository to the host.
 */
export interface PoolFile {
src: RepoPath
dest: HostPath
mode?: FileMode
owner?: Account
group?: Account
/**
 * Digests of the versions that were shipped: a file with one of them was not customised.
 * 
 * @maxItems 1000
 */
baseline?: Digest[]
base?: RepoPath
validate?: Command
/**
 * Where the destination is a symbolic link, replace the file that it leads to. Default: such a pool is refused.
 */
follow?: boolean
/**
 * What to do when there is no such file on the host: create it, skip the whole pool on that host, or fail. skip and fail also count for a file that was deleted.
 */
if_absent?: ("create" | "skip" | "fail")
}
/**
 * A folder with a module.yaml, installed at a version; or a group of modules.
 */
export interface Module {
/**
 * What it is for, in a sentence for people.
 */
description?: string
hosts?: Selection
/**
 * Units that have to succeed before this one; when one does not, this one is blocked.
 * 
 * @maxItems 1000
 */
needs?: Need[]
/**
 * Words to choose units by, with --tags.
 * 
 * @maxItems 100
 */
tags?: Id[]
become?: Become
when?: Condition
source?: RepoPath
version?: Version
last_safe?: Version
/**
 * The modules of this group; a group has nothing else.
 * 
 * @minItems 1
 * @maxItems 1000
 */
children?: Id[]
/**
 * rollback: go back to the last safe version; keep: leave it for a person to look at.
 */
on_failure?: ("rollback" | "keep")
promote_after?: Duration
env?: Environment
timeout?: Duration
/**
 * What to do with a start whose end nobody saw: run it again, ask a person, or count it as failed. Default: retry if the condition still says run, else ask.
 */
if_interrupted?: ("retry" | "ask" | "fail")
}
/**
 * Packages that are kept out of patching, with a reason and an end.
 */
export interface Exception {
/**
 * Names of packages; * and ? are wildcards.
 * 
 * @minItems 1
 * @maxItems 1000
 */
packages: PackageName[]
hosts?: Selection
/**
 * Why, for the people who read the report.
 */
reason: string
/**
 * Who decided it.
 */
owner?: string
expires?: Date
/**
 * false: kept for the record, without effect.
 */
enabled?: boolean
}
/**
 * A time when work may be done.
 */
export interface Window {
cron: Cron
duration: Duration
timezone?: Timezone
jitter?: Duration
/**
 * What happens to work that is under way at the end.
 */
overrun?: ("finish_step" | "finish_host")
}
/**
 * What is done in a window. At most one is active for a host.
 */
export interface Schedule {
window: Id
hosts?: Selection
/**
 * plan only looks, apply acts.
 */
run?: ("plan" | "apply")
/**
 * What to do when hsctl was not running at the time.
 */
missed?: ("next_window" | "at_once" | "skip")
/**
 * What to do when the run before is still going on.
 */
overlap?: ("skip" | "wait")
/**
 * false: kept, without effect.
 */
enabled?: boolean
}
/**
 * Hosts that are done together.
 */
export interface Wave {
name: Id
hosts: Selection
/**
 * How many hosts at the same time. Default: that of the command line.
 */
parallel?: number
bake?: Duration
/**
 * auto: the next wave starts by itself; manual: a person lets it start.
 */
gate?: ("auto" | "manual")
}
