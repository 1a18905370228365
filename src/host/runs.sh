# Which runs this host remembers, for a controller that does not. Needs memory.sh, contact.sh and HSCTL_STATE; writes nothing.
# shellcheck disable=SC2154 # variables are shared with the other parts

# hs_remembered_runs PREFIX: a frame for each folder of a run whose name begins like that: where it stands, and its packed plan.
hs_remembered_runs() {
	hs_identity
	for hs_file in "$HSCTL_STATE/runs/$1"*/plan; do
		[ -f "$hs_file" ] || continue
		hs_folder=${hs_file%/plan}
		if [ "$(tail -n 1 "$hs_folder/events" 2>/dev/null)" = '{"e":"end"}' ]; then
			hs_found=over
		elif hs_lives "$hs_folder/super"; then
			hs_found=running
		else
			hs_found=dead
		fi
		hs_frame "run:${hs_folder##*/}" "$hs_found $(cat "$hs_file")"
	done
}
