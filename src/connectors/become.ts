import type { Become } from '../model/unit.ts';

/** Words in front of `/bin/sh` that make another user of us. `-n`: fails instead of asking, because a prompt that nobody sees is a hang. */
export const becomeWords: Readonly<Record<Become, readonly string[]>> = BECOME;
