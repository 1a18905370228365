# One file of a pool: met again, staged, backed up, swapped. All in a folder of our own beside the target (same file system, closed to
# everybody else, of a name that no program reads): in folders that others may write to nobody can put a link under our feet.
# shellcheck disable=SC2034,SC2154 # variables are shared with the other parts of the runner

# Arguments of all of them: N ACT DEST DIGEST WAS MODE OWNER GROUP.

# hs_list_file: which paths this is about, and what becomes of them, for looks at a transaction that is open.
hs_list_file() {
	printf '%s %s %s\n' "$1" "$2" "$3" >>"$hs_txn/targets"
	printf %s "$3" >"$hs_txn/paths/$1"
}

# hs_meet_file: the target is what it was when the plan was made.
hs_meet_file() {
	[ "$2" != same ] || return 0
	hs_is_as "$3" "$5" && return
	printf '%s is not what it was when the plan was made\n' "$3" >&2
	return 1
}

# hs_is_as PATH DIGEST: a regular file with these bytes; with `-`, nothing at all.
hs_is_as() {
	if [ "$2" = - ]; then
		[ ! -e "$1" ] && [ ! -L "$1" ]
		return
	fi
	[ -f "$1" ] && [ ! -L "$1" ] || return 1
	hs_sum=$(sha256sum <"$1" 2>/dev/null)
	[ "${hs_sum%% *}" = "$2" ]
}

# hs_copy_staged: the whole set of the pool under one folder, as it will be, for those who validate it.
hs_copy_staged() {
	mkdir -p "$hs_txn/staged${3%/*}" || return 1
	case $2 in
		same) cp -p "$3" "$hs_txn/staged$3" ;;
		*) hs_is_as "jobs/$hs_job/files/$1" "$4" && cp "jobs/$hs_job/files/$1" "$hs_txn/staged$3" && chmod 600 "$hs_txn/staged$3" ;;
	esac
}

# hs_stage_file: old and new beside the target, the old one also in the transaction's folder.
hs_stage_file() {
	[ "$2" != same ] || return 0
	hs_make_folders "${3%/*}" && hs_make_beside "${3%/*}" && hs_beside hs_stage_beside "$@" && return
	[ "$hs_phase" = backup ] || printf '%s cannot be staged\n' "$3" >&2
	return 1
}

hs_stage_beside() {
	hs_crash pool.file
	[ "$2" = create ] || hs_back_up "$@" || return 1
	hs_crash pool.backed
	case $2 in
		replace | create) hs_make_new "$@" ;;
		restore) hs_take_old "$@" ;;
	esac
}

# hs_make_folders FOLDER: those that are missing, each written down before it is made.
hs_make_folders() {
	[ ! -d "${1:-/}" ] || return 0
	hs_make_folders "${1%/*}" || return 1
	printf '%s\n' "$1" >>"$hs_txn/made" && hs_sync "$hs_txn/made" || return 1
	mkdir -m 755 "$1"
}

hs_make_beside() {
	hs_beside=${1:-}/.hsctl-$pool_id
	if [ -d "$hs_beside" ] && [ ! -L "$hs_beside" ]; then return; fi
	printf '%s\n' "$hs_beside" >>"$hs_txn/folders" && hs_sync "$hs_txn/folders" || return 1
	mkdir -m 700 "$hs_beside"
}

# hs_beside FUNCTION N ACT DEST …: calls it inside our folder beside DEST, with hs_name set. The folder must still be ours, closed, and
# beside the target: whoever owns the one above may have moved it. From inside, all paths are about the very same folder.
hs_beside() {
	hs_name=${4##*/}
	hs_enter_beside "${4%/*}" && "$@"
	hs_done=$?
	cd "$HSCTL_STATE" || exit 3
	return "$hs_done"
}

hs_enter_beside() {
	cd "$1/.hsctl-$pool_id" 2>/dev/null || return 1
	# shellcheck disable=SC3067,SC3013 # not POSIX, but known to dash, busybox ash and bash alike
	[ -O . ] && [ .. -ef "$1/" ] || return 1
	case $(ls -ldn .) in drwx------*) ;; *) return 1 ;; esac
}

# hs_back_up: the same inode under another name keeps owner, mode, ACL, attributes and label, whatever they are. A file system
# without links gets a copy. And a copy for later, out of everybody's reach.
hs_back_up() {
	hs_is_as "../$hs_name" "$5" || return 1
	ln "../$hs_name" "$1.bak" 2>/dev/null || hs_copy_whole "../$hs_name" "$1.bak" || return 1
	ln "../$hs_name" "$HSCTL_STATE/$hs_txn/link/$1" 2>/dev/null
	hs_copy_whole "../$hs_name" "$HSCTL_STATE/$hs_txn/old/$1" && hs_is_as "$HSCTL_STATE/$hs_txn/old/$1" "$5"
}

