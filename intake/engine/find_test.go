package engine_test

import (
	"slices"
	"testing"

	"requestd/intake"
	"requestd/intake/casework"
	"requestd/intake/register"
	"requestd/store"
	"requestd/store/storetest"
	"requestd/store/storetest/sample"
)

// TestACaseIsFound by what an officer knows about it, and once over all pages.
func TestACaseIsFound(t *testing.T) {
	o := newOffice(t, "2026-11-02 09:00")
	open := func(name, addr, subject, received string) string {
		return o.did(o.e.Cases.OpenCase(t.Context(), o.by(), casework.OpenInput{Mailbox: "cafcass", KindInput: casework.KindInput{Kind: intake.FOI}, Source: "post",
			Received: day(t, received), Requester: intake.Address{Name: name, Addr: addr}, Subject: subject, Language: "en"})).View.Ref
	}
	a := open("Siân Example", "sian@example.org", "Agency costs, our ref ABC/17", "2026-09-30")
	b := open("Jo Example", "jo@example.net", "Delays in Leeds", "2026-10-01")
	c := open("Jo Other", "other@example.net", "Delays in York", "2026-10-31")
	o.did(o.e.Cases.Do(t.Context(), o.by(), b, casework.Record(casework.RecordInput{Event: intake.Responded, Outcome: "refused", Exemptions: []string{"31"}})))
	o.did(o.e.Cases.Do(t.Context(), o.by(), c, casework.Record(casework.RecordInput{Event: intake.Assigned, Officer: "officer@staff.example.org"})))
	for name, x := range map[string]struct {
		f    register.CaseFilter
		want []string
	}{
		"run together":        {register.CaseFilter{Search: "CAF2600002"}, []string{b}},
		"without its marks":   {register.CaseFilter{Search: "caf26 2"}, []string{b}},
		"no such reference":   {register.CaseFilter{Search: "CAF2600009"}, nil},
		"reference":           {register.CaseFilter{Search: "caf 26 - 2"}, []string{b}},
		"address":             {register.CaseFilter{Search: "SIAN@example.org"}, []string{a}},
		"name":                {register.CaseFilter{Search: "SIÂN example"}, []string{a}},
		"words":               {register.CaseFilter{Search: "delays"}, []string{b, c}},
		"their reference":     {register.CaseFilter{Search: "abc/17"}, []string{a}},
		"nothing":             {register.CaseFilter{Search: "zaphod"}, nil},
		"outcome":             {register.CaseFilter{Outcome: "refused"}, []string{b}},
		"officer":             {register.CaseFilter{Officer: "officer@staff.example.org"}, []string{c}},
		"received":            {register.CaseFilter{From: day(t, "2026-10-01"), To: day(t, "2026-10-31")}, []string{b, c}},
		"received until":      {register.CaseFilter{To: day(t, "2026-09-30")}, []string{a}},
		"open, words":         {register.CaseFilter{Search: "delays", State: intake.StateOpen}, []string{c}},
		"answered, by person": {register.CaseFilter{Search: "jo@example.net", State: intake.StateResponded}, []string{b}},
	} {
		x.f.DueWithin, x.f.Limit = -1, 1
		var got []string
		for {
			views, next, err := o.e.Register.Cases(t.Context(), x.f)
			if err != nil {
				t.Fatal(name, err)
			}
			for _, v := range views {
				got = append(got, v.Ref)
			}
			if next == "" {
				break
			}
			x.f.After = next
		}
		if !slices.Equal(got, x.want) {
			t.Errorf("%s: %v, want %v", name, got, x.want)
		}
	}
}

// sortedBy stores the sample's cases with the index entries of an office.
type sortedBy struct {
	*store.Tx
	cases *casework.Cases
}

func (s sortedBy) PutCase(c *intake.Case, _ intake.Index) error {
	return s.Tx.PutCase(c, s.cases.Index(c))
}

