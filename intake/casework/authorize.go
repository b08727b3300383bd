package casework

import (
	"fmt"
	"slices"
	"strings"

	"requestd/intake"
	"requestd/store"
)

// Role says what somebody may do. Without a role nothing is allowed.
type Role string

// The roles, each for all mailboxes or for some.
const (
	Monitor       Role = "monitor"       // reads the status
	Reader        Role = "reader"        // may also read the register
	Officer       Role = "officer"       // works on cases
	Head          Role = "head"          // may also erase them
	Administrator Role = "administrator" // also looks after the daemon
)

// ActName names something that a role may allow.
type ActName string

// Everything that roles allow or refuse.
const (
	ToReadStatus  ActName = "read the status"
	ToRead        ActName = "read"
	ToOpen        ActName = "open a case"
	ToRecord      ActName = "record an event"
	ToDecide      ActName = "decide the kind"
	ToAcknowledge ActName = "acknowledge"
	ToHold        ActName = "hold a letter"
	ToRelease     ActName = "release a letter"
	ToUndo        ActName = "undo a decision"
	ToClaim       ActName = "take a case over"
	ToAttach      ActName = "attach a mail"
	ToMerge       ActName = "merge cases"
	ToErase       ActName = "erase"
	ToMaintain    ActName = "back up or verify the register"
)

// roles are in order: each allows all that the one before it does, and more.
var roles = []Role{Monitor, Reader, Officer, Head, Administrator}

// least is the lowest role that allows an act.
var least = map[ActName]Role{
	ToReadStatus: Monitor, ToRead: Reader,
	ToOpen: Officer, ToRecord: Officer, ToDecide: Officer, ToAcknowledge: Officer, ToHold: Officer, ToRelease: Officer,
	ToUndo: Officer, ToClaim: Officer, ToAttach: Officer, ToMerge: Officer,
	ToErase: Head, ToMaintain: Administrator,
}

func (r Role) allows(act ActName) bool {
	needs, known := least[act]
	return known && slices.Contains(roles, r) && slices.Index(roles, r) >= slices.Index(roles, needs)
}

// Principal is who acts or asks.
type Principal struct {
	Actor     string   // the actor that is recorded: requestd, local:USER, mail:ADDRESS, page:ADDRESS
	Role      Role     // what they may do
	Mailboxes []string // whose cases; nil means all mailboxes, also those no longer configured
}

// May returns a *Forbidden if the principal may not do an act on what belongs
// to a mailbox.
func (p Principal) May(act ActName, mailbox string) error {
	if p.Role.allows(act) && (p.Mailboxes == nil || slices.Contains(p.Mailboxes, mailbox)) {
		return nil
	}
	return &Forbidden{Principal: p, Act: act, Mailbox: mailbox}
}

// MayAnywhere returns a *Forbidden if the principal's role does not allow an
// act in any mailbox.
func (p Principal) MayAnywhere(act ActName) error {
	if p.Role.allows(act) {
		return nil
	}
	return &Forbidden{Principal: p, Act: act}
}

// MayOn is May for one thing in a mailbox, such as "case CAF26-00017". Somebody
// who may not read the mailbox gets store.ErrNotFound, so that they do not
// learn that the thing exists.
func (p Principal) MayOn(act ActName, mailbox, thing string) error {
	if err := p.MayAnywhere(act); err != nil {
		return err
	}
	if p.May(ToRead, mailbox) != nil {
		return fmt.Errorf("%s: %w", thing, store.ErrNotFound)
	}
	return nil
}

// Forbidden is the error of an act that the actor's role or mailboxes do not
// allow. Nothing was changed.
type Forbidden struct {
	Principal
	Act     ActName
	Mailbox string
}

func (f *Forbidden) Error() string {
	where := ""
	if f.Mailbox != "" {
		where = " in mailbox " + f.Mailbox
	}
	return fmt.Sprintf("%s may not %s%s: an administrator gives roles and mailboxes", f.Actor, f.Act, where)
}

// Overtaken is the error of an act by somebody who had not seen the latest
// events of the case. Nothing was changed.
type Overtaken struct {
	Ref   string
	Since []intake.Event // what has happened, oldest first
}

func (o *Overtaken) Error() string {
	var since []string
	for _, ev := range o.Since {
		since = append(since, fmt.Sprintf("%s on %s: %s", intake.ActorName(ev.Actor), ev.Day, ev.InWords()))
	}
	return fmt.Sprintf("case %s has changed since you looked at it (%s): look at it again and decide anew", o.Ref, strings.Join(since, "; "))
}

// authorize is called before every act on a case. It refuses an actor who may
// not do the act, or who had not seen the latest events of the case.
func authorize(by By, act ActName, c *intake.Case) error {
	if err := by.MayOn(act, c.Mailbox, "case "+c.Ref); err != nil {
		return err
	}
	return believed(c, by.SeenEvents)
}

// believed refuses if a case no longer has the number of events that somebody
// saw; 0 means that they did not say.
func believed(c *intake.Case, events int) error {
	switch {
	case events == 0 || events == len(c.Events):
		return nil
	case events < 0 || events > len(c.Events):
		return refuse("case %s has %d events, and not %d", c.Ref, len(c.Events), events)
	}
	return &Overtaken{Ref: c.Ref, Since: c.Events[events:]}
}
