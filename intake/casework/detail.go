package casework

import (
	"cmp"
	"slices"
	"strings"
	"unicode/utf8"

	"requestd/intake"
)

// Correction corrects what a case says about its requester, or the body to
// which it belongs. An empty field changes nothing; a hyphen removes an
// address.
type Correction struct {
	Name     string `json:"name"`
	Address  string `json:"address"`  // where letters go by mail
	Postal   string `json:"postal"`   // where they go by post
	Language string `json:"language"` // en, cy or bi
	Mailbox  string `json:"mailbox"`  // of the body to which the request belongs
	Child    string `json:"child"`    // yes or no: whether letters are written for a child to read
}

// none is how a correction removes an address.
const none = "-"

// regimes returns the parts that an event concerns; none while nobody has
// decided the kind of the case.
func (in RecordInput) regimes(v *intake.View) (of []intake.Clock) {
	for _, k := range v.Clocks {
		if !v.Doubt && len(v.Parts()) > 0 && (in.Part == "" || in.Part == k.Kind) {
			of = append(of, k)
		}
	}
	return of
}

// checkOutcome refuses an outcome that the regime does not have.
func (in RecordInput) checkOutcome(v *intake.View) error {
	switch {
	case in.Outcome == "":
		return nil
	case in.Event == intake.CommissionerDecided:
		return oneOutcome(in.Outcome, "complaint to the Commissioner", intake.OutcomesOfComplaints())
	case in.Event != intake.Responded:
		return OnOutcome.Refuse("outcome %q: the events responded and commissioner-decided take one, and no other event takes any", in.Outcome)
	}
	parts := in.regimes(v)
	for _, k := range parts {
		name := string(k.Kind) + " request"
		if k.Of != "" {
			name = "review of " + string(k.Of)
		}
		if err := oneOutcome(in.Outcome, name, intake.OutcomesOf(k.Kind, k.Of)); err != nil {
			return err
		}
	}
	if len(parts) == 0 {
		return oneOutcome(in.Outcome, "request", intake.AllOutcomes())
	}
	return nil
}

func oneOutcome(outcome, of string, list []string) error {
	if slices.Contains(list, outcome) {
		return nil
	}
	return OnOutcome.Refuse("outcome %q is not one of a %s: want one of %s", outcome, of, strings.Join(list, ", "))
}

// checkPeople refuses details that belong to another event, and names and
// addresses that cannot be right.
func (cs *Cases) checkPeople(v *intake.View, in RecordInput) error {
	commissioner := strings.HasPrefix(string(in.Event), "commissioner-")
	switch {
	case len(in.Exemptions) > 0 && in.Event != intake.Responded && in.Event != intake.Extended:
		return OnExemptions.Refuse("exemption %s: the events responded and extended take them, and no other event takes any", strings.Join(in.Exemptions, ", "))
	case in.Officer != "" && in.Event != intake.Assigned && in.Event != intake.Responded, in.Cover != "" && in.Event != intake.Assigned:
		return OnOfficer.Refuse("officer %q: the event assigned takes who is in charge and who covers, responded who decided; no other event takes any", in.Officer+in.Cover)
	case in.Event == intake.Assigned && in.Officer == "":
		return OnOfficer.Refuse("assigned: say who is in charge with --officer ADDRESS")
	case in.Event == intake.Assigned && in.Officer != v.Officer && !intake.Mailable(in.Officer):
		return cs.notByAddress(v, OnOfficer, in.Officer)
	case in.Event == intake.Assigned && in.Cover != "" && in.Cover != v.Cover && !intake.Mailable(in.Cover):
		return cs.notByAddress(v, OnCover, in.Cover)
	case in.Reference != "" && !commissioner:
		return OnReference.Refuse("reference %q: the events commissioner-notified, commissioner-answered and commissioner-decided take the Commissioner's, and no other event takes any", in.Reference)
	case in.Correction != Correction{} && in.Event != intake.Corrected:
		return refuse("the event corrected alone takes a name, an address, a language, a child or a mailbox")
	case in.Event == intake.Corrected && in.Correction == Correction{}:
		return refuse("corrected: say what is right with --name, --address, --postal, --language, --child or --mailbox; the date of receipt is the event received, the kind requestd reclassify")
	case in.Language != "" && !slices.Contains([]string{"en", "cy", "bi"}, in.Language):
		return OnLanguage.Refuse("language %q: want en, cy or bi", in.Language)
	case in.Child != "" && !slices.Contains([]string{"yes", "no"}, in.Child):
		return OnChild.Refuse("child %q: want yes or no", in.Child)
	case in.Mailbox != "" && !cs.Rules().HasBox(in.Mailbox):
		return OnMailbox.Refuse("mailbox %q: want one of those in the configuration", in.Mailbox)
	case in.Address != "" && in.Address != none && (!intake.Mailable(in.Address) || cs.Rules().Own(in.Address)):
		return OnAddress.Refuse("address %q: want the requester's, of the form name@example.org, or - for none", in.Address)
	}
	_, err := postal(in.Postal)
	return err
}

// notByAddress refuses an officer who is not named by a mail address, since
// officers' cases are found by it. An officer who already has a case under
// another name keeps it.
func (cs *Cases) notByAddress(v *intake.View, as Field, name string) error {
	return as.Refuse("%s %q: assigned takes a mail address, such as one of the staff of mailbox %s: %s", as, name, v.Mailbox, strings.Join(cs.Rules().Staff(v.Mailbox), ", "))
}

