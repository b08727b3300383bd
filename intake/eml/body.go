package eml

import (
	"regexp"
	"strings"

	"requestd/intake"
	"requestd/intake/phrases"
)

// body is what was chosen as the text of a mail.
type body struct {
	texts     []string
	size      int
	first     string // the first of them, for the fingerprint
	open      bool   // the bytes end before the text does
	mixed     bool   // a multipart/mixed was seen: text may follow a picture
	attached  []*entity
	mails     []*entity // message/rfc822
	reports   []*entity
	faults    *faults
	tree      *tree // reads what is wrapped in another format; nil in an attachment
	hidden    bool  // a page hides the text
	undecoded bool  // a part is encrypted, or could not be decoded
}

// collect walks the entities in order and sorts them into text, attachments,
// mails and the parts of a report.
func (b *body) collect(e *entity) {
	switch {
	case e.depth > 0 && !e.whole && !e.header.ended:
		b.open = true // the bytes end before it says what it is
	case e.typ == "multipart/alternative" && len(e.kids) > 0:
		b.alternative(e)
	case strings.HasPrefix(e.typ, "multipart/"):
		b.mixed = b.mixed || e.typ == "multipart/mixed"
		for _, k := range e.kids {
			b.collect(k)
		}
		if len(e.kids) == 0 {
			b.open = b.open || !e.whole && len(b.texts) == 0
		}
	case e.typ == "message/rfc822" || e.typ == "message/global" || strings.HasPrefix(e.typ, "application/") && strings.HasSuffix(strings.ToLower(e.fileName()), ".eml"):
		b.mails = append(b.mails, e)
	case e.typ == "text/rfc822-headers" || e.typ == "message/global-headers" || strings.HasPrefix(e.typ, "message/"):
		b.reports = append(b.reports, e)
	case b.signed(e):
	case b.isText(e):
		b.take(e)
	default:
		b.attached = append(b.attached, e)
	}
}

// signed reads the mail within an opaquely signed one as if it were there
// directly.
func (b *body) signed(e *entity) bool {
	if b.tree == nil || e.depth >= maxDepth || e.typ != "application/pkcs7-mime" && e.typ != "application/x-pkcs7-mime" && !strings.EqualFold(e.fileName(), "smime.p7m") {
		return false
	}
	inner := signedContent(e.content(maxFile, b.faults))
	if inner == nil {
		return false
	}
	k := b.tree.read(inner, e.depth+1, e.whole)
	e.kids = append(e.kids, k)
	b.collect(k)
	return true
}

// sealed looks into formats that hide a mail's text: Outlook's own, whose
// message class it adds to the part's parameters, and encryption.
func (b *body) sealed() {
	for _, e := range b.attached {
		switch e.typ {
		case "application/ms-tnef", "application/vnd.ms-tnef":
			class, text := tnef(e.content(maxFile, b.faults))
			if class != "" {
				if e.param == nil {
					e.param = map[string]string{}
				}
				e.param["message-class"] = intake.OneLine(class, maxName)
			}
			if len(b.texts) == 0 && text != "" {
				b.taken(e, intake.PlainText(text, maxText))
				e.taken = true
			}
		case "application/pkcs7-mime", "application/x-pkcs7-mime", "application/pgp-encrypted":
			b.undecoded = true
			b.faults.add("the mail is sealed or encrypted; its text could not be read")
		}
	}
}

// isText reports whether the entity is read as part of the mail's own text.
func (b *body) isText(e *entity) bool {
	if e.typ != "text/plain" && e.typ != "text/html" && e.typ != "text/enriched" && e.typ != "text/richtext" {
		return false
	}
	return e.disp != "attachment" && (e.fileName() == "" || e.depth == 0)
}

func (b *body) take(e *entity) { b.taken(e, b.text(e)) }

func (b *body) taken(e *entity, t string) {
	if len(b.texts) == 0 || strings.TrimSpace(b.first) == "" {
		b.first = t
	}
	b.open = b.open || !e.whole
	b.texts = append(b.texts, t)
	b.size += len(t)
}

