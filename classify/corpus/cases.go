package corpus

import (
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"

	"requestd/intake"
)

// Case is a mail that mail programs, gateways and forms make hard to read, with
// what may be done with it.
type Case struct {
	Name   string
	Group  string   // the letter of its kind of fault, which its name begins with
	Accept []string // decisions that are right; followup for a pass that continues a request
	Want   []string // further facts, each as NAME:VALUE, see Wrong
	Raw    []byte
}

// LoadCases reads a folder of cases. If it has a cases.tsv, each row names a
// file and, separated by commas, the decisions that are right ("-" if a reading
// alone cannot tell). Otherwise it reads every *.txt: cases that begin with a
// line "== NAME DECISIONS FACTS", then the mail. Missing header fields are
// filled in, and {{NAME}} stands for a text that the file defines in lines
// "@NAME" before its first case.
func LoadCases(dir string) ([]Case, error) {
	if _, err := os.Stat(filepath.Join(dir, "cases.tsv")); err != nil {
		return loadCaseTexts(dir)
	}
	rows, err := table(filepath.Join(dir, "cases.tsv"), 2)
	if err != nil {
		return nil, err
	}
	var list []Case
	for _, row := range rows[1:] {
		raw, err := os.ReadFile(filepath.Join(dir, row[0]))
		if err != nil {
			return nil, fmt.Errorf("case: %w", err)
		}
		c := Case{Name: row[0], Group: row[0][:1], Raw: raw}
		if row[1] != "-" {
			c.Accept = strings.Split(row[1], ",")
		}
		list = append(list, c)
	}
	return list, nil
}

func loadCaseTexts(dir string) ([]Case, error) {
	files, err := filepath.Glob(filepath.Join(dir, "*.txt"))
	if err != nil {
		return nil, fmt.Errorf("cases: %w", err)
	}
	var list []Case
	for _, f := range files {
		text, err := os.ReadFile(f)
		if err != nil {
			return nil, fmt.Errorf("cases: %w", err)
		}
		parts := strings.Split("\n"+string(text), "\n== ")
		texts := definitions(parts[0])
		for i, p := range parts[1:] {
			head, mail, _ := strings.Cut(p, "\n")
			words := strings.Fields(head)
			if len(words) < 2 {
				return nil, fmt.Errorf("cases: %s: case %d: a name and its decisions are missing", f, i+1)
			}
			c := Case{Name: words[0], Group: words[0][:1], Want: words[2:], Raw: rawMail(texts.Replace(mail), i)}
			if words[1] != "-" {
				c.Accept = strings.Split(words[1], ",")
			}
			list = append(list, c)
		}
	}
	if len(list) == 0 {
		return nil, fmt.Errorf("cases: %s holds neither cases.tsv nor *.txt", dir)
	}
	return list, nil
}

// definitions reads the texts that a file's cases have in common.
func definitions(s string) *strings.Replacer {
	var pairs []string
	for _, d := range strings.Split(s, "\n@")[1:] {
		name, text, _ := strings.Cut(d, "\n")
		pairs = append(pairs, "{{"+name+"}}", strings.TrimSpace(text))
	}
	return strings.NewReplacer(pairs...)
}

// rawMail fills in missing header fields of a mail.
func rawMail(mail string, n int) []byte {
	head, _, _ := strings.Cut("\n"+mail, "\n\n")
	low := strings.ToLower(head)
	var b strings.Builder
	for _, field := range []string{
		"From: Imogen Farrow <imogen.farrow@example.com>", "To: governance@cafcass.gov.uk", "Subject: Request",
		"Date: Mon, 23 Nov 2026 10:15:00 +0000", fmt.Sprintf("Message-ID: <case%d@mail.example.com>", n),
		"MIME-Version: 1.0", "Content-Type: text/plain; charset=utf-8",
	} {
		name, _, _ := strings.Cut(field, ":")
		if !strings.Contains(low, "\n"+strings.ToLower(name)+":") {
			b.WriteString(field + "\n")
		}
	}
	b.WriteString(mail)
	return []byte(strings.ReplaceAll(b.String(), "\n", "\r\n"))
}

// Told reports whether a reading alone can be right or wrong about the case.
func (c *Case) Told() bool { return len(c.Accept) > 0 || len(c.Want) > 0 }

// Wrong says what is wrong with a reading of the case, or "". The facts that a
// case may want are kind, language, hold, to (the address to which an answer
// would go), from (of the first earlier mail), dated (the day of that mail),
// says and not (a word that the sender's own text has, or does not have).
func (c *Case) Wrong(m *intake.Message, r intake.Reading) string {
	var wrong []string
	got := string(r.Decision)
	if r.Decision == intake.Pass && r.Followup {
		got = "followup"
	}
	if len(c.Accept) > 0 && !slices.Contains(c.Accept, got) && (got != "followup" || !slices.Contains(c.Accept, "pass")) {
		wrong = append(wrong, got)
	}
	for _, want := range c.Want {
		name, value, _ := strings.Cut(want, ":")
		if is := fact(name, value, m, r); is != value {
			wrong = append(wrong, fmt.Sprintf("%s is %q", name, is))
		}
	}
	return strings.Join(wrong, ", ")
}

func fact(name, value string, m *intake.Message, r intake.Reading) string {
	switch name {
	case "kind":
		return string(r.Kind)
	case "language":
		return r.Language
	case "hold":
		if slices.Contains(r.Hold, value) {
			return value
		}
		return strings.Join(r.Hold, " ")
	case "to":
		return m.AnswerTo(nil).Addr
	case "from":
		if len(m.Inner) > 0 {
			return m.Inner[0].From.Addr
		}
	case "dated":
		if len(m.Inner) > 0 {
			return m.Inner[0].Date.Format("2006-01-02")
		}
	case "says":
		if strings.Contains(m.Text, strings.ReplaceAll(value, "_", " ")) {
			return value
		}
		return m.Text
	case "not":
		if !strings.Contains(m.Text, strings.ReplaceAll(value, "_", " ")) {
			return value
		}
		return m.Text
	}
	return ""
}
