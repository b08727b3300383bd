package config

import (
	"path/filepath"
	"testing"
	"time"

	"requestd/deadlines"
)

func TestMinimalFileIsComplete(t *testing.T) {
	c, err := Load("testdata/minimal.yaml")
	if err != nil {
		t.Fatal(err)
	}
	dir, err := filepath.Abs("testdata")
	if err != nil {
		t.Fatal(err)
	}
	if got, want := c.SMTP.CAFile, Path(filepath.Join(dir, "tls/ca.pem")); got != want {
		t.Errorf("smtp.ca_file is %s, want %s", got, want)
	}
	cymru := c.Mailbox("cymru")
	if got, want := cymru.IMAP.Password.Path, Path(filepath.Join(dir, "secrets/cymru")); got != want {
		t.Errorf("the password's file is %s, want %s", got, want)
	}
	if got, want := cymru.Since, deadlines.NewDay(2026, 11, 1); got != want {
		t.Errorf("since is %s, want %s", got, want)
	}
	if got := cymru.CostLimit; got != (CostLimit{600, 24}) {
		t.Errorf("the cost limit is %v, want that of the Welsh Government", got)
	}
	if cymru.SMTP != &c.SMTP {
		t.Error("a mailbox without smtp does not use that of the file")
	}
	if got := c.Sending; len(got.Retry) != 1 || got.Retry[0] != time.Second || got.PerMinute != 0 || got.PerAddress.Day != 0 {
		t.Errorf("a value of the file was not taken: %+v", got)
	}
	if got := c.Staff[0]; len(got.Gets) != 7 || len(got.Kinds) != 5 || len(got.Mailboxes) != 2 {
		t.Errorf("what staff leave out does not mean all: %+v", got)
	}
}
