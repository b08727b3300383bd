package doctext

import (
	"bytes"
	"maps"
	"slices"
	"strings"
)

const (
	maxObjects = 50_000
	maxFonts   = 200
	maxDraws   = 1000
	maxPages   = 200
)

// PDF returns the text of a PDF file's pages in reading order, as far as the
// file has it. Scanned pages have none.
func PDF(b []byte, left *Budget) (string, error) {
	b = b[:min(len(b), maxFile)]
	if i := bytes.Index(b[:min(len(b), 1024)], []byte("%PDF-")); i < 0 {
		return "", ErrFormat
	}
	p := pdfFile{b: b, objects: map[int]pdfObject{}, left: left, fonts: map[pdfRef]*pdfFont{}}
	p.scan()
	if p.encrypted {
		return "", ErrEncrypted
	}
	var out pdfWriter
	for _, page := range p.pages() {
		p.page(page, &out)
		if out.b.Len() > maxText {
			break
		}
	}
	if out.b.Len() > maxText || left.spent() {
		return out.text(), ErrTooLarge
	}
	if strings.TrimSpace(out.b.String()) == "" {
		return "", ErrNoText
	}
	return out.text(), nil
}

type pdfObject struct {
	value  any
	stream []byte // as it is in the file; nil for none
}

type pdfFile struct {
	b         []byte
	objects   map[int]pdfObject
	encrypted bool
	left      *Budget
	parsed    int // fonts read
	painted   int // drawings painted
	fonts     map[pdfRef]*pdfFont
}

func (p *pdfFile) lexer(b []byte) lexer { return lexer{b: b, left: p.left} }

// lasting returns a lexer whose values are kept until the file is read.
func (p *pdfFile) lasting(b []byte) lexer { return lexer{b: b, left: p.left, each: 32} }

// scan finds the objects by their keywords instead of by the cross-reference
// table, which is wrong in broken files. A later object replaces an earlier one
// with the same number, as in a file that was saved again.
func (p *pdfFile) scan() {
	l := p.lasting(p.b)
	var streams []pdfObject
	for len(p.objects) < maxObjects && p.left.visited() {
		i := bytes.Index(l.b[l.pos:], []byte("obj"))
		if i < 0 {
			break
		}
		at := l.pos + i
		l.pos = at + 3
		num, ok := objectNumber(l.b[:at])
		if !ok {
			continue
		}
		o := pdfObject{value: l.next(0)}
		o.stream = l.stream(o.value)
		p.objects[num] = o
		if d, ok := o.value.(pdfDict); ok && d["Type"] == pdfName("ObjStm") {
			streams = append(streams, o)
		} else if ok && d["Encrypt"] != nil {
			p.encrypted = true
		}
	}
	for _, o := range streams {
		p.objectStream(o)
	}
	p.encrypted = p.encrypted || p.trailerEncrypted()
}

func (p *pdfFile) trailerEncrypted() bool {
	i := bytes.LastIndex(p.b, []byte("trailer"))
	if i < 0 {
		return false
	}
	l := p.lexer(p.b[i+len("trailer") : min(len(p.b), i+4096)])
	d, _ := l.next(0).(pdfDict)
	return d["Encrypt"] != nil
}

// objectNumber reads "12 0 " at the end of b.
func objectNumber(b []byte) (int, bool) {
	f := bytes.Fields(b[max(0, len(b)-24):])
	if len(f) < 2 || len(b) == 0 || !blank(b[len(b)-1]) {
		return 0, false
	}
	n, digits := 0, f[len(f)-2]
	for _, c := range digits {
		if c < '0' || c > '9' || n > 1e7 {
			return 0, false
		}
		n = 10*n + int(c-'0')
	}
	return n, true
}

func blank(c byte) bool { return c == ' ' || c == '\n' || c == '\r' || c == '\t' }

// stream takes the stream that follows a dictionary.
func (l *lexer) stream(v any) []byte {
	d, ok := v.(pdfDict)
	if !ok {
		return nil
	}
	l.space()
	if !bytes.HasPrefix(l.b[l.pos:], []byte("stream")) {
		return nil
	}
	start := l.pos + len("stream")
	if start < len(l.b) && l.b[start] == '\r' {
		start++
	}
	if start < len(l.b) && l.b[start] == '\n' {
		start++
	}
	if n, ok := d["Length"].(float64); ok && n >= 0 && n <= float64(len(l.b)-start) {
		end := start + int(n)
		if bytes.HasPrefix(bytes.TrimLeft(l.b[end:min(len(l.b), end+20)], "\r\n "), []byte("endstream")) {
			l.pos = end
			return l.b[start:end:end]
		}
	}
	end := bytes.Index(l.b[start:], []byte("endstream"))
	if end < 0 {
		end = len(l.b) - start
	}
	l.pos = start + end
	return l.b[start:l.pos:l.pos]
}

// objectStream reads the objects that are compressed in a stream.
func (p *pdfFile) objectStream(o pdfObject) {
	d := o.value.(pdfDict)
	n, _ := d["N"].(float64)
	first, _ := d["First"].(float64)
	data := p.decode(o)
	if !(first >= 0 && first <= float64(len(data))) { // false for NaN
		return
	}
	head := p.lexer(data[:int(first)])
	for i := 0; i < int(n) && len(p.objects) < maxObjects; i++ {
		num, ok1 := head.next(0).(float64)
		off, ok2 := head.next(0).(float64)
		if !ok1 || !ok2 || !(off >= 0 && first+off < float64(len(data))) || num < 0 || num > 1e8 {
			return
		}
		if _, have := p.objects[int(num)]; have {
			continue
		}
		body := p.lasting(data[int(first+off):])
		p.objects[int(num)] = pdfObject{value: body.next(0)}
	}
}

// get follows references.
func (p *pdfFile) get(v any) any {
	for range 10 {
		r, ok := v.(pdfRef)
		if !ok {
			return v
		}
		v = p.objects[int(r)].value
	}
	return nil
}

func (p *pdfFile) dict(v any) pdfDict {
	d, _ := p.get(v).(pdfDict)
	return d
}

// pages returns the page dictionaries in the order of the page tree or, if the
// tree is broken, in the order of their numbers.
func (p *pdfFile) pages() []pdfDict {
	var list, loose []pdfDict
	seen := map[any]bool{}
	for _, n := range slices.Sorted(maps.Keys(p.objects)) {
		d, ok := p.objects[n].value.(pdfDict)
		switch {
		case ok && d["Type"] == pdfName("Catalog"):
			list = p.kids(list, d["Pages"], nil, seen, 0)
		case ok && d["Type"] == pdfName("Page"):
			loose = append(loose, d)
		}
	}
	if len(list) == 0 {
		list = loose
	}
	return list[:min(len(list), maxPages)]
}

func (p *pdfFile) kids(list []pdfDict, node, resources any, seen map[any]bool, depth int) []pdfDict {
	if r, ok := node.(pdfRef); ok {
		if seen[r] {
			return list
		}
		seen[r] = true
	}
	d := p.dict(node)
	if d == nil || depth > maxPDFNest || len(list) >= maxPages || !p.left.visited() {
		return list
	}
	if d["Resources"] == nil && resources != nil {
		d["Resources"] = resources // inherited (7.7.3.4)
	}
	kids, ok := p.get(d["Kids"]).([]any)
	if !ok {
		return append(list, d)
	}
	for _, k := range kids {
		list = p.kids(list, k, d["Resources"], seen, depth+1)
	}
	return list
}
