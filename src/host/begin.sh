# From a staged folder to a run that goes on by itself.
# shellcheck disable=SC2034,SC2154 # variables are shared with the other parts of the runner

# hs_begin RUN NONCE: verifies inbox/NONCE, publishes it as runs/RUN, starts its supervisor, and watches. All of it can be said
# twice: a link that broke in the middle is answered by the same words again.
hs_begin() {
	if [ ! -d "runs/$1" ]; then
		hs_accept "$2"
		hs_crash begin.verified
		mv -T "inbox/$2" "runs/$1" 2>/dev/null || mv "inbox/$2" "runs/$1" 2>/dev/null || [ -d "runs/$1" ] || hs_reject disk
		hs_crash begin.moved
	fi
	# Somebody else published the run meanwhile, and an mv without -T put this copy into its folder.
	if [ -d "inbox/$2" ] || [ -d "runs/$1/$2" ]; then rm -rf "inbox/$2" "runs/${1:?}/${2:?}"; fi
	if [ ! -e "runs/$1/super" ]; then
		: >>"runs/$1/events"
		hs_detach "$1"
		hs_crash begin.detached
	fi
	hs_follow "$1"
}

# hs_accept NONCE: every file is listed and every listed file holds its bytes. sha256sum prints two words for each file.
hs_accept() {
	cd "inbox/$1" 2>/dev/null || hs_reject absent
	hs_checked=$(sha256sum -c manifest 2>/dev/null) || hs_reject mismatch
	hs_found=$(find . ! -type d)
	# shellcheck disable=SC2086 # counted in words
	set -- "$(hs_count_words $hs_checked)" "$(hs_count_words $hs_found)" "$1"
	[ $(($1 / 2 + 1)) -eq "$2" ] || hs_reject unlisted
	cd "$HSCTL_STATE" || exit 3
}

hs_count_words() {
	echo $#
}

# hs_reject WHICH: nothing of a bundle that did not arrive whole is kept.
hs_reject() {
	cd "$HSCTL_STATE" && rm -rf "inbox/${hs_nonce:?}"
	printf 'X manifest %s\n' "$1"
	exit 4
}

# hs_detach RUN: a service of its own where systemd runs the host (its cgroup finds every child, and no login's end touches it),
# else a session of its own, else at least another parent. The supervisor gets a clean environment in each.
hs_detach() {
	hs_run=$1
	set -- env -i PATH="$PATH" LC_ALL=C HOME="${HOME-}" HSCTL_STATE="$HSCTL_STATE" HSCTL_CRASH="${HSCTL_CRASH-}" HSCTL_HOLD_MS="${HSCTL_HOLD_MS-}" HSCTL_SHELL="${HSCTL_SHELL-}"
	# shellcheck disable=SC2086 # the tests' shells are several words
	set -- "$@" ${HSCTL_SHELL:-/bin/sh} "$hs_runner" sequence "$hs_run"
	# Only root may write there, and only systemd makes it: sd_booted(3).
	if [ -w /run/systemd/system ] && hs_detach_service "$@" systemd; then return; fi
	if command -v setsid >/dev/null; then hs_detach_session "$@" setsid; else hs_detach_fork "$@" fork; fi
}

# systemd starts services with SIGPIPE ignored, and stops all of one when a child of it runs out of memory: neither is ours. Old
# ones know neither --collect nor OOMPolicy.
hs_detach_service() {
	for hs_option in '--collect -p OOMPolicy=continue' ''; do
		# shellcheck disable=SC2086 # a list of options
		systemd-run --unit="hsctl-$hs_run" --no-block --quiet $hs_option -p KillMode=control-group -p IgnoreSIGPIPE=no "$@" \
			>/dev/null 2>&1 && return
	done
	return 1
}

# A shell's `&` would leave INT and QUIT ignored in every script. The first setsid makes a leader, the second, finding that it is
# one, goes on in the background: setsid(1) of util-linux and of busybox alike.
hs_detach_session() {
	setsid setsid "$@" >/dev/null 2>&1
}

hs_detach_fork() {
	(trap '' HUP && "$@" >/dev/null 2>&1 &)
}
