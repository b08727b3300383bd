package eml

import (
	"bytes"
	"slices"
	"strings"

	"golang.org/x/net/html"
	"golang.org/x/net/html/atom"
)

// htmlText returns the text of an HTML part as a reader sees it; see
// htmlWriter. The part is parsed into a tree, so that what a sender left open
// or wrote twice ends where a browser ends it. Text that is not shown is left
// out, unless hardly anything is shown: then the tree was misread, or is
// broken, and hidden says so.
func htmlText(b []byte) (text string, hidden bool) {
	b = tidyHTML(b)
	root, err := html.ParseWithOptions(bytes.NewReader(b), html.ParseOptionEnableScripting(false))
	if err != nil { // nested deeper than the parser allows
		return flatHTML(b), false
	}
	w := treeWriter{htmlWriter: htmlWriter{out: make([]byte, 0, len(b)/2)}}
	w.node(root, false)
	if w.left > 40 && !fuller(string(w.out), 20) {
		w = treeWriter{all: true}
		w.node(root, false)
		hidden = true
	}
	return string(w.out), hidden
}

// treeWriter walks a tree. The parser limits its depth, and tidyHTML its size.
type treeWriter struct {
	htmlWriter
	all  bool // write what is hidden too
	left int  // letters of hidden text that were left out
}

// node writes the content of a node. shrunk says that the text around it has
// size zero, as in the wrappers of newsletters, whose children set a size
// again.
func (w *treeWriter) node(n *html.Node, shrunk bool) {
	if len(w.out) > maxText {
		return
	}
	switch n.Type {
	case html.TextNode:
		if shrunk && !w.all {
			w.left += len(strings.TrimSpace(n.Data))
			return
		}
		w.text(n.Data)
		return
	case html.ElementNode:
	case html.DocumentNode:
		w.children(n, shrunk)
		return
	default:
		return
	}
	if unseen(n) {
		return
	}
	a := readAttributes(n)
	if !w.all {
		if a.hidden || n.DataAtom == atom.Svg || n.DataAtom == atom.Select {
			w.left += letters(n)
			return
		}
		if a.sized {
			shrunk = a.shrunk
		}
	}
	w.element(n, &a, shrunk)
}

func (w *treeWriter) children(n *html.Node, shrunk bool) {
	for c := n.FirstChild; c != nil; c = c.NextSibling {
		w.node(c, shrunk)
	}
}

func (w *treeWriter) element(n *html.Node, a *attributes, shrunk bool) {
	switch n.DataAtom {
	case atom.Br:
		w.newline()
	case atom.Hr:
		w.block()
		w.rule()
	case atom.P, atom.H1, atom.H2, atom.H3, atom.H4, atom.H5, atom.H6, atom.Ul, atom.Ol, atom.Dl, atom.Table, atom.Fieldset:
		w.gap()
		w.children(n, shrunk)
		w.gap()
	case atom.Pre, atom.Textarea, atom.Listing, atom.Plaintext:
		w.gap()
		w.pre++
		w.children(n, shrunk)
		w.pre--
		w.gap()
	case atom.Li:
		w.block()
		w.begin()
		w.out = append(w.out, "- "...)
		w.children(n, shrunk)
		w.block()
	case atom.Td, atom.Th:
		w.space = w.line
		w.children(n, shrunk)
	case atom.Div:
		w.block()
		if a.border {
			w.rule()
		}
		w.children(n, shrunk)
		w.block()
	case atom.Tr, atom.Section, atom.Article, atom.Header, atom.Footer, atom.Main, atom.Nav, atom.Aside, atom.Figure, atom.Figcaption, atom.Address, atom.Form, atom.Legend, atom.Caption, atom.Details, atom.Summary, atom.Dt, atom.Dd, atom.Center:
		w.block()
		w.children(n, shrunk)
		w.block()
	case atom.Label:
		w.space = w.line
		w.children(n, shrunk)
		w.space = true
	case atom.Input:
		w.space = w.line
		w.text(a.value)
		w.space = true
	case atom.A:
		from := len(w.out)
		w.children(n, shrunk)
		w.link(a.href, from)
	case atom.Blockquote:
		w.gap()
		if a.cite {
			w.level++
		}
		w.children(n, shrunk)
		w.block()
		if a.cite {
			w.level--
		}
	default:
		w.children(n, shrunk)
	}
}

