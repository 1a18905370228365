#!/bin/sh
# A world of machines that are real in all but their kernel, and what makes it go when whoever holds its stdin is gone.
#   machines.sh keep PLACE     makes a world over the empty folder PLACE, and clears up behind it. Lines on stdin:
#     on NAME NUMBER INIT LOWER[:LOWER…]     powers a machine on: at 10.77.0.NUMBER, INIT is systemd or tiny
#   and on stdout, PID as the real machine counts:
#     world PID       on NAME PID BOOT_ID       off NAME STATUS (129: it restarts itself, 130: it has shut down, 137: a power cut)
set -eu
umask 022

# Where version 2 of the control groups is: beside version 1, or all there is.
groups=/sys/fs/cgroup
[ ! -d "$groups/unified" ] || groups=$groups/unified

# What cannot be in a namespace are control groups: they are named after us, so that a later world sees whose are left over.
keep() {
	for group in "$groups"/hsctl-lab-*; do
		[ ! -d "$group" ] || [ -d "/proc/${group##*-}" ] || remove_groups "$group"
	done
	group=$groups/hsctl-lab-$$
	mkdir "$group"
	unshare --net --mount --ipc --pid --fork --kill-child --propagation private "$0" world "$1" "$group" || :
	remove_groups "$group"
}

# remove_groups GROUP: the kernel may need a moment to see that nobody is in it any more.
remove_groups() {
	for try in 1 2 3 4 5 6 7 8 9; do
		find "$1" -depth -type d -exec rmdir {} + 2>/dev/null && return
		sleep 0.1
	done
	echo "$1 cannot be removed: tried $try times" >&2
	return 1
}

# world PLACE GROUP: the first process of the world. When it ends, the kernel ends everything in it; all that is written is in memory.
world() {
	read -r pid rest </proc/self/stat
	mount -t tmpfs -o mode=755 tmpfs "$1"
	mkdir "$1/home" "$1/machines" "$1/proc"
	# Numbers of processes as the real machine counts them, for those who look in from there.
	mount --bind /proc "$1/proc"
	mount -t proc proc /proc
	# ssh asks the list of users for the home of root, whatever HOME says.
	awk -F: -v OFS=: -v home="$1/home" '$3 == 0 { $6 = home } { print }' /etc/passwd >"$1/passwd"
	mount --bind "$1/passwd" /etc/passwd
	ip link set lo up
	ip link add lab type bridge
	ip address add 10.77.0.1/24 dev lab
	ip link set lab up
	echo "world $pid"
	while read -r verb name number init lowers; do
		[ "$verb" != on ] || unshare --net "$0" power "$1" "$2" "$name" "$number" "$init" "$lowers" &
	done
}

# power PLACE GROUP NAME NUMBER INIT LOWERS: the power supply and the firmware of a machine, in a network of its own that goes with
# it. It starts again what restarts itself.
power() {
	ip link add eth0 type veth peer name "v-$3" netns 1
	nsenter --net=/proc/1/ns/net ip link set "v-$3" master lab up
	ip link set lo up
	mkdir -p "$2/$3"
	status=129
	while [ "$status" = 129 ]; do
		ip link set eth0 up
		ip address replace "10.77.0.$4/24" dev eth0
		status=0
		IFS=. read -r uptime rest </proc/uptime
		(
			echo 0 >"$2/$3/cgroup.procs"
			exec unshare --time --boottime "-$uptime" --mount --uts --ipc --cgroup --pid --fork --kill-child --propagation private \
				setpriv --bounding-set -sys_time,-sys_module,-sys_rawio,-syslog,-mac_admin,-wake_alarm "$0" boot "$1" "$3" "$5" "$6"
		) || status=$?
		[ "$status" = 129 ] || ip link delete eth0
		echo "off $3 $status"
	done
}

# boot PLACE NAME INIT LOWERS: becomes the first process of the machine. Its devices and file systems are made for it: what is shared
# with the real machine could be changed from inside, superblock and all.
boot() {
	read -r pid rest <"$1/proc/self/stat"
	own=$1/machines/$2 root=$1/machines/$2/root
	mkdir -p "$own/work" "$root"
	# Without index: the last boot's mount may not be quite gone.
	mount -t overlay overlay -o "index=off,lowerdir=$4,upperdir=$own/upper,workdir=$own/work" "$root"
	hostname "$2"
	mount -t proc proc "$root/proc"
	mount -t sysfs -o ro sysfs "$root/sys"
	mount -t cgroup2 cgroup2 "$root/sys/fs/cgroup"
	mount -t tmpfs -o mode=755,nosuid,nodev tmpfs "$root/run"
	mkdir "$root/run/lock" "$root/run/sshd"
	make_devices "$root/dev"
	read -r boot_id </proc/sys/kernel/random/uuid
	echo "$boot_id" >"$root/run/boot_id"
	mount --bind "$root/proc/sys" "$root/proc/sys"
	mount --bind "$root/run/boot_id" "$root/proc/sys/kernel/random/boot_id"
	# Settings of the kernel are those of the real machine.
	mount -o remount,bind,ro "$root/proc/sys"
	[ ! -e "$root/proc/sysrq-trigger" ] || mount --bind "$root/dev/null" "$root/proc/sysrq-trigger"
	case $3 in
		systemd) set -- /sbin/init ;;
		tiny) write_tiny_init "$root/run/init" && set -- /run/init ;;
	esac
	echo "on ${own##*/} $pid $boot_id"
	cd "$root"
	pivot_root . mnt
	hash -r
	# shellcheck disable=SC2016 # for the shell in the machine
	exec chroot . /usr/bin/env -i container=lab PATH=/usr/sbin:/usr/bin:/sbin:/bin \
		/bin/sh -c 'umount -l /mnt && exec "$@"' sh "$@" </dev/null >/dev/null 2>&1
}

make_devices() {
	mount -t tmpfs -o mode=755,nosuid tmpfs "$1"
	mkdir "$1/pts" "$1/shm"
	chmod 1777 "$1/shm"
	mknod -m 666 "$1/null" c 1 3
	mknod -m 666 "$1/zero" c 1 5
	mknod -m 666 "$1/full" c 1 7
	mknod -m 666 "$1/random" c 1 8
	mknod -m 666 "$1/urandom" c 1 9
	mknod -m 666 "$1/tty" c 5 0
	# Nobody sits there.
	mknod -m 600 "$1/console" c 1 3
	mount -t devpts -o newinstance,ptmxmode=0666,mode=620,gid=5 devpts "$1/pts"
	ln -s pts/ptmx "$1/ptmx"
	ln -s /proc/self/fd "$1/fd"
	ln -s fd/0 "$1/stdin"
	ln -s fd/1 "$1/stdout"
	ln -s fd/2 "$1/stderr"
}

# A machine that starts in a tenth of a second, and has no systemd.
write_tiny_init() {
	cat >"$1" <<'END'
#!/bin/sh
/usr/sbin/sshd
trap : HUP INT TERM
while :; do sleep 1000000 & wait $!; done
END
	chmod 755 "$1"
}

"$@"
