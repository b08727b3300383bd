package eml

import (
	"bytes"
	"strings"

	"golang.org/x/net/html"
	"golang.org/x/net/html/atom"
)

// htmlText gives the text of an HTML part line by line. What is not shown is
// left out; text in a quoting block comes as lines that begin with ">", so
// that it is told from new text as in a plain mail; the rule above an Outlook
// header block comes as a line of underscores.
func htmlText(b []byte) string {
	w := htmlWriter{out: make([]byte, 0, len(b)/2)}
	z := html.NewTokenizer(bytes.NewReader(b))
	z.SetMaxBuf(1 << 20)
	for len(w.out) < maxText {
		switch z.Next() {
		case html.ErrorToken:
			return string(w.out)
		case html.TextToken:
			w.text(z.Text())
		case html.StartTagToken:
			w.start(z, false)
		case html.SelfClosingTagToken:
			w.start(z, true)
		case html.EndTagToken:
			name, _ := z.TagName()
			w.end(atom.Lookup(name))
		}
	}
	return string(w.out)
}

type htmlWriter struct {
	out    []byte
	skip   atom.Atom // the element whose content is not shown
	depth  int       // of that element within itself
	quotes []bool    // open blockquotes: is it a quotation
	level  int       // quotations among them
	pre    int
	href   string
	label  int  // where the text of the open link begins
	space  bool // white space waits to be written
	line   bool // the line has begun
}

func (w *htmlWriter) text(b []byte) {
	if w.skip != 0 {
		return
	}
	// Entities last: an escaped "<" must not be read as a tag, nor &nbsp; be folded.
	if bytes.IndexByte(b, '&') >= 0 {
		b = []byte(html.UnescapeString(string(b)))
	}
	for i := 0; i < len(b); i++ {
		switch c := b[i]; {
		case c == '\n' && w.pre > 0:
			w.newline()
		case c == ' ' || c == '\n' || c == '\r' || c == '\t' || c == '\f':
			w.space = true
		case c == 0xc2 && i+1 < len(b) && b[i+1] == 0xa0:
			w.space = true
			i++
		default:
			w.begin()
			w.out = append(w.out, c)
		}
	}
}

// begin writes what goes before the next character.
func (w *htmlWriter) begin() {
	if !w.line {
		for range min(w.level, 5) {
			w.out = append(w.out, '>', ' ')
		}
		w.line = true
	} else if w.space {
		w.out = append(w.out, ' ')
	}
	w.space = false
}

func (w *htmlWriter) newline() {
	if !w.line && w.level > 0 {
		w.out = append(w.out, '>')
	}
	w.out = append(w.out, '\n')
	w.line, w.space = false, false
}

// block ends the line if one has begun.
func (w *htmlWriter) block() {
	if w.line {
		w.newline()
	}
	w.space = false
}

// gap leaves one blank line.
func (w *htmlWriter) gap() {
	w.block()
	if n := len(w.out); n > 1 && !(w.out[n-1] == '\n' && (w.out[n-2] == '\n' || w.out[n-2] == '>')) {
		w.newline()
	}
}

func (w *htmlWriter) start(z *html.Tokenizer, closed bool) {
	name, more := z.TagName()
	tag := atom.Lookup(name)
	if w.skip != 0 {
		if tag == w.skip && !closed {
			w.depth++
		}
		return
	}
	var a attributes
	if more && interesting(tag) {
		a.read(z)
	}
	if unseen(tag) || a.hidden && !closed && !void(tag) {
		if !closed && !void(tag) {
			w.skip, w.depth = tag, 1
		}
		return
	}
	switch tag {
	case atom.Br:
		w.newline()
	case atom.Hr:
		w.block()
		w.rule()
	case atom.P, atom.H1, atom.H2, atom.H3, atom.H4, atom.H5, atom.H6, atom.Ul, atom.Ol, atom.Table:
		w.gap()
	case atom.Pre:
		w.gap()
		w.pre++
	case atom.Li:
		w.block()
		w.begin()
		w.out = append(w.out, "- "...)
	case atom.Td, atom.Th:
		w.space = w.line
	case atom.Tr, atom.Section, atom.Article, atom.Header, atom.Footer, atom.Dt, atom.Dd, atom.Title, atom.Center, atom.Body, atom.Html:
		w.block()
	case atom.Div:
		w.block()
		if a.border {
			w.rule()
		}
	case atom.A:
		w.href, w.label = a.href, len(w.out)
	case atom.Blockquote:
		w.gap()
		w.quotes = append(w.quotes, a.cite)
		if a.cite {
			w.level++
		}
	}
}

