# The transaction's own record: how far it got, and what is to be cleaned up when it is over.
# shellcheck disable=SC2034,SC2154 # variables are shared with the other parts of the runner

# hs_txn_mark STATE: preparing, committing, committed, rolling, restored or rolled_back; on disk before anything that it speaks of
# happens. The bytes of a mark were forced there when the transaction was made: it takes a name, and no room.
hs_txn_mark() {
	if [ ! -e "$hs_txn/mark.$1" ]; then
		hs_write "$hs_txn/mark.$1" "$1" && hs_sync "$hs_txn/mark.$1" || return 1
	fi
	hs_crash txn.mark
	mv -f "$hs_txn/mark.$1" "$hs_txn/state" && hs_sync "$hs_txn"
}

# hs_sum_manifest and hs_is_whole TXN: by the manifest files are put back, perhaps much later.
hs_sum_manifest() {
	hs_sum=$(sha256sum <"$hs_txn/manifest") && hs_write "$hs_txn/sum" "${hs_sum%% *}"
}

hs_is_whole() {
	hs_first "$1/sum" && hs_is_as "$1/manifest" "$hs_line"
}

# hs_txn_load TXN: the settings of a transaction that somebody else began. Fails when it cannot be relied on.
hs_txn_load() {
	hs_txn=$1 hs_job=${1#txn/} hs_reverse='' hs_rc=0
	[ ! -e "$hs_txn/reverse" ] || { hs_first "$hs_txn/reverse" && hs_reverse=$hs_line; } || return 1
	hs_is_whole "$hs_txn" && hs_each_file read :
}

# hs_txn_settle: what nobody needs any more. The name `end` comes last: without it, all of this is done again.
hs_txn_settle() {
	hs_first "$hs_txn/state"
	hs_state=$hs_line
	hs_crash txn.settle
	if [ "$hs_state" = committed ]; then
		hs_remember_files || return 1
	else
		rm -rf "$hs_txn/old" "$hs_txn/link"
	fi
	hs_clear_beside
	[ "$hs_state${hs_reverse:+ undo}" != 'committed undo' ] || hs_settle_undone
	rm -rf "$hs_txn/staged" "$hs_txn/forced" "jobs/${hs_job:?}/files"
	hs_crash txn.cleared
	hs_guard_disarm
	ln "$hs_txn/state" "$hs_txn/end" 2>/dev/null || [ -e "$hs_txn/end" ] || return 1
	hs_crash txn.ended
	hs_txn_prune
}

# hs_remember_files: pools/UNIT~PLAYBOOK tells what this pool has put on the host (hs_note_memory).
hs_remember_files() {
	hs_crash txn.remember
	# shellcheck disable=SC3013 # not POSIX, but known to dash, busybox ash and bash alike
	if ! [ "$hs_txn/memory" -ef "pools/$pool_memory" ]; then
		ln -f "$hs_txn/memory" "pools/.$pool_memory" && mv -f "pools/.$pool_memory" "pools/$pool_memory" || return 1
	fi
	hs_sync pools
}

# hs_settle_undone: what was turned round cannot be turned round again: the folders made for it go, and its backup.
hs_settle_undone() {
	[ -d "$hs_reverse" ] || return 0
	hs_remove_folders "$hs_reverse/made"
	: >"$hs_reverse/undone"
	rm -rf "$hs_reverse/link" "$hs_reverse/old"
}

# hs_is_open TXN: it has begun and is not over.
hs_is_open() {
	[ -e "$1/state" ] && [ ! -e "$1/end" ]
}

# hs_is_decided TXN: all is new or all is old; hs_line tells which. There may still be something to clean up.
hs_is_decided() {
	hs_first "$1/state" || return 1
	case $hs_line in committed | rolled_back) ;; *) return 1 ;; esac
}

# hs_txn_prune: of the changes of one pool the newest keep their backup. What somebody else's edit was kept in stays for a person.
hs_txn_prune() {
	hs_kept=0
	for hs_old in $(hs_order_changes); do
		hs_is_of_pool "$hs_old" || continue
		if hs_is_kept "txn/$hs_old"; then
			hs_kept=$((hs_kept + 1))
			[ "$hs_kept" -gt "$pool_keep" ] || continue
		fi
		[ "txn/$hs_old" = "$hs_txn" ] || [ "$(ls "txn/$hs_old/aside" 2>/dev/null)" ] || rm -rf "txn/${hs_old:?}"
	done
}

# hs_is_of_pool JOB: another change of the present pool, and it is over.
hs_is_of_pool() {
	hs_is_word "$1" && [ -e "txn/$1/end" ] && hs_first "txn/$1/about" || return 1
	[ "${hs_line% *}" = "$pool_unit $pool_memory" ]
}
