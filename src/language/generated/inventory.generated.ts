// Made by scripts/generate.mjs from schemas/inventory.schema.json.

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
 * How root is reached on the host: not at all, or by sudo, doas or su.
 */
export type Become = ("none" | "sudo" | "doas" | "su")
/**
 * An absolute path on the host, without ${…}: it is used before values are known.
 */
export type StateFolder = string
/**
 * A number from 0 to 100 with a percent sign, in quotes.
 */
export type Percentage = string

/**
 * The hosts, in groups.
 */
export interface InventoryDocument {
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
 * Values for ${vars.<name>} and, in scripts, $HSCTL_VAR_<NAME>. Text only: numbers go in quotes.
 */
export interface Variables {
/**
 * Text.
 */
[k: string]: string
}
