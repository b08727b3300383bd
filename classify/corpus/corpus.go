// Package corpus loads labelled mail for training and measuring the
// classifier. The daemon does not use it.
package corpus

import (
	"bufio"
	"fmt"
	"os"
	"path/filepath"
	"strings"

	"requestd/classify"
	"requestd/intake"
	"requestd/intake/eml"
)

// Mail is one labelled mail.
type Mail struct {
	File        string
	Writer      string
	Raw         []byte
	Message     *intake.Message
	Kind        intake.Kind
	Also        []intake.Kind
	Of          intake.Kind // of a review
	Rights      []string
	Language    string
	Followup    bool
	Urgent      string
	Attention   string
	Flags       []string
	Marked      bool // Urgent, Attention and Flags were looked for
	Contestable bool // two competent officers could differ about the kind
	Misleading  bool // of a set in which every mail was chosen to be taken for another kind
	Note        string
	Sentences   []classify.LabelledSentence
}

// Example returns the mail as the trainer needs it.
func (m Mail) Example() classify.Example {
	e := classify.Example{Message: m.Message, Kind: m.Kind, Writer: m.Writer, Sentences: m.Sentences, Weight: 1, Misleading: m.Misleading}
	if m.Contestable {
		e.Weight = 0.5
	}
	e.Marked, e.Urgent, e.Attention, e.Flags = m.Marked, m.Urgent, m.Attention, m.Flags
	return e
}

// Load reads a folder of mails with its labels.tsv: file, kind, also, lang,
// thread and note, with a heading.
func Load(dir string) ([]Mail, error) {
	rows, err := table(filepath.Join(dir, "labels.tsv"), 6)
	if err != nil {
		return nil, err
	}
	var mails []Mail
	for _, f := range rows[1:] {
		raw, err := os.ReadFile(filepath.Join(dir, f[0]))
		if err != nil {
			return nil, fmt.Errorf("labelled mail: %w", err)
		}
		m := Mail{File: f[0], Raw: raw, Message: eml.Parse(raw, true), Kind: intake.Kind(f[1]), Language: f[3],
			Followup: f[4] == "followup", Note: f[5]}
		if f[2] != "-" {
			for _, k := range strings.Split(f[2], ",") {
				m.Also = append(m.Also, intake.Kind(strings.TrimSpace(k)))
			}
		}
		for _, of := range []intake.Kind{intake.FOI, intake.DSAR} {
			if m.Kind == intake.Review && strings.HasPrefix(m.Note, "review-of-"+string(of)) {
				m.Of = of
			}
		}
		mails = append(mails, m)
	}
	return mails, nil
}

// LoadTexts reads short labelled texts: kind, context, subject and text. The
// context is reply if the text answers a letter of ours, else new.
func LoadTexts(file string) ([]classify.Example, error) {
	rows, err := table(file, 4)
	if err != nil {
		return nil, err
	}
	var list []classify.Example
	for _, f := range rows {
		list = append(list, classify.Example{Message: Text(f[1], f[2], f[3]), Kind: intake.Kind(f[0]), Writer: "paraphrases"})
	}
	return list, nil
}

// Text makes a mail of a short text.
func Text(context, subject, body string) *intake.Message {
	m := &intake.Message{Subject: subject, Text: strings.ReplaceAll(body, `\n`, "\n"),
		From: []intake.Address{{Name: "A Writer", Addr: "a.writer@example.org"}}}
	if strings.HasPrefix(context, "reply") {
		m.InReplyTo = []string{"letter@example.net"}
		m.Quoted = "> Governance <governance@cafcass.gov.uk> wrote:\n> Thank you for your request for information."
	}
	if strings.HasSuffix(context, "+id") {
		m.Attachments = []intake.Attachment{{Name: "passport.jpg", Type: "image/jpeg", Size: 1 << 20}}
	}
	return m
}

// table reads a file of tab-separated rows with at least that many columns.
func table(file string, columns int) ([][]string, error) {
	f, err := os.Open(file)
	if err != nil {
		return nil, fmt.Errorf("labels: %w", err)
	}
	defer f.Close()
	var rows [][]string
	sc := bufio.NewScanner(f)
	sc.Buffer(nil, 1<<20)
	for n := 1; sc.Scan(); n++ {
		line := strings.TrimRight(sc.Text(), "\r")
		if line == "" || strings.HasPrefix(line, "//") {
			continue
		}
		row := strings.Split(line, "\t")
		if len(row) < columns {
			return nil, fmt.Errorf("%s line %d: %d columns, not %d", file, n, len(row), columns)
		}
		rows = append(rows, row)
	}
	return rows, sc.Err()
}
