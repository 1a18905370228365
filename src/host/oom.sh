# Did the kernel end something of ours for want of memory? It counts that for each control group, and a look costs no process.
# shellcheck disable=SC2034,SC2154 # variables are shared with the other parts of the runner

# hs_find_oom: sets hs_oom_file to the file with the count of our own group, or to nothing where none can be read.
hs_find_oom() {
	hs_oom_file=
	while IFS= read -r hs_line; do
		hs_group_path=${hs_line#*:*:}
		case $hs_line in
			0::*) hs_take_oom /sys/fs/cgroup memory.events ;;
			*:memory:* | *:memory,* | *,memory[:,]*) hs_take_oom /sys/fs/cgroup/memory memory.oom_control ;;
		esac
	done 2>/dev/null </proc/self/cgroup
}

# hs_take_oom ROOT NAME: a container may see its own group as the root of all.
hs_take_oom() {
	for hs_file in "$1${hs_group_path%/}/$2" "$1/$2"; do
		if [ -r "$hs_file" ]; then
			hs_oom_file=$hs_file
			return
		fi
	done
}

# hs_count_oom: sets hs_oom to how many processes of our group the kernel has ended so, or to `unknown`.
hs_count_oom() {
	hs_oom=unknown
	[ -n "$hs_oom_file" ] || return 0
	while read -r hs_what hs_value; do
		[ "$hs_what" != oom_kill ] || hs_oom=$hs_value
	done 2>/dev/null <"$hs_oom_file"
	return 0
}
