package doctext

import (
	"archive/zip"
	"bytes"
	"compress/zlib"
	"errors"
	"fmt"
	"testing"
)

// docx makes a Word document with a body, and other entries by name.
func docx(t testing.TB, body string, others ...string) []byte {
	t.Helper()
	var b bytes.Buffer
	z := zip.NewWriter(&b)
	for _, name := range append([]string{"word/document.xml"}, others...) {
		w, err := z.Create(name)
		if err != nil {
			t.Fatal(err)
		}
		if name == "word/document.xml" {
			fmt.Fprintf(w, `<?xml version="1.0"?><w:document xmlns:w="urn:w" xmlns:mc="urn:mc"><w:body>%s</w:body></w:document>`, body)
		}
	}
	if err := z.Close(); err != nil {
		t.Fatal(err)
	}
	return b.Bytes()
}

func TestDOCX(t *testing.T) {
	for _, c := range []struct{ name, body, want string }{
		{"paragraphs", `<w:p><w:r><w:t>Annwyl</w:t></w:r><w:r><w:t xml:space="preserve"> Syr</w:t></w:r></w:p><w:p><w:r><w:t>Dŵr &amp; tŷ</w:t></w:r></w:p>`, "Annwyl Syr\nDŵr & tŷ\n"},
		{"tab and break", `<w:p><w:r><w:t>a</w:t><w:tab/><w:t>b</w:t><w:br/><w:t>c</w:t></w:r></w:p>`, "a\tb\nc\n"},
		{"deleted text and field codes", `<w:p><w:r><w:delText>old</w:delText><w:instrText>PAGE</w:instrText><w:t>new</w:t></w:r></w:p>`, "new\n"},
		{"text box with its copy", `<mc:AlternateContent><mc:Choice><w:p><w:r><w:t>once</w:t></w:r></w:p></mc:Choice><mc:Fallback><w:p><w:r><w:t>once</w:t></w:r></w:p></mc:Fallback></mc:AlternateContent>`, "once\n"},
	} {
		got, err := DOCX(docx(t, c.body), NewBudget())
		if err != nil || got != c.want {
			t.Errorf("%s: %q, %v, want %q", c.name, got, err, c.want)
		}
	}
}

func TestRTF(t *testing.T) {
	for _, c := range []struct{ name, in, want string }{
		{"plain", `{\rtf1\ansi Dear Sir\par please send\line my file}`, "Dear Sir\nplease send\nmy file"},
		{"bytes", `{\rtf1\ansi\ansicpg1252 it\'92s \'a35}`, "it’s £5"},
		{"Unicode with its stand-in", `{\rtf1\uc1 t\u375?  a d\u373\'77r}`, "tŷ  a dŵr"},
		{"negative and paired", `{\rtf1 \u-10179?\u-8704?}`, "😀"},
		{"tables and pictures", `{\rtf1{\fonttbl{\f0 Calibri;}}{\*\generator Word;}{\pict 00ff}text}`, "text"},
		{"escapes", `{\rtf1 \{a\}\\b\~c}`, `{a}\b c`},
		{"binary", "{\\rtf1 a\\bin3 }}}b}", "ab"},
		{"unclosed", `{\rtf1 a{\b b`, "ab"},
	} {
		got, err := RTF([]byte(c.in), NewBudget())
		if err != nil || got != c.want {
			t.Errorf("%s: %q, %v, want %q", c.name, got, err, c.want)
		}
	}
}

// pdf makes a file of objects; %s-streams are given with their dictionaries.
func pdf(objects ...string) []byte {
	var b bytes.Buffer
	b.WriteString("%PDF-1.7\n")
	for i, o := range objects {
		fmt.Fprintf(&b, "%d 0 obj\n%s\nendobj\n", i+1, o)
	}
	b.WriteString("trailer << /Root 1 0 R >>\n%%EOF")
	return b.Bytes()
}

func stream(dict, data string) string {
	return fmt.Sprintf("<< /Length %d %s >>\nstream\n%s\nendstream", len(data), dict, data)
}

func deflate(s string) string {
	var b bytes.Buffer
	w := zlib.NewWriter(&b)
	_, _ = w.Write([]byte(s)) // a bytes.Buffer takes everything
	_ = w.Close()
	return b.String()
}

const (
	catalog = "<< /Type /Catalog /Pages 2 0 R >>"
	pages   = "<< /Type /Pages /Kids [3 0 R] /Count 1 /Resources << /Font << /F1 4 0 R >> /XObject << /X 6 0 R >> >> >>"
	page    = "<< /Type /Page /Parent 2 0 R /Contents 5 0 R >>"
	simple  = "<< /Type /Font /Subtype /Type1 /Encoding /WinAnsiEncoding >>"
)

