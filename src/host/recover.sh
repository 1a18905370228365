# What dead runs have left open is ended before anything else is begun: the next run does it, the guard of a pool that somebody has
# to confirm, and the host when it starts. All need the lock.
# shellcheck disable=SC2034,SC2154 # variables are shared with the other parts of the runner

# hs_recover: each transaction whose pool is dead. Sets hs_recovered when there was any, and hs_broken when one stays open.
hs_recover() {
	hs_recovered=
	for hs_open_txn in txn/*; do
		hs_is_unsettled "$hs_open_txn" || continue
		hs_recovered=yes
		hs_recover_watched "$hs_open_txn" || hs_broken=yes
	done
}

# hs_is_unsettled TXN: it is not over, or its end is not in a receipt yet, and nobody is at work on it.
hs_is_unsettled() {
	[ -d "$1" ] || return 1
	if [ -e "$1/end" ]; then
		! hs_is_concluded "$1" || return 1
	fi
	! hs_lives "$1/engine"
}

# hs_is_concluded TXN: which is decided. What takes back a pool of its own run has no job: the receipt of that pool tells of it.
hs_is_concluded() {
	case $1 in
		*.back) [ -e "$1/told" ] || ! hs_is_decided "$1" || [ "$hs_line" != committed ] ;;
		*) [ ! -d "jobs/${1#txn/}/run" ] || [ -e "jobs/${1#txn/}/run/rc" ] ;;
	esac
}

# hs_recover_watched TXN: under the eyes of the timer. Fails when it stays open.
hs_recover_watched() {
	hs_txn=$1 hs_job=${1#txn/}
	hs_job=${hs_job%.back} hs_from=$1 hs_dir=jobs/$hs_job
	if [ ! -e "$1/state" ]; then
		# It had not begun: nothing outside of its own folder has been touched.
		hs_from=$hs_dir
	elif [ ! -e "$1/end" ]; then
		hs_load_spec || return 1
		hs_restore_apart "$1"
	fi
	hs_conclude_found "$1"
}

# hs_restore_dead TXN: puts back what is to be put back. Fails when it stays open. While this lives nobody else tries.
hs_restore_dead() {
	hs_identity
	hs_self
	hs_txn_load "$1" && hs_write "$1/engine" "$hs_me" || return 1
	hs_pool_why died
	hs_restore
}

# hs_conclude_found TXN: the receipt that the dead run could not write any more. Fails when the transaction is still open.
hs_conclude_found() {
	hs_uptime
	hs_began=$hs_now hs_ms=0 hs_rc=0 hs_survivors=0 hs_out=0 hs_err=0
	hs_is_decided "$1" || [ ! -e "$1/state" ] || return 1
	if [ "$1" != "txn/$hs_job" ]; then
		hs_is_concluded "$1" || hs_tell_undone "$hs_job"
	elif [ -d "$hs_dir/run" ] && [ ! -e "$hs_dir/run/rc" ] && hs_load_spec; then
		hs_measure "$hs_dir"
		# There may be a longer one in it, of a supervisor that died before it counted.
		hs_reserve "$hs_dir/run/rc.new" || return 1
		hs_pool_result died
		hs_conclude "$hs_result" "$(hs_pool_end)"
	fi || return 1
	[ -e "$1/state" ] || rm -rf "$1"
	! hs_is_open "$1"
}

# hs_pool_result WHY: sets hs_status_now and hs_why for people, and hs_result for the receipt, from the record of the transaction,
# and from WHY where that says nothing.
#   changed            it is committed                      rolled_back      files were replaced, and are back
#   failed, refused    nothing was replaced                 rollback_failed  something could not be put back, or not put into use
hs_pool_result() {
	hs_result=failed hs_step='' hs_status_now=failed hs_why=$1
	hs_first "$hs_txn/why" && [ -n "${hs_line# }" ] && hs_why=${hs_line%% *} && hs_rc=${hs_line##* }
	case $hs_rc in '' | *[!0-9]*) hs_rc=0 ;; esac
	case $hs_why in *.*) hs_step=${hs_why#*.} hs_why=${hs_why%%.*} ;; esac
	case $hs_step in *[!0-9]*) hs_step= ;; esac
	hs_state=
	hs_is_decided "$hs_txn" && hs_state=$hs_line
	case $hs_state in
		committed) hs_result=ok hs_status_now=changed hs_why=exit hs_rc=0 hs_step='' ;;
		rolled_back)
			if [ -e "$hs_txn/inactive" ]; then hs_status_now=rollback_failed
			elif [ -e "$hs_txn/swapped" ]; then hs_status_now=rolled_back
			elif [ "$hs_why" = meet ]; then hs_status_now=refused
			fi
			;;
		*) [ ! -e "$hs_txn/state" ] || hs_status_now=rollback_failed ;;
	esac
	[ -z "$hs_step" ] || hs_more="$hs_more,\"step\":$hs_step"
	[ ! -e "$hs_txn/inactive" ] || hs_more="$hs_more,\"inactive\":true"
	! hs_has_aside || hs_more="$hs_more,\"aside\":true"
}

# hs_has_aside: something that somebody else has written was in the way, and is kept.
hs_has_aside() {
	for hs_file in "$hs_txn/aside/"*; do
		if [ -e "$hs_file" ] || [ -L "$hs_file" ]; then return 0; fi
	done
	return 1
}

# hs_pool_end: how the receipt calls it.
hs_pool_end() {
	case $hs_status_now in changed) echo exit ;; *) echo "$hs_status_now" ;; esac
}
