import { describe, expect, it } from 'vitest';
import { confirmMs } from '../../../src/units/pool/pool-on-host.ts';
import { isSensitive } from '../../../src/units/pool/sensitive.ts';
import { onHost, poolFile } from '../../fakes/pool-builders.ts';

const guarded = [
	// sshd
	'/etc/ssh/sshd_config',
	'/etc/ssh/sshd_config.d/10-local.conf',
	'/etc/ssh/ssh_host_ed25519_key',
	'/etc/ssh/authorized_keys/ada',
	'/etc/sshd_config',
	'/etc/dropbear/dropbear.conf',
	'/etc/default/ssh',
	'/etc/conf.d/sshd',
	'/etc/sysconfig/sshd',
	'/etc/init.d/sshd',
	'/etc/systemd/system/ssh.service',
	'/etc/systemd/system/ssh.service.d/override.conf',
	'/etc/systemd/system/ssh.socket',
	'/lib/systemd/system/sshd@.service',
	'/usr/lib/systemd/system/sshd.service',
	// who may log in, and become root
	'/root/.ssh/authorized_keys',
	'/home/ada/.ssh/authorized_keys2',
	'/etc/pam.d/sshd',
	'/etc/security/access.conf',
	'/etc/hosts.allow',
	'/etc/nologin',
	'/etc/nsswitch.conf',
	'/etc/sssd/sssd.conf',
	'/etc/passwd',
	'/etc/sudoers',
	'/etc/sudoers.d/ops',
	'/etc/doas.conf',
	// the network
	'/etc/network/interfaces',
	'/etc/sysctl.conf',
	'/etc/sysctl.d/99-forwarding.conf',
	'/etc/network/interfaces.d/eth0',
	'/etc/netplan/01.yaml',
	'/etc/NetworkManager/system-connections/lan.nmconnection',
	'/etc/systemd/network/10-lan.network',
	'/etc/systemd/resolved.conf',
	'/etc/systemd/resolved.conf.d/dns.conf',
	'/etc/resolv.conf',
	'/etc/dhcp/dhclient.conf',
	'/etc/conf.d/net',
	'/etc/conf.d/net.eth0',
	'/etc/sysconfig/network-scripts/ifcfg-eth0',
	'/etc/sysconfig/network/ifcfg-eth0',
	'/etc/wireguard/wg0.conf',
	'/etc/systemd/system/wg-quick@wg0.service',
	'/etc/openvpn/client.conf',
	'/etc/systemd/system/systemd-networkd.service.d/x.conf',
	// the firewall
	'/etc/nftables.conf',
	'/etc/nftables.d/web.nft',
	'/etc/iptables/rules.v4',
	'/etc/sysconfig/iptables',
	'/etc/ufw/user.rules',
	'/etc/default/ufw',
	'/etc/firewalld/zones/public.xml',
	'/etc/fail2ban/jail.local',
];

const plain = [
	'/etc/ssh/ssh_config',
	'/etc/ssh/ssh_config.d/proxy.conf',
	'/etc/ssh/ssh_known_hosts',
	'/etc/ssh/moduli',
	'/root/.ssh/config',
	'/root/.ssh/known_hosts',
	'/home/ada/.ssh/id_ed25519.pub',
	'/etc/hosts',
	'/etc/hostname',
	'/etc/motd',
	'/etc/networks',
	'/etc/securetty',
	'/etc/passwd.txt',
	'/etc/groups',
	'/etc/nginx/nginx.conf',
	'/etc/logrotate.d/homeserver',
	'/etc/default/grub',
	'/etc/systemd/system/homeserver.service',
	'/etc/systemd/system/ssh-agent.service',
	'/etc/systemd/system/sshguard.service',
	'/etc/systemd/journald.conf',
	'/etc/sysctlx.d/10-swap.conf',
	'/etc/ufwx/a',
	'/srv/etc/ssh/sshd_config',
	'/var/www/homeserver/src/auth.tsx',
	'/usr/local/sbin/gogs_repository_fix.sh',
	'/var/backups/etc/passwd',
];

describe('a path', () => {
	it.each(guarded)('%s decides whether the host can be reached', path => {
		expect(isSensitive(path)).toBe(true);
	});

	it.each(plain)('%s does not', path => {
		expect(isSensitive(path)).toBe(false);
	});
});

describe('the time to confirm a pool', () => {
	const files = (...dests: readonly string[]) => ({ files: dests.map(dest => poolFile({ dest })) });

	it.each([
		['none, by itself', files('/srv/a'), 0],
		[
			'a minute, where one file decides whether the host can be reached',
			files('/srv/a', '/etc/ssh/sshd_config'),
			60_000,
		],
		['what the playbook says', { ...files('/srv/a'), confirmMs: 5_000 }, 5_000],
		['none, where the playbook says off', { ...files('/etc/ssh/sshd_config'), confirmMs: 0 }, 0],
		['five minutes, where hosts wait for each other', { ...files('/srv/a'), together: true }, 300_000],
		['what the playbook says, also where hosts wait', { ...files('/srv/a'), together: true, confirmMs: 9_000 }, 9_000],
	])('is %s', (_, pool, ms) => {
		expect(confirmMs(onHost(pool))).toBe(ms);
	});

	it('is a minute also where a link leads to such a file', () => {
		expect(confirmMs(onHost(files('/srv/a')), ['/etc/ssh/sshd_config'])).toBe(60_000);
	});
});
