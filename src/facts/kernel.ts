import { sh } from '../model/command.ts';
import { type Fact, printedFact } from './fact.ts';

/** The release of the running kernel: `6.1.0-13-amd64`. In a container, that of its node. */
export const kernel: Fact = printedFact('kernel', sh`uname -r`);
