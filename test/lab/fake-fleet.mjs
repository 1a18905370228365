import { spawn } from 'node:child_process';
import { createServer } from 'node:net';
import ssh2 from 'ssh2';

/*
 * A thousand hosts in one process: every address of 127.0.0.0/8 on one port. The last two numbers of an address say what kind of
 * host it is: of ten, one is dead (it takes the connection and never says a word), of twenty, one is slow.
 * fake-fleet.mjs HOME: prints the port when it listens. HOME is what the shells there get, with the number of the host behind it.
 */
const [home = ''] = process.argv.slice(2);
const key = ssh2.utils.generateKeyPairSync('ed25519');
const slowMs = 2000;

const server = new ssh2.Server({ hostKeys: [key.private] }, client => {
	client.on('error', () => {});
	client.on('authentication', context => context.accept());
	client.on('session', accept => {
		accept().on('exec', (acceptExec, _reject, { command }) => {
			const stream = acceptExec();
			const child = spawn('/bin/sh', ['-c', command], { env: { PATH: '/usr/bin:/bin', HOME: home }, cwd: '/' });
			stream.pipe(child.stdin);
			child.stdin.on('error', () => {});
			child.stdout.pipe(stream, { end: false });
			child.stderr.pipe(stream.stderr, { end: false });
			child.on('close', code => {
				stream.exit(code ?? 1);
				stream.end();
			});
		});
	});
});

const front = createServer(socket => {
	const [, , high = '0', low = '0'] = (socket.localAddress ?? '').replace('::ffff:', '').split('.');
	const index = Number(high) * 250 + Number(low);
	socket.on('error', () => {});
	if (index % 10 === 0) return;
	if (index % 20 === 1) setTimeout(() => server.injectSocket(socket), slowMs);
	else server.injectSocket(socket);
});
front.listen(0, '0.0.0.0', 4096, () => {
	const address = front.address();
	const port = typeof address === 'object' && address !== null ? address.port : 0;
	const [type, base64] = key.public.split(' ');
	process.stdout.write(`${port} ${type} ${base64}\n`);
});
