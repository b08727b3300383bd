// Package doctext reads the text of the documents that people attach to mail:
// Word (.docx), PDF and RTF. It is made for strangers' files: every reader pays
// from a [Budget] for what it does, follows no link, runs nothing, and returns
// what it could read together with an error that says what it could not.
package doctext

import "errors"

// Limits for every format.
const (
	maxFile    = 16 << 20 // bytes of a file that are looked at
	maxInflate = 8 << 20  // bytes that one compressed stream may expand to
	maxText    = 1 << 20  // bytes of text that are returned
)

// Errors that a reader of the mail is told of.
var (
	ErrFormat    = errors.New("the document is damaged or of another format than it says")
	ErrEncrypted = errors.New("the document is locked with a password")
	ErrTooLarge  = errors.New("the document is too large to be read whole")
	ErrNoText    = errors.New("the document holds no text that can be read, perhaps only pictures")
)
