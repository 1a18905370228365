# Who we are, what time it is, and who is still alive. All of it is read from /proc with builtins: no process is started.
# shellcheck disable=SC2034,SC2153,SC2154 # variables are shared with the other parts of the runner

# hs_first FILE: the first line of FILE in hs_line. Fails when there is none.
hs_first() {
	hs_line=
	[ -r "$1" ] || return 1
	{ IFS= read -r hs_line || [ -n "$hs_line" ]; } 2>/dev/null <"$1"
}

# hs_identity: sets hs_boot_id, hs_machine_id, and hs_boot: one life of this host or container. Containers share the boot id of
# their host, so the start of PID 1 belongs to it.
hs_identity() {
	hs_first /proc/sys/kernel/random/boot_id || hs_line=unknown
	hs_boot_id=$hs_line
	hs_first /etc/machine-id || hs_first /var/lib/dbus/machine-id || hs_line=unknown
	hs_machine_id=$hs_line
	hs_process 1 || hs_start=0
	hs_boot=$hs_boot_id.$hs_start
}

# hs_self: sets hs_me, the record `PID START BOOT` of the very process that asks ($$ names the parent inside a subshell).
hs_self() {
	hs_process self
	hs_pid=${hs_stat%% *}
	hs_me="$hs_pid $hs_start $hs_boot"
}

# hs_process PID: sets hs_life (its state letter), hs_group_of, and hs_start (its start in ticks since boot). Fails when there is none.
# Its name stands in brackets and may hold anything, a line end too: the fields are counted from the last bracket.
hs_process() {
	hs_stat='' hs_life='' hs_start=''
	[ -r "/proc/$1/stat" ] || return 1
	while IFS= read -r hs_line || [ -n "$hs_line" ]; do hs_stat=$hs_stat$hs_line; done 2>/dev/null <"/proc/$1/stat"
	# shellcheck disable=SC2086 # split into its fields
	set -- ${hs_stat##*')'}
	[ $# -ge 20 ] || return 1
	hs_life=$1 hs_group_of=$3 hs_start=${20}
}

# hs_alive PID START BOOT: the same process still runs. A PID alone proves nothing: it is used again; and a zombie runs nothing.
hs_alive() {
	[ "$3" = "$hs_boot" ] || return 1
	hs_process "$1" || return 1
	[ "$hs_start" = "$2" ] || return 1
	case $hs_life in Z | X) return 1 ;; esac
}

# hs_lives FILE: the process whose record FILE holds still runs.
hs_lives() {
	hs_first "$1" || return 1
	# shellcheck disable=SC2086 # split into its fields
	set -- $hs_line
	[ $# -ge 3 ] && hs_alive "$1" "$2" "$3"
}

# hs_uptime: sets hs_now to milliseconds since boot. Deadlines and durations count with it: nobody can set it back.
hs_uptime() {
	read -r hs_now hs_line </proc/uptime
	hs_line=${hs_now#*.}
	hs_now=$((${hs_now%.*} * 1000 + (1$hs_line - 100) * 10))
}

# hs_is_word TEXT: safe as a file name, as a shell word and inside JSON.
hs_is_word() {
	case $1 in '' | .* | -* | *[!A-Za-z0-9._@:+~-]*) return 1 ;; esac
}
