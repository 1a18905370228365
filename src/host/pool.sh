# A pool: files that are replaced together or not at all. This is the job's program; what it writes down in txn/JOB lets anybody
# who comes later tell how far it got, and undo it (restore.sh). Old bytes and new ones lie beside each target, in a folder of our own.
# shellcheck disable=SC2034,SC2154 # variables are shared with the other parts of the runner

# The manifest is shell text from a verified bundle, and is read again for each step: settings, then lines
#   hs_pool_file N same|replace|create DEST DIGEST WAS MODE OWNER GROUP     - stands for nothing
#   hs_pool_command validate|activate|check N FILE WORD…                    FILE is the N of the file that it judges, else 0
hs_pool_file() {
	[ -z "$hs_stop" ] || return 0
	if [ -n "$hs_reverse" ]; then hs_pool_reversed "$@"; else $hs_on_file "$@"; fi || hs_stop=$hs_phase.$1
}

# hs_pool_reversed: what takes a file back that a transaction has put there.
hs_pool_reversed() {
	case $2 in
		replace) $hs_on_file "$1" restore "$3" "$5" "$4" - - - ;;
		create) $hs_on_file "$1" remove "$3" - "$4" - - - ;;
	esac
}

hs_pool_command() {
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
	[ -z "$hs_stop" ]
}

hs_each_command() {
	hs_on_file=: hs_on_command=$1 hs_stop=
	hs_pool_read "./$hs_txn/manifest"
	[ -z "$hs_stop" ]
}

# hs_pool_read FILE: only ever a file that has been verified.
hs_pool_read() {
	# shellcheck disable=SC1090 # comes with the bundle
	[ -f "$1" ] && . "$1"
}

# hs_pool_run FILE WORD…: with the playbook's variables and folder, and without ours.
hs_pool_run() {
	(
		hs_env=$HSCTL_STATE/$hs_txn/env
		HSCTL_STAGED=$HSCTL_STATE/$hs_txn/staged HSCTL_UNIT=$pool_unit
		export HSCTL_STAGED HSCTL_UNIT
		[ "$1" = 0 ] || hs_staged_path "$1"
		shift
		unset HSCTL_STATE HSCTL_CRASH HSCTL_HOLD_MS
		cd "${pool_cwd:-/}" || exit 1
		# shellcheck disable=SC1090 # comes with the bundle
		[ ! -e "$hs_env" ] || . "$hs_env"
		exec "$@"
	) </dev/null
}

# hs_staged_path N: HSCTL_FILE becomes the path of the new file N under HSCTL_STAGED.
hs_staged_path() {
	HSCTL_FILE=$(cat "$HSCTL_STATE/$hs_txn/paths/$1"; echo .)
	HSCTL_FILE=$HSCTL_STAGED${HSCTL_FILE%.}
	export HSCTL_FILE
}

# hs_pool_say FILE WORD…: the command, as a line of the job's output. A line for the shell is shown as it is.
hs_pool_say() {
	shift
	[ "$1 $2" != '/bin/sh -c' ] || shift 2
	printf '+ %s\n' "$*"
}

# hs_pool JOB RUN INDEX: all of it. Exit codes: 0 committed, 1 nothing was changed, 2 undone, 3 could not be undone.
hs_pool() {
	hs_job=$1 hs_run=$2 hs_i=$3 hs_txn=txn/$1
	hs_identity
	hs_self
	hs_pool_make && hs_pool_begin || hs_pool_refuse disk
	hs_pool_go
}

# hs_unpool JOB RUN INDEX: takes back what that job has changed, without asking anybody: what was there before could be reached.
hs_unpool() {
	hs_job=$1.back hs_run=$2 hs_i=$3 hs_txn=txn/$1.back
	hs_identity
	hs_self
	hs_pool_make && cp "txn/$1/spec" "$hs_txn/spec" && hs_pool_turn "$1" && hs_pool_about || hs_pool_refuse disk
	pool_confirm_ms=0
	hs_pool_go
}

hs_pool_go() {
	hs_rc=0
	hs_crash pool.begun
	hs_pool_prepare || hs_pool_refuse "$hs_stop"
	hs_crash pool.prepared
	hs_guard_arm || hs_pool_refuse guard
	hs_crash pool.armed
	hs_txn_mark committing || hs_pool_refuse disk
	hs_crash pool.committing
	hs_each_file swap hs_swap_file || hs_pool_undo
	hs_crash pool.swapped
	hs_sync_targets || { hs_stop=disk; hs_pool_undo; }
	hs_crash pool.synced
	hs_each_command activate || hs_pool_undo
	hs_crash pool.activated
	if [ -z "$hs_reverse" ]; then hs_each_command check || hs_pool_undo; fi
	hs_crash pool.checked
	hs_pool_decide || hs_pool_undo
	hs_crash pool.decided
	hs_pool_commit || { hs_stop=disk; hs_pool_undo; }
	hs_crash pool.committed
	hs_txn_settle
	exit 0
}

# hs_pool_make: the transaction's own folder. The runner goes in too: another version may be the one that comes later.
hs_pool_make() {
	hs_reverse=
	mkdir -p txn pools && mkdir -m 700 "$hs_txn" || return 1
	for hs_file in staged old link paths aside; do mkdir "$hs_txn/$hs_file" || return 1; done
	hs_write "$hs_txn/engine" "$hs_me" && hs_write "$hs_txn/rollback" rollback || return 1
	ln "$hs_runner" "$hs_txn/runner" 2>/dev/null || cp "$hs_runner" "$hs_txn/runner" || return 1
	: >"$hs_txn/targets" && : >"$hs_txn/made" && : >"$hs_txn/folders"
}

