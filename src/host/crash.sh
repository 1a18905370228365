# Named places between two durable acts where the tests let a process die, one after the other, until none is left.
# shellcheck disable=SC2034,SC2154 # variables are shared with the other parts of the runner

# hs_crash NAME: leaves a line in the file `crashes`, and kills the process that passes here if HSCTL_CRASH is NAME, or NAME:n at the n-th time.
hs_crash() {
	[ -n "${HSCTL_CRASH-}" ] || return 0
	[ "${HSCTL_CRASH%%:*}" = "$1" ] || return 0
	hs_passes=$((${hs_passes:-0} + 1))
	case $HSCTL_CRASH in
		"$1" | "$1:$hs_passes")
			echo "$1" >>"$HSCTL_STATE/crashes"
			read -r hs_pid hs_line </proc/self/stat && kill -9 "$hs_pid"
			;;
	esac
}
