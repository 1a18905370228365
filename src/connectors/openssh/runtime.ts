import { accessSync, constants, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import askpassText from './askpass.sh';
import { Askpass } from './askpass.ts';

/** A folder that only we can see, for sockets, logs and questions; gone when we are done. */
export class Runtime {
	readonly folder: string;
	readonly askpass: Askpass;
	#count = 0;

	constructor(env: Readonly<Record<string, string | undefined>>) {
		this.folder = makeFolder([env.XDG_RUNTIME_DIR, tmpdir(), '/tmp']);
		this.askpass = new Askpass(this.folder);
		writeFileSync(this.askpass.program, askpassText, { mode: 0o700 });
	}

	/** A path there that nobody else has. */
	path(): string {
		this.#count += 1;
		return join(this.folder, String(this.#count));
	}

	close(): void {
		this.askpass.close();
		rmSync(this.folder, { recursive: true, force: true });
	}
}

/** A socket's path has 104 bytes on some systems, and ssh puts 17 characters behind it while it makes it. */
const maxFolder = 104 - 17 - '/99999'.length - 1;

function makeFolder(candidates: readonly (string | undefined)[]): string {
	for (const candidate of candidates) {
		if (candidate === undefined || !candidate.startsWith('/') || /["%\s]/.test(candidate)) continue;
		if (Buffer.byteLength(join(candidate, 'hsctl-XXXXXX')) > maxFolder) continue;
		try {
			accessSync(candidate, constants.W_OK | constants.X_OK);
			// Made with mode 0700.
			return mkdtempSync(join(candidate, 'hsctl-'));
		} catch {
			// The next one may do.
		}
	}
	throw new Error('there is no folder for the sockets of ssh: neither XDG_RUNTIME_DIR nor /tmp can be written to');
}
