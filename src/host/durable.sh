# What has to survive a power cut. A write that cannot be forced to disk is an error, never reported as done.
# shellcheck disable=SC2034,SC2154 # variables are shared with the other parts of the runner

# How far hs_sync reaches here: `file`, or `system` where sync(1) knows no operands, says so, and writes everything out.
HS_SYNCED='file'

# hs_sync PATH…: forces files and folders to disk.
hs_sync() {
	hs_line=$(sync "$@" 2>&1) || return 1
	[ -z "$hs_line" ] || HS_SYNCED=system
}

# hs_write FILE TEXT: one line, read back: not every shell reports the write that failed on a full disk.
hs_write() {
	printf '%s\n' "$2" 2>/dev/null >"$1" && hs_first "$1" && [ "$hs_line" = "$2" ]
}

# hs_reserve FILE and hs_fill FILE TEXT: the same in two steps. The first takes a block of the disk while there is one, the second
# writes into it without giving it back in between: a script that fills the disk still gets its receipt.
hs_reserve() {
	hs_write "$1" ' '
}

hs_fill() {
	printf '%s\n' "$2" 2>/dev/null 1<>"$1" && hs_first "$1" && [ "$hs_line" = "$2" ]
}
