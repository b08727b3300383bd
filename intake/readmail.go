package intake

// ReadMail is what was read of a mail before it is registered.
type ReadMail struct {
	Message    *Message
	Mentions   []Mention
	Thread     Thread // as the register had it when the mail was read
	Reading    Reading
	Unreadable string // says in words for staff why the mail could not be read; "" when it could
	Kept       *Kept  // nil where it is to be worked out
}

// Kept is what the register keeps of a mail's words.
type Kept struct {
	Theirs string // the reference that the requester gives the matter
	Digest []byte // by which the same words are known again
	Text   []byte // what a person can read in the mail, packed by the register
}

// Mention is a reference that a mail names, and where: in a token, the subject
// or the text.
type Mention struct{ Ref, How string }
