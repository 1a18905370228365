#!/bin/sh
# base.sh CACHE: prints the folder of a bare Debian with systemd and sshd, which all machines of the lab share and none writes to.
# Built once, by Debian's own packages through this machine's sources of apt: twenty seconds and 200 MB.
set -eu
umask 022
cache=$1
packages=openssh-server,systemd-sysv,dbus,libpam-systemd,procps
# shellcheck disable=SC1091 # every Debian has it
. /etc/os-release
suite=$VERSION_CODENAME
# What goes into it is written here, so this text is its name.
base=$cache/base-$suite-$(sha256sum <"$0" | cut -c 1-12)

# Several tests may ask at once. The kernel gives the lock back when the last who builds is gone, however it ended.
mkdir -p "$cache" "$cache/world"
exec 9>"$cache/lock"
flock 9
if [ ! -d "$base" ]; then
	rm -rf --one-file-system "$cache"/*.new
	# Without any of these mmdebstrap asks Debian's own mirrors.
	set --
	for sources in /etc/apt/sources.list /etc/apt/sources.list.d/debian.sources; do [ ! -s "$sources" ] || set -- "$sources"; done
	# It mounts what programs want to see under the new root. In a list of mounts of its own that goes with it, whatever ends it: what is
	# left over by a dead one must be nothing but files.
	unshare --mount --pid --fork --kill-child --mount-proc --propagation private \
		mmdebstrap --quiet --variant=apt --format=directory --include="$packages" \
		--dpkgopt=force-unsafe-io --aptopt='APT::Install-Recommends "false"' \
		"$suite" "$base.new" "$@" >&2
	cd "$base.new"
	# There is no network but the lab's, and what a machine is called and how it proves itself is its own.
	rm -rf etc/apt/sources.list etc/apt/sources.list.d/* etc/resolv.conf etc/hostname etc/ssh/ssh_host_*
	find var/lib/apt/lists -type f -delete
	: >etc/machine-id
	# What waits for hardware, for a person at the console, or for the real kernel, which is not the machine's.
	for unit in apt-daily.timer apt-daily-upgrade.timer dpkg-db-backup.timer console-getty.service getty@tty1.service \
		dev-hugepages.mount dev-mqueue.mount sys-fs-fuse-connections.mount sys-kernel-config.mount sys-kernel-debug.mount \
		sys-kernel-tracing.mount proc-sys-fs-binfmt_misc.automount; do
		ln -s /dev/null "etc/systemd/system/$unit"
	done
	mv -T "$base.new" "$base"
fi
echo "$base"
