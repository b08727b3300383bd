package eml

import (
	"bytes"
	"strings"

	"golang.org/x/net/html"
	"golang.org/x/net/html/atom"
)

// Limits on the tree of one HTML part.
const (
	fewTags = 300    // with so few the parser makes at most the square of a quarter of them
	maxTags = 60_000 // elements
	maxOpen = 120    // nested elements; the parser adds up to three to each and ends at 512
)

// tidyHTML prepares a part for the parser, so that its tree cannot cost more
// than the part. It removes tags for bold, colour and the like, since the
// parser repeats open ones in every paragraph, and what is beyond the limits.
func tidyHTML(b []byte) []byte {
	b = unswallow(b)
	if bytes.Count(b, []byte("<")) < fewTags {
		return b // whatever it contains, its tree is small
	}
	z := html.NewTokenizer(bytes.NewReader(b))
	z.SetMaxBuf(4 << 20)
	out := make([]byte, 0, len(b))
	tags, depth, dropped := 0, 0, 0
	for {
		t := z.Next()
		if t == html.ErrorToken {
			return out
		}
		raw := z.Raw()
		if t == html.TextToken || t == html.DoctypeToken {
			out = append(out, raw...)
			continue
		}
		if t == html.CommentToken {
			continue
		}
		name, _ := z.TagName()
		tag := atom.Lookup(name)
		switch {
		case marksText(tag):
		case tag == atom.Font:
			out = append(out, bytes.Replace(bytes.Replace(raw, []byte("font"), []byte("span"), 1), []byte("FONT"), []byte("span"), 1)...)
		case t == html.EndTagToken && closesItself(tag), void(tag):
			out = append(out, raw...)
		case t == html.EndTagToken && dropped > 0:
			dropped--
		case t == html.EndTagToken:
			depth = max(0, depth-1)
			out = append(out, raw...)
		case t == html.SelfClosingTagToken && tag == 0: // <o:p/>
		case tags >= maxTags || depth >= maxOpen && !closesItself(tag):
			dropped++
			if tag != atom.Span && tags < maxTags {
				tags++
				out = append(out, "<br>"...)
			}
		default:
			tags++
			if !closesItself(tag) {
				depth++
			}
			out = append(out, raw...)
		}
	}
}

// swallowing are the elements whose content, up to their end tag, the parser
// reads as plain text, and so the whole part if the sender left one open.
var swallowing = []string{"title", "style", "script", "textarea", "iframe", "noembed", "noframes", "xmp", "plaintext"}

// unswallow replaces elements that swallow the rest by plain ones, and removes
// the beginning of a comment without an end.
func unswallow(b []byte) []byte {
	low := bytes.ToLower(b)
	copied := false
	blank := func(from, to int, with string) {
		if !copied {
			b, copied = bytes.Clone(b), true
		}
		for i := from; i < to; i++ {
			b[i], low[i] = ' ', ' '
		}
		copy(b[from:to], with)
		copy(low[from:to], with)
	}
	if i := bytes.LastIndex(low, []byte("<!--")); i >= 0 && !bytes.Contains(low[i:], []byte("-->")) {
		blank(i, i+4, "")
	}
	for _, name := range swallowing {
		for range 5 {
			start := bytes.LastIndex(low, []byte("<"+name))
			if start < 0 || start < bytes.LastIndex(low, []byte("</"+name)) {
				break
			}
			blank(start, start+1+len(name), "<b")
		}
	}
	return b
}

// marksText reports whether an element only says how text looks; HTML repeats
// such elements in each paragraph until they are closed.
func marksText(tag atom.Atom) bool {
	switch tag {
	case atom.B, atom.Big, atom.Code, atom.Em, atom.I, atom.Nobr, atom.S, atom.Small, atom.Strike, atom.Strong, atom.Tt, atom.U:
		return true
	}
	return false
}

// closesItself reports whether the next element of the same kind ends this one.
func closesItself(tag atom.Atom) bool {
	switch tag {
	case atom.P, atom.Li, atom.Td, atom.Th, atom.Tr, atom.Tbody, atom.Thead, atom.Dt, atom.Dd, atom.Option, atom.Html, atom.Head, atom.Body:
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

// flatHTML returns the text of a part without its structure.
func flatHTML(b []byte) string {
	var out strings.Builder
	z := html.NewTokenizer(bytes.NewReader(b))
	for {
		switch z.Next() {
		case html.ErrorToken:
			return out.String()
		case html.TextToken:
			out.WriteString(html.UnescapeString(string(z.Text())))
		case html.StartTagToken, html.EndTagToken:
			if name, _ := z.TagName(); atom.Lookup(name) != atom.Span && !marksText(atom.Lookup(name)) {
				out.WriteByte('\n')
			}
		}
	}
}
