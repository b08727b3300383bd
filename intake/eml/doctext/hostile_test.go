package doctext

import (
	"errors"
	"fmt"
	"math/rand/v2"
	"runtime"
	"strings"
	"testing"
)

// allocated counts the bytes that f allocates on the heap.
func allocated(f func()) uint64 {
	var before, after runtime.MemStats
	runtime.ReadMemStats(&before)
	f()
	runtime.ReadMemStats(&after)
	return after.TotalAlloc - before.TotalAlloc
}

// directTree is a page tree whose nodes contain each other: every array of kids
// names the next array twice, so that depth d has 2^d nodes although no
// reference occurs twice.
func directTree(depth, wide int) []byte {
	objects := []string{"<< /Type /Catalog /Pages << /Kids 2 0 R >> >>"}
	for i := range depth {
		kid := fmt.Sprintf("<< /Kids %d 0 R >> ", i+3)
		objects = append(objects, "[ "+strings.Repeat(kid, wide)+"]")
	}
	return pdf(append(objects, "[ ]")...)
}

// manyObjects is an object stream of n objects that all begin at the same
// place, where there is a list of n values.
func manyObjects(n int) []byte {
	var head strings.Builder
	for i := range n {
		fmt.Fprintf(&head, "%d 0 ", 100+i)
	}
	body := "[" + strings.Repeat(" /A", n*4) + "]"
	return pdf(catalog, stream(fmt.Sprintf("/Type /ObjStm /N %d /First %d /Filter /FlateDecode", n, head.Len()), deflate(head.String()+body)))
}

// wideRow is a stream with a predictor whose row length the three numbers give.
func wideRow(columns, colors, bits int) []byte {
	return pdf(catalog, pages, page, simple, stream(fmt.Sprintf("/Filter /FlateDecode /DecodeParms << /Predictor 12 /Columns %d /Colors %d /BitsPerComponent %d >>", columns, colors, bits),
		deflate("\x02BT /F1 10 Tf (file) Tj ET")))
}

// longCodes is a font whose every code stands for as many characters as the
// standard allows, with text of many codes.
func longCodes(ranges int) []byte {
	text := strings.Repeat("0041", 32)
	cmap := strings.Repeat("1 beginbfrange <0000> <ffff> <"+text+"> endbfrange\n", ranges)
	return pdf(catalog, pages, page, "<< /Subtype /Type0 /ToUnicode 6 0 R >>",
		stream("/Filter /FlateDecode", deflate("BT /F1 10 Tf <"+strings.Repeat("0001", 1_000_000)+"> Tj ET")),
		stream("/Filter /FlateDecode", deflate(cmap)))
}

// sharedLists is a font with many width ranges that all name one long list.
func sharedLists(n int) []byte {
	return pdf(catalog, pages, page, "<< /Subtype /Type0 /DescendantFonts [<< /W ["+strings.Repeat("0 7 0 R ", n)+"] >>] >>",
		stream("", "BT /F1 10 Tf <0001> Tj ET"), "null", "["+strings.Repeat("/A ", n)+"]")
}

// sharedNames is a table of differences that many fonts name.
func sharedNames(fonts, n int) []byte {
	var list, use strings.Builder
	for i := range fonts {
		fmt.Fprintf(&list, "/F%d << /Subtype /Type1 /Encoding << /Differences 7 0 R >> >> ", i)
		fmt.Fprintf(&use, "/F%d 10 Tf (a) Tj ", i)
	}
	return pdf(catalog, "<< /Type /Pages /Kids [3 0 R] /Resources << /Font << "+list.String()+">> >> >>", page, simple,
		stream("", use.String()), "null", "[1 "+strings.Repeat("/unknownacute ", n)+"]")
}

