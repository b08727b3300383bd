// Package templates writes every word that the daemon sends: the letters to
// people who asked for something, and the mail to the staff who answer them.
//
// The words stand in text files, embedded from texts and overridden by name
// from a directory. A file is a text/template whose first line is the subject.
// Every file is executed against samples of every variant before the daemon
// starts, so that a mistake in one is found by the administrator who made it
// and not by the first requester whose letter it would have spoilt.
//
// A letter has no field that could carry what a stranger wrote, save a name
// reduced to letters. Whatever else comes from a mail goes to staff alone, and
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
// whose lines end in LF and hold at most 76 columns, links apart.
type Mail struct {
	Subject         string
	Body            string
	ContentLanguage string // for the header of that name: "en" or "cy, en"

	// Topic is the same for every mail to staff about one case. Outlook
	// joins a conversation by it (Thread-Topic), Gmail by equal subjects.
	Topic string

	// Fault is why an overriding text could not write this mail, so that the
	// embedded one did; nil as a rule. Load finds what samples can find, and
	// no request goes unanswered for the rest.
	Fault error
}

// Set holds the texts in force. It never changes, and serves any number of
// goroutines at once.
type Set struct {
	houses map[string]*template.Template // all files, and one house's words
	plain  *Set                          // the embedded texts alone; nil in themselves
	welsh  string                        // see WelshTexts
}

// WelshTexts names the Welsh of the letters in force: another word in it, and the
// name is another. Whoever approves the Welsh approves what has this name.
func (s *Set) WelshTexts() string { return s.welsh }

// welshTexts is that name: of the Welsh files, and of what bodies say of
// themselves.
func welshTexts(texts map[string]string) string {
	h := sha256.New()
	for _, name := range sorted(texts) {
		if strings.HasPrefix(name, "letter-") && strings.HasSuffix(name, ".cy.txt") || strings.HasPrefix(name, housePrefix) {
			fmt.Fprintf(h, "%s %d %s\n", name, len(texts[name]), texts[name])
		}
	}
	return hex.EncodeToString(h.Sum(nil)[:4])
}

// house is the set with the words of the named body, or those for any other.
func (s *Set) house(body string) *template.Template {
	slug := strings.ReplaceAll(strings.ToLower(strings.TrimSpace(body)), " ", "-")
	if t, ok := s.houses[slug]; ok {
		return t
	}
	return s.houses[otherHouse]
}

// execute runs the named file and splits its output into subject and body,
// which is still to be laid out.
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
