package notices

import (
	"bytes"
	"encoding/json"
	"fmt"

	"requestd/intake"
	"requestd/intake/compose"
	"requestd/intake/config"
	"requestd/store"
	"requestd/templates"
)

// draft puts what a mail to staff will say into the outbox. Writing the mail
// costs several times as much as everything else in registering a mail, and a
// backlog of thousands is registered at once and sent one by one.
func (ns *Notices) draft(tx *store.Tx, l *intake.Letter, box *config.Mailbox, n templates.Notice) error {
	ns.cases.Prepare(tx, l, box)
	var b bytes.Buffer
	enc := json.NewEncoder(&b)
	enc.SetEscapeHTML(false)
	if err := enc.Encode(n); err != nil {
		return fmt.Errorf("draft the %s of %s: %w", l.Purpose, l.Ref, err)
	}
	l.Unwritten = b.Bytes()
	return nil
}

// WriteStaffMail writes the bytes of a mail to staff before the first attempt
// to send it. From then on they never change.
func (ns *Notices) WriteStaffMail(l *intake.Letter) error {
	var n templates.Notice
	if err := json.Unmarshal(l.Unwritten, &n); err != nil {
		return fmt.Errorf("read the draft of letter %d: %w", l.ID, err)
	}
	text, err := ns.cases.Rules().Letters.Staff(n)
	if err != nil {
		return err
	}
	if text.Fault != nil {
		ns.log.Error("an overriding template failed and the embedded one was used: mend it in templates.dir", "ref", l.Ref, "fault", text.Fault)
	}
	head := compose.Head{Automatic: "auto-generated"}
	if l.Ref != "" {
		head.References = []string{threadRoot(l.Ref, l.From)}
	}
	if err := ns.cases.WriteBytes(l, ns.cases.Rules().Box(l.Mailbox), head, text); err != nil {
		return err
	}
	l.Unwritten = nil
	return nil
}
