package doctext

import (
	"archive/zip"
	"bytes"
	"encoding/xml"
	"errors"
	"io"
	"strings"
)

const maxEntries = 2000 // files in the archive

// DOCX reads the text of a Word document's body.
func DOCX(b []byte, left *Budget) (string, error) {
	if len(b) > maxFile {
		return "", ErrTooLarge
	}
	// The directory's entries are counted before it is read: an entry of 46 bytes
	// would become several hundred in memory.
	if bytes.Count(b, []byte("PK\x01\x02")) > maxEntries {
		return "", ErrTooLarge
	}
	z, err := zip.NewReader(bytes.NewReader(b), int64(len(b)))
	if err != nil {
		return "", ErrFormat
	}
	for _, f := range z.File {
		if strings.EqualFold(strings.TrimPrefix(f.Name, "/"), "word/document.xml") {
			if f.Flags&1 != 0 {
				return "", ErrEncrypted
			}
			r, err := f.Open()
			if err != nil {
				return "", ErrFormat
			}
			defer r.Close()
			return wordText(&io.LimitedReader{R: r, N: maxInflate / 2}, left)
		}
	}
	return "", ErrFormat
}

// wordText reads WordprocessingML (ISO/IEC 29500-1, section 17). It reads raw
// tokens, so that deep nesting costs nothing.
func wordText(r *io.LimitedReader, left *Budget) (string, error) {
	d := xml.NewDecoder(r)
	d.Strict = false
	var out strings.Builder
	inText, skip := false, 0 // skip: inside the second copy of a text box
	for {
		before := d.InputOffset()
		tok, err := d.RawToken()
		left.scanned(int(d.InputOffset() - before))
		switch {
		case !left.visited() || r.N <= 0 || out.Len() > maxText:
			return out.String(), ErrTooLarge
		case errors.Is(err, io.EOF):
			return out.String(), nil
		case err != nil:
			return out.String(), ErrFormat
		}
		switch t := tok.(type) {
		case xml.StartElement:
			for range t.Attr {
				left.visited()
			}
			switch t.Name.Local {
			case "Fallback":
				skip++
			case "t":
				inText = t.Name.Space == "w"
			case "tab":
				if inRun(t.Name.Space, skip) {
					out.WriteByte('\t')
				}
			case "br", "cr":
				if inRun(t.Name.Space, skip) {
					out.WriteByte('\n')
				}
			}
		case xml.EndElement:
			switch t.Name.Local {
			case "Fallback":
				skip = max(0, skip-1)
			case "t":
				inText = false
			case "p":
				if inRun(t.Name.Space, skip) {
					out.WriteByte('\n')
				}
			}
		case xml.CharData:
			if inText && skip == 0 {
				out.Write(t)
			}
		}
	}
}

func inRun(space string, skip int) bool { return space == "w" && skip == 0 }
