import type { Fact } from './fact.ts';
import { osReleaseLook, parseOsRelease } from './os-release.ts';

/** `debian`, `rhel`, `arch`, `suse`, `alpine` or `unknown`: what decides the package manager. */
export const osFamily: Fact = {
	name: 'os.family',
	probe: { look: osReleaseLook(), parse: printed => parseOsRelease(printed)?.family || undefined },
};
