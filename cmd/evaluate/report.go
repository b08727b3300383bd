package main

import (
	"fmt"
	"io"
	"maps"
	"slices"
	"strings"

	"requestd/classify/corpus"
	"requestd/intake"
)

// report prints everything that is measured. It leaves out mails about which
// two competent officers could differ.
func report(out io.Writer, all []corpus.Read, verbose bool) {
	reads := slices.DeleteFunc(slices.Clone(all), func(r corpus.Read) bool { return r.Contestable })
	matrix(out, reads)
	f := corpus.Score(reads)
	fmt.Fprintf(out, "\nmacro-F1 %.3f   right kind %d of %d\n", f.MacroF1, f.Right, f.Mails)
	fmt.Fprintf(out, "requests ignored or passed            %d of %d\n", f.Lost, f.Requests)
	fmt.Fprintf(out, "machines' mail acknowledged           %d of %d (and %d might get a neutral letter)\n", f.Answered, f.Machines, f.NeutralMachines)
	fmt.Fprintf(out, "people's mail ignored                 %d of %d\n", f.Ignored, f.People)
	fmt.Fprintf(out, "acknowledgements of the wrong kind    %d of %d\n", f.Wrong, f.Acknowledged)
	fmt.Fprintf(out, "people's mail in triage for doubt     %d of %d (and %d held, %d for a right)\n", f.Doubt, f.People, f.Held, f.Rights)
	fmt.Fprintf(out, "requests in triage for doubt          %d\n\n", f.DoubtRequests)
	parts(out, reads)
	fmt.Fprintln(out)
	marks(out, all)
	if !verbose {
		return
	}
	fmt.Fprintln(out)
	for _, r := range reads {
		why := wrong(r)
		if why == "" {
			continue
		}
		fmt.Fprintf(out, "%s  %s -> %s %s (%.2f)  %s  | %s\n", r.File, r.Kind, r.Reading.Kind, r.Reading.Decision, r.Reading.Confidence, why, r.Note)
		for _, e := range r.Reading.Evidence {
			fmt.Fprintf(out, "        %+.2f %s  %q\n", e.Points, e.Signal, e.Quote)
		}
	}
}

// parts prints the figures for each language, thread, writer and kind.
func parts(out io.Writer, reads []corpus.Read) {
	groups := map[string][]corpus.Read{}
	for _, r := range reads {
		language := map[string]string{"en": "1 English", "cy": "1 Welsh", "bi": "1 both languages"}[r.Language]
		thread := "2 new"
		if r.Followup {
			thread = "2 in a thread"
		}
		sort := "2 of sets as they come"
		if r.Misleading {
			sort = "2 of misleading sets"
		}
		for _, name := range []string{language, thread, sort, "3 " + r.Writer, "4 " + string(r.Kind)} {
			groups[name] = append(groups[name], r)
		}
	}
	fmt.Fprintf(out, "%-22s%6s%8s%10s%8s%8s%9s%8s%8s\n", "", "mails", "right", "macro-F1", "lost", "wrong", "letters", "doubt", "people")
	for _, name := range slices.Sorted(maps.Keys(groups)) {
		p := corpus.Score(groups[name])
		f1 := fmt.Sprintf("%.3f", p.MacroF1)
		if strings.HasPrefix(name, "4") {
			f1 = "" // for a single kind it means nothing
		}
		fmt.Fprintf(out, "%-22s%6d%8.3f%10s%8d%8d%9d%8d%8d\n", name[2:], p.Mails, float64(p.Right)/float64(max(1, p.Mails)), f1, p.Lost, p.Wrong, p.Acknowledged, p.Doubt, p.People)
	}
}

// marks prints how danger, children, rights and the flags were recognised in
// mail that was labelled for them. In other sets nobody labelled them; nearly
// all that is recognised there is a false alarm.
func marks(out io.Writer, reads []corpus.Read) {
	danger := func(urgent string) bool { return urgent == "harm" || urgent == "child" }
	count := func(name string, is, got func(corpus.Read) bool) {
		var with, seen, without, alarms, ordinary, needless int
		for _, r := range reads {
			switch {
			case !r.Marked:
				ordinary++
				if got(r) {
					needless++
				}
			case is(r):
				with++
				if got(r) {
					seen++
				}
			default:
				without++
				if got(r) {
					alarms++
				}
			}
		}
		if with > 0 {
			fmt.Fprintf(out, "%-20s seen %4d of %4d (%3.0f %%)   false alarms %3d of %5d (%.1f %%)   in other sets %d of %d (%.1f %%)\n", name, seen, with,
				100*float64(seen)/float64(with), alarms, without, 100*float64(alarms)/float64(max(1, without)),
				needless, ordinary, 100*float64(needless)/float64(max(1, ordinary)))
		}
	}
	count("danger", func(r corpus.Read) bool { return danger(r.Urgent) }, func(r corpus.Read) bool { return danger(r.Reading.Urgent) })
	count("breach", func(r corpus.Read) bool { return r.Urgent == "breach" }, func(r corpus.Read) bool { return r.Reading.Urgent == "breach" })
	for _, a := range []string{"rights", "regulator", "legal"} {
		count(a, func(r corpus.Read) bool { return r.Attention == a }, func(r corpus.Read) bool { return r.Reading.Attention == a })
	}
	for _, f := range []string{"child-asking", "contact-unsafe", "for-child", "representative", "identity-attached", "authority-attached", "hard-copy", "environmental"} {
		count(f, func(r corpus.Read) bool { return slices.Contains(r.Flags, f) }, func(r corpus.Read) bool { return slices.Contains(r.Reading.Flags, f) })
	}
	passed, letters, unsafe := 0, 0, 0
	for _, r := range reads {
		if !r.Marked {
			continue
		}
		if danger(r.Urgent) && (r.Reading.Decision == intake.Pass || r.Reading.Decision == intake.Ignore) {
			passed++
		}
		if danger(r.Urgent) || slices.Contains(r.Flags, "child-asking") || slices.Contains(r.Flags, "contact-unsafe") {
			unsafe++
			if r.Reading.Decision == intake.Acknowledge || r.Reading.Neutral {
				letters++
			}
		}
	}
	fmt.Fprintf(out, "dangers passed or ignored %d; letters that might go by themselves to somebody in danger, a child or an unsafe address %d of %d\n", passed, letters, unsafe)
}

// wrong says what is wrong with a reading; "" if nothing is.
func wrong(r corpus.Read) string {
	var w []string
	got := r.Reading
	if r.ReadAs() != r.Kind {
		w = append(w, "kind")
	}
	if r.Request() && r.Lost() {
		w = append(w, "LOST")
	}
	if r.Kind != intake.Automated && got.Decision == intake.Triage && len(got.Hold) == 0 && got.Urgent == "" && !got.Automated {
		w = append(w, "doubt")
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
		count[[2]intake.Kind{r.Kind, r.ReadAs()}]++
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
