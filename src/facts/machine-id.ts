import { sh } from '../model/command.ts';
import { type Fact, printedFact } from './fact.ts';

/** See machine-id(5). Clones of an image may share it. */
export const machineId: Fact = printedFact(
	'machine_id',
	sh`hs_look_first_line /etc/machine-id /var/lib/dbus/machine-id`,
);
