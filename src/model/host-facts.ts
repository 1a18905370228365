import type { HostPath } from './brand.ts';

/** What every contact learns of a host before anything else: a fact each, from `facts/`. */
export interface HostFacts {
	readonly os: {
		/** `ID` of os-release: `debian`, `rocky`, … or `unknown`. */
		readonly id: string;
		/** `debian`, `rhel`, `arch`, `suse`, `alpine` or `unknown`: what decides the package manager. */
		readonly family: string;
		readonly version: string;
		readonly name: string;
	};
	readonly kernel: string;
	readonly arch: string;
	readonly hostname: string;
	readonly user: string;
	readonly uid: number;
	readonly bootId: string;
	readonly machineId: string;
	/** `apt`, `dnf`, `yum`, `pacman`, `zypper`, `apk` or `none`. */
	readonly packageManager: string;
	/** `systemd`, `openrc`, `sysv` or `none`. */
	readonly serviceManager: string;
	readonly state: HostStateFolder;
}

/** The folder of the host's memory, as it was found. Nothing is created by looking. */
export interface HostStateFolder {
	readonly path: HostPath;
	/** `unsafe`: a symlink, another owner, or open to others; it is not used until someone has looked at it. */
	readonly condition: 'present' | 'absent' | 'unsafe' | 'unwritable';
	readonly because: string;
}
