package doctext

import (
	"bytes"
	"math"
	"strings"
)

const (
	maxForms = 5  // drawings within drawings
	maxSaves = 60 // saved graphics states
)

type matrix [6]float64

func (m matrix) mul(n matrix) matrix {
	return matrix{
		m[0]*n[0] + m[1]*n[2], m[0]*n[1] + m[1]*n[3],
		m[2]*n[0] + m[3]*n[2], m[2]*n[1] + m[3]*n[3],
		m[4]*n[0] + m[5]*n[2] + n[4], m[4]*n[1] + m[5]*n[3] + n[5],
	}
}

// pdfWriter arranges shown strings into lines by their positions.
type pdfWriter struct {
	b       strings.Builder
	x, y    float64 // where the last string ended
	started bool
}

func (w *pdfWriter) text() string { return w.b.String() }

func (w *pdfWriter) show(s string, x, y, size float64) {
	if s == "" {
		return
	}
	size = max(math.Abs(size), 1)
	switch dy := math.Abs(y - w.y); {
	case !w.started:
	case dy > 1.9*size:
		w.b.WriteString("\n\n")
	case dy > 0.4*size:
		w.b.WriteByte('\n')
	case x-w.x > 0.2*size || x < w.x-2*size:
		w.b.WriteByte(' ')
	}
	w.started = true
	w.b.WriteString(s)
}

// painter runs the text operators of a content stream (9.4).
type painter struct {
	file        *pdfFile
	resources   pdfDict
	out         *pdfWriter
	ctm, tm, lm matrix
	saved       []matrix
	font        *pdfFont
	size        float64
	leading     float64
	char, word  float64
	scale       float64
	forms       int
	args        []any
}

func (p *pdfFile) page(d pdfDict, out *pdfWriter) {
	var data []byte
	contents, ok := p.get(d["Contents"]).([]any)
	if !ok {
		contents = []any{d["Contents"]}
	}
	for _, c := range contents[:min(len(contents), 500)] {
		if r, ok := c.(pdfRef); ok {
			data = append(append(data, p.decode(p.objects[int(r)])...), '\n')
		}
	}
	one := matrix{1, 0, 0, 1, 0, 0}
	t := painter{file: p, resources: p.dict(d["Resources"]), out: out, ctm: one, tm: one, lm: one, scale: 1}
	t.run(data)
	if out.started {
		out.b.WriteByte('\n')
	}
}

func (t *painter) run(data []byte) {
	l := t.file.lexer(data)
	for t.out.b.Len() <= maxText {
		v := l.next(0)
		if v == nil {
			return
		}
		op, ok := v.(pdfOp)
		if !ok {
			if len(t.args) < 1000 {
				t.args = append(t.args, v)
			}
			continue
		}
		if op == "ID" { // a picture's bytes are in the stream
			near := l.b[l.pos:min(len(l.b), l.pos+64<<10)]
			if i := bytes.Index(near, []byte("EI")); i >= 0 {
				near = near[:i+2]
				l.pos += i + 2
			}
			t.file.left.scanned(len(near))
		}
		t.do(op)
		t.args = t.args[:0]
	}
}

func (t *painter) num(i int) float64 {
	if i < len(t.args) {
		if n, ok := t.args[i].(float64); ok && !math.IsNaN(n) && math.Abs(n) < 1e9 {
			return n
		}
	}
	return 0
}

func (t *painter) matrix() matrix {
	return matrix{t.num(0), t.num(1), t.num(2), t.num(3), t.num(4), t.num(5)}
}

func (t *painter) do(op pdfOp) {
	switch op {
	case "q":
		if len(t.saved) < maxSaves {
			t.saved = append(t.saved, t.ctm)
		}
	case "Q":
		if n := len(t.saved); n > 0 {
			t.ctm, t.saved = t.saved[n-1], t.saved[:n-1]
		}
	case "cm":
		t.ctm = t.matrix().mul(t.ctm)
	case "BT":
		t.tm = matrix{1, 0, 0, 1, 0, 0}
		t.lm = t.tm
	case "Tf":
		t.size = t.num(1)
		if name, ok := t.arg(0).(pdfName); ok {
			t.font = t.file.font(t.file.dict(t.resources["Font"])[name])
		}
	case "Tc":
		t.char = t.num(0)
	case "Tw":
		t.word = t.num(0)
	case "Tz":
		t.scale = t.num(0) / 100
	case "TL":
		t.leading = t.num(0)
	case "Tm":
		t.lm = t.matrix()
		t.tm = t.lm
	case "Td":
		t.move(t.num(0), t.num(1))
	case "TD":
		t.leading = -t.num(1)
		t.move(t.num(0), t.num(1))
	case "T*":
		t.move(0, -t.leading)
	case "Tj":
		t.show(t.arg(0))
	case "'":
		t.move(0, -t.leading)
		t.show(t.arg(0))
	case `"`:
		t.word, t.char = t.num(0), t.num(1)
		t.move(0, -t.leading)
		t.show(t.arg(2))
	case "TJ":
		list, _ := t.arg(0).([]any)
		for _, v := range list {
			if n, ok := v.(float64); ok {
				t.tm = matrix{1, 0, 0, 1, -n / 1000 * t.size * t.scale, 0}.mul(t.tm)
			} else {
				t.show(v)
			}
		}
	case "Do":
		t.form()
	}
}

func (t *painter) arg(i int) any {
	if i < len(t.args) {
		return t.args[i]
	}
	return nil
}

func (t *painter) move(x, y float64) {
	t.lm = matrix{1, 0, 0, 1, x, y}.mul(t.lm)
	t.tm = t.lm
}

func (t *painter) show(v any) {
	s, ok := v.(pdfString)
	room := maxText + 1 - t.out.b.Len()
	if !ok || room <= 0 || !t.file.left.scanned(len(s)) {
		return
	}
	if t.font == nil {
		t.font = t.file.font(nil)
	}
	text, width, spaces := t.font.text(s, room)
	at := t.tm.mul(t.ctm)
	t.out.show(text, at[4], at[5], t.size*math.Hypot(at[2], at[3]))
	width = (width*t.size + t.char*float64(len(s)) + t.word*float64(spaces)) * t.scale
	t.tm = matrix{1, 0, 0, 1, width, 0}.mul(t.tm)
	end := t.tm.mul(t.ctm)
	t.out.x, t.out.y = end[4], end[5]
}

// form paints a drawing that the page refers to.
func (t *painter) form() {
	name, _ := t.arg(0).(pdfName)
	r, ok := t.file.dict(t.resources["XObject"])[name].(pdfRef)
	if !ok || t.forms >= maxForms || t.file.painted >= maxDraws {
		return
	}
	t.file.painted++
	o := t.file.objects[int(r)]
	d, _ := o.value.(pdfDict)
	if d["Subtype"] != pdfName("Form") {
		return
	}
	sub := *t
	sub.forms++
	sub.args, sub.saved = nil, nil
	if res := t.file.dict(d["Resources"]); res != nil {
		sub.resources = res
	}
	if m, ok := t.file.get(d["Matrix"]).([]any); ok && len(m) == 6 {
		sub.args = m
		sub.ctm = sub.matrix().mul(t.ctm)
		sub.args = nil
	}
	sub.run(t.file.decode(o))
}
