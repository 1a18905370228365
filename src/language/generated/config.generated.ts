// Made by scripts/generate.mjs from schemas/config.schema.json.

/**
 * Paths that start with ./ or ../ start at the folder of this file, all others at the root of the repository.
 */
export type RepoPath = string
/**
 * How root is reached on the host: not at all, or by sudo, doas or su.
 */
export type Become = ("none" | "sudo" | "doas" | "su")
/**
 * A whole number and a unit: ms, s, m, h or d.
 */
export type Duration = string

/**
 * hsctl.config.yaml, looked for from the working folder upwards. Flags on the command line win.
 */
export interface ConfigDocument {
/**
 * The version of the language: 1.
 */
hsctl?: 1
/**
 * Folders that hold playbooks.
 */
playbooks?: (RepoPath | RepoPath[])
inventory?: RepoPath
/**
 * How many hosts at the same time.
 */
parallel?: number
become?: Become
timeout?: Duration
/**
 * The live screen: when there is a terminal, always, or never.
 */
tui?: ("auto" | "on" | "off")
/**
 * Colours in the output.
 */
color?: ("auto" | "on" | "off")
/**
 * Files that every run writes, by format.
 */
reports?: {
[k: string]: RepoPath
}
}
