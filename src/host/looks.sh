# shellcheck shell=sh
# What looks are made of. A look runs in a subshell and only reads: the functions here print, and write nothing.
# Whatever names a path or a package arrives as an argument, already one word. Variables are shared with the look that
# calls, hence their prefix.

# hs_look_here FUNCTION ARGS…: a look that needs no process of its own, because FUNCTION leaves its print in hs_print and nothing
# else behind. It prints like any look, unless hs_look_framed tells that a frame takes hs_print from here.
hs_look_here() {
	hs_print=
	"$@" 2>/dev/null
	[ -n "${hs_look_framed-}" ] || printf '%s\n' "$hs_print"
	hs_look_framed=
}

# hs_look_known NAME: takes the print of a look that was made before under this name, a word. hs_look_know NAME keeps hs_print.
hs_look_known() {
	eval "hs_look_kept=\${hs_known_$1-}"
	hs_print=${hs_look_kept#x}
	[ -n "$hs_look_kept" ]
}

hs_look_know() {
	eval "hs_known_$1=x\$hs_print"
}

# hs_look_path PATH: prints what hs_look_place sees.
hs_look_path() {
	hs_look_place "$1"
	printf '%s\n' "$hs_print"
}

# hs_look_place PATH: sets hs_print to `there`, `absent`, or `hidden FOLDER` where a folder on the way is closed to this user,
# so that nobody can tell. A link that leads nowhere counts as absent, as for `test -e`. No fork, except to follow a broken link.
hs_look_place() {
	hs_print=there
	[ ! -e "$1" ] || return 0
	hs_look_at=$1
	hs_look_hops=40
	while [ ! -e "$hs_look_at" ]; do
		if [ -L "$hs_look_at" ]; then
			hs_look_hops=$((hs_look_hops - 1))
			[ "$hs_look_hops" -gt 0 ] || break
			hs_look_follow
			continue
		fi
		case $hs_look_at in
		/*/*) hs_look_at=${hs_look_at%/*} ;;
		/*) hs_look_at=/ ;;
		*/*) hs_look_at=${hs_look_at%/*} ;;
		*) hs_look_at=. ;;
		esac
	done
	hs_print=absent
	if [ -d "$hs_look_at" ] && [ ! -x "$hs_look_at" ]; then hs_print="hidden $hs_look_at"; fi
}

# The target of the link at $hs_look_at takes its place. The dot keeps newlines at the end of a target from being lost.
hs_look_follow() {
	hs_look_target=$(readlink "$hs_look_at" && echo .)
	hs_look_target=${hs_look_target%??}
	case $hs_look_target in
	/*) hs_look_at=$hs_look_target ;;
	*)
		case $hs_look_at in
		*/*) hs_look_at=${hs_look_at%/*}/$hs_look_target ;;
		*) hs_look_at=./$hs_look_target ;;
		esac
		;;
	esac
}

# hs_look_readable PATH: succeeds and prints `there` for a regular file that can be read; else prints what hs_look_path
# prints, or `unreadable WHY`, and fails. Pipes and devices are refused because reading them could wait for ever.
hs_look_readable() {
	if [ ! -e "$1" ]; then
		hs_look_path "$1"
	elif [ ! -f "$1" ]; then
		echo 'unreadable it is not a regular file'
	elif [ ! -r "$1" ]; then
		echo 'unreadable this user may not read it'
	else
		echo there
		return 0
	fi
	return 1
}

# hs_look_program NAME: finds a program by its path, or by PATH; succeeds, prints `there` and leaves the path in
# $hs_look_found. Else prints like hs_look_readable and fails. `command -v` would also find builtins and our own functions.
hs_look_program() {
	case $1 in
	*/*)
		hs_look_found=$1
		if [ ! -e "$1" ]; then
			hs_look_path "$1"
			return 1
		fi
		;;
	*) hs_look_in_path "$1" ;;
	esac
	if [ -z "$hs_look_found" ]; then
		echo absent
		return 1
	fi
	if [ ! -f "$hs_look_found" ] || [ ! -x "$hs_look_found" ]; then
		echo 'unreadable it is no program that this user may run'
		return 1
	fi
	echo there
}

