# What could stand in the way of a run on this host. It comes with looks.sh, identity.sh and memory.sh, and leaves nothing behind.
# shellcheck disable=SC2034,SC2154 # variables are shared with the other parts of the runner

# hs_doctor_time: seconds since 1970 by this host's clock, with a fraction where date(1) knows one.
hs_doctor_time() {
	date -u +%s.%N
}

# hs_doctor_shell: the program that runs this, and its version where it tells one.
hs_doctor_shell() {
	printf 'program %s\n' "$(readlink "/proc/$$/exe")"
	printf 'bash %s\n' "${BASH_VERSION-}"
	printf 'ksh %s\n' "${KSH_VERSION-}"
}

# hs_doctor_tools NAME…: `tool NAME PATH`, or `tool NAME` for one that is not there.
hs_doctor_tools() {
	for hs_name in "$@"; do
		hs_value=$(command -v "$hs_name") || hs_value=
		case $hs_value in /*) hs_value=$(readlink -f "$hs_value" || echo "$hs_value") ;; esac
		printf 'tool %s %s\n' "$hs_name" "$hs_value"
	done
}

# hs_doctor_write NAME: does in the state folder what a run does there, in a folder of this name that is gone afterwards.
# Prints `done`, or what could not be done.
hs_doctor_write() {
	hs_see_state
	[ "$hs_condition" = present ] || return
	hs_trial=$HSCTL_STATE/$1
	trap 'rm -rf "$hs_trial"' EXIT
	trap 'exit 1' HUP INT TERM
	if ! mkdir -m 700 "$hs_trial"; then echo 'make a folder'
	elif ! printf 'trial\n' >"$hs_trial/one" || [ "$(cat "$hs_trial/one")" != trial ]; then echo 'write a file'
	elif ! ln "$hs_trial/one" "$hs_trial/two"; then echo 'link a file'
	elif ln "$hs_trial/one" "$hs_trial/two"; then echo 'keep a second link from winning'
	elif ! mkdir "$hs_trial/folder" || ! mv "$hs_trial/folder" "$hs_trial/moved"; then echo 'rename a folder'
	elif ! sync "$hs_trial/one"; then echo 'force a file to disk'
	elif ! rm -rf "$hs_trial"; then echo 'remove a folder'
	else echo 'done'
	fi
}

# hs_doctor_disk: for the file system of the state folder `kib …` and `inodes …` as df prints them, and `mount TYPE OPTIONS`.
hs_doctor_disk() {
	hs_at=$HSCTL_STATE
	if [ ! -e "$hs_at" ]; then
		hs_see_parent "${hs_at%/*}"
		hs_at=$hs_parent
	fi
	hs_value=$(df -Pk "$hs_at" | tail -n 1)
	printf 'kib %s\n' "$hs_value"
	printf 'inodes %s\n' "$(df -Pi "$hs_at" | tail -n 1)"
	hs_value=${hs_value##* }
	hs_more=
	while read -r hs_device hs_point hs_type hs_options hs_rest; do
		[ "$hs_point" = "$hs_value" ] && hs_more="$hs_type $hs_options"
	done </proc/self/mounts
	[ -z "$hs_more" ] || printf 'mount %s\n' "$hs_more"
}

# hs_doctor_detach: what hs_detach would take.
hs_doctor_detach() {
	if [ -w /run/systemd/system ] && command -v systemd-run >/dev/null; then echo systemd
	elif command -v setsid >/dev/null; then echo setsid
	else echo fork
	fi
}

# hs_doctor_packages: `held FILE PID NAME` for each lock of a package manager that somebody has; no PID, no NAME: they are not seen.
hs_doctor_packages() {
	for hs_file in /var/lib/dpkg/lock-frontend /var/lib/dpkg/lock /var/lib/apt/lists/lock \
		/var/lib/rpm/.rpm.lock /usr/lib/sysimage/rpm/.rpm.lock /lib/apk/db/lock; do
		[ -e "$hs_file" ] && hs_doctor_locked "$hs_file"
	done
	for hs_file in /var/cache/dnf/metadata_lock.pid /run/dnf.pid /run/yum.pid /run/zypp.pid; do
		hs_first "$hs_file" || continue
		case $hs_line in '' | *[!0-9]*) continue ;; esac
		[ ! -d "/proc/$hs_line" ] || hs_doctor_held "$hs_file" "$hs_line"
	done
	[ ! -e /var/lib/pacman/db.lck ] || hs_doctor_held /var/lib/pacman/db.lck ''
}

# hs_doctor_locked FILE: whoever has a lock on it stands in /proc/locks, by the number of its inode.
hs_doctor_locked() {
	# shellcheck disable=SC2046,SC2012 # split into its fields; the names are ours
	set -- "$1" $(ls -id "$1")
	while read -r hs_number hs_kind hs_how hs_access hs_holder hs_device hs_rest; do
		[ "${hs_device##*:}" = "$2" ] || continue
		hs_doctor_held "$1" "$hs_holder"
		return
	done </proc/locks
}

hs_doctor_held() {
	hs_line=
	case $2 in '' | *[!0-9]* | 0) set -- "$1" '' ;; *) hs_first "/proc/$2/comm" ;; esac
	printf 'held %s %s %s\n' "$1" "$2" "$hs_line"
}

# hs_doctor_lock: `free`, or `alive|orphan|left SINCE OWNER_JSON` of the host lock: its holder lives, only its script lives, or it
# died without giving the lock back, which the next run puts right. SINCE is in seconds, 0 where nothing tells.
hs_doctor_lock() {
	[ -n "${hs_boot-}" ] || hs_identity
	if hs_see_lock; then
		hs_value=alive
		[ -z "$hs_unclean" ] || hs_value=orphan
	elif [ -n "$hs_unclean" ]; then
		hs_value=left
	else
		echo free
		return
	fi
	printf '%s %s %s\n' "$hs_value" "$(date -u -r "$HSCTL_STATE/lock/$hs_fence" +%s || echo 0)" "$hs_owner"
}

# hs_doctor_runs: `run NAME running|dead` for each run here that has not come to its end.
hs_doctor_runs() {
	[ -n "${hs_boot-}" ] || hs_identity
	for hs_file in "$HSCTL_STATE/runs/"*/; do
		[ -d "$hs_file" ] || continue
		hs_file=${hs_file%/}
		if hs_lives "$hs_file/super"; then
			printf 'run %s running\n' "${hs_file##*/}"
		elif [ "$(tail -n 1 "$hs_file/events")" != '{"e":"end"}' ]; then
			printf 'run %s dead\n' "${hs_file##*/}"
		fi
	done
}
