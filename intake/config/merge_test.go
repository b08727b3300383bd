package config

import (
	"fmt"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
)

const mergedHead = `store: {path: requestd.db}
control: {socket: control.sock}
smtp: {host: smtp.example.org, username: requestd, password_file: smtp-password}
`

const mergedCommon = `common:
  server: &server
    host: imap.example.org
    port: 1993
    folder: INBOX
  mailbox: &mailbox
    language: en
    since: 2026-11-01
    per_minute: 5
    acknowledge: {days: 2}
    imap: {<<: *server, username: nobody}
`

// A file with many mailboxes that merge one section means the same as when
// written out.
func TestTwoHundredMailboxesMergedFromOne(t *testing.T) {
	const n = 200
	var merged, written strings.Builder
	merged.WriteString(mergedHead + mergedCommon + "mailboxes:\n")
	written.WriteString(mergedHead + "mailboxes:\n")
	staff := "staff:\n"
	for i := range n {
		own := fmt.Sprintf("name: body-%03d, body: Body %d, address: foi@body-%03d.example.org, reference: %s", i, i, i, letters(i))
		user := fmt.Sprintf("username: body-%03d", i)
		pace := ""
		if i == 7 {
			pace = ", per_minute: 3" // the mailbox's own takes precedence
		}
		fmt.Fprintf(&merged, "  - {%s%s, <<: *mailbox, imap: {<<: *server, %s}}\n", own, pace, user)
		if pace == "" {
			pace = ", per_minute: 5"
		}
		fmt.Fprintf(&written, "  - {%s%s, language: en, since: 2026-11-01, acknowledge: {days: 2}, imap: {host: imap.example.org, port: 1993, folder: INBOX, %s}}\n", own, pace, user)
		staff += fmt.Sprintf("  - {address: officer@body-%03d.example.org, mailboxes: [body-%03d]}\n", i, i)
	}
	got, err := Parse([]byte(merged.String()+staff), "f.yaml")
	if err != nil {
		t.Fatal(err)
	}
	want, err := Parse([]byte(written.String()+staff), "f.yaml")
	if err != nil {
		t.Fatal(err)
	}
	if d := cmp.Diff(want, got, cmp.AllowUnexported(Config{})); d != "" {
		t.Errorf("-written out +merged:\n%s", d)
	}
	for i, m := range got.Mailboxes {
		for _, gets := range staffGets {
			told := slices.DeleteFunc(slices.Clone(got.Staff), func(s Staff) bool {
				return !slices.Contains(s.Mailboxes, m.Name) || !slices.Contains(s.Gets, gets)
			})
			if len(told) != 1 || told[0].Address != "officer@"+m.Name+".example.org" {
				t.Errorf("of %s in %s are told %v", gets, m.Name, told)
			}
		}
		if want := map[bool]int{true: 3, false: 5}[i == 7]; m.PerMinute != want {
			t.Errorf("%s sends %d letters a minute, want %d", m.Name, m.PerMinute, want)
		}
	}
	if open := got.Unheard(); len(open) != 0 {
		t.Errorf("got %v", open)
	}
}

// letters gives each number two to five capital letters of its own.
func letters(i int) string {
	return "B" + string(rune('A'+i/26)) + string(rune('A'+i%26))
}

const mergedTwo = `staff: [{address: officer@staff.example.org}]
mailboxes:
  - {<<: *mailbox, name: one, body: One, address: one@example.org, reference: ONE, imap: {<<: *server, username: one}}
  - {<<: *mailbox, name: two, body: Two, address: two@example.org, reference: TWO, imap: {<<: *server, username: two}}
`

