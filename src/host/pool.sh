# A pool: files that are replaced together or not at all. This is the job's program; what it writes down in txn/JOB lets anybody
# who comes later tell how far it got, and undo it (restore.sh). Old bytes and new ones lie beside each target, in a folder of our own.
# shellcheck disable=SC2034,SC2153,SC2154 # variables are shared with the other parts of the runner

# The manifest is shell text from a verified bundle, and is read again for each step: settings, then lines
#   hs_pool_file N same|replace|create DEST DIGEST WAS MODE OWNER GROUP     - stands for nothing
#   hs_pool_command validate|activate|check N FILE WORD…                    FILE is the N of the file that it judges, else 0
hs_pool_file() {
	[ -z "$hs_stop" ] || return 0
	hs_own=.hsctl-$pool_id${hs_reverse:+-back}
	if [ -n "$hs_reverse" ]; then hs_pool_reversed "$@"; else "$hs_on_file" "$@"; fi || hs_stop=$hs_phase.$1
}

# hs_pool_reversed: what takes a file back that a transaction has put there.
hs_pool_reversed() {
	case $2 in
		replace) "$hs_on_file" "$1" restore "$3" "$5" "$4" - - - ;;
		create) "$hs_on_file" "$1" remove "$3" - "$4" - - - ;;
	esac
}

hs_pool_command() {
	case $1 in validate) hs_is_judged=yes ;; esac
	[ -z "$hs_stop" ] && [ "$1" = "$hs_on_command" ] || return 0
	hs_command=$2
	shift 2
	hs_pool_say "$@"
	hs_pool_run "$@" && return
	hs_rc=$?
	hs_stop=$hs_on_command.$hs_command
}

# hs_each_file PHASE FUNCTION and hs_each_command KIND: fail at the first failure; hs_stop tells which it was: PHASE.N or KIND.N.
hs_each_file() {
	hs_phase=$1 hs_on_file=$2 hs_on_command=none hs_stop=
	hs_pool_read "./$hs_txn/manifest"
	hs_leave_beside
	[ -z "$hs_stop" ]
}

hs_each_command() {
	hs_on_file=: hs_on_command=$1 hs_stop=
	hs_pool_read "./$hs_txn/manifest"
	[ -z "$hs_stop" ]
}

# hs_pool_read FILE: only ever a file that has been verified. Who is cut off by taking a change back was cut off before it.
hs_pool_read() {
	# shellcheck disable=SC1090 # comes with the bundle
	[ ! -f "$1" ] || . "$1"
	case $hs_txn in *.back) pool_confirm_ms=0 ;; esac
}

# hs_pool_run FILE WORD…: with the playbook's variables and folder, and without ours.
hs_pool_run() {
	(
		hs_env=$HSCTL_STATE/$hs_txn/env
		HSCTL_UNIT=$pool_unit
		export HSCTL_UNIT
		[ "$hs_on_command" != validate ] || hs_show_staged "$1"
		shift
		unset HSCTL_STATE HSCTL_CRASH HSCTL_SHELL HSCTL_HOLD_MS HSCTL_GUARD_MS
		cd "${pool_cwd:-/}" || exit 1
		# shellcheck disable=SC1090 # comes with the bundle
		[ ! -e "$hs_env" ] || . "$hs_env"
		exec "$@"
	) </dev/null
}