# hs_look_in_path NAME: succeeds and sets $hs_look_found. A shell of busybox would run an applet of that name instead.
hs_look_in_path() {
	hs_look_found=
	hs_look_rest=$PATH:
	while [ -n "$hs_look_rest" ] && [ -z "$hs_look_found" ]; do
		hs_look_folder=${hs_look_rest%%:*}
		hs_look_rest=${hs_look_rest#*:}
		if [ -f "$hs_look_folder/$1" ] && [ -x "$hs_look_folder/$1" ]; then hs_look_found=$hs_look_folder/$1; fi
	done
	[ -n "$hs_look_found" ]
}

# hs_look_bounded SECONDS COMMAND ARGS…: runs a program with stdin closed and prints its stdout and stderr together, at most
# 60 KiB of them ($hs_look_limit bytes if set: together with what follows they have to fit into the 64 KiB kept of a look);
# then, on a line of its own, `exit N`, `exit N cut` when there was more to print, or `exit timeout`.
# The program gets a session of its own, and its whole process group is killed at the deadline, and when the program ends.
# Only a process that left the group on purpose outlives that, and if it keeps the output open, the deadline ends the wait.
hs_look_bounded() { hs_look_run both "$@"; }

# The same without the program's stderr.
hs_look_bounded_stdout() { hs_look_run stdout "$@"; }

# How the program ended comes back on descriptor 4, which the program itself does not get; nothing on it means the deadline.
# Nobody has to read what nobody wants.
hs_look_run() {
	hs_look_own=setsid
	command -v setsid >/dev/null || hs_look_own=
	if [ "${hs_look_limit:-61440}" -eq 0 ]; then
		# shellcheck disable=SC2086 # one word or none
		hs_look_exit=$($hs_look_own sh -c "$hs_look_leader" "hs_look$hs_look_own" "$@" </dev/null 2>/dev/null 4>&1 >/dev/null)
	else
		{
			hs_look_exit=$(
				{
					# shellcheck disable=SC2086 # one word or none
					$hs_look_own sh -c "$hs_look_leader" "hs_look$hs_look_own" "$@" |
						hs_look_read "${hs_look_limit:-61440}" "$2" >&3
				} </dev/null 2>/dev/null 4>&1
			)
		} 3>&1
	fi
	case $hs_look_exit in '' | ' cut') hs_look_exit=timeout$hs_look_exit ;; esac
	printf '\nexit %s\n' "$hs_look_exit"
}

# hs_look_read LIMIT SECONDS: reads what the program prints, outside its group: killing that is what ends the output. Somebody who
# escaped from the group may still hold it open: then the deadline ends the reading too.
# dd tells on stderr how many bytes there were: less than the limit, and nothing can have been cut.
hs_look_read() {
	if ! hs_look_has_timer; then
		# shellcheck disable=SC2086 # one word or none
		$hs_look_own sh -c "$hs_look_reader" "hs_look$hs_look_own" "$@"
		return
	fi
	hs_look_kept=$("$hs_look_timer" -s KILL $(($2 + 1)) dd bs=1 count="$1" 2>&1 >&3 3>&- 4>&-)
	case $hs_look_kept in "$1+0 records in"*) ;; *) return ;; esac
	hs_look_kept=$("$hs_look_timer" -s KILL $(($2 + 1)) wc -c 4>&-)
	[ "${hs_look_kept:-0}" -eq 0 ] || printf ' cut' >&4
}

# hs_look_has_timer: succeeds and sets $hs_look_timer where timeout(1) waits for the program that it starts, as that of coreutils
# does. The one of busybox, known by its being the same file as sleep, becomes the program and leaves a watcher behind, whom
# nobody buries in a container whose first process reaps nobody.
hs_look_has_timer() {
	hs_look_in_path sleep || return 1
	hs_look_timer=$hs_look_found
	hs_look_in_path timeout || return 1
	# shellcheck disable=SC3013 # not in every POSIX, but known to dash, busybox ash and bash alike
	if [ "$hs_look_found" -ef "$hs_look_timer" ]; then return 1; fi
	hs_look_timer=$hs_look_found
}

