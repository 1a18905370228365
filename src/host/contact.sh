# What every program that hsctl sends begins with: the same surroundings everywhere, and where this host keeps its memory.

PATH=/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin
LC_ALL=C
export PATH LC_ALL
unset ENV BASH_ENV CDPATH IFS
umask 077
case ${HOME-} in /*) ;; *) eval "HOME=~$(id -un 2>/dev/null)" ;; esac
case $HOME in /*) ;; *) HOME=/ ;; esac
export HOME
cd /

# hs_locate_state [FOLDER]: sets HSCTL_STATE to the folder given by the inventory, else to root's or the user's own place
# (XDG base directories). Touches nothing.
hs_locate_state() {
	HSCTL_STATE=${1-}
	if [ -z "$HSCTL_STATE" ]; then
		if [ "$(id -u)" = 0 ]; then
			HSCTL_STATE=/var/lib/hsctl
		else
			HSCTL_STATE=${XDG_STATE_HOME:-$HOME/.local/state}/hsctl
		fi
	fi
	export HSCTL_STATE
}

# hs_make_state: the folder itself must be made by us, closed to others; its parents are nobody's secret.
hs_make_state() {
	[ -d "$HSCTL_STATE" ] && return
	mkdir -p "${HSCTL_STATE%/*}/" && mkdir -m 700 "$HSCTL_STATE"
}

# hs_frame NAME TEXT: one answer, with its length in bytes: whatever the text holds, the reader cannot be led astray.
hs_frame() {
	printf '%s %s %s\n%s\n' "$hs_nonce" "$1" "${#2}" "$2"
}
