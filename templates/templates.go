// Package templates writes every word that the daemon sends: the letters to
// people who asked for something, and the mail to the staff who answer them.
//
// The words are in text files, embedded from texts and overridden by name from
// a directory. A file is a text/template whose first line is the subject. Every
// file is executed with samples of every variant before the daemon starts, so
// that a mistake is found by the administrator who made it and not by the first
// requester whose letter it would have spoilt.
//
// A letter has no field that could contain what a stranger wrote, except a name
// reduced to letters. Everything else from a mail is shown only to staff, and
// is made plain before a template sees it.
package templates

import (
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"strings"
	"text/template"
)

// Mail is a text ready to be sent: one line of subject and a plain-text body
// whose lines end in LF and have at most 76 columns, except links.
type Mail struct {
	Subject         string
	Body            string
	ContentLanguage string // for the header of that name: "en" or "cy, en"

	// Topic is the same for every mail to staff about one case. Outlook groups
	// mails into a conversation by it (Thread-Topic), Gmail by equal subjects.
	Topic string

	// Fault says why an overriding text could not write this mail, so that the
	// embedded one did; usually nil. Load finds what samples can find; for the
	// rest, this way no request goes unanswered.
	Fault error
}

// Set holds the texts in force. It never changes, and is safe for concurrent
// use.
type Set struct {
	houses map[string]*template.Template // all files, and one house's words
	plain  *Set                          // only the embedded texts; nil in themselves
	welsh  string                        // see WelshTexts
}

// WelshTexts returns a name for the Welsh of the letters in force, which
// changes with every word of it. Approving the Welsh means approving this name.
func (s *Set) WelshTexts() string { return s.welsh }

// welshTexts computes that name from the Welsh files and from what bodies say
// about themselves.
func welshTexts(texts map[string]string) string {
	h := sha256.New()
	for _, name := range sorted(texts) {
		if strings.HasPrefix(name, "letter-") && strings.HasSuffix(name, ".cy.txt") || strings.HasPrefix(name, housePrefix) {
			fmt.Fprintf(h, "%s %d %s\n", name, len(texts[name]), texts[name])
		}
	}
	return hex.EncodeToString(h.Sum(nil)[:4])
}

// house returns the set with the words of the named body, or those for any
// other.
func (s *Set) house(body string) *template.Template {
	slug := strings.ReplaceAll(strings.ToLower(strings.TrimSpace(body)), " ", "-")
	if t, ok := s.houses[slug]; ok {
		return t
	}
	return s.houses[otherHouse]
}

// execute runs the named file and splits its output into subject and body,
// which still has to be laid out.
func execute(t *template.Template, file string, data any) (subject, body string, err error) {
	var b strings.Builder
	if err := t.ExecuteTemplate(&b, file, data); err != nil {
		return "", "", explain(err)
	}
	first, rest, _ := strings.Cut(b.String(), "\n")
	subject, ok := strings.CutPrefix(first, "Subject: ")
	if !ok {
		return "", "", fmt.Errorf("%s line 1: the first line must be \"Subject: \" and the subject", file)
	}
	return Line(subject, maxSubject), rest, nil
}
