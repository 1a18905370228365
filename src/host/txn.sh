# The transaction's own record: how far it got, and what is to be cleaned up when it is over.
# shellcheck disable=SC2034,SC2154 # variables are shared with the other parts of the runner

# hs_txn_mark STATE: preparing, committing, committed, rolling or rolled_back; on disk before anything that it speaks of happens.
hs_txn_mark() {
	hs_write "$hs_txn/state.new" "$1" && hs_sync "$hs_txn/state.new" || return 1
	hs_crash txn.mark
	mv -f "$hs_txn/state.new" "$hs_txn/state" && hs_sync "$hs_txn"
}

# hs_txn_load TXN: the settings of a transaction that somebody else began. Fails when it cannot be read.
hs_txn_load() {
	hs_txn=$1 hs_job=${1#txn/} hs_reverse='' hs_rc=0
	[ ! -e "$hs_txn/reverse" ] || { hs_first "$hs_txn/reverse" && hs_reverse=$hs_line; } || return 1
	hs_each_file read :
}

# hs_txn_settle: what nobody needs any more. The mark `end` comes last: without it, all of this is done again.
hs_txn_settle() {
	hs_first "$hs_txn/state"
	hs_state=$hs_line
	hs_crash txn.settle
	hs_clear_beside
	rm -rf "$hs_txn/staged" "$hs_txn/paths" "$hs_txn/state.new" "jobs/$hs_job/files"
	if [ "$hs_state" = committed ]; then
		[ -z "$hs_reverse" ] || hs_settle_undone
	else
		rm -rf "$hs_txn/old" "$hs_txn/link"
	fi
	hs_crash txn.cleared
	hs_write "$hs_txn/end" "$hs_state" && hs_sync "$hs_txn/end" "$hs_txn" || return 1
	hs_crash txn.ended
	hs_guard_disarm
	hs_txn_prune
}

# hs_settle_undone: what was turned round cannot be turned round again, and the folders made for it go.
hs_settle_undone() {
	hs_remove_folders "$hs_reverse/made"
	[ ! -d "$hs_reverse" ] || : >"$hs_reverse/undone"
}

# hs_is_open TXN: it has begun and is not over.
hs_is_open() {
	[ -e "$1/state" ] && [ ! -e "$1/end" ]
}

# hs_txn_prune: of the changes of one pool the newest keep their backup. What somebody else's edit was kept in stays for a person.
hs_txn_prune() {
	hs_kept=0
	# shellcheck disable=SC2045 # names of safe words, newest first
	for hs_old in $(ls -t txn); do
		hs_is_word "$hs_old" && hs_first "txn/$hs_old/about" && [ "${hs_line%% *}" = "$pool_unit" ] || continue
		hs_line=${hs_line#* }
		[ "${hs_line%% *}" = "$pool_memory" ] && [ -e "txn/$hs_old/end" ] || continue
		if hs_first "txn/$hs_old/end" && [ "$hs_line" = committed ] && [ ! -e "txn/$hs_old/undone" ] && [ ! -e "txn/$hs_old/reverse" ]; then
			hs_kept=$((hs_kept + 1))
			[ "$hs_kept" -gt "$pool_keep" ] || continue
		elif [ "txn/$hs_old" = "$hs_txn" ] || [ "$(ls "txn/$hs_old/aside" 2>/dev/null)" ]; then
			continue
		fi
		rm -rf "txn/${hs_old:?}"
	done
}
