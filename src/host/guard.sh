# What brings a change back that cut us off: a timer of its own, and a line that the host reads when it starts. Both are there
# before the first file is replaced, and only while a transaction is open.
# shellcheck disable=SC2034,SC2154 # variables are shared with the other parts of the runner

hs_guard_arm() {
	[ "$pool_confirm_ms" -gt 0 ] || return 0
	hs_crash guard.hooked
	if [ -w /run/systemd/system ] && systemd-run --unit="hsctl-guard-${hs_own#.hsctl-}" --no-block --quiet --collect \
		--setenv=HSCTL_STATE="$HSCTL_STATE" /bin/sh "$HSCTL_STATE/$hs_txn/runner" guard "$hs_job" >/dev/null 2>&1; then
		return
	fi
	# shellcheck disable=SC2086 # the tests' shells are several words
	set -- ${HSCTL_SHELL:-/bin/sh} "$HSCTL_STATE/$hs_txn/runner" guard "$hs_job"
	if command -v setsid >/dev/null; then
		setsid setsid "$@" >/dev/null 2>&1
	else
		(trap '' HUP && "$@" >/dev/null 2>&1 &)
	fi
}

# hs_guard JOB: waits until the transaction is over. When who began it is dead, and nobody else has ended it since, it is undone from
# here. What could not be put back is tried again each minute.
hs_guard() {
	hs_identity
	hs_txn=txn/$1 hs_until=''
	hs_first "$hs_txn/about" || exit 1
	hs_run=${hs_line##* }
	while hs_is_open "$hs_txn"; do
		sleep 1
		hs_is_orphaned || continue
		hs_uptime
		hs_until=${hs_until:-$((hs_now + ${HSCTL_GUARD_MS:-5000}))}
		[ "$hs_now" -ge "$hs_until" ] || continue
		(hs_recover_all guard)
		hs_until=$((hs_now + 60000))
	done
}

# hs_is_orphaned: neither the pool nor its supervisor lives, so nobody else will end it.
hs_is_orphaned() {
	! hs_lives "$hs_txn/engine" && ! hs_run_lives "$hs_run"
}

# hs_start_up: what the host calls when it has started: nobody who began anything is alive.
hs_start_up() {
	hs_identity
	for hs_file in txn/*/about; do
		hs_is_unsettled "${hs_file%/about}" || continue
		hs_first "$hs_file"
		hs_run=${hs_line##* }
		[ -d "runs/$hs_run" ] || mkdir -p "runs/$hs_run"
		(hs_recover_all boot)
		return
	done
}

# hs_recover_all DETACHED_BY: in the name of the dead run hs_run, with a lock and a timer as a run has them.
hs_recover_all() {
	hs_self
	hs_started_at=$hs_start hs_broken='' hs_detached_by=$1 hs_more=''
	hs_lock_for_dead || return 1
	[ -z "$hs_unclean" ] || hs_sweep
	hs_user=$(id -un)
	hs_epoch=$(date -u +%s)
	hs_uptime
	hs_epoch=$((hs_epoch - hs_now / 1000))
	hs_setsid=$(command -v setsid)
	hs_watch &
	hs_watcher=$!
	hs_recover
	{ kill -9 "$hs_watcher" && wait "$hs_watcher"; } 2>/dev/null
	hs_unlock
}

# hs_lock_for_dead: takes the lock in the name of a dead run. Its file may still be the lock as well (a second name of it): to write
# into that would make us the holder of a lock that we have not got.
hs_lock_for_dead() {
	rm -f "runs/$hs_run/owner"
	hs_lock
}

# hs_hook: only root can have the host call something when it starts; others are recovered with the next run.
hs_hook() {
	[ "$(id -u)" = 0 ] || return 0
	case $HSCTL_STATE in *[!A-Za-z0-9_./@+~,:-]*) return 0 ;; esac
	hs_comes_back="[ -e '$HSCTL_STATE/$hs_txn/runner' ] && HSCTL_STATE='$HSCTL_STATE' exec /bin/sh '$HSCTL_STATE/$hs_txn/runner' recover"
	if [ -d /run/systemd/system ]; then
		hs_hook_systemd "/etc/systemd/system/hsctl-recover-${hs_own#.hsctl-}.service"
	elif [ -d /etc/cron.d ]; then
		hs_hook_cron "/etc/cron.d/hsctl-recover-${hs_own#.hsctl-}"
	fi && return
	echo 'nothing can be put where this host would read it when it starts: after a restart only the next run takes the change back' >&2
	hs_guard_disarm
	rm -f "$hs_txn/hook"
}

# After everything else: what it restarts must not wait for it.
hs_hook_systemd() {
	hs_write "$hs_txn/hook" "$1" && mkdir -p /etc/systemd/system/multi-user.target.wants || return 1
	{
		printf '[Unit]\nDescription=hsctl takes back a change that was interrupted\nAfter=multi-user.target\n'
		printf '[Service]\nType=oneshot\nExecStart=/bin/sh -c "%s"\n[Install]\nWantedBy=multi-user.target\n' "$hs_comes_back"
	} 2>/dev/null >"$1" && ln -sf "$1" "/etc/systemd/system/multi-user.target.wants/${1##*/}"
}

hs_hook_cron() {
	hs_write "$hs_txn/hook" "$1" && printf 'PATH=%s\n@reboot root %s\n' "$PATH" "$hs_comes_back" 2>/dev/null >"$1"
}

# hs_hook_places: what is to be on disk of it.
hs_hook_places() {
	hs_first "$hs_txn/hook" || return 0
	printf '%s\n' "$hs_line" "${hs_line%/*}"
	case $hs_line in *.service) echo /etc/systemd/system/multi-user.target.wants ;; esac
}

hs_guard_disarm() {
	hs_first "$hs_txn/hook" || return 0
	case $hs_line in
		/etc/systemd/system/hsctl-recover-*.service) rm -f "$hs_line" "/etc/systemd/system/multi-user.target.wants/${hs_line##*/}" ;;
		/etc/cron.d/hsctl-recover-*) rm -f "$hs_line" ;;
	esac
	return 0
}
