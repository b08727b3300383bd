package intake

import (
	"strings"
	"time"
)

// Address is one mail address as the sender wrote it, made safe to keep: in
// Name encoded words are decoded and control characters removed; Addr is
// local@domain without brackets, the domain in lower case.
type Address struct {
	Name string `json:"name"`
	Addr string `json:"address"`
}

// Field is one header field, unfolded and not yet decoded. Name is in lower
// case. A header that occurs twice makes two fields.
type Field struct {
	Name, Value string
}

// Part describes one MIME entity of a mail, containers included, in their order
// in the mail.
type Part struct {
	Depth int               // 0 is the mail itself
	Type  string            // media type in lower case, such as "text/calendar"
	Param map[string]string // its parameters, names in lower case
}

// Attachment is what is kept of an attachment: never its bytes.
type Attachment struct {
	Name string `json:"name"` // safe to show, never a path
	Type string `json:"type"` // media type
	Size int64  `json:"size"` // decoded bytes, as far as they were fetched

	Read   bool `json:"-"` // its text is in Attached, or among the earlier mails
	Inline bool `json:"-"` // is shown in the text, as pictures are
}

// File is an attachment with its bytes, as returned to whoever asks for it.
type File struct {
	Attachment
	Content []byte
	Whole   bool // it was read to its end
}

// Form is what a filled-in web form says about the person. The mail comes from
// the site, and the person is named in its text.
type Form struct {
	Name string
	Addr string // "" if the form does not ask for one
}

// Inner is an earlier mail that this one contains: quoted or forwarded below
// the sender's own text, or attached as message/rfc822.
type Inner struct {
	Attached  bool      // as message/rfc822, else an inline block
	From      Address   // Addr may be "" if the block has only a name
	To        string    // as written
	Subject   string    // as written
	Date      time.Time // zero where unreadable
	DateText  string    // as written
	MessageID string    // of an attached mail, without brackets
	Text      string    // its own new text, without what it quotes in turn
}

// Report is the machine-readable part of a delivery report or receipt.
type Report struct {
	Type      string // delivery-status, disposition-notification, feedback-report …
	Action    string // failed, delayed, delivered, relayed, expanded; "" when unknown
	Status    string // enhanced status code such as 5.1.1
	Recipient string // final or original recipient
	Original  string // original recipient, where one is named
	MessageID string // of the mail reported on, without brackets
}

// Message is a mail as it was parsed: what classifying, threading and
// registering need, but not the bytes of its attachments. Its size is bounded,
// however large the mail is.
type Message struct {
	MessageID  string   // without brackets; "" when absent or malformed
	InReplyTo  []string // ids without brackets, at most 50
	References []string // the same, in the order written
	From       []Address
	Sender     []Address
	ReplyTo    []Address
	To, Cc     []Address
	Subject    string // decoded, on one line, capped
	Date       time.Time
	DateText   string  // the Date header as written
	Header     []Field // the top-level header with repeated fields, capped
	Parts      []Part  // every entity up to the limits; Parts[0] is the mail itself

	Text        string // the sender's own new text
	QuoteAt     int    // where in Text a quoted letter to the sender may begin without any mark; 0 if there is none
	OnlyQuoted  bool   // the sender wrote no text: Text is what the mail quotes
	Hidden      bool   // Text is not what a reader of the mail sees: a page hides it
	Quoted      string // earlier mail below Text or between its parts
	Signature   string // signature, disclaimer and other trailers
	Inner       []Inner
	Attachments []Attachment
	Attached    string // text of the attachments that are text (.txt, .docx, .pdf, .rtf)

	Report *Report // nil if it is no delivery report or receipt
	Form   *Form   // nil if it is no filled-in form

	Faults      []string // what could not be read, in words for staff
	Undecoded   bool     // the text, or a part of it, could not be decoded or is sealed
	Incomplete  bool     // the bytes end before the text does: more must be fetched
	Size        int64    // bytes read
	Fingerprint [32]byte // over From, Date, Subject and the first 4 KB of text; it does not depend on where a partly fetched mail ends
}

// Unreadable is the error for a mail that was given up while it was read. It
// says why, in words for staff.
type Unreadable string

func (u Unreadable) Error() string { return string(u) }

// WithoutQuote returns the mail with the part of Text from QuoteAt moved to
// what it quotes; the mail itself if QuoteAt is 0.
func (m *Message) WithoutQuote() *Message {
	if m.QuoteAt <= 0 || m.QuoteAt >= len(m.Text) {
		return m
	}
	own := *m
	own.Text, own.QuoteAt = strings.TrimSpace(m.Text[:m.QuoteAt]), 0
	own.Quoted = strings.TrimSpace(m.Text[m.QuoteAt:] + "\n" + m.Quoted)
	return &own
}

// Get returns the value of the first header field of that name (in lower case),
// or "".
func (m *Message) Get(name string) string {
	for _, f := range m.Header {
		if f.Name == name {
			return f.Value
		}
	}
	return ""
}

// All returns the values of every header field of that name (in lower case).
func (m *Message) All(name string) []string {
	var v []string
	for _, f := range m.Header {
		if f.Name == name {
			v = append(v, f.Value)
		}
	}
	return v
}

// AnswerTo returns the address to answer: the only one in Reply-To that is not
// ours, else the first usable one in From; empty if there is none. own reports
// whether an address is ours; it may be nil.
func (m *Message) AnswerTo(own func(addr string) bool) Address {
	var to Address
	several := false
	for _, a := range m.ReplyTo {
		switch {
		case a.Addr == "" || own != nil && own(a.Addr) || strings.EqualFold(a.Addr, to.Addr):
		case to.Addr != "":
			several = true
		default:
			to = a
		}
	}
	if to.Addr != "" && !several {
		return to
	}
	for _, a := range m.From {
		if a.Addr != "" {
			return a
		}
	}
	return Address{}
}

// Author returns who a mail says it is from: the first if it names several, and
// nobody if it names none.
func (m *Message) Author() Address {
	if len(m.From) == 0 {
		return Address{}
	}
	return m.From[0]
}
