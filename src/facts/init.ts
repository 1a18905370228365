import { sh } from '../model/command.ts';
import { type Fact, printedFact } from './fact.ts';

/** The name of process 1: `systemd`, `init`, or the one program of a container. */
export const init: Fact = printedFact('init', sh`hs_look_first_line /proc/1/comm`);
