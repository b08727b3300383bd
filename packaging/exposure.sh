#!/bin/sh
# Says how exposed the units are, and fails above 1.5 of 10.
set -eu
cd "$(dirname "$0")"
if ! command -v systemd-analyze >/dev/null; then
	echo "exposure: systemd-analyze is not installed; on Debian it is in the package systemd" >&2
	exit 1
fi
for unit in requestd.service requestd-check.service requestd-backup.service; do
	out=$(systemd-analyze security --no-pager --offline=true --threshold=15 "$PWD/$unit") || {
		echo "$out" >&2
		echo "exposure: $unit is above 1.5" >&2
		exit 1
	}
	echo "$out" | tail -n 1
done
