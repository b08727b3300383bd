package eml

import (
	"strings"

	"requestd/intake"
)

// what a line of a quoted header block gives.
type blockField int

const (
	noField blockField = iota
	fromField
	dateField
	toField
	subjectField
	otherField
)

// labels of quoted header blocks in English, Welsh and the languages in which
// people in Wales and England most often run their mail program.
var labels = map[string]blockField{
	"from": fromField, "oddi wrth": fromField, "oddiwrth": fromField, "gan": fromField, "von": fromField, "de": fromField, "od": fromField, "da": fromField, "sender": fromField, "anfonwr": fromField,
	"sent": dateField, "date": dateField, "anfonwyd": dateField, "dyddiad": dateField, "gesendet": dateField, "wysłano": dateField, "envoyé": dateField, "data": dateField, "datum": dateField, "enviado": dateField, "sent at": dateField, "date sent": dateField, "inviato": dateField,
	"to": toField, "at": toField, "i": toField, "an": toField, "à": toField, "do": toField, "para": toField, "a": toField,
	"subject": subjectField, "pwnc": subjectField, "testun": subjectField, "betreff": subjectField, "objet": subjectField, "temat": subjectField, "asunto": subjectField, "oggetto": subjectField, "re": subjectField,
	"cc": otherField, "bcc": otherField, "copi": otherField, "copi at": otherField, "reply-to": otherField, "importance": otherField, "pwysigrwydd": otherField, "attachments": otherField, "atodiadau": otherField, "ateb i": otherField, "sensitivity": otherField, "when": otherField, "where": otherField,
}

// label reads the label of a line such as "*From:* A B" or "Oddi wrth / From: A B".
func label(l string) (blockField, string) {
	l = strings.TrimLeft(l, " *\t")
	i := strings.IndexByte(l, ':')
	if i < 1 || i > 30 {
		return noField, ""
	}
	value := strings.TrimSpace(strings.TrimLeft(l[i+1:], "*"))
	name := strings.ToLower(strings.Trim(l[:i], " *\t"))
	if f, ok := labels[name]; ok {
		return f, value
	}
	if a, b, ok := strings.Cut(name, "/"); ok {
		if f, ok := labels[strings.TrimSpace(a)]; ok {
			return f, value
		}
		if f, ok := labels[strings.TrimSpace(b)]; ok {
			return f, value
		}
	}
	return noField, ""
}

// fieldBlock reads a block of at least need different fields with a sender
// among them, and gives the number of lines up to the text below.
func fieldBlock(lines []string, need int) (intake.Inner, int) {
	if f, _ := label(lines[0]); f == noField || f == otherField {
		return intake.Inner{}, 0
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
		return intake.Inner{}, 0
	}
	return r.in, end
}

type blockReader struct {
	in   intake.Inner
	seen [otherField + 1]bool
	last blockField
}

// take reads the line at k and gives how many lines belong to it, 0 when the
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
		if g, _ := label(lines[k+1]); g == noField { // the value has a line of its own
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

// continued allows for a field that was broken over two lines: an address
// below its name, a long list of recipients.
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

// continues reports whether a recipient line goes on in the next.
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
