# Looks at the files of a pool. They come with looks.sh and memory.sh, and write nothing.
# shellcheck shell=sh
# shellcheck disable=SC2034,SC2154 # variables are shared with the other parts
# shellcheck disable=SC2015,SC2016 # lists that go on where any of it fails; fields of dpkg-query

# hs_look_files [DEST FOLLOW KNOWN]…: a line or more for each file, N counted from 1.
#   path N absent|folder|other|hidden DETAIL     link N TARGET       file N MODE USER UID GROUP GID LINKS BYTES SHA256
#   at N PATH            where a link leads that is followed           bar N WORD DETAIL   what keeps it from being replaced
#   kept N DIGEST SOURCE UNIT~PLAYBOOK    what a pool has put there     package N MANAGER NAME same|changed|gone|unknown
# KNOWN: `,`-separated digests that tell all there is to know, so that no package manager has to be asked. FOLLOW: yes or no.
hs_look_files() {
	hs_look_n=0 hs_look_list='' hs_look_paths=''
	hs_look_mounts
	hs_look_open
	while [ $# -ge 3 ]; do
		hs_look_n=$((hs_look_n + 1))
		hs_look_target "$1" "$2"
		hs_look_one "$3"
		shift 3
	done
	hs_look_immutable
	hs_look_kept_files
}

# hs_look_mounts: sets hs_look_mounted to all mount points, each between line ends, in their own escaped spelling.
hs_look_mounts() {
	hs_look_mounted='
'
	while read -r hs_look_line hs_look_line hs_look_line hs_look_line hs_look_at hs_look_line; do
		hs_look_mounted="$hs_look_mounted$hs_look_at
"
	done </proc/self/mountinfo
}

# hs_look_open: sets hs_look_opened to the transactions that are open: what they have done is going to be undone first.
hs_look_open() {
	hs_look_opened=
	for hs_file in "$HSCTL_STATE/txn/"*/state; do
		[ -e "${hs_file%state}end" ] || hs_first "$hs_file" || continue
		if [ -e "${hs_file%state}end" ] || [ "$hs_line" = committed ]; then continue; fi
		# The word that it stands has been said: whoever comes next commits it.
		if hs_first "${hs_file%state}decision" && [ "$hs_line" = confirm ]; then continue; fi
		hs_look_opened="$hs_look_opened ${hs_file%/state}"
	done
}

# hs_look_target DEST FOLLOW: sets hs_look_path to where the bytes are that will be there, and hs_look_real to their name.
hs_look_target() {
	hs_look_path=$1 hs_look_real=$1
	if [ "$2" = yes ] && [ -L "$1" ]; then
		hs_look_real=$(readlink -f "$1" && echo .)
		hs_look_real=${hs_look_real%??}
		# One that leads nowhere is looked at itself.
		hs_look_real=${hs_look_real:-$1}
		hs_look_path=$hs_look_real
		printf 'at %s %s\n' "$hs_look_n" "$hs_look_real"
	fi
	for hs_look_txn in $hs_look_opened; do hs_look_through "$hs_look_txn"; done
	hs_look_paths="$hs_look_paths$hs_look_real
"
}

# hs_look_through TXN: the path that the file will be put back from, where this transaction has replaced it.
hs_look_through() {
	while IFS= read -r hs_look_line; do
		[ "${hs_look_line#* * }" = "$hs_look_real" ] || continue
		hs_look_at=${hs_look_line%% *} hs_look_act=${hs_look_line#* }
		hs_look_act=${hs_look_act%% *}
		set -- "$1" "$hs_look_real"
		for hs_file in "${2%/*}/.hsctl-"*/"$hs_look_at.bak"; do
			[ ! -e "$hs_file" ] || hs_look_path=$hs_file
		done
		# A file that was to be created was not there before.
		[ "$hs_look_act" != create ] || hs_look_path=/dev/null/absent
	done <"$1/targets"
}

# hs_look_one KNOWN: the lines of one file.
hs_look_one() {
	hs_look_ways "${hs_look_real%/*}"
	if [ -L "$hs_look_path" ]; then
		printf 'link %s %s\n' "$hs_look_n" "$(readlink "$hs_look_path")"
	elif [ -d "$hs_look_path" ]; then
		printf 'path %s folder\n' "$hs_look_n"
	elif [ -f "$hs_look_path" ]; then
		hs_look_file "$1"
	elif [ -e "$hs_look_path" ]; then
		printf 'path %s other\n' "$hs_look_n"
	else
		hs_look_place "$hs_look_path"
		printf 'path %s %s\n' "$hs_look_n" "$hs_print"
		[ "$hs_print" != absent ] || hs_look_owner ''
	fi
}

hs_look_file() {
	hs_look_line=$(stat -c '%a %U %u %G %g %h %s' -- "$hs_look_path")
	hs_look_sum
	printf 'file %s %s %s\n' "$hs_look_n" "${hs_look_line:-0 ? 0 ? 0 1 0}" "$hs_look_digest"
	case "
$hs_look_mounted" in
		*"
$hs_look_real
"*) hs_look_bar mounted ;;
	esac
	case ",$1," in
		*",$hs_look_digest,"*) ;;
		*) hs_look_owner "$hs_look_digest" ;;
	esac
}

