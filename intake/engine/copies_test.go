package engine_test

import (
	"strings"
	"testing"

	"requestd/intake"
)

// TestACopyIsTakenByTheMailboxThatHadStarted: what one mailbox leaves alone
// as older than its start is a request still in one that started before.
func TestACopyIsTakenByTheMailboxThatHadStarted(t *testing.T) {
	early := strings.Replace(settings, "reference: CYM, since: 2026-11-01", "reference: CYM, since: 2026-10-01", 1)
	for name, c := range map[string]struct {
		boxes [2]string
		want  [2]intake.Disposition
	}{
		"the later one first":   {[2]string{"cafcass", "cymru"}, [2]intake.Disposition{intake.DidBeforeStart, ""}},
		"the earlier one first": {[2]string{"cymru", "cafcass"}, [2]intake.Disposition{"", intake.DidDuplicate}},
	} {
		t.Run(name, func(t *testing.T) {
			o := newOfficeWith(t, "2026-11-03 10:00", early)
			m := foiMail("both@example.org")
			m.at = "2026-10-30 10:00"
			refs := map[string]bool{}
			for i, box := range c.boxes {
				a := o.one(box, m)
				if c.want[i] != "" && a.Decision != c.want[i] || c.want[i] == "" && (a.Decision == intake.DidBeforeStart || a.Decision == intake.DidDuplicate) {
					t.Errorf("in %s it is %s", box, a.Decision)
				}
				refs[a.Ref] = true
			}
			delete(refs, "")
			if len(refs) != 1 || o.cases() != 1 {
				t.Errorf("%d cases (%v), want one", o.cases(), refs)
			}
			// A third copy joins the case, whatever the first arrival was.
			if a := o.one("cymru", m); a.Decision != intake.DidDuplicate || !refs[a.Ref] {
				t.Errorf("a third copy is %s of %q", a.Decision, a.Ref)
			}
		})
	}
}
