package demo

import (
	"bytes"
	"context"
	"log/slog"
	"net/mail"
	"os"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"testing"
	"time"

	"requestd/deadlines"
	"requestd/intake"
	"requestd/intake/casework"
	"requestd/intake/config"
	"requestd/intake/engine"
	"requestd/intake/register"
	"requestd/store"
)

// Under the race detector, on a busy machine, a demonstration takes long.
func init() { limit = 10 * time.Minute }

// kept is a demonstration that left everything behind, and its register.
type kept struct {
	dir, text string
	mail      []intake.Arrival
	cases     []*intake.View
	letters   []intake.Letter
}

// shown runs a demonstration on a Thursday afternoon.
func shown(t *testing.T, o Options) *kept {
	t.Helper()
	k := &kept{dir: filepath.Join(t.TempDir(), "kept")}
	var out, log bytes.Buffer
	o.Keep, o.Out, o.Log = k.dir, &out, slog.New(slog.NewTextHandler(&log, &slog.HandlerOptions{Level: slog.LevelWarn}))
	o.Now = deadlines.NewDay(2026, time.November, 19).Time(15, 30)
	if err := Run(t.Context(), o); err != nil {
		t.Fatal(err)
	}
	if log.Len() > 0 {
		t.Errorf("the daemon complained: %s", log.String())
	}
	k.text = out.String()
	k.open(t, o.Now)
	return k
}

// open reads the register as requestd --config DIR/config.yaml would.
func (k *kept) open(t *testing.T, now time.Time) {
	t.Helper()
	cfg, err := config.Load(filepath.Join(k.dir, "config.yaml"))
	if err != nil {
		t.Fatal(err)
	}
	clock := func() time.Time { return now }
	db, err := store.Open(string(cfg.Store.Path), store.Options{Now: clock})
	if err != nil {
		t.Fatal(err)
	}
	defer db.Close()
	e, err := engine.New(casework.Options{Store: db, Now: clock, Log: slog.New(slog.DiscardHandler)}, cfg)
	if err != nil {
		t.Fatal(err)
	}
	findings, err := e.Register.Verify(t.Context())
	if err != nil || len(findings) > 0 {
		t.Fatalf("the register is not sound: %v, %v", findings, err)
	}
	if k.mail, _, err = e.Register.Messages(t.Context(), register.MessageFilter{}); err != nil {
		t.Fatal(err)
	}
	if k.cases, _, err = e.Register.Cases(t.Context(), register.CaseFilter{DueWithin: -1}); err != nil {
		t.Fatal(err)
	}
	if k.letters, err = e.Register.Letters(t.Context(), register.LetterFilter{}); err != nil {
		t.Fatal(err)
	}
}

// of returns what became of a sample: its first arrival and its case.
func (k *kept) of(t *testing.T, file string) (a intake.Arrival, v *intake.View) {
	t.Helper()
	raw, err := mails.ReadFile("mails/" + file + ".eml")
	if err != nil {
		t.Fatal(err)
	}
	m, err := mail.ReadMessage(bytes.NewReader(raw))
	if err != nil {
		t.Fatal(err)
	}
	i := slices.IndexFunc(k.mail, func(a intake.Arrival) bool { return "<"+a.MessageID+">" == m.Header.Get("Message-Id") })
	if i < 0 {
		t.Fatalf("%s did not come in", file)
	}
	for _, v := range k.cases {
		if v.Ref == k.mail[i].Ref {
			return k.mail[i], v
		}
	}
	return k.mail[i], nil
}

func TestTheDemonstration(t *testing.T) {
	k := shown(t, Options{})
	t.Run("the table is what the register holds", func(t *testing.T) { theTable(t, k) })
	t.Run("the guide shows what officers get", func(t *testing.T) { theGuide(t, k) })
	t.Run("what becomes of the samples", func(t *testing.T) { theSamples(t, k) })
}

func theTable(t *testing.T, k *kept) {
	t.Helper()
	if want := len(samples) + 1; len(k.mail) != want {
		t.Errorf("%d mails are registered, want %d: every sample, and one of them twice", len(k.mail), want)
	}
	lines := strings.Split(k.text, "\n")
	for _, a := range k.mail {
		i := slices.IndexFunc(lines, func(l string) bool { return strings.HasPrefix(strings.TrimSpace(l), strconv.FormatUint(a.ID, 10)+"  ") })
		if i < 0 || !strings.Contains(lines[i], a.Mailbox) || !strings.Contains(lines[i+1], string(a.Decision)) || !strings.Contains(lines[i+1], a.Ref) {
			t.Errorf("mail %d (%s, %s, %s) is not shown so", a.ID, a.Subject, a.Decision, a.Ref)
		}
	}
	for _, v := range k.cases {
		i := slices.IndexFunc(lines, func(l string) bool { return strings.HasPrefix(l, v.Ref+" ") })
		if i < 0 {
			t.Errorf("case %s is not shown", v.Ref)
			continue
		}
		for _, want := range []string{v.Kinds(), day(v.ReceivedOn), day(v.RespondBy), acknowledged(v)} {
			if !strings.Contains(lines[i], want) {
				t.Errorf("%q lacks %q", lines[i], want)
			}
		}
	}
	gone := 0
	for _, l := range k.letters {
		if l.State == intake.LetterSent || l.State == intake.LetterBounced {
			gone++
		}
	}
	if sent, err := os.ReadDir(filepath.Join(k.dir, "sent")); err != nil || len(sent) != gone {
		t.Errorf("%d mails went out (%v), %d by the outbox", len(sent), err, gone)
	}
	for _, want := range []string{"ONE ACKNOWLEDGEMENT", "Our reference: CAF26-00001", "--config " + filepath.Join(k.dir, "config.yaml") + " list"} {
		if !strings.Contains(k.text, want) {
			t.Errorf("the demonstration does not show %q", want)
		}
	}
}

