package mailbox

import (
	"bytes"
	"strings"
)

// Exchange sends this instead of a mail that it cannot convert to MIME, such as
// a cancelled meeting or a broken attachment of its own format.
const (
	exchangeName   = "microsoft exchange server"
	exchangePhrase = "retrieval using the imap4 protocol failed for the following message"
)

// placeholder reports whether the bytes are Exchange's notice and not the mail.
// A mail that only quotes the notice has another sender.
func placeholder(raw []byte) bool {
	head := raw[:min(len(raw), 8<<10)]
	if !namesIMAP4(head) { // nearly no mail does, and every mail is checked
		return false
	}
	head = bytes.ToLower(head)
	if !bytes.Contains(head, []byte(exchangePhrase)) {
		return false
	}
	top, _, _ := bytes.Cut(head, []byte("\r\n\r\n"))
	for line := range strings.SplitSeq(strings.ReplaceAll(string(top), "\r\n ", " "), "\r\n") {
		if v, ok := strings.CutPrefix(line, "from:"); ok && strings.Contains(v, exchangeName) {
			return true
		}
		if strings.HasPrefix(line, "received:") { // the notice never travelled
			return false
		}
	}
	return false
}

func namesIMAP4(b []byte) bool {
	for i := bytes.IndexByte(b, '4'); i >= 0; {
		if i >= 4 && bytes.EqualFold(b[i-4:i], []byte("imap")) {
			return true
		}
		next := bytes.IndexByte(b[i+1:], '4')
		if next < 0 {
			return false
		}
		i += next + 1
	}
	return false
}

// What staff are told about a mail that could not be fetched.
const (
	unreadablePlaceholder = "Exchange cannot show this mail over IMAP: open it in Outlook"
	unreadableThrice      = "the mail could not be fetched in three tries: open it in the mailbox"
	unreadableEmpty       = "the server lists this mail but does not hand it over: open it in the mailbox"
)
