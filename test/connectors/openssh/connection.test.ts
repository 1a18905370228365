import { mkdtempSync } from 'node:fs';
import { join } from 'node:path';
import { it } from 'vitest';
import { connectionContract } from '../../contracts/connection.ts';
import { connectorContract } from '../../contracts/connector.ts';
import { hasSshd, lab, needsSshd } from '../../lab/lab.ts';
import { connectorRig, rig } from '../ssh/rig.ts';

if (hasSshd) {
	connectionContract('the connection by OpenSSH', async () => {
		const here = lab();
		const sshd = await here.sshd();
		const { connection } = rig(here, { known: [sshd.pin()], by: 'openssh' });
		return {
			open: () => connection(sshd),
			folder: mkdtempSync(join(here.folder, 'files-')),
			close: () => here.close(),
		};
	});
	connectorContract('the connector of OpenSSH', async () => {
		const here = lab();
		const sshd = await here.sshd();
		return connectorRig(here, sshd, { known: [sshd.pin()], by: 'openssh' });
	});
	connectorContract('the ssh connector of a host that it leaves to OpenSSH', async () => {
		const here = lab();
		const sshd = await here.sshd({ config: ['KexAlgorithms sntrup761x25519-sha512@openssh.com'] });
		return connectorRig(here, sshd, { known: [sshd.pin()], by: 'either' });
	});
} else it.skip(`the connection by OpenSSH (${needsSshd})`, () => {});
