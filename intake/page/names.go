package page

import (
	"html/template"
	"strings"

	"requestd/intake"
	"requestd/intake/casework"
	"requestd/intake/sheet"
)

// functions are those that screens may call besides the frame's methods.
var functions = template.FuncMap{
	"asset":     asset,
	"lower":     strings.ToLower,
	"actor":     intake.ActorName,
	"one":       func(s string) string { return intake.OneLine(s, 120) },
	"plain":     func(s string) string { return intake.PlainText(s, 64<<10) },
	"happened":  happened,
	"state":     stateName,
	"flag":      flagName,
	"letter":    letterName,
	"hold":      holdName,
	"why":       purposeName,
	"did":       dispositionName,
	"kind":      kindName,
	"role":      roleName,
	"mark":      mark,
	"flowing":   flowing,
	"stretches": stretches,
	"list":      func(s ...string) []string { return s },
	"language":  languageName,
	"promised":  func(v *intake.View) bool { return v.Due() != sheet.FirstDue(v) && v.Due() == sheet.Promised(v) },
	"childAsks": childAsks,
	"dates":     func(v *intake.View) clocks { return clocksOf(v, true) },
	"nolines":   func(v *intake.View) clocks { return clocksOf(v, false) },
}

// The names of kinds, states and events for people, in English; the catalogue
// has the Welsh.
var kindNames = map[intake.Kind]string{
	intake.FOI: "Freedom of information", intake.DSAR: "Subject access", intake.Review: "Review", intake.EIR: "Environmental information",
	intake.Rights: "Data protection right", intake.Other: "Not known yet", intake.NotARequest: "Not a request", intake.Automated: "Machine", intake.Unknown: "Not known yet",
}

func kindName(k intake.Kind) string { return named(kindNames, k) }

func named[K ~string](names map[K]string, k K) string {
	if n, ok := names[k]; ok {
		return n
	}
	s := strings.ReplaceAll(string(k), "-", " ")
	if s == "" {
		return ""
	}
	return strings.ToUpper(s[:1]) + s[1:]
}

var stateNames = map[string]string{
	"triage": "To decide", "open": "Open", "waiting": "Waiting", "responded": "Answered", "closed": "Closed", "withdrawn": "Withdrawn", "not-a-request": "Not a request",
	"running": "Running", "waiting-for-clarification": "Waiting for clarification", "waiting-for-identity": "Waiting for proof of identity",
	"waiting-for-authority": "Waiting for authority", "waiting-for-fee": "Waiting for the fee",
	"granted": "Granted", "part": "Part", "refused": "Refused", "not-held": "Not held", "cost-limit": "Cost limit", "vexatious": "Vexatious", "repeated": "Repeated",
	"complied": "Complied", "advice": "Advice", "upheld": "Upheld", "part-upheld": "Part upheld", "not-upheld": "Not upheld",
	"manifestly-unreasonable": "Manifestly unreasonable", "manifestly-unfounded": "Manifestly unfounded", "excessive": "Excessive",
	"decision-upheld": "Decision upheld", "decision-part-upheld": "Decision part upheld", "decision-overturned": "Decision overturned",
	"complaint-upheld": "Complaint upheld", "complaint-part-upheld": "Complaint part upheld", "complaint-not-upheld": "Complaint not upheld", "unspecified": "Not said",
	"erasure": "Erasure", "rectification": "Rectification", "restriction": "Restriction", "portability": "Portability", "objection": "Objection",
	"lapsed": "Lapsed", "transferred": "Transferred", "duplicate": "Duplicate", "other": "Other",
}

func stateName(s any) string {
	switch x := s.(type) {
	case intake.CaseState:
		return named(stateNames, string(x))
	case string:
		return named(stateNames, x)
	}
	return ""
}

