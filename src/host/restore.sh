# Taking back: by the pool itself, by its supervisor, by the next run, or after a restart of the host. Whoever does it, and however
# often it is begun again, all files end up as they were.
# shellcheck disable=SC2034,SC2154 # variables are shared with the other parts of the runner

# hs_restore: ends a transaction that has not committed. Fails when something could not be put back: it then stays open.
hs_restore() {
	hs_first "$hs_txn/state" || return 1
	case $hs_line in
		preparing) rm -f "$hs_txn/swapped" ;;
		committing) hs_restore_decision || return 0 ;;
		committed | rolled_back) hs_sync "$hs_txn/state" "$hs_txn" && hs_txn_settle; return ;;
	esac
	hs_first "$hs_txn/state"
	case $hs_line in
		rolling | restored) ;;
		*) hs_txn_mark rolling || return 1 ;;
	esac
	hs_crash restore.begun
	hs_first "$hs_txn/state"
	[ "$hs_line" = restored ] || hs_restore_files || return 1
	hs_crash restore.files
	hs_clear_beside
	hs_remove_folders "$hs_txn/made"
	# Files were replaced, so what uses them has to take up the old ones again.
	[ ! -e "$hs_txn/swapped" ] || hs_each_command activate || hs_write "$hs_txn/inactive" "$hs_stop $hs_rc" || return 1
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
	hs_txn_mark committed && hs_txn_settle
	return 1
}

# hs_restore_files: one that cannot be put back keeps none of the others away.
hs_restore_files() {
	hs_unrestored=
	if [ -e "$hs_txn/swapped" ]; then
		hs_each_file restore hs_restore_file && [ -z "$hs_unrestored" ] && hs_sync_targets || return 1
	fi
	hs_txn_mark restored
}

# hs_restore_file N ACT DEST DIGEST WAS …
hs_restore_file() {
	[ "$2" != same ] || return 0
	if [ ! -d "${3%/*}/$hs_own" ]; then
		# Somebody has removed what we had laid there. Where it is missed there is another copy.
		hs_is_as "$3" "$5" && return
		hs_find_place "${3%/*}" && (umask 022 && mkdir -p "${3%/*}") && mkdir -m 700 "${3%/*}/$hs_own"
	fi && hs_beside hs_restore_beside "$@" && return
	printf '%s cannot be put back\n' "$3" >&2
	hs_unrestored=yes
}

hs_restore_beside() {
	hs_crash restore.file
	case $2 in
		create) hs_uncreate "$@" ;;
		remove) hs_is_as "../$hs_name" - || return 0; hs_put_back "$@" ;;
		*) hs_put_back "$@" ;;
	esac || return 1
	hs_crash restore.moved
}

# hs_put_back: as long as the new file lies here the target has not been replaced.
hs_put_back() {
	# shellcheck disable=SC3013 # not POSIX, but known to dash, busybox ash and bash alike
	if [ -e "$1.new" ] || [ "../$hs_name" -ef "$1.bak" ]; then return 0; fi
	if ! hs_is_as "../$hs_name" "$4"; then
		# Put back already, and perhaps edited since.
		if [ ! -e "$1.bak" ] || hs_is_as "../$hs_name" "$5"; then return 0; fi
		hs_keep_aside "$@" || return 1
	fi
	[ -e "$1.bak" ] || hs_fetch_backup "$@" || return 1
	hs_move "$1.bak" "../$hs_name"
}

# hs_fetch_backup: from the transaction's own folder.
hs_fetch_backup() {
	ln "$HSCTL_STATE/$hs_txn/link/$1.bak" "$1.bak" 2>/dev/null || hs_copy_whole "$HSCTL_STATE/$hs_txn/old/$1.bak" "$1.bak" || return 1
	hs_is_as "$1.bak" "$5"
}

# hs_uncreate: it goes. What somebody has written into it since, or put in its place, is kept with the transaction.
hs_uncreate() {
	# shellcheck disable=SC3013 # not POSIX, but known to dash, busybox ash and bash alike
	if [ -e "$1.new" ] && ! [ "../$hs_name" -ef "$1.new" ]; then
		return 0
	fi
	hs_is_as "../$hs_name" "$4" || hs_keep_aside "$@" || return 1
	rm -f "../$hs_name"
}

# hs_keep_aside: neither the old file nor the new one: somebody's work, kept with the transaction.
hs_keep_aside() {
	if hs_is_as "../$hs_name" -; then return 0; fi
	if [ -L "../$hs_name" ]; then
		cp -P "../$hs_name" "$HSCTL_STATE/$hs_txn/aside/$1" || return 1
	else
		[ -f "../$hs_name" ] && hs_copy_whole "../$hs_name" "$HSCTL_STATE/$hs_txn/aside/$1" || return 1
	fi
	printf '%s was changed by somebody else meanwhile: kept as %s\n' "$3" "$HSCTL_STATE/$hs_txn/aside/$1" >&2
}

# hs_remove_folders FILE: those that were made for new files, from the innermost outwards, where nothing else has come into them.
hs_remove_folders() {
	[ -s "$1" ] || return 0
	hs_inwards=$1
	set --
	while IFS= read -r hs_line; do set -- "$hs_line" "$@"; done <"$hs_inwards"
	rmdir "$@" 2>/dev/null
	return 0
}
