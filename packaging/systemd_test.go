// Package packaging has what goes into the Debian package besides the program.
// Its test installs the package in a Debian 12 that runs under systemd, follows
// the administrator's guide, and tries what can go wrong.
package packaging

import (
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"strings"
	"testing"
)

// build builds the package of this tree with a version.
func build(t *testing.T, version string) (deb string) {
	t.Helper()
	cmd := exec.CommandContext(t.Context(), "make", "--no-print-directory", "-C", "..", "package", "VERSION="+version, "SOURCE_DATE_EPOCH=1700000000")
	if out, err := cmd.CombinedOutput(); err != nil {
		t.Fatalf("make package: %v\n%s", err, out)
	}
	made, err := filepath.Glob(filepath.Join("..", "dist", "requestd_"+version+"_*.deb"))
	if err != nil || len(made) != 1 {
		t.Fatalf("make package made %v, %v", made, err)
	}
	return made[0]
}

const (
	config    = "/etc/requestd/config.yaml"
	request   = `printf 'From: Ann Example <ann@example.net>\nTo: governance@cafcass.gov.uk\nSubject: FOI request\nMessage-ID: <%s@example.net>\n\nUnder the Freedom of Information Act, please tell me how many %s you have.\n' | sendmail -f ann@example.net governance@cafcass.gov.uk`
	delivered = `test "$(grep -rl 'Auto-Submitted: auto-replied' /srv/mail/ann 2>/dev/null | wc -l)" = `
)

func send(g *guest, id, what string) {
	g.do(strings.NewReplacer("%s@", id+"@", "many %s", "many "+what).Replace(request))
}

// TestThePackageUnderSystemd installs it in an empty Debian 12, goes on to an
// acknowledged request, and then tries what can go wrong.
func TestThePackageUnderSystemd(t *testing.T) {
	g := boot(t)
	deb := build(t, "0.1")
	g.install(deb, "/root/first.deb")
	g.do("sh /root/servers.sh")
	step := func(name string, run func(g *guest)) {
		t.Run(name, func(t *testing.T) { run(&guest{t, g.root, g.pid}) })
	}
	step("an installation trusts and starts nothing", fresh)
	step("from the guide to an acknowledged request", acknowledged)
	step("the journal has levels, and no addresses", journalled)
	step("a daemon that hangs, panics or is killed is started again", restarted)
	step("a wrong configuration stays down, and a reload of one fails", wrongConfiguration)
	step("a secret that changed counts from the reload on", rotated)
	step("a sender that the account does not own", notOwned)
	step("a copy each night", copied)
	step("monitoring reads the status alone", monitored)
	step("a register that is lost", lost)
	step("what root touches keeps its owner", owners)
	build(t, "0.2")
	step("upgrade", func(g *guest) { upgraded(g, strings.Replace(deb, "_0.1_", "_0.2_", 1)) })
	step("encrypted credentials, and a directory of them", encrypted)
	step("removal and purge", purged)
	step("a move to another machine", moved)
	step("an installation by hand", byHand)
}

func (g *guest) install(deb, as string) {
	g.t.Helper()
	b, err := os.ReadFile(deb)
	if err != nil {
		g.t.Fatal(err)
	}
	g.write(as, string(b), 0o644)
	servers, err := os.ReadFile("testdata/servers.sh")
	if err != nil {
		g.t.Fatal(err)
	}
	g.write("/root/servers.sh", string(servers), 0o755)
	g.write("/usr/bin/logged", "#!/bin/sh\njournalctl --sync; exec journalctl -q -o cat -u requestd \"$@\"\n", 0o755)
	g.do("dpkg -i " + as)
}

func fresh(g *guest) {
	g.do("! systemctl is-active --quiet requestd && ! systemctl is-enabled --quiet requestd")
	g.do("! grep -E '^ *(trust|officers|authserv):' " + config)
	out := g.fails(2, "requestd-check", "smtp.host: ", "smtp.password_file", "is an example's", "lies ahead", "names no authority")
	if again := g.fails(2, "requestd-check"); again != out {
		g.t.Errorf("a second run shows\n%s\nafter\n%s", again, out)
	}
	g.do("man -P cat requestd.yaml | grep -q backup_age && man -P cat requestd-restore | grep -q release")
}

