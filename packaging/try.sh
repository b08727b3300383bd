#!/bin/sh
# Tries a package on this machine, as root: install, upgrade, remove, purge.
# Each step must leave register and configuration as it should. It refuses to
# run where requestd is already in use.
set -eu

deb=$1
fail() { echo "try: $*" >&2; exit 1; }

[ "$(id -u)" = 0 ] || fail "needs root, for dpkg"
if dpkg -s requestd >/dev/null 2>&1 || [ -e /etc/requestd ] || [ -e /var/lib/requestd ]; then
	fail "requestd is on this machine already: use a fresh one"
fi

dpkg -i "$deb"
getent passwd requestd >/dev/null || fail "the user was not made"
[ "$(stat -c '%a %U:%G' /var/lib/requestd)" = "700 requestd:requestd" ] || fail "the register's directory is open"
[ "$(stat -c '%a %U:%G' /etc/requestd/credentials)" = "700 root:root" ] || fail "the credentials are open"
cmp -s /etc/requestd/config.yaml /usr/share/requestd/config.first.yaml || fail "no configuration to edit"
[ "$(stat -c '%a %U:%G' /var/lib/requestd/requestd.db)" = "600 requestd:requestd" ] || fail "no register was made, or not for its user"
[ "$(stat -c '%a %U:%G' /var/backups/requestd)" = "700 requestd:requestd" ] || fail "there is no place for copies"
for c in bash-completion/completions/requestd zsh/vendor-completions/_requestd fish/vendor_completions.d/requestd.fish; do
	[ -s "/usr/share/$c" ] || fail "$c is missing"
done
requestd --help >/dev/null || fail "the program does not run"
for page in man1/requestd-check.1 man5/requestd.yaml.5; do
	gzip -dc /usr/share/man/$page.gz | grep -q '^.SH NAME' || fail "no manual page $page"
done
for f in docs/officers-guide.md docs/administration.md texts/letter-acknowledgement.en.txt; do
	[ -s "/usr/share/doc/requestd/$f" ] || fail "$f is missing"
done
code=0
requestd check >/dev/null 2>&1 || code=$?
[ "$code" = 2 ] || fail "check of passwords not yet written gave $code, not 2"
systemd-analyze verify /usr/lib/systemd/system/requestd*.service /usr/lib/systemd/system/requestd-backup.timer || fail "the unit is wrong"

echo "# mine" >>/etc/requestd/config.yaml
echo secret >/etc/requestd/credentials/smtp-password
echo register >/var/lib/requestd/requestd.db
dpkg -i "$deb"
tail -n 1 /etc/requestd/config.yaml | grep -q '^# mine$' || fail "the upgrade changed the configuration"
grep -q register /var/lib/requestd/requestd.db || fail "the upgrade lost the register"

dpkg -r requestd
[ ! -e /usr/bin/requestd ] || fail "the program is still there"
grep -q '^# mine$' /etc/requestd/config.yaml || fail "removal took the configuration"
grep -q register /var/lib/requestd/requestd.db || fail "removal took the register"

dpkg -P requestd
[ ! -e /etc/requestd ] || fail "the purge left configuration or passwords"
grep -q register /var/lib/requestd/requestd.db || fail "the purge took the register"

rm -r /var/lib/requestd
rmdir /var/backups/requestd 2>/dev/null || true
userdel requestd 2>/dev/null || true
groupdel requestd-monitor 2>/dev/null || true
echo "try: installed, upgraded, removed and purged; register and configuration as they should be"
