import { createHash } from 'node:crypto';
import type { Command } from '../model/command.ts';

/** Hex SHA-256 of a look's shell text. Alike hosts ask the same looks, so each is digested once. */
export function lookDigest(look: Command): string {
	const known = digests.get(look) ?? createHash('sha256').update(look.text).digest('hex');
	digests.set(look, known);
	return known;
}

const digests = new WeakMap<Command, string>();
