# The supervisor of a run: works through the units of this host in order, whether anybody watches or not.
# shellcheck disable=SC2034,SC2154 # variables are shared with the other parts of the runner

# hs_sequence RUN DETACHED_BY: lines of runs/RUN/sequence are `INDEX run|check|restart|verify JOB NEEDS AFTER`.
hs_sequence() {
	hs_run=$1 hs_detached_by=$2 hs_done=' ' hs_owner='' hs_watcher='' hs_starts=0 hs_broken='' hs_is_announced='' hs_spent=''
	exec >>"runs/$hs_run/log" 2>&1 3>&- 4>&- 5>&- 6>&- 7>&- 8>&- 9>&-
	hs_become_supervisor || return 0
	if hs_lock_in_time; then
		hs_open
		while read -r hs_i hs_kind hs_job hs_needs hs_after || [ -n "$hs_i" ]; do hs_unit; done <"runs/$hs_run/sequence"
		hs_close
	else
		[ -n "$hs_owner" ] || hs_owner='{}'
		hs_event "{\"e\":\"locked\",\"owner\":$hs_owner}"
	fi
	rm -rf "runs/$hs_run/jobs"
	hs_event '{"e":"end"}'
	# Waited for, because bash has words of its own on a child that was killed.
	[ -z "$hs_watcher" ] || { kill -9 "$hs_watcher" && wait "$hs_watcher"; } 2>/dev/null
	# Its end by our hand must not become our exit code: systemd would call the service failed.
	return 0
}

# hs_lock_in_time: runs/RUN/wait says for how many milliseconds another run may be waited for; a word to stop ends that too.
hs_lock_in_time() {
	hs_lock && return
	hs_first "runs/$hs_run/wait" || return 1
	case $hs_line in '' | *[!0-9]*) return 1 ;; esac
	hs_patience=$hs_line hs_met=''
	hs_uptime
	hs_until=$((hs_now + hs_patience))
	while [ -n "$hs_owner" ] && [ "$hs_now" -lt "$hs_until" ] && ! hs_is_stopped; do
		[ "$hs_owner" = "$hs_met" ] || hs_event "{\"e\":\"waiting\",\"owner\":$hs_owner}"
		hs_met=$hs_owner
		hs_nap 0.5
		hs_uptime
		hs_see_lock && continue
		hs_lock && return
	done
	return 1
}

# hs_become_supervisor: one of all who were told to start this run wins. A handler instead of '' for HUP: a script must not inherit
# that it is ignored.
hs_become_supervisor() {
	trap : HUP INT QUIT
	trap ': >"runs/$hs_run/cancel"' TERM
	hs_identity
	hs_self
	hs_started_at=$hs_start
	hs_crash sequence.born
	hs_write "runs/$hs_run/super.$hs_pid" "$hs_me" && ln "runs/$hs_run/super.$hs_pid" "runs/$hs_run/super" 2>/dev/null || return 1
	hs_crash sequence.super
}

hs_open() {
	hs_crash sequence.locked
	# The fence too: after a power cut it must not be given out again.
	hs_sync "runs/$hs_run/super" "runs/$hs_run" runs "lock/$hs_fence" lock || hs_broken=yes
	[ -z "$hs_unclean" ] || hs_sweep
	hs_user=$(id -un)
	hs_is_word "$hs_user" || hs_user=$(id -u)
	# The home that the looks saw, where there is one: a script must find what it was decided from.
	case ${HOME-} in
		/*) ;;
		*)
			eval "HOME=~$hs_user"
			case $HOME in /*) ;; *) HOME=/ ;; esac
			;;
	esac
	USER=$hs_user LOGNAME=$hs_user
	export HOME USER LOGNAME
	hs_epoch=$(date -u +%s)
	hs_uptime
	hs_epoch=$((hs_epoch - hs_now / 1000))
	hs_setsid=$(command -v setsid)
	hs_find_oom
	for hs_from in "runs/$hs_run/jobs/"*/; do [ -d "$hs_from" ] && set -- "$@" "${hs_from}run"; done
	[ $# -eq 0 ] || mkdir "$@"
	hs_watch &
	hs_watcher=$!
	hs_event "{\"e\":\"accepted\",\"fence\":$hs_fence,\"detached_by\":\"$hs_detached_by\",\"synced\":\"$HS_SYNCED\",\"pid\":${hs_me%% *}}"
	hs_crash sequence.accepted
	hs_recover
	# What this has put back is no doing of somebody else.
	[ -z "$hs_recovered" ] || hs_starts=1
	hs_crash sequence.recovered
}

hs_close() {
	hs_crash sequence.done
	# shellcheck disable=SC2086 # paths of safe words
	[ -z "$hs_spent" ] || rm -f $hs_spent
	hs_prune
	hs_crash sequence.unlock
	hs_unlock
	hs_crash sequence.unlocked
}

# hs_unit: decides about one line of the sequence. Every path ends in one `finished` event.
hs_unit() {
	hs_rc=null hs_ms=0 hs_by=null hs_survivors=0 hs_drift=false hs_more='' hs_out=0 hs_err=0
	hs_from=runs/$hs_run/jobs/$hs_job
	hs_crash unit
	if hs_is_stopped; then
		hs_announce_stop
		hs_finish not_started stopped
	elif hs_is_overtaken; then
		hs_finish refused overtaken
	elif hs_is_blocked; then
		hs_finish blocked need
	elif ! hs_load_spec; then
		hs_finish refused digest
	elif [ "$hs_kind" = restart ] && ! hs_is_due; then
		hs_finish skipped unchanged
	elif [ "$hs_kind" = verify ] && ! hs_is_worked; then
		hs_finish skipped unchanged
	elif [ -e "$hs_from/probe" ]; then
		hs_probed_unit
	elif [ "$hs_kind" = check ]; then
		hs_finish skipped unchanged
	else
		hs_run_job
	fi
}

# hs_probed_unit: the same print goes on as planned. Another one is somebody else's doing as long as this run has started nothing.
hs_probed_unit() {
	hs_probe
	case $? in
		0)
			if [ "$hs_kind" = check ]; then hs_finish skipped unchanged; else hs_run_job; fi
			return
			;;
		2)
			if hs_is_stopped; then hs_announce_stop; hs_finish not_started stopped; else hs_finish refused look; fi
			return
			;;
	esac
	hs_drift=true
	if [ "$hs_starts" -eq 0 ] || [ "$on_drift" = refuse ]; then
		hs_finish refused drift
		return
	fi
	hs_hold
	case $hs_word in
		run) hs_run_job ;;
		skip) hs_finish skipped answer ;;
		stopped) hs_announce_stop; hs_finish not_started stopped ;;
		*) hs_finish refused no_answer ;;
	esac
}

