import { escapeUnseen } from '../visible.ts';
import { toSnakeKeys } from './key-case.ts';

/** A document of one of the `hsctl/…` formats, as query verbs print it: keys in lower_snake, like every event. */
export const jsonDocument = (document: object): string => foreignJson(toSnakeKeys(document));

/** A document whose format somebody else has written: its keys are what they are. */
export const foreignJson = (document: unknown): string => `${escapeUnseen(JSON.stringify(document, null, 2))}\n`;

/** One line of a stream of JSON documents. */
export const oneLineJson = (value: object): string => `${escapeUnseen(JSON.stringify(value))}\n`;
