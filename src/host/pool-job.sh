# A pool as a job: how its supervisor sees it end.
# shellcheck disable=SC2034,SC2154 # variables are shared with the other parts of the runner

# hs_end_pool: after its process has ended, in whatever way. What it left open is ended here, under the eyes of the timer.
hs_end_pool() {
	hs_txn=txn/$hs_job hs_ended=''
	hs_first "$hs_dir/run/ended" && hs_ended=${hs_line%% *} && hs_end_group "${hs_line#* }"
	if hs_is_open "$hs_txn"; then
		hs_rc=0
		hs_pool_why "${hs_ended:-died}"
		hs_crash pool.orphaned
		hs_restore_apart "$hs_txn"
	fi
	hs_measure "$hs_dir"
	hs_drop_secrets
	hs_pool_result "${hs_ended:-died}"
	[ -e "$hs_txn/state" ] || rm -rf "$hs_txn"
	if [ ! -d "$hs_txn" ] && [ "$hs_why" = disk ]; then
		hs_refuse disk
	elif [ -d "$hs_txn" ] && ! hs_is_decided "$hs_txn"; then
		# No receipt: what comes later has to go on with it.
		hs_broken=yes
		hs_finish rollback_failed "$hs_why"
	elif hs_conclude "$hs_result" "$(hs_pool_end)"; then
		hs_finish "$hs_status_now" "$hs_why"
	else
		hs_broken=yes
		hs_finish unknown disk
	fi
}

# hs_restore_apart TXN: ends it, in a process group of its own that the timer can end.
hs_restore_apart() {
	hs_apart restore "${1#txn/}"
}

# hs_apart WORD…: calls the runner so, with its output where that of the job hs_job is.
hs_apart() {
	hs_log=jobs/$hs_job
	[ -d "$hs_log" ] || hs_log=runs/$hs_run
	rm -f "runs/$hs_run/restore.ended" "runs/$hs_run/restore.gate"
	hs_uptime
	hs_look_after "runs/$hs_run/restore." "$timeout_ms" "$grace_ms" 0
	(
		hs_self
		hs_write "runs/$hs_run/restore.gate" "$hs_me"
		# shellcheck disable=SC2086 # absent, or one word
		exec $hs_setsid ${HSCTL_SHELL:-/bin/sh} "$hs_runner" "$@"
	) >>"$hs_log/out" 2>>"$hs_log/err"
	if hs_first "runs/$hs_run/restore.ended"; then
		hs_ended=${hs_line#* }
		hs_first "runs/$hs_run/restore.gate"
		hs_group=${hs_line%% *}
		hs_end_group "$hs_ended"
	fi
	hs_look_away
}

# hs_roll_pools: the commands at the end have said no: what the pools of this run have changed is taken back, the latest first.
hs_roll_pools() {
	hs_verdict=rolled_back
	for hs_rolled in $(hs_changed_pools); do
		hs_apart unpool "$hs_rolled" "$hs_run" "$hs_i"
		hs_crash pool.unpooled
		hs_txn=txn/$hs_rolled.back
		! hs_is_open "$hs_txn" || hs_restore_apart "$hs_txn"
		if ! hs_is_decided "$hs_txn" || [ "$hs_line" != committed ] || ! (hs_tell_undone "$hs_rolled"); then hs_verdict=rollback_failed; fi
		[ -e "$hs_txn/state" ] || rm -rf "$hs_txn"
	done
	hs_measure "$hs_dir"
	hs_finish "$hs_verdict" verify
}

hs_changed_pools() {
	for hs_change in $(hs_order_changes); do ! hs_is_of_run "$hs_change" || printf '%s\n' "$hs_change"; done
}

# hs_is_of_run JOB: a change of a pool that this run has made, in whichever of its parts, and that stands.
hs_is_of_run() {
	hs_first "txn/$1/about" && [ "${hs_line##* }" = "${hs_run%%-*}" ] || return 1
	[ ! -e "txn/$1/undone" ] && [ ! -e "txn/$1/reverse" ] && hs_is_decided "txn/$1" && [ "$hs_line" = committed ]
}

# hs_tell_undone JOB: its receipt says from now on that it was taken back. Of what was taken back itself nothing may be left.
hs_tell_undone() {
	hs_job=$1 hs_from=txn/$1.back
	hs_load_spec || return 1
	purpose=undo undoes=$key
	hs_word_receipt ok exit || return 1
	hs_name_receipt "$hs_receipt"
	hs_write "receipts/.$hs_name.new" "$hs_receipt" && hs_sync "receipts/.$hs_name.new" || return 1
	mv -f "receipts/.$hs_name.new" "receipts/$hs_name" && : >"$hs_from/told" && hs_sync receipts "$hs_from"
}

# hs_decide RUN INDEX confirm|rollback: of two who decide one comes first. Says `Z said`, `Z late`, or `Z early`.
hs_decide() {
	if [ ! -d "runs/$1" ]; then echo 'Z absent'; return; fi
	while read -r hs_i hs_line hs_job hs_line; do
		[ "$hs_i" = "$2" ] || continue
		if [ ! -e "txn/$hs_job/$3" ]; then
			echo 'Z early'
		elif ln "txn/$hs_job/$3" "txn/$hs_job/decision" 2>/dev/null; then
			hs_sync "txn/$hs_job/decision" "txn/$hs_job"
			echo 'Z said'
		elif hs_first "txn/$hs_job/decision" && [ "$hs_line" = "$3" ]; then
			echo 'Z said'
		else
			echo 'Z late'
		fi
		return
	done <"runs/$1/sequence"
	echo 'Z absent'
}
