package simulate

import (
	"bytes"
	"slices"
	"strings"
	"time"

	"requestd/deadlines"
	"requestd/intake"
	"requestd/intake/mailbox"
	"requestd/store"
)

func (w *world) view(f func(*store.Tx) error) {
	if err := w.db.View(f); err != nil {
		w.fail("read the register: %v", err)
	}
}

// checkMail compares the mail in a folder with what the register says about it.
func (w *world) checkMail(b *box, f *folder, through uint32) {
	w.view(func(tx *store.Tx) error {
		for _, c := range f.mails {
			if c.seen || c.uid > through {
				continue
			}
			validity := f.validity
			if w.defect("renumbering-missed") {
				validity = 1
			}
			id, ok := tx.ArrivalAt(intake.MailLocation{Mailbox: b.cfg.Name, Folder: f.name, UIDValidity: validity, UID: c.uid})
			if !ok {
				w.fail("mail %d (%s) in %s/%s was passed over: uid %d is not registered", c.mail.n, c.mail.sort, b.cfg.Name, f.name, c.uid)
			}
			a, err := tx.Arrival(id)
			if err != nil {
				return err
			}
			w.decided(tx, b, f, c, &a)
			c.seen = true
		}
		return nil
	})
}

// decided checks what was decided about one mail.
func (w *world) decided(tx *store.Tx, b *box, f *folder, c *copyOf, a *intake.Arrival) {
	m := c.mail
	if !a.Received.Equal(c.received) {
		w.fail("mail %d was received %s and is registered as %s", m.n, c.received.UTC(), a.Received.UTC())
	}
	if strings.Contains(w.o.Defect, "machine") || m.bad && a.Decision != intake.DidBeforeStart && a.Decision != intake.DidUnreadable && a.Decision != intake.DidDuplicate {
		m.ref = a.Ref
	}
	opened := a.Decision == intake.DidAcknowledge || a.Decision == intake.DidTriage || a.Decision == intake.DidUnreadable
	switch {
	case m.sort == request && !opened && a.Decision != intake.DidDuplicate && a.Decision != intake.DidBeforeStart:
		w.fail("mail %d is a request and was decided %s", m.n, a.Decision)
	case m.sort == machine && opened, m.sort == bounce && opened:
		w.fail("mail %d is a machine's and was decided %s", m.n, a.Decision)
	case m.sort == ordered && opened:
		w.fail("mail %d of an officer was decided %s", m.n, a.Decision)
	case m.sort == answer && opened && !w.erasedSince(m):
		w.fail("mail %d answers a letter of ours and was decided %s", m.n, a.Decision)
	case f.role == mailbox.Junk && a.Decision == intake.DidAcknowledge:
		w.fail("mail %d lies in the junk and was decided %s", m.n, a.Decision)
	case deadlines.DayOf(c.received) < w.since && a.Decision != intake.DidBeforeStart && a.Decision != intake.DidDuplicate:
		w.fail("mail %d came before the start and was decided %s", m.n, a.Decision)
	case m.sort == helpdesk && a.Decision == intake.DidAcknowledge:
		w.fail("mail %d of a helpdesk, which answers whatever it is sent, was decided %s", m.n, a.Decision)
	}
	if opened {
		if m.ref != "" && m.ref != a.Ref && !strings.Contains(m.ref, "merged") {
			w.fail("mail %d is in case %s and in case %s", m.n, m.ref, a.Ref)
		}
		m.ref = a.Ref
		cs, err := tx.Case(a.Ref)
		if err != nil || !cs.Opening().Received.Equal(c.received) || cs.Mailbox != b.cfg.Name && len(m.to) < 2 { // if it was sent to several mailboxes, any of them may be its home
			w.fail("case %s of mail %d does not begin with its receipt at %s in %s (%v)", a.Ref, m.n, c.received.UTC(), b.cfg.Name, err)
		}
	}
	if m.sort == bounce {
		w.bounced(tx, m)
	}
}

