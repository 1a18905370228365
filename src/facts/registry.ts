import { arch } from './arch.ts';
import type { Fact } from './fact.ts';
import { hostname } from './hostname.ts';
import { init } from './init.ts';
import { kernel } from './kernel.ts';
import { machineId } from './machine-id.ts';
import { osFamily } from './os-family.ts';
import { osId } from './os-id.ts';
import { osName } from './os-name.ts';
import { osVersion } from './os-version.ts';
import { packageManager } from './package-manager.ts';
import { serviceManager } from './service-manager.ts';
import { uid } from './uid.ts';
import { user } from './user.ts';
import { virtualization } from './virtualization.ts';

/** Every fact that a `fact:` condition can name. */
export const facts: readonly Fact[] = [
	arch,
	hostname,
	init,
	kernel,
	machineId,
	osFamily,
	osId,
	osName,
	osVersion,
	packageManager,
	serviceManager,
	uid,
	user,
	virtualization,
];

/** For the language, which suggests the nearest one for a name that is none of them. */
export const factNames: readonly string[] = facts.map(fact => fact.name);

export const findFact = (name: string): Fact | undefined => facts.find(fact => fact.name === name);
