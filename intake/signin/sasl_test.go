package signin

import "testing"

func TestMechanisms(t *testing.T) {
	for _, c := range []struct{ offered, name, response string }{
		{"XOAUTH2", "XOAUTH2", "user=a,b@example.org\x01auth=Bearer tok\x01\x01"},
		{"OAUTHBEARER", "OAUTHBEARER", "n,a=a=2Cb@example.org,\x01host=imap.example.org\x01port=993\x01auth=Bearer tok\x01\x01"},
	} {
		m := Mechanism("a,b@example.org", "tok", "imap.example.org", 993, func(n string) bool { return n == c.offered })
		name, response, err := m.Start()
		if err != nil || name != c.name || string(response) != c.response {
			t.Errorf("%s: %q %q %v", c.offered, name, response, err)
		}
		if answer, err := m.Next([]byte(`{"status":"401"}`)); err != nil || len(answer) == 0 {
			t.Errorf("%s answers a refusal with %q, %v", c.offered, answer, err)
		}
	}
	if m := Mechanism("a", "tok", "h", 1, func(string) bool { return false }); m != nil {
		t.Error("a mechanism that nobody offered")
	}
}