// bounced checks that a returned letter no longer counts as made.
func (w *world) bounced(tx *store.Tx, m *letterIn) {
	if c, err := tx.Case(w.post.taken[m.returns].ref); err == nil && c.Erased() {
		return // it is no longer known which letter it was
	}
	l, ok := tx.LetterByMessageID(m.returns)
	if !ok || l.State != intake.LetterBounced {
		w.fail("letter %s came back with mail %d and is %s", m.returns, m.n, l.State)
	}
	w.post.taken[m.returns].returned = true
}

// checkSecond is called when a letter is accepted for the first time: nobody
// gets a second automatic acknowledgement of one case.
func (w *world) checkSecond(l *sentLetter) {
	earlier := 0
	for _, o := range w.post.order {
		if o != l && o.outside && o.ref == l.ref {
			earlier++
		}
	}
	f := w.cases[l.ref]
	if l.ref == "" {
		w.fail("a letter to %s names no case", l.to)
	}
	if allowed := 0; earlier > 0 {
		if f != nil {
			allowed = f.releases
		}
		if earlier > allowed {
			w.fail("case %s: letter number %d goes to %s, and people let %d go", l.ref, earlier+1, l.to, allowed)
		}
	}
}

// whole checks the register as a whole, and every case against its facts.
// While the register reads a case to check it, so does the simulation.
func (w *world) whole() {
	w.report.Verified++
	found := 0
	findings, err := w.db.Verify(w.ctx, func(c *intake.Case) intake.Index {
		found++
		return w.derive(c)
	})
	if err != nil {
		w.fail("verify: %v", err)
	}
	for _, f := range findings {
		w.fail("verify: %s", f)
	}
	if found != len(w.cases) {
		w.fail("the register holds %d cases; %d were opened", found, len(w.cases))
	}
	w.view(func(tx *store.Tx) error {
		letters := map[string][]intake.Letter{}
		for l := range tx.Letters(store.LetterFilter{}) {
			w.letter(&l)
			if l.Purpose.Outside() {
				letters[l.Ref] = append(letters[l.Ref], l)
			}
		}
		for _, ref := range w.refs {
			w.answered(w.cases[ref], letters[ref])
		}
		return nil
	})
}

// derive compares a case with its facts, and returns where it must be sorted.
// Both follow from its history and the calendar, and are not computed again for
// a settled case while these are unchanged.
func (w *world) derive(c *intake.Case) intake.Index {
	f := w.cases[c.Ref]
	if f == nil {
		w.fail("case %s was opened by nobody", c.Ref)
	}
	last := c.Events[len(c.Events)-1].Chain
	if f.calendar == w.cal && bytes.Equal(f.chain, last) {
		return intake.Index{}
	}
	v := c.ViewAt(w.now.Add(w.skew), w.engine.Cases.Calendar(), deadlines.DefaultRules())
	w.compare(v)
	ix := w.engine.Cases.Index(c)
	if f.ack, f.calendar = v.Ack, nil; !ix.Open {
		f.chain, f.calendar = last, w.cal
	}
	return ix
}

// answered checks that a request has one acknowledgement, or a reason why not,
// given its letters to the requester.
func (w *world) answered(f *file, letters []intake.Letter) {
	acks, maker := 0, intake.LetterState("none")
	for _, l := range letters {
		if l.ID == f.ack.Letter {
			maker = l.State
		}
		if l.Purpose == intake.ForNeutral && l.State == intake.LetterSent && f.ack.At.IsZero() {
			w.fail("case %s: its neutral acknowledgement was sent and does not count", f.ref)
		}
		if l.Purpose != intake.ForAcknowledgement {
			continue
		}
		if acks++; acks > 1 {
			w.fail("case %s has %d acknowledgements in the outbox", f.ref, acks)
		}
		if l.State == intake.LetterSent && f.ack.At.IsZero() {
			w.fail("case %s: its acknowledgement was sent and does not count", f.ref)
		}
	}
	switch {
	case !f.ack.ByHand && !f.ack.At.IsZero() && maker != intake.LetterSent:
		w.fail("case %s counts as acknowledged by letter %d, which is %s", f.ref, f.ack.Letter, maker)
	case f.ack.Queued && maker != intake.LetterWaiting && maker != intake.LetterInDoubt && maker != intake.LetterSending:
		w.fail("case %s counts as about to be acknowledged by letter %d, which is %s", f.ref, f.ack.Letter, maker)
	case acks == 0 && f.ack.At.IsZero() && len(f.ack.Held) == 0 && !f.ack.Queued && !f.ack.Bounced:
		w.fail("case %s has no acknowledgement, and no reason why not", f.ref)
	}
}

