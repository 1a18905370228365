# What brings a change back that cut us off: a timer of its own, and a line that the host reads when it starts. Both are there
# before the first file is replaced, and only while a transaction is open.
# shellcheck disable=SC2034,SC2154 # variables are shared with the other parts of the runner

hs_guard_arm() {
	hs_hook || return 1
	[ "$pool_confirm_ms" -gt 0 ] || return 0
	hs_crash guard.hooked
	if [ -w /run/systemd/system ] && systemd-run --unit="hsctl-guard-$pool_id" --no-block --quiet --collect \
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

# hs_guard JOB: waits until the transaction is over. When the time to confirm it has long passed and who began it is dead, it is
# undone from here. The time of its commands is theirs: as long as they live, they are waited for.
hs_guard() {
	hs_identity
	hs_self
	hs_txn=txn/$1
	hs_first "$hs_txn/about" || exit 1
	hs_run=${hs_line##* }
	hs_started_at=$hs_start hs_broken='' hs_detached_by=guard
	while hs_is_open "$hs_txn"; do
		sleep 1
		hs_is_orphaned || continue
		hs_uptime
		hs_until=${hs_until:-$((hs_now + ${HSCTL_GUARD_MS:-5000}))}
		[ "$hs_now" -ge "$hs_until" ] || continue
		hs_lock || continue
		hs_recover_all
	done
}

# hs_is_orphaned: neither the pool nor its supervisor lives, so nobody else will end it.
hs_is_orphaned() {
	! hs_lives "$hs_txn/engine" && ! hs_lives "runs/$hs_run/super"
}

# hs_recover_all: in the runner's own name, with the lock held.
hs_recover_all() {
	hs_user=$(id -un)
	hs_epoch=$(date -u +%s)
	hs_uptime
	hs_epoch=$((hs_epoch - hs_now / 1000))
	hs_more=
	hs_recover hs_recover_here
	hs_unlock
}

# hs_start_up: what the host calls when it has started: nobody who began anything is alive.
hs_start_up() {
	hs_identity
	hs_self
	hs_started_at=$hs_start hs_broken='' hs_detached_by=boot
	for hs_file in txn/*/about; do
		hs_is_open "${hs_file%/about}" && hs_first "$hs_file" || continue
		hs_run=${hs_line##* }
		[ -d "runs/$hs_run" ] || mkdir -p "runs/$hs_run"
		hs_lock && hs_recover_all
		return
	done
}

# hs_hook: only root can have the host call something when it starts; others are recovered with the next run.
hs_hook() {
	[ "$(id -u)" = 0 ] || return 0
	hs_line="[ -e '$HSCTL_STATE/$hs_txn/runner' ] && HSCTL_STATE='$HSCTL_STATE' exec /bin/sh '$HSCTL_STATE/$hs_txn/runner' recover"
	case $HSCTL_STATE in *[\'%]*) return 0 ;; esac
	if [ -d /run/systemd/system ]; then
		hs_hook_systemd "/etc/systemd/system/hsctl-recover-$pool_id.service"
	elif [ -d /etc/cron.d ]; then
		hs_hook_cron "/etc/cron.d/hsctl-recover-$pool_id"
	fi
	return 0
}

# After everything else: what it restarts must not wait for it.
hs_hook_systemd() {
	printf '%s\n' "$1" >"$hs_txn/hook"
	{
		printf '[Unit]\nDescription=hsctl takes back a change that was interrupted\nAfter=multi-user.target\n'
		printf '[Service]\nType=oneshot\nExecStart=/bin/sh -c "%s"\n[Install]\nWantedBy=multi-user.target\n' "$hs_line"
	} >"$1"
	mkdir -p /etc/systemd/system/multi-user.target.wants
	ln -sf "$1" "/etc/systemd/system/multi-user.target.wants/${1##*/}"
	hs_sync "$1" /etc/systemd/system /etc/systemd/system/multi-user.target.wants "$hs_txn/hook"
}

hs_hook_cron() {
	printf '%s\n' "$1" >"$hs_txn/hook"
	printf 'PATH=%s\n@reboot root %s\n' "$PATH" "$hs_line" >"$1"
	hs_sync "$1" /etc/cron.d "$hs_txn/hook"
}

hs_guard_disarm() {
	hs_first "$hs_txn/hook" || return 0
	case $hs_line in
		/etc/systemd/system/hsctl-recover-*.service) rm -f "$hs_line" "/etc/systemd/system/multi-user.target.wants/${hs_line##*/}" ;;
		/etc/cron.d/hsctl-recover-*) rm -f "$hs_line" ;;
	esac
	return 0
}
