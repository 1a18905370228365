#!/bin/sh
set -eu
rm -f "${XDG_DATA_HOME:-$HOME/.local/share}/homeserver/left-factory"
echo "the note is gone"
