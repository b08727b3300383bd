package classify_test

import (
	"slices"
	"strings"
	"testing"

	"requestd/classify"
	"requestd/intake"
)

// believing returns a classifier that believes these authorities about the
// senders of its mail.
func believing(t *testing.T, authserv, spam []string) *classify.Classifier {
	t.Helper()
	s := classify.DefaultSettings()
	s.Bodies = append(s.Bodies, classify.Body{Mailbox: "cafcass", Authserv: authserv})
	s.Spam = spam
	c, err := classify.New(s)
	if err != nil {
		t.Fatal(err)
	}
	return c
}

// TestWhoIsVouchedFor: where a server's results about senders are believed,
// only those for whom it vouches get a letter automatically, however its name
// is spelled.
func TestWhoIsVouchedFor(t *testing.T) {
	const ar = "Authentication-Results: mx.example.net; "
	c := believing(t, []string{"mx.example.net"}, nil)
	for _, tt := range []struct{ name, header, hold string }{
		{"a pass", ar + "dmarc=pass header.from=example.org", ""},
		{"with other results", ar + "spf=pass smtp.mailfrom=example.org; dkim=pass header.d=example.org; dmarc=pass (p=reject) header.from=example.org", ""},
		{"in capitals", "Authentication-Results: MX.EXAMPLE.NET; DMARC=PASS HEADER.FROM=EXAMPLE.ORG", ""},
		{"with a version", "Authentication-Results: mx.example.net 1; dmarc/1=pass header.from=example.org", ""},
		{"with spaces", ar + "dmarc = pass header.from = example.org", ""},
		{"with a tab", ar + "dmarc\t=\tpass\theader.from=example.org", ""},
		{"folded", "Authentication-Results: mx.example.net;\r\n\tdmarc=pass\r\n header.from=example.org", ""},
		{"with comments", ar + "dmarc=(a)pass (b (c)) header.from=example.org", ""},
		{"the whole address", ar + "dmarc=pass header.from=someone@example.org", ""},
		{"another's field beside it", "Authentication-Results: mx.evil.example; dmarc=fail\r\n" + ar + "dmarc=pass header.from=example.org", ""},
		{"no policy, SPF passes", ar + "dmarc=none header.from=example.org; spf=pass smtp.mailfrom=example.org", ""},
		{"no policy, SPF of the whole address", ar + "spf=pass smtp.mailfrom=someone@example.org; dmarc=none header.from=example.org", ""},
		{"no policy, SPF of a subdomain", ar + "spf=pass smtp.mailfrom=bounce.example.org; dmarc=none header.from=example.org", ""},
		{"no policy, DKIM passes", ar + "dkim=pass header.d=example.org; dmarc=none header.from=example.org", ""},
		{"no policy, DKIM by identity", ar + "dkim=pass header.i=@example.org; dmarc=none header.from=example.org", ""},
		{"no policy, one of two signatures", ar + "dkim=fail header.d=example.org; dkim=pass header.d=example.org; dmarc=none header.from=example.org", ""},
		{"Exchange Online's guess", ar + "spf=pass smtp.mailfrom=example.org; dmarc=bestguesspass header.from=example.org", ""},

		{"a failure", ar + "spf=fail; dmarc=fail header.from=example.org", "spoofed"},
		{"in capitals", ar + "DMARC=FAIL header.from=example.org", "spoofed"},
		{"with spaces", ar + "dmarc = fail header.from=example.org", "spoofed"},
		{"with a tab", ar + "dmarc\t= fail header.from=example.org", "spoofed"},
		{"with a version", ar + "dmarc/1=fail header.from=example.org", "spoofed"},
		{"with a comment", ar + "dmarc=(x)fail header.from=example.org", "spoofed"},
		{"with a comment first", ar + "(x) dmarc=fail header.from=example.org", "spoofed"},
		{"without the space", "Authentication-Results: mx.example.net;dmarc=fail", "spoofed"},
		{"folded", "Authentication-Results: mx.example.net;\r\n\tdmarc=fail\r\n header.from=example.org", "spoofed"},
		{"quoted", ar + `dmarc="fail" header.from=example.org`, "spoofed"},
		{"a quoted pass", ar + `dmarc="pass" header.from=example.org`, "spoofed"},
		{"a temporary error", ar + "dmarc=temperror header.from=example.org", "spoofed"},
		{"a lasting error", ar + "dmarc=permerror header.from=example.org", "spoofed"},
		{"a word that nobody knows", ar + "dmarc=pass2 header.from=example.org", "spoofed"},
		{"a word beyond a comment", ar + "dmarc=pass(x)x header.from=example.org", "spoofed"},
		{"an empty result", ar + "dmarc= header.from=example.org", "spoofed"},
		{"no DMARC result", ar + "spf=pass smtp.mailfrom=example.org; dkim=pass header.d=example.org", "spoofed"},
		{"no result at all", "Authentication-Results: mx.example.net; none", "spoofed"},
		{"no field", "X-Nothing: x", "spoofed"},
		{"an empty field", "Authentication-Results:", "spoofed"},
		{"another's word alone", "Authentication-Results: mx.evil.example; dmarc=pass header.from=example.org", "spoofed"},
		{"a name that begins alike", "Authentication-Results: mx.example.net.evil.example; dmarc=pass header.from=example.org", "spoofed"},
		{"a name that ends alike", "Authentication-Results: amx.example.net; dmarc=pass header.from=example.org", "spoofed"},
		{"an upstream's word", "Authentication-Results-Original: mx.example.net; dmarc=pass header.from=example.org", "spoofed"},
		{"within ARC", "ARC-Authentication-Results: i=1; mx.example.net; dmarc=pass header.from=example.org", "spoofed"},
		{"ours above a stranger's in our name", ar + "dmarc=pass header.from=example.org\r\n" + ar + "dmarc=fail", "spoofed"},
		{"a stranger's in our name below", ar + "dmarc=fail header.from=example.org\r\n" + ar + "dmarc=pass header.from=example.org", "spoofed"},
		{"a silent field and a pass", ar + "spf=none\r\n" + ar + "dmarc=pass header.from=example.org", "spoofed"},
		{"two passes in two fields", ar + "dmarc=pass header.from=example.org\r\n" + ar + "dmarc=pass header.from=example.org", "spoofed"},
		{"two results, the first fails", ar + "dmarc=fail header.from=example.org; dmarc=pass header.from=example.org", "spoofed"},
		{"two results, the second fails", ar + "dmarc=pass header.from=example.org; dmarc=fail header.from=example.org", "spoofed"},
		{"no domain", ar + "dmarc=pass", "spoofed"},
		{"another domain", ar + "dmarc=pass header.from=example.com", "spoofed"},
		{"a subdomain", ar + "dmarc=pass header.from=sub.example.org", "spoofed"},
		{"two domains", ar + "dmarc=pass header.from=example.com header.from=example.org", "spoofed"},
		{"the domain of another result", ar + "dmarc=pass; spf=pass header.from=example.org", "spoofed"},
		{"within a comment", ar + "spf=fail (; dmarc=pass header.from=example.org)", "spoofed"},
		{"within a quoted string", ar + `spf=fail smtp.mailfrom="a; dmarc=pass header.from=example.org"@example.com`, "spoofed"},
		{"behind a comment without an end", ar + "spf=fail (a(b); dmarc=pass header.from=example.org", "spoofed"},
		{"behind a quoted string without an end", ar + `spf=fail "; dmarc=pass header.from=example.org`, "spoofed"},
		{"no policy and nothing else", ar + "dmarc=none header.from=example.org", "spoofed"},
		{"no policy, SPF fails", ar + "dmarc=none header.from=example.org; spf=fail smtp.mailfrom=example.org", "spoofed"},
		{"no policy, SPF softly fails", ar + "dmarc=none header.from=example.org; spf=softfail smtp.mailfrom=example.org", "spoofed"},
		{"no policy, SPF of another domain", ar + "dmarc=none header.from=example.org; spf=pass smtp.mailfrom=example.com", "spoofed"},
		{"no policy, SPF of a name that ends alike", ar + "dmarc=none header.from=example.org; spf=pass smtp.mailfrom=badexample.org", "spoofed"},
		{"no policy, SPF without its domain", ar + "dmarc=none header.from=example.org; spf=pass", "spoofed"},
		{"no policy, DKIM of another domain", ar + "dmarc=none header.from=example.org; dkim=pass header.d=example.com", "spoofed"},
		{"no policy, DKIM of two domains", ar + "dmarc=none header.from=example.org; dkim=pass header.d=example.com header.d=example.org", "spoofed"},
		{"no policy, another method", ar + "dmarc=none header.from=example.org; iprev=pass smtp.mailfrom=example.org", "spoofed"},
		{"two From fields", ar + "dmarc=pass header.from=example.org\r\nFrom: a@example.org\r\nFrom: b@example.com", "spoofed"},
		{"two people in From", ar + "dmarc=pass header.from=example.org\r\nFrom: a@example.org, b@example.org", "spoofed"},
		{"a domain that only looks alike", ar + "dmarc=pass header.from=example.org\r\nFrom: a@exаmple.org", "spoofed"},
	} {
		t.Run(tt.name, func(t *testing.T) {
			r := read(t, c, mail(request, strings.Split(tt.header, "\r\nFrom: ")[0], from(tt.header)))
			switch held := forged(r); {
			case tt.hold != "" && (!held || r.Decision != intake.Triage || r.Kind != intake.FOI):
				t.Errorf("hold %v, %s, %s", r.Hold, r.Decision, r.Kind)
			case tt.hold == "" && r.Decision != intake.Acknowledge:
				t.Errorf("decision %s, hold %v (%v)", r.Decision, r.Hold, r.Evidence)
			}
		})
	}
	if r := read(t, newClassifier(t), mail(request, ar+"dmarc=fail")); len(r.Hold) > 0 {
		t.Errorf("without an authority nothing is believed: %v", r.Hold)
	}
}

