package eml

import (
	"bytes"
	"cmp"
	"slices"
	"strings"

	"requestd/intake"
	"requestd/intake/eml/doctext"
)

// entity is one MIME entity: a slice of the raw mail, not a copy.
//
// The mail is divided at its boundaries here rather than by go-message's walk:
// that ends at the first bad part header, has no limit of its own, and cannot
// distinguish a part that the sender left open from one that a partial fetch
// cut. go-message only decodes each entity's base64 and charsets.
type entity struct {
	depth    int
	header   header
	typ      string
	param    map[string]string
	disp     string // inline, attachment or ""
	dispAttr map[string]string
	body     []byte
	kids     []*entity
	whole    bool // its end was seen
	taken    bool // its text is the mail's own
}

// tree reads the entities of one mail within its limits.
type tree struct {
	parts  int
	files  int // documents read
	budget *doctext.Budget
	faults *faults
}

func (t *tree) read(raw []byte, depth int, whole bool) *entity {
	e := &entity{depth: depth}
	e.header, e.body = readHeader(raw)
	for _, f := range e.header.faults {
		t.faults.add(f)
	}
	e.whole = whole
	t.parts++
	t.typed(e)
	if strings.HasPrefix(e.typ, "multipart/") {
		t.split(e)
	}
	return e
}

// typed reads the fields that say what kind of entity it is.
func (t *tree) typed(e *entity) {
	if v := e.header.get("content-type"); v != "" {
		e.typ, e.param = mediaType(v)
		for k, v := range e.param {
			if k != "boundary" {
				e.param[k] = intake.OneLine(v, maxSubject)
			}
		}
	}
	switch {
	case e.typ == "" || e.typ == "text":
		e.typ = "text/plain"
	case !strings.Contains(e.typ, "/") || !isToken(e.typ):
		t.faults.add("a content type could not be read")
		e.typ = "application/octet-stream"
		if e.depth == 0 {
			e.typ = "text/plain"
		}
	case len(e.typ) > 127: // RFC 6838, section 4.2
		e.typ = "application/octet-stream"
	}
	if v := e.header.get("content-disposition"); v != "" {
		e.disp, e.dispAttr = mediaType(v)
	}
}

// isToken reports whether s consists of the characters of RFC 2045, section
// 5.1, and slashes.
func isToken(s string) bool {
	for i := 0; i < len(s); i++ {
		if s[i] <= ' ' || s[i] >= 0x7f || strings.IndexByte(`()<>@,;:\"[]?=`, s[i]) >= 0 {
			return false
		}
	}
	return true
}

// split divides a multipart at its boundary.
func (t *tree) split(e *entity) {
	boundary := e.param["boundary"]
	if boundary == "" {
		if boundary = guessBoundary(e.body); boundary != "" {
			t.faults.add("a multipart names no boundary; one was found in it")
		} else {
			t.faults.add("a multipart names no boundary and was read as text")
			e.typ = "text/plain"
			return
		}
	}
	if e.depth >= maxDepth {
		t.faults.add("parts are nested too deep; the inner ones were not read")
		return
	}
	whole := e.whole
	rest, start, closed := e.body, -1, false
	pos := 0
	for !closed {
		at, next, last := nextBoundary(rest, pos, boundary)
		if at < 0 {
			break
		}
		if start >= 0 && !t.add(e, rest[start:at], true) {
			return
		}
		start, pos, closed = next, next, last
	}
	switch {
	case closed:
		e.whole = true
	case start >= 0:
		if whole {
			t.faults.add("a multipart has no end")
		}
		t.add(e, cutDelimiter(rest[start:], boundary), whole)
	case whole && e.encoding() == "base64" && bytes.Contains(e.content(len(e.body), t.faults), []byte("--"+boundary)): // encoded as a whole, which RFC 2045 forbids
		e.body = e.content(len(e.body), t.faults)
		e.header.fields = slices.DeleteFunc(slices.Clone(e.header.fields), func(f intake.Field) bool { return f.Name == "content-transfer-encoding" })
		t.split(e)
	case whole: // the boundary does not occur in the body
		t.faults.add("a multipart has no parts and was read as text")
		e.typ = "text/plain"
	}
}