// stuckAfter is how long after its time a letter may wait while the servers can
// be used.
const stuckAfter = 26 * time.Hour

// letter compares one letter of the outbox with what the server accepted.
func (w *world) letter(l *intake.Letter) {
	if l.MessageID == "" && l.Raw == nil && l.State != intake.LetterSending {
		return // held and not written yet, or erased
	}
	s := w.post.taken[l.MessageID]
	switch {
	case l.State == intake.LetterSending:
		w.fail("letter %d is being sent while nobody sends", l.ID)
	case (l.State == intake.LetterSent || l.State == intake.LetterBounced) && s == nil:
		w.fail("letter %d (%s) counts as sent and was never taken", l.ID, l.Purpose)
	case s != nil && s.reported && l.State != intake.LetterSent && l.State != intake.LetterBounced:
		w.fail("letter %d (%s) was taken and is %s", l.ID, l.Purpose, l.State)
	case s != nil && s.returned && l.State != intake.LetterBounced:
		w.fail("letter %d (%s) came back and is %s", l.ID, l.Purpose, l.State)
	case l.State == intake.LetterFailed && l.Attempts > 0 && !w.post.refused[l.MessageID] && !strings.HasPrefix(l.Response, "not sent"):
		w.fail("letter %d (%s) counts as refused for good (%s), and no server refused it", l.ID, l.Purpose, l.Response)
	case l.State == intake.LetterHeld && strings.HasPrefix(l.Response, "not sent within") && l.Created.After(w.idle) && l.Released.IsZero():
		w.fail("letter %d (%s) is held for its age (%s), and only the servers kept it", l.ID, l.Purpose, l.Response)
	case s != nil && !strings.EqualFold(s.to, l.To):
		w.fail("letter %d is for %s and was taken for %s", l.ID, l.To, s.to)
	}
	waits := l.State == intake.LetterWaiting || l.State == intake.LetterInDoubt
	if waits && w.now.Sub(w.trouble) > stuckAfter && w.now.Add(w.skew).Sub(l.Next) > stuckAfter {
		w.fail("letter %d (%s) has been due since %s and is %s", l.ID, l.Purpose, l.Next.UTC(), l.State)
	}
}

// handled checks that every mail in the mailboxes has a decision.
func (w *world) handled() {
	for _, b := range w.boxes {
		for _, f := range b.folders {
			at := mailbox.Folder{Mailbox: b.cfg.Name, Folder: f.name, Role: f.role, UIDValidity: f.validity}
			var seen []mailbox.Seen
			for _, c := range f.mails {
				seen = append(seen, mailbox.Seen{UID: c.uid, Received: c.received})
			}
			missing, err := w.engine.Unhandled(w.ctx, at, seen)
			if err != nil {
				w.fail("compare %s/%s: %v", b.cfg.Name, f.name, err)
			}
			if len(missing) > 0 {
				i := slices.IndexFunc(f.mails, func(c *copyOf) bool { return c.uid == missing[0] })
				w.fail("mail %d (%s) in %s/%s has no decision", f.mails[i].mail.n, f.mails[i].mail.sort, b.cfg.Name, f.name)
			}
		}
	}
}
