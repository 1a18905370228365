#!/bin/sh
# Mounts the storage of the house where it is not mounted yet.
set -eu
place=${1:-/mnt/nas}
if mountpoint -q "$place"; then
	echo "$place is mounted"
	exit 0
fi
exec mount "$place"