// TestBombs contains files that are small but would expand, or be walked,
// without end. What they allocate is bounded; that the walks end at all shows
// that they are paid for.
func TestBombs(t *testing.T) {
	const MB = 1 << 20
	zeros := deflate(strings.Repeat(" ", 10*MB))
	loop := "<< /Type /Pages /Kids [" + strings.Repeat("2 0 R ", 1000) + "] >>"
	many := strings.Repeat("5 0 R ", 400)
	for _, c := range []struct {
		name  string
		read  func([]byte, *Budget) (string, error)
		in    []byte
		bytes uint64 // most that reading may allocate
	}{
		{"Word: 10 MB in one text", DOCX, docx(t, "<w:p><w:t>"+strings.Repeat("a", 10*MB)+"</w:t></w:p>"), 40 * MB},
		{"Word: 5,000 entries", DOCX, docx(t, "", strings.Split(strings.Repeat("a,", 5000), ",")...), MB},
		{"Word: 500,000 nested elements", DOCX, docx(t, strings.Repeat("<w:p>", 500_000)), 80 * MB},
		{"Word: 600,000 attributes of one element", DOCX, docx(t, "<w:p"+strings.Repeat(` a=""`, 600_000)+">"), 250 * MB},
		{"PDF: 10 MB of blanks", PDF, pdf(catalog, pages, page, simple, stream("/Filter /FlateDecode", zeros)), 100 * MB},
		{"PDF: the same stream 400 times", PDF, pdf(catalog, pages, strings.Replace(page, "5 0 R", "["+many+"]", 1), simple, stream("/Filter /FlateDecode", zeros)), 250 * MB},
		{"PDF: the same stream of no hexadecimal digits 400 times", PDF, pdf(catalog, pages, strings.Replace(page, "5 0 R", "["+many+"]", 1), simple, stream("/Filter /ASCIIHexDecode", strings.Repeat("~", MB))), 50 * MB},
		{"PDF: pages that hold themselves", PDF, pdf(catalog, loop), MB},
		{"PDF: 2^28 pages in 2 KB", PDF, directTree(28, 2), MB},
		{"PDF: 60^12 pages in 12 KB", PDF, directTree(12, 60), 4 * MB},
		{"PDF: a drawing that paints itself", PDF, pdf(catalog, pages, page, simple, stream("", "/X Do"), stream("/Subtype /Form", strings.Repeat("/X Do ", 50))), 8 * MB},
		{"PDF: a million open brackets", PDF, pdf(catalog, strings.Repeat("[", 1_000_000)), 16 * MB},
		{"PDF: the end within a character", PDF, []byte("%PDF-1.4\n1 0 obj\n(cut off \\"), MB},
		{"PDF: objects at no place in their stream", PDF, pdf(catalog, stream("/Type /ObjStm /N 2 /First 99999999999999999999", "7 0 8 9 <<>>")), MB},
		{"PDF: objects behind the end of their stream", PDF, pdf(catalog, stream("/Type /ObjStm /N 2 /First 8", "7 99999999999999999999 <<>>")), MB},
		{"PDF: 400 objects at one place", PDF, manyObjects(400), 200 * MB},
		{"PDF: 20,000 objects at one place", PDF, manyObjects(20_000), 200 * MB},
		{"PDF: a row of 35 TB", PDF, wideRow(1<<16, 1<<16, 1<<16), MB},
		{"PDF: a row of 4 GB", PDF, wideRow(1<<16, 1<<16, 1), MB},
		{"PDF: a reference to itself", PDF, pdf("1 0 R", "2 0 R"), MB},
		{"PDF: ranges without end", PDF, pdf(catalog, pages, page, "<< /Subtype /Type0 /ToUnicode 6 0 R >>", stream("", "BT /F1 10 Tf <0001> Tj ET"), stream("", strings.Repeat("1 beginbfrange <0000> <ffff> <0020> endbfrange\n", 200))), 100 * MB},
		{"PDF: 32 characters a code", PDF, longCodes(50), 150 * MB},
		{"PDF: 20,000 width ranges that share a list", PDF, sharedLists(20_000), 20 * MB},
		{"PDF: 150 fonts that share 20,000 names", PDF, sharedNames(150, 20_000), 100 * MB},
		{"RTF: a million open groups", RTF, []byte(`{\rtf1` + strings.Repeat("{", 1_000_000)), MB},
	} {
		t.Run(c.name, func(t *testing.T) {
			var text string
			if got := allocated(func() { text, _ = c.read(c.in, NewBudget()) }); got > c.bytes {
				t.Errorf("%d MB taken from the heap, want at most %d MB", got>>20, c.bytes>>20)
			}
			if len(text) > 2*maxText+maxInflate {
				t.Errorf("%d bytes of text", len(text))
			}
		})
	}
}

// TestOneBudget: a second document of the same mail stops if the first has
// spent the budget.
func TestOneBudget(t *testing.T) {
	left := NewBudget()
	_, _ = PDF(directTree(28, 2), left) // its text does not matter here
	good := pdf(catalog, pages, page, simple, stream("", "BT /F1 10 Tf (file) Tj ET"))
	if text, err := PDF(good, left); !errors.Is(err, ErrTooLarge) || text != "" {
		t.Errorf("%q, %v: a second document was read for nothing", text, err)
	}
	if text, err := PDF(good, NewBudget()); err != nil || text != "file\n" {
		t.Errorf("%q, %v", text, err)
	}
}

