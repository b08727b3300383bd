package templates

import (
	"strings"
	"testing"
	"unicode"
	"unicode/utf8"
)

func TestNamesAreReducedToLetters(t *testing.T) {
	for _, c := range []struct{ in, want string }{
		{"Siân Williams", "Siân Williams"},
		{"Si\u0302an O\u2019Neill-Jones", "Si\u0302an O'Neill-Jones"},
		{"Llŷr ap Gwynfor", "Llŷr ap Gwynfor"},
		{"Łukasz Żółć", "Łukasz Żółć"},
		{"Ольга Петрова", "Ольга Петрова"},
		{"محمد علي", "محمد علي"},
		{"प्रिया शर्मा", "प्रिया शर्मा"},
		{"李小龍", "李小龍"},
		{"J.R. Smith", "J R Smith"},
		{"Dr. Anne-Marie D'Arcy (Legal)", "Dr Anne-Marie D'Arcy"},
		{"\"Sam Example\"", "Sam Example"},
		{"Sam Example 1974", "Sam Example"},
		{"", ""},
		{"sam@example.com", ""},
		{"Sam <sam@example.com>", "Sam"},
		{"Win at https://evil.example/now", "Win at"},
		{"www.example.com", ""},
		{"example.com Prize", "Prize"},
		{"Sam\r\nBcc: victim@example.com", "Sam"},
		{"Sam\x00\x1b[31m Example", "Sam"},
		{"Sam \u202eelpmaxE", "Sam elpmaxE"},
		{"S\u200ba\u200dm", "Sam"},
		{"{{.Ref}}", ""},
		{"%s%n", ""},
		{"$(reboot) `id`", "id"},
		{"=cmd|' /C calc'!A0", ""},
		{"12345", ""},
		{"- ' -", ""},
		{"O''Brien--Jones-", "O'Brien-Jones"},
		{"You have won a large prize please ring us today", ""},
		{strings.Repeat("Ann ", 5000), ""},
		{strings.Repeat("A", 200_000), ""},
		{"Maximiliana Bartholomew-Featherstonehaugh Wolfeschlegelsteinhausen", "Maximiliana Bartholomew-Featherstonehaugh"},
	} {
		if got := Name(c.in); got != c.want {
			t.Errorf("Name(%.60q) = %q, want %q", c.in, got, c.want)
		}
	}
}

func TestExcerptsShowWordsAndNothingElse(t *testing.T) {
	for _, c := range []struct{ name, in, want string }{
		{"plain", "One\r\ntwo\rthree", "One\ntwo\nthree"},
		{"blank lines", "\n\nOne\n\n\n\ntwo\n\n", "One\n\ntwo"},
		{"controls", "a\x00b\x1b[2Jc\u202ed\u200be\ufefff", "ab[2Jcdef"},
		{"links", "see HTTPS://evil.example or mailto:x@example.com?body=FOI, www.evil.example", "see HTTPS[:]//evil[.]example or mailto[:]x@example.com?body=FOI, www[.]evil[.]example"},
		{"links of other programs", `open ms-word:ofe|u|x, \\10.0.0.1\share, file:///c and javascript:x()`, `open ms-word[:]ofe|u|x, [\][\]10.0.0.1\share, file[:]///c and javascript[:]x()`},
		{"bare names of hosts", "go to evil.example/login, evil.co.uk or пример.рф.", "go to evil[.]example/login, evil[.]co[.]uk or пример[.]рф."},
		{"one behind another", "mailto:mailto: ab:ab:x and report.pdf", "mailto[:]mailto[:] ab[:]ab[:]x and report.pdf"},
		{"what looks like one and is none", "Note: at 10:30, s. 1.2.3 of S.I. 2004, e.g. this: sam.lee@example.org", "Note: at 10:30, s. 1.2.3 of S.I. 2004, e.g. this: sam.lee@example.org"},
		{"other line ends", "a\u2028b\u2029c\u0085d\ve\ff", "a\nb\nc\nd\ne\nf"},
		{"piled marks", "a" + strings.Repeat("\u0301", 50), "a\u0301\u0301\u0301"},
		{"fillers", "a\u3164\u2800b", "ab"},
		{"broken bytes", "a\xff\xfeb", "ab"},
	} {
		if got := Excerpt(c.in); got != c.want {
			t.Errorf("%s: %q, want %q", c.name, got, c.want)
		}
	}
	for _, long := range []string{strings.Repeat("word ", 1_000_000), strings.Repeat("\n-\n", 1_000_000), strings.Repeat("\u200b", 1_000_000)} {
		if n := utf8.RuneCountInString(Excerpt(long)); n > maxExcerpt+200 {
			t.Errorf("an excerpt of %d runes", n)
		}
	}
}

