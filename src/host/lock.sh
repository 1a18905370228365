# One run at a time on a host, without flock and without a clock: lock/1, lock/2, lock/3 … are taken by link(2), which has one
# winner, and the highest number is the lock. The number is the fence: it only grows.
# shellcheck disable=SC2034,SC2154 # variables are shared with the other parts of the runner

# hs_lock: takes the lock for hs_run, or fails and leaves its holder in hs_owner (empty: it could not be written).
hs_lock() {
	hs_controller=unknown hs_person=unknown
	{ read -r hs_controller && read -r hs_person; } 2>/dev/null <"runs/$hs_run/controller"
	hs_is_word "$hs_controller" || hs_controller=unknown
	hs_is_word "$hs_person" || hs_person=unknown
	hs_write "runs/$hs_run/owner" "{\"pid\":${hs_me%% *},\"start\":$hs_started_at,\"boot\":\"$hs_boot\",\"run\":\"$hs_run\",\"controller\":\"$hs_controller\",\"user\":\"$hs_person\"}" || return 1
	for hs_try in 1 2 3 4 5 6 7 8 9; do
		hs_see_lock && return 1
		hs_owner=
		hs_take $((hs_fence + 1)) && return 0
	done
	return 1
}

# hs_take NUMBER: whoever looked long ago may win a number that has been pruned since: only the highest one counts.
hs_take() {
	hs_crash lock.look
	ln "runs/$hs_run/owner" "lock/$1" 2>/dev/null || return 1
	hs_crash lock.taken
	hs_highest
	[ "$hs_fence" = "$1" ] || return 1
	hs_prune_lock
}

hs_prune_lock() {
	set -- lock/*
	[ $# -gt 20 ] || return 0
	for hs_file in "$@"; do
		hs_value=${hs_file#lock/}
		[ "${hs_value%.released}" = "$hs_fence" ] || rm -f "$hs_file"
	done
}

# hs_unlock: a run that could not write all it had to leaves the lock like a dead holder does, and the next run looks after it.
hs_unlock() {
	[ -n "$hs_broken" ] || : >>"lock/$hs_fence.released"
}