# hs_copy_whole FROM TO: with all that belongs to a file, as far as cp(1) of this host can.
hs_copy_whole() {
	cp --preserve=all -- "$1" "$2" 2>/dev/null && return
	cp -p "$1" "$2" && hs_copy_acl "$1" "$2"
}

hs_copy_acl() {
	command -v getfacl >/dev/null && command -v setfacl >/dev/null || return 0
	getfacl -p "$1" 2>/dev/null | setfacl --set-file=- "$2"
}

# hs_make_new: the new bytes with what belonged to the old file, and with what the playbook says of owner and mode.
hs_make_new() {
	cat "$HSCTL_STATE/jobs/$hs_job/files/$1" >"$1.new" || return 1
	if [ "$2" = replace ]; then hs_dress "../$hs_name" "$1.new"; else chmod 644 "$1.new"; fi || return 1
	hs_crash pool.dressed
	[ "$7" = - ] || chown -- "$7" "$1.new" || return 1
	[ "$8" = - ] || chgrp -- "$8" "$1.new" || return 1
	[ "$6" = - ] || chmod -- "$6" "$1.new" || return 1
	hs_is_as "$1.new" "$4"
}

# hs_dress FROM TO: everything but the bytes and the times.
hs_dress() {
	if cp --attributes-only --preserve=all -- "$1" "$2" 2>/dev/null; then
		touch "$2"
		return
	fi
	# shellcheck disable=SC2046 # owner, group and mode are words
	set -- "$1" "$2" $(stat -c '%u:%g %a' "$1") && [ $# -eq 4 ] || return 1
	chown "$3" "$2" && chmod "$4" "$2" && hs_copy_acl "$1" "$2"
}

# hs_take_old: the file that a committed transaction has replaced; the very same inode where it is still whole.
hs_take_old() {
	hs_kept=$HSCTL_STATE/$hs_reverse
	if hs_is_as "$hs_kept/link/$1" "$4" && ln "$hs_kept/link/$1" "$1.new" 2>/dev/null; then return; fi
	if ! hs_is_as "$hs_kept/old/$1" "$4"; then
		printf 'the backup of %s is damaged or gone\n' "$3" >&2
		hs_phase=backup
		return 1
	fi
	hs_copy_whole "$hs_kept/old/$1" "$1.new" && hs_is_as "$1.new" "$4"
}

# hs_sync_staged: bytes, names, and the records that tell of them.
hs_sync_staged() {
	set -- "$hs_txn/targets" "$hs_txn/made" "$hs_txn/folders" "$hs_txn/old" "$hs_txn/link" "$hs_txn"
	for hs_file in "$hs_txn/old/"*; do [ ! -e "$hs_file" ] || set -- "$@" "$hs_file"; done
	while IFS= read -r hs_line; do
		set -- "$@" "$hs_line"
		for hs_file in "$hs_line/"*.new; do [ ! -e "$hs_file" ] || set -- "$@" "$hs_file"; done
		[ "${hs_line%/*}" = '' ] || set -- "$@" "${hs_line%/*}"
	done <"$hs_txn/folders"
	hs_sync "$@"
}

# hs_swap_file: looked at for the last time, and replaced in one step.
hs_swap_file() {
	[ "$2" != same ] || return 0
	hs_beside hs_swap_beside "$@" || return 1
	[ "$2" != create ] || hs_label "$3"
}

hs_swap_beside() {
	if ! hs_is_as "../$hs_name" "$5"; then
		printf '%s was changed by somebody else meanwhile\n' "$3" >&2
		hs_phase=meet
		return 1
	fi
	hs_crash pool.swap
	if [ "$2" = remove ]; then rm -f "../$hs_name"; else hs_move "$1.new" "../$hs_name"; fi || return 1
	hs_crash pool.moved
}

# hs_move FROM TO: rename(2). -T: not into a folder that somebody has put there.
hs_move() {
	mv -f -T "$1" "$2" 2>/dev/null || { [ ! -d "$2" ] && mv -f "$1" "$2"; }
}

# hs_label PATH: a created file gets the label of its place, where the system labels files. An old one has brought its own.
hs_label() {
	[ -e /sys/fs/selinux/enforce ] && command -v restorecon >/dev/null || return 0
	restorecon -- "$1"
}

# hs_sync_targets: the folders that now hold the new names.
hs_sync_targets() {
	set --
	while IFS= read -r hs_line; do
		hs_line=${hs_line%/*}
		set -- "$@" "${hs_line:-/}"
	done <"$hs_txn/folders"
	[ $# -eq 0 ] || hs_sync "$@"
}

hs_clear_beside() {
	while IFS= read -r hs_line; do
		case $hs_line in */.hsctl-"$pool_id") rm -rf "$hs_line" ;; esac
	done <"$hs_txn/folders"
}
