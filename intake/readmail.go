package intake

// ReadMail is what was read of a mail before it is registered.
type ReadMail struct {
	Message    *Message
	Mentions   []Mention
	Thread     Thread // as the register had it when the mail was read
	Reading    Reading
	Unreadable string // says in words for staff why the mail could not be read; "" when it could
}

// Mention is a reference that a mail names, and where: in a token, the subject
// or the text.
type Mention struct{ Ref, How string }
