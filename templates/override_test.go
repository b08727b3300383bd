package templates

import (
	"os"
	"path/filepath"
	"strings"
	"testing"
)

// directory makes a template directory with these files.
func directory(t *testing.T, files map[string]string) string {
	t.Helper()
	dir := t.TempDir()
	for name, text := range files {
		if err := os.WriteFile(filepath.Join(dir, name), []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	return dir
}

// original returns the embedded text of that name.
func original(t *testing.T, name string) string {
	t.Helper()
	b, err := embedded.ReadFile("texts/" + name)
	if err != nil {
		t.Fatal(err)
	}
	return string(b)
}

const ownAcknowledgement = `Subject: {{.Body.Name}} {{.Ref}}

Dear {{or .Name "friend"}}, we have {{.Ref}} of {{day .ReceivedOn}}.
{{range .Parts}}{{what .Kind .Of}}: {{if not .RespondBy.IsZero}}{{day .RespondBy}}{{end}}
{{end}}`

func TestAnOverridingTextIsUsed(t *testing.T) {
	own := strings.ReplaceAll(ownAcknowledgement, "\n", "\r\n")
	others := map[string]string{ // subjects must not tell letters apart
		"letter-acknowledgement.en.txt": "\ufeff" + own,
		"letter-correction.en.txt":      strings.Replace(original(t, "letter-correction.en.txt"), ": our reference", "", 1),
		"letter-receipt.en.txt":         strings.Replace(original(t, "letter-receipt.en.txt"), ": our reference", "", 1),
		".gitignore":                    "*",
	}
	s, err := Load(directory(t, others))
	if err != nil {
		t.Fatal(err)
	}
	m, err := s.Letter(Letter{Purpose: Acknowledgement, Language: English, Body: sampleBody("Cafcass"), Regulator: sampleRegulator(),
		Ref: "R26-1", Name: "Sam", ReceivedOn: sampleDay(21), Parts: sampleParts()["foi"]})
	if err != nil || m.Fault != nil {
		t.Fatal(err, m.Fault)
	}
	want := "Dear Sam, we have R26-1 of 21 November 2026.\nFOI request: 21 December 2026\n"
	if m.Subject != "Cafcass R26-1" || m.Body != want {
		t.Errorf("subject %q, body %q, want %q", m.Subject, m.Body, want)
	}
}

func TestMistakesInOverridingTextsAreFoundAtStart(t *testing.T) {
	ack := original(t, "letter-acknowledgement.en.txt")
	for _, c := range []struct{ name, file, text, where, what string }{
		{"a name that is none", "letter-acknowledgment.en.txt", ack, "letter-acknowledgment.en.txt", "no text of this name"},
		{"a name with the wrong ending", "letter-acknowledgement.txt", ack, "letter-acknowledgement.txt", "there is letter-acknowledgement.cy.txt"},
		{"a brace too many", "notice-copy.txt", "Subject: {{template \"tag\" .}}\n\n{{if}}\n", "notice-copy.txt line 3", "missing value for if"},
		{"an end too few", "notice-copy.txt", "Subject: x\n\n{{if .Due}}\n\n", "notice-copy.txt line", "unexpected EOF"},
		{"a field that is none", "letter-acknowledgement.en.txt", ack + "\n{{.Subject}}\n", "letter-acknowledgement.en.txt line 13", "can't evaluate field Subject"},
		{"the sender's words in a letter", "letter-acknowledgement.cy.txt", original(t, "letter-acknowledgement.cy.txt") + "{{.Text}}", "letter-acknowledgement.cy.txt line", "can't evaluate field Text"},
		{"a field that is none, in a part", "letter-blocks.en.txt", strings.Replace(original(t, "letter-blocks.en.txt"), "Personal information\n", "Personal {{.Info}}\n", 1), "letter-blocks.en.txt line", "can't evaluate field Info"},
		{"a field that is none, where there is nothing to show", "notice-copy.txt", "Subject: {{template \"tag\" .}}\n\n{{range .Case.Parts}}{{else}}{{.Nothing}}{{end}}{{template \"choices\" .}}", "notice-copy.txt line 3", "can't evaluate field Nothing"},
		{"a function that is none", "notice-copy.txt", "Subject: x\n\n{{now}}\n", "notice-copy.txt line 3", `function "now" not defined`},
		{"a block that is none", "notice-copy.txt", "Subject: x\n\n{{template \"x\"}}\n", "notice-copy.txt line 3", `template "x" not defined`},
		{"a block left out", "house-cafcass.txt", `{{define "team-en"}}Us{{end}}`, "house-cafcass.txt", `the block "team-cy" is missing`},
		{"a block of another file", "letter-receipt.en.txt", original(t, "letter-receipt.en.txt") + `{{define "parts-en"}}{{end}}x`, "block", `"parts-en" stands in another file already`},
		{"no subject", "notice-copy.txt", "A new case.\n", "notice-copy.txt line 1", `the first line must be "Subject: "`},
		{"no reference in the subject", "letter-acknowledgement.en.txt", strings.Replace(ack, "our reference {{.Ref}}", "", 1), "letter-acknowledgement.en.txt", "the subject lacks the reference"},
		{"no reference in the letter", "letter-acknowledgement.en.txt", "Subject: {{.Ref}}\n\n{{day .ReceivedOn}}{{range .Parts}}{{day .RespondBy}}{{end}}", "letter-acknowledgement.en.txt", "the letter lacks the reference"},
		{"no date of receipt", "letter-acknowledgement.en.txt", "Subject: {{.Ref}}\n\n{{.Ref}}{{range .Parts}}{{day .RespondBy}}{{end}}", "letter-acknowledgement.en.txt", "lacks the date of receipt"},
		{"no reply-by date", "letter-acknowledgement.en.txt", "Subject: {{.Ref}}\n\n{{.Ref}}{{day .ReceivedOn}}", "letter-acknowledgement.en.txt", "lacks a reply-by date"},
		{"English dates in Welsh", "letter-acknowledgement.cy.txt", "Subject: {{.Ref}}\n\n{{.Ref}}{{day .ReceivedOn}}", "letter-acknowledgement.cy.txt", "lacks the date of receipt"},
		{"the second of two dates left out", "letter-acknowledgement.en.txt", "Subject: {{.Ref}}\n\n{{.Ref}}{{day .ReceivedOn}}{{day (index .Parts 0).RespondBy}}", "letter-acknowledgement.en.txt", "lacks a reply-by date"},
		{"the name in the subject", "letter-acknowledgement.en.txt", strings.Replace(ack, "{{.Ref}}", "{{.Ref}} {{.Name}}", 1), "letter-acknowledgement", "the subject names the requester"},
		{"the kind in the subject", "letter-acknowledgement.en.txt", strings.Replace(ack, "{{.Ref}}", "{{.Ref}}{{range .Parts}} {{.Kind}}{{end}}", 1), "letter-acknowledgement", "no subject may tell what was asked for"},
		{"the sender in the subject of staff mail", "notice-copy.txt", "Subject: {{template \"tag\" .}} {{.In.Name}}\n\n{{template \"choices\" .}}", "notice-copy.txt", "no subject may name a person"},
		{"the danger in the subject of staff mail", "notice-urgent.txt", "Subject: {{template \"tag\" .}} {{.Case.Urgent}}\n\n{{template \"choices\" .}}", "notice-urgent.txt", "no subject may name a person, quote a mail or tell a danger"},
		{"no choices", "notice-copy.txt", "Subject: {{template \"tag\" .}}\n\nA new case.\n", "notice-copy.txt", "the choices are missing"},
		{"another encoding", "notice-copy.txt", "Subject: caf\xe9\n\n", "notice-copy.txt", "not UTF-8"},
		{"a file without end", "notice-copy.txt", strings.Repeat("x", maxFile+1), "notice-copy.txt", "at most 65536 are read"},
	} {
		t.Run(c.name, func(t *testing.T) {
			_, err := Load(directory(t, map[string]string{c.file: c.text}))
			if err == nil {
				t.Fatal("the mistake was not found")
			}
			for _, want := range []string{c.where, c.what} {
				if !strings.Contains(err.Error(), want) {
					t.Errorf("the error does not say %q:\n%v", want, err)
				}
			}
		})
	}
}

func TestEveryMistakeIsToldAtOnceAndOnce(t *testing.T) {
	_, err := Load(directory(t, map[string]string{
		"letter-acknowledgement.en.txt": original(t, "letter-acknowledgement.en.txt") + "{{.One}}",
		"notice-copy.txt":               original(t, "notice-copy.txt") + "{{.Two}}",
		"three.txt":                     "x",
	}))
	if err == nil {
		t.Fatal("no error")
	}
	for _, want := range []string{"field One", "field Two", "three.txt"} {
		if n := strings.Count(err.Error(), want); n != 1 {
			t.Errorf("%q is told %d times, want once:\n%v", want, n, err)
		}
	}
}

func TestADirectoryThatIsNotThere(t *testing.T) {
	if _, err := Load(filepath.Join(t.TempDir(), "none")); err == nil || !strings.Contains(err.Error(), "create it, or leave the setting empty") {
		t.Errorf("error %v, want one with the mend", err)
	}
	dir := t.TempDir()
	if err := os.Mkdir(filepath.Join(dir, "notice-copy.txt"), 0o700); err != nil {
		t.Fatal(err)
	}
	if _, err := Load(dir); err == nil || !strings.Contains(err.Error(), "only files may stand there") {
		t.Errorf("error %v, want one that names the directory in the file's place", err)
	}
}

func TestWhatNoSampleFindsFallsBackToTheEmbeddedText(t *testing.T) {
	trap := `{{if eq .Ref "R26-666"}}{{index .Parts 7}}{{end}}`
	s, err := Load(directory(t, map[string]string{
		"letter-acknowledgement.en.txt": original(t, "letter-acknowledgement.en.txt") + trap,
		"notice-alarm.txt":              original(t, "notice-alarm.txt") + `{{if eq .Problem "trap"}}{{index .Lists 9}}{{end}}`,
	}))
	if err != nil {
		t.Fatal(err)
	}
	m, err := s.Letter(Letter{Purpose: Acknowledgement, Language: English, Body: sampleBody("Cafcass"), Regulator: sampleRegulator(),
		Ref: "R26-666", ReceivedOn: sampleDay(21), Parts: sampleParts()["foi"]})
	if err != nil || m.Fault == nil || !strings.Contains(m.Body, "R26-666") {
		t.Errorf("error %v, fault %v", err, m.Fault)
	}
	m, err = s.Staff(Notice{Kind: Alarm, Body: "Cafcass", Problem: "trap"})
	if err != nil || m.Fault == nil || !strings.Contains(m.Subject, "trap") {
		t.Errorf("error %v, fault %v", err, m.Fault)
	}
}

// TestTheEmbeddedTextsStandUpToTheirOwnCheck: a start without overriding texts
// does not run the check.
func TestTheEmbeddedTextsStandUpToTheirOwnCheck(t *testing.T) {
	s, err := Load("")
	if err != nil {
		t.Fatal(err)
	}
	for _, fault := range s.check() {
		t.Error(fault)
	}
}
