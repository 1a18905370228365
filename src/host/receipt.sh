# The host's own memory of what has been done to it.
# shellcheck disable=SC2034,SC2154 # variables are shared with the other parts of the runner

# hs_conclude ok|failed WHY: makes the end of the present job durable: the restarts it still owes, the receipt in its own folder, the
# receipt where every later run looks. Fails when the disk does not take it: the end is then unknown.
hs_conclude() {
	hs_word_receipt "$1" "$2" || return 1
	hs_owed=
	# shellcheck disable=SC2086 # names of services
	[ "$1" = failed ] || hs_owe $restarts || return 1
	hs_fill "$hs_dir/run/rc.new" "$hs_receipt" || return 1
	hs_crash end.written
	if [ -n "$hs_owed" ] || hs_has_older; then hs_conclude_late; else hs_conclude_new; fi || return 1
	hs_crash end.durable
	[ -z "$service" ] || [ "$1" = failed ] || rm -f "pending/$service"
}

# hs_conclude_late: what is owed, and the receipt's bytes, are on disk before any name leads to them: a restart must not be lost
# with the power, nor an older receipt that this one replaces.
hs_conclude_late() {
	# shellcheck disable=SC2086 # paths of safe words
	hs_sync "$hs_dir/run/rc.new" $hs_owed || return 1
	hs_crash end.synced
	hs_record || return 1
	hs_sync "$hs_dir/run" receipts
}

# hs_conclude_new: bytes and names are forced to disk at once. Without power in between, the start is on disk and its end is not:
# just as before a receipt was written. What the disk did not take is taken back.
hs_conclude_new() {
	hs_record && hs_sync "$hs_dir/run/rc" "$hs_dir/run" receipts && return
	[ -n "$service" ] || [ "$unit" = verify ] || rm -f "receipts/$hs_name"
	mv -f "$hs_dir/run/rc" "$hs_dir/run/rc.new"
	return 1
}

# hs_record: gives the receipt its names.
hs_record() {
	mv -f "$hs_dir/run/rc.new" "$hs_dir/run/rc" || return 1
	hs_crash end.recorded
	hs_keep "$hs_dir/run/rc" "$hs_receipt" || return 1
	hs_crash end.kept
}

# hs_has_older: a receipt of the same name is there. The receipt of a restart is kept nowhere but with its job.
hs_has_older() {
	[ -z "$service" ] && [ "$unit" != verify ] || return 1
	hs_name_receipt "$hs_receipt"
	[ -e "receipts/$hs_name" ]
}

# hs_owe SERVICE…: remembers restarts before the change counts as made, so that no crash can lose one.
hs_owe() {
	for hs_service in "$@"; do
		hs_write "pending/$hs_service" "$hs_run" || return 1
		hs_owed="$hs_owed pending/$hs_service"
	done
	hs_owed="$hs_owed${hs_owed:+ pending}"
}

# hs_word_receipt STATUS WHY: sets hs_receipt. A successful undo turns the receipt of what it undid. The last field is the sum of all
# before it: whoever reads the receipt later can tell it from one that the disk has changed.
hs_word_receipt() {
	hs_key=$key hs_attempt=$attempt hs_status=$1
	if [ "$purpose" = undo ] && [ "$1" = ok ]; then
		hs_key=$undoes hs_status=undone
		hs_first "receipts/$unit~$playbook~$undoes.json" && hs_field attempt "$hs_line" && hs_attempt=$hs_value
	fi
	hs_receipt="{\"format\":\"hsctl/receipt/v1\",\"unit\":\"$unit\",\"playbook\":\"$playbook\",\"key\":\"$hs_key\",\"attempt\":$hs_attempt"
	hs_receipt="$hs_receipt,\"run\":\"$hs_run\",\"fence\":$hs_fence,\"purpose\":\"$purpose\",\"status\":\"$hs_status\",\"why\":\"$2\""
	hs_receipt="$hs_receipt,\"exit_code\":$hs_rc,\"script\":\"sha256:$digest\",\"user\":\"$hs_user\""
	hs_stamp "$hs_began"
	hs_receipt="$hs_receipt,\"started_at\":\"$hs_utc\""
	hs_stamp $((hs_began + hs_ms))
	hs_receipt="$hs_receipt,\"finished_at\":\"$hs_utc\",\"duration_ms\":$hs_ms,\"boot_id\":\"$hs_boot_id\",\"machine_id\":\"$hs_machine_id\""
	hs_receipt="$hs_receipt,\"detached_by\":\"$hs_detached_by\",\"synced\":\"$HS_SYNCED\",\"out_bytes\":$hs_out,\"err_bytes\":$hs_err"
	hs_receipt="$hs_receipt,\"survivors\":$hs_survivors${service:+,\"service\":\"$service\"},\"script_path\":$script_path_json"
	hs_sum=$(printf '%s' "$hs_receipt" | sha256sum) || return 1
	hs_receipt="$hs_receipt,\"sum\":\"${hs_sum%% *}\"}"
}

# hs_keep_news RC RECEIPT: what a crash has kept from its place, unless a newer one is there.
hs_keep_news() {
	! hs_is_news "$2" || hs_keep "$1" "$2"
}

# hs_keep RC RECEIPT: puts a job's receipt where receipts are kept. What is due again with the next change, whatever happened before,
# is told by its job alone: a restart of a service, and the verification at the end.
hs_keep() {
	case $2 in *',"service":"'* | *',"unit":"verify",'*) return 0 ;; esac
	hs_name_receipt "$2"
	if [ -e "receipts/$hs_name" ]; then
		ln -f "$1" "receipts/.$hs_name.new" && mv -f "receipts/.$hs_name.new" "receipts/$hs_name"
	else
		ln "$1" "receipts/$hs_name"
	fi
}

# hs_stamp UPTIME_MS: sets hs_utc, RFC 3339. The clock is asked once in a run (hs_epoch, the second of uptime 0): a process less
# for each time.
hs_stamp() {
	hs_left=$((hs_epoch + $1 / 1000))
	hs_days=$((hs_left / 86400)) hs_left=$((hs_left % 86400))
	hs_year=1970 hs_month=1
	while hs_year_length && [ "$hs_days" -ge "$hs_length" ]; do
		hs_days=$((hs_days - hs_length)) hs_year=$((hs_year + 1))
	done
	for hs_length in 31 $((hs_length - 337)) 31 30 31 30 31 31 30 31 30 31; do
		[ "$hs_days" -ge "$hs_length" ] || break
		hs_days=$((hs_days - hs_length)) hs_month=$((hs_month + 1))
	done
	hs_two "$hs_month" && hs_utc=$hs_year-$hs_digits
	hs_two $((hs_days + 1)) && hs_utc=$hs_utc-$hs_digits
	hs_two $((hs_left / 3600)) && hs_utc=${hs_utc}T$hs_digits
	hs_two $((hs_left / 60 % 60)) && hs_utc=$hs_utc:$hs_digits
	hs_two $((hs_left % 60)) && hs_utc=$hs_utc:${hs_digits}Z
}

hs_year_length() {
	hs_length=365
	[ $((hs_year % 4)) -ne 0 ] || [ $((hs_year % 100)) -eq 0 ] && [ $((hs_year % 400)) -ne 0 ] || hs_length=366
}

hs_two() {
	hs_digits=$1
	[ "$1" -ge 10 ] || hs_digits=0$1
}
