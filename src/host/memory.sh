# What can be known of this host by looking, from the folder HSCTL_STATE. It writes nothing, and works where there is nothing.
# shellcheck disable=SC2034,SC2154 # variables are shared with the other parts of the runner

# hs_memory_state RUNNER_SHA256: three lines.
#   state present|absent|unsafe|unwritable REASON
#   runner SHA256|none          lib/runner-SHA256 is there and holds these bytes
#   lock free|held OWNER_JSON
hs_memory_state() {
	[ -n "${hs_boot-}" ] || hs_identity
	hs_see_state
	printf 'state %s%s\n' "$hs_condition" "${hs_reason:+ $hs_reason}"
	hs_runner=none
	if [ "$hs_condition" = present ] && [ -f "$HSCTL_STATE/lib/runner-$1" ]; then
		hs_sum=$(sha256sum <"$HSCTL_STATE/lib/runner-$1")
		[ "${hs_sum%% *}" != "$1" ] || hs_runner=$1
	fi
	printf 'runner %s\n' "$hs_runner"
	if hs_see_lock; then printf 'lock held %s\n' "$hs_owner"; else printf 'lock free\n'; fi
}

# hs_memory_unit UNIT KEY…: what the host remembers of a unit and of the jobs with these keys, a line each.
#   receipt NAME JSON · damaged NAME · job KEY.ATTEMPT STATE EVIDENCE
# The evidence of a finished job is its receipt, or `told` when a receipt under its own key tells of it.
hs_memory_unit() {
	hs_recall_unit "$@"
	[ -z "$hs_print" ] || printf '%s\n' "$hs_print"
}

# hs_recall_unit UNIT KEY…: the same, left in hs_print.
hs_recall_unit() {
	[ -n "${hs_boot-}" ] || hs_identity
	hs_print=
	for hs_file in "$HSCTL_STATE/receipts/$1~"*.json; do
		[ -e "$hs_file" ] || [ -L "$hs_file" ] || continue
		if hs_first "$hs_file" && hs_is_receipt "$hs_line"; then
			hs_recalled "receipt ${hs_file##*/} $hs_line"
		else
			hs_recalled "damaged ${hs_file##*/}"
		fi
	done
	shift
	for hs_key in "$@"; do
		for hs_file in "$HSCTL_STATE/jobs/$hs_key."*; do
			[ -d "$hs_file" ] || continue
			hs_see_job "$hs_file"
			[ "$hs_state" = finished ] && hs_is_told "$hs_key" "$hs_evidence" && hs_evidence=told
			hs_recalled "job ${hs_file##*/} $hs_state $hs_evidence"
		done
	done
}

hs_recalled() {
	hs_print="$hs_print${hs_print:+
}$1"
}

# hs_memory_pending: `pending SERVICE RUN` for each restart that a finished job asked for and that has not been done yet.
hs_memory_pending() {
	for hs_file in "$HSCTL_STATE/pending/"*; do
		[ -f "$hs_file" ] || continue
		hs_first "$hs_file" || hs_line=unknown
		printf 'pending %s %s\n' "${hs_file##*/}" "$hs_line"
	done
}

# hs_see_state: sets hs_condition and hs_reason for the folder itself.
hs_see_state() {
	hs_reason=
	if [ -L "$HSCTL_STATE" ]; then
		hs_condition=unsafe hs_reason="it is a symbolic link"
	elif [ ! -e "$HSCTL_STATE" ]; then
		hs_see_parent "${HSCTL_STATE%/*}"
	elif [ ! -d "$HSCTL_STATE" ]; then
		hs_condition=unsafe hs_reason="it is not a folder"
	else
		hs_see_folder
	fi
}

# hs_see_parent FOLDER: what is absent can be made when the nearest folder above it takes writes.
hs_see_parent() {
	hs_parent=${1:-/}
	while [ ! -e "$hs_parent" ]; do
		case $hs_parent in */*) hs_parent=${hs_parent%/*} ;; *) hs_parent= ;; esac
		hs_parent=${hs_parent:-/}
	done
	hs_condition=absent
	[ -w "$hs_parent" ] || hs_condition=unwritable hs_reason="$hs_parent takes no writes"
}

hs_see_folder() {
	hs_condition=unsafe
	# shellcheck disable=SC3067 # not POSIX, but known to dash, busybox ash and bash alike; the way without it costs a process
	[ -O "$HSCTL_STATE" ] || { hs_reason="it belongs to somebody else"; return; }
	case $(ls -ldn "$HSCTL_STATE") in
		d????-??-*) ;;
		*) hs_reason="others may write to it"; return ;;
	esac
	hs_condition=present
	[ -w "$HSCTL_STATE" ] || hs_condition=unwritable hs_reason="it takes no writes"
}

# hs_see_lock: succeeds while the host lock is held. Sets hs_fence (the highest number given out), hs_owner (its holder, JSON),
# and hs_unclean when the last holder died without giving it back.
hs_see_lock() {
	hs_owner='' hs_unclean=''
	hs_highest
	[ "$hs_fence" -gt 0 ] || return 1
	hs_first "$HSCTL_STATE/lock/$hs_fence"
	hs_owner=$hs_line
	[ ! -e "$HSCTL_STATE/lock/$hs_fence.released" ] || return 1
	hs_field pid "$hs_owner" && hs_pid=$hs_value
	hs_field start "$hs_owner" && hs_since=$hs_value
	hs_field boot "$hs_owner" && hs_alive "$hs_pid" "$hs_since" "$hs_value" && return 0
	hs_unclean=yes
	hs_see_orphan
}

# hs_order_changes: names under txn, the latest begun first, by the fences of their runs and their places in them: clocks may be set.
hs_order_changes() {
	hs_list_orders | sort -k1,1nr -k2,2nr | while read -r hs_value; do printf '%s\n' "${hs_value##* }"; done
}

hs_list_orders() {
	for hs_change in "$HSCTL_STATE/txn/"*; do
		[ -d "$hs_change" ] || continue
		hs_first "$hs_change/order" || hs_line='0 0'
		printf '%s %s\n' "$hs_line" "${hs_change##*/}"
	done
}