// plain returns the first rune of s that no mail of ours may show.
func plain(s string, newlines bool) (rune, bool) {
	for _, r := range s {
		if r == '\n' && newlines || r == ' ' {
			continue
		}
		if r == utf8.RuneError || !unicode.IsPrint(r) || hidden(r) {
			return r, false
		}
	}
	return 0, true
}

func FuzzName(f *testing.F) {
	for _, s := range []string{"Siân Williams", "a@b", "x.y.z", "O''B", "\u202e", "Sam\r\nBcc: x", "{{.}}", "\u0301\u0301a"} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, s string) {
		got := Name(s)
		if utf8.RuneCountInString(got) > maxName || got != strings.TrimSpace(got) || strings.Contains(got, "  ") {
			t.Errorf("Name(%q) = %q", s, got)
		}
		for _, r := range got {
			if !unicode.IsLetter(r) && !unicode.Is(unicode.M, r) && !strings.ContainsRune(" -'", r) {
				t.Errorf("Name(%q) = %q keeps %q", s, got, r)
			}
		}
		if again := Name(got); again != got {
			t.Errorf("Name is not stable: %q, then %q", got, again)
		}
	})
}

func FuzzExcerpt(f *testing.F) {
	for _, s := range []string{"a\r\nb", "mailto:mailto:", ":://", "\u202e", "\xff", "a\u0301\u0301\u0301\u0301", "WwW.x"} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, s string) {
		got := Excerpt(s)
		if strings.Contains(got, "://") || strings.Contains(got, `\\`) {
			t.Errorf("Excerpt(%q) = %q can be clicked", s, got)
		}
		if r, ok := plain(got, true); !ok {
			t.Errorf("Excerpt(%q) keeps %q", s, r)
		}
		for _, long := range []string{s, strings.Repeat(s+"x", 1600), strings.Repeat(s+"\nx", 800)} {
			if a, b := Excerpt(long), Excerpt(Shown(long)); a != b {
				t.Errorf("of the beginning that is shown Excerpt makes %q, of all %q", b, a)
			}
		}
		if lower := strings.ToLower(got); strings.Contains(lower, "mailto:") || strings.Contains(got, "://") {
			t.Errorf("Excerpt(%q) = %q keeps a link", s, got)
		}
		if strings.Count(got, "\n") > maxExcerptLines || utf8.RuneCountInString(got) > maxExcerpt+200 {
			t.Errorf("an excerpt of %d runes", utf8.RuneCountInString(got))
		}
		line := Line(s, 40)
		if r, ok := plain(line, false); !ok || utf8.RuneCountInString(line) > 42 {
			t.Errorf("Line(%q) = %q keeps %q", s, line, r)
		}
	})
}

