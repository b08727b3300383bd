package templates

import (
	"errors"
	"fmt"
	"slices"
	"strings"
	"text/template"

	"requestd/deadlines"
)

// writeHalf writes a letter in one language, and refuses a letter in which an
// overriding text left something out or did something forbidden.
func writeHalf(house *template.Template, l Letter, language string) (subject, body string, err error) {
	file := fmt.Sprintf("letter-%s.%s.txt", l.text(), language)
	subject, body, err = execute(house, file, l)
	if err != nil {
		return "", "", err
	}
	format := EnglishDay
	if language == "cy" {
		format = WelshDay
	}
	if err := checkLetter(l, subject, body, format); err != nil {
		return "", "", fmt.Errorf("template %s: %w", file, err)
	}
	return subject, layout(body), nil
}

// checkLetter checks that a letter contains what every letter must, whoever
// wrote its text, since people rely on its reference and dates. The body is not
// laid out yet, so that no date is broken over two lines.
func checkLetter(l Letter, subject, body string, format func(deadlines.Day) string) error {
	switch {
	case !strings.Contains(subject, l.Ref):
		return errors.New("the subject lacks the reference; put {{.Ref}} into the first line")
	case !strings.Contains(body, l.Ref):
		return errors.New("the letter lacks the reference; put {{.Ref}} into it")
	case !strings.Contains(body, format(l.ReceivedOn)):
		return errors.New("the letter lacks the date of receipt; put {{day .ReceivedOn}} into it, in Welsh {{dydd .ReceivedOn}}")
	}
	for _, p := range l.Parts {
		if !strings.Contains(body, format(p.RespondBy)) {
			return errors.New("the letter lacks a reply-by date; put {{day .RespondBy}} of each of .Parts into it, in Welsh {{dydd .RespondBy}}")
		}
	}
	return nil
}

// check writes every text for every sample, and returns all faults found; one
// in a shared block is returned only once.
func (s *Set) check() []error {
	var faults []error
	told := map[string]bool{}
	report := func(err error) {
		if err != nil && !told[err.Error()] {
			told[err.Error()] = true
			faults = append(faults, err)
		}
	}
	for _, l := range sampleLetters() {
		m, err := s.letter(l)
		if err == nil && !l.kindless() { // while nobody knows the kind, a subject of its own gives nothing away
			err = s.checkSubject(l, m)
		}
		report(err)
	}
	for _, n := range sampleNotices() {
		m, err := s.staff(n.ready())
		if err == nil {
			err = checkNotice(n, m)
		}
		report(err)
		n.Language = Welsh
		if m, err = s.staff(n.ready()); err == nil {
			err = checkNotice(n, m)
		}
		report(err)
	}
	return faults
}

// checkSubject refuses a subject that reveals who asked, or for what.
func (s *Set) checkSubject(l Letter, m Mail) error {
	if l.Name != "" && strings.Contains(m.Subject, l.Name) { // only with samples: a real name may be the body's
		return fmt.Errorf("template letter-%s: the subject names the requester; families share inboxes, "+
			"so take {{.Name}} out of the first line", l.Purpose)
	}
	plain := l
	plain.Name = ""
	if !slices.Contains(steps, l.Purpose) {
		plain.Purpose = Acknowledgement
	}
	plain.Parts = []Part{{Kind: "foi", RespondBy: sampleDay(21)}}
	other, err := s.letter(plain)
	if err != nil || other.Subject == m.Subject {
		return nil //nolint:nilerr // the other letter's own check tells its error
	}
	return fmt.Errorf("template letter-%s: its subject %q differs from the acknowledgement of an FOI request, %q; "+
		"families share inboxes, so no subject may tell what was asked for", l.Purpose, m.Subject, other.Subject)
}

// checkNotice refuses a staff mail that leaves out a choice, or whose subject
// would show a stranger's words on a locked telephone.
func checkNotice(n Notice, m Mail) error {
	file := n.file()
	if n.Case.Ref != "" && !strings.Contains(m.Subject, n.Case.Ref) {
		return fmt.Errorf("template %s: the subject lacks the reference; put {{template \"tag\" .}} into the first line", file)
	}
	if n.Kind == Answer {
		n.Command = "" // a vouched officer's own words
	}
	for _, private := range []string{n.In.Name, n.In.Address, n.In.Subject, n.In.Text, n.Command, n.Letter.To, n.Case.Urgent, n.Case.Attention} {
		if private != "" && strings.Contains(m.Subject, private) {
			return fmt.Errorf("template %s: the subject shows %q; no subject may name a person, quote a mail or tell a danger", file, private)
		}
	}
	for _, c := range n.Choices {
		command, block := c.Command, "choices"
		if n.Language == Welsh {
			command, block = c.CommandCy, "choices-welsh"
		}
		if !strings.Contains(m.Body, command) {
			return fmt.Errorf("template %s: the choices are missing; end it with {{template %q .}}", file, block)
		}
	}
	return nil
}
