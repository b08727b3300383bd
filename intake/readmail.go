package intake

// ReadMail holds what was read of a mail before it is registered.
type ReadMail struct {
	Message    *Message
	Mentions   []Mention
	Thread     Thread // as it was in the register when the mail was read
	Reading    Reading
	Unreadable string // why the mail could not be read, in words for staff; "" if it could
	Kept       *Kept  // nil if it has still to be computed
}

// Kept is what the register keeps of the words of a mail.
type Kept struct {
	Theirs string // the reference that the requester gives the matter
	Digest []byte // recognises the same words in another mail
	Text   []byte // what a person can read in the mail, packed by the register
}

// Mention is a reference that a mail names, and where: in a token, the subject
// or the text.
type Mention struct{ Ref, How string }
