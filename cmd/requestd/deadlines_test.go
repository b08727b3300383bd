package main

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"strings"
	"testing"
	"time"

	"requestd/deadlines"
)

// invokeDeadlines runs the program and returns its exit code and what it wrote.
func invokeDeadlines(t *testing.T, stdin io.Reader, args ...string) (code int, stdout, stderr string) {
	t.Helper()
	var out, errs bytes.Buffer
	code = run(t.Context(), append([]string{"deadlines"}, args...), stdin, &out, &errs)
	return code, out.String(), errs.String()
}

func TestDeadlinesJSON(t *testing.T) {
	code, out, errs := invokeDeadlines(t, nil, "--json", "--kind", "dsar", "--received", "2026-09-01",
		"--event", "clarification-requested=2026-09-10", "--event", "clarification-received=2026-09-21")
	if code != exitDone || errs != "" {
		t.Fatalf("exit %d: %s", code, errs)
	}
	var got struct {
		Kind, Received, State string
		AcknowledgeBy         string           `json:"acknowledge_by"`
		RespondBy             string           `json:"respond_by"`
		Ledger                []deadlines.Step `json:"ledger"`
	}
	if err := json.Unmarshal([]byte(out), &got); err != nil {
		t.Fatalf("%s: %v", out, err)
	}
	if got.Kind != "dsar" || got.Received != "2026-09-01" || got.AcknowledgeBy != "2026-09-04" || got.RespondBy != "2026-10-12" || got.State != "running" || len(got.Ledger) == 0 {
		t.Errorf("got %+v", got)
	}
	if strings.Count(out, "\n") != 1 || !strings.HasSuffix(out, "\n") {
		t.Errorf("want one line, got %q", out)
	}
}

func TestDeadlinesForPeople(t *testing.T) {
	for _, e := range []struct {
		name string
		args []string
		want []string
	}{
		{"an FOI request over St Andrew's Day", []string{"--kind", "foi", "--received", "2026-11-20"}, []string{
			"Reply by                   Monday 21 December 2026\n",
			"- 2026-11-30 not counted: St Andrew’s Day (Scotland)\n",
			"- 10 days at weekends not counted\n",
			"the twentieth working day after that [FOIA s.10(1)]",
		}},
		{"a wait", []string{"--kind", "dsar", "--received", "2026-11-20", "--event", "identity-requested=2026-11-23"}, []string{
			"dsar, waiting-for-identity", "Reply by                   no date\n", "proof of identity was asked for on 23 November 2026",
		}},
		{"a complaint", []string{"--kind", "review", "--of", "dsar", "--received", "2026-11-25"}, []string{
			"Acknowledge complaint by   Tuesday 29 December 2026\n", "on to the next",
		}},
		{"a warning", []string{"--kind", "foi", "--received", "2030-06-03"}, []string{"Warning: respond_by rests on bank holidays of 2030"}},
		{"the longer reading", []string{"--kind", "dsar", "--received", "2026-09-01", "--event", "clarification-requested=2026-09-10", "--event", "clarification-received=2026-09-21"},
			[]string{"longer reading", "2026-10-13"}},
	} {
		t.Run(e.name, func(t *testing.T) {
			code, out, errs := invokeDeadlines(t, nil, e.args...)
			if code != exitDone {
				t.Fatalf("exit %d: %s", code, errs)
			}
			for _, want := range e.want {
				if !strings.Contains(out, want) {
					t.Errorf("want %q in\n%s", want, out)
				}
			}
		})
	}
}

func TestDeadlinesWrongUse(t *testing.T) {
	foi := []string{"--kind", "foi", "--received", "2026-11-20"}
	for _, e := range []struct {
		name string
		args []string
		want string
	}{
		{"nothing", nil, "--kind and --received"},
		{"an argument", append(foi, "today"), `takes no argument, got "today"`},
		{"an unknown flag", append(foi, "--recieved", "x"), "unknown flag"},
		{"a date that is none", []string{"--kind", "foi", "--received", "2026-02-29"}, `--received: date "2026-02-29"`},
		{"a year before the calendar", []string{"--kind", "foi", "--received", "1999-12-31"}, "the calendar covers 2000 to 2099"},
		{"a year after it", []string{"--kind", "foi", "--received", "2100-01-01"}, "the calendar covers 2000 to 2099"},
		{"an unknown kind", []string{"--kind", "env", "--received", "2026-11-20"}, `kind "env"`},
		{"an event without a date", append(foi, "--event", "extended"), "want NAME=DATE"},
		{"an event with half a date", append(foi, "--event", "extended=2026-12"), "--event extended"},
		{"an unknown event", append(foi, "--event", "clarified=2026-12-01"), `unknown event "clarified"`},
		{"an answer without its question", append(foi, "--event", "fee-received=2026-12-01"), "no fee-requested on or before that day"},
		{"an event before receipt", append(foi, "--event", "extended=2026-11-19"), "before the receipt on 2026-11-20"},
		{"batch and flags", append(foi, "--batch"), "leave the flags out"},
	} {
		t.Run(e.name, func(t *testing.T) {
			code, out, errs := invokeDeadlines(t, nil, e.args...)
			if code != exitUsage || out != "" || !strings.Contains(errs, e.want) {
				t.Errorf("exit %d, %q, %q; want exit %d and %q", code, out, errs, exitUsage, e.want)
			}
		})
	}
}

