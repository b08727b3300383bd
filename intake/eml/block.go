package eml

import (
	"strings"

	"requestd/intake"
)

// fieldBlock reads a block of at least need different fields with a sender
// among them, and returns the number of lines up to the text below.
func fieldBlock(lines []string, need int) (intake.Inner, int) {
	if f, _ := label(lines[0]); f == noField || f == otherField {
		return strangeBlock(lines)
	}
	var r blockReader
	end := 0
	for k := 0; k < len(lines) && k < 25; {
		n := r.take(lines, k)
		if n == 0 {
			break
		}
		k += n
		if strings.TrimSpace(lines[k-1]) != "" {
			end = k
		}
	}
	distinct := 0
	for _, f := range []blockField{fromField, dateField, toField, subjectField} {
		if r.seen[f] {
			distinct++
		}
	}
	if !r.seen[fromField] || distinct < need || distinct < 2 && r.in.From.Addr == "" {
		return strangeBlock(lines)
	}
	return r.in, end
}

// strangeBlock recognises a block in a language that labels does not know by
// its shape: lines with a label and a value, the first with an address, another
// with a year and a time of day.
func strangeBlock(lines []string) (in intake.Inner, n int) {
	when, what := "", ""
	for n < len(lines) && n < 8 {
		_, value, ok := labelled(lines[n])
		if !ok || value == "" {
			break
		}
		switch {
		case n == 0 && !strings.Contains(value, "@"):
			return intake.Inner{}, 0
		case n == 0:
			in.From = quotedAddress(value)
		case when == "" && dated(value):
			when = value
		default:
			what = value
		}
		n++
	}
	if n < 3 || when == "" || in.From.Addr == "" {
		return intake.Inner{}, 0
	}
	in.DateText, in.Subject = intake.OneLine(when, maxDateText), intake.OneLine(what, maxSubject)
	in.Date = readDate(in.DateText)
	return in, n
}

// notesBlock reads the heading that Notes writes: the sender, the date below,
// then labels without colons, each on its own line above its value.
func notesBlock(lines []string) (in intake.Inner, n int) {
	if len(lines) < 5 || len(lines[0]) > 200 || len(lines[1]) > 60 || !dated(lines[1]) || bareLabel(lines[0]) != noField {
		return in, 0
	}
	var seen [otherField + 1]bool
	k := 2
	for k < len(lines) && k < 16 {
		k = skipBlank(lines, k)
		if k >= len(lines) {
			break
		}
		f := bareLabel(lines[k])
		if f == noField {
			break
		}
		seen[f] = true
		if k+1 < len(lines) && strings.TrimSpace(lines[k+1]) != "" && bareLabel(lines[k+1]) == noField {
			takeField(&in, f, lines[k+1])
			k++
		}
		k++
	}
	if !seen[toField] || !seen[subjectField] {
		return intake.Inner{}, 0
	}
	in.From = quotedAddress(lines[0])
	takeField(&in, dateField, lines[1])
	return in, k
}

type blockReader struct {
	in   intake.Inner
	seen [otherField + 1]bool
	last blockField
}

// take reads the line at k and returns how many lines belong to it; 0 when the
// block has ended.
func (r *blockReader) take(lines []string, k int) int {
	if strings.TrimSpace(lines[k]) == "" {
		return r.gap(lines, k)
	}
	f, value := label(lines[k])
	switch {
	case f == noField:
		return r.continued(lines, k)
	case f != otherField && r.seen[f]:
		return 0
	}
	n := 1
	if value == "" && (f == fromField || f == dateField) && k+1 < len(lines) {
		if g, _ := label(lines[k+1]); g == noField { // the value has its own line
			value, n = strings.TrimSpace(lines[k+1]), 2
		}
	}
	r.seen[f], r.last = true, f
	takeField(&r.in, f, value)
	return n
}

// gap allows a blank line or two between fields that were paragraphs.
func (r *blockReader) gap(lines []string, k int) int {
	next := skipBlank(lines, k)
	if next == len(lines) || next > k+2 {
		return 0
	}
	if f, _ := label(lines[next]); f == noField || r.seen[f] && f != otherField {
		return 0
	}
	return next - k
}

// continued allows a field that was broken over two lines: an address below its
// name, or a long list of recipients.
func (r *blockReader) continued(lines []string, k int) int {
	if addr := strings.TrimSpace(lines[k]); r.last == fromField && r.in.From.Addr == "" && strings.HasPrefix(addr, "<") {
		if r.in.From.Addr = cleanAddr(strings.Trim(addr, "<>")); r.in.From.Addr != "" {
			return 1
		}
	}
	if (r.last == toField || r.last == otherField) && k > 0 && len(lines[k]) < 1000 && continues(lines[k-1]) {
		return 1
	}
	return 0
}

// continues reports whether a recipient line continues on the next.
func continues(l string) bool {
	l = strings.TrimSpace(l)
	return strings.HasSuffix(l, ";") || strings.HasSuffix(l, ",")
}

func takeField(in *intake.Inner, f blockField, value string) {
	value = strings.Trim(value, "* ")
	switch f {
	case fromField:
		in.From = quotedAddress(value)
	case dateField:
		in.DateText = intake.OneLine(value, maxDateText)
		in.Date = readDate(in.DateText)
	case toField:
		in.To = intake.OneLine(value, maxSubject)
	case subjectField:
		in.Subject = intake.OneLine(value, maxSubject)
	}
}
