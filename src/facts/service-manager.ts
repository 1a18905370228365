import { sh } from '../model/command.ts';
import { type Fact, printedFact } from './fact.ts';

/** `systemd`, `openrc`, `sysv` or `none`: the one that runs. */
export const serviceManager: Fact = printedFact('service_manager', sh`hs_look_service_manager`);
