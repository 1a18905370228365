# One file of a pool: met again, staged, backed up, swapped. All in a folder of our own beside the target (same file system, closed to
# everybody else, of a name that no program reads): in folders that others may write to nobody can put a link under our feet.
# shellcheck disable=SC2034,SC2154 # variables are shared with the other parts of the runner

# Arguments of all of them: N ACT DEST DIGEST WAS MODE OWNER GROUP. What can be done for all files by one process is done so: of a
# list in the transaction's folder.

# hs_with LIST FUNCTION: calls it with the lines of txn/JOB/LIST as words, some hundred at a time. Fails when one call did.
hs_with() {
	hs_list=$hs_txn/$1 hs_call=$2 hs_done=0
	set --
	while IFS= read -r hs_line; do
		set -- "$@" "$hs_line"
		[ $# -lt 400 ] || { "$hs_call" "$@" || hs_done=1; set --; }
	done <"$hs_list"
	[ $# -eq 0 ] || "$hs_call" "$@" || hs_done=1
	return "$hs_done"
}

# hs_list_file: which paths this is about, and what becomes of them, for looks at a transaction that is open; and which folders have
# to be made for it. All of it is on disk before the first folder is.
hs_list_file() {
	printf '%s %s %s\n' "$1" "$2" "$3" >>"$hs_txn/targets" || return 1
	[ "$2" = same ] || hs_list_folder "${3%/*}"
}

# hs_list_files: of all.
hs_list_files() {
	hs_folders='
' hs_made='
' hs_is_judged=''
	hs_each_file list hs_list_file && hs_sum_manifest
}

hs_list_folder() {
	case $hs_folders in
		*"
$1
"*) return 0 ;;
	esac
	hs_folders=$hs_folders$1'
'
	hs_list_missing "$1" && printf '%s\n' "$1/$hs_own" >>"$hs_txn/folders"
}

# hs_list_missing FOLDER: from the outside inwards.
hs_list_missing() {
	case $hs_made in
		*"
$1
"*) return 0 ;;
	esac
	[ ! -d "${1:-/}" ] || return 0
	hs_list_missing "${1%/*}" || return 1
	hs_made=$hs_made$1'
'
	printf '%s\n' "$1" >>"$hs_txn/made"
}

# hs_meet_files: the targets are what they were when the plan was made. One look tells whether all are, another one which is not.
hs_meet_files() {
	: >"$hs_txn/sums" || return 1
	hs_each_file meet hs_meet_type || return 1
	hs_holds sums || hs_each_file meet hs_meet_file
}

hs_meet_type() {
	case $2 in
		same) return 0 ;;
		create) [ -e "$3" ] || [ -L "$3" ] || return 0 ;;
		*)
			if [ -f "$3" ] && [ ! -L "$3" ]; then
				printf '%s  %s\n' "$5" "$3" >>"$hs_txn/sums"
				return
			fi
			;;
	esac
	hs_is_other "$3"
}

hs_meet_file() {
	[ "$2" = same ] || hs_is_as "$3" "$5" || hs_is_other "$3"
}

hs_is_other() {
	printf '%s is not what it was when the plan was made\n' "$1" >&2
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

# hs_holds LIST…: of lines `DIGEST  PATH`, as sha256sum(1) wants them.
hs_holds() {
	for hs_file in "$@"; do
		shift
		[ ! -s "$hs_txn/$hs_file" ] || set -- "$@" "$hs_txn/$hs_file"
	done
	[ $# -eq 0 ] || sha256sum -c "$@" >/dev/null 2>&1
}

# hs_show_files: the whole set of the pool under one folder, as it will be, for those who validate it.
hs_show_files() {
	: >"$hs_txn/sums" || return 1
	hs_each_file stage hs_show_file || return 1
	hs_stop=stage
	hs_holds sums
}

hs_show_file() {
	[ -d "$hs_txn/staged${3%/*}" ] || mkdir -p "$hs_txn/staged${3%/*}" || return 1
	case $2 in
		same) cp -p "$3" "$hs_txn/staged$3" ;;
		*) cp "jobs/$hs_job/files/$1" "$hs_txn/staged$3" && printf '%s  %s\n' "$4" "$hs_txn/staged$3" >>"$hs_txn/sums" ;;
	esac
}

# hs_stage_files: old and new beside the targets, the old ones also in the transaction's folder, and all of it looked at.
hs_stage_files() {
	hs_stop=stage
	hs_with made hs_make_folders && hs_with folders hs_make_beside || return 1
	hs_each_file stage hs_stage_file || return 1
	hs_stop=stage
	hs_with backups hs_copy_backups || return 1
	hs_holds kept laid || hs_each_file stage hs_check_file
}

hs_make_folders() {
	mkdir -m 755 "$@"
}

# What is there by that name already is not ours.
hs_make_beside() {
	for hs_file in "$@"; do hs_find_place "${hs_file%/*}" || return 1; done
	mkdir -m 700 "$@"
}

