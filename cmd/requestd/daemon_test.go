package main

import (
	"path/filepath"
	"strings"
	"testing"
	"time"

	"requestd/intake/mailtest"
)

const oneMore = "From: Wilf Arden <%s>\r\nTo: governance@cafcass.gov.uk\r\nSubject: FOI request\r\n" +
	"Message-ID: <%s>\r\n\r\nUnder the Freedom of Information Act, please tell me how many offices you have.\r\n"

// daemonSendsNothingTwice starts the daemon on a register that is up to date,
// stops it and starts it again. Each time a new mail shows that it watches.
func daemonSendsNothingTwice(t *testing.T, p *program, s *mailtest.Servers, before *registered) {
	p = &program{t: t, binary: p.binary, config: p.config}
	s = s.For(t)
	for i, who := range []string{"wilf@example.net", "arden@example.net"} {
		d := p.start()
		raw := strings.NewReplacer("%s", who).Replace(oneMore)
		s.Deliver("governance", []byte(raw), time.Now())
		s.WaitDeliveries(t.Context(), "the acknowledgement to "+who, func(all []mailtest.Delivery) bool {
			for _, x := range all {
				if x.To == who {
					return true
				}
			}
			return false
		})
		if i == 0 {
			besideTheDaemon(t, p)
		}
		d.stop()
		now := readRegister(p, s)
		if more := len(now.out) - len(before.out); more != 2*(i+1) {
			t.Errorf("after %d new mails %d mails went out, want an acknowledgement and a copy each", i+1, more)
		}
	}
	p.do("verify")
}

// besideTheDaemon runs what administrators run while the daemon works.
func besideTheDaemon(t *testing.T, p *program) {
	t.Helper()
	if code, _, errs := p.try("run", "--once"); code != exitFailed || !strings.Contains(errs, "running") {
		t.Errorf("run --once beside the daemon: exit %d: %s", code, errs)
	}
	file := filepath.Join(t.TempDir(), "copy.db")
	p.do("backup", file)
	if out := p.do("verify", file); !strings.Contains(out, "sound") {
		t.Errorf("verify of the copy said %q", out)
	}
	p.do("verify")
}
