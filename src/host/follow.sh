# A view of a run: the only thing that speaks on stdout. It can end and begin anywhere, the run does not notice.
# Each record tells its length first, so nothing that a script prints can pass for one.
#   E OFFSET LENGTH          bytes of the run's events          T                     still here, nothing new
#   O|R INDEX OFFSET LENGTH  bytes of a job's stdout|stderr     S INDEX STATE …       where a job of a dead run stands
#   H INDEX LENGTH           what a held unit's probe printed   Z end|dead|absent     over
# shellcheck disable=SC2034,SC2154 # variables are shared with the other parts of the runner

# Of one stream this much is sent as it comes; of a longer one the end follows when the job has ended.
hs_head_bytes=1048576
hs_tail_bytes=65536

# hs_follow RUN [EVENTS_OFFSET [INDEX OUT_OFFSET ERR_OFFSET]]: events before the offset have been seen, and of the job at INDEX
# this much of its output.
hs_follow() {
	hs_run=$1 hs_from=${2:-0} hs_seen_job=${3:--} hs_seen_out=${4:-0} hs_seen_err=${5:-0}
	printf 'hsctl/follow/1 %s\n' "$1"
	if [ ! -d "runs/$1" ]; then echo 'Z absent'; return; fi
	[ -e "runs/$1/events" ] || : >>"runs/$1/events"
	exec 3<"runs/$1/events"
	hs_identity
	hs_at=0 hs_part='' hs_live='' hs_over='' hs_ended=' ' hs_step=0 hs_unended=0
	while read -r hs_line; do hs_unended=$((hs_unended + 1)); done 2>/dev/null <"runs/$1/sequence"
	hs_uptime
	hs_asked=$hs_now hs_spoke=$hs_now
	until [ -n "$hs_over" ]; do hs_follow_once; done
}

# hs_follow_once: whether the supervisor lives is asked before its events are read, else its last words could be missed; and not
# where it has just spoken.
hs_follow_once() {
	hs_gone=
	if [ -z "${hs_busy-}" ] && hs_is_gone; then hs_gone=yes; fi
	hs_busy=
	while [ -z "$hs_over" ] && hs_next_event; do
		hs_busy=yes
		hs_relay
	done
	[ -z "$hs_live" ] || hs_stream
	if [ -n "$hs_over" ]; then
		echo 'Z end'
	elif [ -n "$hs_gone" ]; then
		hs_report_dead
	else
		hs_rest
	fi
}

# hs_is_gone: the supervisor is dead, or has not come to life within the time any host takes for it.
hs_is_gone() {
	if [ -e "runs/$hs_run/super" ]; then
		! hs_lives "runs/$hs_run/super"
	else
		hs_uptime
		[ "$hs_now" -gt $((hs_asked + ${HSCTL_START_MS:-10000})) ]
	fi
}

# hs_next_event: the next whole line in hs_said. A line that is still being written waits for its end.
hs_next_event() {
	if IFS= read -r hs_line <&3; then
		hs_said=$hs_part$hs_line hs_part=
	else
		hs_part=$hs_part$hs_line
		return 1
	fi
}

# hs_relay: passes an event on, with the output that belongs before or after it.
hs_relay() {
	hs_length=$((${#hs_said} + 1)) hs_is_new=
	[ $((hs_at + hs_length)) -le "$hs_from" ] || hs_is_new=yes
	case $hs_said in
		'{"e":"started",'*) hs_relay_started ;;
		'{"e":"finished",'*) hs_relay_finished ;;
		'{"e":"held",'*) hs_tell && hs_show_seen ;;
		'{"e":"end"}') hs_tell && hs_over=yes ;;
		*) hs_tell ;;
	esac
	hs_at=$((hs_at + hs_length))
}

hs_tell() {
	[ -n "$hs_is_new" ] || return 0
	printf 'E %s %s\n%s\n\n' "$hs_at" "$hs_length" "$hs_said"
}

hs_relay_started() {
	hs_tell
	hs_field job "$hs_said" && hs_live_job=$hs_value
	hs_field i "$hs_said" && hs_live=$hs_value
	hs_sent_out=0 hs_sent_err=0
	[ -n "$hs_is_new" ] || [ "$hs_live" != "$hs_seen_job" ] || hs_sent_out=$hs_seen_out hs_sent_err=$hs_seen_err
}

