# Named places between two durable acts where the tests let a process die, one after the other, until none is left.
# shellcheck disable=SC2034,SC2154 # variables are shared with the other parts of the runner

# hs_crash NAME: if HSCTL_CRASH is NAME, or NAME:n at the n-th time, leaves a line `NAME PID` in the file `crashes`, and kills the
# process that passes here. NAME=STOP sends that signal instead. All names are meant by `*`: `*=0` tells which are passed.
hs_crash() {
	[ -n "${HSCTL_CRASH-}" ] || return 0
	case $HSCTL_CRASH in "$1" | "$1":* | "$1"=* | '*='*) ;; *) return 0 ;; esac
	hs_passes=$((${hs_passes:-0} + 1)) hs_signal=KILL
	case $HSCTL_CRASH in *=*) hs_signal=${HSCTL_CRASH#*=} ;; esac
	case ${HSCTL_CRASH%%=*} in
		"$1" | "$1:$hs_passes" | '*')
			read -r hs_crashing hs_crashed </proc/self/stat
			echo "$1 $hs_crashing" >>"$HSCTL_STATE/crashes"
			kill "-$hs_signal" "$hs_crashing"
			;;
	esac
}
