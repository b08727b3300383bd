package engine

import (
	"requestd/intake"
	"requestd/intake/config"
	"requestd/store"
	"requestd/templates"
)

// offer puts the choices into a mail to staff. Where no authority is
// configured that could vouch for an answer, there are none.
func (e *Engine) offer(_ *store.Tx, _ *templates.Notice, _ *config.Mailbox, _ *intake.Letter, _ note) error {
	return nil
}
