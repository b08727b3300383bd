package casework

import (
	"crypto/sha256"
	"fmt"
	"regexp"
	"slices"
	"strings"
	"time"

	"requestd/deadlines"
	"requestd/intake"
	"requestd/intake/compose"
	"requestd/intake/config"
	"requestd/intake/holds"
	"requestd/store"
	"requestd/templates"
	"requestd/templates/welsh"
)

// QueueAck puts the acknowledgement of a new case into the outbox, either ready
// to be sent or held with the reasons. While the kind is in doubt there is no
// letter yet.
func (cs *Cases) QueueAck(tx *store.Tx, c *intake.Case, v *intake.View, why []string) error {
	if v.Doubt || len(v.Parts()) == 0 {
		cs.Append(tx, c, intake.Event{Actor: intake.ActorSelf, Name: intake.AckHeld, Code: intake.JoinCodes(append([]string{intake.AckUndecided}, why...))})
		return nil
	}
	l, ev := cs.withheld(tx, c, why), intake.Event{Actor: intake.ActorSelf, Name: intake.AckHeld, Code: intake.JoinCodes(why)}
	if len(why) == 0 {
		var err error
		if l, err = cs.acknowledgement(tx, c, v); err != nil {
			return err
		}
		ev.Name = intake.AckQueued
	}
	if !intake.Mailable(l.To) {
		cs.Append(tx, c, ev)
		return nil
	}
	cs.Throttle(l, c.Person().Requester.Addr, cs.Rules().Box(c.Mailbox))
	added, err := tx.Enqueue(l)
	if err != nil {
		return err
	}
	if !added {
		return fmt.Errorf("acknowledge %s: a letter with the key %s stands in the outbox already", c.Ref, l.Key)
	}
	ev.Letter = l.ID
	cs.Append(tx, c, ev)
	return nil
}

// withheld returns a held acknowledgement. It has no bytes, since it is written
// when it is released, with the dates of that time.
func (cs *Cases) withheld(tx *store.Tx, c *intake.Case, why []string) *intake.Letter {
	return &intake.Letter{
		Key: acknowledgementKey(c), Ref: c.Ref, Mailbox: c.Mailbox, Purpose: intake.ForAcknowledgement,
		From: cs.Rules().Box(c.Mailbox).Address, To: c.Person().ReplyTo, Created: tx.Now(),
		State: intake.LetterHeld, Response: holds.Response(why...),
	}
}

func acknowledgementKey(c *intake.Case) string {
	return c.Ref + "/" + string(intake.ForAcknowledgement)
}

// AckLetter returns the acknowledgement of a case, in whatever state it is.
func (cs *Cases) AckLetter(tx *store.Tx, c *intake.Case) (intake.Letter, bool) {
	return tx.LetterByKey(acknowledgementKey(c))
}

// acknowledgement writes the letter for a case in its present state.
func (cs *Cases) acknowledgement(tx *store.Tx, c *intake.Case, v *intake.View) (*intake.Letter, error) {
	return cs.letterTo(tx, c, v, intake.ForAcknowledgement, acknowledgementKey(c), templates.Corrected{})
}

// letterTo writes a letter to the requester. Its bytes are frozen here.
func (cs *Cases) letterTo(tx *store.Tx, c *intake.Case, v *intake.View, purpose intake.Purpose, key string, wrong templates.Corrected) (*intake.Letter, error) {
	says := cs.LetterText(c, v, purpose, wrong)
	if purpose == intake.ForAcknowledgement {
		_, says.Again = cs.neutral(tx, c)
	}
	var promises []intake.Promise
	for _, k := range v.Clocks {
		if k.RespondBy != 0 && len(says.Parts) > 0 && !k.Unconfirmed {
			promises = append(promises, intake.Promise{Part: k.Kind, Day: k.RespondBy})
		}
	}
	return cs.write(tx, c, says, key, promises)
}

// write writes the bytes of a letter to the requester and sets its place in the
// queue.
func (cs *Cases) write(tx *store.Tx, c *intake.Case, says templates.Letter, key string, promises []intake.Promise) (*intake.Letter, error) {
	text, err := cs.Rules().Letters.Letter(says)
	if err != nil {
		return nil, err
	}
	if text.Fault != nil {
		cs.log.Error("an overriding template failed and the embedded one was used: mend it in templates.dir", "ref", c.Ref, "fault", text.Fault)
	}
	letter := &intake.Letter{
		Key: key, Ref: c.Ref, Mailbox: c.Mailbox, Purpose: intake.Purpose(says.Purpose), To: c.Person().ReplyTo, Promises: promises,
	}
	return letter, cs.Freeze(tx, letter, cs.Rules().Box(c.Mailbox), headOf(c), text)
}

// headOf returns the head of a letter that answers the requester's mail.
func headOf(c *intake.Case) compose.Head {
	p := c.Person()
	return compose.Head{InReplyTo: p.MessageID, References: p.Refs, Automatic: "auto-replied"}
}

