#!/bin/sh
# Gives the Git service the repository folder that its configuration names. With the word `check` it only looks.
set -eu
ini=${GOGS_INI:-/opt/gogs/custom/conf/app.ini}
root=$(awk -F' *= *' '/^\[/ { inside = ($0 == "[repository]") } inside && $1 == "ROOT" { print $2; exit }' "$ini")
if [ -z "$root" ]; then
	echo "$ini names no ROOT under [repository]" >&2
	exit 1
fi
[ "${1-}" = check ] || mkdir -p "$root"
if [ ! -d "$root" ]; then
	echo "$root is not there" >&2
	exit 1
fi
echo "$root is there"
