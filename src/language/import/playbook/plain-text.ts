import { findReferences } from '../../interpolate.ts';

/** The same characters where a playbook looks for `${…}`. */
export const plainText = (text: string): string => text.replaceAll('${', () => '$${');

/** The same where a playbook takes text as it is and refuses what looks like a reference. */
export const words = (text: string): string => (findReferences(text).references.length > 0 ? plainText(text) : text);
