package intake

import "testing"

func TestOneLine(t *testing.T) {
	for _, c := range []struct{ in, want string }{
		{"", ""},
		{"Cais am wybodaeth", "Cais am wybodaeth"},
		{"  Request \r\n\tBcc: x@example.com ", "Request Bcc: x@example.c…"},
		{"a\x00b\x1b[31mc\u202egnp.exe", "ab[31mcgnp.exe"},
		{"\u200b.htaccess", ".htaccess"},
		{"tŷ\xff\xfe gwyn", "tŷ gwyn"},
		{"no\u00a0break", "no break"},
		{"123456789012345678901234", "123456789012345678901234"},
		{"1234567890123456789012345", "1234567890123456789012345"},
		{"12345678901234567890123456", "123456789012345678901234…"},
		{"\u0175\u0175\u0175\u0175\u0175\u0175\u0175\u0175\u0175\u0175\u0175\u0175\u0175", "ŵŵŵŵŵŵŵŵŵŵŵŵŵ"},
		{"\U000e0041tags\U000e0042", "tags"},
	} {
		if got := OneLine(c.in, 25); got != c.want {
			t.Errorf("OneLine(%q) = %q, want %q", c.in, got, c.want)
		}
	}
}

func TestPlainText(t *testing.T) {
	for _, c := range []struct{ in, want string }{
		{"Annwyl\r\nSyr\rneu\u2028Fadam\n", "Annwyl\nSyr\nneu\nFadam\n"},
		{"a\tb\x00\x07c", "a\tbc"},
		{"five\u00a0years\u200b", "five years"},
		{"tŷ\xff", "tŷ"},
	} {
		if got := PlainText(c.in, 100); got != c.want {
			t.Errorf("PlainText(%q) = %q, want %q", c.in, got, c.want)
		}
	}
	if got := PlainText("ŵŵŵŵ", 3); got != "ŵŵŵ" {
		t.Errorf("capped: %q", got)
	}
}
