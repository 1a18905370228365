/** Hosts of one inventory. Beyond it a range is a slip of the finger, or somebody who wants to fill the memory. */
export const mostHosts = 50_000;