func acknowledged(g *guest) {
	b, err := os.ReadFile("testdata/config.yaml")
	if err != nil {
		g.t.Fatal(err)
	}
	g.write(config, string(b), 0o644)
	g.do("cd /etc/requestd/credentials && umask 077 && echo 'mailbox secret' >governance-password && echo 'smtp secret' >smtp-password")
	if out := g.do("requestd-check"); !strings.Contains(out, "signed in to localhost:993") || !strings.Contains(out, "signed in to localhost:587") {
		g.t.Errorf("requestd-check shows\n%s", out)
	}
	g.do("systemctl enable --now requestd && systemctl is-active requestd requestd-backup.timer")
	send(g, "one", "offices")
	g.wait("the acknowledgement", delivered+"1")
	g.do("test ! -e /srv/mail/it") // nothing about a case goes to the machine's administrator
	g.do("requestd status && requestd list | grep -q 'CAF[0-9]*-00001 .*foi'")
}

func journalled(g *guest) {
	out := g.do("logged | grep 'requestd starts'")
	for _, want := range []string{"version=0.1", "configuration=" + config, "register=/var/lib/requestd/requestd.db"} {
		if !strings.Contains(out, want) {
			g.t.Errorf("the start line lacks %q: %s", want, out)
		}
	}
	g.do("! logged | grep -E 'time=|level=|@example.net'")
	g.do("systemctl restart requestd && logged | grep -q 'requestd has stopped'")
}

func restarts(g *guest) string {
	return strings.TrimSpace(g.do("systemctl show -P NRestarts requestd"))
}

// restarted: Go ends with status 2 on SIGABRT, the watchdog's signal, and on a
// panic. A stopped process is one that hangs. systemd takes SIGTERM and SIGPIPE
// for orderly ends, although nobody asked for one.
func restarted(g *guest) {
	g.write("/etc/systemd/system/requestd.service.d/quick.conf", "[Service]\nWatchdogSec=3s\nTimeoutAbortSec=2s\nRestartSec=100ms\n", 0o644)
	g.do("systemctl daemon-reload && systemctl restart requestd && systemctl reset-failed requestd")
	again := func(after, line string) {
		before := restarts(g)
		g.do(line)
		g.wait("a new start after "+after, `test "$(systemctl show -P NRestarts requestd)" != `+before+` && systemctl is-active requestd`)
	}
	for _, signal := range []string{"ABRT", "KILL", "SEGV", "STOP", "TERM"} {
		again("SIG"+signal, "systemctl kill --kill-whom=main -s "+signal+" requestd")
	}
	// The daemon ends at the next line that it logs.
	again("the journal's loss", "systemctl stop systemd-journald.socket systemd-journald-dev-log.socket systemd-journald && systemctl start systemd-journald; systemctl reload requestd || true")
	g.do("logged | grep -q 'status=2/INVALIDARGUMENT' && requestd status")
	g.do("systemctl stop requestd && systemctl show -P ActiveState requestd | grep -qx inactive")
	g.do("rm /etc/systemd/system/requestd.service.d/quick.conf && systemctl daemon-reload && systemctl restart requestd && systemctl reset-failed requestd")
}

