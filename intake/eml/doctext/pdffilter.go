package doctext

import (
	"bytes"
	"compress/flate"
	"compress/lzw"
	"encoding/ascii85"
	"encoding/hex"
	"io"
)

// decode undoes the filters of an object's stream (ISO 32000-1, section 7.4),
// as far as the file's budget allows. For an unknown filter, such as a
// picture's, it returns nothing.
func (p *pdfFile) decode(o pdfObject) []byte {
	d, _ := o.value.(pdfDict)
	filters, ok := p.get(d["Filter"]).([]any)
	if !ok {
		filters = nil
		if d["Filter"] != nil {
			filters = []any{d["Filter"]}
		}
	}
	if len(filters) > 4 {
		return nil
	}
	params, ok := p.get(d["DecodeParms"]).([]any)
	if !ok {
		params = []any{d["DecodeParms"]}
	}
	data := o.stream
	for i, f := range filters {
		name, _ := p.get(f).(pdfName)
		if !p.left.scanned(len(data)) {
			return nil
		}
		switch name {
		case "FlateDecode", "Fl":
			data = p.inflated(data)
		case "LZWDecode", "LZW":
			data = p.limited(lzw.NewReader(bytes.NewReader(data), lzw.MSB, 8))
		case "ASCII85Decode", "A85":
			data, _, _ = bytes.Cut(data, []byte("~>"))
			data = p.limited(ascii85.NewDecoder(bytes.NewReader(data)))
		case "ASCIIHexDecode", "AHx":
			data = p.unhexed(data)
		default:
			return nil
		}
		if i < len(params) {
			data = p.unpredict(data, p.dict(params[i]))
		}
	}
	if !p.left.kept(len(data)) { // a stream may be used again and again
		return nil
	}
	return data
}

// inflated decompresses zlib data and keeps what comes before an error: many
// files have a wrong checksum or are cut.
func (p *pdfFile) inflated(data []byte) []byte {
	if len(data) < 2 {
		return nil
	}
	return p.limited(flate.NewReader(bytes.NewReader(data[2:])))
}

func (p *pdfFile) limited(r io.Reader) []byte {
	out, _ := io.ReadAll(io.LimitReader(r, int64(max(0, min(p.left.keep, maxInflate)))))
	p.left.kept(len(out))
	return out
}

func (p *pdfFile) unhexed(data []byte) []byte {
	if !p.left.kept(len(data)) {
		return nil
	}
	clean := make([]byte, 0, len(data))
	for _, c := range data {
		if c == '>' {
			break
		}
		if c > ' ' {
			clean = append(clean, c)
		}
	}
	n, _ := hex.Decode(clean, clean[:len(clean)/2*2])
	return clean[:n]
}

// unpredict undoes the PNG predictors (7.4.4.4) that object streams use.
func (p *pdfFile) unpredict(data []byte, d pdfDict) []byte {
	if n, _ := p.get(d["Predictor"]).(float64); n < 10 {
		return data
	}
	number := func(key pdfName, def int) int {
		if n, ok := p.get(d[key]).(float64); ok && n >= 1 && n <= 1<<16 {
			return int(n)
		}
		return def
	}
	bpp := (number("Colors", 1)*number("BitsPerComponent", 8) + 7) / 8
	width := (number("Columns", 1)*number("Colors", 1)*number("BitsPerComponent", 8) + 7) / 8
	if width >= len(data) || !p.left.kept(len(data)+width) { // not even one row of that width
		return nil
	}
	out := make([]byte, 0, len(data))
	above := make([]byte, width)
	for len(data) > width {
		kind, row := data[0], data[1:width+1]
		data = data[width+1:]
		for i := range row {
			var left, up, corner byte
			up = above[i]
			if i >= bpp {
				left, corner = row[i-bpp], above[i-bpp]
			}
			switch kind {
			case 1:
				row[i] += left
			case 2:
				row[i] += up
			case 3:
				row[i] += byte((int(left) + int(up)) / 2)
			case 4:
				row[i] += paeth(left, up, corner)
			}
		}
		above = row
		out = append(out, row...)
	}
	return out
}

func paeth(a, b, c byte) byte {
	p := int(a) + int(b) - int(c)
	pa, pb, pc := distance(p, a), distance(p, b), distance(p, c)
	switch {
	case pa <= pb && pa <= pc:
		return a
	case pb <= pc:
		return b
	}
	return c
}

func distance(p int, v byte) int { return max(p-int(v), int(v)-p) }
