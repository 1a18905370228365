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
	hs_look_n=0 hs_look_list='' hs_look_paths='' hs_look_asked=''
	hs_look_mounts
	hs_look_open
	while [ $# -ge 3 ]; do
		hs_look_n=$((hs_look_n + 1))
		hs_look_target "$1" "$2"
		hs_look_one "$3"
		shift 3
	done
	hs_look_owners
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
		[ "$hs_print" != absent ] || hs_look_ask -
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
		*) hs_look_ask "$hs_look_digest" ;;
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

# hs_look_kept_files: what pools have put at these paths, by their own records. Records mostly have them in the same order: the search
# for a path begins behind the one before.
hs_look_kept_files() {
	set --
	while IFS= read -r hs_look_at; do set -- "$@" "$hs_look_at"; done <<-END
		${hs_look_paths%?}
	END
	hs_look_n=1
	for hs_file in "$HSCTL_STATE/pools/"*; do
		[ -f "$hs_file" ] || continue
		while IFS= read -r hs_look_line; do
			hs_look_real=${hs_look_line#* * }
			case "
$hs_look_paths" in
				*"
$hs_look_real
"*) ;;
				*) continue ;;
			esac
			until eval "hs_look_at=\${$hs_look_n}" && [ "$hs_look_at" = "$hs_look_real" ]; do hs_look_n=$((hs_look_n % $# + 1)); done
			printf 'kept %s %s %s\n' "$hs_look_n" "${hs_look_line%% /*}" "${hs_file##*/}"
			hs_look_n=$((hs_look_n % $# + 1))
		done <"$hs_file"
	done
}

# hs_look_ask DIGEST: what the package database says of the file is asked for all files together; `-`: it is not there.
hs_look_ask() {
	hs_look_asked="$hs_look_asked$hs_look_n $1
$hs_look_real
$hs_look_path
"
}

# hs_look_owners: the package database's word on each file that was asked for.
hs_look_owners() {
	[ -n "$hs_look_asked" ] || return 0
	if [ -s /var/lib/dpkg/status ] && hs_look_in_path dpkg-query; then
		hs_look_owned_dpkg
		hs_look_manager=dpkg
	elif hs_look_in_path rpm; then
		hs_look_manager=rpm
	elif hs_look_in_path pacman; then
		hs_look_manager=pacman
	else
		return 0
	fi
	while read -r hs_look_n hs_look_digest && IFS= read -r hs_look_real && IFS= read -r hs_look_path; do
		hs_look_owner_$hs_look_manager "${hs_look_digest#-}"
	done <<-END
		${hs_look_asked%?}
	END
}

hs_look_package_says() {
	printf 'package %s %s %s %s\n' "$hs_look_n" "$1" "$2" "$3"
}

# hs_look_owned_dpkg: sets hs_look_owned to the lines `PACKAGE: PATH` of all the files: a question costs the same as some hundred.
hs_look_owned_dpkg() {
	set --
	while read -r hs_look_n hs_look_digest && IFS= read -r hs_look_real && IFS= read -r hs_look_path; do
		hs_look_literal "$hs_look_real"
		set -- "$@" "$hs_literal"
		hs_look_twin
		[ -z "$hs_look_at" ] || { hs_look_literal "$hs_look_at"; set -- "$@" "$hs_literal"; }
	done <<-END
		${hs_look_asked%?}
	END
	hs_look_owned=$("$hs_look_found" -S -- "$@" | grep -v '^diversion ')
	hs_look_package='' hs_look_conffiles=''
}

# hs_look_twin: sets hs_look_at to the other name of a file where /bin is a link to /usr/bin: the database may know it by either.
hs_look_twin() {
	case $hs_look_real in
		/bin/* | /sbin/* | /lib*/*) hs_look_at=/usr$hs_look_real ;;
		/usr/bin/* | /usr/sbin/* | /usr/lib*/*) hs_look_at=${hs_look_real#/usr} ;;
		*) hs_look_at= ;;
	esac
}

hs_look_owner_dpkg() {
	hs_look_twin
	case "
$hs_look_owned
" in
		*": $hs_look_real
"*) hs_look_at=$hs_look_real ;;
		*": ${hs_look_at:-/}
"*) ;;
		*) return 0 ;;
	esac
	while IFS= read -r hs_look_name; do
		[ "${hs_look_name#*: }" != "$hs_look_at" ] || break
	done <<-END
		$hs_look_owned
	END
	hs_look_name=${hs_look_name%%: /*}
	hs_look_name=${hs_look_name%%,*}
	if [ -z "$1" ]; then
		hs_look_package_says dpkg "$hs_look_name" gone
		return
	fi
	if [ "$hs_look_package" != "$hs_look_name" ]; then
		hs_look_package=$hs_look_name
		hs_look_conffiles=$("$hs_look_found" -W -f='${Conffiles}\n' -- "$hs_look_name")
	fi
	hs_look_line=$(hs_look_shipped_dpkg)
	hs_look_line=${hs_look_line%%
*}
	hs_sum=$(md5sum <"$hs_look_path")
	case $hs_look_line in
		"${hs_sum%% *}") hs_look_package_says dpkg "$hs_look_name" same ;;
		'') hs_look_package_says dpkg "$hs_look_name" unknown ;;
		*) hs_look_package_says dpkg "$hs_look_name" changed ;;
	esac
}

# hs_look_shipped_dpkg: the MD5 digest that the package has brought the file with.
hs_look_shipped_dpkg() {
	while read -r hs_file hs_sum hs_value; do [ "$hs_file" != "$hs_look_at" ] || echo "$hs_sum"; done <<-END
		$hs_look_conffiles
	END
	grep -hF -- "  ${hs_look_at#/}" "/var/lib/dpkg/info/$hs_look_name.md5sums" "/var/lib/dpkg/info/${hs_look_name%%:*}.md5sums" |
		while read -r hs_sum hs_file; do [ "/$hs_file" != "$hs_look_at" ] || echo "$hs_sum"; done
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
	shift
	hs_look_open
	# File after file, as they were told: a search for each would take its time for some hundred of them.
	while IFS= read -r hs_look_line; do
		case $hs_look_line in "file "*) ;; *) continue ;; esac
		hs_look_digest=${hs_look_line##* } hs_look_line=${hs_look_line#* }
		while [ "$hs_look_n" -lt $((${hs_look_line%% *} - 1)) ] && [ $# -ge 3 ]; do
			hs_look_n=$((hs_look_n + 1))
			shift 3
		done
		[ $# -ge 3 ] || break
		hs_look_n=$((hs_look_n + 1))
		[ "$hs_look_digest" = "$3" ] || hs_look_text "$1" "$2"
		shift 3
	done <<-END
		$hs_print
	END
}

hs_look_text() {
	hs_look_target "$1" "$2" >/dev/null
	[ -r "$hs_look_path" ] && [ "$(wc -c <"$hs_look_path")" -le 32768 ] || return 0
	hs_frame "text:$hs_look_index:$hs_look_n" "$(cat "$hs_look_path"; echo .)"
}

# hs_look_undo UNIT~PLAYBOOK: the latest change of a pool that can be taken back.
#   undo JOB RUN     then, unless its record is damaged, for each of its files:
#   was N create|replace DEST     now N new|edited|absent     copy N whole|damaged
# Nothing at all where there is none.
hs_look_undo() {
	for hs_look_txn in $(hs_order_changes); do
		hs_look_latest=$HSCTL_STATE/txn/$hs_look_txn
		hs_first "$hs_look_latest/about" && [ "${hs_line% *}" = "${1%%~*} $1" ] || continue
		hs_look_run=${hs_line##* }
		hs_is_kept "$hs_look_latest" || continue
		printf 'undo %s %s\n' "$hs_look_txn" "$hs_look_run"
		# It is shell text: only what we wrote ourselves is read.
		hs_first "$hs_look_latest/sum" && hs_look_path=$hs_look_latest/manifest && hs_look_sum
		[ "$hs_look_digest" = "$hs_line" ] || return 0
		# shellcheck disable=SC1090,SC1091 # verified
		. "$hs_look_latest/manifest"
		return
	done
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
