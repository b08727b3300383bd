package config

import (
	"time"

	"requestd/deadlines"
)

// How a connection is secured, and how the daemon signs in.
const (
	SecurityTLS      = "tls"
	SecurityStartTLS = "starttls"
	SecurityNone     = "none" // to a loopback address only

	AuthPassword = "password"
	AuthXOAuth2  = "xoauth2"
	AuthNone     = "none" // SMTP only
)

// Server is what IMAP and SMTP have in common.
type Server struct {
	Host     string     `mapstructure:"host"`
	Port     int        `mapstructure:"port"`
	Security string     `mapstructure:"security"`
	Auth     string     `mapstructure:"auth"`
	Username string     `mapstructure:"username"`
	Password SecretFile `mapstructure:"password_file"`
	OAuth    string     `mapstructure:"oauth"` // name of an oauth entry
	CAFile   Path       `mapstructure:"ca_file"`
}

// SMTP is a submission server.
type SMTP struct {
	Server      `mapstructure:",squash"`
	Hello       string        `mapstructure:"hello"`        // name sent in EHLO; "" means the machine's
	Timeout     time.Duration `mapstructure:"timeout"`      // of connecting and of one command
	DataTimeout time.Duration `mapstructure:"data_timeout"` // of the reply after the final dot
	IdleClose   time.Duration `mapstructure:"idle_close"`   // an unused session is kept this long
}

// IMAP says where a mailbox is read.
type IMAP struct {
	Server       `mapstructure:",squash"`
	Folder       string        `mapstructure:"folder"`
	JunkFolder   string        `mapstructure:"junk_folder"` // "" is not watched
	SentFolder   string        `mapstructure:"sent_folder"` // "" is not watched
	PollInterval time.Duration `mapstructure:"poll_interval"`
	Idle         bool          `mapstructure:"idle"`
	IdleRenew    time.Duration `mapstructure:"idle_renew"` // IDLE is begun again after this
	Timeout      time.Duration `mapstructure:"timeout"`    // of connecting and of silence within a command
}

// The flows that get a token.
const (
	FlowClientCredentials    = "client-credentials"
	FlowGoogleServiceAccount = "google-service-account"
)

// OAuth is one application that is registered with a token endpoint. If
// TokenURL and Scopes were left out, Tenant and Kind fill them in.
type OAuth struct {
	Name          string        `mapstructure:"name"`
	Kind          string        `mapstructure:"kind"`
	Tenant        string        `mapstructure:"tenant"`
	TokenURL      string        `mapstructure:"token_url"` // "" for a service account: the key file's own
	ClientID      string        `mapstructure:"client_id"`
	Scopes        []string      `mapstructure:"scopes"`
	Secret        SecretFile    `mapstructure:"secret_file"`
	Certificate   Path          `mapstructure:"certificate_file"`
	Key           SecretFile    `mapstructure:"key_file"` // the certificate's key (PEM), or a service account's (JSON)
	Subject       string        `mapstructure:"subject"`  // the user that a service account acts for; "" is the mailbox's username
	SecretExpires deadlines.Day `mapstructure:"secret_expires"`
	CAFile        Path          `mapstructure:"ca_file"`
	Timeout       time.Duration `mapstructure:"timeout"`
}