# hs_is_kept TXN: it stands, and can be taken back as long as its backup is whole.
hs_is_kept() {
	if [ -e "$1/undone" ] || [ -e "$1/reverse" ]; then return 1; fi
	hs_first "$1/end" && [ "$hs_line" = committed ]
}

# hs_run_lives RUN: the supervisor of any of its parts, RUN, RUN-1, ….
hs_run_lives() {
	for hs_file in "$HSCTL_STATE/runs/$1" "$HSCTL_STATE/runs/$1-"*; do ! hs_lives "$hs_file/super" || return 0; done
	return 1
}

hs_highest() {
	hs_fence=0
	for hs_file in "$HSCTL_STATE/lock/"[0-9]*; do
		hs_value=${hs_file##*/}
		case $hs_value in *[!0-9]*) continue ;; esac
		[ "$hs_value" -le "$hs_fence" ] || hs_fence=$hs_value
	done
}

# hs_see_orphan: succeeds when a script still runs whose supervisor is dead, or something that takes a pool's change back.
hs_see_orphan() {
	for hs_file in "$HSCTL_STATE/txn/"*/engine; do
		[ ! -e "${hs_file%engine}end" ] && hs_lives "$hs_file" && return 0
	done
	for hs_file in "$HSCTL_STATE/jobs/"*/run/gate; do
		[ -e "${hs_file%gate}rc" ] && continue
		hs_lives "$hs_file" && return 0
	done
	return 1
}

# hs_see_job FOLDER: sets hs_state and hs_evidence for one job.
#   staged       published, never claimed                      void         proved never started
#   claimed      nobody alive, the start gate untouched        refused      refused before its start
#   running      its supervisor lives                          finished     its receipt is the evidence
#   orphan       its supervisor is dead, the script lives      abandoned    a later start went on without knowing its end
#   lost         both dead in this life of the host            interrupted  the host was restarted in the middle
#   damaged      its files cannot be read
hs_see_job() {
	hs_state='' hs_evidence=none
	if [ ! -d "$1/run" ]; then hs_state=staged
	elif [ -e "$1/run/abandoned" ]; then hs_state=abandoned
	elif [ -e "$1/run/rc" ]; then hs_see_end "$1"
	elif [ -e "$1/run/refused" ]; then hs_state=refused
	elif hs_lives "$1/run/super"; then hs_state=running
	elif [ ! -e "$1/run/gate" ]; then hs_state=claimed
	else hs_see_gate "$1"
	fi
	[ "$hs_evidence" != none ] || hs_see_evidence "$1"
}

hs_see_end() {
	hs_state=damaged
	hs_first "$1/run/rc" && hs_is_receipt "$hs_line" && hs_state=finished hs_evidence=$hs_line
}

hs_see_gate() {
	hs_first "$1/run/gate"
	# shellcheck disable=SC2086 # split into its fields
	case $hs_line in
		void) hs_state=void ;;
		[1-9]*' '*' '*) hs_see_child $hs_line ;;
		*) hs_state=damaged ;;
	esac
}

hs_see_child() {
	if hs_alive "$1" "$2" "$3"; then hs_state=orphan
	elif [ "$3" = "$hs_boot" ]; then hs_state=lost
	else hs_state=interrupted
	fi
}

# hs_see_evidence FOLDER: the records that the state was seen by.
hs_see_evidence() {
	hs_first "$1/run/super" && hs_evidence="supervisor $hs_line"
	hs_first "$1/run/gate" && hs_evidence="$hs_evidence, gate $hs_line"
	hs_first "$1/run/refused" && hs_evidence="$hs_evidence, refused $hs_line"
	return 0
}

# hs_is_told KEY RECEIPT: the receipt is kept under this key (that of an undo is kept under the key that it undoes), or a newer one.
hs_is_told() {
	hs_field key "$2" && [ "$hs_value" = "$1" ] && ! hs_is_news "$2"
}

# hs_is_news RECEIPT: no receipt of its name is there, or an older or a damaged one. Fences grow from run to run, clocks do not.
hs_is_news() {
	hs_name_receipt "$1"
	hs_first "$HSCTL_STATE/receipts/$hs_name" && hs_is_receipt "$hs_line" || return 0
	hs_field fence "$hs_line"
	hs_since=$hs_value
	hs_field fence "$1"
	[ "${hs_value:-0}" -gt "${hs_since:-0}" ]
}

# hs_name_receipt RECEIPT: sets hs_name to the file name it is kept under.
hs_name_receipt() {
	hs_field unit "$1" && hs_name=$hs_value~
	hs_field playbook "$1" && hs_name=$hs_name$hs_value~
	hs_field key "$1" && hs_name=$hs_name$hs_value.json
}

# A receipt is written in one piece and ends as it should, or it proves nothing.
hs_is_receipt() {
	case $1 in '{"format":"hsctl/receipt/v1",'*'}') ;; *) return 1 ;; esac
}

# hs_field NAME JSON: sets hs_value to a string or number of a line that we wrote: no blanks, no nesting, no escapes in what is asked for.
hs_field() {
	hs_value=${2#*"\"$1\":"}
	[ "$hs_value" != "$2" ] || { hs_value=; return 1; }
	case $hs_value in
		\"*) hs_value=${hs_value#\"} && hs_value=${hs_value%%\"*} ;;
		*) hs_value=${hs_value%%[,\}]*} ;;
	esac
}
