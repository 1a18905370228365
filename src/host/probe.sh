# Looking again right before a unit: the host may have changed since the plan was made.
# shellcheck disable=SC2034,SC2154 # variables are shared with the other parts of the runner

# hs_probe: succeeds when the unit's probe prints what the plan was made from. What it printed stays in seen.INDEX. 2: it took too long.
hs_probe() {
	hs_seen=runs/$hs_run/seen.$hs_i
	hs_uptime
	hs_look_after "runs/$hs_run/probe." 60000 0 0
	(hs_probe_child) >"$hs_seen" 2>/dev/null </dev/null
	hs_look_away
	hs_first "runs/$hs_run/probe.gate" && kill -KILL "-${hs_line%% *}" 2>/dev/null
	if [ -e "runs/$hs_run/probe.ended" ]; then
		rm -f "runs/$hs_run/probe.ended"
		return 2
	fi
	hs_same "$hs_seen" "$hs_from/expect"
}

# hs_probe_child: 4 MiB are all it may print, and a look has no business to write more elsewhere. Looks that
# start nothing have nothing that would have to be ended with them: they are read by this very shell.
hs_probe_child() {
	hs_self
	hs_write "runs/$hs_run/probe.gate" "$hs_me"
	ulimit -f 8192
	set -- "$HSCTL_STATE/$hs_from/probe"
	HSCTL_LOOKS=$HSCTL_STATE/runs/$hs_run/looks
	export HSCTL_LOOKS
	cd /
	unset HSCTL_CRASH HSCTL_HOLD_MS
	# shellcheck disable=SC1090 # comes with the bundle
	if [ "$recheck" = here ]; then . "$1"; exit; fi
	# shellcheck disable=SC2086 # absent, or one word
	exec $hs_setsid /bin/sh "$1"
}

# hs_same FILE FILE: line by line, line ends at the end aside. No process: prints are short.
hs_same() {
	while :; do
		hs_ends=
		IFS= read -r hs_line <&6 || [ -n "$hs_line" ] || hs_ends=one
		IFS= read -r hs_value <&7 || [ -n "$hs_value" ] || hs_ends="$hs_ends other"
		[ "$hs_line" = "$hs_value" ] || return 1
		[ "$hs_ends" != 'one other' ] || return 0
	done 6<"$1" 7<"$2"
}

# hs_hold: shows what was seen and waits for a word. Sets hs_word to run, skip, refuse, stopped or no_answer.
hs_hold() {
	hs_event "{\"e\":\"held\",\"i\":$hs_i}"
	hs_uptime
	hs_until=$((hs_now + ${HSCTL_HOLD_MS:-600000}))
	hs_word=no_answer
	while [ "$hs_now" -lt "$hs_until" ]; do
		if hs_is_stopped; then hs_word=stopped; return; fi
		hs_first "runs/$hs_run/answer.$hs_i"
		case $hs_line in run | skip | refuse)
			hs_word=$hs_line
			hs_event "{\"e\":\"resumed\",\"i\":$hs_i,\"word\":\"$hs_word\"}"
			return
			;;
		esac
		hs_nap 0.1
		hs_uptime
	done
}