// letters counts the bytes of text in a node.
func letters(n *html.Node) (count int) {
	if n.Type == html.TextNode {
		return len(strings.TrimSpace(n.Data))
	}
	if n.Type == html.ElementNode && unseen(n) {
		return 0
	}
	for c := n.FirstChild; c != nil; c = c.NextSibling {
		count += letters(c)
	}
	return count
}

// unseen reports whether an element contains no text for a reader.
func unseen(n *html.Node) bool {
	switch n.DataAtom {
	case atom.Style, atom.Script, atom.Head, atom.Template, atom.Object, atom.Iframe, atom.Title, atom.Meta, atom.Link:
		return true
	}
	return n.Data == "xml"
}

type attributes struct {
	hidden, cite, border bool
	sized, shrunk        bool // it sets the size of its text; it sets it to zero
	href, value          string
}

func readAttributes(n *html.Node) (a attributes) {
	for _, at := range n.Attr {
		switch at.Key {
		case "style":
			s := strings.ToLower(strings.Join(strings.Fields(at.Val), ""))
			a.hidden = a.hidden || strings.Contains(s, "display:none") || strings.Contains(s, "visibility:hidden") || strings.Contains(s, "max-height:0") && strings.Contains(s, "overflow:hidden") && !strings.Contains(s, "max-height:0.")
			a.sized, a.shrunk = fontSize(s)
			a.border = a.border || strings.Contains(s, "border-top:solid#e1e1e1") || strings.Contains(s, "border-top:solid#b5c4df")
			a.cite = a.cite || strings.Contains(s, "border-left") && !strings.Contains(s, "border-left:none") && !strings.Contains(s, "border-left:0")
		case "hidden":
			a.hidden = true
		case "size":
			a.sized = a.sized || n.DataAtom == atom.Font || n.Data == "span" // tidyHTML made it of a font
		case "type":
			a.cite = a.cite || strings.EqualFold(at.Val, "cite")
			a.hidden = a.hidden || n.DataAtom == atom.Input && strings.EqualFold(at.Val, "hidden")
		case "cite":
			a.cite = true
		case "class":
			a.cite = a.cite || quoteClass(strings.ToLower(at.Val))
		case "id":
			a.border = a.border || strings.HasSuffix(at.Val, "divRplyFwdMsg")
		case "href":
			a.href = at.Val
		case "value":
			a.value = at.Val
		}
	}
	return a
}

// quoteClass recognises the classes by which mail programs mark a quotation.
// Those of quoting boxes on web pages, such as blockquote, do not mean that.
func quoteClass(class string) bool {
	return slices.ContainsFunc(strings.Fields(class), func(c string) bool {
		return (strings.Contains(c, "quote") || strings.Contains(c, "cite")) && !strings.Contains(c, "blockquote") && !strings.Contains(c, "block-quote") && !strings.Contains(c, "pull") && c != "quote"
	})
}

// fontSize reports whether a style sets the size of the text, and whether to
// zero.
func fontSize(style string) (sized, nothing bool) {
	_, v, ok := strings.Cut(style, "font-size:")
	if !ok {
		if _, v, ok = strings.Cut(style, "font:"); !ok || v == "" || !isDigit(v[0]) {
			return false, false
		}
	}
	number := v[:len(v)-len(strings.TrimLeft(v, "0123456789."))]
	return true, number != "" && strings.Trim(number, "0.") == ""
}
