package templates

import (
	"fmt"
	"slices"
	"strings"
)

// Staff writes a mail to staff.
func (s *Set) Staff(n Notice) (Mail, error) {
	if !slices.Contains(NoticeKinds(), n.Kind) {
		return Mail{}, fmt.Errorf("write to staff: there is no mail of kind %q", n.Kind)
	}
	if m, ok := s.inWelsh(n); ok {
		return m, nil
	}
	n.Language = ""
	n = n.ready()
	m, err := s.staff(n)
	if err != nil && s.plain != nil {
		fault := err
		m, err = s.plain.staff(n)
		m.Fault = fault
	}
	if err != nil {
		return Mail{}, fmt.Errorf("write the %s of %s to staff: %w", n.Kind, n.Case.Ref, err)
	}
	return m, nil
}

func (s *Set) staff(n Notice) (Mail, error) {
	subject, body, err := execute(s.house(n.Body), n.file(), n)
	if err != nil {
		return Mail{}, err
	}
	if n.Page != "" {
		gap := "\n\n"
		if n.Kind == Copy { // copies are short
			gap = "\n"
		}
		body = strings.TrimRight(body, "\n") + gap + n.onPage() + n.Page + "\n"
	}
	return Mail{Subject: subject, Body: layout(body), ContentLanguage: n.language(), Topic: n.topic()}, nil
}

func noticeFile(k NoticeKind) string { return "notice-" + string(k) + ".txt" }

// topic returns the topic of the case or, for mail without a case, of the body.
func (n Notice) topic() string {
	if n.Case.Ref == "" {
		return "[" + n.Body + "]"
	}
	return "[" + n.Case.Ref + "] " + n.Body
}

// ready returns a copy with every string made plain and a link for every
// choice.
func (n Notice) ready() Notice {
	n = cleaned(n, true)
	if n.ReplyTo == "" {
		return n
	}
	subject := "Re: " + n.topic()
	if n.Token != "" {
		subject += " " + n.Token
	}
	set := func(cs []Choice) {
		for i := range cs {
			says := cs[i].Command
			if n.Language == Welsh {
				says, cs[i].Below = cs[i].CommandCy, marksCy.Replace(cs[i].Below)
			}
			if cs[i].Below != "" {
				says += "\r\n\r\n" + strings.ReplaceAll(cs[i].Below, "\n", "\r\n")
			}
			cs[i].Mailto = Mailto(n.ReplyTo, subject, says)
		}
	}
	set(n.Choices)
	for _, l := range n.Lists {
		for _, r := range l.Rows {
			set(r.Choices)
		}
	}
	return n
}