# hs_look_sum: sets hs_look_digest, to `-` where it cannot be read in a minute.
hs_look_sum() {
	hs_look_digest=
	if [ -r "$hs_look_path" ]; then
		if hs_look_has_timer; then
			hs_look_digest=$("$hs_look_timer" -s KILL 60 sha256sum <"$hs_look_path")
		else
			hs_look_digest=$(sha256sum <"$hs_look_path")
		fi
	fi
	hs_look_digest=${hs_look_digest%% *}
	[ -n "$hs_look_digest" ] || hs_look_digest=-
}

hs_look_bar() {
	printf 'bar %s %s\n' "$hs_look_n" "$*"
}

# hs_look_ways FOLDER: whether a file can be put there, and whether somebody else could put another one in its way.
hs_look_ways() {
	hs_look_at=${1:-/}
	while [ ! -e "$hs_look_at" ] && [ ! -L "$hs_look_at" ]; do
		hs_look_at=${hs_look_at%/*}
		hs_look_at=${hs_look_at:-/}
	done
	# The files of one pool mostly share their folder.
	if [ "$hs_look_at" = "${hs_look_way-}" ]; then
		[ -z "$hs_look_barred" ] || hs_look_bar "$hs_look_barred"
		return
	fi
	hs_look_way=$hs_look_at hs_look_barred=
	if [ ! -d "$hs_look_at" ]; then
		hs_look_barred="no_folder $hs_look_at"
	elif [ ! -w "$hs_look_at" ] || [ ! -x "$hs_look_at" ]; then
		hs_look_barred="closed $hs_look_at"
	else
		case $(ls -ldn "$hs_look_at/.") in
			????????w*) hs_look_barred="open $hs_look_at" ;;
			*) hs_look_links "$hs_look_at" ;;
		esac
	fi
	[ -z "$hs_look_barred" ] || hs_look_bar "$hs_look_barred"
}

# hs_look_links FOLDER: a link on the way that belongs to somebody who is neither root nor us may lead elsewhere tomorrow.
hs_look_links() {
	while [ -n "$1" ] && [ "$1" != / ]; do
		if [ -L "$1" ]; then
			# shellcheck disable=SC2046 # fields
			set -- "$1" $(ls -ldn "$1")
			[ "${4-}" = 0 ] || [ "${4-}" = "$(id -u)" ] || hs_look_barred="foreign_link $1"
		fi
		set -- "${1%/*}"
	done
}

# hs_look_immutable: chattr(1) keeps even root from replacing a file. One process for all of them, where there is lsattr(1).
hs_look_immutable() {
	hs_look_in_path lsattr || return 0
	set --
	while IFS= read -r hs_look_line; do
		[ -z "$hs_look_line" ] || set -- "$@" "$hs_look_line" "${hs_look_line%/*}/"
	done <<-END
		$hs_look_paths
	END
	"$hs_look_found" -d -- "$@" >&1 | while read -r hs_look_line hs_look_at; do
		case $hs_look_line in *[ia]*) printf 'fixed %s\n' "$hs_look_at" ;; esac
	done
}

# hs_look_kept_files: what pools have put at these paths, by their own records.
hs_look_kept_files() {
	for hs_file in "$HSCTL_STATE/pools/"*; do
		[ -f "$hs_file" ] || continue
		while IFS= read -r hs_look_line; do
			hs_look_n=0
			while IFS= read -r hs_look_at; do
				hs_look_n=$((hs_look_n + 1))
				[ "${hs_look_line#* * }" != "$hs_look_at" ] || printf 'kept %s %s %s\n' "$hs_look_n" "${hs_look_line%% /*}" "${hs_file##*/}"
			done <<-END
				$hs_look_paths
			END
		done <"$hs_file"
	done
}