func wrongConfiguration(g *guest) {
	g.do("cp " + config + " /root/good.yaml && sed -i 's/port: 587/port: 0/' " + config)
	g.fails(1, "systemctl reload requestd")
	g.do("systemctl is-active requestd && logged -p err | grep -q 'smtp.port'")
	g.do("requestd list | grep -q CAF && requestd messages >/dev/null")
	g.do(metric("requestd_last_reload_success 0"))
	g.fails(1, "systemctl restart requestd")
	g.do(`test "$(systemctl show -P ExecMainStatus requestd) $(systemctl show -P ActiveState requestd)" = '78 failed'`)
	g.do("cp /root/good.yaml " + config)

	g.write("/etc/systemd/system/requestd.service.d/lost.conf", "[Service]\nLoadCredential=lost:/etc/requestd/credentials/lost\nRestartSec=100ms\n", 0o644)
	g.write("/etc/systemd/system/requestd-check.service.d/lost.conf", "[Service]\nLoadCredential=lost:/etc/requestd/credentials/lost\n", 0o644)
	g.do("systemctl daemon-reload")
	g.fails(1, "systemctl start requestd")
	g.do("test \"$(systemctl show -P ActiveState requestd)\" = failed")
	g.fails(243, "requestd-check", "the credential lost is missing: /etc/requestd/credentials/lost")
	g.do("rm /etc/systemd/system/requestd*.service.d/lost.conf && systemctl daemon-reload && systemctl reset-failed requestd")

	g.do("install -d /srv/elsewhere && sed -i 's#path: /var/lib/requestd/#path: /srv/elsewhere/#' " + config + " && requestd init && chown -R requestd: /srv/elsewhere")
	g.fails(1, "systemctl start requestd")
	g.do("logged | grep -q 'ReadWritePaths=' && systemctl stop requestd")
	g.do("cp /root/good.yaml " + config + " && sed -i 's/status_group: requestd-monitor/status_group: adm/' " + config)
	g.fails(1, "systemctl start requestd")
	g.do("logged | grep -q 'SupplementaryGroups=adm'")
	g.write("/etc/systemd/system/requestd.service.d/group.conf", "[Service]\nSupplementaryGroups=adm\n", 0o644)
	g.do("systemctl daemon-reload && systemctl start requestd && test \"$(stat -c %G /run/requestd/status.sock)\" = adm")
	g.do("rm /etc/systemd/system/requestd.service.d/group.conf && cp /root/good.yaml " + config + " && systemctl daemon-reload && systemctl restart requestd")
}

// metric returns a command line that succeeds if the daemon reports a figure.
func metric(line string) string {
	return `bash -c 'exec 3<>/dev/tcp/127.0.0.1/9469; printf "GET /metrics HTTP/1.0\r\n\r\n" >&3; cat <&3' | tr -d '\r' | grep -Fxq '` + line + `'`
}

func rotated(g *guest) {
	g.do("sed -i 's/smtp secret/new secret/' /etc/dovecot/people && printf 'new secret\\n' >/etc/requestd/credentials/smtp-password")
	g.do("systemctl reload requestd && logged | grep -q 'the secret smtp-password was taken over anew'")
	g.do("cp " + config + " /root/good.yaml && sed -i 's/port: 587/port: 0/' " + config + " && echo 'of another account' >/etc/requestd/credentials/smtp-password")
	g.fails(1, "systemctl reload requestd")
	g.do("grep -qx 'new secret' /run/requestd/credentials/smtp-password && cp /root/good.yaml " + config + " && printf 'new secret\\n' >/etc/requestd/credentials/smtp-password")
	send(g, "two", "cars")
	g.wait("an acknowledgement with the new password", delivered+"2")
	g.do("systemctl restart requestd && test ! -e /run/requestd/credentials")
}

func notOwned(g *guest) {
	g.do("postconf -e 'smtpd_sender_login_maps=inline:{governance@cafcass.gov.uk=another}' && postfix reload")
	g.fails(1, "requestd-check", "not owned by user", "smtpd_sender_login_maps")
	send(g, "three", "desks")
	g.wait("a letter that waits", "requestd outbox --state waiting --json | grep -q 'not owned by user'")
	g.do("requestd status | grep -q 'not owned by user' && ! requestd outbox --state failed | grep -q acknowledgement")
	g.do("! logged | grep -E 'ann@example.net|governance@'")
	g.do("postconf -e 'smtpd_sender_login_maps=inline:{governance@cafcass.gov.uk=requestd}' && postfix reload")
	g.wait("the letter by itself", delivered+"3")
}

func copied(g *guest) {
	g.do(metric("requestd_last_backup_timestamp_seconds 0"))
	g.do("systemctl start requestd-backup && requestd verify /var/backups/requestd/requestd-*.db && requestd status | grep 'backup' | grep -v never")
	g.do("! " + metric("requestd_last_backup_timestamp_seconds 0"))
	g.do("logged | grep -q 'the register was copied.*by=local:requestd'")
	g.do("chmod 000 /var/backups/requestd; chown root: /var/backups/requestd")
	g.fails(1, "systemctl start requestd-backup")
	g.do("chown requestd: /var/backups/requestd && chmod 700 /var/backups/requestd && systemctl reset-failed")
}