// LetterText returns the text of a letter about a case.
func (cs *Cases) LetterText(c *intake.Case, v *intake.View, purpose intake.Purpose, wrong templates.Corrected) templates.Letter {
	box := cs.Rules().Box(c.Mailbox)
	l := templates.Letter{
		Purpose: templates.Purpose(purpose), Language: v.ReplyLanguage, Body: body(box), Regulator: regulator(box.Regulator),
		Ref: c.Ref, Name: greeting(c), ReceivedOn: v.ReceivedOn, Corrects: wrong,
		Child: slices.Contains(v.Flags, intake.ChildAsking), Representative: slices.Contains(v.Flags, "representative"), TheirRef: repeated(c, v),
		Enclosed: slices.Contains(v.Flags, "identity-attached") || slices.Contains(v.Flags, "authority-attached"),
	}
	if purpose == intake.ForNeutral || purpose == intake.ForNoRequest { // these do not mention the kind
		return l
	}
	for _, k := range v.Clocks {
		if !k.Unconfirmed || purpose == intake.ForReceipt { // a colleague may see what nobody has confirmed yet
			l.Parts = append(l.Parts, PartOf(k))
		}
	}
	return l
}

// greeting returns the name by which a letter may call the requester: one that
// a person entered, or one that is plainly a name if the mail server vouches
// for its sender. Nobody else's words are repeated.
func greeting(c *intake.Case) string {
	name := c.Person().Requester.Name
	switch {
	case c.NameGiven():
		return name
	case c.Opening().Verified:
		return templates.PlainName(name)
	}
	return ""
}

// Freeze prepares a letter and writes its bytes, which never change afterwards.
// A letter without an address gets no bytes: it is held until a person gives
// one.
func (cs *Cases) Freeze(tx *store.Tx, l *intake.Letter, box *config.Mailbox, h compose.Head, text templates.Mail) error {
	cs.Prepare(tx, l, box)
	if !intake.Mailable(l.To) {
		return nil
	}
	return cs.WriteBytes(l, box, h, text)
}

// Prepare fills in sender, time of creation and Message-ID, and makes the
// letter due now. It does not put it into the outbox; Tx.Enqueue does.
func (cs *Cases) Prepare(tx *store.Tx, l *intake.Letter, box *config.Mailbox) {
	l.From, l.Created, l.State, l.Next = box.Address, tx.Now(), intake.LetterWaiting, tx.Now()
	l.MessageID = cs.mint.ID(cs.Random(15), box.Address)
}

// WriteBytes writes the bytes of a letter. The same letter and text always make
// the same bytes.
func (cs *Cases) WriteBytes(l *intake.Letter, box *config.Mailbox, h compose.Head, text templates.Mail) error {
	h.FromName, h.From, h.To, h.Date, h.MessageID = box.Body, l.From, l.To, l.Created, l.MessageID
	h.Subject, h.Language, h.Topic, h.Loop = text.Subject, text.ContentLanguage, text.Topic, cs.mint.Loop()
	raw, err := compose.Mail(h, text.Body)
	if err != nil {
		return fmt.Errorf("write the %s of %s: %w", l.Purpose, l.Ref, err)
	}
	sum := sha256.Sum256(raw)
	l.Raw, l.Hash = raw, sum[:]
	return nil
}

// PartOf returns the deadline of one part of a case as mail states it.
func PartOf(k intake.Clock) templates.Part {
	return templates.Part{
		Kind: string(k.Kind), Of: string(k.Of), Right: k.Right, State: k.State, RespondBy: k.RespondBy, ComplaintAcknowledgeBy: k.ComplaintAckBy,
		Ledger: replyLedger(k.Result.Ledger, inEnglish),
	}
}

// isoDay matches a day as ledgers write it.
var isoDay = regexp.MustCompile(`\b\d{4}-\d\d-\d\d\b`)

// forStaff rewrites a line of a ledger with days as mail writes them and the
// name of the law.
func forStaff(line string) string {
	if day, text, ok := strings.Cut(line, "  "); ok {
		line = day + ": " + text
	}
	if i := strings.LastIndex(line, " ["); i >= 0 && strings.HasSuffix(line, "]") {
		line = line[:i] + " (" + line[i+2:len(line)-1] + ")"
	}
	return isoDay.ReplaceAllStringFunc(line, func(s string) string {
		d, err := deadlines.ParseDay(s)
		if err != nil {
			return s
		}
		return templates.ShortDay(d)
	})
}

// LedgerCy returns the ledger of PartOf in Welsh; nil if a line has no Welsh.
// It is computed apart, since it takes some time and few want it.
func LedgerCy(k intake.Clock) []string { return replyLedger(k.Result.Ledger, welsh.Line) }

func inEnglish(line string) (string, bool) { return line, true }