hs_stage_file() {
	[ "$2" != same ] || return 0
	hs_beside hs_stage_beside "$@" && return
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

# hs_beside FUNCTION N ACT DEST …: calls it inside our folder beside DEST, with hs_name set. The folder must be closed, ours, and
# where the path leads: whoever owns one above may have moved it. From inside, all paths are about the very same folder. The next
# file is mostly in the same one: we stay until hs_leave_beside.
hs_beside() {
	hs_name=${4##*/}
	[ "$hs_inside" = "${4%/*}/$hs_own" ] || hs_enter_beside "${4%/*}" || return 1
	"$@"
}

hs_enter_beside() {
	hs_leave_beside
	hs_find_place "$1" && cd -P "$hs_place/$hs_own" 2>/dev/null || return 1
	hs_inside=$1/$hs_own
	# shellcheck disable=SC3067 # not POSIX, but known to dash, busybox ash and bash alike
	[ -O . ] && [ "$PWD" = "$hs_place/$hs_own" ] || return 1
	case $(ls -ldn .) in d????-??-*) ;; *) return 1 ;; esac
}

hs_leave_beside() {
	hs_inside=
	cd "$HSCTL_STATE" || exit 3
}

# hs_find_place FOLDER: sets hs_place to where it really is. A link on the way counts only where nobody but root and us can turn it.
hs_find_place() {
	hs_place='' hs_way=$1/ hs_turns=0
	while [ -n "$hs_way" ]; do
		hs_part=${hs_way%%/*}
		hs_way=${hs_way#*/}
		case $hs_part in
			'' | .) continue ;;
			..) hs_place=${hs_place%/*} ;;
			*) if [ -L "$hs_place/$hs_part" ]; then hs_turn || return 1; else hs_place=$hs_place/$hs_part; fi ;;
		esac
	done
}

hs_turn() {
	hs_turns=$((hs_turns + 1))
	if ! { [ "$hs_turns" -le 40 ] && hs_is_firm "${hs_place:-/}/." && hs_is_firm "$hs_place/$hs_part"; }; then
		printf '%s is a link that somebody else may turn elsewhere\n' "$hs_place/$hs_part" >&2
		return 1
	fi
	hs_part=$(readlink "$hs_place/$hs_part"; echo .)
	hs_part=${hs_part%??}
	case $hs_part in /*) hs_place= ;; esac
	hs_way=$hs_part/$hs_way
}

# hs_is_firm PATH: it belongs to root or to us, and is no folder in which everybody may rename what belongs to others.
hs_is_firm() {
	# shellcheck disable=SC2046 # fields
	set -- $(ls -ldn "$1")
	case ${1-} in '' | d???????w[!tT]*) return 1 ;; esac
	[ "$3" = 0 ] || [ "$3" = "$(id -u)" ]
}

# hs_back_up: the same inode under another name keeps owner, mode, ACL, attributes and label, whatever they are. A file system
# without links gets a copy. The second copy (hs_copy_backups) is for later, out of everybody's reach.
hs_back_up() {
	[ -f "../$hs_name" ] && [ ! -L "../$hs_name" ] || return 1
	ln "../$hs_name" "$1.bak" 2>/dev/null || hs_copy_whole "../$hs_name" "$1.bak" || return 1
	printf '%s\n' "$hs_inside/$1.bak" >>"$HSCTL_STATE/$hs_txn/backups" &&
		printf '%s  %s\n' "$5" "$hs_inside/$1.bak" >>"$HSCTL_STATE/$hs_txn/kept" &&
		printf '%s  %s\n' "$5" "$HSCTL_STATE/$hs_txn/old/$1.bak" >>"$HSCTL_STATE/$hs_txn/laid"
}

# hs_copy_backups PATH…: where it is the same file system, also as further names of the same inodes: they outlive the commit.
hs_copy_backups() {
	ln "$@" "$hs_txn/link/" 2>/dev/null
	cp --preserve=all -- "$@" "$hs_txn/old/" 2>/dev/null && return
	for hs_file in "$@"; do hs_copy_whole "$hs_file" "$hs_txn/old/${hs_file##*/}" || return 1; done
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
	[ "$2" = create ] || hs_dress "$1.new" || return 1
	hs_crash pool.dressed
	hs_give "$1.new" "$7" "$8" || return 1
	case $2$6 in
		replace-) ;;
		create-) chmod 644 "$1.new" ;;
		*) chmod -- "$6" "$1.new" ;;
	esac || return 1
	printf '%s  %s\n' "$4" "$hs_inside/$1.new" >>"$HSCTL_STATE/$hs_txn/laid"
}