func monitored(g *guest) {
	g.do("useradd -G requestd-monitor watcher; useradd stranger")
	as := func(user, line string) string {
		return "setpriv --reuid " + user + " --regid " + user + " --init-groups " + line
	}
	g.do(as("watcher", "requestd status"))
	g.fails(3, as("watcher", "requestd list"), "may not use its control socket")
	if out := g.fails(2, as("stranger", "requestd check"), "may not be read by this user", "sudo requestd-check"); strings.Contains(out, "systemctl edit") || strings.Contains(out, "LoadCredential") {
		g.t.Errorf("the check by a stranger tells them to change the units:\n%s", out)
	}
	g.fails(3, as("stranger", "requestd status"), "may not use its control socket")
	g.do("bash -c 'exec 3<>/dev/tcp/127.0.0.1/9469; printf \"GET /healthz HTTP/1.0\\r\\n\\r\\n\" >&3; cat <&3' | grep -q '\"well\":true'")
	g.do("systemctl stop requestd")
	g.fails(3, as("stranger", "requestd list"), "you may not look at the register")
	g.do("systemctl start requestd")
}

// lost: the register disappears, and the last copy is restored.
func lost(g *guest) {
	send(g, "four", "chairs")
	g.wait("the acknowledgement of what no copy knows", delivered+"4")
	g.do("systemctl stop requestd && mkdir /root/lost && mv /var/lib/requestd/requestd.db /root/lost")
	g.fails(1, "systemctl start requestd")
	g.do("test \"$(systemctl show -P ExecMainStatus requestd)\" = 78 && logged -p err | grep -q 'there is no register at /var/lib/requestd/requestd.db, and one was there since .* file system mounted at /'")
	g.fails(1, "requestd init", "requestd restore FILE")
	g.do("requestd restore $(ls /var/backups/requestd/*.db | tail -n 1) && systemctl reset-failed requestd")
	g.fails(1, "requestd restore --release", "cafcass was not read")
	g.do("systemctl start requestd")
	g.wait("the mail after the copy to be read again", "requestd list | grep -q 'CAF[0-9]*-00004'")
	g.wait("its letter to be held", "requestd restore --list | grep -q 'CAF[0-9]*-00004 .*acknowledgement'")
	g.do(delivered + "4")
	send(g, "five", "lamps")
	g.wait("a mail that came after the restore", delivered+"5")
	g.fails(1, "requestd status", "a copy of the register was put back")
	g.wait("the alarm to whoever keeps the machine", "grep -rq 'a copy of the register was put back' /srv/mail/it/new")
	g.do("requestd acknowledge $(requestd list --json | sed -n 's/.*\"ref\":\"\\(CAF[0-9]*-00004\\)\".*/\\1/p') --by-hand $(date +%F)")
	g.do("requestd restore --release && requestd status && requestd verify")
	g.do(delivered + "5")
}

var foreign = regexp.MustCompile(`(?m)^(?:[^r]|r[^e]).*$`)

func owners(g *guest) {
	// Only the unit gets credentials; root reads them from where they are kept.
	g.do("sed 's#/run/credentials/requestd.service/#/etc/requestd/credentials/#' " + config + " >/root/once.yaml")
	g.do("systemctl stop requestd && requestd verify && requestd backup /root/by-hand.db && requestd erase --due --yes && requestd run --once --config /root/once.yaml")
	out := g.do("stat -c '%U %n' /var/lib/requestd/*")
	if bad := foreign.FindString(out); bad != "" {
		g.t.Errorf("not the daemon's: %s", bad)
	}
	g.do("systemctl start requestd")
}

func upgraded(g *guest, deb string) {
	cases := g.do("requestd list")
	g.do("echo '# mine' >>" + config)
	g.install(deb, "/root/second.deb")
	g.do("systemctl is-active requestd && requestd status | grep -q 'requestd 0.2' && tail -n 1 " + config + " | grep -q '^# mine$'")
	if after := g.do("requestd list"); after != cases {
		g.t.Errorf("before the upgrade\n%s\nafter it\n%s", cases, after)
	}
}

