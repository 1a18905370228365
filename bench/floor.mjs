// The floor: what one process with ssh2 needs when it connects to all hosts at once, hands each one program to /bin/sh (or bytes to
// one command) and does nothing else. `node floor.mjs JSON`, with a file of {hosts: [{address, host_key}], port, user, key, command, input}.
import { readFileSync } from 'node:fs';
import ssh2 from 'ssh2';

const { hosts, port, user, key, command, input } = JSON.parse(readFileSync(process.argv[2], 'utf8'));
const privateKey = readFileSync(key);
const bytes = readFileSync(input);

const toHost = ({ address, host_key }) =>
	new Promise((resolve, reject) => {
		const client = new ssh2.Client();
		let said = '';
		const fail = error => reject(new Error(`${address}: ${error.message ?? error}`));
		client.on('error', fail);
		client.on('ready', () =>
			client.exec(command, (error, channel) => {
				if (error) return fail(error);
				channel.on('data', chunk => {
					said += chunk;
				});
				channel.stderr.on('data', chunk => {
					said += chunk;
				});
				channel.on('close', code => {
					client.end();
					if (code === 0) resolve(said);
					else fail(`exit ${code}: ${said.slice(-500)}`);
				});
				channel.end(bytes);
			}),
		);
		client.connect({
			host: address,
			port,
			username: user,
			privateKey,
			readyTimeout: 120_000,
			hostVerifier: shown => shown.equals(Buffer.from(host_key.split(' ')[1], 'base64')),
		});
		// Without it, small packets wait for answers that are not coming.
		client.setNoDelay(true);
	});

const ended = await Promise.allSettled(hosts.map(toHost));
const failed = ended.filter(({ status }) => status === 'rejected');
for (const { reason } of failed) console.error(reason.message);
console.log(`${ended.length - failed.length} of ${ended.length}`);
process.exitCode = failed.length === 0 ? 0 : 1;
