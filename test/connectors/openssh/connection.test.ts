import { mkdtempSync } from 'node:fs';
import { join } from 'node:path';
import { it } from 'vitest';
import { connectionContract } from '../../contracts/connection.ts';
import { hasSshd, lab, needsSshd } from '../../lab/lab.ts';
import { rig } from '../ssh/rig.ts';

if (hasSshd)
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
else it.skip(`the connection by OpenSSH (${needsSshd})`, () => {});