func purged(g *guest) {
	g.do("requestd backup /root/moved.db")
	g.do("dpkg -r requestd && ! systemctl is-active --quiet requestd && test -e " + config)
	g.do("mkdir -p /etc/systemd/system/requestd-backup.timer.d && printf '[Timer]\nRandomizedDelaySec=1\n' >/etc/systemd/system/requestd-backup.timer.d/mine.conf && systemctl mask requestd-backup.timer")
	g.do("dpkg -P requestd && ! ls -d /etc/systemd/system/requestd* && test ! -e /etc/requestd && test -s /var/lib/requestd/requestd.db && ls /var/backups/requestd/*.db")
	g.do("dpkg -i /root/second.deb && test -s /var/lib/requestd/requestd.db") // the public record is still there
}

// encrypted: what the guide says about systemd-creds and about a directory.
func encrypted(g *guest) {
	const dropIn = `[Service]
LoadCredential=
LoadCredential=mailbox:/etc/requestd/mailboxes
LoadCredentialEncrypted=smtp-password:/etc/requestd/smtp-password.cred
`
	for _, unit := range []string{"requestd", "requestd-check"} {
		g.write("/etc/systemd/system/"+unit+".service.d/override.conf", dropIn, 0o644)
	}
	g.do("cp " + config + " /root/good.yaml && cd /etc/requestd && mkdir -m 700 mailboxes && mv credentials/governance-password mailboxes/cafcass" +
		" && systemd-creds encrypt --name=smtp-password credentials/smtp-password smtp-password.cred && rm credentials/smtp-password" +
		" && sed -i 's#/run/credentials/requestd.service/governance-password#$CREDENTIALS_DIRECTORY/mailbox_cafcass#' " + config)
	g.do("systemctl daemon-reload && requestd-check && systemctl restart requestd && systemctl is-active requestd")
	send(g, "six", "doors")
	g.wait("an acknowledgement with both", delivered+"6")
}

// moved: the old machine was purged, and this is the new one.
func moved(g *guest) {
	g.do("systemctl stop requestd; rm -r /var/lib/requestd /var/backups/requestd /etc/requestd && dpkg -P requestd && dpkg --path-exclude='/usr/share/doc/*' -i /root/second.deb && grep -q '^mailboxes:' " + config) // as in a slim image
	g.do("cp /root/good.yaml " + config + " && cd /etc/requestd/credentials && umask 077 && echo 'mailbox secret' >governance-password && echo 'new secret' >smtp-password")
	send(g, "seven", "stairs") // while no daemon runs
	g.do("requestd restore /root/moved.db")
	g.fails(1, "requestd restore --release", "--unread")
	g.do("requestd restore --release --unread && requestd-check && systemctl enable --now requestd")
	send(g, "eight", "lifts")
	g.wait("what came meanwhile and what came later", delivered+"8")
	g.do("requestd verify && requestd status")
}

// byHand follows the guide without a package, on a Debian without
// /etc/sysusers.d. Files that the source tree has are taken from the package.
func byHand(g *guest) {
	g.do("dpkg -x /root/second.deb /root/x && dpkg -P requestd && rm -rf /var/lib/requestd /var/backups/requestd /etc/sysusers.d /etc/tmpfiles.d && userdel requestd && groupdel requestd-monitor")
	g.do("cd /root/x && install -D -m 0755 usr/bin/requestd usr/bin/requestd-check -t /usr/bin && install -m 0644 usr/lib/systemd/system/requestd* /etc/systemd/system" +
		" && install -D -m 0644 usr/lib/sysusers.d/requestd.conf -t /etc/sysusers.d && install -D -m 0644 usr/lib/tmpfiles.d/requestd.conf -t /etc/tmpfiles.d" +
		" && systemd-sysusers && systemd-tmpfiles --create requestd.conf && install -d -m 0755 /etc/requestd && install -d -m 0700 /etc/requestd/credentials" +
		" && cp /root/good.yaml " + config + " && requestd init && systemctl daemon-reload")
	g.do("cd /etc/requestd/credentials && umask 077 && echo 'mailbox secret' >governance-password && echo 'new secret' >smtp-password")
	g.do("requestd-check && systemctl enable --now requestd && systemctl is-active requestd requestd-backup.timer && requestd status")
}
