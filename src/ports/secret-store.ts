import type { Result } from '../model/result.ts';
import type { SecretSource } from '../model/secret.ts';

/** Reads secrets where they are kept, late, and keeps no copy. */
export interface SecretStore {
	/** The value, without the line end that files and commands put behind it; or why there is none, in one clause. */
	read(source: SecretSource): Promise<Result<string, string>>;
}
