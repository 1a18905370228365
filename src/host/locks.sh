# The host lock for a person: who holds it, and taking it away. Needs memory.sh, contact.sh and HSCTL_STATE.
# shellcheck disable=SC2154 # variables are shared with the other parts

# hs_show_lock: `free`, `unsafe REASON` for a folder that is not used, or `working|orphaned FENCE HELD_MS OWNER_JSON`. Orphaned: the holder is dead, and a script of it lives on.
hs_show_lock() {
	hs_may_see_lock || return
	hs_held=working
	[ -z "$hs_unclean" ] || hs_held=orphaned
	hs_field start "$hs_owner" && hs_since=$hs_value
	hs_uptime
	# Starts of processes are counted in hundredths of a second since boot: proc(5), USER_HZ.
	printf '%s %s %s %s\n' "$hs_held" "$hs_fence" "$((hs_now - hs_since * 10))" "$hs_owner"
}

# hs_take_away FENCE RUN WHO: releases the lock under the very number that a person has seen, whatever its holder does: the holder
# sees it before it starts anything more. Prints what became of it: taken, free, unsafe, or other.
hs_take_away() {
	hs_may_see_lock || return
	hs_field run "$hs_owner"
	if [ "$hs_fence" != "$1" ] || [ "$hs_value" != "$2" ]; then
		echo other
		return
	fi
	hs_new=$HSCTL_STATE/lock/.taken.$$
	printf '%s\n' "$3" >"$hs_new" && mv "$hs_new" "$HSCTL_STATE/lock/$1.released" && echo taken
}

# hs_may_see_lock: fails, having said why, when there is no holder to speak of.
hs_may_see_lock() {
	hs_identity
	hs_see_state
	if [ "$hs_condition" = unsafe ]; then
		printf 'unsafe %s\n' "$hs_reason"
		return 1
	fi
	hs_see_lock && return
	echo free
	return 1
}
