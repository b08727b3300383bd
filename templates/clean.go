package templates

import (
	"cmp"
	"reflect"
	"regexp"
	"strings"
	"unicode"
)

// How much of a stranger's words is shown.
const (
	maxLine         = 300  // runes of any one field
	maxSubject      = 150  // runes of a subject
	maxExcerpt      = 1500 // runes of an excerpt
	maxExcerptLines = 40
	maxExcerptBytes = 64 << 10 // read at most, of what is shown
	maxMarks        = 3        // combining marks on one letter
)

// Line makes s fit for one line: it removes controls, line ends, bidi and
// invisible characters, makes runs of space one space, and cuts what exceeds
// limit runes.
func Line(s string, limit int) string {
	if len(s) <= limit && isPlain(s) {
		return s
	}
	var b strings.Builder
	n, marks, space := 0, 0, false
	for _, r := range s {
		if unicode.IsSpace(r) {
			space = b.Len() > 0
			continue
		}
		if hidden(r) || tooManyMarks(r, &marks) {
			continue
		}
		if space {
			b.WriteByte(' ')
			n++
			space = false
		}
		if n >= limit {
			return strings.TrimRight(b.String(), " ") + " …"
		}
		b.WriteRune(r)
		n++
	}
	return b.String()
}

// isPlain reports whether s is ASCII that Line would not change.
func isPlain(s string) bool {
	for i := range len(s) {
		if s[i] < ' ' || s[i] > '~' || s[i] == ' ' && (i == 0 || i == len(s)-1 || s[i+1] == ' ') {
			return false
		}
	}
	return true
}

// Excerpt makes the text of a mail fit to be shown to staff: plain, line by
// line, with links that cannot be clicked, and limited in runes and lines.
func Excerpt(s string) string {
	s = s[:min(len(s), maxExcerptBytes)]
	s = strings.NewReplacer("\r\n", "\n", "\r", "\n", "\u2028", "\n", "\u2029", "\n", "\u0085", "\n", "\v", "\n", "\f", "\n").Replace(s)
	var lines []string
	left := maxExcerpt
	for line := range strings.SplitSeq(s, "\n") {
		line = defang(Line(line, left))
		if line == "" && (len(lines) == 0 || lines[len(lines)-1] == "") {
			continue
		}
		lines = append(lines, line)
		left -= len([]rune(line)) + 1
		if left <= 0 || len(lines) >= maxExcerptLines {
			lines = append(lines, "[shortened here; the whole mail is in the mailbox]")
			break
		}
	}
	for len(lines) > 0 && lines[len(lines)-1] == "" {
		lines = lines[:len(lines)-1]
	}
	return strings.Join(lines, "\n")
}

// ownWords makes what somebody of the body wrote fit to be shown line by line.
func ownWords(s string) string {
	var lines []string
	for line := range strings.SplitSeq(strings.ReplaceAll(s, "\r\n", "\n"), "\n") {
		lines = append(lines, Line(line, maxExcerptBytes))
	}
	return strings.TrimSpace(strings.Join(lines, "\n"))
}

// Shown returns the beginning of s that is enough for Excerpt to return the
// same.
func Shown(s string) string {
	s = s[:min(len(s), maxExcerptBytes)]
	seen := 0
	for i := range len(s) {
		if s[i] > ' ' && s[i] <= '~' {
			seen++
		}
		if seen > maxExcerpt+maxExcerptLines {
			return s[:i+1]
		}
	}
	return s
}

// links matches what mail programs make clickable or what opens a program: a
// scheme such as https: or ms-word:, a share on a server, a host name. It
// matches mail addresses too, so that they can be left unchanged.
var links = regexp.MustCompile(`[\pL\pN._%+'-]+@[\pL\pN.-]+|\pL[\pL\pN+-]+:|://|\\\\|[\pL\pN-]+(?:\.[\pL\pN-]+)*\.\pL[\pL-]+`)

// papers matches names that end like those of documents and pictures, which no
// host's name does.
var papers = regexp.MustCompile(`(?i)\.(?:pdf|docx?|xlsx?|pptx?|odt|ods|rtf|txt|csv|eml|msg|html?|jpe?g|png|gif|tiff?|heic)$`)

// defang breaks the links in a stranger's words: otherwise a mail program would
// make them clickable, and a forged choice would look like one of ours.
func defang(s string) string {
	if !strings.ContainsAny(s, `:.\`) {
		return s
	}
	var b strings.Builder
	at := 0
	for _, m := range links.FindAllStringIndex(s, -1) {
		l, rest := s[m[0]:m[1]], s[m[1]:]
		label := strings.HasSuffix(l, ":") && (rest == "" || rest[0] == ' ') && !strings.EqualFold(l, "mailto:") // a label for what follows it
		b.WriteString(s[at:m[0]])
		if at = m[1]; label || strings.Contains(l, "@") || papers.MatchString(l) {
			b.WriteString(l)
			continue
		}
		b.WriteString(spoiled.Replace(l))
	}
	b.WriteString(s[at:])
	return b.String()
}

var spoiled = strings.NewReplacer(":", "[:]", ".", "[.]", `\`, `[\]`)

// hidden reports whether r is invisible or changes the direction of text:
// controls, format characters (bidi, zero width, tags), surrogates, private
// use, fillers, variation selectors, and what is no character.
func hidden(r rune) bool {
	switch r {
	case unicode.ReplacementChar, 0x034F, 0x115F, 0x1160, 0x17B4, 0x17B5, 0x2800, 0x3164, 0xFFA0:
		return true
	}
	return unicode.In(r, unicode.Cc, unicode.Cf, unicode.Co, unicode.Cs, unicode.Zl, unicode.Zp, unicode.Variation_Selector) ||
		!unicode.IsGraphic(r)
}

// tooManyMarks counts combining marks in a row, which would cover other text.
func tooManyMarks(r rune, marks *int) bool {
	if !unicode.Is(unicode.M, r) {
		*marks = 0
		return false
	}
	*marks++
	return *marks > maxMarks
}

// cleaned returns a deep copy of v in which every string has passed Line and,
// if foreign, defang: so no field can be forgotten, and templates need not do
// it. A field tagged clean:"text" passes Excerpt, one tagged clean:"own" only
// Line, and one tagged clean:"words" keeps its lines.
func cleaned[T any](v T, foreign bool) T {
	how := "own"
	if foreign {
		how = "mail"
	}
	var out T
	clean(reflect.ValueOf(&out).Elem(), reflect.ValueOf(v), how)
	return out
}

func clean(dst, src reflect.Value, how string) {
	switch src.Kind() {
	case reflect.String:
		dst.SetString(cleanString(src.String(), how))
	case reflect.Struct:
		for i := range src.NumField() {
			clean(dst.Field(i), src.Field(i), cmp.Or(src.Type().Field(i).Tag.Get("clean"), how))
		}
	case reflect.Slice:
		if src.IsNil() {
			return
		}
		dst.Set(reflect.MakeSlice(src.Type(), src.Len(), src.Len()))
		for i := range src.Len() {
			clean(dst.Index(i), src.Index(i), how)
		}
	default:
		dst.Set(src)
	}
}

func cleanString(s, how string) string {
	switch how {
	case "text":
		return Excerpt(s)
	case "words":
		return ownWords(s)
	case "own":
		return Line(s, maxLine)
	}
	return defang(Line(s, maxLine))
}
