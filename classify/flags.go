package classify

import (
	"strings"

	"requestd/intake"
)

// flags are checks for the staff copy; none moves a clock.
func (s *signs) flags(m *intake.Message, r *intake.Reading) {
	add := func(on bool, name string) {
		if on {
			r.Flags = append(r.Flags, name)
		}
	}
	if !isRequest(r.Kind) {
		return
	}
	dsar := r.Kind == intake.DSAR || r.Of == intake.DSAR || len(r.Also) > 0 && r.Also[0] == intake.DSAR
	add(s.any("child-asking"), "child-asking")
	add(dsar && s.any("child-data", "pr"), "for-child")
	add(dsar && s.any("client"), "representative")
	add(dsar && (s.attachedLike("authority", "consent", "lpa", "probate", "mandate", "awdurdod", "caniat") || s.any("client", "pr") && s.any("supply") && s.ctx.letters), "authority-attached")
	add(dsar && (s.ctx.papers || s.any("id-words") && len(m.Attachments) > 0), "identity-attached")
	add(s.any("hard-copy"), "hard-copy")
	add(r.Kind == intake.DSAR && s.any("particular"), "particular-item")
	add(s.otherBody(m), "other-body")
}

// attachedLike tells whether an attachment's name holds one of the words.
func (s *signs) attachedLike(words ...string) bool {
	for _, n := range s.ctx.names {
		if containsAny(n, words...) {
			return true
		}
	}
	return false
}

// otherBody tells whether the mail seems meant for the other body: it came to
// the English one and speaks of Wales, or the other way about.
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
