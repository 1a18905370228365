/** Whether a path decides if the host can still be reached: files of sshd, of the network, of the firewall, of who may log in. */
export const isSensitive = (path: string): boolean => sensitive.some(pattern => pattern.test(path));

const sensitive: readonly RegExp[] = [
	/^\/etc\/ssh(\/|d_config)/,
	/\/\.ssh\/authorized_keys/,
	/^\/etc\/(pam\.d|pam\.conf|security|hosts\.(allow|deny)|nologin|shells|nsswitch\.conf)/,
	/^\/etc\/(network|netplan|NetworkManager|systemd\/(network|networkd|resolved)|dhcpcd|dhcp|wpa_supplicant|conf\.d\/net|resolv\.conf)/,
	/^\/etc\/sysconfig\/(network|ip6?tables|nftables)/,
	/^\/etc\/(nftables|iptables|ip6?tables|ufw|firewalld|shorewall6?|ferm|fail2ban)/,
	/^\/etc\/(default\/(ssh|networking|ufw)|wireguard|openvpn)/,
	/^\/(etc|usr\/lib|lib)\/systemd\/system\/(sshd?|networking|systemd-networkd|NetworkManager|nftables|ufw)[@.]/,
];
