import { expect, it } from 'vitest';
import { cureFor } from '../../../src/execution/doctor/cure.ts';
import type { Way, WayHop } from '../../../src/model/health.ts';
import { host } from '../../fakes/builders.ts';

const hop = (rest: Partial<WayHop> = {}): WayHop => ({
	name: 'web1',
	user: 'root',
	hostname: '10.0.0.1',
	port: 22,
	identities: [],
	agentKeys: null,
	hostKey: 'nothing',
	pins: [],
	...rest,
});
const direct: Way = { by: 'ssh2', because: '', hops: [hop()] };
const gate = hop({ name: 'gate', hostname: 'gate.example.org', port: 2222, user: 'ann' });
const behind: Way = { by: 'ssh2', because: '', hops: [gate, hop()] };
const web1 = host('web1', { connection: 'ssh' });

it.each<[string, Way, string]>([
	[
		'handshake: its host key is not known: ssh-ed25519 SHA256:x; …',
		direct,
		'`ssh root@10.0.0.1`; to see all its keys: `ssh-keyscan -p 22 10.0.0.1`',
	],
	['handshake: its host key is not known: x', behind, '`ssh -J ann@gate.example.org:2222 root@10.0.0.1`'],
	[
		'via gate (ann@gate.example.org:2222): handshake: its host key is not known: x',
		behind,
		'`ssh -p 2222 ann@gate.example.org`',
	],
	['handshake: its host key has changed: it shows x', direct, "`ssh-keygen -R '10.0.0.1'`"],
	['via gate (x): handshake: its host key has changed', behind, "`ssh-keygen -R '[gate.example.org]:2222'`"],
	['connect: there is no address of this name', direct, '`getent hosts 10.0.0.1`, `ssh -G web1`'],
	['connect: the connection was refused: nothing listens there', direct, '`nc -vz 10.0.0.1 22`'],
	['connect: no answer within 15 s', direct, '`ping -c 1 10.0.0.1`'],
	['sudo does not let us in without a password (a password is required)', direct, '`ssh -t root@10.0.0.1 sudo -v`'],
	['authentication: it refused the key /home/ann/.ssh/id', direct, '`ssh-copy-id root@10.0.0.1`'],
	['the host did not start /bin/sh but answered “no”: its login shell …', direct, 'echo it works'],
	['nobody has heard of this', direct, '`ssh -v root@10.0.0.1 true` shows more'],
	['ssh -G web1: Bad configuration option', { by: 'unknown', because: 'x' }, '`ssh -v web1 true` shows more'],
	['sudo does not let us in without a password (x)', { by: 'local' }, '`sudo -v`'],
])('what helps against "%s"', (because, way, cure) => {
	expect(cureFor(because, web1, way)).toContain(cure);
});
