package officer

import (
	"testing"

	"requestd/intake"
)

func mailFrom(addr string, header ...string) *intake.Message {
	m := &intake.Message{From: []intake.Address{{Addr: addr}}}
	for i := 0; i+1 < len(header); i += 2 {
		m.Header = append(m.Header, intake.Field{Name: header[i], Value: header[i+1]})
	}
	return m
}

func TestWhomAnAuthorityVouchesFor(t *testing.T) {
	const ar, as, source = "authentication-results", "x-ms-exchange-organization-authas", "x-ms-exchange-organization-authsource"
	dmarc := Trust{Officers: []string{DMARC}, Authserv: []string{"mx.example.org"}}
	online := Trust{Officers: []string{DMARC}, Authserv: []string{Microsoft365}}
	mark := Trust{Officers: []string{Microsoft365}}
	good := "mx.example.org; spf=pass smtp.mailfrom=example.org; dmarc=pass (p=reject) header.from=example.org"
	for name, c := range map[string]struct {
		trust  Trust
		header []string
		want   bool
	}{
		"a pass":                                  {dmarc, []string{ar, good}, true},
		"a pass, with a version":                  {dmarc, []string{ar, "MX.example.org 1; dmarc/1 = pass header.from=example.org"}, true},
		"a pass without the domain":               {dmarc, []string{ar, "mx.example.org; dmarc=pass"}, false},
		"no configured authority":                 {Trust{Authserv: []string{"mx.example.org"}}, []string{ar, good}, false},
		"no header at all":                        {dmarc, nil, false},
		"a failure":                               {dmarc, []string{ar, "mx.example.org; dmarc=fail header.from=example.org"}, false},
		"none, for a domain without a policy":     {dmarc, []string{ar, "mx.example.org; dmarc=none header.from=example.org"}, false},
		"a DKIM pass is no DMARC pass":            {dmarc, []string{ar, "mx.example.org; dkim=pass header.d=example.org"}, false},
		"another server's word":                   {dmarc, []string{ar, "mx.example.net; dmarc=pass header.from=example.org"}, false},
		"a name that only begins alike":           {dmarc, []string{ar, "mx.example.org.example.net; dmarc=pass header.from=example.org"}, false},
		"a forged pass below the real failure":    {dmarc, []string{ar, "mx.example.org; dmarc=fail", ar, good}, false},
		"a forged pass below a silent field":      {dmarc, []string{ar, "mx.example.org; spf=none", ar, good}, false},
		"another server's field above":            {dmarc, []string{ar, "relay.example.net; dmarc=fail", ar, good}, true},
		"a pass for another domain":               {dmarc, []string{ar, "mx.example.org; dmarc=pass header.from=example.net"}, false},
		"a pass inside a comment":                 {dmarc, []string{ar, "mx.example.org; spf=fail (; dmarc=pass header.from=example.org)"}, false},
		"a pass inside a quoted string":           {dmarc, []string{ar, `mx.example.org; spf=fail smtp.mailfrom="a; dmarc=pass"@example.net`}, false},
		"a pass behind an unclosed comment":       {dmarc, []string{ar, "mx.example.org; spf=fail (a(b); dmarc=pass"}, false},
		"two results, the first fails":            {dmarc, []string{ar, "mx.example.org; dmarc=fail; dmarc=pass"}, false},
		"Exchange Online's field":                 {online, []string{ar, "spf=pass (sender IP is 192.0.2.1) smtp.mailfrom=example.org; dkim=pass; dmarc=pass action=none header.from=example.org;compauth=pass reason=100"}, true},
		"Exchange Online's failure":               {online, []string{ar, "spf=fail smtp.mailfrom=example.org; dmarc=fail action=none header.from=example.org", ar, "dmarc=pass header.from=example.org"}, false},
		"Microsoft's mark of mail from inside":    {mark, []string{as, "Internal", source, "AB0PR01.example.org"}, true},
		"the mark without its source":             {mark, []string{as, "Internal"}, false},
		"mail from outside":                       {mark, []string{as, "Anonymous", source, "AB0PR01.example.org"}, false},
		"the mark twice":                          {mark, []string{as, "Internal", as, "Anonymous", source, "a.example.org"}, false},
		"the mark where it is not believed":       {dmarc, []string{as, "Internal", source, "AB0PR01.example.org"}, false},
		"two From fields":                         {dmarc, []string{ar, good, "from", "a@example.org", "from", "b@example.org"}, false},
		"either authority, the second vouches":    {Trust{Officers: []string{Microsoft365, DMARC}, Authserv: []string{"mx.example.org"}}, []string{ar, good}, true},
		"the subject twice":                       {dmarc, []string{ar, good, "subject", "a", "subject", "b"}, false},
		"a pass twice over":                       {dmarc, []string{ar, good, ar, good}, false},
		"two domains in one result":               {dmarc, []string{ar, "mx.example.org; dmarc=pass header.from=example.net header.from=example.org"}, false},
		"an empty field":                          {dmarc, []string{ar, ""}, false},
		"a subdomain's pass is not the sender's":  {dmarc, []string{ar, "mx.example.org; dmarc=pass header.from=sub.example.org"}, false},
		"the whole address in the result":         {dmarc, []string{ar, "mx.example.org; dmarc=pass header.from=officer@example.org"}, true},
		"results of ours in an unbelieved field":  {dmarc, []string{"arc-authentication-results", "i=1; " + good}, false},
		"results of ours under their old name":    {dmarc, []string{"authentication-results-original", good}, false},
		"a comment before the name of the server": {dmarc, []string{ar, "(x) mx.example.org; dmarc=pass header.from=example.org"}, true},
	} {
		ok, why := c.trust.Vouched(mailFrom("officer@example.org", c.header...))
		if ok != c.want || ok == (why != "") {
			t.Errorf("%s: %t (%s), want %t", name, ok, why, c.want)
		}
	}
	two := mailFrom("officer@example.org", ar, good)
	two.From = append(two.From, intake.Address{Addr: "other@example.org"})
	if ok, _ := dmarc.Vouched(two); ok {
		t.Error("two authors are vouched for")
	}
	if ok, _ := dmarc.Vouched(&intake.Message{}); ok {
		t.Error("nobody is vouched for")
	}
}