// text decodes a text entity.
func (b *body) text(e *entity) string {
	limit := maxText - min(b.size, maxText-1)
	raw, salvaged := e.salvage()
	if !salvaged {
		raw = e.content(limit, b.faults)
	}
	raw = raw[:min(len(raw), limit)]
	label := e.param["charset"]
	if e.typ == "text/html" && label == "" {
		label = metaCharset(raw)
	}
	t := b.decode(raw, label)
	if e.typ != "text/plain" || htmlInDisguise(t) {
		text, hidden := htmlText([]byte(t))
		b.hidden = b.hidden || hidden
		return intake.PlainText(text, maxText)
	}
	t, encrypted := unarmoured(intake.PlainText(t, maxText))
	if encrypted {
		b.undecoded = true
		b.faults.add("the mail is sealed or encrypted; its text could not be read")
	}
	if strings.EqualFold(e.param["format"], "flowed") {
		t = unflow(t, strings.EqualFold(e.param["delsp"], "yes"))
	}
	return t
}

func (b *body) decode(raw []byte, label string) string {
	if s, ok := wide(raw); ok {
		return s
	}
	s, ok := decodeCharset(raw, label)
	if !ok && label != "" {
		b.faults.add("the text is not in the charset it names (" + intake.OneLine(strings.Trim(label, "'\""), 40) + ")")
	}
	b.undecoded = b.undecoded || strings.Count(s, "\uFFFD")*20 > len(s)
	return s
}

// alternative chooses one of several forms of the same text: the plain one,
// unless it says little and the HTML has the text.
func (b *body) alternative(e *entity) {
	var plain *entity
	var rich, others []*entity
	for _, k := range e.kids {
		switch {
		case plain == nil && k.typ == "text/plain" && b.isText(k):
			plain = k
		case rich == nil && len(htmlParts(k)) > 0:
			rich = htmlParts(k)
			others = append(others, k)
		default:
			others = append(others, k)
		}
	}
	switch {
	case plain == nil && rich == nil:
		for _, k := range e.kids {
			b.collect(k)
		}
		return
	case rich == nil:
		b.take(plain)
		b.open = b.open || !e.whole && thin(b.first)
	case plain == nil:
		for _, h := range rich {
			b.take(h)
		}
	default:
		b.choose(plain, rich)
	}
	for _, k := range others {
		b.rest(k)
	}
}

// choose decides between a plain and an HTML form. It reads the HTML only if
// the plain form has hardly any words of the sender's own, so that the choice
// does not depend on where a partial fetch was cut.
func (b *body) choose(plain *entity, rich []*entity) {
	t := b.text(plain)
	short := thin(t)
	clear := plainlyOwn(t)
	if !short && clear {
		b.taken(plain, t)
		return
	}
	own := t
	if !clear {
		own = newWords(t)
	}
	if !short && fuller(own, 24) && !stub(own) {
		b.taken(plain, t)
		return
	}
	h, whole := "", true
	for _, e := range rich {
		h += b.text(e) + "\n"
		whole = whole && e.whole
	}
	said, shown := squeeze(t), squeeze(h)
	better := len(shown) > 2*len(said)+20 || len(shown) > len(said) && !strings.Contains(shown, said) || said == ""
	if !short || !fuller(own, 24) {
		better = better && short || len(squeeze(newWords(h))) > len(squeeze(own))+20 || stub(own) && fuller(newWords(h), 24)
	}
	if better {
		b.taken(rich[0], h)
	} else {
		b.taken(plain, t)
	}
	b.open = b.open || !whole
}

// plainlyOwn quickly recognises a text that begins with the sender's own words.
func plainlyOwn(t string) bool {
	head := t[:min(len(t), 500)]
	if !fuller(head, 40) || strings.ContainsAny(head, ">{[<") || strings.Contains(head, "--") || strings.Contains(head, "__") || strings.Contains(head, "://") {
		return false
	}
	low := strings.ToLower(head)
	return !disclaimers.Any(low) && !banners.Any(low) && !stubs.Any(low)
}

// newWords returns the part of a text that its sender wrote for this mail,
// without quotations, what is below a signature mark, and placeholders for
// pictures.
func newWords(t string) string {
	p := split(t)
	if above, below := cutSignature(strings.Split(t, "\n")); p.lent || below != nil && strings.TrimSpace(strings.Join(above, "")) == "" {
		return ""
	}
	own := placeholders.ReplaceAllString(p.own, " ")
	if strings.Count(own, "{") > 1 && strings.Contains(own, "font-") { // a style sheet
		return ""
	}
	return own
}

