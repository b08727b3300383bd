package main

import (
	"fmt"
	"io"
	"strings"

	"requestd/classify/corpus"
	"requestd/intake"
)

// report prints everything that is measured.
func report(out io.Writer, reads []corpus.Read, verbose bool) {
	matrix(out, reads)
	f := corpus.Score(reads)
	fmt.Fprintf(out, "\nmacro-F1 %.3f   right kind %d of %d\n", f.MacroF1, f.Right, f.Mails)
	fmt.Fprintf(out, "requests ignored or passed            %d of %d\n", f.Lost, f.Requests)
	fmt.Fprintf(out, "machines' mail acknowledged           %d of %d\n", f.Answered, f.Machines)
	fmt.Fprintf(out, "acknowledgements of the wrong kind    %d of %d\n", f.Wrong, f.Acknowledged)
	fmt.Fprintf(out, "people's mail in triage for doubt     %d of %d (and %d held)\n", f.Doubt, f.People, f.Held)
	fmt.Fprintf(out, "requests in triage for doubt          %d\n\n", f.DoubtRequests)
	slices(out, reads)
	fmt.Fprintln(out)
	for _, r := range reads {
		why := wrong(r)
		if why == "" {
			continue
		}
		fmt.Fprintf(out, "%s  %s -> %s %s (%.2f)  %s  | %s\n", r.File, r.Kind, r.Reading.Kind, r.Reading.Decision, r.Reading.Confidence, why, r.Note)
		if verbose {
			for _, e := range r.Reading.Evidence {
				fmt.Fprintf(out, "        %+.2f %s  %q\n", e.Points, e.Signal, e.Quote)
			}
		}
	}
}

// slices prints the figures of parts of the set.
func slices(out io.Writer, reads []corpus.Read) {
	for _, by := range []struct {
		name string
		in   func(corpus.Read) bool
	}{
		{"English", func(r corpus.Read) bool { return r.Language == "en" }},
		{"Welsh", func(r corpus.Read) bool { return r.Language != "en" }},
		{"new", func(r corpus.Read) bool { return !r.Followup }},
		{"follow-up", func(r corpus.Read) bool { return r.Followup }},
	} {
		var part []corpus.Read
		lang, thread := 0, 0
		for _, r := range reads {
			if !by.in(r) {
				continue
			}
			part = append(part, r)
			if r.Reading.Language == r.Language {
				lang++
			}
			if r.Reading.Followup == r.Followup {
				thread++
			}
		}
		p, n := corpus.Score(part), float64(max(1, len(part)))
		fmt.Fprintf(out, "%-10s %3d mails  right kind %.3f  macro-F1 %.3f  language %.3f  thread %.3f\n", by.name, len(part),
			float64(p.Right)/n, p.MacroF1, float64(lang)/n, float64(thread)/n)
	}
}

// wrong says what is wrong with a reading, or nothing.
func wrong(r corpus.Read) string {
	var w []string
	got := r.Reading
	if got.Kind != r.Kind {
		w = append(w, "kind")
	}
	if r.Request() && r.Lost() {
		w = append(w, "LOST")
	}
	if r.Kind != intake.Automated && got.Decision == intake.Triage && len(got.Hold) == 0 && got.Urgent == "" && !got.Automated {
		w = append(w, "doubt")
	}
	if got.Language != r.Language {
		w = append(w, "language "+r.Language+"/"+got.Language)
	}
	if got.Followup != r.Followup && r.Kind != intake.Automated {
		w = append(w, fmt.Sprintf("thread %v/%v", r.Followup, got.Followup))
	}
	if r.Kind == intake.Review && got.Kind == intake.Review && r.Of != got.Of {
		w = append(w, "of "+string(r.Of)+"/"+string(got.Of))
	}
	if a, b := fmt.Sprint(requests(r.Also)), fmt.Sprint(requests(got.Also)); a != b {
		w = append(w, "also "+a+"/"+b)
	}
	return strings.Join(w, ", ")
}

func requests(ks []intake.Kind) []intake.Kind {
	var out []intake.Kind
	for _, k := range ks {
		if corpus.IsRequest(k) {
			out = append(out, k)
		}
	}
	return out
}

func matrix(out io.Writer, reads []corpus.Read) {
	count := map[[2]intake.Kind]int{}
	for _, r := range reads {
		count[[2]intake.Kind{r.Kind, r.Reading.Kind}]++
	}
	fmt.Fprintf(out, "%-12s", "is \\ read as")
	for _, k := range corpus.Kinds {
		fmt.Fprintf(out, "%10s", k)
	}
	fmt.Fprintln(out)
	for _, a := range corpus.Kinds {
		fmt.Fprintf(out, "%-12s", a)
		for _, b := range corpus.Kinds {
			fmt.Fprintf(out, "%10d", count[[2]intake.Kind{a, b}])
		}
		fmt.Fprintln(out)
	}
}
