package doctext

import (
	"bytes"
	"strconv"
	"strings"
	"unicode/utf16"

	"golang.org/x/text/encoding/charmap"
)

const maxGroups = 500 // open groups of an RTF file

// RTF returns the text of a Rich Text Format document. Bytes escaped as \'hh
// are Windows-1252, or in the code page that the document names.
func RTF(b []byte, left *Budget) (string, error) {
	b = b[:min(len(b), maxFile)]
	if !bytes.HasPrefix(bytes.TrimLeft(b, "\xef\xbb\xbf \r\n\t"), []byte(`{\rtf`)) {
		return "", ErrFormat
	}
	if !left.scanned(len(b)) {
		return "", ErrTooLarge
	}
	r := rtfReader{b: b, page: charmap.Windows1252, uc: 1}
	return r.read()
}

type rtfReader struct {
	b    []byte
	pos  int
	out  strings.Builder
	page *charmap.Charmap
	skip bool // in a group whose content is not text
	uc   int  // characters after each \u that replace it for old readers
	omit int  // how many of them have still to be skipped
	high rune // first half of a surrogate pair
	open []rtfGroup
}

type rtfGroup struct {
	skip bool
	uc   int
}

func (r *rtfReader) read() (string, error) {
	for r.pos < len(r.b) && r.out.Len() < maxText {
		c := r.b[r.pos]
		r.pos++
		switch c {
		case '{':
			if len(r.open) >= maxGroups {
				return r.out.String(), ErrTooLarge
			}
			r.open = append(r.open, rtfGroup{r.skip, r.uc})
		case '}':
			if n := len(r.open); n > 0 {
				r.skip, r.uc = r.open[n-1].skip, r.open[n-1].uc
				r.open = r.open[:n-1]
			}
			r.omit = 0
		case '\\':
			r.control()
		case '\r', '\n', 0:
		default:
			r.char(rune(c))
			if c >= 0x80 {
				r.omit = 0
			}
		}
	}
	if strings.TrimSpace(r.out.String()) == "" {
		return "", ErrNoText
	}
	return r.out.String(), nil
}

func (r *rtfReader) char(c rune) {
	if r.omit > 0 {
		r.omit--
		return
	}
	if r.skip {
		return
	}
	if c >= 0x80 && c < 0x100 {
		c = r.page.DecodeByte(byte(c))
	}
	r.out.WriteRune(c)
}

// control reads a control word or symbol, after its backslash.
func (r *rtfReader) control() {
	if r.pos >= len(r.b) {
		return
	}
	c := r.b[r.pos]
	if c|0x20 < 'a' || c|0x20 > 'z' {
		r.pos++
		r.symbol(c)
		return
	}
	start := r.pos
	for r.pos < len(r.b) && r.b[r.pos]|0x20 >= 'a' && r.b[r.pos]|0x20 <= 'z' {
		r.pos++
	}
	word := string(r.b[start:min(r.pos, start+32)])
	start = r.pos
	if r.pos < len(r.b) && r.b[r.pos] == '-' {
		r.pos++
	}
	for r.pos < len(r.b) && r.b[r.pos] >= '0' && r.b[r.pos] <= '9' {
		r.pos++
	}
	n, err := strconv.Atoi(string(r.b[start:min(r.pos, start+12)]))
	if r.pos < len(r.b) && r.b[r.pos] == ' ' {
		r.pos++
	}
	r.word(word, n, err == nil)
}

func (r *rtfReader) symbol(c byte) {
	switch c {
	case '\'':
		if r.pos+2 <= len(r.b) {
			if n, err := strconv.ParseUint(string(r.b[r.pos:r.pos+2]), 16, 8); err == nil {
				r.pos += 2
				r.char(rune(n))
			}
		}
	case '*':
		r.skip = true
	case '~':
		r.char(' ')
	case '_':
		r.char('-')
	case '\\', '{', '}':
		r.char(rune(c))
	case '\r', '\n':
		r.char('\n')
	}
}

func (r *rtfReader) word(w string, n int, has bool) {
	switch w {
	case "par", "line", "sect", "page", "row":
		r.char('\n')
	case "tab", "cell":
		r.char('\t')
	case "u":
		r.unicode(rune(uint16(n)))
	case "uc":
		r.uc = min(max(n, 0), 10)
	case "bin":
		if has && n > 0 {
			r.pos = min(len(r.b), r.pos+n)
		}
	case "ansicpg":
		if p := codePages[n]; p != nil {
			r.page = p
		}
	case "mac":
		r.page = charmap.Macintosh
	case "lquote":
		r.char('‘')
	case "rquote":
		r.char('’')
	case "ldblquote":
		r.char('“')
	case "rdblquote":
		r.char('”')
	case "endash":
		r.char('–')
	case "emdash":
		r.char('—')
	case "bullet":
		r.char('•')
	case "fonttbl", "colortbl", "stylesheet", "info", "pict", "object", "header", "footer", "headerl", "headerr", "footerl", "footerr", "themedata", "listtable", "fldinst", "xe", "tc":
		r.skip = true
	}
}

var codePages = map[int]*charmap.Charmap{
	1250: charmap.Windows1250, 1251: charmap.Windows1251, 1252: charmap.Windows1252, 1253: charmap.Windows1253, 1254: charmap.Windows1254,
	1255: charmap.Windows1255, 1256: charmap.Windows1256, 1257: charmap.Windows1257, 1258: charmap.Windows1258, 437: charmap.CodePage437, 850: charmap.CodePage850,
}

func (r *rtfReader) unicode(c rune) {
	switch {
	case utf16.IsSurrogate(c) && r.high == 0:
		r.high = c
	case r.high != 0:
		if full := utf16.DecodeRune(r.high, c); !r.skip {
			r.out.WriteRune(full)
		}
		r.high = 0
	default:
		if !r.skip {
			r.out.WriteRune(c)
		}
	}
	r.omit = r.uc
}
