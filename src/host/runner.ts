import begin from './begin.sh';
import crash from './crash.sh';
import durable from './durable.sh';
import follow from './follow.sh';
import guard from './guard.sh';
import identity from './identity.sh';
import job from './job.sh';
import lock from './lock.sh';
import main from './main.sh';
import memory from './memory.sh';
import oom from './oom.sh';
import pool from './pool.sh';
import poolFiles from './pool-files.sh';
import poolJob from './pool-job.sh';
import probe from './probe.sh';
import receipt from './receipt.sh';
import recover from './recover.sh';
import restore from './restore.sh';
import sequence from './sequence.sh';
import settle from './settle.sh';
import tidy from './tidy.sh';
import txn from './txn.sh';
import watch from './watch.sh';

const looking = [identity, memory].join('\n');

/**
 * What may be sourced by a program that only looks: `hs_memory_unit`, `hs_memory_pending`, `hs_memory_state`. Writes nothing.
 * It travels with every plan to every host: its comments stay here.
 */
export const memoryText: string = looking.replaceAll(/^\t*#.*\n/gm, '');

const title =
	'# The runner of hsctl: verifies, claims, runs and records the work of one host, detached from who sent it.\n';

/** The whole runner as one POSIX sh text. The part that acts comes last: a text that was cut short does nothing. */
export const runnerText: string = [
	title,
	looking,
	crash,
	durable,
	receipt,
	lock,
	settle,
	watch,
	oom,
	job,
	probe,
	txn,
	poolFiles,
	pool,
	restore,
	guard,
	recover,
	poolJob,
	sequence,
	tidy,
	follow,
	begin,
	main,
].join('\n');
