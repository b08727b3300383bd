#!/bin/sh
# Tries the alert rules and the scrape snippet with promtool (Debian package
# prometheus). Without it nothing is tried, and this says so.
set -eu
cd "$(dirname "$0")"
if ! command -v promtool >/dev/null; then
	echo "not run: alert rules (promtool is not installed; on Debian it is in the package prometheus)" >&2
	exit 0
fi
promtool check rules requestd.rules.yml
promtool test rules requestd.rules.test.yml
config=$(mktemp)
trap 'rm -f "$config"' EXIT
sed "s#/usr/share/doc/requestd/prometheus/#$PWD/#" scrape.yml >"$config"
promtool check config "$config"