func TestPDF(t *testing.T) {
	cmap := "1 begincodespacerange <0000> <ffff> endcodespacerange 2 beginbfchar <0001> <0074> <0002> <0177> endbfchar 1 beginbfrange <0010> <0012> <0061> endbfrange 1 beginbfrange <0020> <0021> [<00660069> <0078>] endbfrange"
	for _, c := range []struct {
		name    string
		objects []string
		want    string
	}{
		{"lines", []string{catalog, pages, page, simple, stream("", "BT /F1 11 Tf 14 TL 56 780 Td (Dear Sir) Tj T* (it\\222s \\(mine\\)) Tj ET")}, "Dear Sir\nit’s (mine)\n"},
		{"compressed", []string{catalog, pages, page, simple, stream("/Filter /FlateDecode", deflate("BT /F1 10 Tf 0 700 Td (file) Tj ET"))}, "file\n"},
		{"two filters", []string{catalog, pages, page, simple, stream("/Filter [/ASCIIHexDecode /FlateDecode]", fmt.Sprintf("%x>", deflate("BT /F1 10 Tf (file) Tj ET")))}, "file\n"},
		{"kerning and gaps", []string{catalog, pages, page, simple, stream("", "BT /F1 10 Tf [(Wat) 20 (er) -600 (policy)] TJ ET")}, "Water policy\n"},
		{"words placed one by one", []string{catalog, pages, page, simple, stream("", "BT /F1 10 Tf 1 0 0 1 50 700 Tm (one) Tj 1 0 0 1 90 700 Tm (two) Tj 1 0 0 1 50 650 Tm (three) Tj ET")}, "one two\n\nthree\n"},
		{"Unicode map", []string{catalog, pages, page, "<< /Subtype /Type0 /ToUnicode 6 0 R >>", stream("", "BT /F1 10 Tf <00010002> Tj <001000110012> Tj <0020> Tj ET"), stream("", cmap)}, "tŷabcfi\n"},
		{"differences", []string{catalog, pages, page, "<< /Subtype /Type1 /Encoding << /Differences [1 /w /wcircumflex /quoteright /uni0177] >> >>", stream("", "BT /F1 10 Tf (\\001\\002\\003\\004) Tj ET")}, "wŵ’ŷ\n"},
		{"drawing", []string{catalog, pages, page, simple, stream("", "/X Do"), stream("/Subtype /Form", "BT /F1 10 Tf (within) Tj ET")}, "within\n"},
		{"object stream", []string{catalog, "<< /Type /Pages /Kids [9 0 R] >>", "null", simple, stream("", "BT /F1 10 Tf (deep) Tj ET"), stream("/Type /ObjStm /N 1 /First 4 /Filter /FlateDecode", deflate("9 0 << /Type /Page /Contents 5 0 R /Resources << /Font << /F1 4 0 R >> >> >>"))}, "deep\n"},
		{"wrong length", []string{catalog, pages, page, simple, "<< /Length 3 >>\nstream\nBT /F1 10 Tf (all of it) Tj ET\nendstream"}, "all of it\n"},
		{"broken page tree", []string{"<< /Type /Catalog /Pages 99 0 R >>", pages, "<< /Type /Page /Contents 5 0 R /Resources << /Font << /F1 4 0 R >> >> >>", simple, stream("", "BT /F1 10 Tf (found) Tj ET")}, "found\n"},
		{"picture in the stream", []string{catalog, pages, page, simple, stream("", "BI /W 1 ID \x00(((\x01 EI BT /F1 10 Tf (after) Tj ET")}, "after\n"},
	} {
		got, err := PDF(pdf(c.objects...), NewBudget())
		if err != nil || got != c.want {
			t.Errorf("%s: %q, %v, want %q", c.name, got, err, c.want)
		}
	}
}

func TestWhatCannotBeRead(t *testing.T) {
	locked := append(pdf(catalog, pages, page, simple), []byte("trailer << /Encrypt 9 0 R >>")...)
	for _, c := range []struct {
		name string
		read func([]byte, *Budget) (string, error)
		in   []byte
		want error
	}{
		{"no PDF", PDF, []byte("hello"), ErrFormat},
		{"scanned pages", PDF, pdf(catalog, pages, page, simple, stream("", "/Im1 Do")), ErrNoText},
		{"locked PDF", PDF, locked, ErrEncrypted},
		{"no archive", DOCX, []byte("hello"), ErrFormat},
		{"archive without a document", DOCX, docx(t, "")[:40], ErrFormat},
		{"no RTF", RTF, []byte("hello"), ErrFormat},
		{"empty RTF", RTF, []byte(`{\rtf1 }`), ErrNoText},
	} {
		if got, err := c.read(c.in, NewBudget()); !errors.Is(err, c.want) || got != "" {
			t.Errorf("%s: %q, %v, want %v", c.name, got, err, c.want)
		}
	}
}
