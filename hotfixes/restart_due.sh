#!/bin/sh
# Reads only. Debian and Ubuntu list the packages that asked for the restart beside the mark.
echo "this machine waits for a restart, asked for by:"
sort -u /run/reboot-required.pkgs 2>/dev/null || echo "(it does not say by what)"
