package intake

import (
	"strings"
	"time"
)

// Address is one mail address as the sender wrote it, made safe to keep: Name
// has its encoded words read and no control characters, Addr is local@domain
// without brackets, the domain in lower case.
type Address struct {
	Name string `json:"name"`
	Addr string `json:"address"`
}

// Field is one header field, unfolded and not yet decoded. Name is in lower
// case. A header that occurs twice makes two fields.
type Field struct {
	Name, Value string
}

// Part names one MIME entity of a mail, containers included, in the order in
// which they stand.
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

	Read   bool `json:"-"` // its text stands in Attached, or among the earlier mails
	Inline bool `json:"-"` // stands in the text, as pictures do
}

// File is an attachment with its bytes, as somebody asks for it.
type File struct {
	Attachment
	Content []byte
	Whole   bool // its end was seen
}

// Form is what a web form that somebody filled in says of them. The mail comes
// from the site, and the person is named in its text.
type Form struct {
	Name string
	Addr string // "" where the form asks for none
}

// Inner is an earlier mail carried by this one: quoted or forwarded below the
// sender's own text, or attached as message/rfc822.
type Inner struct {
	Attached  bool      // message/rfc822, else an inline block
	From      Address   // Addr may be "" where the block gives a name alone
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

// Message is a mail as it was read: what classifying, threading and
// registering need, and nothing that could carry its attachments. It is
// bounded whatever the mail's size.
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
	Header     []Field // the top-level header, every instance, capped
	Parts      []Part  // every entity up to the limits; Parts[0] is the mail itself

	Text        string // the sender's own new text
	QuoteAt     int    // where in Text a quoted letter to the sender may begin without any mark; 0: nowhere
	OnlyQuoted  bool   // the sender wrote none: Text is what the mail quotes
	Hidden      bool   // Text is not what a reader of the mail is shown: a page that hides it
	Quoted      string // earlier mail standing below or between it
	Signature   string // signature, disclaimer and other trailers
	Inner       []Inner
	Attachments []Attachment
	Attached    string // text of the attachments that are text (.txt, .docx, .pdf, .rtf)

	Report *Report // of a delivery report or receipt, else nil
	Form   *Form   // of a form that somebody filled in, else nil

	Faults      []string // what could not be read, in words for staff
	Undecoded   bool     // the text, or a part of it, could not be decoded or is sealed
	Incomplete  bool     // the bytes end before the text does: fetch more
	Size        int64    // bytes read
	Fingerprint [32]byte // over From, Date, Subject and the first 4 KB of text; where a partial was cut does not matter
}

// Unreadable is the error over a mail that was given up while it was read: why,
// in words for staff.
type Unreadable string

func (u Unreadable) Error() string { return string(u) }

// WithoutQuote is the mail as it reads where the letter to its sender that no
// mark sets apart is what it quotes; the mail itself where there is none.
func (m *Message) WithoutQuote() *Message {
	if m.QuoteAt <= 0 || m.QuoteAt >= len(m.Text) {
		return m
	}
	own := *m
	own.Text, own.QuoteAt = strings.TrimSpace(m.Text[:m.QuoteAt]), 0
	own.Quoted = strings.TrimSpace(m.Text[m.QuoteAt:] + "\n" + m.Quoted)
	return &own
}

// Get is the value of the first header field of that name (in lower case), or "".
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

// AnswerTo is the address to answer: the only one in Reply-To that is not ours,
// else the first usable one in From; empty if there is none. own tells which
// addresses are ours and may be nil.
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
