package outbox_test

import (
	"context"
	"testing"
	"time"

	"requestd/intake/mailtest"
	"requestd/intake/outbox"
)

// TestTheDaemonsEndIsAwaitedByNoServer: a server that says nothing for ten
// minutes delays the daemon's end only for a moment. Whether it accepted the
// mail is then not known.
func TestTheDaemonsEndIsAwaitedByNoServer(t *testing.T) {
	for at, want := range map[mailtest.SMTPPhase]outbox.Outcome{
		mailtest.AtBanner: outbox.Retry, mailtest.AtAuth: outbox.Retry, mailtest.AtRcpt: outbox.Retry, mailtest.AtBody: outbox.Doubt,
	} {
		t.Run(string(at), func(t *testing.T) {
			wait := make(chan struct{})
			srv := mailtest.StartSMTP(t, mailtest.SMTPOptions{Faults: []mailtest.SMTPFault{{At: at, Wait: wait}}})
			t.Cleanup(func() { close(wait) })
			ctx, end := context.WithCancel(t.Context())
			s := outbox.NewSMTP(outbox.Options{
				Host: "localhost", Port: srv.Port, Security: "starttls", Username: "governance",
				Password: func() (string, error) { return "secret", nil }, CAFile: srv.CAFile,
				Timeout: 10 * time.Minute, DataTimeout: 10 * time.Minute, IdleClose: time.Minute, Ending: ctx.Done(), FinishWithin: time.Millisecond,
			})
			t.Cleanup(s.Close)
			got := make(chan outbox.Result, 1)
			go func() { got <- s.Send(ctx, "a@example.org", "b@example.org", plainMail) }()
			for every := time.NewTicker(time.Millisecond); srv.Connections() == 0 || at == mailtest.AtBody && len(srv.Mails()) == 0; {
				<-every.C
			}
			end()
			if r := <-got; r.Outcome != want {
				t.Errorf("%s (%s), want %s", r.Outcome, r.Response, want)
			}
		})
	}
}