# hs_look_digest SECONDS PATH: what hs_look_readable prints of a file and, where it can be read, sha256sum bounded. One process
# that starts no other and prints one line needs neither a group to be killed nor anybody who cuts: the timer alone is enough.
# What did not go well that way is done again in full, for its words.
hs_look_digest() {
	hs_look_readable "$2" || return 0
	if hs_look_has_timer; then
		hs_look_seconds
		hs_look_since=$hs_look_now
		if "$hs_look_timer" -s KILL "$1" sha256sum -- "$2"; then
			printf '\nexit 0\n'
			return
		fi
		hs_look_seconds
		if [ $((hs_look_now - hs_look_since)) -ge "$1" ]; then
			printf '\nexit timeout\n'
			return
		fi
	fi
	hs_look_bounded "$1" sha256sum -- "$2"
}

# hs_look_seconds: sets hs_look_now to whole seconds since boot.
hs_look_seconds() {
	read -r hs_look_now hs_look_line </proc/uptime
	hs_look_now=${hs_look_now%.*}
}

# The leader of the program's session, in its group. Whoever is done first ends the leader's wait for the timer; its last act
# kills the whole group, itself included, so there is no order in which anything could be missed. What ended in time is waited
# for before: a container whose first process reaps nobody would keep each of them as a zombie.
# Without setsid the group is not ours to kill: timeout(1) ends the program alone.
# shellcheck disable=SC2016 # expanded by the shell that runs it
hs_look_leader='
streams=$1 seconds=$2
shift 2
run() {
	if [ "$streams" = both ]; then (exec "$@" 2>&1 3>&- 4>&-); else (exec "$@" 3>&- 4>&-); fi
	printf %s "$?" >&4
}
if [ "$0" = hs_look ]; then
	run timeout -s KILL "$seconds" "$@"
	exit
fi
sleep "$seconds" >/dev/null 3>&- 4>&- &
timer=$!
{ run "$@"; kill "$timer"; } &
program=$!
wait "$timer" || wait "$program"
kill -KILL 0
'

# The reader where there is no such timer: a session of its own again, which can be killed as a whole.
# dd, because head of busybox reads ahead, and then nobody could tell whether anything was cut.
# shellcheck disable=SC2016 # expanded by the shell that runs it
hs_look_reader='
limit=$1 seconds=$2
keep() {
	dd bs=1 count="$limit" 2>/dev/null
	[ "$(wc -c)" -eq 0 ] || printf " cut" >&4
}
if [ "$0" = hs_look ]; then
	keep
	exit
fi
exec 5<&0
sleep "$((seconds + 1))" >/dev/null 3>&- 4>&- 5<&- &
timer=$!
{ keep <&5; kill "$timer"; } &
reader=$!
wait "$timer" || wait "$reader"
kill -KILL 0
'

# Filters for bounded output. A look should print no more than what is judged: pids and times in the rest would make the
# same state look different at each look.

# hs_look_keep_version: the first line with two numbers around a dot, and the exit line. A line that the limit cut through is
# dropped: half a version would be a wrong version.
hs_look_keep_version() {
	hs_look_kept=
	hs_look_later=0
	hs_look_line=
	while IFS= read -r hs_look_line; do
		hs_look_end=$hs_look_line
		if [ -n "$hs_look_kept" ]; then
			hs_look_later=$((hs_look_later + 1))
			continue
		fi
		case $hs_look_line in
		*[0-9].[0-9]*) hs_look_kept=$hs_look_line ;;
		esac
	done
	case $hs_look_later$hs_look_end in
	'1exit '*' cut') hs_look_kept= ;;
	esac
	printf '%s\n%s\n' "$hs_look_kept" "${hs_look_end% cut}"
}

# hs_look_keep_first: the first line, and the exit line.
hs_look_keep_first() {
	IFS= read -r hs_look_kept
	hs_look_end=
	while IFS= read -r hs_look_line; do hs_look_end=$hs_look_line; done
	printf '%s\n%s\n' "$hs_look_kept" "${hs_look_end% cut}"
}

