import type { Fact } from './fact.ts';
import { osReleaseLook, parseOsRelease } from './os-release.ts';

/** `VERSION_ID` of os-release; rolling systems may have none. */
export const osVersion: Fact = {
	name: 'os.version',
	probe: { look: osReleaseLook(), parse: printed => parseOsRelease(printed)?.version || undefined },
};