# hs_load_spec: the job's own words. They come from a verified bundle; what becomes part of a path or of JSON is checked all the same.
hs_load_spec() {
	unit='' playbook='' key='' attempt='' digest='' script_path_json='""' interpreter='' timeout_ms='' grace_ms='' output_cap=''
	purpose='do' program=script on_failure=keep undoes='' restarts='' service='' settle=void on_drift=refuse recheck=apart
	[ -f "$hs_from/spec" ] || return 1
	# shellcheck disable=SC1090,SC1091 # comes with the bundle
	. "$hs_from/spec"
	[ "$hs_job" = "$key.$attempt" ] || return 1
	for hs_value in "$unit" "$playbook" "$key" "$digest" "${undoes:-none}" "${service:-none}" $restarts; do
		hs_is_word "$hs_value" || return 1
	done
	case $attempt$timeout_ms$grace_ms$output_cap in '' | *[!0-9]*) return 1 ;; esac
}

hs_is_stopped() {
	[ -e "runs/$hs_run/stop" ] || [ -e "runs/$hs_run/cancel" ]
}

# hs_is_overtaken: the lock was taken away from us, or another run has it by now. Who slept through that must start nothing more.
hs_is_overtaken() {
	[ ! -e "lock/$hs_fence" ] || [ -e "lock/$hs_fence.released" ] || [ -e "lock/$((hs_fence + 1))" ]
}

hs_announce_stop() {
	[ -n "$hs_is_announced" ] || hs_event '{"e":"stopped"}'
	hs_is_announced=yes
}

# hs_is_blocked: sets hs_by to the first need that did not succeed. A skipped one is in nobody's way.
hs_is_blocked() {
	hs_split "$hs_needs"
	for hs_by in $hs_list; do
		hs_status_of "$hs_by"
		case $hs_status in changed | skipped) ;; *) return 0 ;; esac
	done
	hs_by=null
	return 1
}

# hs_is_due: a unit of this run changed what the service has to take up, or an earlier run left the restart undone.
hs_is_due() {
	[ ! -e "pending/$service" ] || return 0
	hs_split "$hs_after"
	for hs_value in $hs_list; do
		hs_status_of "$hs_value"
		[ "$hs_status" != changed ] || return 0
	done
	return 1
}

# hs_is_worked: some unit of this run has done something here, well or not, in this part of it or in an earlier one.
hs_is_worked() {
	grep -q '^{"e":"finished",.*"status":"\(changed\|failed\|rolled_back\|rollback_failed\|unknown\)"' \
		"runs/${hs_run%%-*}/events" "runs/${hs_run%%-*}-"*/events 2>/dev/null && return
	hs_split "$hs_after"
	for hs_value in $hs_list; do
		hs_status_of "$hs_value"
		case $hs_status in changed | failed | rolled_back | rollback_failed | unknown) return 0 ;; esac
	done
	return 1
}

# hs_split LIST: `1,2,3` or `-` to blank separated words in hs_list.
hs_split() {
	hs_list=
	[ "$1" != - ] || return 0
	hs_rest=$1,
	while [ -n "$hs_rest" ]; do
		hs_list="$hs_list ${hs_rest%%,*}"
		hs_rest=${hs_rest#*,}
	done
}

# hs_status_of INDEX: sets hs_status; empty before its turn.
hs_status_of() {
	hs_status=${hs_done#*" $1="}
	[ "$hs_status" != "$hs_done" ] || hs_status=' '
	hs_status=${hs_status%% *}
}

# hs_finish STATUS WHY: the one verdict on the present unit.
hs_finish() {
	hs_done="$hs_done$hs_i=$1 "
	hs_event "{\"e\":\"finished\",\"i\":$hs_i,\"status\":\"$1\",\"why\":\"$2\",\"rc\":$hs_rc,\"ms\":$hs_ms,\"by\":$hs_by,\"survivors\":$hs_survivors,\"drift\":$hs_drift,\"out\":$hs_out,\"err\":$hs_err$hs_more}"
	hs_crash unit.finished
}

# hs_event JSON: appended with one write, so that no reader sees half a line. A run that cannot tell what it does stops: it is then
# found dead, with its receipts.
hs_event() {
	printf '%s\n' "$1" >>"runs/$hs_run/events" && return
	kill -9 "$hs_watcher" 2>/dev/null
	exit 1
}