func (t *tree) add(e *entity, raw []byte, whole bool) bool {
	if t.parts >= maxParts {
		t.faults.add("the mail has too many parts; the later ones were not read")
		return false
	}
	e.kids = append(e.kids, t.read(raw, e.depth+1, whole))
	return true
}

// nextBoundary finds the next delimiter line from pos on: where the line end
// before it is, where the text after it begins, and whether it is the last.
func nextBoundary(b []byte, pos int, boundary string) (at, next int, last bool) {
	for pos < len(b) {
		i := indexDelimiter(b[pos:], boundary)
		if i < 0 {
			return -1, 0, false
		}
		at = pos + i
		end := at + 2 + len(boundary)
		line, _ := cutLine(b[end:])
		tail := bytes.TrimRight(line, " \t\r\n")
		if len(tail) == 0 || bytes.HasPrefix(tail, []byte("--")) {
			last = len(tail) > 0
			next = end + len(line)
			if at > 0 && b[at-1] == '\n' {
				at--
			}
			if at > 0 && b[at-1] == '\r' {
				at--
			}
			return max(at, pos), next, last
		}
		pos = end
	}
	return -1, 0, false
}

// indexDelimiter finds "--boundary" at the start of a line.
func indexDelimiter(b []byte, boundary string) int {
	off := 0
	for {
		i := bytes.Index(b[off:], []byte(boundary))
		if i < 0 {
			return -1
		}
		at := off + i - 2
		if at >= 0 && b[at] == '-' && b[at+1] == '-' && (at == 0 || b[at-1] == '\n') {
			return at
		}
		off += i + 1
	}
}

// cutDelimiter removes the beginning of a delimiter from the end of a part, if
// the mail was cut in the middle of the delimiter.
func cutDelimiter(b []byte, boundary string) []byte {
	i := bytes.LastIndex(b, []byte("\n--"))
	if i < 0 {
		return b
	}
	if tail := bytes.TrimRight(b[i+3:], "\r\n- "); len(tail) > 0 && len(tail) <= len(boundary) && strings.HasPrefix(boundary, string(tail)) {
		return bytes.TrimSuffix(b[:i], []byte("\r"))
	}
	return b
}

// guessBoundary returns the first line that looks like a delimiter before
// fields.
func guessBoundary(b []byte) string {
	for range 200 {
		line, next := cutLine(b)
		if len(line) == 0 {
			return ""
		}
		if text := bytes.TrimRight(line, " \t\r\n"); len(text) > 4 && len(text) <= 80 && bytes.HasPrefix(text, []byte("--")) && bytes.IndexByte(text, ' ') < 0 {
			if len(next) >= 8 && strings.EqualFold(string(next[:8]), "content-") {
				return string(text[2:])
			}
		}
		b = next
	}
	return ""
}

// fileName returns the name under which the sender attached the entity.
func (e *entity) fileName() string {
	name := cmp.Or(e.dispAttr["filename"], e.param["name"])
	if name == "" {
		return ""
	}
	return safeName(decodeWords(name))
}

// safeName returns the part of a file name that can be shown: no path, no
// invisible character. The name is cleaned before anything depends on it.
func safeName(name string) string {
	name = intake.OneLine(name, maxName)
	if i := strings.LastIndexAny(name, `/\`); i >= 0 {
		name = name[i+1:]
	}
	return strings.TrimSpace(name)
}

// parts lists the entities in their order in the mail.
func (e *entity) parts(list []intake.Part) []intake.Part {
	list = append(list, intake.Part{Depth: e.depth, Type: e.typ, Param: e.param})
	for _, k := range e.kids {
		list = k.parts(list)
	}
	return list
}

// faults collects what could not be read, each once.
type faults []string

func (f *faults) add(s string) {
	if len(*f) < maxFaults && !slices.Contains(*f, s) {
		*f = append(*f, s)
	}
}
