package bulk_test

import (
	"bytes"
	"crypto/sha256"
	"net/mail"
	"testing"
	"time"

	"requestd/intake/mailtest/bulk"
)

func TestMailsAreMailAndTheSameForASeed(t *testing.T) {
	end := time.Date(2026, 11, 20, 12, 0, 0, 0, time.UTC)
	sum := func(seed uint64) [32]byte {
		h := sha256.New()
		n, large := 0, 0
		for raw, at := range bulk.Mails(200, seed, end) {
			if n++; len(raw) > 64<<10 {
				large++
			}
			m, err := mail.ReadMessage(bytes.NewReader(raw))
			if err != nil {
				t.Fatal(err)
			}
			if _, err := m.Header.Date(); err != nil || m.Header.Get("Message-Id") == "" || at.After(end) {
				t.Fatalf("mail %d at %s: %v", n, at, err)
			}
			h.Write(raw)
		}
		if n != 200 || large == 0 || large > 30 {
			t.Fatalf("%d mails, %d of them large", n, large)
		}
		return [32]byte(h.Sum(nil))
	}
	if one, again := sum(1), sum(1); one != again || one == sum(2) {
		t.Error("a seed must say everything")
	}
}
