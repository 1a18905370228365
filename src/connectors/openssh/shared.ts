import type { Ask } from '../../ports/ask.ts';
import type { Clock, Random } from '../../ports/clock.ts';
import type { Secrets } from '../secrets.ts';
import type { ConfigPlace } from '../ssh/config-place.ts';
import type { Gate } from '../ssh/gate.ts';
import type { Limits } from '../ssh/limits.ts';
import type { Runtime } from './runtime.ts';

/** What all logins of one process share. */
export interface OpensshShared {
	readonly place: ConfigPlace;
	readonly clock: Clock;
	readonly random: Random;
	/** Absent where nobody is there to answer. */
	readonly ask?: Ask;
	readonly secrets: Secrets;
	readonly limits: Limits;
	/** Made when the first one needs it. */
	runtime(): Runtime;
	/** One for each address that is dialled over the network. */
	readonly gates: Map<string, Gate>;
}
