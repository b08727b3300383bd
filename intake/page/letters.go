package page

import (
	"cmp"
	"errors"
	"fmt"
	"net/url"
	"slices"
	"strconv"
	"strings"

	"requestd/intake"
	"requestd/intake/casework"
	"requestd/intake/register"
	"requestd/store"
)

var lettersRoutes = []route{
	{"GET /letters", casework.ToRead, (*visit).letters},
	{"GET /letters/{id}", casework.ToRead, (*visit).letter},
	{"POST /letters/{id}/send", casework.ToRelease, (*visit).sendLetter},
	{"POST /letters/{id}/hold", casework.ToHold, (*visit).holdLetter},
	{"POST /letters/{id}/text", casework.ToRelease, (*visit).editLetter},
}

// drafted distinguishes drafts, which are held until somebody sends them, from
// letters that are held for a reason. The others choose other advice for
// letters that are no acknowledgement.
const (
	drafted      intake.LetterState = "drafted"
	noRequest    intake.LetterState = "held-no-request"
	heldStep     intake.LetterState = "held-step"
	returnedStep intake.LetterState = "bounced-step"
)

// unsettled are the states that somebody may have to deal with.
var unsettled = []intake.LetterState{drafted, intake.LetterHeld, intake.LetterInDoubt, intake.LetterFailed, intake.LetterBounced, intake.LetterWaiting, intake.LetterSending}

// advice says in plain words what each state means and what to do.
var advice = map[intake.LetterState]string{
	intake.LetterWaiting: "Goes out by itself. Hold it if it must not.",
	intake.LetterSending: "Is being handed over now.",
	intake.LetterSent:    "The mail server took it.",
	intake.LetterInDoubt: "The server's answer never came. It is looked for in the Sent folder, and sent once more if it is not there.",
	intake.LetterHeld:    "Waits for a person. Read it, then send it, or acknowledge the request another way.",
	intake.LetterFailed:  "Was refused, or taken back. Mend the address, or write another way and record that.",
	intake.LetterBounced: "Came back. Acknowledge the request another way and record that.",
	drafted:              "A draft, which goes when somebody sends it. Where you have written yourself, leave it: it is dropped by itself.",
	noRequest:            "A draft, which goes when somebody sends it.",
	heldStep:             "Waits for a person. Read it, then send it.",
	returnedStep:         "Came back. Tell the requester another way.",
}

// adviceOn returns what to do about one letter.
func adviceOn(l *intake.Letter) string {
	switch {
	case l.IsDraft():
		return advice[drafted]
	case l.State == intake.LetterHeld && l.Purpose == intake.ForNoRequest:
		return advice[noRequest]
	case l.State == intake.LetterHeld && l.Purpose != intake.ForAcknowledgement:
		return advice[heldStep]
	case l.State == intake.LetterBounced && l.Purpose.NextStep():
		return advice[returnedStep]
	}
	return advice[l.State]
}

type lettersBody struct {
	Groups []letterGroup
	State  intake.LetterState // if set, only letters in this state are shown, and all of them
}

type letterGroup struct {
	State  intake.LetterState
	Advice string
	Rows   []intake.Letter
	More   int
}

