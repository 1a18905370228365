#!/bin/sh
# The repository folder that app.ini names has to exist. Only the key ROOT of the section [repository] counts.
set -eu
ini=/opt/gogs/custom/conf/app.ini
if [ ! -f "$ini" ]; then
	echo "no $ini: nothing to mend"
	exit 0
fi
root=$(awk -F' *= *' '/^\[/ { inside = ($0 == "[repository]") } inside && $1 == "ROOT" { print $2; exit }' "$ini")
if [ -z "$root" ]; then
	echo "$ini names no ROOT under [repository]" >&2
	exit 1
fi
mkdir -p "$root"
echo "$root is there"