// detail fills in the fields that only events of this name have.
func (cs *Cases) detail(c *intake.Case, ch *Change, by By, in RecordInput, ev *intake.Event) error {
	text := in.Note
	var p intake.Personal
	switch in.Event {
	case intake.Closed:
		ev.Reason = in.Reason
	case intake.Extended:
		text = strings.TrimSpace(in.Reason + "\n" + in.Note)
		ch.extended(in)
	case intake.Assigned:
		ev.Cover = intake.OneLine(in.Cover, intake.MaxName)
	case intake.CommissionerNotified:
		ev.Due = in.Due
	case intake.Corrected:
		if err := cs.correction(c, by, in.Correction, ev, &p); err != nil {
			return err
		}
	}
	ev.Officer = intake.OneLine(in.Officer, intake.MaxName)
	for _, k := range in.regimes(ch.Before) {
		if len(ev.Exemptions) > 0 {
			break
		}
		for _, s := range in.Exemptions {
			read, err := intake.Exemption(k.Kind, k.Of, s)
			if err != nil {
				return OnExemptions.Refuse("%s", err)
			}
			if !slices.Contains(ev.Exemptions, read) { // given twice it counts once
				ev.Exemptions = append(ev.Exemptions, read)
			}
		}
	}
	if len(in.Exemptions) > 0 && len(ev.Exemptions) == 0 {
		return OnExemptions.Refuse("nobody has decided what case %s is: requestd reclassify %s KIND does, and then its exemptions can be recorded", c.Ref, c.Ref)
	}
	p.Theirs = intake.OneLine(in.Reference, intake.MaxName)
	if text != "" {
		p.Text = intake.PlainText(text, maxNote)
	}
	if p.Text != "" || p.Theirs != "" || in.Event == intake.Corrected {
		ev.Personal = &p
	}
	return nil
}

// extended warns if something that the notice of an extension must say was not
// recorded.
func (ch *Change) extended(in RecordInput) {
	for _, k := range in.regimes(ch.Before) {
		switch {
		case k.Kind == intake.FOI && (len(in.Exemptions) == 0 || in.Estimate == 0):
			ch.warn("the notice names the exemption and estimates the date of the decision (FOIA s.17(1), (2)): record them with --exemption and --estimate")
		case (k.Kind == intake.DSAR || k.Kind == intake.Rights) && in.Reason == "":
			ch.warn("the notice states the reason for the delay (UK GDPR Article 12A(4)): record it with --reason")
		}
	}
}

// correction writes the corrected details into an event in full, so that
// striking it restores what was there before.
func (cs *Cases) correction(c *intake.Case, by By, in Correction, ev *intake.Event, p *intake.Personal) error {
	if c.Erased() {
		return refuse("case %s was erased: there is nobody to correct", c.Ref)
	}
	if in.Mailbox != "" {
		if err := by.May(ToRecord, in.Mailbox); err != nil {
			return err
		}
		ev.Mailbox = in.Mailbox
	}
	was := c.Person()
	p.Requester, p.ReplyTo, p.Postal = was.Requester, was.ReplyTo, was.Postal
	if in.Name != "" {
		p.Requester.Name = intake.OneLine(in.Name, intake.MaxName)
	}
	switch in.Address {
	case "":
	case none:
		p.Requester.Addr, p.ReplyTo = "", ""
	default:
		p.Requester.Addr, p.ReplyTo = in.Address, in.Address
	}
	switch in.Postal {
	case "":
	case none:
		p.Postal = ""
	default:
		p.Postal, _ = postal(in.Postal) // checkPeople refused one that is too long
	}
	v := cs.viewAt(cs.now(), c)
	ev.Language, ev.Child = in.Language, in.Child
	if language := in.Language; language != "" || in.Mailbox != "" {
		language = cmp.Or(language, v.Language)
		ev.Reply = cs.Rules().ReplyLanguage(cmp.Or(in.Mailbox, c.Mailbox), language)
	}
	return nil
}

const maxPostal = 400 // runes of a postal address

// postal returns a postal address as it is stored: whole, or not at all.
func postal(s string) (string, error) {
	s = strings.TrimSpace(intake.PlainText(s, len(s)))
	if n := utf8.RuneCountInString(s); n > maxPostal {
		return "", OnPostal.Refuse("the address by post has %d characters, of which %d can be kept: leave out what the post does not need", n, maxPostal)
	}
	return s, nil
}

// answeredBefore refuses an event that would put an answer before its request.
func answeredBefore(c *intake.Case, ev intake.Event) error {
	if ev.Name != intake.ReceivedOn && ev.Name != intake.Void {
		return nil
	}
	if _, _, already := c.AnsweredBefore(); already {
		return nil
	}
	trial := &intake.Case{Ref: c.Ref, Events: slices.Clone(c.Events)}
	ev.N = len(trial.Events) + 1
	trial.Events = append(trial.Events, ev)
	if answer, receipt, wrong := trial.AnsweredBefore(); wrong {
		of := OnDate
		if ev.Name == intake.Void {
			of = OnVoid
		}
		return of.Refuse("with that the request would be received on %s, and its answer is dated %s (event %d): correct the answer first, with void %d and the right date",
			receipt, answer.Day, answer.N, answer.N)
	}
	return nil
}