# hs_show_staged N: HSCTL_STAGED is the folder with the new files, HSCTL_FILE the path of file N in it.
hs_show_staged() {
	HSCTL_STAGED=$PWD/$hs_txn/staged
	export HSCTL_STAGED
	while IFS= read -r hs_line; do
		[ "${hs_line%% *}" = "$1" ] || continue
		HSCTL_FILE=$HSCTL_STAGED${hs_line#* * }
		export HSCTL_FILE
	done <"$hs_txn/targets"
}

# hs_pool_say FILE WORD…: the command, as a line of the job's output. A line for the shell is shown as it is.
hs_pool_say() {
	shift
	[ "$1 $2" != '/bin/sh -c' ] || shift 2
	printf '+ %s\n' "$*"
}

# hs_pool JOB RUN INDEX: all of it. Exit codes: 0 committed, 1 nothing was changed, 2 undone, 3 could not be undone.
hs_pool() {
	hs_job=$1 hs_run=$2 hs_i=$3 hs_txn=txn/$1 hs_stop=disk hs_rc=0
	hs_identity
	hs_self
	if ! { hs_pool_make && hs_pool_begin; }; then hs_pool_refuse "$hs_stop"; fi
	hs_pool_go
}

# hs_unpool JOB RUN INDEX: takes back what that job has changed, without asking anybody: what was there before could be reached.
hs_unpool() {
	hs_job=$1.back hs_run=$2 hs_i=$3 hs_txn=txn/$1.back hs_stop=disk hs_rc=0
	hs_identity
	hs_self
	if ! { hs_pool_make && cp "txn/$1/spec" "$hs_txn/spec" && hs_pool_turn "$1" && hs_pool_about; }; then hs_pool_refuse "$hs_stop"; fi
	hs_pool_go
}

hs_pool_go() {
	hs_crash pool.begun
	hs_pool_place || hs_pool_refuse cwd
	hs_pool_prepare || hs_pool_refuse "$hs_stop"
	hs_crash pool.prepared
	hs_guard_arm || hs_pool_refuse guard
	hs_crash pool.armed
	hs_txn_mark committing || hs_pool_refuse disk
	hs_crash pool.committing
	hs_each_file swap hs_swap_file || hs_pool_undo
	hs_crash pool.swapped
	hs_were_untouched || hs_pool_undo
	if ! { hs_note_memory && hs_sync_targets; }; then hs_stop=disk; hs_pool_undo; fi
	hs_crash pool.synced
	hs_each_command activate || hs_pool_undo
	hs_crash pool.activated
	if [ -z "$hs_reverse" ]; then hs_each_command check || hs_pool_undo; fi
	hs_crash pool.checked
	hs_pool_decide || hs_pool_undo
	hs_crash pool.decided
	# What may be on disk or not does not count: another mark takes its place.
	hs_txn_mark committed || { hs_stop=disk; hs_txn_mark rolling || exit 3; hs_pool_undo; }
	hs_crash pool.committed
	hs_txn_settle
	exit 0
}

# hs_pool_make: the transaction's own folder. The runner goes in too: another version may be the one that comes later. The marks are
# there beforehand: whoever undoes it needs no room on the disk.
hs_pool_make() {
	hs_reverse=
	mkdir "$hs_txn" "$hs_txn/staged" "$hs_txn/old" "$hs_txn/link" "$hs_txn/aside" || return 1
	for hs_value in preparing committing committed rolling restored rolled_back; do
		hs_write "$hs_txn/mark.$hs_value" "$hs_value" || return 1
	done
	hs_write "$hs_txn/engine" "$hs_me" && hs_write "$hs_txn/rollback" rollback && hs_reserve "$hs_txn/why" || return 1
	ln "$hs_runner" "$hs_txn/runner" 2>/dev/null || cp "$hs_runner" "$hs_txn/runner" || return 1
	for hs_value in targets made folders backups kept laid; do : >"$hs_txn/$hs_value" || return 1; done
}

# hs_pool_begin: what is to be done, from the job. Fails with hs_stop.
hs_pool_begin() {
	cp "jobs/$hs_job/spec" "$hs_txn/spec" || return 1
	hs_on_file=: hs_on_command=none hs_stop='' pool_undoes=''
	hs_pool_read "./jobs/$hs_job/script"
	hs_stop=disk
	if [ -n "$pool_undoes" ]; then
		hs_pool_turn "$pool_undoes" || return 1
	else
		ln "jobs/$hs_job/script" "$hs_txn/manifest" || return 1
		[ ! -e "jobs/$hs_job/env" ] || cp "jobs/$hs_job/env" "$hs_txn/env" || return 1
	fi
	hs_pool_about
}

hs_pool_about() {
	hs_each_file read : || return 1
	hs_stop=disk
	hs_highest
	# A run may come in several parts, RUN, RUN-1, …: people know it by its first name.
	hs_write "$hs_txn/about" "$pool_unit $pool_memory ${hs_run%%-*}" && hs_write "$hs_txn/order" "$hs_fence $hs_i"
}

# hs_pool_turn JOB: this transaction is that one turned round. Fails with hs_stop.
hs_pool_turn() {
	hs_stop=backup hs_reverse=txn/$1
	hs_is_word "$1" && hs_first "$hs_reverse/end" && [ "$hs_line" = committed ] && [ ! -e "$hs_reverse/undone" ] || return 1
	hs_is_whole "$hs_reverse" || return 1
	hs_stop=disk
	hs_write "$hs_txn/reverse" "$hs_reverse" && ln "$hs_reverse/manifest" "$hs_txn/manifest" || return 1
	[ ! -e "$hs_reverse/env" ] || cp "$hs_reverse/env" "$hs_txn/env"
}

# hs_pool_place: commands of this pool can be run where they want to be, as far as that is not a folder that it makes.
hs_pool_place() {
	case $pool_cwd in '' | /) return ;; esac
	[ -d "$pool_cwd" ] && return
	hs_each_file read hs_makes_place || return 0
	printf '%s is no folder\n' "$pool_cwd" >&2
	return 1
}

