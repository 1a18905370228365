import { lockId } from '../../model/host-lock.ts';
import type { HostStatus } from '../../model/host-status.ts';
import { jsonDocument } from '../text/json.ts';
import type { StatusAnswers } from './human.ts';
import { openWords } from './open-words.ts';

/** For programs: `hsctl/status/v1`. */
export const statusJson = (answers: StatusAnswers): string =>
	jsonDocument({
		format: 'hsctl/status/v1',
		hosts: answers.map(({ host, answer }) => ({
			host,
			...(answer.ok ? { reached: true, ...hostJson(answer.value) } : { reached: false, because: answer.error }),
		})),
	});

const hostJson = ({ lock, open, owedRestarts, units, undoable, damaged }: HostStatus) => ({
	lock: { ...lock, ...(lock.kind === 'held' ? { lock: lockId(lock) } : {}) },
	open: open.map(change => ({ ...change, because: openWords(change) })),
	owedRestarts,
	units,
	undoable,
	damaged,
});
