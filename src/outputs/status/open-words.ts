import type { ChangeStage, OpenChange } from '../../model/host-status.ts';

/** Where a change stands that is not over, and what becomes of it: one clause. */
export const openWords = ({ stage, worker }: OpenChange): string =>
	worker === 'live' ? liveWords[stage] : `${leftWords[stage]} ${workerWords[worker]}`;

const liveWords: Readonly<Record<ChangeStage, string>> = {
	preparing: 'its new files are being prepared',
	committing: 'its files are being put into place and into use',
	confirming: 'it waits to be confirmed; without that all files are put back',
	confirmed: 'it was confirmed, and is about to end',
	committed: 'it stands, and is about to end',
	rolling: 'its files are being put back',
	restored: 'its files are as they were, and are being put into use',
	rolled_back: 'its files are as they were, and it is about to end',
	ended: 'it has ended, and that is being recorded',
	unknown: 'its record cannot be read',
};

const leftWords: Readonly<Record<ChangeStage, string>> = {
	preparing: 'no file was replaced yet; what was prepared is cleared away',
	committing: 'some of its files may be replaced; all are put back',
	confirming: 'it was not confirmed; all files are put back',
	confirmed: 'it was confirmed and stands; it is brought to its end',
	committed: 'it stands; it is brought to its end',
	rolling: 'its files were being put back; that is brought to its end',
	restored: 'its files are as they were; they are put into use',
	rolled_back: 'its files are as they were; it is brought to its end',
	ended: 'it has ended, and that is recorded',
	unknown: 'its record cannot be read; it is looked at again',
};

const workerWords: Readonly<Record<Exclude<OpenChange['worker'], 'live'>, string>> = {
	guard: 'by its timer on the host within seconds, else by the next run there',
	boot: 'by the next run there, or when the host starts again',
	none: 'by the next run there',
};
