# What dead runs have left open is ended before anything else is begun: the next run does it, the guard of a pool that somebody has
# to confirm, and the host when it starts. All need the lock.
# shellcheck disable=SC2034,SC2154 # variables are shared with the other parts of the runner

# hs_recover HOW: HOW is called with each transaction whose pool is dead. Sets hs_recovered when there was any.
hs_recover() {
	hs_recovered=
	for hs_file in txn/*; do
		hs_is_unsettled "$hs_file" || continue
		hs_recovered=yes
		"$1" "$hs_file" || hs_broken=yes
	done
}

# hs_is_unsettled TXN: it is open, or its end is not in a receipt yet, and nobody is at work on it.
hs_is_unsettled() {
	[ -e "$1/state" ] || return 1
	if [ -e "$1/end" ]; then
		[ -d "jobs/${1#txn/}/run" ] && [ ! -e "jobs/${1#txn/}/run/rc" ] || return 1
	fi
	! hs_lives "$1/engine"
}

# hs_recover_here TXN: in this very process, and without a timer.
hs_recover_here() {
	(hs_restore_dead "$1")
	hs_conclude_found "$1"
}

# hs_restore_dead TXN: puts back what is to be put back. Fails when it stays open.
hs_restore_dead() {
	hs_txn_load "$1" || return 1
	[ -e "$hs_txn/why" ] || hs_write "$hs_txn/why" 'died 0'
	hs_restore
}

# hs_conclude_found TXN: the receipt that the dead run could not write any more. Fails when the transaction is still open.
hs_conclude_found() {
	hs_txn=$1 hs_job=${1#txn/} hs_from=$1 hs_dir=jobs/${1#txn/}
	[ -e "$hs_txn/end" ] || return 1
	[ -d "$hs_dir/run" ] && [ ! -e "$hs_dir/run/rc" ] && hs_load_spec || return 0
	hs_uptime
	hs_began=$hs_now hs_ms=0 hs_rc=0 hs_survivors=0
	hs_measure "$hs_dir"
	[ -e "$hs_dir/run/rc.new" ] || hs_reserve "$hs_dir/run/rc.new" || return 1
	hs_pool_result
	hs_conclude "$hs_result" "$hs_why"
}

# hs_pool_result: sets hs_status_now and hs_why for people, and hs_result for the receipt, from the record of the transaction.
#   changed            it is committed                      rolled_back      files were replaced, and are back
#   failed, refused    nothing was replaced                 rollback_failed  something could not be put back, or not put into use
hs_pool_result() {
	hs_result=failed hs_step='' hs_status_now=failed hs_why=disk
	hs_first "$hs_txn/why" && hs_why=${hs_line%% *} && hs_rc=${hs_line##* }
	case $hs_rc in '' | *[!0-9]*) hs_rc=0 ;; esac
	case $hs_why in *.*) hs_step=${hs_why#*.} hs_why=${hs_why%%.*} ;; esac
	case $hs_step in *[!0-9]*) hs_step= ;; esac
	hs_state=
	hs_first "$hs_txn/end" && hs_state=$hs_line
	case $hs_state in
		committed) hs_result=ok hs_status_now=changed hs_why=exit hs_rc=0 ;;
		rolled_back)
			if [ -e "$hs_txn/inactive" ]; then hs_status_now=rollback_failed
			elif [ -e "$hs_txn/swapped" ]; then hs_status_now=rolled_back
			elif [ "$hs_why" = meet ]; then hs_status_now=refused
			fi
			;;
		*) [ ! -e "$hs_txn/state" ] || hs_status_now=rollback_failed ;;
	esac
	[ -z "$hs_step" ] || hs_more="$hs_more,\"step\":$hs_step"
}
