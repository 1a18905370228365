import { sh } from '../model/command.ts';
import { type Fact, printedFact } from './fact.ts';

/** The machine word of `uname`: `x86_64`, `aarch64`, `armv7l`. */
export const arch: Fact = printedFact('arch', sh`uname -m`);
