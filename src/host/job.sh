# One job: published, claimed, started at most once, watched to its end, recorded.
# shellcheck disable=SC2034,SC2154 # variables are shared with the other parts of the runner

# hs_run_job: the present job (hs_job, its spec loaded) from the folder of the run. Ends with one `finished` event.
hs_run_job() {
	hs_dir=jobs/$hs_job
	if ! hs_settle_earlier; then
		hs_finish refused settle
	elif ! hs_publish; then
		hs_finish refused "$hs_why"
	elif [ "$purpose" = adopt ]; then
		hs_adopt
	elif ! hs_verify; then
		hs_refuse "$hs_why"
	else
		hs_start
		hs_end
	fi
}

# hs_publish: the folder moves to jobs/ with the record of its supervisor inside. rename(2) does not replace a folder that holds
# something, so it has one winner: that move is the claim. Fails with hs_why.
hs_publish() {
	hs_why=disk
	[ ! -d "$hs_dir" ] || [ -d "$hs_dir/run" ] || rm -rf "$hs_dir"
	hs_crash job.prepare
	hs_write "$hs_from/run/super" "$hs_me $hs_run" || return 1
	hs_write "$hs_from/run/void" void || return 1
	hs_reserve "$hs_from/run/rc.new" || return 1
	hs_crash job.publish
	if ! mv "$hs_from" jobs/ 2>/dev/null; then
		[ ! -d "$hs_dir" ] || hs_why=claimed
		return 1
	fi
	hs_crash job.published
}

# hs_adopt: nothing runs; a person's word that it was done becomes a receipt.
hs_adopt() {
	hs_uptime
	hs_began=$hs_now hs_rc=0 restarts=''
	if hs_conclude ok adopted; then
		hs_finish skipped adopted
	else
		hs_broken=yes
		hs_finish unknown disk
	fi
}

# hs_verify: these are the planned bytes, and there is a program to run them. Fails with hs_why.
hs_verify() {
	hs_why=digest
	hs_sum=$(sha256sum <"$hs_dir/script")
	[ "${hs_sum%% *}" = "$digest" ] || return 1
	hs_crash job.verified
	hs_why=interpreter
	hs_has_interpreter
}