# hs_dress FILE [LESS]: everything that belongs to the target but its bytes and its times; LESS=,ownership: not its owner either.
hs_dress() {
	cp --attributes-only --preserve=all --no-preserve="timestamps${2-}" -- "../$hs_name" "$1" 2>/dev/null && return
	# shellcheck disable=SC2046 # owner, group and mode are words
	set -- "$1" "${2-}" $(stat -c '%u:%g %a' "../$hs_name") && [ $# -eq 4 ] || return 1
	[ -n "$2" ] || chown "$3" "$1" || return 1
	chmod "$4" "$1" && hs_copy_acl "../$hs_name" "$1"
}

# hs_give FILE OWNER GROUP: a new owner loses setuid and capabilities: they are put on again.
hs_give() {
	[ "$2$3" != -- ] || return 0
	[ "$2" = - ] || chown -- "$2" "$1" || return 1
	[ "$3" = - ] || chgrp -- "$3" "$1" || return 1
	[ ! -e "../$hs_name" ] || hs_dress "$1" ,ownership
}

# hs_take_old: the file that a committed transaction has replaced; the very same inode where it is still whole.
hs_take_old() {
	hs_kept=$HSCTL_STATE/$hs_reverse
	if hs_is_as "$hs_kept/link/$1.bak" "$4" && ln "$hs_kept/link/$1.bak" "$1.new" 2>/dev/null; then return; fi
	if hs_is_as "$hs_kept/old/$1.bak" "$4"; then
		hs_copy_whole "$hs_kept/old/$1.bak" "$1.new" && hs_is_as "$1.new" "$4"
		return
	fi
	printf 'the backup of %s is damaged or gone\n' "$3" >&2
	hs_phase=backup
	return 1
}

# hs_check_file: one of all that were staged is not what it has to be.
hs_check_file() {
	[ "$2" != same ] || return 0
	if [ "$2" != create ] && ! hs_is_as "${3%/*}/$hs_own/$1.bak" "$5"; then
		hs_phase=meet
		hs_is_other "$3"
		return
	fi
	[ "$2" = create ] || hs_is_as "$hs_txn/old/$1.bak" "$5" && { [ "$2" = remove ] || hs_is_as "${3%/*}/$hs_own/$1.new" "$4"; } && return
	printf '%s cannot be staged\n' "$3" >&2
	return 1
}

# hs_sync_staged: bytes, names, and the records that tell of them.
hs_sync_staged() {
	{
		while IFS= read -r hs_line; do
			hs_list_present "$hs_line/"* "$hs_line" "${hs_line%/*}/"
		done <"$hs_txn/folders"
		while IFS= read -r hs_line; do
			hs_list_present "${hs_line%/*}/"
		done <"$hs_txn/made"
		hs_list_present "$hs_txn/old/"* "$hs_txn/old" "$hs_txn/link" "$hs_txn"
		hs_hook_places
	} >"$hs_txn/forced" || return 1
	hs_with forced hs_sync
}

# hs_swap_file: looked at for the last time, and replaced in one step.
hs_swap_file() {
	[ "$2" != same ] || return 0
	hs_beside hs_swap_beside "$@" || return 1
	[ "$2" != create ] || hs_label "$3"
}

hs_swap_beside() {
	if ! hs_is_unchanged "$@"; then
		printf '%s was changed by somebody else meanwhile\n' "$3" >&2
		hs_phase=meet
		return 1
	fi
	hs_crash pool.swap
	case $2 in
		create) ln "$1.new" "../$hs_name" 2>/dev/null || { hs_is_as "../$hs_name" - && hs_move "$1.new" "../$hs_name"; } ;;
		remove) rm -f "../$hs_name" ;;
		*) hs_move "$1.new" "../$hs_name" ;;
	esac || return 1
	hs_crash pool.moved
}

# Its inode is the one that was backed up; whether somebody has written into it is looked at for all of them (hs_were_untouched).
hs_is_unchanged() {
	# shellcheck disable=SC3013 # not POSIX, but known to dash, busybox ash and bash alike
	if [ "$2" != create ] && [ "../$hs_name" -ef "$1.bak" ] && [ ! -L "../$hs_name" ]; then return 0; fi
	hs_is_as "../$hs_name" "$5"
}

# hs_were_untouched: nobody has written into an old file between the look at it and its replacement; what they wrote would be lost.
hs_were_untouched() {
	hs_holds kept || hs_each_file meet hs_was_untouched
}

hs_was_untouched() {
	case $2 in same | create) return 0 ;; esac
	hs_is_as "${3%/*}/$hs_own/$1.bak" "$5" && return
	printf '%s was changed by somebody else meanwhile\n' "$3" >&2
	return 1
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

# hs_sync_targets: the folders that now hold the new names, and what is remembered of them.
hs_sync_targets() {
	{
		while IFS= read -r hs_line; do hs_list_present "${hs_line%/*}/"; done <"$hs_txn/folders"
		hs_list_present "$hs_txn/memory" "$hs_txn/before" "$hs_txn"
	} >"$hs_txn/forced" || return 1
	hs_with forced hs_sync
}

hs_list_present() {
	for hs_file in "$@"; do [ ! -e "$hs_file" ] || printf '%s\n' "$hs_file" || return 1; done
}

# hs_clear_beside: nothing of ours stays. A folder that somebody has moved away is not looked for.
hs_clear_beside() {
	[ -s "$hs_txn/folders" ] || return 0
	while IFS= read -r hs_file; do
		hs_enter_beside "${hs_file%/*}" && rm -f ./*.new ./*.bak
	done <"$hs_txn/folders"
	hs_leave_beside
	hs_with folders hs_remove_empty
}

hs_remove_empty() {
	rmdir "$@" 2>/dev/null
	return 0
}
