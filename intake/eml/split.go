package eml

import (
	"slices"
	"strings"

	"requestd/intake"
)

// parted is a text divided by who wrote it.
type parted struct {
	own, quoted, signature string
	lent                   bool           // own is what is quoted
	inners                 []intake.Inner // outermost first
}

// split separates the sender's own new text from the earlier mails below it or
// between its parts, and from signature and disclaimer.
func split(text string) parted {
	if strings.TrimSpace(text) == "" {
		return parted{}
	}
	s := splitter{lines: strings.Split(text, "\n")}
	s.own = make([]string, 0, len(s.lines))
	s.run(0)
	var p parted
	p.own, p.signature = trailers(s.own)
	p.quoted = joinLines(s.quoted)
	p.inners = s.inners
	if p.own == "" && !anothers(p.inners) && len(s.quoted) > 0 {
		p.own, p.lent = joinLines(unquoteLines(s.quoted)), true // better too much than a request lost
	}
	return p
}

// splitter goes through the lines of one text. Quoted text is split in turn by
// another splitter, as deep as maxDepth.
type splitter struct {
	lines       []string
	own, quoted []string
	inners      []intake.Inner
	tries       int      // lines that looked like the beginning of an earlier mail
	open        int      // 1 + index of the quotation that continues after an interleaved answer
	more        []string // further texts of that quotation, joined when it ends
}

func (s *splitter) run(level int) {
	defer s.close()
	n := len(s.lines)
	for i := 0; i < n; {
		l := s.lines[i]
		if isQuoted(l) {
			if in, body := quotedHeading(s.lines, i); body > 0 {
				s.rest(i, body, in, level)
				return
			}
			i = s.quotation(i, i, nil, level)
			continue
		}
		if s.tries > maxTries || !mayBegin(l) {
			s.own = append(s.own, l)
			i++
			continue
		}
		s.tries++
		if by, k := attribution(s.lines[i:]); k > 0 {
			next := skipBlank(s.lines, i+k)
			if next < n && isQuoted(s.lines[next]) {
				i = s.quotation(i, next, &by, level)
				continue
			}
			if by.strict && next < n {
				s.rest(i, next, by.inner, level)
				return
			}
		}
		if in, k := earlierMail(s.lines[i:]); k > 0 {
			s.rest(i, i+k, in, level)
			return
		}
		s.own = append(s.own, l)
		i++
	}
}

// quotedHeading reads a heading that is marked as a quotation while the mail
// below it is not: ">>> A B <a@b> 3/5/2026 10:12 >>>" of GroupWise, and the
// header block of Hotmail. It returns the line at which that mail's text
// begins, or 0.
func quotedHeading(lines []string, i int) (in intake.Inner, body int) {
	if l := strings.TrimSpace(lines[i]); strings.HasPrefix(l, ">>>") {
		by, closed := strings.CutSuffix(l[3:], ">>>")
		if closed && len(by) < 200 && (strings.Contains(by, "@") || dated(by)) {
			in.DateText, _ = cutDate(by)
			who := by
			if at := strings.IndexByte(by, '>'); at > 0 {
				who, in.DateText = by[:at+1], by[at+1:]
			}
			in.From = quotedAddress(who)
			in.DateText = intake.OneLine(in.DateText, maxDateText)
			in.Date = readDate(in.DateText)
			return in, i + 1
		}
	}
	end := i
	for end < len(lines) && end < i+25 && isQuoted(lines[end]) {
		end++
	}
	next := skipBlank(lines, end)
	if end-i < 3 || next == len(lines) || isQuoted(lines[next]) {
		return in, 0
	}
	heading := unquoteLines(lines[i:end])
	in, n := fieldBlock(heading, 3)
	if n == 0 && hasYearOrTime(heading[0]) { // Message du 20/11/26 10:00
		if in, n = fieldBlock(heading[1:], 3); n > 0 {
			n++
		}
	}
	if n < end-i && strings.TrimSpace(strings.Join(unquoteLines(lines[i+n:end]), "")) != "" {
		return intake.Inner{}, 0
	}
	return in, end
}

// quotation takes the run of quoted lines that begins at i; from is where the
// attribution before it begins. It returns where the run ends.
func (s *splitter) quotation(from, i int, by *attributed, level int) int {
	end := i
	for end < len(s.lines) {
		if !isQuoted(s.lines[end]) {
			next := skipBlank(s.lines, end)
			if next == end || next == len(s.lines) || !isQuoted(s.lines[next]) {
				break
			}
			end = next
			continue
		}
		end++
	}
	s.quoted = append(s.quoted, s.lines[from:end]...)
	if level >= maxDepth {
		return end
	}
	sub := splitter{lines: unquoteLines(s.lines[i:end])}
	sub.run(level + 1)
	text, _ := trailers(sub.own)
	switch {
	case by != nil:
		by.inner.Text = text
		s.begin(by.inner)
	case text != "" && s.open > 0:
		s.more = append(s.more, text)
	case text != "":
		s.begin(intake.Inner{Text: text})
	}
	for _, in := range sub.inners {
		s.add(in)
	}
	return end
}

// rest takes all lines from from on as an earlier mail whose text begins at
// line body.
func (s *splitter) rest(from, body int, in intake.Inner, level int) {
	s.quoted = append(s.quoted, s.lines[from:]...)
	sub := splitter{lines: s.lines[min(body, len(s.lines)):]}
	if level < maxDepth && len(s.inners) < maxInners {
		sub.run(level + 1)
	}
	in.Text, _ = trailers(sub.own)
	s.add(in)
	for _, in := range sub.inners {
		s.add(in)
	}
}

// begin adds a quotation that may continue after an interleaved answer.
func (s *splitter) begin(in intake.Inner) {
	s.close()
	s.add(in)
	s.open = len(s.inners)
}

// close joins the texts of the open quotation all at once, so that thousands of
// quoted lines with an answer below each cost no more than their length.
func (s *splitter) close() {
	if len(s.more) > 0 {
		in := &s.inners[s.open-1]
		in.Text += "\n" + strings.Join(s.more, "\n")
		s.more = nil
	}
}

func (s *splitter) add(in intake.Inner) {
	if len(s.inners) < maxInners {
		s.inners = append(s.inners, in)
	}
}

func isQuoted(l string) bool {
	return len(l) > 0 && (l[0] == '>' || l[0] == ' ' && strings.HasPrefix(strings.TrimLeft(l, " "), ">"))
}

// unquoteLines removes one level of quoting.
func unquoteLines(lines []string) []string {
	out := make([]string, len(lines))
	for i, l := range lines {
		if isQuoted(l) {
			l = strings.TrimPrefix(strings.TrimLeft(l, " ")[1:], " ")
		}
		out[i] = l
	}
	return out
}

func skipBlank(lines []string, i int) int {
	for i < len(lines) && strings.TrimSpace(lines[i]) == "" {
		i++
	}
	return i
}

func joinLines(lines []string) string {
	return strings.TrimSpace(strings.Join(lines, "\n"))
}

// anothers reports whether a text is known to be somebody else's.
func anothers(inners []intake.Inner) bool {
	return slices.ContainsFunc(inners, func(in intake.Inner) bool {
		return in.Text != "" && (in.From.Addr != "" || in.From.Name != "" || !in.Date.IsZero())
	})
}
