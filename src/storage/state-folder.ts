import { userInfo } from 'node:os';
import { isAbsolute, join } from 'node:path';

type Env = Readonly<Record<string, string | undefined>>;

/** Where a person's programs keep what they remember. A relative XDG_STATE_HOME counts as none (XDG Base Directory Specification). */
export const stateHome = (env: Env): string =>
	absolute(env.XDG_STATE_HOME) ?? join(absolute(env.HOME) ?? homeOfAccount() ?? '/', '.local/state');

const absolute = (path: string | undefined): string | undefined =>
	path !== undefined && isAbsolute(path) ? path : undefined;

/** What the system knows, for a process that was started without HOME; accounts without a line in passwd(5) have none. */
function homeOfAccount(): string | undefined {
	try {
		return absolute(userInfo().homedir);
	} catch {
		return undefined;
	}
}
