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
	var in intake.Inner
	if f, _ := label(lines[0]); f == noField {
		return in, 0
	}
	var seen [otherField + 1]bool
	last, end := noField, 0
	for k := 0; k < len(lines) && k < 25; k++ {
		l := lines[k]
		if strings.TrimSpace(l) == "" {
			// Blank lines stand between the fields where each was a paragraph.
			next := skipBlank(lines, k)
			if next == len(lines) || next > k+2 {
				break
			}
			if f, _ := label(lines[next]); f == noField || seen[f] && f != otherField {
				break
			}
			continue
		}
		f, value := label(l)
		if f == noField {
			if spec := strings.TrimSpace(l); last == fromField && in.From.Addr == "" && strings.HasPrefix(spec, "<") && cleanAddr(strings.Trim(spec, "<>")) != "" {
				in.From.Addr = cleanAddr(strings.Trim(spec, "<>")) // the line was broken after the name
				end = k + 1
				continue
			}
			if last == toField || last == otherField || last == subjectField && k+1 < len(lines) && strings.HasPrefix(l, " ") {
				if len(l) < 1000 && continues(lines[k-1]) {
					end = k + 1
					continue // a long list of recipients
				}
			}
			break
		}
		if f != otherField && seen[f] {
			break
		}
		if value == "" && k+1 < len(lines) && f != otherField {
			if g, _ := label(lines[k+1]); g == noField { // the value has a line of its own
				value = strings.TrimSpace(lines[k+1])
				k++
			}
		}
		seen[f], last, end = true, f, k+1
		takeField(&in, f, value)
	}
	distinct := 0
	for _, f := range []blockField{fromField, dateField, toField, subjectField} {
		if seen[f] {
			distinct++
		}
	}
	if !seen[fromField] || distinct < need || distinct < 2 && in.From.Addr == "" {
		return intake.Inner{}, 0
	}
	return in, end
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
