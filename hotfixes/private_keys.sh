#!/bin/sh
# Closes private SSH keys to everyone but their owner. ssh itself refuses keys that others can read.
set -eu
find "$HOME/.ssh" -maxdepth 1 -type f -name 'id_*' ! -name "*.pub" -perm /077 |
	while IFS= read -r key; do
		chmod go-rwx "$key"
		echo "closed $key"
	done
