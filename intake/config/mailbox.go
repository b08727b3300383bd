package config

import "requestd/deadlines"

// Mailbox is one watched mailbox and the body that it belongs to.
type Mailbox struct {
	Name                   string        `mapstructure:"name"`
	Body                   string        `mapstructure:"body"`
	Address                string        `mapstructure:"address"`
	Aliases                []string      `mapstructure:"aliases"`
	Language               string        `mapstructure:"language"` // en, or cy-en for Welsh first
	Reference              string        `mapstructure:"reference"`
	Since                  deadlines.Day `mapstructure:"since"`
	Priority               int           `mapstructure:"priority"`   // of the mailboxes that got a mail the one with the highest answers; then the first in the file
	PerMinute              int           `mapstructure:"per_minute"` // letters sent; 0 is no limit
	Sending                OwnLimits     `mapstructure:"sending"`
	Provider               string        `mapstructure:"provider"`
	OAuth                  string        `mapstructure:"oauth"` // for imap and smtp, if they name none
	IMAP                   IMAP          `mapstructure:"imap"`
	SMTP                   *SMTP         `mapstructure:"smtp"` // never nil after Load: the mailbox's own, else the file's
	Domains                []string      `mapstructure:"domains"`
	Trust                  Trust         `mapstructure:"trust"`
	Acknowledge            Acknowledge   `mapstructure:"acknowledge"`
	NeutralAcknowledgement bool          `mapstructure:"neutral_acknowledgement"` // sent if nobody has decided the kind by noon of the last day for acknowledging
	ReviewDays             int           `mapstructure:"review_days"`             // house target for the review of a DSAR, working days
	CostLimit              CostLimit     `mapstructure:"cost_limit"`
	Signoff                Text          `mapstructure:"signoff"`
	Contact                Text          `mapstructure:"contact"`
	Website                Text          `mapstructure:"website"`
	PrivacyNotice          Text          `mapstructure:"privacy_notice"` // its address
	Delivery               Text          `mapstructure:"delivery"`       // how an answer is delivered
	Regulator              *Regulator    `mapstructure:"regulator"`      // never nil after Load: the mailbox's own, else the file's
}

// OwnLimits are limits for one mailbox: only its letters count towards them,
// and they count towards no others. A nil limit is the one shared with all
// mailboxes that have none of their own.
type OwnLimits struct {
	PerAddress *PerAddress `mapstructure:"per_address"`
	Breaker    *Breaker    `mapstructure:"breaker"`
}

// Share says whose letters a limit counts together: one mailbox's, or those of
// all but some.
type Share struct {
	Only   string
	Except []string
}

// BreakerOf returns the breaker for a mailbox's letters, and whose letters it
// counts.
func (c *Config) BreakerOf(mailbox string) (Breaker, Share) {
	return limitOf(c, mailbox, c.Sending.Breaker, func(l *OwnLimits) *Breaker { return l.Breaker })
}

// PerAddressOf returns the same for the limits of letters to one address.
func (c *Config) PerAddressOf(mailbox string) (PerAddress, Share) {
	return limitOf(c, mailbox, c.Sending.PerAddress, func(l *OwnLimits) *PerAddress { return l.PerAddress })
}

func limitOf[T any](c *Config, mailbox string, shared T, of func(*OwnLimits) *T) (T, Share) {
	var but []string
	for i := range c.Mailboxes {
		m := &c.Mailboxes[i]
		own := of(&m.Sending)
		switch {
		case own == nil:
		case m.Name == mailbox:
			return *own, Share{Only: mailbox}
		default:
			but = append(but, m.Name)
		}
	}
	return shared, Share{Except: but}
}

// Text is wording in both languages.
type Text struct {
	En string `mapstructure:"en"`
	Cy string `mapstructure:"cy"`
}

// Acknowledge says by when a request is acknowledged.
type Acknowledge struct {
	Days     int    `mapstructure:"days"`     // working days after receipt
	Calendar string `mapstructure:"calendar"` // england-and-wales or united-kingdom
}

// CostLimit is the appropriate limit of the body (SI 2004/3244 reg. 3 and 4).
type CostLimit struct {
	Pounds int `mapstructure:"pounds"`
	Hours  int `mapstructure:"hours"`
}

// Trust says which headers of the mailbox's own server are believed.
type Trust struct {
	// Authserv are the authserv-ids whose Authentication-Results are believed (RFC
	// 8601); "microsoft365" means those of Exchange Online, which have none.
	Authserv []string `mapstructure:"authserv"`
	// Spam names the spam verdict that is believed: microsoft365, google,
	// rspamd, spamassassin or none.
	Spam string `mapstructure:"spam"`
	// Officers are the authorities that can vouch for a decision sent by mail:
	// dmarc (a pass in believed results) or microsoft365 (its mark for internal
	// mail). If empty, deciding by mail is off.
	Officers []string `mapstructure:"officers"`
}