# hs_pool_begin: what is to be done, from the job.
hs_pool_begin() {
	cp "jobs/$hs_job/spec" "$hs_txn/spec" || return 1
	hs_on_file=: hs_on_command=none hs_stop='' pool_undoes=''
	hs_pool_read "./jobs/$hs_job/script" || return 1
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
	hs_write "$hs_txn/about" "$pool_unit $pool_memory $hs_run"
}

# hs_pool_turn JOB: this transaction is that one turned round.
hs_pool_turn() {
	hs_reverse=txn/$1
	hs_write "$hs_txn/reverse" "$hs_reverse" || return 1
	hs_is_word "$1" && [ -e "$hs_reverse/state" ] && [ ! -e "$hs_reverse/undone" ] || return 1
	ln "$hs_reverse/manifest" "$hs_txn/manifest" || return 1
	[ ! -e "$hs_reverse/env" ] || cp "$hs_reverse/env" "$hs_txn/env"
}

# hs_pool_prepare: nothing of this can be seen by anybody who uses the files. What the look saw is looked at again first.
hs_pool_prepare() {
	hs_each_file list hs_list_file || return 1
	hs_sync "$hs_txn/targets" "$hs_txn/manifest" "$hs_txn" txn || { hs_stop=disk; return 1; }
	hs_txn_mark preparing || { hs_stop=disk; return 1; }
	hs_crash pool.preparing
	hs_each_file meet hs_meet_file || return 1
	[ -n "$hs_reverse" ] || hs_each_file stage hs_copy_staged || return 1
	[ -n "$hs_reverse" ] || hs_each_command validate || return 1
	hs_crash pool.validated
	hs_each_file stage hs_stage_file || return 1
	hs_crash pool.staged
	hs_sync_staged || { hs_stop=disk; return 1; }
}

# hs_pool_refuse WHY: nothing has been replaced yet; what was laid beside the targets goes again.
hs_pool_refuse() {
	hs_pool_why "$1"
	if [ ! -e "$hs_txn/state" ]; then
		rm -rf "${hs_txn:?}"
		exit 1
	fi
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
	[ -e "$hs_txn/why" ] || hs_write "$hs_txn/why" "${1:-disk} $hs_rc"
}

# hs_pool_decide: where a new connection has to confirm, the pool waits for the one link that decides: by the controller, or by
# whoever undoes it. Time is counted by what nobody can set back.
hs_pool_decide() {
	[ "$pool_confirm_ms" -gt 0 ] || return 0
	hs_uptime
	hs_until=$((hs_now + pool_confirm_ms))
	# Before all is done there is nothing that a confirmation could be linked from.
	hs_write "$hs_txn/confirm" confirm || { hs_stop=disk; return 1; }
	printf '%s\n' "{\"e\":\"confirming\",\"i\":$hs_i,\"ms\":$pool_confirm_ms}" >>"runs/$hs_run/events"
	hs_crash pool.confirming
	while [ ! -e "$hs_txn/decision" ]; do
		hs_uptime
		[ "$hs_now" -lt "$hs_until" ] || ln "$hs_txn/rollback" "$hs_txn/decision" 2>/dev/null
		hs_nap 0.1
	done
	hs_stop=confirm
	hs_first "$hs_txn/decision" && [ "$hs_line" = confirm ] && hs_stop=
}

# hs_pool_commit: what is ours from now on is remembered before the one mark that commits.
hs_pool_commit() {
	hs_remember_files || return 1
	hs_crash pool.remembered
	hs_txn_mark committed
}

# hs_remember_files: pools/UNIT~PLAYBOOK has a line for each file that this pool has put on the host: `DIGEST SOURCE DEST`. The
# digest of what was there, and that of the file it was made from: they differ where somebody's change was merged.
hs_remember_files() {
	hs_new=$hs_txn/memory
	: >"$hs_new" || return 1
	if [ -n "$hs_reverse" ]; then
		[ ! -e "$hs_reverse/before" ] || cp "$hs_reverse/before" "$hs_new" || return 1
	else
		[ ! -e "pools/$pool_memory" ] || cp "pools/$pool_memory" "$hs_txn/before" || return 1
		hs_each_file remember hs_remember_file || return 1
		[ ! -e "$hs_txn/before" ] || hs_remember_others || return 1
	fi
	hs_sync "$hs_new" "$hs_txn" || return 1
	ln -f "$hs_new" "pools/.$pool_memory" && mv -f "pools/.$pool_memory" "pools/$pool_memory" && hs_sync pools
}

hs_remember_file() {
	eval "hs_value=\${pool_source_$1-}"
	printf '%s %s %s\n' "$4" "${hs_value:-$4}" "$3" >>"$hs_new"
}

# What an earlier version of this pool has put elsewhere.
hs_remember_others() {
	while IFS= read -r hs_value; do
		hs_is_listed=
		while IFS= read -r hs_line; do [ "${hs_line#* * }" != "${hs_value#* * }" ] || hs_is_listed=yes; done <"$hs_new"
		[ -n "$hs_is_listed" ] || printf '%s\n' "$hs_value" >>"$hs_new"
	done <"$hs_txn/before"
}
