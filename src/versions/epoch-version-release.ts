/** The three parts that Debian, rpm and pacman write as `epoch:version-release`. */
export interface EpochVersionRelease {
	/** Digits; `0` where none is written. */
	readonly epoch: string;
	readonly version: string;
	/** `undefined`: none is written, which is not the same as an empty one for every package manager. */
	readonly release: string | undefined;
}

/** Splits at the first colon after digits only, and at the last hyphen: a version may hold hyphens, a release may not. */
export function splitVersion(text: string): EpochVersionRelease {
	const epoch = /^(\d+):/.exec(text)?.[1];
	const rest = epoch === undefined ? text : text.slice(epoch.length + 1);
	const hyphen = rest.lastIndexOf('-');
	return {
		epoch: epoch ?? '0',
		version: hyphen < 0 ? rest : rest.slice(0, hyphen),
		release: hyphen < 0 ? undefined : rest.slice(hyphen + 1),
	};
}
