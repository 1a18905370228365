# Taking back: by the pool itself, by its supervisor, by the next run, or after a restart of the host. Whoever does it, and however
# often it is begun again, all files end up as they were.
# shellcheck disable=SC2034,SC2154 # variables are shared with the other parts of the runner

# hs_restore: ends a transaction that has not committed. Fails when something could not be put back: it then stays open.
hs_restore() {
	hs_first "$hs_txn/state" || return 1
	case $hs_line in
		committed | rolled_back) hs_txn_settle; return ;;
	esac
	if [ "$hs_line" = committing ]; then
		# Files were replaced, so what uses them has to take up the old ones again.
		: >"$hs_txn/swapped" || return 1
		hs_restore_decision || return 0
	fi
	hs_txn_mark rolling || return 1
	hs_crash restore.begun
	hs_each_file restore hs_restore_file || return 1
	hs_crash restore.files
	hs_sync_targets || return 1
	hs_restore_folders
	[ ! -e "$hs_txn/swapped" ] || hs_each_command activate || hs_write "$hs_txn/inactive" "$hs_stop $hs_rc"
	hs_crash restore.activated
	hs_txn_mark rolled_back || return 1
	hs_crash restore.marked
	hs_txn_settle
	[ ! -e "$hs_txn/inactive" ]
}

# hs_restore_decision: fails when the other decision has been made: then the change stands, and is committed.
hs_restore_decision() {
	[ "$pool_confirm_ms" -gt 0 ] || return 0
	ln "$hs_txn/rollback" "$hs_txn/decision" 2>/dev/null && return
	hs_first "$hs_txn/decision" && [ "$hs_line" = confirm ] || return 0
	hs_pool_commit && hs_txn_settle
	return 1
}

# hs_restore_file N ACT DEST DIGEST WAS …
hs_restore_file() {
	[ "$2" != same ] || return 0
	# No folder of ours beside it: nothing of this file was touched, or all of it is over.
	[ -d "${3%/*}/.hsctl-$pool_id" ] || return 0
	hs_beside hs_restore_beside "$@" && return
	printf '%s cannot be put back\n' "$3" >&2
	return 1
}

hs_restore_beside() {
	hs_crash restore.file
	if [ "$2" = create ]; then hs_uncreate "$@"; else hs_put_back "$@"; fi
	hs_done=$?
	hs_crash restore.moved
	return "$hs_done"
}

# hs_put_back: as long as the new file lies here the target has not been replaced.
hs_put_back() {
	if [ ! -e "$1.bak" ]; then
		rm -f "$1.new"
		return
	fi
	# shellcheck disable=SC3013 # not POSIX, but known to dash, busybox ash and bash alike
	if [ -e "$1.new" ] || [ "../$hs_name" -ef "$1.bak" ] || hs_is_as "../$hs_name" "$5"; then
		rm -f "$1.bak" && rm -f "$1.new"
		return
	fi
	hs_is_as "../$hs_name" "$4" || hs_keep_aside "$@" || return 1
	hs_move "$1.bak" "../$hs_name"
}

# hs_uncreate: what somebody has written into it since is theirs.
hs_uncreate() {
	if [ -e "$1.new" ]; then
		rm -f "$1.new"
	elif hs_is_as "../$hs_name" "$4"; then
		rm -f "../$hs_name"
	elif [ -e "../$hs_name" ]; then
		printf '%s was changed since it was created, and stays\n' "$3" >&2
	fi
}

# hs_keep_aside: neither the old file nor the new one: somebody's work, kept with the transaction.
hs_keep_aside() {
	if [ ! -e "../$hs_name" ] && [ ! -L "../$hs_name" ]; then return 0; fi
	[ -f "../$hs_name" ] && [ ! -L "../$hs_name" ] || return 1
	hs_copy_whole "../$hs_name" "$HSCTL_STATE/$hs_txn/aside/$1" || return 1
	printf '%s was changed by somebody else meanwhile: kept as %s\n' "$3" "$HSCTL_STATE/$hs_txn/aside/$1" >&2
}

hs_restore_folders() {
	hs_clear_beside
	hs_remove_folders "$hs_txn/made"
}

# hs_remove_folders FILE: those that were made for new files, from the innermost outwards, where nothing else has come into them.
hs_remove_folders() {
	[ -s "$1" ] || return 0
	hs_list=
	while IFS= read -r hs_line; do
		hs_list="$hs_line
$hs_list"
	done <"$1"
	while IFS= read -r hs_line; do
		[ -z "$hs_line" ] || rmdir "$hs_line" 2>/dev/null
	done <<-END
		$hs_list
	END
	return 0
}