// TestAPageOfAStateReadsNoMoreThanItShows, however many cases are in that state.
func TestAPageOfAStateReadsNoMoreThanItShows(t *testing.T) {
	storetest.FileOnly(t, "is quickly filled with so many cases")
	o := newOffice(t, "2026-11-02 09:00")
	read := func(first, end int) float64 {
		if err := o.db.Update(func(tx *store.Tx) error {
			return sample.Fill(sortedBy{tx, o.e.Cases}, first, end, func(int) bool { return true })
		}); err != nil {
			t.Fatal(err)
		}
		return testing.AllocsPerRun(5, func() {
			views, _, err := o.e.Register.Cases(t.Context(), register.CaseFilter{State: intake.StateOpen, DueWithin: -1, Limit: 5})
			if err != nil || len(views) != 5 {
				t.Fatalf("%d cases, %v", len(views), err)
			}
		})
	}
	few, many := read(0, 600), read(600, 3600)
	if many > 1.5*few {
		t.Errorf("a page takes %.0f allocations of 3,600 cases, and %.0f of 600", many, few)
	}
}

// TestACaseAnsweredBetweenTwoPages makes no other case missing from the list of
// overdue ones.
func TestACaseAnsweredBetweenTwoPages(t *testing.T) {
	o := newOffice(t, "2026-11-02 09:00")
	var refs []string
	for range 4 {
		refs = append(refs, o.did(o.e.Cases.OpenCase(t.Context(), o.by(), casework.OpenInput{Mailbox: "cafcass", KindInput: casework.KindInput{Kind: intake.FOI}, Source: "post",
			Received: day(t, "2026-09-01"), Requester: intake.Address{Name: "Jo"}, Subject: "A letter", Language: "en"})).View.Ref)
	}
	f := register.CaseFilter{Overdue: true, DueWithin: -1, Limit: 2}
	first, next, err := o.e.Register.Cases(t.Context(), f)
	if err != nil || len(first) != 2 || next == "" {
		t.Fatalf("%d cases, next %q, %v", len(first), next, err)
	}
	for _, ref := range refs[:2] {
		o.did(o.e.Cases.Do(t.Context(), o.by(), ref, casework.Record(casework.RecordInput{Event: intake.Responded, Outcome: "granted"})))
	}
	f.After = next
	rest, next, err := o.e.Register.Cases(t.Context(), f)
	if err != nil || next != "" || len(rest) != 2 || rest[0].Ref != refs[2] || rest[1].Ref != refs[3] {
		t.Errorf("the second page has %d, next %q, %v", len(rest), next, err)
	}
}

// TestAWordThatNoFilterKnowsIsRefused: an empty list would look as if all were
// well.
func TestAWordThatNoFilterKnowsIsRefused(t *testing.T) {
	o := newOffice(t, "2026-11-02 09:00")
	for _, f := range []register.CaseFilter{{Outcome: "grantd"}, {State: "shut"}, {Kind: "fio"}, {Mailbox: "cafcas"}} {
		f.DueWithin = -1
		if _, _, err := o.e.Register.Cases(t.Context(), f); err == nil {
			t.Errorf("%+v lists cases", f)
		}
	}
}

// TestARepresentativesReferenceFindsTheCase, even if it is only in the mail's
// text.
func TestARepresentativesReferenceFindsTheCase(t *testing.T) {
	o := newOffice(t, "2026-11-02 09:00")
	m := foiMail("solicitor@example.org")
	m.body = "Our ref: AE/4711/26\n\n" + m.body
	ref := o.one("cafcass", m).Ref
	if v := o.view(ref); v.TheirRef != "AE/4711/26" {
		t.Errorf("their reference is %q", v.TheirRef)
	}
	views, _, err := o.e.Register.Cases(t.Context(), register.CaseFilter{Search: "ae/4711/26", DueWithin: -1})
	if err != nil || len(views) != 1 || views[0].Ref != ref {
		t.Errorf("%d cases (%v), want %s", len(views), err, ref)
	}
}
