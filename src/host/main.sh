# What the runner can be told. Nothing happens before this last part has arrived: a runner cut short does nothing.
#   begin RUN NONCE · follow RUN [EVENTS_OFFSET [INDEX OUT_OFFSET ERR_OFFSET]] · status RUN
#   stop RUN (start nothing new) · cancel RUN (and end what runs) · answer RUN INDEX run|skip|refuse
#   confirm RUN INDEX · revoke RUN INDEX (undo what waits for a confirmation) · recover (undo what dead runs have left open)
# and by the runner itself: sequence RUN DETACHED_BY · pool JOB RUN INDEX · restore JOB · guard JOB
# Exit codes: 0 said, 2 no such word, 3 the state folder cannot be trusted, 4 the bundle did not arrive whole.
# shellcheck disable=SC2034,SC2154 # variables are shared with the other parts of the runner

hs_main() {
	hs_verb=$1
	shift
	for hs_value in "$@"; do
		hs_is_word "$hs_value" || hs_misspoken 'unsafe word'
	done
	hs_enter
	case $hs_verb/$# in
		begin/2) hs_nonce=$2 && hs_begin "$@" ;;
		follow/[1-5]) hs_follow "$@" ;;
		sequence/2) hs_sequence "$@" ;;
		status/1) hs_status "$1" ;;
		stop/1) hs_say "$1" stop ;;
		cancel/1) hs_cancel "$1" ;;
		answer/3) hs_say "$1" "answer.$2" "$3" ;;
		confirm/2) hs_decide "$1" "$2" confirm ;;
		revoke/2) hs_decide "$1" "$2" rollback ;;
		pool/3) hs_pool "$@" ;;
		unpool/3) hs_unpool "$@" ;;
		restore/1) hs_restore_dead "txn/$1" ;;
		guard/1) hs_guard "$1" ;;
		recover/0) hs_start_up ;;
		*) hs_misspoken 'unknown word' ;;
	esac
}

# hs_enter: from here on all paths are relative to the state folder.
hs_enter() {
	case $hs_runner in /*) ;; *) hs_runner=$PWD/$hs_runner ;; esac
	case ${HSCTL_STATE-} in /*) ;; *) hs_turn_away 'HSCTL_STATE is not an absolute path' ;; esac
	hs_see_state
	[ "$hs_condition" = present ] || hs_turn_away "${hs_reason:-it is absent}"
	cd "$HSCTL_STATE" || hs_turn_away 'it cannot be entered'
	for hs_value in lib inbox runs jobs receipts pending lock txn pools; do
		[ -d "$hs_value" ] || mkdir "$hs_value" 2>/dev/null || [ -d "$hs_value" ] || hs_turn_away "cannot make $hs_value"
	done
}

hs_misspoken() {
	printf 'X usage %s\n' "$1"
	exit 2
}

hs_turn_away() {
	printf 'X unsafe %s\n' "$1"
	exit 3
}

# hs_say RUN FILE [WORD]: a word to a run is a file in its folder.
hs_say() {
	if [ ! -d "runs/$1" ]; then echo 'Z absent'; exit 0; fi
	if printf '%s\n' "${3-}" >"runs/$1/$2"; then echo 'Z said'; else echo "X state cannot write to $HSCTL_STATE"; fi
}

# hs_cancel RUN: done at once, and once more by the timer of the run, which also sees to the end of the grace. Said again after
# that, it kills: so it works where timer and supervisor are dead and only the script lives.
hs_cancel() {
	hs_say "$1" cancel
	hs_run=$1
	hs_identity
	hs_watch_once
	# What it found is no failure of the word, which has been said.
	return 0
}

# hs_status RUN: like the end of a view of it, at once.
hs_status() {
	printf 'hsctl/status/1 %s\n' "$1"
	if [ ! -d "runs/$1" ]; then echo 'Z absent'; return; fi
	hs_run=$1 hs_from=0 hs_ended=' ' hs_over=
	hs_identity
	while IFS= read -r hs_said; do
		case $hs_said in
			'{"e":"finished",'*) hs_field i "$hs_said" && hs_ended="$hs_ended$hs_value " ;;
			'{"e":"end"}') hs_over=end ;;
		esac
	done 2>/dev/null <"runs/$1/events"
	if [ -n "$hs_over" ]; then echo 'Z end'; return; fi
	hs_report_jobs
	if hs_lives "runs/$1/super"; then echo 'Z running'; else echo 'Z dead'; fi
}

PATH=/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin
LC_ALL=C
export PATH LC_ALL
unset ENV BASH_ENV CDPATH
umask 077
exec </dev/null
hs_runner=$0
hs_main "$@"
