import type { Selection } from '../../model/selection.ts';
import type { Unit, Verify } from '../../model/unit.ts';
import { readTimeout } from '../read-duration.ts';
import type { CheckContext } from './context.ts';
import { checkReferences, noStdin } from './references.ts';

const defaultTimeoutMs = 5 * 60_000;

/** The commands that say at the end of each host's work whether all is well; none when the section is not there, or empty. */
export function readVerify(hosts: Selection, units: readonly Unit[], context: CheckContext): Verify | undefined {
	const { document, report } = context;
	const { verify } = document;
	if (verify === undefined) return undefined;
	checkReferences(verify, ['verify'], { hosts, secrets: 'refused', secretCure: noStdin }, context);
	const { check, on_failure, timeout } = Array.isArray(verify)
		? { check: verify, on_failure: undefined, timeout: undefined }
		: verify;
	if (check.length === 0) return undefined;
	if (on_failure === 'rollback_pools') refuseTogether(units, context);
	return {
		at: report.at(['verify'], 'key'),
		check,
		onFailure: on_failure ?? 'keep',
		timeoutMs: readTimeout(timeout, ['verify', 'timeout'], report, defaultTimeoutMs),
	};
}

/** Each host hears its own commands only, so one would take back what the others keep. */
function refuseTogether(units: readonly Unit[], { report }: CheckContext): void {
	for (const unit of units) {
		if (unit.kind !== 'pool' || !unit.together) continue;
		report.add({
			code: 'HS1220',
			path: ['verify', 'on_failure'],
			message: `${unit.address} is on all hosts or on none (\`together\`), and \`rollback_pools\` would take it back on one of them`,
			hint: 'leave `together` out there, or let `on_failure` be `keep` and take it back with `hsctl rollback RUN`',
		});
	}
}