func TestTokensInASubject(t *testing.T) {
	token := Token([]byte("01234567890123456789"))
	if len(token) != 23 {
		t.Fatalf("token %q", token)
	}
	for _, s := range []string{"Re: [CAF26-00017] Cafcass " + token, token, "re: (" + token + ")"} {
		if got := Tokens(s); len(got) != 1 || got[0] != token {
			t.Errorf("%q: %v", s, got)
		}
	}
	if got := Tokens("Re: RQ-OIL00000000000000000"); len(got) != 1 || got[0] != "rq-01100000000000000000" {
		t.Errorf("typed from paper: %v", got)
	}
	for _, s := range []string{"", "rq-short", "xrq-01234567890123456789", "rq-012345678901234567890"} {
		if got := Tokens(s); len(got) != 0 {
			t.Errorf("%q: %v", s, got)
		}
	}
}

func TestSubjectsOfMachines(t *testing.T) {
	for s, want := range map[string]bool{
		"Automatic reply: [CAF26-00017] DECIDE": true, "Ateb awtomatig: x": true, "[EXTERNAL] Out of Office: x": true, "Allan o'r swyddfa": true,
		"Re: [CAF26-00017] DECIDE": false, "[CAF26-00017] DECIDE": false, "": false, "[": false,
	} {
		if got := Automatic(&intake.Message{Subject: s}); got != want {
			t.Errorf("%q: %t", s, got)
		}
	}
	if !Automatic(mailFrom("a@example.org", "x-auto-response-suppress", "All")) {
		t.Error("a mail that wants no answer is taken for a person's")
	}
}

func FuzzVouched(f *testing.F) {
	f.Add("mx.example.org; dmarc=pass header.from=example.org")
	f.Add(`mx.example.org; spf=fail (; "dmarc=pass") \;`)
	trust := Trust{Officers: []string{DMARC, Microsoft365}, Authserv: []string{"mx.example.org", Microsoft365}}
	f.Fuzz(func(t *testing.T, v string) {
		ok, why := trust.Vouched(mailFrom("officer@example.org", "authentication-results", v, "x-ms-exchange-organization-authas", v))
		if ok == (why != "") {
			t.Fatalf("%q: %t, %q", v, ok, why)
		}
	})
}
