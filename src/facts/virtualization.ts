import { sh } from '../model/command.ts';
import { type Fact, printedFact } from './fact.ts';

/** In the words of systemd-detect-virt: `none`, `kvm`, `lxc`, `docker`, … */
export const virtualization: Fact = printedFact('virtualization', sh`hs_look_virtualization`);
