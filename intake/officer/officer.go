// Package officer reads what officers write when they answer the daemon's mail:
// one line of words that decide or record something, in English or in Welsh,
// and who vouches for the sender. It is pure; package replies carries the words
// out. The words that mail to staff proposes and those that are understood come
// from one table.
package officer

import (
	"fmt"
	"regexp"
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
	Send   Act = "send"   // release the acknowledgement that is held, or a drafted letter
	Hold   Act = "hold"   // keep it back
	Record Act = "record" // an event
	Mine   Act = "mine"   // I work on it
	Undo   Act = "undo"   // take the last decision back

	Register Act = "register" // a request that did not come by mail
	Correct  Act = "correct"  // what a case says of its requester

	// Those below change nothing: they are answered.
	List   Act = "list"   // what wants something of the officer
	Show   Act = "show"   // one case
	Search Act = "search" // cases by the words in Note
	Status Act = "status" // how things stand
	Help   Act = "help"   // the words
)

// Asks reports whether a command only asks, and changes nothing.
func (c Command) Asks() bool {
	switch c.Act {
	case List, Show, Search, Status, Help:
		return true
	}
	return false
}

// Command is what one line says. Fields that the act does not need are zero.
type Command struct {
	Act     Act
	Case    string        // the case that it is about, where the line begins with its reference; "" is that of the mail answered
	Kind    intake.Kind   // of decide and open; "" is an open without its kind
	Of      intake.Kind   // of a review
	Also    []intake.Kind // further parts
	Right   []string      // of rights: which; none are those that were read
	Mail    uint64        // of open and attach: the mail's number, 0 for the one that was answered; of send a draft's
	Ref     string        // of attach and merge: the other case, as written
	Event   intake.EventName
	Date    deadlines.Day // of an event; 0 where none was written
	Part    intake.Kind
	Outcome string
	Reason  string
	Void    int    // of void: the event to strike
	Note    string // as written

	Exemptions []string // of responded and extended: on what the answer relies, as written

	Source   string         // of register: telephone, post or in-person
	Person   intake.Address // of register and correct: who asks
	Postal   string         // of register: their address by post
	Language string         // of correct: en, cy or bi
	Child    string         // of correct: yes or no, whether letters are written for a child
	Texts    []string       // of send: what its letter is to say, from below the line
	Box      string         // of register: the mailbox's name, "" for that of the mail answered
}

// NotUnderstood says why a line is no command. Nothing may follow from it.
type NotUnderstood struct {
	Problem string
	Mend    string
	// Command is true where the line begins as a command does.
	Command bool
}

func (e *NotUnderstood) Error() string { return e.Problem }

func unclear(mend, format string, args ...any) error {
	return &NotUnderstood{Problem: fmt.Sprintf(format, args...), Mend: mend, Command: true}
}

// maxLine is how much of a line is read, in bytes.
const maxLine = 4000

// FirstLine is the first line of a mail's own text that holds more than white
// space, a protective marking or a greeting. A mail that holds nothing but
// earlier mail, or that does not show its reader what it says, has none.
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

// reference is that of a case at the beginning of a line, in brackets or not.
var reference = regexp.MustCompile(`^\s*[-\[("'*]*\s*([A-Za-z]{2,8}\d{2}-\d{1,9})[\])"'*:;,.]*\s+`)

// leadingRef takes the reference off with which a line may begin.
func leadingRef(line string) (ref, rest string) {
	if m := reference.FindStringSubmatchIndex(line); m != nil {
		return strings.ToUpper(line[m[2]:m[3]]), line[m[1]:]
	}
	return "", line
}
