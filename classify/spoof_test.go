package classify_test

import (
	"slices"
	"testing"

	"requestd/classify"
	"requestd/intake"
)

func TestOnlyTheConfiguredAuthorityIsBelieved(t *testing.T) {
	s := classify.DefaultSettings()
	s.Authserv, s.Spam = []string{"mx.example.net"}, []string{"microsoft365", "spamassassin"}
	c, err := classify.New(s)
	if err != nil {
		t.Fatal(err)
	}
	for _, tt := range []struct{ name, header, hold string }{
		{"pass", "Authentication-Results: mx.example.net; dmarc=pass header.from=example.org", ""},
		{"fail", "Authentication-Results: mx.example.net; spf=fail; dmarc=fail header.from=example.org", "spoofed"},
		{"another's word", "Authentication-Results: mx.evil.example; dmarc=fail", ""},
		{"an upstream's word", "Authentication-Results-Original: mx.example.net; dmarc=fail", ""},
		{"ours stands first", "Authentication-Results: mx.example.net; dmarc=pass\r\nAuthentication-Results: mx.example.net; dmarc=fail", ""},
		{"spam verdict", "X-MS-Exchange-Organization-SCL: 6", "spam"},
		{"a filter's flag", "X-Spam-Flag: YES", "spam"},
		{"a filter that nobody named", "X-Spam: Yes", ""},
		{"no spam", "X-MS-Exchange-Organization-SCL: 1", ""},
	} {
		t.Run(tt.name, func(t *testing.T) {
			r := read(t, c, mail(request, tt.header))
			if held := slices.Contains(r.Hold, tt.hold); tt.hold != "" && (!held || r.Decision != intake.Triage || r.Kind != intake.FOI) {
				t.Errorf("hold %v, %s, %s", r.Hold, r.Decision, r.Kind)
			}
			if tt.hold == "" && r.Decision != intake.Acknowledge {
				t.Errorf("decision %s, hold %v", r.Decision, r.Hold)
			}
		})
	}
	if r := read(t, newClassifier(t), mail(request, "Authentication-Results: mx.example.net; dmarc=fail")); len(r.Hold) > 0 {
		t.Errorf("without an authority nothing is believed: %v", r.Hold)
	}
}

func TestExchangeOnlineNamesNoServer(t *testing.T) {
	s := classify.DefaultSettings()
	s.Authserv = []string{"microsoft365"}
	c, err := classify.New(s)
	if err != nil {
		t.Fatal(err)
	}
	fail := "Authentication-Results: spf=fail (sender IP is 192.0.2.7) smtp.mailfrom=example.org; dkim=none; dmarc=fail action=none header.from=example.org"
	if r := read(t, c, mail(request, fail)); !slices.Contains(r.Hold, "spoofed") {
		t.Errorf("hold %v, want spoofed", r.Hold)
	}
	if r := read(t, c, mail(request, "Authentication-Results: mx.evil.example; dmarc=fail")); slices.Contains(r.Hold, "spoofed") {
		t.Error("a server that was not configured was believed")
	}
}
