# Earlier starts of the same content: what became of them decides whether there may be another one. Needs the lock.
# shellcheck disable=SC2034,SC2154 # variables are shared with the other parts of the runner

# hs_settle_earlier: fails when an earlier attempt of the present key still runs, or when its end is unknown and the plan did not
# know that.
hs_settle_earlier() {
	for hs_earlier in "jobs/$key."*; do
		[ ! -d "$hs_earlier" ] || [ "$hs_earlier" = "jobs/$hs_job" ] || hs_settle "$hs_earlier" || return 1
	done
}

hs_settle() {
	hs_see_job "$1"
	case $hs_state in
		staged) rm -rf "$1" ;;
		finished) hs_keep_news "$1/run/rc" "$hs_evidence" ;;
		void | refused | abandoned) ;;
		running | orphan) return 1 ;;
		claimed) hs_void "$1" || hs_settle_late "$1" ;;
		*) hs_abandon "$1" ;;
	esac
}

# hs_void FOLDER: whoever links run/gate first decides. Won: the script has never started and never will.
hs_void() {
	[ -e "$1/run/void" ] || printf 'void\n' >"$1/run/void"
	hs_crash settle.void
	ln "$1/run/void" "$1/run/gate" 2>/dev/null && hs_sync "$1/run"
}

# hs_settle_late FOLDER: it won its gate in this very moment.
hs_settle_late() {
	hs_see_job "$1"
	[ "$hs_state" != claimed ] && hs_settle "$1"
}

# hs_abandon FOLDER: it was started and nobody saw its end. Going on is a decision of the plan, and is written down as such.
hs_abandon() {
	[ "$settle" = any ] || return 1
	hs_write "$1/run/abandoned" "$hs_run" && hs_sync "$1/run/abandoned" "$1/run"
}