func theSamples(t *testing.T, k *kept) {
	t.Helper()
	for _, e := range []struct {
		file string
		want intake.Disposition
		kind intake.Kind
	}{
		{"before-start", intake.DidBeforeStart, intake.FOI},
		{"whole-file", intake.DidAcknowledge, intake.DSAR},
		{"ystadegau", intake.DidAcknowledge, intake.FOI},
		{"newsletter", intake.DidIgnore, intake.Automated},
		{"away", intake.DidIgnore, intake.Automated},
		{"hybrid", intake.DidAcknowledge, intake.DSAR},
		{"not-satisfied", intake.DidAcknowledge, intake.Review},
		{"reply-to-case", intake.DidFollowup, intake.FOI},
		{"html-only", intake.DidAcknowledge, intake.FOI},
		{"fy-nghofnodion", intake.DidAcknowledge, intake.DSAR},
		{"whatdotheyknow", intake.DidAcknowledge, intake.FOI},
		{"letter-attached", intake.DidAcknowledge, intake.DSAR},
		{"forwarded", intake.DidTriage, intake.DSAR},
		{"danger", intake.DidTriage, intake.DSAR},
		{"bounce", intake.DidIgnore, intake.Automated},
	} {
		if a, _ := k.of(t, e.file); a.Decision != e.want || a.Kind != e.kind {
			t.Errorf("%s: %s as %s, want %s as %s (%s)", e.file, a.Decision, a.Kind, e.want, e.kind, a.Why)
		}
	}
	if _, v := k.of(t, "hybrid"); len(v.Clocks) != 2 {
		t.Errorf("the hybrid has the clocks %+v", v.Clocks)
	}
	if a, v := k.of(t, "forwarded"); v.ReceivedOn != deadlines.DayOf(a.Received)-4 || v.Requester.Addr != "jermaine.addo@example.org" {
		t.Errorf("the forwarded mail was received on %s from %s", v.ReceivedOn, v.Requester.Addr)
	}
	if _, v := k.of(t, "danger"); v.Urgent != "harm" || v.AcknowledgedAt != nil {
		t.Errorf("the mail about danger is urgent %q, acknowledged at %v", v.Urgent, v.AcknowledgedAt)
	}
	if _, v := k.of(t, "wrong-address"); v.AcknowledgedAt != nil || !v.Ack.Bounced {
		t.Errorf("the letter that came back still counts: %+v", v.Ack)
	}
	if _, v := k.of(t, "both-mailboxes"); v.Messages != 2 {
		t.Errorf("the mail to both mailboxes has %d arrivals", v.Messages)
	}
	if _, v := k.of(t, "whole-file"); !v.Overdue {
		t.Errorf("the oldest case is not overdue: reply by %s", v.RespondBy)
	}
	if !slices.ContainsFunc(k.letters, func(l intake.Letter) bool { return l.Purpose == intake.ForReminder }) {
		t.Error("no reminder went out")
	}
}

func TestAMailOfOnesOwnJoins(t *testing.T) {
	file := filepath.Join(t.TempDir(), "mine.eml")
	text := "From: Una Rees <una@example.org>\r\nTo: CafcassCymru@gov.wales\r\nSubject: FOI\r\nMessage-ID: <mine@example.org>\r\n\r\n" +
		"Under the Freedom of Information Act, please tell me how many offices you have.\r\n"
	if err := os.WriteFile(file, []byte(text), 0o600); err != nil {
		t.Fatal(err)
	}
	k := shown(t, Options{Mail: file})
	last := k.mail[len(k.mail)-1]
	if last.MessageID != "mine@example.org" || last.Mailbox != cymru {
		t.Fatalf("the last mail is %+v", last)
	}
	if _, letter, _ := strings.Cut(k.text, "AS IT ARRIVED"); !strings.Contains(letter, "una@example.org") {
		t.Errorf("the letter shown is not the one to the user's own mail:\n%s", letter)
	}
}

func TestNothingIsLeftBehind(t *testing.T) {
	dir := t.TempDir()
	t.Setenv("TMPDIR", dir)
	var out bytes.Buffer
	o := Options{Now: time.Now(), Out: &out, Log: slog.New(slog.DiscardHandler)}
	if err := Run(t.Context(), o); err != nil {
		t.Fatal(err)
	}
	ctx, stop := context.WithCancel(t.Context())
	stop()
	if err := Run(ctx, o); err == nil {
		t.Error("a demonstration that was interrupted ended well")
	}
	if left, err := os.ReadDir(dir); err != nil || len(left) > 0 {
		t.Errorf("it left %v (%v)", left, err)
	}
}

func TestWhatCannotBeShown(t *testing.T) {
	full := t.TempDir()
	if err := os.WriteFile(filepath.Join(full, "x"), nil, 0o600); err != nil {
		t.Fatal(err)
	}
	for _, e := range []struct {
		name string
		o    Options
		want string
	}{
		{"no such mail", Options{Mail: filepath.Join(full, "none.eml")}, "none.eml"},
		{"a directory in use", Options{Keep: full}, "is not empty"},
		{"a file in place of a directory", Options{Keep: filepath.Join(full, "x")}, "make the directory to keep"},
	} {
		t.Run(e.name, func(t *testing.T) {
			e.o.Now, e.o.Out, e.o.Log = time.Now(), &bytes.Buffer{}, slog.New(slog.DiscardHandler)
			if err := Run(t.Context(), e.o); err == nil || !strings.Contains(err.Error(), e.want) {
				t.Errorf("got %v, want %q", err, e.want)
			}
		})
	}
}