// placeholders are what plain text has instead of pictures and links.
var placeholders = regexp.MustCompile(`\[(?:cid|image|logo|inline image)[^\]\n]{0,300}\]|<?https?://[^\s>]+>?|<(?:image|img)[^>\n]{0,200}>`)

// stub reports whether a plain form only says that the message is to be read in
// another form.
func stub(t string) bool { return !fuller(t, 600) && stubs.Any(plainWords(t)) }

var stubs = phrases.New([]string{
	"html content", "contains html", "in html", "mail reader", "email reader", "e-mail reader", "mail program", "email program", "e-mail program", "email client", "e-mail client", "mail client", "cannot see this", "can't see this", "unable to see this", "cannot view this", "can't view this", "having trouble", "trouble viewing", "not displayed", "displayed correctly", "display correctly", "display properly", "shown correctly", "see this message properly", "images and formatting", "view as a web page", "view in browser", "web version", "online version",
	"cannot show", "can't show", "cannot display", "can't display", "not able to display", "unable to display", "does not support html", "doesn't support html", "not support html", "html version", "html format", "html email", "html e-mail", "html message", "html-capable", "html capable", "html compatible", "html-compatible", "html enabled", "html-enabled", "view html", "show html", "read html", "in a web browser", "in your browser", "in a browser", "in your web browser", "view this email online", "view it online", "view online", "mime format", "mime-compliant", "multi-part message", "multipart message", "plain text version", "no plain text", "plain-text version", "rich text", "turn on html", "switch on html",
	"fersiwn html", "fformat html", "yn eich porwr", "mewn porwr", "testun plaen",
})

// rest looks for attachments in what was not chosen, such as the pictures of an
// HTML text.
func (b *body) rest(e *entity) {
	if len(e.kids) == 0 {
		if e.typ != "text/html" && e.typ != "text/plain" {
			b.collect(e)
		}
		return
	}
	for _, k := range e.kids {
		b.rest(k)
	}
}

// htmlParts finds the HTML text in an alternative, also inside other
// multiparts, since some programs divide it around its attachments.
func htmlParts(e *entity) (list []*entity) {
	if e.typ == "text/html" && e.disp != "attachment" {
		return []*entity{e}
	}
	if strings.HasPrefix(e.typ, "multipart/") {
		for _, k := range e.kids {
			if list = append(list, htmlParts(k)...); e.typ == "multipart/alternative" && len(list) > 0 {
				break
			}
		}
	}
	return list
}

// thin reports whether a text is so short that it may be the stub of an HTML
// text.
func thin(t string) bool { return !fuller(t, 159) }

// fuller reports whether a text has more than that many letters and digits.
func fuller(t string, than int) bool {
	for _, r := range t {
		if !blankRune(r) {
			if than--; than < 0 {
				return true
			}
		}
	}
	return false
}

// squeeze returns only the letters and digits of a text.
func squeeze(s string) string {
	return strings.Map(func(r rune) rune {
		if blankRune(r) {
			return -1
		}
		return r
	}, s)
}

func blankRune(r rune) bool {
	return r <= ' ' || r == '>' || r == '*' || r == '_' || r == '-'
}

// metaCharset returns the charset that an HTML text names for itself.
func metaCharset(b []byte) string {
	head := strings.ToLower(string(b[:min(len(b), 1024)]))
	_, after, ok := strings.Cut(head, "charset=")
	if !ok {
		return ""
	}
	after = strings.TrimLeft(after, `"' `)
	if i := strings.IndexAny(after, "\"'>; /"); i >= 0 {
		after = after[:i]
	}
	return after
}

// unflow joins the lines of format=flowed (RFC 3676), quoted lines with lines
// quoted at the same level.
func unflow(t string, delsp bool) string {
	out := make([]byte, 0, len(t))
	open, depth := false, 0
	for line := range strings.Lines(t) {
		line = strings.TrimSuffix(line, "\n")
		d := 0
		for d < len(line) && line[d] == '>' {
			d++
		}
		text := strings.TrimPrefix(line[d:], " ")
		if !open || d != depth || text == "-- " {
			if len(out) > 0 {
				out = append(out, '\n')
			}
			out = append(out, line[:d]...)
			if d > 0 {
				out = append(out, ' ')
			}
		} else if delsp {
			out = out[:len(out)-1]
		}
		out = append(out, text...)
		open, depth = strings.HasSuffix(text, " ") && text != "-- ", d
	}
	return string(out)
}
