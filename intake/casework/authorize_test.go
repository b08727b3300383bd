package casework_test

import (
	"errors"
	"slices"
	"strings"
	"testing"

	"requestd/deadlines"
	"requestd/intake"
	"requestd/intake/casework"
	"requestd/store"
)

// acts are everything that can be done to a case. Each has the case in a state
// that allows the act, and says whether an officer may do it.
var acts = []struct {
	name    string
	officer bool
	do      func(d *desk, by casework.By, ref string, letter uint64) error
}{
	{"open", true, func(d *desk, by casework.By, _ string, _ uint64) error {
		_, err := d.OpenCase(d.t.Context(), by, casework.OpenInput{Mailbox: "cafcass", KindInput: casework.KindInput{Kind: intake.DSAR}})
		return err
	}},
	{"open of a mail", true, func(d *desk, by casework.By, _ string, _ uint64) error {
		_, err := d.OpenCase(d.t.Context(), by, casework.OpenInput{Message: d.mail(), KindInput: casework.KindInput{Kind: intake.DSAR}})
		return err
	}},
	{"record", true, one(casework.Record(casework.RecordInput{Event: intake.Note, Note: "Telephoned."}))},
	{"decide", true, one(casework.Decide(casework.KindInput{Kind: intake.DSAR}))},
	{"acknowledge", true, one(casework.Acknowledge(casework.AckInput{ByHand: deadlines.NewDay(2026, 11, 20)}))},
	{"hold", true, one(casework.Hold())},
	{"claim", true, one(casework.Claim())},
	{"attach", true, func(d *desk, by casework.By, ref string, _ uint64) error {
		return one(casework.Attach(d.mail()))(d, by, ref, 0)
	}},
	{"undo", true, func(d *desk, by casework.By, ref string, _ uint64) error {
		return one(casework.Undo(d.do(ref, casework.Claim()).Event))(d, by, ref, 0)
	}},
	{"merge", true, func(d *desk, by casework.By, ref string, _ uint64) error {
		return one(casework.Merge(d.open().View.Ref, 0))(d, by, ref, 0)
	}},
	{"hold of a letter", true, func(d *desk, by casework.By, _ string, letter uint64) error {
		_, err := d.HoldLetter(d.t.Context(), by, letter)
		return err
	}},
	{"release of a letter", true, func(d *desk, by casework.By, ref string, letter uint64) error {
		d.do(ref, casework.Hold())
		_, err := d.ReleaseLetter(d.t.Context(), by, letter)
		return err
	}},
	{"erase", false, func(d *desk, by casework.By, ref string, _ uint64) error {
		d.do(ref, casework.Record(casework.RecordInput{Event: intake.Withdrawn}))
		return one(casework.Erase())(d, by, ref, 0)
	}},
}

func one(act casework.Act) func(*desk, casework.By, string, uint64) error {
	return func(d *desk, by casework.By, ref string, _ uint64) error {
		_, err := d.Do(d.t.Context(), by, ref, act)
		return err
	}
}

func TestEachRoleActsOnItsMailboxes(t *testing.T) {
	for _, act := range acts {
		d := newDesk(t)
		for _, c := range []struct {
			role      casework.Role
			mailboxes []string // the case belongs to cafcass
			may       bool
		}{
			{"", nil, false},
			{"chief", nil, false}, // there is no such role
			{casework.Monitor, nil, false},
			{casework.Reader, nil, false},
			{casework.Officer, nil, act.officer},
			{casework.Officer, []string{"cafcass"}, act.officer},
			{casework.Officer, []string{"cymru"}, false},
			{casework.Officer, []string{}, false},
			{casework.Head, []string{"cymru", "cafcass"}, true},
			{casework.Head, []string{"cymru"}, false},
			{casework.Administrator, nil, true},
			{casework.Administrator, []string{"cymru"}, false},
		} {
			t.Run(act.name+" "+string(c.role)+" "+strings.Join(c.mailboxes, ","), func(t *testing.T) {
				opened := d.open()
				by := casework.By{Principal: casework.Principal{Actor: "web:ann", Role: c.role, Mailboxes: c.mailboxes}}
				err := act.do(d, by, opened.View.Ref, opened.Letter)
				if c.may && err != nil {
					t.Error("refused:", err)
				}
				if !c.may && !isA[*casework.Forbidden](err) && !errors.Is(err, store.ErrNotFound) {
					t.Errorf("error %v, want that it is forbidden", err)
				}
				if elsewhere := act.name != "open" && c.mailboxes != nil && !slices.Contains(c.mailboxes, "cafcass"); elsewhere && (act.officer || c.role != casework.Officer) && !errors.Is(err, store.ErrNotFound) {
					t.Errorf("error %v tells that there is such a thing", err)
				}
			})
		}
	}
}

