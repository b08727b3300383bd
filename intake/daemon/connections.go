package daemon

import (
	"requestd/intake/config"
	"requestd/intake/mailbox"
	"requestd/intake/outbox"
)

// Connection says how one mailbox is read and how its mail is sent.
type Connection struct {
	Mailbox *config.Mailbox
	Read    mailbox.Options
	Send    outbox.Options
}

// Connections returns those of every mailbox, in the order of the file. Nothing
// is connected yet.
func Connections(cfg *config.Config) ([]Connection, error) {
	t := newTokens(cfg)
	list := make([]Connection, 0, len(cfg.Mailboxes))
	for i := range cfg.Mailboxes {
		m := &cfg.Mailboxes[i]
		read, err := readOptions(cfg, m, t)
		if err != nil {
			return nil, err
		}
		send, err := sendOptions(m, t)
		if err != nil {
			return nil, err
		}
		list = append(list, Connection{m, read, send})
	}
	return list, nil
}
