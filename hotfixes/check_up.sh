#!/bin/sh
# Says what deserves a look. Reads only; a part that this machine does not have is passed over.
set -u

echo "kernel   $(uname -r), up $(cut -d. -f1 /proc/uptime) s"

df -P -x tmpfs -x devtmpfs -x overlay 2>/dev/null | awk 'NR > 1 && $5 + 0 >= 90 { print "disk     " $6 " is " $5 " full" }'

if [ -d /run/systemd/system ]; then
	systemctl --failed --no-legend --plain 2>/dev/null | awk '{ print "service  " $1 " has failed" }'
fi

# awk: the memory that programs can still get, in percent of all.
awk '/^MemTotal/ { total = $2 } /^MemAvailable/ { left = $2 } END { if (total && left / total < 0.1) print "memory   less than a tenth is left" }' /proc/meminfo

echo "looked at disks, services and memory"
