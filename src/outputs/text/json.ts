/** A document of one of the `hsctl/…` formats, as query verbs print it. */
export const jsonDocument = (document: object): string => `${JSON.stringify(document, null, 2)}\n`;
