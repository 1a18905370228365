import { mkdtempSync } from 'node:fs';
import { join } from 'node:path';
import { it } from 'vitest';
import { connectionContract } from '../../contracts/connection.ts';
import { connectorContract } from '../../contracts/connector.ts';
import { hasSshd, lab, needsSshd } from '../../lab/lab.ts';
import { connectorRig, rig } from './rig.ts';

if (hasSshd) {
	connectionContract('the ssh connection', async () => {
		const here = lab();
		const sshd = await here.sshd();
		const { connection } = rig(here, { known: [sshd.pin()] });
		return {
			open: () => connection(sshd),
			folder: mkdtempSync(join(here.folder, 'files-')),
			close: () => here.close(),
		};
	});
	connectorContract('the ssh connector', async () => {
		const here = lab();
		const sshd = await here.sshd();
		return connectorRig(here, sshd, { known: [sshd.pin()] });
	});
	connectorContract('the ssh connector through a jump host', async () => {
		const here = lab();
		const [bastion, sshd] = await Promise.all([here.sshd({ last: 2 }), here.sshd()]);
		const config = [
			'Host bastion',
			`HostName ${bastion.address}`,
			`Port ${bastion.port}`,
			'Host far',
			'ProxyJump bastion',
		];
		return connectorRig(here, sshd, { config, known: [bastion.pin(), sshd.pin()] });
	});
} else it.skip(`the ssh connection (${needsSshd})`, () => {});