# hs_look_owner DIGEST: the package database's word on the path; an empty digest: the file is not there.
hs_look_owner() {
	if [ -s /var/lib/dpkg/status ] && hs_look_in_path dpkg-query; then
		hs_look_owner_dpkg "$1"
	elif hs_look_in_path rpm; then
		hs_look_owner_rpm "$1"
	elif hs_look_in_path pacman; then
		hs_look_owner_pacman "$1"
	fi
}

hs_look_package_says() {
	printf 'package %s %s %s %s\n' "$hs_look_n" "$1" "$2" "$3"
}

# Where /bin is a link to /usr/bin, the database may know the file under either name.
hs_look_owner_dpkg() {
	for hs_look_at in "$hs_look_real" "${hs_look_real#/usr}" "/usr$hs_look_real"; do
		hs_look_literal "$hs_look_at"
		hs_look_name=$("$hs_look_found" -S -- "$hs_literal" | grep -v '^diversion ')
		hs_look_name=${hs_look_name%%: /*}
		[ -z "$hs_look_name" ] || break
	done
	[ -n "$hs_look_name" ] || return 0
	hs_look_name=${hs_look_name%%,*}
	if [ -z "$1" ]; then
		hs_look_package_says dpkg "$hs_look_name" gone
		return
	fi
	hs_look_line=$("$hs_look_found" -W -f='${Conffiles}\n' -- "$hs_look_name" | while read -r hs_file hs_sum hs_value; do
		[ "$hs_file" != "$hs_look_at" ] || echo "$hs_sum"
	done)
	[ -n "$hs_look_line" ] || hs_look_line=$(cat "/var/lib/dpkg/info/$hs_look_name.md5sums" "/var/lib/dpkg/info/${hs_look_name%%:*}.md5sums" |
		while read -r hs_sum hs_file; do [ "/$hs_file" != "$hs_look_at" ] || echo "$hs_sum"; done)
	hs_look_line=${hs_look_line%%
*}
	hs_sum=$(md5sum <"$hs_look_path")
	case $hs_look_line in
		"${hs_sum%% *}") hs_look_package_says dpkg "$hs_look_name" same ;;
		'') hs_look_package_says dpkg "$hs_look_name" unknown ;;
		*) hs_look_package_says dpkg "$hs_look_name" changed ;;
	esac
}

# hs_look_literal PATH: $hs_literal, which dpkg-query takes for nothing but this path. `[id].tsx` would be a pattern.
hs_look_literal() {
	hs_literal=$1
	case $1 in
		*[][*?\\]*) hs_literal=$(printf '%s\n' "$1" | sed 's/[][*?\\]/\\&/g') ;;
	esac
}

hs_look_owner_rpm() {
	hs_look_line=$("$hs_look_found" -qf --qf '%{NAME}\n' -- "$hs_look_real") || return 0
	hs_look_name=${hs_look_line%%
*}
	if [ -z "$1" ]; then
		hs_look_is_ghost || hs_look_package_says rpm "$hs_look_name" gone
		return
	fi
	hs_sum=$("$hs_look_found" -q --qf '[%{FILEDIGESTS} %{FILENAMES}\n]' -- "$hs_look_name" | while read -r hs_sum hs_file; do
		[ "$hs_file" != "$hs_look_real" ] || echo "$hs_sum"
	done)
	case ${#hs_sum} in
		64) ;;
		32) set -- "$(md5sum <"$hs_look_path")" ;;
		*) hs_sum= ;;
	esac
	case $hs_sum in
		'') hs_look_package_says rpm "$hs_look_name" unknown ;;
		"${1%% *}") hs_look_package_says rpm "$hs_look_name" same ;;
		*) hs_look_package_says rpm "$hs_look_name" changed ;;
	esac
}

# hs_look_is_ghost: the package names the file, and does not bring it (%ghost): nobody has deleted it.
hs_look_is_ghost() {
	"$hs_look_found" -q --qf '[%{FILEFLAGS} %{FILENAMES}\n]' -- "$hs_look_name" | while read -r hs_value hs_file; do
		[ "$hs_file" != "$hs_look_real" ] || [ $((hs_value & 64)) -eq 0 ] || echo ghost
	done | grep -q ghost
}

# pacman tells only what differs, in words for people, and a sum at its very end.
hs_look_owner_pacman() {
	hs_look_name=$("$hs_look_found" -Qqo -- "$hs_look_real") || return 0
	if [ -z "$1" ]; then
		hs_look_package_says pacman "$hs_look_name" gone
		return
	fi
	case "$("$hs_look_found" -Qkk -- "$hs_look_name" 2>&1)" in
		*"$hs_look_name: $hs_look_real (MD5 checksum mismatch)"* | *"$hs_look_name: $hs_look_real (SHA256 checksum mismatch)"* | \
			*"$hs_look_name: $hs_look_real (Size mismatch)"*)
			hs_look_package_says pacman "$hs_look_name" changed
			;;
		*"$hs_look_name: "*' total files, '*) hs_look_package_says pacman "$hs_look_name" same ;;
		*) hs_look_package_says pacman "$hs_look_name" unknown ;;
	esac
}

# hs_look_texts UNIT_INDEX [DEST FOLLOW]…: right after the frame of hs_look_files, whose print is still in hs_print. A frame
# text:INDEX:N for each file that is there, is no larger than 32 KiB, and has none of the wanted bytes; a dot ends it, so that no
# line end is lost.
hs_look_texts() {
	hs_look_index=$1 hs_look_n=0
	hs_look_lines=$hs_print
	shift
	hs_look_open
	while [ $# -ge 3 ]; do
		hs_look_n=$((hs_look_n + 1))
		case "
$hs_look_lines" in
			*"
file $hs_look_n "*" $3"*) hs_look_same "$3" || hs_look_text "$1" "$2" ;;
			*"
file $hs_look_n "*) hs_look_text "$1" "$2" ;;
		esac
		shift 3
	done
}

hs_look_same() {
	hs_look_line=${hs_look_lines#*"
file $hs_look_n "}
	[ "$hs_look_line" != "$hs_look_lines" ] || hs_look_line=${hs_look_lines#"file $hs_look_n "}
	hs_look_line=${hs_look_line%%
*}
	[ "${hs_look_line##* }" = "$1" ]
}

hs_look_text() {
	hs_look_target "$1" "$2" >/dev/null
	[ -r "$hs_look_path" ] && [ "$(wc -c <"$hs_look_path")" -le 32768 ] || return 0
	hs_frame "text:$hs_look_index:$hs_look_n" "$(cat "$hs_look_path"; echo .)"
}

# hs_look_undo UNIT~PLAYBOOK: the latest change of a pool that can be taken back.
#   undo JOB RUN     then for each of its files: was N create|replace DEST SHA256|-  now N new|edited|absent  copy N whole|damaged
# Nothing at all where there is none.
hs_look_undo() {
	hs_look_latest=
	for hs_file in "$HSCTL_STATE/txn/"*/about; do
		hs_look_txn=${hs_file%/about}
		hs_first "$hs_file" && [ "${hs_line% *}" = "${1%%~*} $1" ] || continue
		hs_first "$hs_look_txn/end" && [ "$hs_line" = committed ] || continue
		if [ -e "$hs_look_txn/undone" ] || [ -e "$hs_look_txn/reverse" ]; then continue; fi
		# shellcheck disable=SC3013 # not POSIX, but known to dash, busybox ash and bash alike
		if [ -z "$hs_look_latest" ] || [ "$hs_look_txn/end" -nt "$hs_look_latest/end" ]; then hs_look_latest=$hs_look_txn; fi
	done
	[ -n "$hs_look_latest" ] || return 0
	hs_first "$hs_look_latest/about"
	printf 'undo %s %s\n' "${hs_look_latest##*/}" "${hs_line##* }"
	# shellcheck disable=SC1090,SC1091 # verified when it came
	. "$hs_look_latest/manifest"
}

hs_pool_command() { :; }

hs_pool_file() {
	[ "$2" != same ] || return 0
	printf 'was %s %s %s\n' "$1" "$2" "$3"
	hs_look_path=$3
	if [ -L "$3" ] || { [ -e "$3" ] && [ ! -f "$3" ]; }; then
		printf 'now %s edited\n' "$1"
	elif [ ! -e "$3" ]; then
		printf 'now %s absent\n' "$1"
	else
		hs_look_sum
		if [ "$hs_look_digest" = "$4" ]; then printf 'now %s new\n' "$1"; else printf 'now %s edited\n' "$1"; fi
	fi
	[ "$2" = replace ] || return 0
	for hs_look_path in "$hs_look_latest/link/$1.bak" "$hs_look_latest/old/$1.bak"; do
		hs_look_sum
		[ "$hs_look_digest" != "$5" ] || { printf 'copy %s whole\n' "$1"; return; }
	done
	printf 'copy %s damaged\n' "$1"
}
