package eml

import (
	"bytes"
	"io"
	"strings"
	"unicode/utf8"

	"github.com/emersion/go-message/charset"
	"golang.org/x/text/encoding/charmap"
)

// aliases are charset names in mail that go-message does not know, or whose
// bytes are in practice those of a larger set.
var aliases = map[string]string{
	"utf8": "utf-8", "utf_8": "utf-8", "unicode-1-1-utf-8": "utf-8", "x-unicode-2-0-utf-8": "utf-8", "utf-8n": "utf-8", "cp65001": "utf-8",
	"iso-8859-1": "windows-1252", "iso8859-1": "windows-1252", "iso_8859-1": "windows-1252", "latin1": "windows-1252", "latin-1": "windows-1252",
	"ansi": "windows-1252", "cp1252": "windows-1252", "cp-1252": "windows-1252", "win-1252": "windows-1252", "windows1252": "windows-1252", "x-ansi": "windows-1252",
	"iso8859-14": "iso-8859-14", "iso_8859-14": "iso-8859-14", "latin8": "iso-8859-14", "l8": "iso-8859-14", "iso-celtic": "iso-8859-14",
	"iso8859-15": "iso-8859-15", "latin9": "iso-8859-15", "latin-9": "iso-8859-15",
	"gb2312": "gb18030", "gb_2312-80": "gb18030", "gbk": "gb18030", "cp936": "gb18030", "x-gbk": "gb18030", "euc-cn": "gb18030",
	"ks_c_5601-1987": "euc-kr", "ks_c_5601": "euc-kr", "ksc5601": "euc-kr", "cp949": "euc-kr", "uhc": "euc-kr",
	"_iso-2022-jp$esc": "iso-2022-jp", "iso-2022-jp-ms": "iso-2022-jp", "cp50220": "iso-2022-jp", "cp932": "shift_jis", "ms932": "shift_jis", "x-sjis": "shift_jis",
	"unicode-1-1-utf-7": "utf-7", "utf7": "utf-7", "x-unicode-2-0-utf-7": "utf-7", "macroman": "macintosh", "x-mac-roman": "macintosh",
	"unicode": "utf-16", "utf16": "utf-16", "iso-10646-ucs-2": "utf-16be", "ucs-2": "utf-16be", "ucs2": "utf-16be", "csunicode": "utf-16be", "iso-10646-ucs-2le": "utf-16le", "ucs-2le": "utf-16le", "ucs-2be": "utf-16be", "unicodefffe": "utf-16be",
	"koi8": "koi8-r", "cp1250": "windows-1250", "cp1251": "windows-1251", "cp1253": "windows-1253", "cp1254": "windows-1254", "cp1255": "windows-1255", "cp1256": "windows-1256", "cp1257": "windows-1257", "win-1251": "windows-1251", "ms-ansi": "windows-1252", "x-cp1252": "windows-1252", "x-mac-roman8": "macintosh", "mac": "macintosh", "cp437": "ibm437", "437": "ibm437", "cp850": "ibm850", "850": "ibm850", "x-ibm850": "ibm850", "tis620": "windows-874", "tis-620": "windows-874", "iso-8859-11": "windows-874", "cp874": "windows-874", "big5-hkscs": "big5", "cp950": "big5", "hz-gb-2312": "gb18030", "iso-8859-8-i": "iso-8859-8", "iso-8859-8-e": "iso-8859-8",
	"unknown-8bit": "", "unknown": "", "x-unknown": "", "default": "", "default_charset": "", "8bit-ascii": "", "none": "", "binary": "", "_autodetect": "", "_autodetect_all": "", "text": "", "x-user-defined": "windows-1252",
}

// decodeCharset returns b as valid UTF-8. If the label does not fit, b is read
// as UTF-8 if it is valid, else as Windows-1252; then ok is false.
func decodeCharset(b []byte, label string) (s string, ok bool) {
	name := charsetName(label)
	switch name {
	case "", "utf-8", "us-ascii", "ascii", "iso-ir-6", "7bit", "8bit":
		if utf8.Valid(b) {
			return string(b), name == "utf-8" || isASCII(b)
		}
		return text8bit(b), false
	case "utf-7":
		return decodeUTF7(b), true
	case "windows-1252", "iso-8859-14", "iso-8859-15":
		if isASCII(b) {
			return string(b), true
		}
		if utf8.Valid(b) {
			return string(b), false // Latin text is never valid UTF-8 by chance
		}
		if name == "windows-1252" {
			return latin(b), true
		}
	}
	r, err := charset.Reader(name, bytes.NewReader(b))
	if err != nil {
		return text8bit(b), isASCII(b)
	}
	out, err := io.ReadAll(io.LimitReader(r, 3*maxText))
	if err != nil || badShare(out) && utf8.Valid(b) {
		return text8bit(b), false
	}
	return string(bytes.ToValidUTF8(out, []byte("\uFFFD"))), !badShare(out)
}

func charsetName(label string) string {
	name := strings.ToLower(strings.Trim(label, " \t\"'"))
	name, _, _ = strings.Cut(name, "*") // RFC 2231, section 5: a language may follow
	if a, ok := aliases[name]; ok {
		return a
	}
	return name
}

// badShare reports whether more than one rune in fifty could not be decoded.
func badShare(b []byte) bool {
	return 50*bytes.Count(b, []byte("\uFFFD")) > utf8.RuneCount(b)
}

// text8bit decodes bytes of unknown charset.
func text8bit(b []byte) string {
	if utf8.Valid(b) {
		return string(b)
	}
	if mostlyUTF8(b) {
		return string(bytes.ToValidUTF8(b, nil))
	}
	return latin(b)
}

// mostlyUTF8 reports whether b is UTF-8 with a flaw or two, such as a cut
// character.
func mostlyUTF8(b []byte) bool {
	good, bad := 0, 0
	for i := 0; i < len(b); {
		r, n := utf8.DecodeRune(b[i:])
		if r == utf8.RuneError && n == 1 {
			bad++
		} else if n > 1 {
			good++
		}
		i += n
	}
	return good > 3*bad
}

func latin(b []byte) string {
	out, err := charmap.Windows1252.NewDecoder().Bytes(b)
	if err != nil {
		return string(bytes.ToValidUTF8(b, nil))
	}
	return string(out)
}

func isASCII(b []byte) bool {
	for _, c := range b {
		if c >= utf8.RuneSelf {
			return false
		}
	}
	return true
}
