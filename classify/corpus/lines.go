package corpus

import (
	"bufio"
	"encoding/base64"
	"encoding/json"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"

	"requestd/classify"
	"requestd/intake"
	"requestd/intake/eml"
)

// line is one mail in a JSON-lines file, whose name is its writer's. A mail is
// either complete (raw or base64) or in parts.
type line struct {
	File        string            `json:"file"`
	Raw         string            `json:"raw"`
	Base64      string            `json:"base64"`
	Subject     string            `json:"subject"`
	FromName    string            `json:"from_name"`
	FromAddress string            `json:"from_address"`
	Body        string            `json:"body"`
	Quoted      string            `json:"quoted"`
	Headers     map[string]string `json:"headers"`

	Kind      string      `json:"kind"`
	Of        string      `json:"of"`
	Also      string      `json:"also"`
	Right     string      `json:"right"`
	Thread    string      `json:"thread"`
	Lang      string      `json:"lang"`
	Urgent    string      `json:"urgent"`
	Attention string      `json:"attention"`
	Flags     []string    `json:"flags"`
	Marked    bool        `json:"marked"` // urgent, attention and flags were looked for
	Note      string      `json:"note"`
	Sentences [][2]string `json:"sentences"` // what each sentence does, and its text
}

// misleadingList names, one a line, the writers in a folder whose every mail
// was chosen because a hurried reader would take it for another kind than it
// is.
const misleadingList = "misleading.txt"

// LoadLines reads every *.jsonl of a folder; each file is by one writer.
func LoadLines(dir string) ([]Mail, error) {
	files, err := filepath.Glob(filepath.Join(dir, "*.jsonl"))
	if err != nil {
		return nil, fmt.Errorf("labelled mail: %w", err)
	}
	if len(files) == 0 {
		return nil, fmt.Errorf("no labelled mail (*.jsonl) in %s", dir)
	}
	list, err := os.ReadFile(filepath.Join(dir, misleadingList))
	if err != nil && !errors.Is(err, os.ErrNotExist) {
		return nil, fmt.Errorf("labelled mail: %w", err)
	}
	misleading := strings.Fields(string(list))
	for _, writer := range misleading {
		if !slices.Contains(files, filepath.Join(dir, writer+".jsonl")) {
			return nil, fmt.Errorf("%s names %s, of whom there is no %s.jsonl beside it: mend the name", filepath.Join(dir, misleadingList), writer, writer)
		}
	}
	var mails []Mail
	for _, f := range files {
		more, err := loadFile(f)
		if err != nil {
			return nil, err
		}
		for i := range more {
			more[i].Misleading = slices.Contains(misleading, more[i].Writer)
		}
		mails = append(mails, more...)
	}
	return mails, nil
}

// LoadAny reads a folder of *.jsonl, or one of mails with a labels.tsv.
func LoadAny(dir string) ([]Mail, error) {
	if _, err := os.Stat(filepath.Join(dir, "labels.tsv")); err == nil {
		return Load(dir)
	}
	return LoadLines(dir)
}

func loadFile(name string) ([]Mail, error) {
	f, err := os.Open(name)
	if err != nil {
		return nil, fmt.Errorf("labelled mail: %w", err)
	}
	defer f.Close()
	writer := strings.TrimSuffix(filepath.Base(name), ".jsonl")
	var mails []Mail
	sc := bufio.NewScanner(f)
	sc.Buffer(nil, 8<<20)
	for n := 1; sc.Scan(); n++ {
		var l line
		if err := json.Unmarshal(sc.Bytes(), &l); err != nil {
			return nil, fmt.Errorf("%s line %d: %w", name, n, err)
		}
		m, err := l.mail()
		if err != nil {
			return nil, fmt.Errorf("%s line %d: %w", name, n, err)
		}
		m.Writer = writer
		mails = append(mails, m)
	}
	return mails, sc.Err()
}

func (l *line) mail() (Mail, error) {
	raw := []byte(l.Raw)
	switch {
	case l.Base64 != "":
		var err error
		if raw, err = base64.StdEncoding.DecodeString(l.Base64); err != nil {
			return Mail{}, fmt.Errorf("base64 of %s: %w", l.File, err)
		}
	case l.Raw == "":
		raw = l.compose()
	}
	m := Mail{File: l.File, Raw: raw, Message: eml.Parse(raw, true), Kind: intake.Kind(l.Kind), Of: intake.Kind(l.Of), Language: l.Lang,
		Followup: l.Thread == "followup", Note: l.Note, Urgent: l.Urgent, Attention: l.Attention, Flags: l.Flags, Marked: l.Marked,
		Contestable: strings.HasPrefix(l.Note, "contestable")}
	if m.Kind == "rights" { // counted as other in these labels
		m.Kind, m.Attention = intake.Other, "rights"
	}
	for also := range strings.SplitSeq(l.Also, ",") {
		if also = strings.TrimSpace(also); also != "" {
			m.Also = append(m.Also, intake.Kind(also))
		}
	}
	if l.Right != "" {
		m.Rights = strings.Split(l.Right, ",")
	}
	for _, s := range l.Sentences {
		m.Sentences = append(m.Sentences, classify.LabelledSentence{Letter: s[0][0], Text: s[1]})
	}
	return m, nil
}

// compose makes a mail of its parts as it would arrive: what it quotes is
// below, and a reply names what it answers.
func (l *line) compose() []byte {
	var b strings.Builder
	field := func(name, value string) { fmt.Fprintf(&b, "%s: %s\r\n", name, strings.ReplaceAll(value, "\n", " ")) }
	from := l.FromAddress
	if l.FromName != "" {
		from = `"` + strings.NewReplacer(`"`, "'", `\`, "").Replace(l.FromName) + `" <` + l.FromAddress + ">"
	}
	to := "governance@cafcass.gov.uk"
	if l.Lang != "en" {
		to = "CafcassCymru@gov.wales"
	}
	field("From", from)
	field("To", to)
	field("Subject", l.Subject)
	field("Date", "Mon, 16 Nov 2026 09:30:00 +0000")
	field("Message-ID", "<"+l.File+"@example.org>")
	if l.Quoted != "" {
		field("In-Reply-To", "<letter-"+l.File+"@example.net>")
	}
	names := make([]string, 0, len(l.Headers))
	for name := range l.Headers {
		names = append(names, name)
	}
	slices.Sort(names)
	for _, name := range names {
		field(name, l.Headers[name])
	}
	field("MIME-Version", "1.0")
	field("Content-Type", "text/plain; charset=utf-8")
	field("Content-Transfer-Encoding", "8bit")
	text := l.Body
	if l.Quoted != "" {
		text += "\n\n" + l.Quoted
	}
	b.WriteString("\r\n" + strings.ReplaceAll(strings.ReplaceAll(text, "\r", ""), "\n", "\r\n") + "\r\n")
	return []byte(b.String())
}

// LoadSentences reads every *.tsv of a folder: what a sentence does, and the
// sentence, without a mail.
func LoadSentences(dir string) ([]classify.LabelledSentence, error) {
	files, err := filepath.Glob(filepath.Join(dir, "*.tsv"))
	if err != nil {
		return nil, fmt.Errorf("labelled sentences: %w", err)
	}
	var list []classify.LabelledSentence
	for _, f := range files {
		rows, err := table(f, 2)
		if err != nil {
			return nil, err
		}
		for _, r := range rows {
			if r[0] != "" {
				list = append(list, classify.LabelledSentence{Letter: r[0][0], Text: r[1]})
			}
		}
	}
	return list, nil
}