// forged reports whether the mail is held because of its sender.
func forged(r intake.Reading) bool {
	return slices.Contains(r.Hold, "spoofed") || slices.Contains(r.Hold, "sender-unproved")
}

// from returns the From field, or fields, at the end of a header, or the usual
// one.
func from(header string) string {
	_, own, ok := strings.Cut(header, "\r\nFrom: ")
	if !ok {
		own = "Sam Someone <someone@example.org>"
	}
	return "From: " + own
}

// TestAnotherMailboxesAuthority: each mailbox has its own servers.
func TestAnotherMailboxesAuthority(t *testing.T) {
	s := classify.DefaultSettings()
	s.Bodies = append(s.Bodies, classify.Body{Mailbox: "another", Authserv: []string{"mx.example.net"}})
	c, err := classify.New(s)
	if err != nil {
		t.Fatal(err)
	}
	if r := read(t, c, mail(request, "X-Nothing: x")); len(r.Hold) > 0 {
		t.Errorf("held for %v", r.Hold)
	}
}

func TestAFilterThatIsBelieved(t *testing.T) {
	c := believing(t, nil, []string{"microsoft365", "spamassassin"})
	for _, tt := range []struct{ name, header, hold string }{
		{"spam verdict", "X-MS-Exchange-Organization-SCL: 6", "spam"},
		{"a filter's flag", "X-Spam-Flag: YES", "spam"},
		{"a filter that nobody named", "X-Spam: Yes", ""},
		{"no spam", "X-MS-Exchange-Organization-SCL: 1", ""},
	} {
		t.Run(tt.name, func(t *testing.T) {
			r := read(t, c, mail(request, tt.header))
			if held := slices.Contains(r.Hold, "spam"); held != (tt.hold != "") || !held && r.Decision != intake.Acknowledge {
				t.Errorf("hold %v, %s", r.Hold, r.Decision)
			}
		})
	}
}

func TestExchangeOnlineNamesNoServer(t *testing.T) {
	c := believing(t, []string{"microsoft365"}, nil)
	for _, tt := range []struct {
		name, header string
		held         bool
	}{
		{"a pass", "Authentication-Results: spf=pass (sender IP is 192.0.2.1) smtp.mailfrom=example.org; dkim=pass (signature was verified) header.d=example.org;dmarc=pass action=none header.from=example.org;compauth=pass reason=100", false},
		{"a failure", "Authentication-Results: spf=fail (sender IP is 192.0.2.7) smtp.mailfrom=example.org; dkim=none; dmarc=fail action=none header.from=example.org", true},
		{"a server that nobody named", "Authentication-Results: mx.evil.example; dmarc=pass header.from=example.org", true},
	} {
		if r := read(t, c, mail(request, tt.header, from(""))); forged(r) != tt.held {
			t.Errorf("%s: hold %v", tt.name, r.Hold)
		}
	}
}
