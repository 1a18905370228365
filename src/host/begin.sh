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
# else a session of its own, else at least another parent. The supervisor gets a clean environment either way.
hs_detach() {
	set -- "$1" HSCTL_STATE="$HSCTL_STATE" HSCTL_CRASH="${HSCTL_CRASH-}" HSCTL_HOLD_MS="${HSCTL_HOLD_MS-}"
	[ -d /run/systemd/system ] && [ "$(id -u)" = 0 ] && hs_detach_service "$@" && return
	hs_run=$1
	shift
	set -- "$@" PATH="$PATH" LC_ALL=C
	if command -v setsid >/dev/null; then hs_detach_session "$@"; else hs_detach_fork "$@"; fi
}

# systemd starts services with SIGPIPE ignored, and stops all of one when a child of it runs out of memory: neither is ours.
hs_detach_service() {
	hs_service=hsctl-$1
	for hs_option in "$@"; do
		shift
		case $hs_option in HSCTL_*) set -- "$@" "--setenv=$hs_option" ;; esac
	done
	for hs_option in '--collect -p OOMPolicy=continue' ''; do
		# shellcheck disable=SC2086 # a list of options
		systemd-run --unit="$hs_service" --no-block --quiet $hs_option -p KillMode=control-group -p IgnoreSIGPIPE=no "$@" \
			/bin/sh "$hs_runner" sequence "${hs_service#hsctl-}" systemd >/dev/null 2>&1 && return
	done
	return 1
}

# Without -f the shell's `&` would leave INT and QUIT ignored in every script: so it is the second choice.
hs_detach_session() {
	# shellcheck disable=SC2086 # the tests' shells are several words
	env -i "$@" setsid -f ${HSCTL_SHELL:-/bin/sh} "$hs_runner" sequence "$hs_run" setsid >/dev/null 2>&1 && return
	# shellcheck disable=SC2086
	env -i "$@" setsid ${HSCTL_SHELL:-/bin/sh} "$hs_runner" sequence "$hs_run" setsid >/dev/null 2>&1 &
}

hs_detach_fork() {
	# shellcheck disable=SC2086
	(trap '' HUP && env -i "$@" ${HSCTL_SHELL:-/bin/sh} "$hs_runner" sequence "$hs_run" fork >/dev/null 2>&1 &)
}