# A finished event tells the sizes: nothing has to be measured for it.
hs_relay_finished() {
	hs_unended=$((hs_unended - 1))
	hs_field i "$hs_said" && hs_ended="$hs_ended$hs_value "
	if [ -n "$hs_is_new" ] && [ "$hs_value" = "$hs_live" ]; then
		hs_field out "$hs_said" && hs_out=$hs_value
		hs_field err "$hs_said" && hs_err=$hs_value
		hs_flush
	fi
	hs_live=
	hs_tell
}

hs_show_seen() {
	[ -n "$hs_is_new" ] || return 0
	hs_field i "$hs_said"
	hs_length_seen=$(wc -c <"runs/$hs_run/seen.$hs_value")
	printf 'H %s %s\n' "$hs_value" "$((hs_length_seen))"
	cat "runs/$hs_run/seen.$hs_value"
	echo
}

# hs_stream: what the running job has printed since the last look.
hs_stream() {
	hs_measure "jobs/$hs_live_job"
	hs_send O out "$hs_sent_out" "$hs_out"
	hs_sent_out=$hs_to
	hs_send R err "$hs_sent_err" "$hs_err"
	hs_sent_err=$hs_to
}

# hs_flush: all that is still to be sent of a job that has ended.
hs_flush() {
	hs_stream_end O out "$hs_sent_out" "$hs_out"
	hs_stream_end R err "$hs_sent_err" "$hs_err"
}

hs_stream_end() {
	hs_send "$@"
	[ "$4" -gt "$hs_head_bytes" ] || return 0
	hs_to=$(($4 - hs_tail_bytes))
	[ "$hs_to" -ge "$hs_head_bytes" ] || hs_to=$hs_head_bytes
	[ "$hs_to" -ge "$3" ] || hs_to=$3
	hs_copy "$1" "$2" "$hs_to" "$4"
}

# hs_send LETTER FILE FROM SIZE: up to the end of the head. Sets hs_to to where the next one goes on.
hs_send() {
	hs_to=$4
	[ "$hs_to" -le "$hs_head_bytes" ] || hs_to=$hs_head_bytes
	[ "$hs_to" -ge "$3" ] || hs_to=$3
	hs_copy "$1" "$2" "$3" "$hs_to"
}

# hs_copy LETTER FILE FROM TO
hs_copy() {
	[ "$4" -gt "$3" ] && [ -e "jobs/$hs_live_job/$2" ] || return 0
	hs_busy=yes
	printf '%s %s %s %s\n' "$1" "$hs_live" "$3" $(($4 - $3))
	if [ "$3" -eq 0 ]; then
		head -c "$4" "jobs/$hs_live_job/$2"
	else
		tail -c +$(($3 + 1)) "jobs/$hs_live_job/$2" | head -c $(($4 - $3))
	fi
	echo
}

# hs_report_dead: nobody will write events any more. Where each unfinished job stands is seen from its own folder.
hs_report_dead() {
	hs_report_jobs
	echo 'Z dead'
	hs_over=yes
}

hs_report_jobs() {
	while read -r hs_i hs_line hs_job hs_line; do
		case $hs_ended in *" $hs_i "*) continue ;; esac
		hs_see_job "jobs/$hs_job"
		printf 'S %s %s %s\n' "$hs_i" "$hs_state" "$hs_evidence"
	done <"runs/$hs_run/sequence"
}

# hs_rest: looks again sooner after each time that something has happened, and later after each time that nothing has: about as
# often as things happen, because every look costs a process. At once when nothing is left to happen but the end.
hs_rest() {
	hs_uptime
	if [ -n "$hs_busy" ]; then
		hs_spoke=$hs_now hs_step=$((hs_step - 2))
		[ "$hs_step" -ge 0 ] && [ "$hs_unended" -gt 0 ] || hs_step=0
	elif [ "$hs_now" -ge $((hs_spoke + 5000)) ]; then
		echo T
		hs_spoke=$hs_now
	fi
	[ "$hs_step" -ge 5 ] || hs_step=$((hs_step + 1))
	case $hs_step in
		1) hs_nap 0.01 ;;
		2) hs_nap 0.02 ;;
		3) hs_nap 0.04 ;;
		4) hs_nap 0.08 ;;
		*) hs_nap 0.2 ;;
	esac
}
