package corpus

import (
	"requestd/classify"
	"requestd/intake"
)

// Read is a labelled mail with its reading.
type Read struct {
	Mail
	Reading intake.Reading
}

// LeaveOneWriterOut reads each mail with a model that learned nothing from its
// writer. With fewer parts than writers, several writers are left out together.
func LeaveOneWriterOut(c *classify.Classifier, left *classify.LeftOut, mails []Mail) []Read {
	reads := make([]Read, len(mails))
	by := map[int]*classify.Classifier{}
	for i, m := range mails {
		k := left.Part(m.Writer)
		if by[k] == nil {
			by[k] = c.WithModel(left.Model(m.Writer))
		}
		reads[i] = Read{m, by[k].Classify(m.Message, intake.Thread{}, "")}
	}
	return reads
}

// ReadAs returns the kind of a reading as the labels have it: rights count as
// other.
func (r Read) ReadAs() intake.Kind {
	if r.Reading.Kind == intake.Rights {
		return intake.Other
	}
	return r.Reading.Kind
}

// Kinds are the kinds of the labels, in the order of the tables.
var Kinds = []intake.Kind{intake.FOI, intake.DSAR, intake.Review, intake.Other, intake.Automated}

// Tally is what was measured on a set of mails.
type Tally struct {
	MacroF1            float64
	Mails, Right       int // right kind
	Requests, Lost     int // ignored, or passed without being attached to a case
	Machines, Answered int // machines' mail acknowledged
	NeutralMachines    int // machines' mail that might get a neutral letter
	Ignored            int // people's mail that nobody would see
	Acknowledged       int
	Wrong              int // acknowledged as another kind
	People, Doubt      int // people's mail in triage because of doubt
	DoubtRequests      int // of these, requests
	Held               int // people's mail in triage for another reason
	Rights             int // people's mail that exercises a right, was read so, and waits for a person as it must
}

// Score measures readings against their labels.
func Score(reads []Read) Tally {
	t := Tally{Mails: len(reads)}
	tp, fp, fn := map[intake.Kind]int{}, map[intake.Kind]int{}, map[intake.Kind]int{}
	for _, r := range reads {
		got := r.ReadAs()
		if got == r.Kind {
			t.Right++
			tp[got]++
		} else {
			fp[got]++
			fn[r.Kind]++
		}
		t.count(r)
	}
	n := 0
	for _, k := range Kinds {
		if tp[k]+fn[k] == 0 {
			continue
		}
		n++
		t.MacroF1 += 2 * float64(tp[k]) / float64(2*tp[k]+fp[k]+fn[k])
	}
	t.MacroF1 /= float64(max(1, n))
	return t
}

func (t *Tally) count(r Read) {
	d := r.Reading.Decision
	if r.Kind == intake.Automated {
		t.Machines++
		if d == intake.Acknowledge {
			t.Answered++
		}
		if r.Reading.Neutral {
			t.NeutralMachines++
		}
	} else {
		t.People++
		if d == intake.Ignore {
			t.Ignored++
		}
		t.triage(r)
	}
	if r.Request() {
		t.Requests++
		if r.Lost() {
			t.Lost++
		}
	}
	if d == intake.Acknowledge {
		t.Acknowledged++
		if r.ReadAs() != r.Kind {
			t.Wrong++
		}
	}
}

func (t *Tally) triage(r Read) {
	switch {
	case r.Reading.Decision != intake.Triage:
	case len(r.Reading.Hold) > 0 || r.Reading.Urgent != "" || r.Reading.Automated:
		t.Held++
	case r.Reading.Kind == intake.Rights && r.Attention == "rights":
		t.Rights++
	default:
		t.Doubt++
		if r.Request() {
			t.DoubtRequests++
		}
	}
}

// Request reports whether a mail is labelled as one.
func (m Mail) Request() bool { return IsRequest(m.Kind) }

// IsRequest reports whether a kind has a clock.
func IsRequest(k intake.Kind) bool {
	return k == intake.FOI || k == intake.DSAR || k == intake.Review
}

// Lost reports whether a request would be filed unseen: ignored, or passed
// without being attached to its case. An answer to our question is rightly
// passed.
func (r Read) Lost() bool {
	d := r.Reading.Decision
	return d == intake.Ignore || d == intake.Pass && !(r.Reading.Followup && r.Followup && r.Kind != intake.Review)
}
