import { sh } from '../model/command.ts';
import { type Fact, printedFact } from './fact.ts';

/** The name the host gives itself, which need not be its name in the inventory. */
export const hostname: Fact = printedFact('hostname', sh`uname -n`);
