package mailtest

import (
	"fmt"
	"os"
	"os/exec"
	"strings"
)

// Where Debian keeps the programs that are not on the path.
const (
	dovecotProgram = "/usr/sbin/dovecot"
	imapProgram    = "/usr/lib/dovecot/imap"
	lmtpProgram    = "/usr/lib/dovecot/lmtp"
	postfixMaster  = "/usr/lib/postfix/sbin/master"
	postfixVirtual = "/usr/lib/postfix/sbin/virtual"
	doveadm        = "/usr/bin/doveadm"
)

// Missing says in one sentence why the real servers cannot be started here; it
// is empty if they can.
func Missing() string {
	var lacking []string
	for _, p := range []string{dovecotProgram, imapProgram, lmtpProgram, doveadm, postfixMaster, postfixVirtual} {
		if _, err := exec.LookPath(p); err != nil {
			lacking = append(lacking, p)
		}
	}
	switch {
	case len(lacking) > 0:
		return fmt.Sprintf("%s missing: install Debian's dovecot-imapd, dovecot-lmtpd and postfix, or run .ci/servers as root",
			strings.Join(lacking, ", "))
	case os.Geteuid() != 0:
		return "Dovecot and Postfix start only for root: run the tests as root"
	}
	return ""
}

// Need ends the test if the real servers cannot be started: as a failure if the
// environment has CI=true, else as a skip that says what is missing.
func Need(t T) {
	t.Helper()
	why := Missing()
	if why == "" {
		return
	}
	if os.Getenv("CI") == "true" {
		t.Fatalf("not run against a real Dovecot and Postfix: %s", why)
	}
	t.Skip("not run against a real Dovecot and Postfix: " + why)
}
