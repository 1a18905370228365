import type { Way, WayHop } from '../../model/health.ts';
import type { Host } from '../../model/inventory.ts';

/** What a person would do next about a host that was not reached: a command where there is one. `because`: one clause of a connector. */
export function cureFor(because: string, host: Host, way: Way): string {
	if (way.by === 'local') return localCures.find(([pattern]) => pattern.test(because))?.[1] ?? 'see what it says';
	const place = placeOf(host, way, because);
	return (
		sshCures.find(([pattern]) => pattern.test(because))?.[1](place) ?? `\`ssh -v ${sshWords(place)} true\` shows more`
	);
}

type Place = Pick<WayHop, 'user' | 'hostname' | 'port' | 'name'> & { readonly jumps: readonly WayHop[] };

/** The hop that failed, as ssh's configuration has it; or as the inventory says where nobody could resolve it. */
function placeOf({ name, address, port, user }: Host, way: Way, because: string): Place {
	const all = way.by === 'ssh2' || way.by === 'openssh' ? way.hops : [];
	const [, via] = /^via (\S+) /.exec(because) ?? [];
	const hops = via === undefined ? all : all.slice(0, all.findIndex(hop => hop.name === via) + 1);
	const last = hops.at(-1);
	return last === undefined
		? { name, user: user ?? '', hostname: address ?? name, port: port ?? 22, jumps: [] }
		: { ...last, jumps: hops.slice(0, -1) };
}

/** Words behind `ssh` that lead to the same place by hand. */
function sshWords({ user, hostname, port, jumps }: Place): string {
	const over = jumps.length === 0 ? '' : `-J ${jumps.map(jumpWord).join(',')} `;
	return `${over}${port === 22 ? '' : `-p ${port} `}${user === '' ? hostname : `${user}@${hostname}`}`;
}

const jumpWord = ({ user, hostname, port }: WayHop): string => {
	const target = hostname.includes(':') ? `[${hostname}]` : hostname;
	return `${user}@${target}${port === 22 ? '' : `:${port}`}`;
};

/** The name under which known_hosts has it. */
const pinName = ({ hostname, port }: Place): string => (port === 22 ? hostname : `[${hostname}]:${port}`);

const keyFile = '/etc/ssh/ssh_host_ed25519_key.pub';

const sshCures: readonly (readonly [RegExp, (place: Place) => string])[] = [
	[
		/host key is not known/,
		place =>
			`compare it with \`ssh-keygen -lf ${keyFile}\` there, then trust it once: \`ssh ${sshWords(place)}\`; to see all its keys: \`ssh-keyscan -p ${place.port} ${place.hostname}\``,
	],
	[
		/host key has changed/,
		place => `find out why; if the new one is right, forget the old one: \`ssh-keygen -R '${pinName(place)}'\``,
	],
	[/host key is revoked/, () => 'its line in known_hosts says why; the host needs a new key'],
	[/certificate authority/, place => `\`ssh -v ${sshWords(place)} true\` shows whether the host shows a certificate`],
	[
		/no address of this name|cannot be looked up/,
		({ hostname, name }) =>
			`correct \`address\` in the inventory or HostName in your ssh config: \`getent hosts ${hostname}\`, \`ssh -G ${name}\``,
	],
	[
		/refused: nothing listens/,
		({ hostname, port }) => `start sshd there, or correct the port: \`nc -vz ${hostname} ${port}\``,
	],
	[
		/no way to this|no answer|does not answer|timed out|took longer/,
		({ hostname, port }) =>
			`is it on, and does a firewall let us through? \`ping -c 1 ${hostname}\`, \`nc -vz ${hostname} ${port}\``,
	],
	[
		/\b(sudo|doas|su)\b.*(password|let us in|allow)|\bbecome\b/,
		place =>
			`try it by hand: \`ssh -t ${sshWords(place)} sudo -v\`; without a person it needs NOPASSWD in sudoers, or nopass in doas.conf`,
	],
	[/has a passphrase/, () => 'put the key into the agent: `ssh-add`'],
	[
		/^authentication|refused .*key|nothing to offer|password/,
		place =>
			`see what is offered: \`ssh -v ${sshWords(place)} true\`; give it your key: \`ssh-copy-id ${sshWords(place)}\``,
	],
	[/shell/, place => `see what the login says: \`ssh ${sshWords(place)} 'exec /bin/sh -c "echo it works"'\``],
];

const localCures: readonly (readonly [RegExp, string])[] = [
	[/password/, 'try it by hand: `sudo -v`; without a person it needs NOPASSWD in sudoers, or nopass in doas.conf'],
	[/sudo|doas|su\b/, 'install it, or leave `become` out'],
];
