package main

import (
	"fmt"
	"io"
	"strings"

	"requestd/intake"
)

var kinds = []intake.Kind{intake.FOI, intake.DSAR, intake.Review, intake.Other, intake.Automated}

// report prints everything that is measured.
func report(out io.Writer, reads []read, verbose bool) {
	matrix(out, reads)
	f := figures(reads)
	fmt.Fprintf(out, "\nmacro-F1 %.3f   right kind %d of %d\n", f.macro, f.right, len(reads))
	fmt.Fprintf(out, "requests ignored or passed            %d of %d\n", f.lost, f.requests)
	fmt.Fprintf(out, "machines' mail acknowledged           %d of %d\n", f.answered, f.machines)
	fmt.Fprintf(out, "acknowledgements of the wrong kind    %d of %d\n", f.wrong, f.acks)
	fmt.Fprintf(out, "people's mail in triage for doubt     %d of %d (and %d held)\n", f.doubt, f.people, f.held)
	fmt.Fprintf(out, "requests in triage for doubt          %d\n", f.doubtRequests)
	for _, by := range []struct {
		name string
		in   func(read) bool
	}{
		{"English", func(r read) bool { return r.Language == "en" }},
		{"Welsh", func(r read) bool { return r.Language != "en" }},
		{"new", func(r read) bool { return !r.Followup }},
		{"follow-up", func(r read) bool { return r.Followup }},
	} {
		var part []read
		lang, thread := 0, 0
		for _, r := range reads {
			if by.in(r) {
				part = append(part, r)
				if r.reading.Language == r.Language {
					lang++
				}
				if r.reading.Followup == r.Followup {
					thread++
				}
			}
		}
		p := figures(part)
		fmt.Fprintf(out, "%-10s %3d mails  right kind %.3f  macro-F1 %.3f  language %.3f  thread %.3f\n", by.name, len(part),
			float64(p.right)/float64(max(1, len(part))), p.macro, float64(lang)/float64(max(1, len(part))), float64(thread)/float64(max(1, len(part))))
	}
	fmt.Fprintln(out)
	for _, r := range reads {
		if why := wrong(r); why != "" {
			fmt.Fprintf(out, "%s  %s -> %s %s (%.2f)  %s  | %s\n", r.File, r.Kind, r.reading.Kind, r.reading.Decision, r.reading.Confidence, why, r.Note)
			if verbose {
				for _, e := range r.reading.Evidence {
					fmt.Fprintf(out, "        %+.2f %s  %q\n", e.Points, e.Signal, e.Quote)
				}
			}
		}
	}
}

// wrong says what is wrong with a reading, or nothing.
func wrong(r read) string {
	var w []string
	if r.reading.Kind != r.Kind {
		w = append(w, "kind")
	}
	if isRequest(r.Kind) && lost(r) {
		w = append(w, "LOST")
	}
	if isRequest(r.Kind) && r.reading.Decision == intake.Triage && len(r.reading.Hold) == 0 || r.Kind == intake.Other && r.reading.Decision == intake.Triage && r.reading.Urgent == "" && len(r.reading.Hold) == 0 {
		w = append(w, "doubt")
	}
	if r.reading.Language != r.Language {
		w = append(w, "language "+r.Language+"/"+r.reading.Language)
	}
	if r.reading.Followup != r.Followup && r.Kind != intake.Automated {
		w = append(w, fmt.Sprintf("thread %v/%v", r.Followup, r.reading.Followup))
	}
	if r.Kind == intake.Review && r.reading.Kind == intake.Review && r.Of != r.reading.Of {
		w = append(w, "of "+string(r.Of)+"/"+string(r.reading.Of))
	}
	if a, b := fmt.Sprint(requestsOf(r.Also)), fmt.Sprint(requestsOf(r.reading.Also)); a != b {
		w = append(w, "also "+a+"/"+b)
	}
	return strings.Join(w, ", ")
}

func requestsOf(ks []intake.Kind) []intake.Kind {
	var out []intake.Kind
	for _, k := range ks {
		if isRequest(k) {
			out = append(out, k)
		}
	}
	return out
}

func isRequest(k intake.Kind) bool {
	return k == intake.FOI || k == intake.DSAR || k == intake.Review
}

// lost tells whether a request would be filed unseen: ignored, or passed
// without being attached to its case.
func lost(r read) bool {
	d := r.reading.Decision
	return d == intake.Ignore || d == intake.Pass && !(r.reading.Followup && r.Followup && r.Kind != intake.Review)
}

type tally struct {
	macro                                           float64
	right, lost, requests, answered, machines       int
	wrong, acks, doubt, doubtRequests, held, people int
}

func figures(reads []read) tally {
	var t tally
	tp, fp, fn := map[intake.Kind]int{}, map[intake.Kind]int{}, map[intake.Kind]int{}
	for _, r := range reads {
		got := r.reading.Kind
		if got == r.Kind {
			t.right++
			tp[got]++
		} else {
			fp[got]++
			fn[r.Kind]++
		}
		t.count(r)
	}
	n := 0
	for _, k := range kinds {
		if tp[k]+fn[k] == 0 {
			continue
		}
		n++
		t.macro += 2 * float64(tp[k]) / float64(2*tp[k]+fp[k]+fn[k])
	}
	t.macro /= float64(max(1, n))
	return t
}

func (t *tally) count(r read) {
	d := r.reading.Decision
	if r.Kind == intake.Automated {
		t.machines++
		if d == intake.Acknowledge {
			t.answered++
		}
	} else {
		t.people++
		if d == intake.Triage {
			if len(r.reading.Hold) > 0 || r.reading.Urgent != "" {
				t.held++
			} else {
				t.doubt++
				if isRequest(r.Kind) {
					t.doubtRequests++
				}
			}
		}
	}
	if isRequest(r.Kind) {
		t.requests++
		if lost(r) {
			t.lost++
		}
	}
	if d == intake.Acknowledge {
		t.acks++
		if r.reading.Kind != r.Kind {
			t.wrong++
		}
	}
}

func matrix(out io.Writer, reads []read) {
	count := map[[2]intake.Kind]int{}
	for _, r := range reads {
		count[[2]intake.Kind{r.Kind, r.reading.Kind}]++
	}
	fmt.Fprintf(out, "%-12s", "is \\ read as")
	for _, k := range kinds {
		fmt.Fprintf(out, "%10s", k)
	}
	fmt.Fprintln(out)
	for _, a := range kinds {
		fmt.Fprintf(out, "%-12s", a)
		for _, b := range kinds {
			fmt.Fprintf(out, "%10d", count[[2]intake.Kind{a, b}])
		}
		fmt.Fprintln(out)
	}
}
