import { sh } from '../model/command.ts';
import { type Fact, printedFact } from './fact.ts';

/** Whom looks run as; after `become`, where that is set. */
export const user: Fact = printedFact('user', sh`id -un`);
