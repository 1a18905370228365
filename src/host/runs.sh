# Which runs this host remembers, for a controller that does not. Needs memory.sh, contact.sh and HSCTL_STATE; writes nothing.
# shellcheck disable=SC2154 # variables are shared with the other parts

# hs_remembered_runs PREFIX: a frame for each folder of a run whose name begins like that: where it stands, when it last said a
# word (seconds since 1970), who began it where, and its packed plan.
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
		hs_controller=unknown hs_person=unknown
		{ read -r hs_controller && read -r hs_person; } 2>/dev/null <"$hs_folder/controller"
		hs_is_word "$hs_controller" && hs_is_word "$hs_person" || hs_controller=unknown hs_person=unknown
		hs_spoke=$(date -r "$hs_folder/events" +%s 2>/dev/null) || hs_spoke=0
		hs_frame "run:${hs_folder##*/}" "$hs_found $hs_spoke $hs_controller $hs_person $(cat "$hs_file")"
	done
}