var eventNames = map[intake.EventName]string{
	intake.ClarificationRequested: "Clarification asked for", intake.ClarificationReceived: "Clarification received",
	intake.IdentityRequested: "Proof of identity asked for", intake.IdentityReceived: "Proof of identity received",
	intake.AuthorityRequested: "Authority asked for", intake.AuthorityReceived: "Authority received",
	intake.FeeRequested: "Fee asked for", intake.FeeReceived: "Fee received",
	intake.Extended: "Time extended", intake.Acknowledged: "Acknowledged by hand", intake.Responded: "Answered", intake.Closed: "Closed",
	intake.Withdrawn: "Withdrawn", intake.Reopened: "Reopened", intake.ReceivedOn: "Date of receipt corrected", intake.Void: "Event struck", intake.Note: "Note",
	intake.Opened: "Opened", intake.MailAttached: "Mail attached", intake.Reclassified: "Kind decided", intake.AckQueued: "Letter in the outbox",
	intake.AckHeld: "Letter held", intake.AckReleased: "Letter released", intake.AckSent: "Acknowledgement sent", intake.AckBounced: "Acknowledgement came back",
	intake.AckFailed: "Acknowledgement refused", intake.Promised: "Date told to the requester", intake.Redated: "Dated anew", intake.MergedInto: "Merged into another case",
	intake.Merged: "Another case merged in", intake.Linked: "Linked to a case", intake.TakenOver: "Taken over", intake.ReplySeen: "Reply seen in the Sent folder",
	intake.ReminderQueued: "Staff reminded", intake.Erased: "Personal data erased", intake.DecisionUndone: "Undone", intake.UnverifiedReply: "Mail from a stranger",
	intake.AddressGiven: "Address given", intake.Corrected: "Put right", intake.Assigned: "In charge", intake.CommissionerNotified: "Complaint to the Commissioner",
	intake.CommissionerAnswered: "Commissioner answered", intake.CommissionerDecided: "Decided by the Commissioner",
	intake.StepDrafted: "Letter drafted", intake.StepEdited: "Letter edited", intake.StepReleased: "Letter released",
	intake.StepHeld: "Letter held", intake.StepSent: "Letter sent", intake.StepFailed: "Letter refused", intake.StepBounced: "Letter came back",
}

// happened returns the name of an event.
func happened(ev intake.Event) string {
	if ev.Name == intake.Note && ev.Code == intake.CodeMine {
		return "Taken"
	}
	return named(eventNames, ev.Name)
}

var flagNames = map[string]string{
	"child-asking": "A child asks", "for-child": "About a child", "contact-unsafe": "Writing may put them in danger", "environmental": "Environmental",
	"representative": "Through a representative", "authority-attached": "Authority attached", "identity-attached": "Proof of identity attached", "hard-copy": "Wants paper",
	"particular-item": "A particular item", "other-body": "About another body", "repeat-60-days": "Asked within 60 days", "harm": "Danger of harm", "child": "A child in danger",
	"breach": "Data breach", "regulator": "From the regulator", "legal": "Legal", "rights": "Data protection right",
}

func flagName(s string) string { return named(flagNames, s) }

var letterNames = map[intake.LetterState]string{
	intake.LetterWaiting: "Waiting", intake.LetterSending: "Being sent", intake.LetterSent: "Sent", intake.LetterInDoubt: "In doubt",
	drafted: "Drafted", intake.LetterHeld: "Held", intake.LetterFailed: "Not sent", intake.LetterBounced: "Came back",
}

func letterName(s intake.LetterState) string { return named(letterNames, s) }

var purposeNames = map[intake.Purpose]string{
	intake.ForAcknowledgement: "Acknowledgement", intake.ForCorrection: "Correction", intake.ForNeutral: "Neutral acknowledgement",
	intake.ForNoRequest: "Not dealt with as a request", intake.ForAskClarification: "A question to the requester",
	intake.ForAskIdentity: "Asks for proof of identity", intake.ForAskAuthority: "Asks for authority", intake.ForNewDate: "The new date",
	intake.ForExtension: "Notice of an extension", intake.ForNoAnswer: "Asks again", intake.ForOnItsWay: "The answer is on its way",
}

func purposeName(p intake.Purpose) string {
	if n, ok := purposeNames[p]; ok {
		return n
	}
	return "Mail to staff"
}

var dispositionNames = map[intake.Disposition]string{
	intake.DidAcknowledge: "New case", intake.DidTriage: "To decide", intake.DidFollowup: "Belongs to a case", intake.DidPass: "Passed",
	intake.DidDuplicate: "Duplicate", intake.DidIgnore: "From a machine", intake.DidBeforeStart: "Before the start", intake.DidUnreadable: "Unreadable",
}

func dispositionName(d intake.Disposition) string { return named(dispositionNames, d) }

func roleName(r casework.Role) string {
	return map[casework.Role]string{casework.Reader: "reads", casework.Officer: "officer", casework.Head: "head", casework.Administrator: "administrator"}[r]
}

func languageName(l string) string {
	switch l {
	case "cy":
		return "Welsh"
	case "bi":
		return "Both"
	}
	return "English"
}
