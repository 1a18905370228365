# What is so on this host, for a person who asks: what has not come to its end, and what can be taken back. It writes nothing, and comes
# with identity.sh, memory.sh and whole-memory.sh.
# shellcheck disable=SC2154 # variables are shared with the other parts

# hs_show_changes: the changes of pools, a line each, the latest begun first, by their own records under txn (host/txn.sh).
#   open JOB STAGE WORKER UNIT UNIT~PLAYBOOK RUN   it has not ended; or it has, and no receipt says so: the stage `ended`
#   kept JOB FILES UNIT UNIT~PLAYBOOK RUN          it stands, and can be taken back: so many files
# WORKER: live    who began it, or the run that holds the lock, is at work     boot   nobody, until the host starts again
#         guard   a timer of the host is to take it back                       none   nobody, until the next run
hs_show_changes() {
	hs_working=
	if hs_see_lock && [ -z "$hs_unclean" ]; then hs_working=yes; fi
	for hs_change in $(hs_order_changes); do
		hs_change=$HSCTL_STATE/txn/$hs_change
		[ -e "$hs_change/state" ] || continue
		hs_first "$hs_change/about" || hs_line='unknown unknown unknown'
		hs_about=$hs_line
		if hs_is_loose "$hs_change"; then
			hs_see_stage "$hs_change"
			hs_see_worker "$hs_change" "${hs_about##* }"
			printf 'open %s %s %s %s\n' "${hs_change##*/}" "$hs_stage" "$hs_worker" "$hs_about"
		elif hs_is_kept "$hs_change"; then
			hs_count_files "$hs_change"
			printf 'kept %s %s %s\n' "${hs_change##*/}" "$hs_count" "$hs_about"
		fi
	done
}

# hs_is_loose TXN: somebody has to come to it once more. What takes back a pool of its own run has no job, and a mark that it was told.
hs_is_loose() {
	[ -e "$1/end" ] || return 0
	case $1 in
		*.back) [ ! -e "$1/told" ] && hs_first "$1/end" && [ "$hs_line" = committed ] ;;
		*) [ -d "$HSCTL_STATE/jobs/${1##*/}/run" ] && [ ! -e "$HSCTL_STATE/jobs/${1##*/}/run/rc" ] ;;
	esac
}

hs_see_stage() {
	hs_first "$1/state" || hs_line=unknown
	hs_stage=$hs_line
	if [ -e "$1/end" ]; then
		hs_stage=ended
	elif [ "$hs_stage" = committing ] && hs_first "$1/decision"; then
		[ "$hs_line" != confirm ] || hs_stage=confirmed
	elif [ "$hs_stage" = committing ] && [ -e "$1/confirm" ]; then
		hs_stage=confirming
	fi
}

# hs_see_worker TXN RUN
hs_see_worker() {
	hs_worker=none
	[ ! -e "$1/hook" ] || hs_worker=boot
	if [ -n "$hs_working" ] || hs_lives "$1/engine" || hs_run_lives "$2"; then
		hs_worker=live
		return
	fi
	while IFS= read -r hs_line; do
		case $hs_line in
			"pool_confirm_ms='0'") return ;;
			pool_confirm_ms=*) hs_worker=guard; return ;;
		esac
	done <"$1/manifest"
}

# hs_count_files TXN: sets hs_count to how many files it has changed.
hs_count_files() {
	hs_count=0
	while read -r hs_value hs_value hs_line; do
		[ "$hs_value" = same ] || hs_count=$((hs_count + 1))
	done <"$1/targets"
}

# hs_show_ends: `SECONDS PATH` of the mark that each change has ended with, in one process. The mark is an older file by a new name:
# the time that counts is that of its names.
hs_show_ends() {
	set -- "$HSCTL_STATE/txn/"*/end
	[ ! -e "$1" ] || stat -c '%Z %n' -- "$@"
}

# hs_show_starts: `JOB UNIT PLAYBOOK RUN` of each start without a known end.
hs_show_starts() {
	for hs_change in "$HSCTL_STATE/jobs/"*.*/run/super; do
		hs_change=${hs_change%/run/super}
		if [ -e "$hs_change/run/rc" ] || [ -e "$hs_change/run/refused" ]; then continue; fi
		hs_first "$hs_change/run/super" || continue
		hs_about=${hs_line##* } hs_unit=unknown hs_playbook=unknown
		while IFS= read -r hs_line; do
			hs_value=${hs_line#*\'}
			case $hs_line in
				unit=*) hs_unit=${hs_value%%\'*} ;;
				playbook=*) hs_playbook=${hs_value%%\'*} ;;
			esac
		done <"$hs_change/spec"
		printf '%s %s %s %s\n' "${hs_change##*/}" "$hs_unit" "$hs_playbook" "$hs_about"
	done
}