func TestDeadlinesBatch(t *testing.T) {
	long := `{"kind":"foi","received":"2026-11-20","events":[` + strings.Repeat(" ", 200_000) + `]}`
	in := strings.Join([]string{
		`{"kind":"foi","received":"2026-11-20"}`,
		`{"kind":"foi","received":"2026-11-31"}`,
		``,
		`{"kind":"dsar","received":"2026-11-21"}` + "\r",
		long,
		strings.Repeat("x", batchMaxLine+1),
		`{"kind":"review","received":"2026-11-23"}`, // without a line end
	}, "\n")
	code, out, errs := invokeDeadlines(t, strings.NewReader(in), "--batch")
	if code != exitDone || errs != "" {
		t.Fatalf("exit %d: %s", code, errs)
	}
	var got []string
	for line := range strings.Lines(out) {
		var a struct {
			RespondBy, Error string
		}
		line = strings.Replace(line, "respond_by", "respondby", 1)
		if err := json.Unmarshal([]byte(line), &a); err != nil {
			t.Fatalf("%s: %v", line, err)
		}
		got = append(got, a.RespondBy+a.Error)
	}
	want := []string{"2026-12-21", "2026-11-31", "empty line", "2026-12-21", "2026-12-21", "line of more than", "2026-12-22"}
	if len(got) != len(want) {
		t.Fatalf("%d answers, want %d:\n%s", len(got), len(want), out)
	}
	for i := range want {
		if !strings.Contains(got[i], want[i]) {
			t.Errorf("line %d: %q, want %q", i+1, got[i], want[i])
		}
	}
}

func TestDeadlinesBatchKeepsOrder(t *testing.T) {
	first := deadlines.NewDay(2018, time.January, 1)
	var in strings.Builder
	const n = 5000
	for i := range n {
		fmt.Fprintf(&in, `{"kind":"foi","received":%q}`+"\n", first+deadlines.Day(i%3600))
	}
	code, out, _ := invokeDeadlines(t, strings.NewReader(in.String()), "--batch")
	i := 0
	for line := range strings.Lines(out) {
		if want := fmt.Sprintf(`{"kind":"foi","received":%q`, first+deadlines.Day(i%3600)); !strings.HasPrefix(line, want) {
			t.Fatalf("line %d: %s, want %s", i, line, want)
		}
		i++
	}
	if code != exitDone || i != n {
		t.Errorf("exit %d, %d answers, want %d", code, i, n)
	}
}

// A program may write one line and wait for its answer.
func TestDeadlinesBatchAnswersAtOnce(t *testing.T) {
	inR, inW := io.Pipe()
	outR, outW := io.Pipe()
	done := make(chan int)
	go func() {
		done <- run(t.Context(), []string{"deadlines", "--batch"}, inR, outW, io.Discard)
	}()
	answers := json.NewDecoder(outR)
	for range 3 {
		if _, err := io.WriteString(inW, `{"kind":"foi","received":"2026-11-20"}`+"\n"); err != nil {
			t.Fatal(err)
		}
		var a struct{ State string }
		if err := answers.Decode(&a); err != nil || a.State != "running" {
			t.Fatalf("%+v, %v", a, err)
		}
	}
	inW.Close()
	if code := <-done; code != exitDone {
		t.Errorf("exit %d", code)
	}
}

type broken struct{ err error }

func (b broken) Read([]byte) (int, error)  { return 0, b.err }
func (b broken) Write([]byte) (int, error) { return 0, b.err }

func TestDeadlinesBatchFailures(t *testing.T) {
	echo := func(b, line []byte) []byte { return append(b, line...) }
	lost := errors.New("the disk is gone")
	if err := runBatch(t.Context(), broken{lost}, io.Discard, echo); !errors.Is(err, lost) {
		t.Errorf("reading: %v", err)
	}
	if err := runBatch(t.Context(), strings.NewReader("a\nb\n"), broken{lost}, echo); !errors.Is(err, lost) {
		t.Errorf("writing: %v", err)
	}
	ctx, cancel := context.WithCancel(t.Context())
	r, w := io.Pipe()
	defer w.Close() // nothing is ever written
	cancel()
	if err := runBatch(ctx, r, io.Discard, echo); !errors.Is(err, context.Canceled) {
		t.Errorf("stopping: %v", err)
	}
}

// BenchmarkBatch answers 100,000 lines of every kind, some with events.
func BenchmarkBatch(b *testing.B) {
	const lines = 100_000
	first := deadlines.NewDay(2018, time.January, 1)
	events := []string{
		``,
		`{"name":"clarification-requested","date":"ASKED"},{"name":"clarification-received","date":"ANSWERED"}`,
		`{"name":"fee-requested","date":"ASKED"},{"name":"fee-received","date":"ANSWERED"},{"name":"extended","date":"ANSWERED"}`,
		`{"name":"identity-requested","date":"ASKED"},{"name":"identity-received","date":"ANSWERED"}`,
	}
	kinds := []string{`"foi"`, `"dsar"`, `"review","of":"dsar"`}
	var in bytes.Buffer
	for i := range lines {
		day := first + deadlines.Day(i%3900)
		told := strings.NewReplacer("ASKED", (day + 3).String(), "ANSWERED", (day + 14).String()).Replace(events[i%len(events)])
		fmt.Fprintf(&in, `{"kind":%s,"received":%q,"events":[%s]}`+"\n", kinds[i%len(kinds)], day, told)
	}
	b.SetBytes(int64(in.Len()))
	for b.Loop() {
		if code := run(b.Context(), []string{"deadlines", "--batch"}, bytes.NewReader(in.Bytes()), io.Discard, io.Discard); code != exitDone {
			b.Fatalf("exit %d", code)
		}
	}
}
