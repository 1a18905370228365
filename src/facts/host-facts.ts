import { type Command, sh } from '../model/command.ts';
import type { HostFacts, HostStateFolder } from '../model/host-facts.ts';
import { oneLine } from './one-line.ts';
import { osReleaseLook, parseOsRelease } from './os-release.ts';
import { choosePackageManager } from './package-manager.ts';

/** One look for all that each contact wants to know, a word and its value to a line. Two forks. */
export const hostFactsLook = (): Command => sh`${osReleaseLook()}
printf 'uname '; uname -srmn || echo
printf 'user '; id -un || echo
printf 'uid '; hs_look_uid || echo
printf 'boot_id '; hs_look_first_line /proc/sys/kernel/random/boot_id
printf 'machine_id '; hs_look_first_line /etc/machine-id /var/lib/dbus/machine-id
printf 'managers '; hs_look_package_managers
printf 'services '; hs_look_service_manager`;

/** Never throws: what the host does not tell is `unknown`, an id that it does not tell is empty, and such a uid is -1. */
export function parseHostFacts(printed: string, state: HostStateFolder): HostFacts {
	const os = parseOsRelease(printed) ?? { id: 'unknown', family: 'unknown', version: '', name: 'unknown' };
	const said = lines(printed);
	// uname prints these in its own order, whatever the order of its options.
	const [, hostname, kernel, arch] = (said.get('uname') ?? '').split(' ');
	const uid = said.get('uid') ?? '';
	return {
		os: { id: os.id, family: os.family, version: os.version, name: os.name },
		kernel: kernel || 'unknown',
		arch: arch || 'unknown',
		hostname: hostname || 'unknown',
		user: said.get('user') || 'unknown',
		uid: /^\d{1,10}$/.test(uid) ? Number(uid) : -1,
		bootId: said.get('boot_id') ?? '',
		machineId: said.get('machine_id') ?? '',
		packageManager: choosePackageManager(os.family, (said.get('managers') ?? '').split(' ')),
		serviceManager: said.get('services') || 'none',
		state,
	};
}

function lines(printed: string): ReadonlyMap<string, string> {
	const said = new Map<string, string>();
	for (const line of printed.split('\n')) {
		const [, word, value] = /^([a-z_]+) (.*)$/.exec(line) ?? [];
		if (word !== undefined && value !== undefined) said.set(word, oneLine(value));
	}
	return said;
}
