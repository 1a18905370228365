import type { Fact } from './fact.ts';
import { osReleaseLook, parseOsRelease } from './os-release.ts';

/** `ID` of os-release: `debian`, `rocky`. */
export const osId: Fact = {
	name: 'os.id',
	probe: { look: osReleaseLook(), parse: printed => parseOsRelease(printed)?.id || undefined },
};
