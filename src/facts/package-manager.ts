import { sh } from '../model/command.ts';
import type { Fact } from './fact.ts';
import { type OsFamily, osReleaseLook, parseOsRelease } from './os-release.ts';

/** `apt`, `dnf`, `yum`, `zypper`, `pacman`, `apk` or `none`: the one that keeps this host. */
export const packageManager: Fact = {
	name: 'package_manager',
	probe: {
		look: sh`${osReleaseLook()}; printf 'managers '; hs_look_package_managers`,
		parse(printed) {
			const present = /^managers (.*)$/m.exec(printed)?.[1] ?? '';
			return choosePackageManager(parseOsRelease(printed)?.family ?? 'unknown', present.split(' '));
		},
	},
};

const ofFamily: Readonly<Record<OsFamily, readonly string[]>> = {
	debian: ['apt-get'],
	rhel: ['dnf', 'yum'],
	suse: ['zypper'],
	arch: ['pacman'],
	alpine: ['apk'],
	unknown: [],
};

const inGeneral = ['apt-get', 'dnf', 'yum', 'zypper', 'pacman', 'apk'] as const;

/** The family's own among the programs that are there, else any: apt can be installed on Fedora, and is not what keeps it. */
export function choosePackageManager(family: OsFamily, present: readonly string[]): string {
	const chosen = [...ofFamily[family], ...inGeneral].find(manager => present.includes(manager));
	return chosen === 'apt-get' ? 'apt' : (chosen ?? 'none');
}
