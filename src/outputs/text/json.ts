import { toSnakeKeys } from './key-case.ts';

/** A document of one of the `hsctl/…` formats, as query verbs print it: keys in lower_snake, like every event. */
export const jsonDocument = (document: object): string => foreignJson(toSnakeKeys(document));

/** A document whose format somebody else has written: its keys are what they are. */
export const foreignJson = (document: unknown): string => `${JSON.stringify(document, null, 2)}\n`;
