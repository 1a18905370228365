import { createHash } from 'node:crypto';
import { repoPath, sha256Digest, type UnitAddress, unitAddress } from '../model/brand.ts';
import type { Job } from '../model/plan.ts';
import { jobKey } from './job-key.ts';

/** What restarts a service: whichever service manager the host runs. The service comes by environment. */
const restartText = `#!/bin/sh
# Comes with hsctl: restarts one service at the end of a host's work.
if [ -d /run/systemd/system ]; then
	exec systemctl restart -- "$HSCTL_SERVICE"
elif command -v rc-service >/dev/null 2>&1; then
	exec rc-service "\${HSCTL_SERVICE%.service}" restart
elif command -v service >/dev/null 2>&1; then
	exec service "\${HSCTL_SERVICE%.service}" restart
fi
echo "this host runs neither systemd, OpenRC nor System V services: $HSCTL_SERVICE was not restarted" >&2
exit 1
`;

/** The script's bytes, for the bundle. */
export const restartScript: Uint8Array = new TextEncoder().encode(restartText);
/** Stands where other jobs name their script's file. */
export const restartPath = repoPath('hsctl:restart');
const restartDigest = sha256Digest(createHash('sha256').update(restartScript).digest('hex'));

export const restartAddress = (service: string): UnitAddress => unitAddress('restart', service);

/** The job that restarts a service. Each run's restart is a start of its own: the bundle derives its key from the run. */
export function restartJob(service: string, user: string): Job {
	const env = { HSCTL_SERVICE: service };
	const interpreter = ['/bin/sh'];
	return {
		key: jobKey({ address: restartAddress(service), purpose: 'do', script: restartDigest, interpreter, env, user }),
		attempt: 1,
		script: { path: restartPath, digest: restartDigest, interpreter },
		purpose: 'do',
		despiteUnknown: true,
		env,
		timeoutMs: 120_000,
		restarts: [],
	};
}
