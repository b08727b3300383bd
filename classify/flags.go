package classify

import (
	"slices"
	"strings"

	"requestd/intake"
)

// Flags that make every letter wait for a person.
const (
	flagChild  = "child-asking"
	flagUnsafe = "contact-unsafe"
)

// Flags that only ask staff to look.
const (
	flagForChild       = "for-child"
	flagRepresentative = "representative"
	flagIdentity       = "identity-attached"
	flagAuthority      = "authority-attached"
	flagHardCopy       = "hard-copy"
	flagEnvironmental  = "environmental"
)

// flags sets checks for the staff copy; none changes a clock.
func (s *signs) flags(m *intake.Message, r *intake.Reading) {
	add := func(on bool, name string) {
		if on {
			r.Flags = append(r.Flags, name)
		}
	}
	add(s.any("child-asking") && isRequest(r.Kind) || s.marked(markChildAsking), flagChild)
	add(s.marked(markContactUnsafe), flagUnsafe)
	if !isRequest(r.Kind) {
		return
	}
	dsar := r.Kind == intake.DSAR || r.Of == intake.DSAR || len(r.Also) > 0 && r.Also[0] == intake.DSAR
	add(dsar && (s.any("child-data", "pr") || s.marked(markForChild)), flagForChild)
	add(dsar && (s.any("client") || s.marked(markRepresentative)), flagRepresentative)
	add(dsar && ((s.attachedLike("authority", "consent", "lpa", "probate", "mandate", "awdurdod", "caniat") || s.any("client", "pr") && s.any("supply") && s.ctx.letters) || s.marked(markAuthority)), flagAuthority)
	add(dsar && ((s.ctx.papers || s.any("id-words") && len(m.Attachments) > 0) || s.marked(markIdentity)), flagIdentity)
	add(s.any("hard-copy") || s.marked(markHardCopy), flagHardCopy)
	add(r.Kind == intake.DSAR && s.any("particular"), "particular-item")
	add(r.Kind == intake.FOI && (s.any("env") || s.marked(markEnvironmental)), flagEnvironmental)
	add(s.otherBody(m), "other-body")
}

// attachedLike reports whether an attachment's name contains one of the words.
func (s *signs) attachedLike(words ...string) bool {
	return slices.ContainsFunc(s.ctx.names, func(name string) bool { return containsAny(name, words...) })
}

// otherBody reports whether the mail seems meant for the other body: it came to
// the English one and mentions Wales, or the other way round.
func (s *signs) otherBody(m *intake.Message) bool {
	to := ""
	for _, a := range m.To {
		to += " " + strings.ToLower(a.Addr)
	}
	welsh := containsAny(to, "cymru", "gov.wales")
	english := containsAny(to, "@cafcass.gov.uk")
	switch {
	case english && !welsh:
		return s.any("in-wales")
	case welsh && !english:
		return s.any("in-england") && !s.any("in-wales")
	}
	return false
}