func (v *visit) letters() error {
	body, most := lettersBody{State: intake.LetterState(v.r.FormValue("state"))}, mostRows
	if body.State != "" {
		if most = mostWhole; !slices.Contains(unsettled, body.State) {
			return errNoPage
		}
	}
	for _, state := range unsettled {
		if body.State != "" && body.State != state {
			continue
		}
		wanted := register.LetterFilter{State: state, Mailboxes: v.who.Mailboxes}
		if state == drafted {
			wanted.State = intake.LetterHeld
		}
		if state == intake.LetterBounced { // such a letter stays in this state for ever
			wanted.Since = v.s.Now().AddDate(0, 0, -register.BackDays)
		}
		list, err := v.s.Register.Letters(v.r.Context(), wanted)
		if err == nil && state == intake.LetterBounced {
			list, err = v.cameBackLate(list)
		}
		if err != nil {
			return err
		}
		list = slices.DeleteFunc(list, func(l intake.Letter) bool {
			return l.Stopped() || l.State == intake.LetterHeld && waitsForWord(&l) != (state == drafted) // nothing is to be done, or it is in the other group
		})
		slices.Reverse(list)
		g := letterGroup{State: state, Advice: advice[state], Rows: list}
		if n := len(list); n > most {
			g.Rows, g.More = list[:most], n-most
		}
		if len(g.Rows) > 0 {
			body.Groups = append(body.Groups, g)
		}
	}
	return v.show("letters", v.frame("Letters"), body)
}

// cameBackLate adds, before the letters that came back, those of open cases
// that were written long ago.
func (v *visit) cameBackLate(list []intake.Letter) ([]intake.Letter, error) {
	open, err := v.s.Register.OpenCases(v.r.Context(), v.who.Mailboxes)
	if err != nil {
		return nil, err
	}
	err = v.s.Store.View(func(tx *store.Tx) error {
		for _, d := range open {
			for _, id := range d.Back {
				l, err := tx.Letter(id)
				if err == nil && l.State == intake.LetterBounced && !slices.ContainsFunc(list, func(x intake.Letter) bool { return x.ID == id }) {
					list = append(list, l)
				}
			}
		}
		return nil
	})
	slices.SortFunc(list, func(a, b intake.Letter) int { return cmp.Compare(a.ID, b.ID) })
	return list, err
}

type letterBody struct {
	intake.Letter
	Text   string
	Typed  bool // typed by the visitor, so that it is shown in a form whatever became of the letter
	Advice string
	Seen   int
	Since  []intake.Event // what happened since a stale form was made
	Perils []string       // why no letter may be sent before a person has seen it
}

// Editable reports whether a person may change the letter's text.
func (b letterBody) Editable() bool { return b.Text != "" && casework.Editable(&b.Letter) }

// Edits reports whether a letter's text is shown in a form.
func (f *frame) Edits(b letterBody) bool {
	return (b.Editable() || b.Typed) && f.May(string(casework.ToRelease))
}

func (v *visit) letter() error {
	b, err := v.shownLetter()
	if err != nil {
		return err
	}
	return v.show("letter", v.letterFrame(&b), b)
}

// letterFrame puts the letter into the title.
func (v *visit) letterFrame(b *letterBody) *frame {
	f := v.frame("Letter")
	f.Title = strings.TrimSpace(fmt.Sprintf("%s %d: %s %s", f.Title, b.ID, f.T(purposeName(b.Purpose)), b.Ref))
	return f
}

func (v *visit) oneLetter() (b letterBody, err error) {
	id, err := strconv.ParseUint(v.r.PathValue("id"), 10, 64)
	if err != nil {
		return b, errNoPage
	}
	err = v.s.Store.View(func(tx *store.Tx) (err error) {
		if b.Letter, err = tx.Letter(id); err != nil {
			return err
		}
		if b.Raw == nil {
			if b.Raw, err = tx.BytesOf(id); err != nil {
				return err
			}
		}
		if b.Ref == "" {
			return nil
		}
		c, err := tx.Case(b.Ref)
		if err == nil {
			b.Seen = len(c.Events)
			if b.Purpose.Outside() {
				b.Perils = v.s.Cases.View(tx, c).Perils()
			}
		}
		return err
	})
	if err == nil {
		err = v.who.MayOn(casework.ToRead, b.Mailbox, fmt.Sprintf("letter %d", id))
	}
	if err != nil {
		return letterBody{}, err
	}
	if b.Ref != "" {
		if err := v.s.recordLook(b.Ref, v.who.Actor); err != nil && !store.DiskFault(err) {
			return letterBody{}, err // with a faulty disk people may go on reading
		}
	}
	b.Text, b.Advice = readable(b.Raw), adviceOn(&b.Letter)
	return b, nil
}

