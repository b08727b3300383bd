package doctext

import (
	"strconv"
	"strings"
	"unicode/utf16"

	"golang.org/x/text/encoding/charmap"
)

// pdfFont turns the codes of a string into text and width.
type pdfFont struct {
	wide    bool // codes of two bytes
	unicode map[int]string
	widths  map[int]float64 // in thousandths of the font size
	missing float64
	base    *charmap.Charmap
	left    *Budget
}

// entry pays for one entry of a table, with the text in it.
func (f *pdfFont) entry(text string) bool { return f.left.visited() && f.left.kept(64+len(text)) }

// font reads a font dictionary, each once.
func (p *pdfFile) font(v any) *pdfFont {
	key, isRef := v.(pdfRef)
	if f := p.fonts[key]; isRef && f != nil {
		return f
	}
	f := &pdfFont{unicode: map[int]string{}, widths: map[int]float64{}, missing: 500, base: charmap.Windows1252, left: p.left}
	if p.parsed++; p.parsed > maxFonts {
		return f
	}
	d := p.dict(v)
	if isRef {
		p.fonts[key] = f
	}
	f.wide = d["Subtype"] == pdfName("Type0")
	if f.wide {
		f.missing = 1000
		if list, ok := p.get(d["DescendantFonts"]).([]any); ok && len(list) > 0 {
			p.cidWidths(f, p.dict(list[0]))
		}
	} else {
		p.encoding(f, d)
		first, _ := p.get(d["FirstChar"]).(float64)
		if list, ok := p.get(d["Widths"]).([]any); ok {
			for i, w := range list[:min(len(list), 256)] {
				if n, ok := p.get(w).(float64); ok {
					f.widths[int(first)+i] = n
				}
			}
		}
	}
	if r, ok := d["ToUnicode"].(pdfRef); ok {
		if o := p.objects[int(r)]; o.stream != nil {
			p.cmap(f, p.decode(o))
		}
	}
	return f
}

// encoding reads a simple font's encoding and its differences (9.6.6).
func (p *pdfFile) encoding(f *pdfFont, d pdfDict) {
	enc := p.get(d["Encoding"])
	if enc == pdfName("MacRomanEncoding") {
		f.base = charmap.Macintosh
	}
	e, ok := enc.(pdfDict)
	if !ok {
		return
	}
	if p.get(e["BaseEncoding"]) == pdfName("MacRomanEncoding") {
		f.base = charmap.Macintosh
	}
	list, _ := p.get(e["Differences"]).([]any)
	code := 0
	for _, v := range list {
		if !p.left.visited() {
			return
		}
		switch v := p.get(v).(type) {
		case float64:
			code = int(v)
		case pdfName:
			if s := glyph(string(v)); s != "" && f.entry(s) {
				f.unicode[code] = s
			}
			code++
		}
	}
}

// cidWidths reads the W array of a composite font (9.7.4.3).
func (p *pdfFile) cidWidths(f *pdfFont, d pdfDict) {
	if n, ok := p.get(d["DW"]).(float64); ok {
		f.missing = n
	}
	list, _ := p.get(d["W"]).([]any)
	for i := 0; i+1 < len(list) && p.left.visited(); {
		first, ok := p.get(list[i]).(float64)
		if !ok {
			return
		}
		switch v := p.get(list[i+1]).(type) {
		case []any:
			for k, w := range v {
				if !f.entry("") {
					return
				}
				if n, ok := p.get(w).(float64); ok {
					f.widths[int(first)+k] = n
				}
			}
			i += 2
		case float64:
			if i+2 >= len(list) {
				return
			}
			if n, ok := p.get(list[i+2]).(float64); ok {
				for c := int(first); c <= int(v) && f.entry(""); c++ {
					f.widths[c] = n
				}
			}
			i += 3
		default:
			return
		}
	}
}

// cmap reads the bfchar and bfrange parts of a ToUnicode map (9.10.3).
func (p *pdfFile) cmap(f *pdfFont, data []byte) {
	l := p.lexer(data)
	var args []any
	for {
		v := l.next(0)
		if v == nil {
			break
		}
		op, ok := v.(pdfOp)
		if !ok {
			if len(args) < maxPDFItems {
				args = append(args, v)
			}
			continue
		}
		switch op {
		case "endbfchar":
			for i := 0; i+1 < len(args); i += 2 {
				f.mapCode(args[i], args[i+1], 0)
			}
		case "endbfrange":
			for i := 0; i+2 < len(args); i += 3 {
				f.mapRange(args[i], args[i+1], args[i+2])
			}
		}
		args = args[:0]
	}
}

func (f *pdfFont) mapCode(code, text any, add int) {
	c, ok1 := code.(pdfString)
	t, ok2 := text.(pdfString)
	if !ok1 || !ok2 {
		return
	}
	if s := utf16BE(t, add); f.entry(s) {
		f.unicode[number(c)+add] = s
	}
}

func (f *pdfFont) mapRange(from, to, text any) {
	a, ok1 := from.(pdfString)
	b, ok2 := to.(pdfString)
	if !ok1 || !ok2 {
		return
	}
	n := min(number(b)-number(a), 0xffff)
	list, isList := text.([]any)
	for i := 0; i <= n && f.left.visited(); i++ {
		if isList {
			if i >= len(list) {
				return
			}
			if t, ok := list[i].(pdfString); ok {
				if s := utf16BE(t, 0); f.entry(s) {
					f.unicode[number(a)+i] = s
				}
			}
			continue
		}
		f.mapCode(a, text, i)
	}
}

func number(b pdfString) int {
	n := 0
	for _, c := range b[:min(len(b), 4)] {
		n = n<<8 | int(c)
	}
	return n
}

// maxUnits is the longest text of one code: a ligature has three or four
// letters, each with marks.
const maxUnits = 16

// utf16BE reads text whose last unit is raised by add.
func utf16BE(b pdfString, add int) string {
	if len(b) == 1 {
		return string(rune(int(b[0]) + add))
	}
	units := make([]uint16, 0, min(len(b)/2, maxUnits))
	for i := 0; i+1 < len(b) && len(units) < maxUnits; i += 2 {
		units = append(units, uint16(b[i])<<8|uint16(b[i+1]))
	}
	if n := len(units); n > 0 {
		units[n-1] += uint16(add)
	}
	return string(utf16.Decode(units))
}

// text reads a shown string, up to most bytes of text.
func (f *pdfFont) text(s pdfString, most int) (text string, width float64, spaces int) {
	var b strings.Builder
	step := 1
	if f.wide {
		step = 2
	}
	for i := 0; i+step <= len(s) && b.Len() < most; i += step {
		code := number(s[i : i+step])
		if w, ok := f.widths[code]; ok {
			width += w
		} else {
			width += f.missing
		}
		if step == 1 && s[i] == ' ' {
			spaces++
		}
		if t, ok := f.unicode[code]; ok {
			b.WriteString(t)
		} else if !f.wide {
			b.WriteRune(f.base.DecodeByte(s[i]))
		}
	}
	return b.String(), width / 1000, spaces
}

// glyph returns the text of a glyph name in the Adobe Glyph List's form.
func glyph(name string) string {
	name, _, _ = strings.Cut(name, ".")
	if len(name) == 1 {
		return name
	}
	if s, ok := glyphs[name]; ok {
		return s
	}
	if rest, ok := strings.CutPrefix(name, "uni"); ok && len(rest) >= 4 {
		if n, err := strconv.ParseUint(rest[:4], 16, 16); err == nil {
			return string(rune(n))
		}
	}
	if m, ok := marks[name[1:]]; ok {
		return compose(name[:1], m)
	}
	return ""
}
