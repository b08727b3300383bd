// Package officer reads what officers write when they answer the daemon's mail:
// one line of words, in English or in Welsh, that decide or record something;
// and it checks who vouches for the sender. It is pure; package replies carries
// the commands out. The words that mail to staff proposes and those that are
// understood come from one table.
package officer

import (
	"fmt"
	"regexp"
	"slices"
	"strings"

	"requestd/deadlines"
	"requestd/intake"
)

// Act is what a command asks for.
type Act string

// The acts.
const (
	Decide Act = "decide" // on the kind of a case
	Open   Act = "open"   // make a case of a mail
	Attach Act = "attach" // a mail belongs to a case
	Merge  Act = "merge"  // two cases are one
	Send   Act = "send"   // release the held acknowledgement, or a drafted letter
	Hold   Act = "hold"   // hold a letter
	Record Act = "record" // an event
	Mine   Act = "mine"   // I work on it
	Undo   Act = "undo"   // take back the last decision

	Register Act = "register" // a request that did not come by mail
	Correct  Act = "correct"  // correct what a case says about its requester

	// The acts below change nothing and are only answered.
	List   Act = "list"   // what the officer has to do
	Show   Act = "show"   // one case
	Search Act = "search" // cases by the words in Note
	Status Act = "status" // the state of the mailboxes
	Help   Act = "help"   // the words that can be written
)

// Asks reports whether a command only asks, and changes nothing.
func (c Command) Asks() bool {
	return slices.Contains([]Act{List, Show, Search, Status, Help}, c.Act)
}

// Command is what one line says. Fields that the act does not need are zero.
type Command struct {
	Act     Act
	Case    string        // the case that it is about, if the line begins with its reference; "" is the case of the answered mail
	Kind    intake.Kind   // of decide and open; "" is an open without a kind
	Of      intake.Kind   // of a review
	Also    []intake.Kind // further parts
	Right   []string      // of rights: which; if empty, those found in the mail
	Mail    uint64        // of open and attach: the mail's number, 0 for the answered one; of send: the draft's number
	Ref     string        // of attach and merge: the other case, as written
	Event   intake.EventName
	Date    deadlines.Day // of an event; 0 if none was written
	Part    intake.Kind
	Outcome string
	Reason  string
	Void    int    // of void: the event to strike
	Note    string // as written

	Exemptions []string // of responded and extended: those on which the answer relies, as written

	Source   string         // of register: telephone, post or in-person
	Person   intake.Address // of register and correct: who asks
	Postal   string         // of register: their address by post
	Language string         // of correct: en, cy or bi
	Child    string         // of correct: yes or no, whether letters are written for a child
	Texts    []string       // of send: the letter's texts, from below the line
	Box      string         // of register: the mailbox's name, "" for that of the answered mail
}

// NotUnderstood says why a line is no command. Nothing may be done because of
// such a line.
type NotUnderstood struct {
	Problem string
	Mend    string
	// Command says that the line begins like a command.
	Command bool
}

func (e *NotUnderstood) Error() string { return e.Problem }

func unclear(mend, format string, args ...any) error {
	return &NotUnderstood{Problem: fmt.Sprintf(format, args...), Mend: mend, Command: true}
}

// maxLine is how much of a line is read, in bytes.
const maxLine = 4000

// FirstLine returns the first line of a mail's own text that is more than white
// space, a protective marking or a greeting. A mail that contains nothing but
// earlier mail, or that hides its text from its reader, has none.
func FirstLine(m *intake.Message) string {
	if m.OnlyQuoted || m.Hidden {
		return ""
	}
	first := ""
	skipped := 0
	for line := range strings.Lines(m.Text) {
		if line = intake.OneLine(line, maxLine); line == "" {
			continue
		}
		if skipped < maxPreamble && preamble(line) {
			if skipped++; first == "" {
				first = line
			}
			continue
		}
		return line
	}
	return first
}

// Parse reads a line as a command. Dates are read relative to today, day
// before month. It fails with a *NotUnderstood.
func Parse(line string, today deadlines.Day) (Command, error) {
	if len(line) > maxLine {
		return Command{}, &NotUnderstood{Problem: "The line is too long.", Mend: "Write the words of one choice and nothing else."}
	}
	ref, rest := leadingRef(line)
	p := &parser{words: split(rest), line: rest, today: today}
	if len(p.words) == 0 {
		return Command{}, &NotUnderstood{Problem: "The mail begins with no words.", Mend: "Write the words of one choice in the first line."}
	}
	c, err := p.command()
	if err == nil {
		c.Case = ref
	}
	return c, err
}

// reference matches the reference of a case at the beginning of a line, in
// brackets or not.
var reference = regexp.MustCompile(`^\s*[-\[("'*]*\s*([A-Za-z]{2,8}\d{2}-\d{1,9})[\])"'*:;,.]*\s+`)

// leadingRef takes the reference off a line that begins with one.
func leadingRef(line string) (ref, rest string) {
	if m := reference.FindStringSubmatchIndex(line); m != nil {
		return strings.ToUpper(line[m[2]:m[3]]), line[m[1]:]
	}
	return "", line
}
