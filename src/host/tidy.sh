# What dead runs leave behind.
# shellcheck disable=SC2034,SC2154 # variables are shared with the other parts of the runner

# hs_sweep: after a holder of the lock that died. Nothing of it lives any more, or we had not got the lock. Its receipts may not
# have reached the disk yet.
hs_sweep() {
	hs_find_calm
	set --
	for hs_file in jobs/*/run/rc; do
		if ! hs_first "$hs_file" || ! hs_is_receipt "$hs_line" || ! hs_field fence "$hs_line"; then continue; fi
		[ "$hs_value" -le "$hs_calm" ] || set -- "$@" "$hs_file" "${hs_file%/rc}"
	done
	[ $# -eq 0 ] || hs_sync "$@" || hs_broken=yes
	for hs_file in jobs/*/run/rc; do
		hs_first "$hs_file" && hs_is_receipt "$hs_line" && hs_keep_news "$hs_file" "$hs_line"
	done
	hs_crash sweep.kept
	for hs_file in jobs/*/env jobs/*/stdin; do
		[ ! -e "$hs_file" ] || rm -f "$hs_file"
	done
	hs_sync receipts || hs_broken=yes
}

# hs_find_calm: sets hs_calm to the fence of the last run that gave the lock back: everything up to it is on disk.
hs_find_calm() {
	hs_calm=0
	for hs_file in lock/*.released; do
		hs_value=${hs_file#lock/}
		hs_value=${hs_value%.released}
		case $hs_value in *[!0-9]*) continue ;; esac
		[ "$hs_value" -le "$hs_calm" ] || hs_calm=$hs_value
	done
}

# hs_drop_unpublished: jobs that a dead run has not come to, with what is secret in them.
hs_drop_unpublished() {
	for hs_file in runs/*/jobs; do
		[ -e "${hs_file%jobs}super" ] && ! hs_lives "${hs_file%jobs}super" && rm -rf "$hs_file"
	done
}

# hs_prune: keeps the newest 30 runs. A finished job goes with its run, its receipt stays.
hs_prune() {
	hs_forget_unstarted
	hs_drop_unpublished
	set -- runs/*
	[ $# -gt 30 ] || return 0
	hs_count=0 hs_doomed=
	# shellcheck disable=SC2045 # names of safe words, newest first
	for hs_old in $(ls -t runs); do
		hs_count=$((hs_count + 1))
		if [ "$hs_count" -le 30 ] || ! hs_is_word "$hs_old" || [ ! -e "runs/$hs_old/super" ]; then continue; fi
		hs_lives "runs/$hs_old/super" || hs_doom "$hs_old"
	done
	# shellcheck disable=SC2086 # paths of safe words
	[ -z "$hs_doomed" ] || rm -rf $hs_doomed
}

hs_doom() {
	hs_doomed="$hs_doomed runs/$1"
	while read -r hs_line hs_line hs_job hs_line; do
		if ! hs_is_word "$hs_job" || ! hs_first "jobs/$hs_job/run/super" || [ "${hs_line##* }" != "$1" ]; then continue; fi
		if ! hs_first "jobs/$hs_job/run/rc" || ! hs_is_receipt "$hs_line"; then continue; fi
		hs_keep_news "jobs/$hs_job/run/rc" "$hs_line" && hs_doomed="$hs_doomed jobs/$hs_job"
	done 2>/dev/null <"runs/$1/sequence"
}

# hs_forget_unstarted: what was staged and never begun, or published and never started, for an hour.
hs_forget_unstarted() {
	set --
	for hs_file in inbox/* runs/*; do
		[ -d "$hs_file" ] && [ ! -e "$hs_file/super" ] && set -- "$@" "$hs_file"
	done
	[ $# -eq 0 ] || find "$@" -prune -mmin +60 -exec rm -rf {} +
}
