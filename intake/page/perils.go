package page

import (
	"net/url"
	"slices"
	"strconv"
	"time"

	"requestd/deadlines"
	"requestd/intake"
	"requestd/intake/casework"
	"requestd/intake/holds"
	"requestd/store"
	"requestd/templates"
)

// lookAt is a link to something that somebody has still to read or send.
type lookAt struct{ To, Says string }

// Advice says in a sentence why a letter waits for a person.
func (f *frame) Advice(code string) string {
	if f.Lang == "cy" {
		return holds.AdviceWelsh(code)
	}
	return holds.Advice(code)
}

// checks returns what only a person can judge about an open case, as mail to
// staff says it.
func (v *visit) checks(f *frame, c *intake.View) []string {
	if !c.IsOpen() {
		return nil
	}
	language := templates.English
	if f.Lang == "cy" {
		language = templates.Welsh
	}
	list := v.s.Cases.Checks(c, language)
	for i, s := range list {
		list[i] = checkOnPage(f, s)
	}
	return list
}

// follows says which letter an act caused, to whom it goes and when, or that
// one is drafted; "" if there is none.
func (v *visit) follows(f *frame, x flash) string {
	switch {
	case x.Letter != 0:
		l, err := v.letterNumber(x.Letter)
		if err != nil {
			return ""
		}
		return f.goes(&l)
	case x.Draft != 0:
		if l, err := v.letterNumber(x.Draft); err == nil && required(l.Purpose) {
			return f.T("The notice that the law requires is drafted, and has still to be sent.")
		}
		return f.T("The letter that tells the requester is drafted, and has still to be sent.")
	}
	return ""
}

// goes says when a waiting letter is sent, and to whom.
func (f *frame) goes(l *intake.Letter) string {
	name := f.T(purposeName(l.Purpose))
	if !l.Next.After(f.Now) {
		return f.T("%s to %s: goes out now.", name, l.To)
	}
	return f.T("%s to %s: goes out at %s.", name, l.To, f.soon(l.Next))
}

// soon writes a time, without the day if it is today.
func (f *frame) soon(t time.Time) string {
	if deadlines.DayOf(t) == f.Today {
		return t.In(deadlines.London()).Format("15:04")
	}
	return f.Moment(t)
}

// toLetter returns a link to a letter that a person must still deal with after
// an act: a draft, or an acknowledgement that stays held.
func (v *visit) toLetter(f *frame, x flash) *lookAt {
	switch {
	case x.Draft != 0:
		return &lookAt{letterPath(x.Draft), f.T("Read the letter and send it")}
	case x.Stays != "":
		return &lookAt{"/case/" + url.PathEscape(x.Stays) + "/act/" + actRelease, f.T("See what the acknowledgement to %s would say", v.writesTo(x.Stays))}
	}
	return nil
}

// leavesHeld reports whether an act leaves an acknowledgement held that could go.
func (v *visit) leavesHeld(ch *casework.Change) bool {
	c := ch.View
	return ch.Letter == 0 && ch.Draft == 0 && c.IsOpen() && len(c.Ack.Held) > 0 && !slices.Contains(c.Ack.Held, holds.NoAddress) && !c.Doubt && v.staysHeld(c) != ""
}

// staysHeld returns why a decision on the kind sends no letter.
func (v *visit) staysHeld(c *intake.View) (why string) {
	_ = v.s.Store.View(func(tx *store.Tx) error { // the act itself asks again, and fails if this does
		all, err := tx.Case(c.Ref)
		if err == nil {
			why, err = casework.StaysHeld(tx, all, c)
		}
		return err
	})
	return why
}

// writesTo returns the address to which letters on a case go; "" if the visitor may
// not read the case.
func (v *visit) writesTo(ref string) string {
	var c *intake.Case
	err := v.s.Store.View(func(tx *store.Tx) (err error) { c, err = tx.Case(ref); return err })
	if err != nil || !v.reads(c.Mailbox, ref) { // the letter itself says so
		return ""
	}
	return c.Person().ReplyTo
}

// reads reports whether the visitor may read a case, and records that they do. It is
// asked since anybody can write the reference of any case into their own cookie.
func (v *visit) reads(mailbox, ref string) bool {
	if v.who.May(casework.ToRead, mailbox) != nil {
		return false
	}
	err := v.s.recordLook(ref, v.who.Actor)
	return err == nil || store.DiskFault(err)
}

// wouldFollow says what becomes of the acknowledgement once the kind is
// decided.
func (v *visit) wouldFollow(f *frame, c *intake.View) string {
	if !c.IsOpen() || !c.Ack.At.IsZero() {
		return ""
	}
	if slices.Contains(c.Ack.Held, holds.NoAddress) {
		return f.T("There is no address to write to, so no letter goes out.")
	}
	if why := v.staysHeld(c); why != "" {
		return f.T("Whatever you choose, the acknowledgement stays held: %s", f.Advice(why))
	}
	if wait := v.by(0).UndoWait; wait >= time.Minute {
		return f.T("Where it is a request, its acknowledgement goes out %d minutes later. Until then you can undo it.", int(wait.Round(time.Minute)/time.Minute))
	}
	return f.T("Where it is a request, its acknowledgement goes out at once.")
}

func letterPath(id uint64) string { return "/letters/" + strconv.FormatUint(id, 10) }

func (v *visit) letterNumber(id uint64) (l intake.Letter, err error) {
	err = v.s.Store.View(func(tx *store.Tx) (err error) { l, err = tx.Letter(id); return err })
	if err == nil && (l.Ref == "" || !v.reads(l.Mailbox, l.Ref)) {
		err = errNoPage
	}
	return l, err
}