# hs_has_interpreter: env(1) is none, its first operand is. The job's own PATH counts.
hs_has_interpreter() {
	set --
	eval "set -- $interpreter"
	case ${1-}:${2-} in
		*/env: | */env:-* | */env:*=*) ;;
		*/env:*) shift ;;
	esac
	case $1 in
		'') return 1 ;;
		*/*) [ -x "$1" ] && [ ! -d "$1" ] ;;
		*) hs_has_program "$1" >/dev/null 2>&1 ;;
	esac
}

hs_has_program() {
	# shellcheck disable=SC1090,SC1091 # comes with the bundle
	if [ -e "$hs_dir/env" ]; then (. "$hs_dir/env" && command -v "$1"); else command -v "$1"; fi
}

# hs_refuse WHY: before the start, in a folder of our own: what lies there must not look like a start.
hs_refuse() {
	hs_write "$hs_dir/run/refused" "$1"
	rm -f "$hs_dir/env" "$hs_dir/stdin"
	hs_finish refused "$1"
}

# hs_start: runs the script in the foreground, so that its end is noticed at once; hs_watch looks after it meanwhile.
hs_start() {
	hs_event "{\"e\":\"started\",\"i\":$hs_i,\"job\":\"$hs_job\"}"
	hs_crash job.started
	hs_in=/dev/null
	[ ! -e "$hs_dir/stdin" ] || hs_in=$hs_dir/stdin
	hs_uptime
	hs_began=$hs_now
	hs_count_oom
	hs_oom_before=$hs_oom
	hs_look_after "$hs_dir/run/" "$timeout_ms" "$grace_ms" "$output_cap"
	(hs_child) <"$hs_in" >>"$hs_dir/out" 2>>"$hs_dir/err"
	hs_rc=$?
	hs_starts=$((hs_starts + 1))
	hs_look_away
	hs_uptime
	hs_ms=$((hs_now - hs_began))
	hs_crash job.ended
}

# hs_child: becomes the script. Its record, linked to run/gate, is the one decision that it starts: a watcher who linked the void
# there has proved that it never did. The decision is forced to disk before the script runs, else a power cut could hide a start.
hs_child() {
	hs_passes=$hs_starts
	hs_crash child.born
	hs_self
	hs_write "$hs_dir/run/child" "$hs_me" || exit 75
	hs_crash child.gate
	ln "$hs_dir/run/child" "$hs_dir/run/gate" 2>/dev/null || exit 75
	hs_crash child.won
	hs_sync "$hs_dir/run/gate" "$hs_dir/run" "$hs_dir" jobs || hs_withdraw
	hs_crash child.exec
	if [ "$program" = pool ]; then
		unset HSCTL_HOLD_MS
		# shellcheck disable=SC2086 # absent, or one word
		exec $hs_setsid ${HSCTL_SHELL:-/bin/sh} "$hs_runner" pool "$hs_job" "$hs_run" "$hs_i"
	fi
	eval "set -- $hs_setsid $interpreter"
	set -- "$@" "$HSCTL_STATE/$hs_dir/script"
	hs_env=$HSCTL_STATE/$hs_dir/env
	cd /
	unset HSCTL_STATE HSCTL_CRASH HSCTL_HOLD_MS HSCTL_SHELL
	HSCTL_RUN=$hs_run HSCTL_UNIT=$unit HSCTL_JOB=$hs_job HSCTL_MARK=$hs_me
	export HSCTL_RUN HSCTL_UNIT HSCTL_JOB HSCTL_MARK
	# shellcheck disable=SC1090 # comes with the bundle
	[ ! -e "$hs_env" ] || . "$hs_env"
	exec "$@"
}

# hs_withdraw: won, and yet not started, because nobody could rely on the record of it.
hs_withdraw() {
	rm -f "$hs_dir/run/gate"
	exit 75
}

# hs_end: from the exit code, the gate and the watcher's mark to a receipt.
hs_end() {
	hs_first "$hs_dir/run/gate"
	hs_script=$hs_line hs_group=${hs_line%% *} hs_why=exit hs_result=failed
	case $hs_group in
		[1-9]*) ;;
		*) hs_end_unstarted "$hs_group"; return ;;
	esac
	if [ "$program" = pool ]; then
		hs_end_pool
		return
	fi
	if hs_first "$hs_dir/run/ended"; then
		hs_why=${hs_line%% *}
		hs_end_group "${hs_line#* }"
		hs_count_survivors
	elif [ "$hs_rc" -gt 128 ] && [ "$hs_rc" -le 192 ]; then
		hs_why=signal hs_more=",\"signal\":$((hs_rc - 128))"
		hs_was_oom && hs_more="$hs_more,\"oom\":true"
	elif [ "$hs_rc" -eq 0 ]; then
		hs_result=ok
	fi
	hs_measure "$hs_dir"
	hs_drop_secrets
	if ! hs_conclude "$hs_result" "$hs_why"; then
		hs_broken=yes
		hs_finish unknown disk
	elif [ "$hs_result" = ok ]; then
		hs_finish changed exit
	elif [ "$on_failure" = rollback_pools ] && [ -n "$(hs_changed_pools)" ]; then
		hs_roll_pools
	elif [ "$hs_kind" = verify ] && [ "$hs_why" = exit ]; then
		hs_finish failed verify
	else
		hs_finish failed "$hs_why"
	fi
}

# hs_was_oom: killed, while the kernel has ended something of ours for want of memory.
hs_was_oom() {
	[ "$hs_rc" -eq 137 ] || return 1
	hs_count_oom
	[ "$hs_oom" != "$hs_oom_before" ]
}

# hs_end_unstarted GATE: the child ended without the gate: somebody settled it as never started, it was killed, or had no disk.
hs_end_unstarted() {
	hs_ms=0
	[ "$1" = void ] || hs_void "$hs_dir"
	if [ "$1" = void ]; then
		hs_refuse claimed
	elif [ "$hs_rc" -gt 128 ]; then
		hs_drop_secrets
		hs_finish not_started signal
	else
		hs_refuse disk
	fi
}

# The script's environment and input may be secret: they are emptied when it has ended, which costs no process, and go at the end
# of the run.
hs_drop_secrets() {
	for hs_file in "$hs_dir/env" "$hs_dir/stdin"; do
		[ -e "$hs_file" ] || continue
		hs_spent="$hs_spent $hs_file"
		printf '' 2>/dev/null >"$hs_file"
		[ ! -s "$hs_file" ] || rm -f "$hs_file"
	done
}

# hs_measure FOLDER: sets hs_out and hs_err to the bytes printed so far. Most jobs print little, often nothing.
hs_measure() {
	hs_out=0 hs_err=0
	[ -s "$1/out" ] || [ -s "$1/err" ] || return 0
	# shellcheck disable=SC2046 # a number and a name a line
	set -- $(wc -c "$1/out" "$1/err" 2>/dev/null)
	hs_out=${1:-0} hs_err=${3:-0}
}
