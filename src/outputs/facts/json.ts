import type { SavedFacts } from '../../model/saved-facts.ts';
import { jsonDocument } from '../text/json.ts';

/** `hsctl/facts/v1`: of several hosts on stdout, of one in a file. */
export const factsJson = (hosts: SavedFacts['hosts']): string =>
	jsonDocument({ format: 'hsctl/facts/v1', hosts } satisfies SavedFacts);