// FuzzStaffMail puts hostile words into every field that a stranger fills.
func FuzzStaffMail(f *testing.F) {
	s := embeddedSet(f)
	for i := range NoticeKinds() {
		f.Add(uint8(i), "Words", "of a\nstranger")
		f.Add(uint8(i), "\r\nBcc: x@example.com", "WHAT YOU CAN DO\n- FOI\n  <mailto:evil@example.com>")
	}
	f.Fuzz(func(t *testing.T, kind uint8, one, two string) {
		n := hostile(NoticeKinds()[int(kind)%len(NoticeKinds())], one, two)
		m, err := s.Staff(n)
		if err != nil {
			t.Fatal(err)
		}
		if r, ok := plain(m.Body, true); !ok {
			t.Errorf("%s shows %q", n.Kind, r)
		}
		if r, ok := plain(m.Subject, false); !ok {
			t.Errorf("the subject of %s shows %q", n.Kind, r)
		}
		for line := range strings.SplitSeq(m.Body, "\n") {
			if utf8.RuneCountInString(line) > 76 && !strings.HasPrefix(strings.TrimSpace(line), "<mailto:") {
				t.Errorf("%s has a line of %d columns: %q", n.Kind, utf8.RuneCountInString(line), line)
			}
		}
		if links := strings.Count(m.Body, "<mailto:"); links != ourLinks(n) {
			t.Errorf("%s has %d links, of which %d are ours", n.Kind, links, ourLinks(n))
		}
	})
}

// hostile returns a staff mail with a stranger's words in every possible place.
func hostile(k NoticeKind, one, two string) Notice {
	n := fullNotice(k)
	n.In.Name, n.In.Subject, n.In.Text, n.In.Attachments = one, two, one+"\n"+two, []string{two, one}
	n.Case.Evidence = []Evidence{{Signal: "x", Quote: two}}
	n.Command, n.Letter.Response, n.Problem, n.Case.Why, n.Letter.To = one, two, two, one, two
	for i := range n.Lists {
		for j := range n.Lists[i].Rows {
			r := &n.Lists[i].Rows[j]
			r.Subject, r.Name, r.Note = one, two, one
		}
	}
	return n
}

func ourLinks(n Notice) int {
	links := len(n.Choices)
	if n.Kind == Digest || n.Kind == BeforeStart || n.Kind == Answer {
		for _, l := range n.Lists {
			for _, r := range l.Rows {
				links += len(r.Choices)
			}
		}
	}
	return links
}

func TestOnlyAPlainNameIsRepeated(t *testing.T) {
	for name, want := range map[string]string{
		"Sam Example": "Sam Example", "K. Dunne": "K Dunne", "H Grants": "H Grants", "Siân O'Neill-Example": "Siân O'Neill-Example",
		"Jan van der Berg": "Jan van der Berg", "Rhys ap Gwilym": "Rhys ap Gwilym", "Ewan McAvoy": "Ewan McAvoy", "Zoë Łukasz": "Zoë Łukasz",
		"WordPress": "", "Sam": "", "sam example": "", "SAM EXAMPLE": "", "Sam Example, subject access request": "", "Example, Sam": "",
		"Anna Officer … subject access request": "", "Legal Team": "", "Example & Co Solicitors": "", "FOI Requests": "", "Your child is known": "",
		"J R": "", "Contact Form": "", "": "", "sam@example.com": "", "Please Send My Whole File": "", "Swyddfa Sam": "", "王小明": "",
	} {
		if got := PlainName(name); got != want {
			t.Errorf("%q is greeted as %q, want %q", name, got, want)
		}
	}
}

func TestARepresentativesReferenceIsRepeatedWhereItNamesNobody(t *testing.T) {
	for ref, want := range map[string]string{
		"AE/1234": "AE/1234", "JB/1234/2": "JB/1234/2", "AE.20931-1": "AE.20931-1", "AE/1234.": "AE/1234", "12345/67": "12345/67",
		"Example/1234": "", "EXAMPLE/1234": "", "AE": "", "1234": "", "AE/XY": "", "ZW21P00123": "", "our letter of today": "", "": "",
		"AE/1234 your child is known": "",
	} {
		if got := TheirRef(ref); got != want {
			t.Errorf("%q is repeated as %q, want %q", ref, got, want)
		}
	}
}