// rule writes the line that Outlook's plain text has above a quoted mail.
func (w *htmlWriter) rule() {
	w.begin()
	w.out = append(w.out, ruleLine...)
	w.newline()
}

const ruleLine = "________________________________"

func (w *htmlWriter) end(tag atom.Atom) {
	if w.skip != 0 {
		if tag == w.skip {
			if w.depth--; w.depth == 0 {
				w.skip = 0
			}
		}
		return
	}
	switch tag {
	case atom.P, atom.H1, atom.H2, atom.H3, atom.H4, atom.H5, atom.H6, atom.Ul, atom.Ol, atom.Table:
		w.gap()
	case atom.Pre:
		w.pre = max(0, w.pre-1)
		w.gap()
	case atom.Div, atom.Tr, atom.Li, atom.Section, atom.Article, atom.Header, atom.Footer, atom.Dt, atom.Dd, atom.Title, atom.Center:
		w.block()
	case atom.A:
		w.link()
	case atom.Blockquote:
		w.block()
		if n := len(w.quotes); n > 0 {
			if w.quotes[n-1] {
				w.level--
			}
			w.quotes = w.quotes[:n-1]
		}
	}
}

// link adds the address of a link whose text does not show it.
func (w *htmlWriter) link() {
	href := strings.TrimSpace(w.href)
	w.href = ""
	if href == "" || len(href) > 500 || w.label > len(w.out) {
		return
	}
	bare := strings.TrimPrefix(strings.TrimPrefix(strings.TrimPrefix(href, "mailto:"), "https://"), "http://")
	label := string(w.out[w.label:])
	if bare == href || bare == "" || strings.Contains(label, strings.TrimSuffix(bare, "/")) || strings.TrimSpace(label) == "" {
		return
	}
	w.begin()
	w.out = append(w.out, " <"...)
	w.out = append(w.out, strings.Map(func(r rune) rune {
		if r <= ' ' {
			return -1
		}
		return r
	}, strings.TrimPrefix(href, "mailto:"))...)
	w.out = append(w.out, '>')
}

type attributes struct {
	hidden, cite, border bool
	href                 string
}

func (a *attributes) read(z *html.Tokenizer) {
	for range 50 {
		key, val, more := z.TagAttr()
		switch string(key) {
		case "style":
			s := strings.ToLower(strings.ReplaceAll(string(val), " ", ""))
			a.hidden = a.hidden || strings.Contains(s, "display:none") || strings.Contains(s, "visibility:hidden") || strings.Contains(s, "font-size:0px") || strings.Contains(s, "mso-hide:all")
			a.border = a.border || strings.Contains(s, "border-top:solid#e1e1e1") || strings.Contains(s, "border-top:solid#b5c4df")
			a.cite = a.cite || strings.Contains(s, "border-left")
		case "hidden":
			a.hidden = true
		case "type":
			a.cite = a.cite || strings.EqualFold(string(val), "cite")
		case "cite":
			a.cite = true
		case "class":
			s := strings.ToLower(string(val))
			a.cite = a.cite || strings.Contains(s, "quote") || strings.Contains(s, "cite")
		case "id":
			a.border = a.border || strings.EqualFold(string(val), "divRplyFwdMsg")
		case "href":
			a.href = string(val)
		}
		if !more {
			return
		}
	}
}

// interesting are the elements whose attributes count.
func interesting(tag atom.Atom) bool {
	switch tag {
	case atom.Div, atom.Span, atom.P, atom.Td, atom.Tr, atom.Table, atom.A, atom.Blockquote, atom.Font, atom.Li, atom.Section:
		return true
	}
	return false
}

func unseen(tag atom.Atom) bool {
	switch tag {
	case atom.Style, atom.Script, atom.Head, atom.Template, atom.Noscript, atom.Object, atom.Svg, atom.Select, atom.Textarea, atom.Iframe:
		return true
	}
	return false
}

func void(tag atom.Atom) bool {
	switch tag {
	case atom.Br, atom.Hr, atom.Img, atom.Input, atom.Meta, atom.Link, atom.Col, atom.Wbr, atom.Area, atom.Base, atom.Embed:
		return true
	}
	return false
}
