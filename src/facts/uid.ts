import { sh } from '../model/command.ts';
import { type Fact, printedFact } from './fact.ts';

/** The number of that user: `0` is root. */
export const uid: Fact = printedFact('uid', sh`hs_look_uid`);