# hs_look_first_line FILE…: the first line of the first file that can be read; an empty line where there is none.
hs_look_first_line() {
	for hs_look_file in "$@"; do
		if [ ! -f "$hs_look_file" ] || [ ! -r "$hs_look_file" ]; then continue; fi
		hs_look_line=
		IFS= read -r hs_look_line <"$hs_look_file" || [ -n "$hs_look_line" ] || continue
		printf '%s\n' "$hs_look_line"
		return
	done
	echo
}

# hs_look_uid: the number of the user that looks are made as: of four in a line, the second.
hs_look_uid() {
	while read -r hs_look_line hs_look_uid hs_look_uid hs_look_rest; do
		[ "$hs_look_line" != Uid: ] || break
	done </proc/self/status
	if [ "${hs_look_line-}" = Uid: ]; then echo "$hs_look_uid"; else id -u; fi
}

# hs_look_os_release FILE…: the lines that tell the system, of the first file that can be read. Never sourced: it is text of
# the host, not ours to execute.
hs_look_os_release() {
	for hs_look_file in "$@"; do
		if [ ! -f "$hs_look_file" ] || [ ! -r "$hs_look_file" ]; then continue; fi
		while IFS= read -r hs_look_line || [ -n "$hs_look_line" ]; do
			case $hs_look_line in
			ID=* | ID_LIKE=* | VERSION_ID=* | NAME=* | PRETTY_NAME=*) printf '%s\n' "$hs_look_line" ;;
			esac
		done <"$hs_look_file"
		return
	done
}

# hs_look_package NAME: which package manager keeps this host, and its word on a package. A package database that is there
# decides between them, not the program: rpm and dpkg are both installable on the other's systems, and rpm would start a
# database of its own there.
hs_look_package() {
	if [ -s /var/lib/dpkg/status ] && hs_look_in_path dpkg-query; then
		echo dpkg
		# shellcheck disable=SC2016 # fields of dpkg-query
		hs_look_bounded 10 "$hs_look_found" -W -f='${Package}\t${Status}\t${Version}\n' -- "$1"
	elif hs_look_in_path rpm; then
		echo rpm
		hs_look_bounded 10 "$hs_look_found" -q --qf '%{NAME}\t%|EPOCH?{%{EPOCH}:}:{}|%{VERSION}-%{RELEASE}\n' -- "$1"
	elif hs_look_in_path pacman; then
		echo pacman
		hs_look_bounded 10 "$hs_look_found" -Q -- "$1"
	elif hs_look_in_path apk; then
		echo apk
		hs_look_bounded 10 "$hs_look_found" list -I -- "$1"
	else
		echo none
	fi
}

# hs_look_unit UNIT MARKER: what systemd says of a unit. The marker is the folder that tells a running systemd from an
# installed one, see sd_booted(3).
hs_look_unit() {
	if [ -d "$2" ] && hs_look_in_path systemctl; then
		hs_look_bounded 10 "$hs_look_found" show -p LoadState -p ActiveState -- "$1"
	else
		echo 'no systemd'
	fi
}

# hs_look_package_managers: those that are there, on one line.
hs_look_package_managers() {
	hs_look_kept=
	for hs_look_name in apt-get dnf yum zypper pacman apk; do
		if hs_look_in_path "$hs_look_name"; then hs_look_kept="$hs_look_kept $hs_look_name"; fi
	done
	printf '%s\n' "${hs_look_kept# }"
}

# hs_look_service_manager: `systemd`, `openrc`, `sysv` or `none`, by what runs and not by what is installed.
hs_look_service_manager() {
	if [ -d /run/systemd/system ]; then
		echo systemd
	elif [ -d /run/openrc ]; then
		echo openrc
	elif [ -d /etc/init.d ] && [ "$(hs_look_first_line /proc/1/comm)" = init ]; then
		echo sysv
	else
		echo none
	fi
}

# hs_look_virtualization: in the words of systemd-detect-virt; an empty line where nothing tells.
hs_look_virtualization() {
	if hs_look_in_path systemd-detect-virt; then
		"$hs_look_found"
	elif [ -e /.dockerenv ]; then
		echo docker
	elif [ -e /run/.containerenv ]; then
		echo podman
	else
		hs_look_first_line /run/systemd/container
	fi
}