# hs_makes_place N ACT DEST …: fails when the file lies in that folder, which then comes with it.
hs_makes_place() {
	case $3 in "${pool_cwd%/}"/*) return 1 ;; esac
}

# hs_pool_prepare: nothing of this can be seen by anybody who uses the files. What the look saw is looked at again first.
hs_pool_prepare() {
	hs_list_files || { hs_stop=disk; return 1; }
	hs_stop=disk
	hs_sync "$hs_txn/"* "$hs_txn" txn && hs_txn_mark preparing || return 1
	hs_crash pool.preparing
	hs_meet_files || return 1
	if [ -n "$hs_is_judged" ] && [ -z "$hs_reverse" ]; then
		hs_show_files && hs_each_command validate || return 1
	fi
	hs_crash pool.validated
	hs_stage_files || return 1
	hs_crash pool.staged
	hs_stop=disk
	hs_hook && : >"$hs_txn/swapped" && hs_sync_staged
}

# hs_pool_refuse WHY: nothing has been replaced yet; what was laid beside the targets goes again.
hs_pool_refuse() {
	hs_pool_why "$1"
	[ -e "$hs_txn/state" ] || exit 1
	hs_restore || exit 3
	exit 1
}

# hs_pool_undo: something has been replaced.
hs_pool_undo() {
	hs_pool_why "$hs_stop"
	hs_restore || exit 3
	exit 2
}

# hs_pool_why WHY: what went wrong first, with the exit code of the command that it was.
hs_pool_why() {
	hs_first "$hs_txn/why"
	[ -n "${hs_line# }" ] || hs_fill "$hs_txn/why" "$1 $hs_rc"
}

# hs_pool_decide: where a new connection has to confirm, the pool waits for the one link that decides: by the controller, or by
# whoever undoes it. Time is counted by what nobody can set back.
hs_pool_decide() {
	[ "$pool_confirm_ms" -gt 0 ] || return 0
	hs_uptime
	hs_until=$((hs_now + pool_confirm_ms)) hs_stop=disk
	# Before all is done there is nothing that a confirmation could be linked from.
	hs_write "$hs_txn/confirm" confirm || return 1
	printf '%s\n' "{\"e\":\"confirming\",\"i\":$hs_i,\"ms\":$pool_confirm_ms}" >>"runs/$hs_run/events"
	hs_crash pool.confirming
	hs_stop=confirm
	until [ -e "$hs_txn/decision" ]; do
		hs_nap 0.1
		hs_uptime
		[ "$hs_now" -lt "$hs_until" ] || ln "$hs_txn/rollback" "$hs_txn/decision" 2>/dev/null || [ -e "$hs_txn/decision" ] || return 1
	done
	hs_first "$hs_txn/decision" && [ "$hs_line" = confirm ]
}

# hs_note_memory: a line for each file that this pool has put on the host: `DIGEST SOURCE DEST`. The digest of what was there, and that
# of the file it was made from: they differ where somebody's change was merged. It counts with the commit (hs_txn_settle).
hs_note_memory() {
	hs_new=$hs_txn/memory
	: >"$hs_new" || return 1
	[ ! -e "pools/$pool_memory" ] || cp "pools/$pool_memory" "$hs_txn/before" || return 1
	if [ -n "$hs_reverse" ]; then
		[ ! -e "$hs_reverse/before" ] || cp "$hs_reverse/before" "$hs_new"
		return
	fi
	hs_listed='
'
	hs_each_file remember hs_note_file || return 1
	[ ! -e "$hs_txn/before" ] || hs_note_others
}

hs_note_file() {
	eval "hs_value=\${pool_source_$1-}"
	hs_listed=$hs_listed$3'
'
	printf '%s %s %s\n' "$4" "${hs_value:-$4}" "$3" >>"$hs_new"
}

# What an earlier version of this pool has put elsewhere.
hs_note_others() {
	while IFS= read -r hs_line; do
		case $hs_listed in
			*"
${hs_line#* * }
"*) ;;
			*) printf '%s\n' "$hs_line" >>"$hs_new" || return 1 ;;
		esac
	done <"$hs_txn/before"
}
