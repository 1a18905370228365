/**
 * Whether a path decides if the host can still be reached and worked on: files of sshd, of who may log in and become root, of the
 * network, of the firewall.
 */
export const isSensitive = (path: string): boolean => sensitive.some(pattern => pattern.test(path));

/** Below /etc, each a file or a folder with all that is in it. */
const below = (...names: readonly string[]): RegExp => new RegExp(`^/etc/(${names.join('|')})(/|$)`);

const services = [
	'sshd?|dropbear',
	'networking|systemd-networkd|systemd-resolved|NetworkManager|dhcpcd|wpa_supplicant|wg-quick',
	'nftables|ip6?tables|ufw|firewalld|shorewall6?|ferm|fail2ban',
].join('|');

const sensitive: readonly RegExp[] = [
	// Of ssh itself all but what only its client reads.
	/^\/etc\/ssh\/(?!ssh_config(\.d)?(\/|$)|ssh_known_hosts$|moduli$)/,
	/\/\.ssh\/(authorized_keys2?|rc)$/,
	below('sshd_config', 'dropbear'),
	below(
		'pam\\.d',
		'pam\\.conf',
		'security',
		'hosts\\.(allow|deny)',
		'nologin',
		'shells',
		'nsswitch\\.conf',
		'sssd',
		'krb5\\.conf',
	),
	below('passwd', 'shadow', 'group', 'gshadow', 'sudoers', 'sudoers\\.d', 'doas\\.conf', 'doas\\.d', 'polkit-1'),
	below(
		'network',
		'netplan',
		'NetworkManager',
		'dhcpcd\\.conf',
		'dhcp',
		'wpa_supplicant',
		'resolv\\.conf',
		'resolvconf',
		'iproute2',
		'sysctl\\.(conf|d)',
	),
	below('systemd/(network|networkd\\.conf(\\.d)?|resolved\\.conf(\\.d)?)', 'conf\\.d/net(\\..+)?'),
	below(
		'wireguard',
		'openvpn',
		'ipsec\\.(conf|d|secrets)',
		'swanctl',
		'strongswan(\\..+)?',
		'tinc',
		'frr',
		'bird(\\.conf)?',
		'keepalived',
	),
	below(
		'nftables\\.(conf|d|rules)',
		'iptables',
		'ip6tables',
		'ufw',
		'firewalld',
		'shorewall6?',
		'ferm',
		'fail2ban',
		'csf',
	),
	below('sysconfig/(network|network-scripts|sshd|ip6?tables|nftables(\\.conf)?|firewalld)'),
	below(`(default|conf\\.d|init\\.d)/(${services})`),
	new RegExp(`^(/usr(/local)?|/run|/etc)?(/lib)?/systemd/system/(${services})(@[^/]*)?\\.(service|socket)(\\.d)?(/|$)`),
];
