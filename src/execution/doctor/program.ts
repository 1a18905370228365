import { hostFactsLook } from '../../facts/host-facts.ts';
import doctorText from '../../host/doctor.sh';
import { Command, sh } from '../../model/command.ts';
import type { Host } from '../../model/inventory.ts';
import type { ShellProgram } from '../../ports/connection.ts';
import { framed, lookingText, stateFrames } from '../probe-program.ts';
import { locateState, program } from '../program.ts';
import { otherTools, tools } from './tools.ts';

/** Everything that `hsctl doctor` wants to know of a host, in one exchange. The clock is read first and last. */
export const doctorProgram = ({ stateDir }: Host, nonce: string, runnerDigest: string): ShellProgram =>
	program(
		sh`hs_nonce=${nonce}`,
		...lookingText,
		Command.trusted(doctorText),
		framed('begun', sh`hs_doctor_time`),
		locateState(stateDir),
		framed('facts', hostFactsLook()),
		...stateFrames(runnerDigest),
		framed('shell', sh`hs_doctor_shell`),
		framed('tools', sh`hs_doctor_tools ${[...tools, ...otherTools]}`),
		framed('write', sh`hs_doctor_write ${`.doctor-${nonce}`}`),
		framed('disk', sh`hs_doctor_disk`),
		framed('detach', sh`hs_doctor_detach`),
		framed('packages', sh`hs_doctor_packages`),
		framed('lock', sh`hs_doctor_lock`),
		framed('runs', sh`hs_doctor_runs`),
		framed('end', sh`hs_doctor_time`),
	);
