import { createHash } from 'node:crypto';
import { sha256Digest } from '../../src/model/brand.ts';

export const digestOf = (bytes: Uint8Array) => sha256Digest(createHash('sha256').update(bytes).digest('hex'));
