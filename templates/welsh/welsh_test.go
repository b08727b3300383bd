package welsh

import (
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"testing"
	"time"

	"requestd/deadlines"
)

// The table of what mail to staff says agrees with the sources: it has every
// text, and a Welsh text contains the same values as its English.
func TestWhatMailSaysIsSaidSomewhere(t *testing.T) {
	all, err := Read(Mail)
	if err != nil {
		t.Fatal(err)
	}
	var said strings.Builder
	for _, pattern := range []string{"../../intake/*.go", "../../intake/casework/*.go", "../../intake/clock/*.go", "../../intake/eml/*.go", "../../intake/notices/*.go", "../../intake/officer/*.go", "../../intake/outbox/*.go", "../../intake/replies/*.go"} {
		list, err := filepath.Glob(pattern)
		if err != nil || len(list) == 0 {
			t.Fatal(pattern, err)
		}
		for _, name := range list {
			if strings.HasSuffix(name, "_test.go") {
				continue
			}
			b, err := os.ReadFile(name)
			if err != nil {
				t.Fatal(err)
			}
			said.Write(b)
		}
	}
	text := strings.ReplaceAll(strings.ReplaceAll(said.String(), `\"`, `"`), "-", " ")
	known := map[string]bool{}
	for _, x := range all {
		if known[x.En] {
			t.Errorf("%q stands in the table twice", x.En)
		}
		known[x.En] = true
		for _, n := range regexp.MustCompile(`\{(\d+)\}`).FindAllStringSubmatch(x.Cy, -1) {
			if at, _ := strconv.Atoi(n[1]); at < 1 || at > len(Verbs.FindAllString(x.En, -1)) {
				t.Errorf("%q tells of no {%d}", x.En, at)
			}
		}
		for _, words := range regexp.MustCompile(`%[sdqv]|: |\d+|[.!?] |, |; `).Split(x.En, -1) {
			w := strings.Trim(strings.ReplaceAll(words, "-", " "), " ():.")
			if w = strings.TrimSuffix(w, "s"); len(strings.Fields(w)) > 2 && !joined.MatchString(w) && !strings.Contains(text, w) {
				t.Errorf("%q is said nowhere: there is no %q", x.En, w)
			}
		}
	}
}

// joined matches texts that are put together from several.
var joined = regexp.MustCompile(`working days?|waiting for|behind RESPONDED|answer ACKNOWLEDGED|SEND|which sends|MERGE|ATTACH|say what it is|write it into the letter|ask the administrator|strikes the wrong|UNDO this|AND $|keeps it|numbers the events|and answer|so that its dates`)

// The values in a text are recognised again, with days and codes in Welsh.
func TestATextInWelsh(t *testing.T) {
	for en, want := range map[string]string{
		"late since 21 November 2026, 2 days":                                                               "yn hwyr ers 21 Tachwedd 2026, 2 ddiwrnod",
		"waiting for identity since 24 November 2026, 12 working days: ask again?":                          "yn aros am brawf adnabod ers 24 Tachwedd 2026, 12 diwrnod gwaith: gofyn eto?",
		"held: a child may be asking, writing there may put the sender in danger":                           "wedi'i dal: efallai mai plentyn sy'n gofyn, gall ysgrifennu yno roi'r anfonwr mewn perygl",
		"the ask authority is failed: 550 5.1.1 no such user":                                               "gofyn am awdurdod: methodd: 550 5.1.1 no such user",
		"Mailbox cafcass: last read 20 November 2026 at 10:02, last sent for never, as far as is recorded.": "Blwch post cafcass: darllenwyd ddiwethaf 20 Tachwedd 2026 am 10:02, anfonwyd drosto ddiwethaf erioed, hyd y cofnodwyd.",
	} {
		if got, ok := Text(en); !ok || got != want {
			t.Errorf("%q is said as %q (%v),\nnot %q", en, got, ok, want)
		}
	}
	if got, ok := Text("what nobody has foreseen"); ok || got != "what nobody has foreseen" {
		t.Errorf("what has no Welsh is %q, %v", got, ok)
	}
}

// No Welsh of an act sends a reader of mail to a button of the page.
func TestNoMailNamesAButton(t *testing.T) {
	all, err := said()
	if err != nil {
		t.Fatal(err)
	}
	for _, x := range all {
		if regexp.MustCompile(`"\p{Lu}\p{Ll}`).MatchString(x.Cy) && !strings.Contains(x.En, `"`) {
			t.Errorf("%q is said as %q", x.En, x.Cy)
		}
	}
}

// Every line of a ledger has its Welsh, for all kinds of request with every
// sequence of events that their law knows.
func TestEveryLineOfALedgerHasItsWelsh(t *testing.T) {
	english := regexp.MustCompile(`\b(the|of|was|is|days?|and|for|working|January|February|March|May|June|July|August|October|November|December|bank holiday)\b`)
	lines, seen := 0, map[string]bool{}
	for _, res := range reckoned(t) {
		fresh := slices.DeleteFunc(slices.Clone(res.Ledger), func(s deadlines.Step) bool {
			key := strings.Join(deadlines.Lines([]deadlines.Step{s}), "\n")
			was := seen[key]
			seen[key] = true
			return was
		})
		for _, line := range deadlines.Lines(fresh) {
			if lines++; !strings.HasPrefix(line, " ") {
				continue // the clock's name
			}
			cy, ok := Line(line)
			if text, _, _ := strings.Cut(cy, " ["); !ok || english.MatchString(text) {
				t.Errorf("%q is said in Welsh as %q", line, cy)
			}
		}
	}
	if lines < 500 {
		t.Errorf("only %d lines were looked at", lines)
	}
}

// reckoned returns the dates of requests of every kind with every sequence of
// events that their law knows.
func reckoned(t *testing.T) (list []deadlines.Result) {
	t.Helper()
	cal := deadlines.Default()
	runs := [][]string{nil, {"clarification"}, {"identity"}, {"authority"}, {"fee"}, {"clarification", "identity"}}
	for _, received := range []deadlines.Day{deadlines.NewDay(2026, time.March, 10), deadlines.NewDay(2026, time.July, 31), deadlines.NewDay(2026, time.November, 20), deadlines.NewDay(2022, time.August, 30), deadlines.NewDay(2023, time.April, 20), deadlines.NewDay(2020, time.April, 20)} {
		for _, r := range []deadlines.Request{{Kind: "foi"}, {Kind: "dsar"}, {Kind: "eir"}, {Kind: "rights"}, {Kind: "review", Of: "foi"}, {Kind: "review", Of: "eir"}, {Kind: "review", Of: "dsar"}} {
			for _, run := range runs {
				for _, answered := range []deadlines.Day{0, 1, 2, 9} {
					for _, extended := range []bool{false, true} {
						x := r
						x.Received = received
						for _, m := range run {
							x.Events = append(x.Events, deadlines.Event{Name: m + "-requested", Date: received + 3})
							if answered > 0 {
								x.Events = append(x.Events, deadlines.Event{Name: m + "-received", Date: received + 2 + answered})
							}
						}
						if extended {
							x.Events = append(x.Events, deadlines.Event{Name: "extended", Date: received + 5})
						}
						res, err := cal.Compute(x, deadlines.DefaultRules())
						if err == nil {
							list = append(list, res)
						}
					}
				}
			}
		}
	}
	return list
}
