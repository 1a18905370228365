# All that this host remembers, of whatever unit: for facts that are kept. It writes nothing and comes with identity.sh and memory.sh.
# shellcheck disable=SC2034,SC2154 # variables are shared with the other parts of the runner

# hs_memory_all: the lines of hs_memory_unit, of every unit, and of every job that no receipt tells of.
hs_memory_all() {
	[ -n "${hs_boot-}" ] || hs_identity
	for hs_file in "$HSCTL_STATE/receipts/"*.json; do
		[ -e "$hs_file" ] || [ -L "$hs_file" ] || continue
		if hs_first "$hs_file" && hs_is_receipt "$hs_line"; then
			printf 'receipt %s %s\n' "${hs_file##*/}" "$hs_line"
		else
			printf 'damaged %s\n' "${hs_file##*/}"
		fi
	done
	for hs_file in "$HSCTL_STATE/jobs/"*.*; do
		[ -d "$hs_file" ] || continue
		hs_key=${hs_file##*/}
		hs_key=${hs_key%.*}
		hs_see_job "$hs_file"
		[ "$hs_state" = finished ] && hs_is_told "$hs_key" "$hs_evidence" && continue
		printf 'job %s %s %s\n' "${hs_file##*/}" "$hs_state" "$hs_evidence"
	done
}
