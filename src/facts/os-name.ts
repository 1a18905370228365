import type { Fact } from './fact.ts';
import { osReleaseLook, parseOsRelease } from './os-release.ts';

/** The name for people: `Debian GNU/Linux 12 (bookworm)`. */
export const osName: Fact = {
	name: 'os.name',
	probe: { look: osReleaseLook(), parse: printed => parseOsRelease(printed)?.name || undefined },
};