// replyLedger says for staff how the reply-by date was reached, one step a
// line; nil if a line cannot be said. The other clocks have only their dates;
// requestd show has their ledgers.
func replyLedger(all []deadlines.Step, say func(string) (string, bool)) []string {
	var own []deadlines.Step
	for _, s := range all {
		if s.Clock == deadlines.ClockRespond {
			own = append(own, s)
		}
	}
	var steps []string
	for _, raw := range deadlines.Lines(own) {
		l, ok := say(raw)
		switch inner := strings.TrimLeft(l, " "); {
		case !strings.HasPrefix(raw, " "): // the clock's name
		case !ok:
			return nil
		case strings.HasPrefix(inner, "- ") && len(steps) > 0: // the days that the step did not count
			steps[len(steps)-1] += "; " + forStaff(inner[len("- "):])
		default:
			steps = append(steps, forStaff(inner))
		}
	}
	return steps
}

func body(b *config.Mailbox) templates.Body {
	return templates.Body{
		Name: b.Body, Address: b.Address, Signoff: b.Signoff.En, SignoffCy: b.Signoff.Cy, Website: b.Website.En, WebsiteCy: b.Website.Cy,
		Privacy: b.PrivacyNotice.En, PrivacyCy: b.PrivacyNotice.Cy, Contact: b.Contact.En, ContactCy: b.Contact.Cy, Delivery: b.Delivery.En, DeliveryCy: b.Delivery.Cy,
		CostPounds: b.CostLimit.Pounds, CostHours: b.CostLimit.Hours,
	}
}

func regulator(r *config.Regulator) templates.Regulator {
	if r == nil {
		return templates.Regulator{}
	}
	return templates.Regulator{
		Name: r.Name, NameCy: r.NameCy, Address: strings.Split(strings.TrimSpace(r.Address), "\n"),
		Email: r.Email, Phone: r.Phone, PhoneCy: r.PhoneCy, Website: r.Website, WebsiteCy: r.WebsiteCy,
	}
}

// again puts a letter back into the queue. It is written anew, unless it may
// have left already, or a person wrote its text and what that says is still true:
// then it keeps its bytes.
func (cs *Cases) again(tx *store.Tx, c *intake.Case, v *intake.View, old intake.Letter, anew *intake.Letter) (*intake.Letter, error) {
	switch {
	case old.State == intake.LetterBounced:
		return nil, refuse("the acknowledgement of %s came back from %s: acknowledge it another way and record that with --by-hand DATE", old.Ref, old.To)
	case old.Doubts > 0 && cs.outdated(c, v, old):
		return nil, mayHaveArrived(c, old)
	case old.Doubts > 0, old.Edited && !cs.outdated(c, v, old):
		old.State, old.Next, old.Released, old.Response = intake.LetterWaiting, anew.Next, anew.Released, "released by a person"
		return &old, tx.PutLetter(old)
	}
	anew.ID = old.ID
	return anew, tx.RewriteLetter(anew)
}

// Release sends a held acknowledgement: it is written anew with the dates of
// now, and is due at once.
func (cs *Cases) Release(tx *store.Tx, c *intake.Case, actor string) (*intake.Letter, error) {
	return cs.releaseAfter(tx, c, actor, 0)
}

// releaseAfter is Release with a delay during which the letter can still be
// stopped.
func (cs *Cases) releaseAfter(tx *store.Tx, c *intake.Case, actor string, wait time.Duration) (*intake.Letter, error) {
	cs.Append(tx, c, intake.Event{Actor: actor, Name: intake.AckReleased})
	v := cs.View(tx, c)
	l, err := cs.acknowledgement(tx, c, v)
	if err != nil {
		return nil, err
	}
	if !intake.Mailable(l.To) {
		return nil, noAddress(c)
	}
	l.Next = l.Next.Add(wait)
	if actor != intake.ActorSelf {
		l.Released = tx.Now()
	}
	if old, ok := tx.LetterByKey(l.Key); ok {
		if l, err = cs.again(tx, c, v, old, l); err != nil {
			return nil, err
		}
	} else if _, err := tx.Enqueue(l); err != nil {
		return nil, err
	}
	cs.Append(tx, c, intake.Event{Actor: actor, Name: intake.AckQueued, Letter: l.ID})
	return l, nil
}

// noAddress refuses to send or write an acknowledgement to nowhere.
func noAddress(c *intake.Case) error {
	return refuse("case %s has no address to write to: requestd acknowledge %s --address ADDRESS sends the acknowledgement, and --by-hand DATE records that it was made otherwise", c.Ref, c.Ref)
}

// repeated returns the reference that a letter repeats: that of a
// representative whose mail the mail server vouches for, if it names nobody.
func repeated(c *intake.Case, v *intake.View) string {
	if !v.Opening.Verified || !slices.Contains(v.Flags, "representative") {
		return ""
	}
	return templates.TheirRef(c.TheirRef())
}
