package store

import (
	"cmp"
	"reflect"
	"slices"

	"requestd/intake"
)

// fieldNames numbers the fields of every recorded struct, by their JSON names
// and from 1. A name is never removed, moved or used again: append only.
var fieldNames = map[reflect.Type][]string{
	reflect.TypeFor[intake.Arrival](): {"id", "mailbox", "folder", "uidvalidity", "uid", "message_id", "from", "subject",
		"received", "sent", "registered", "size", "fingerprint", "decision", "kind", "why", "ref", "seems", "attention",
		"urgent", "twin", "attachments", "doubtful", "language"},
	reflect.TypeFor[intake.Address](): {"name", "address"},
	reflect.TypeFor[intake.Case]():    {"ref", "mailbox", "events", "reminded", "messages"},
	reflect.TypeFor[intake.Event](): {"n", "at", "actor", "event", "date", "before", "part", "outcome", "reason", "kind",
		"of", "also", "refers", "ref", "message", "letter", "code", "opening", "personal", "digest", "chain", "messages", "right", "exemptions",
		"officer", "cover", "due", "language", "reply_language", "mailbox", "child"},
	reflect.TypeFor[intake.Opening](): {"mailbox", "received", "source", "language", "reply_language", "triage", "doubt",
		"hold", "urgent", "attention", "flags", "neutral", "verified"},
	reflect.TypeFor[intake.Personal](): {"salt", "requester", "reply_to", "subject", "message_id", "references", "text", "evidence", "words",
		"postal", "theirs"},
	reflect.TypeFor[intake.Evidence](): {"signal", "quote", "points"},
	reflect.TypeFor[intake.Letter](): {"id", "key", "ref", "mailbox", "purpose", "from", "to", "message_id", "raw", "hash",
		"created", "state", "next", "attempts", "looks", "doubts", "settled", "response", "promise", "freed", "order", "edited"},
	reflect.TypeFor[intake.Promise](): {"part", "day"},
}

// words are written as their numbers. A word is never removed or moved: append
// only. The first 128 take one byte.
var words = []string{
	"", "foi", "dsar", "review", "other", "automated", "unknown", "not-a-request",
	"acknowledge", "triage", "followup", "pass", "duplicate", "ignore", "before-start", "unreadable",
	"opened", "mail-attached", "reclassified", "acknowledgement-queued", "acknowledgement-held",
	"acknowledgement-released", "acknowledgement-sent", "acknowledgement-bounced", "acknowledgement-failed",
	"promised", "redated", "merged-into", "merged", "linked", "taken-over", "reply-seen", "reminded", "erased",
	"undone", "unverified-mail", "clarification-requested", "clarification-received", "identity-requested",
	"identity-received", "authority-requested", "authority-received", "fee-requested", "fee-received", "extended",
	"acknowledged", "responded", "closed", "withdrawn", "reopened", "received", "void", "note",
	"waiting", "sending", "sent", "in-doubt", "held", "failed", "bounced",
	"acknowledgement", "correction", "receipt", "copy", "urgent", "attention", "reminder", "overdue", "ack-at-risk",
	"undecided", "recall", "closing", "unsent", "digest", "holidays", "alarm", "confirmation", "refused-choice",
	"requestd", "INBOX", "cafcass", "cafcass-cymru", "mail", "forward", "post", "telephone", "in-person", "colleague",
	"en", "cy", "bi", "cy-en", "granted", "part", "refused", "not-held", "cost-limit", "vexatious", "repeated",
	"upheld", "part-upheld", "not-upheld", "lapsed", "transferred", "harm", "child", "breach", "rights", "regulator",
	"legal", "child-asking", "for-child", "representative", "authority-attached", "identity-attached", "hard-copy",
	"particular-item", "other-body", "repeat-60-days", "spoofed", "spam", "soft-machine-signal", "rate", "danger",
	"governance@cafcass.gov.uk", "CafcassCymru@gov.wales", "chaser", "thanks", "whatdotheyknow-dsar",
	"half-time", "CafcassCymru@llyw.cymru", asTopic,
	"eir", "erasure", "rectification", "restriction", "portability", "objection",
	"corrected", "assigned", "commissioner-notified", "commissioner-answered", "commissioner-decided",
	"advice", "manifestly-unreasonable", "manifestly-unfounded", "excessive", "complied", "decision-upheld", "decision-part-upheld",
	"decision-overturned", "complaint-upheld", "complaint-part-upheld", "complaint-not-upheld",
	"environmental", "contact-unsafe",
}

var wordNumber = func() map[string]uint64 {
	m := make(map[string]uint64, len(words))
	for i, w := range words {
		m[w] = uint64(i)
	}
	return m
}()

var longestWord = len(slices.MaxFunc(words, func(a, b string) int { return cmp.Compare(len(a), len(b)) }))

// numberOf returns the number of a text that is one of the words.
func numberOf(text string) (n uint64, ok bool) {
	if len(text) <= longestWord { // most text is longer, and need not be looked up
		n, ok = wordNumber[text]
	}
	return n, ok
}

var plans = func() map[reflect.Type]*plan {
	m := map[reflect.Type]*plan{}
	for _, t := range []reflect.Type{reflect.TypeFor[intake.Arrival](), reflect.TypeFor[intake.Case](), reflect.TypeFor[intake.Letter]()} {
		newPlan(t, m)
	}
	return m
}()

// impersonal reads a case without anything that names a person, as after
// erasing.
var impersonal = newPlan(reflect.TypeFor[intake.Case](), map[reflect.Type]*plan{}, "personal")