// shownLetter returns a letter with the text that it has or would have.
func (v *visit) shownLetter() (letterBody, error) {
	b, err := v.oneLetter()
	if err == nil && b.Text == "" {
		b.Text = v.unwritten(&b)
	}
	return b, err
}

// sameText compares texts as forms send them.
func sameText(a, b string) bool { return slices.Equal(lines(a), lines(b)) }

func lines(s string) (list []string) {
	for line := range strings.SplitSeq(strings.TrimSpace(s), "\n") {
		list = append(list, strings.TrimRight(line, " \t\r"))
	}
	return list
}

// unwritten returns the text of a held acknowledgement that was never written:
// what it will say when it is released.
func (v *visit) unwritten(b *letterBody) string {
	if b.Purpose != intake.ForAcknowledgement || b.State != intake.LetterHeld || len(b.Raw) > 0 || v.who.May(casework.ToRelease, b.Mailbox) != nil {
		return ""
	}
	p, err := v.s.Cases.Preview(v.r.Context(), v.by(b.Seen), b.Ref, casework.Acknowledge(casework.AckInput{}))
	if err != nil { // in its present state the case does not allow it to be sent
		return ""
	}
	for _, l := range p.Letters {
		if l.ID == b.ID {
			return readable(l.Raw)
		}
	}
	return ""
}

func (v *visit) sendLetter() error {
	return v.notDone(v.settle(func(by casework.By, id uint64) (intake.Letter, error) {
		return v.s.Cases.ReleaseLetter(v.r.Context(), by, id)
	}, "The letter goes out."))
}

func (v *visit) holdLetter() error {
	return v.notDone(v.settle(func(by casework.By, id uint64) (intake.Letter, error) {
		return v.s.Cases.HoldLetter(v.r.Context(), by, id)
	}, "The letter is held."))
}

// editLetter changes the text of a letter, and sends it if that was asked for.
// If it fails, the text that was typed is shown again.
func (v *visit) editLetter() error {
	text, sends, notice := v.r.PostFormValue("text"), v.r.PostFormValue("then") == "send", "The letter has its new text."
	if sends {
		notice = "The letter goes out."
	}
	err := v.settle(func(by casework.By, id uint64) (l intake.Letter, err error) {
		b, err := v.shownLetter()
		if err == nil && !sameText(b.Text, text) {
			l, err = v.s.Cases.EditLetter(v.r.Context(), by, id, text)
			by.SeenEvents++ // the edit itself
		}
		if err != nil || !sends {
			return l, err
		}
		return v.s.Cases.ReleaseLetter(v.r.Context(), by, id)
	}, notice)
	if err == nil {
		return nil
	}
	b, again := v.oneLetter()
	if again != nil {
		return again
	}
	f := v.letterFrame(&b)
	v.explain(f, err)
	if o, ok := errors.AsType[*casework.Overtaken](err); ok {
		b.Since = o.Since
	}
	b.Text, b.Typed = text, true
	return v.show("letter", f, b)
}

func (v *visit) settle(do func(casework.By, uint64) (intake.Letter, error), notice string) error {
	b, err := v.oneLetter()
	if err != nil {
		return err
	}
	seen := 0
	if b.Ref != "" && (v.r.PostForm.Has("seen") || !strings.HasSuffix(v.r.URL.Path, "/hold")) { // a letter is held whatever happened since
		if seen, err = v.seen(); err != nil {
			return err
		}
	}
	if _, err := do(v.by(seen), b.ID); err != nil {
		return err
	}
	to := "/letters"
	if b.Ref != "" {
		to = "/case/" + url.PathEscape(b.Ref)
	}
	return v.done(v.goBack(to), v.frame("").T(notice))
}