// A mistake in a merged section is reported once, at the line where it is
// written; one in the mailbox's own part at its own line.
func TestMistakesInWhatIsMerged(t *testing.T) {
	base := mergedHead + mergedCommon + mergedTwo
	for _, m := range []struct{ name, old, new, want string }{
		{"none", "", "", "no mistake found"},
		{"an unknown key", "    port: 1993\n", "    prot: 1993\n",
			"mailboxes[0].imap.prot (line 7): is no key of requestd's (merged into 1 more); did you mean port?"},
		{"a value out of range", "per_minute: 5", "per_minute: -5",
			"mailboxes[0].per_minute (line 12): -5 is out of range (merged into 1 more); write a number from 0 to 10000"},
		{"a value in one", "name: two,", "name: two, per_minute: -5,",
			"mailboxes[1].per_minute (line 18): -5 is out of range; write a number from 0 to 10000"},
		{"no value", "    language: en\n", "    language:\n",
			"mailboxes[0].language (line 10): has no value (merged into 1 more); write one, or take the key out"},
		{"a key that stands twice", "    port: 1993\n", "    port: 1993\n    Port: 993\n",
			"common.server.port (line 8): port and Port are the same key; keep one of the two"},
		{"what is its own is merged", "name: two, ", "",
			"mailboxes[1].name: is missing; write a short name of small letters and digits"},
		{"a text is merged", "<<: *server, username: nobody", "<<: server, username: nobody",
			"common.mailbox.imap.<< (line 14): merges what is no section; name the anchor of a section: <<: *mailbox merges what &mailbox stands before"},
		{"itself is merged", "imap: {<<: *server, username: nobody}", "imap: {<<: *mailbox}",
			"common.mailbox.imap.<< (line 14): *mailbox stands within what it names; name an anchor that ends before it"},
		{"itself is a value", "language: en", "language: *mailbox",
			"common.mailbox.language (line 10): *mailbox stands within what it names; name an anchor that ends before it"},
		{"itself is a section", "acknowledge: {days: 2}", "acknowledge: *mailbox",
			"common.mailbox.acknowledge (line 13): *mailbox stands within what it names; name an anchor that ends before it"},
		{"itself stands in a list", "acknowledge: {days: 2}", "aliases: [*mailbox]",
			"common.mailbox.aliases[0] (line 13): *mailbox stands within what it names; name an anchor that ends before it"},
		{"no such anchor", "<<: *server, username: nobody", "<<: *sever, username: nobody",
			"the file is no valid YAML: unknown anchor 'sever' referenced; indent with spaces, and quote texts with a colon or # in them"},
		{"two sections, the first goes first", "{<<: *mailbox, name: two,", "{<<: [{language: xx}, *mailbox], name: two,",
			`mailboxes[1].language (line 18): "xx" is not known; write en or cy-en`},
	} {
		t.Run(m.name, func(t *testing.T) {
			if !strings.Contains(base, m.old) {
				t.Fatalf("%q does not stand in the file", m.old)
			}
			_, err := Parse([]byte(strings.Replace(base, m.old, m.new, 1)), "f.yaml")
			if got := said(err); got != m.want {
				t.Errorf("got  %s\nwant %s", got, m.want)
			}
		})
	}
}

// A few lines that ask for any number of values are refused before any value is
// made.
func TestAnchorsThatBringInTooMuch(t *testing.T) {
	nested := "common:\n  a0: &a0 {x: y}\n"
	for i := range 60 {
		nested += fmt.Sprintf("  a%d: &a%d {b: *a%d, c: *a%d}\n", i+1, i+1, i, i)
	}
	wide := "common:\n  wide: &wide {" + strings.Join(slices.Collect(func(yield func(string) bool) {
		for i := range 2000 {
			if !yield(fmt.Sprintf("k%d: 1", i)) {
				return
			}
		}
	}), ", ") + "}\nmailboxes:\n" + strings.Repeat("  - {<<: *wide}\n", 1000)
	for name, file := range map[string]string{"nested": nested, "wide": wide} {
		if _, err := Parse([]byte(file), "f.yaml"); !strings.Contains(said(err), "anchors bring in more than 400000 keys and values") {
			t.Errorf("%s: got %.300s", name, said(err))
		}
	}
}
