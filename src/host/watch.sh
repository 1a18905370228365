# The timer of a run: ends a job that exceeds its time or its output, or that is cancelled, whether its supervisor lives or not.
# shellcheck disable=SC2034,SC2154 # variables are shared with the other parts of the runner

# hs_look_after PREFIX TIMEOUT_MS GRACE_MS OUTPUT_CAP: from now on, the process whose record will be in PREFIX`gate`. Needs hs_now.
# PREFIX`ended` tells why it was ended, and when.
hs_look_after() {
	printf '%s\n' "$1 $((hs_now + $2)) $3 $4" >"runs/$hs_run/current"
}

hs_look_away() {
	: >"runs/$hs_run/current"
}

# hs_watch: runs beside the supervisor, and outlives it as long as a script of it lives. It takes TERM for everybody: the shell of
# the supervisor only hears a signal when the script has ended. A script may fork until there is no process left for us: dash and
# busybox ash end a shell that cannot fork, unless the command was called through `command eval`.
hs_watch() {
	trap '' HUP INT QUIT
	trap ': >"runs/$hs_run/cancel"' TERM
	hs_idle=0
	sleep 0.01 2>/dev/null && hs_fine=yes
	while [ "$hs_idle" -lt 2 ]; do
		hs_tick=1
		command eval hs_watch_once 2>/dev/null
		command eval 'sleep "$hs_tick"' 2>/dev/null
		case $? in 126 | 127) break ;; esac
	done
}

# hs_watch_once: also sets hs_tick, the seconds until it has to look again.
hs_watch_once() {
	hs_first "runs/$hs_run/current"
	# shellcheck disable=SC2086 # split into its fields
	set -- $hs_line
	if [ $# -lt 4 ] || ! hs_lives "$1gate"; then
		hs_idle=$((hs_idle + 1))
		hs_lives "runs/$hs_run/super" && hs_idle=0
		return
	fi
	hs_idle=0
	hs_first "$1gate"
	hs_group=${hs_line%% *}
	hs_uptime
	if hs_is_marked "$1"; then
		[ "$hs_now" -lt $((${hs_line#* } + $3)) ] || hs_hit KILL
		hs_wait_for 100
	elif hs_too_much "$@"; then
		hs_mark "$1" "$hs_why"
		hs_wait_for 100
	else
		hs_wait_for $(($2 - hs_now))
	fi
}

# hs_too_much PREFIX DEADLINE GRACE_MS OUTPUT_CAP: sets hs_why. What takes a change back has its time, whoever cancels the run.
hs_too_much() {
	hs_why=cancelled
	case $1 in */restore.) ;; *) [ ! -e "runs/$hs_run/cancel" ] || return 0 ;; esac
	hs_why=timeout
	[ "$hs_now" -lt "$2" ] || return 0
	hs_why=output_limit
	[ "$4" -gt 0 ] || return 1
	hs_measure "${1%/run/}"
	[ $((hs_out + hs_err)) -gt "$4" ]
}

# hs_mark PREFIX WHY: says why, then asks the whole group to end.
hs_mark() {
	hs_marked=$1 hs_marked_by="$2 $hs_now"
	hs_write "$1ended" "$hs_marked_by"
	hs_hit TERM
}

# hs_is_marked PREFIX: leaves the mark in hs_line. A full disk may not have taken it: it counts all the same.
hs_is_marked() {
	hs_first "$1ended" && return
	hs_line=${hs_marked_by-}
	[ "${hs_marked-}" = "$1" ]
}

# hs_hit SIGNAL: to the whole group; to the process alone while it has not made its own group yet.
hs_hit() {
	kill "-$1" "-$hs_group" 2>/dev/null || kill "-$1" "$hs_group" 2>/dev/null
}

# hs_wait_for MS: look again then, but at least once a second.
hs_wait_for() {
	[ -n "${hs_fine-}" ] && [ "$1" -lt 1000 ] || return 0
	[ "$1" -ge 20 ] || set -- 20
	hs_tick=$((1000 + $1)) && hs_tick=0.${hs_tick#1}
}

# hs_end_group MARKED_AT: what is left of the group after its leader gets the rest of its grace, and a second to die of KILL.
hs_end_group() {
	hs_until=$(($1 + grace_ms))
	while hs_group_lives && hs_uptime && [ "$hs_now" -lt $((hs_until + 1000)) ]; do
		[ "$hs_now" -lt "$hs_until" ] || hs_hit KILL
		hs_nap 0.05
	done
}

# hs_group_lives: its dead may stay listed for long where PID 1 of a container does not collect them: they count for nothing.
hs_group_lives() {
	kill -0 "-$hs_group" 2>/dev/null || return 1
	for hs_file in /proc/[1-9]*; do
		hs_process "${hs_file#/proc/}" || continue
		[ "$hs_group_of" = "$hs_group" ] || continue
		case $hs_life in Z | X) ;; *) return 0 ;; esac
	done
	return 1
}

# hs_count_survivors: processes that left the group (setsid) keep the environment they were started with. The job's name would not
# do: the same job may run in a container of this host.
hs_count_survivors() {
	hs_survivors=$(cat /proc/[0-9]*/environ 2>/dev/null | tr '\0' '\n' | grep -cx "HSCTL_MARK=$hs_script")
	# Where nothing can be started nothing is counted; the receipt wants a number.
	case $hs_survivors in '' | *[!0-9]*) hs_survivors=0 ;; esac
}

# hs_nap SECONDS: a part of a second where sleep knows parts, else a whole one.
hs_nap() {
	if [ -n "${hs_coarse-}" ] || ! sleep "$1" 2>/dev/null; then
		hs_coarse=yes
		sleep 1
	fi
}