// graph makes a PDF of objects that name each other at random: trees, lists,
// fonts and streams as a stranger's program might join them.
func graph(r *rand.Rand, n int) []byte {
	ref := func() string { return fmt.Sprintf("%d 0 R", 1+r.IntN(n)) }
	refs := func() string {
		var b strings.Builder
		for range r.IntN(30) {
			b.WriteString(ref() + " ")
		}
		return b.String()
	}
	node := []func() string{
		func() string { return "<< /Type /Catalog /Pages " + ref() + " >>" },
		func() string { return "<< /Kids [" + refs() + "] /Resources " + ref() + " >>" },
		func() string {
			return "<< /Kids " + ref() + " /Contents [" + refs() + "] /Resources << /Font << /F1 " + ref() + " >> /XObject << /X " + ref() + " >> >> >>"
		},
		func() string { return "[ << /Kids " + ref() + " >> << /Kids " + ref() + " >> " + refs() + "]" },
		func() string {
			return "<< /Subtype /Type0 /ToUnicode " + ref() + " /DescendantFonts [" + refs() + "] >>"
		},
		func() string {
			return "<< /W [0 " + ref() + " 1 9 " + ref() + "] /Encoding << /Differences " + ref() + " >> >>"
		},
		func() string {
			return stream("/Subtype /Form /Resources "+ref(), "/F1 9 Tf (text) Tj /X Do /X Do "+refs())
		},
		func() string {
			return stream(fmt.Sprintf("/Type /ObjStm /N %d /First %d /Filter /FlateDecode", r.IntN(1000), r.IntN(100)), deflate(strings.Repeat(fmt.Sprintf("%d 0 ", n+r.IntN(n)), r.IntN(200))+"["+refs()+"]"))
		},
		func() string {
			return stream(fmt.Sprintf("/Filter [/FlateDecode /ASCIIHexDecode] /DecodeParms [<< /Predictor 12 /Columns %d >> "+ref()+"]", r.IntN(1<<16)), deflate(refs()))
		},
		func() string { return stream("", "1 beginbfrange <0000> <ffff> <00410042> endbfrange") },
	}
	objects := make([]string, n)
	for i := range objects {
		objects[i] = node[r.IntN(len(node))]()
	}
	objects[0] = node[0]()
	return pdf(objects...)
}

// FuzzGraphs reads PDFs made of objects and not of bytes: it varies how they
// refer to each other. None may take more than a mail may.
func FuzzGraphs(f *testing.F) {
	for seed := range uint64(20) {
		f.Add(seed, uint16(10+seed*10))
	}
	f.Fuzz(func(t *testing.T, seed uint64, n uint16) {
		b := graph(rand.New(rand.NewPCG(seed, 1)), 2+int(n)%2000)
		if got := allocated(func() { _, _ = PDF(b, NewBudget()) }); got > 300<<20 {
			t.Errorf("%d MB taken from the heap for a file of %d KB", got>>20, len(b)>>10)
		}
	})
}

func FuzzDocuments(f *testing.F) {
	f.Add(pdf(catalog, pages, page, simple, stream("", "BT /F1 10 Tf (Wat) Tj [(a) -300 <6162>] TJ ET")))
	f.Add(pdf(catalog, pages, page, simple, stream("/Filter /FlateDecode", deflate("BT /F1 10 Tf (file) Tj ET"))))
	f.Add(wideRow(1<<16, 32, 16))
	f.Add(directTree(4, 3))
	f.Add(manyObjects(3))
	f.Add(docx(f, "<w:p><w:r><w:t>Annwyl</w:t></w:r></w:p>"))
	f.Add([]byte(`{\rtf1\ansi it\'92s \u375? {\*\x}}`))
	f.Fuzz(func(t *testing.T, b []byte) {
		for _, read := range []func([]byte, *Budget) (string, error){PDF, DOCX, RTF} {
			var text string
			if got := allocated(func() { text, _ = read(b, NewBudget()) }); got > 300<<20 {
				t.Errorf("%d MB taken from the heap for a file of %d KB", got>>20, len(b)>>10)
			}
			if len(text) > 2*maxText+maxInflate {
				t.Errorf("%d bytes of text of a file of %d", len(text), len(b))
			}
		}
	})
}