func TestReadingAndMaintaining(t *testing.T) {
	for _, c := range []struct {
		role casework.Role
		may  []casework.ActName
		not  []casework.ActName
	}{
		{casework.Monitor, []casework.ActName{casework.ToReadStatus}, []casework.ActName{casework.ToRead, casework.ToMaintain}},
		{casework.Reader, []casework.ActName{casework.ToReadStatus, casework.ToRead}, []casework.ActName{casework.ToRecord, casework.ToMaintain}},
		{casework.Head, []casework.ActName{casework.ToRead, casework.ToErase}, []casework.ActName{casework.ToMaintain, "fly"}},
		{casework.Administrator, []casework.ActName{casework.ToMaintain, casework.ToRead}, []casework.ActName{"fly"}},
	} {
		p := casework.Principal{Actor: "web:ann", Role: c.role}
		for _, act := range c.may {
			if err := p.MayAnywhere(act); err != nil {
				t.Error(err)
			}
		}
		for _, act := range c.not {
			if p.MayAnywhere(act) == nil {
				t.Errorf("a %s may %s", c.role, act)
			}
		}
	}
}

// TestACaseOfTheOtherMailboxIsNotReachedByWayOfOnesOwn merges, separates and
// attaches across mailboxes, each time as somebody who has only one of the two.
func TestACaseOfTheOtherMailboxIsNotReachedByWayOfOnesOwn(t *testing.T) {
	d := newDesk(t)
	theirs := d.open().View.Ref
	own, err := d.OpenCase(t.Context(), admin, casework.OpenInput{Mailbox: "cymru", KindInput: casework.KindInput{Kind: intake.FOI}})
	if err != nil {
		t.Fatal(err)
	}
	by := casework.By{Principal: casework.Principal{Actor: "web:cai", Role: casework.Officer, Mailboxes: []string{"cymru"}}}
	ref := own.View.Ref
	for name, act := range map[string]casework.Act{"merge": casework.Merge(theirs, 0), "attach": casework.Attach(d.mail())} {
		if _, err := d.Do(t.Context(), by, ref, act); !errors.Is(err, store.ErrNotFound) {
			t.Errorf("%s: %v, want that there is no such thing", name, err)
		}
	}
	merged := d.do(ref, casework.Merge(theirs, 0))
	if _, err := d.Do(t.Context(), by, ref, casework.Undo(merged.Event)); !isA[*casework.Forbidden](err) {
		t.Errorf("undo of the merger: %v, want that it is forbidden", err)
	}
}

func TestAnActIsOvertaken(t *testing.T) {
	d := newDesk(t)
	for _, act := range acts {
		if strings.HasPrefix(act.name, "open") || act.name == "merge" {
			continue // there is no case yet; TestAMergerIsOvertaken covers it
		}
		t.Run(act.name, func(t *testing.T) {
			opened := d.open()
			by := admin
			by.SeenEvents = d.events(opened.View.Ref)
			d.do(opened.View.Ref, casework.Record(casework.RecordInput{Event: intake.Note, Note: "The requester telephoned."}))
			err := act.do(d, by, opened.View.Ref, opened.Letter)
			if !isA[*casework.Overtaken](err) || !strings.Contains(err.Error(), "The requester telephoned.") || !strings.Contains(err.Error(), "local:root") {
				t.Errorf("error %v, want that it is overtaken, by what and by whom", err)
			}
		})
	}
}

func TestAnActOnTheCaseAsItWasSeenIsDone(t *testing.T) {
	d := newDesk(t)
	ref := d.open().View.Ref
	by := admin
	by.SeenEvents = d.events(ref)
	if _, err := d.Do(t.Context(), by, ref, casework.Claim()); err != nil {
		t.Fatal(err)
	}
	by.SeenEvents = d.events(ref) + 1 // more than anybody can have seen
	if _, err := d.Do(t.Context(), by, ref, casework.Claim()); !isA[*casework.Refusal](err) {
		t.Errorf("error %v, want a refusal", err)
	}
}

func TestAMergerIsOvertaken(t *testing.T) {
	d := newDesk(t)
	into, ends := d.open().View.Ref, d.open().View.Ref
	seen := d.events(ends)
	d.do(ends, casework.Claim())
	if _, err := d.Do(t.Context(), admin, into, casework.Merge(ends, seen)); !isA[*casework.Overtaken](err) {
		t.Errorf("error %v, want that it is overtaken", err)
	}
	if _, err := d.Do(t.Context(), admin, into, casework.Merge(ends, seen+1)); err != nil {
		t.Error(err)
	}
}
