import type { Selection } from '../../model/selection.ts';
import type { Verify } from '../../model/unit.ts';
import { readTimeout } from '../read-duration.ts';
import type { CheckContext } from './context.ts';
import { checkReferences } from './references.ts';

const defaultTimeoutMs = 5 * 60_000;

/** The commands that say at the end of each host's work whether all is well; none when the section is not there, or empty. */
export function readVerify(hosts: Selection, context: CheckContext): Verify | undefined {
	const { document, report } = context;
	const { verify } = document;
	if (verify === undefined) return undefined;
	checkReferences(verify, ['verify'], { hosts, secrets: 'refused' }, context);
	const { check, on_failure, timeout } = Array.isArray(verify)
		? { check: verify, on_failure: undefined, timeout: undefined }
		: verify;
	if (check.length === 0) return undefined;
	return {
		at: report.at(['verify'], 'key'),
		check,
		onFailure: on_failure ?? 'keep',
		timeoutMs: readTimeout(timeout, ['verify', 'timeout'], report, defaultTimeoutMs),
	};
}
