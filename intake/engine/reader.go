package engine

import (
	"log/slog"
	"runtime/debug"

	"requestd/classify"
	"requestd/intake"
	"requestd/intake/eml"
)

// Reader parses mail and classifies it. The daemon uses one that works in child
// processes, where no mail can harm it; an engine without another Reader does
// it within its own process.
type Reader interface {
	// Read parses a mail and then asks next for which thread to classify it, and
	// whether to do so at all. next may be called twice. The error is
	// [intake.Unreadable] if the mail is to be given up; any other error is not
	// the mail's fault, and it is tried again later.
	Read(by *classify.Classifier, at intake.MailLocation, raw []byte, complete bool,
		next func(*intake.Message) (intake.Thread, bool, error)) (*intake.Message, *intake.Reading, error)
}

// ReadWith makes r read mail from now on. Call it before the first mail.
func (e *Engine) ReadWith(r Reader) { e.reader = r }

// within reads mail in the program itself.
type within struct{ log *slog.Logger }

func (w within) Read(by *classify.Classifier, at intake.MailLocation, raw []byte, complete bool,
	next func(*intake.Message) (intake.Thread, bool, error)) (m *intake.Message, r *intake.Reading, err error) {
	m = eml.Parse(raw, complete)
	thread, on, err := next(m)
	if err != nil || !on {
		return m, nil, err
	}
	defer func() {
		if p := recover(); p != nil { // it makes the mail unreadable and does not end the daemon
			w.log.Error("a defect of the program while classifying: the mail becomes a case for a person", "mailbox", at.Mailbox,
				"uid", at.UID, "panic", p, "stack", string(debug.Stack()))
			r, err = nil, intake.Unreadable("it could not be classified")
		}
	}()
	reading := by.Classify(m, thread, at.Mailbox)
	return m, &reading, nil
}
