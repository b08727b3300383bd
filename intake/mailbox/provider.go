package mailbox

import "time"

// Provider holds what is known of a mail service, so that an administrator
// need not: where its servers are and what they do not bear.
type Provider struct {
	Name         string
	IMAPHost     string
	IMAPPort     int
	IMAPSecurity Security
	SMTPHost     string
	SMTPPort     int
	SMTPSecurity Security
	Auth         Auth
	Scopes       []string // asked for with a token
	TokenURL     string   // {tenant} stands for the configured tenant
	Junk, Sent   string   // English names of its folders

	IdleRestart   time.Duration // a longer IDLE is known to go quiet
	ThrottleFloor time.Duration // least wait once it says that it is throttling
	SMTPConns     int           // most connections at once for sending
	PerMinute     int           // most messages a minute; 0 for no known limit
	PerDay        int           // most recipients a day; 0 for no known limit
	SavesSent     bool          // keeps a copy in Sent of what is sent through it
}

// The providers. A server of one's own is Generic.
var (
	Generic = Provider{
		Name: "generic", IMAPPort: 993, IMAPSecurity: TLS, SMTPPort: 587, SMTPSecurity: StartTLS,
		Auth: Password, IdleRestart: 9 * time.Minute, ThrottleFloor: time.Minute, SMTPConns: 1,
	}
	// Microsoft365 is Exchange Online. It offers no CONDSTORE, QRESYNC, ESEARCH
	// or SPECIAL-USE, and none of them is used here.
	Microsoft365 = Provider{
		Name: "microsoft365", IMAPHost: "outlook.office365.com", IMAPPort: 993, IMAPSecurity: TLS,
		SMTPHost: "smtp.office365.com", SMTPPort: 587, SMTPSecurity: StartTLS, Auth: OAuth,
		Scopes:   []string{"https://outlook.office365.com/.default"},
		TokenURL: "https://login.microsoftonline.com/{tenant}/oauth2/v2.0/token",
		Junk:     "Junk Email", Sent: "Sent Items",
		IdleRestart: 5 * time.Minute, ThrottleFloor: 5 * time.Minute,
		SMTPConns: 3, PerMinute: 30, PerDay: 10_000, SavesSent: true,
	}
	// Google is Google Workspace, where a service account with domain-wide
	// delegation signs in as the mailbox.
	Google = Provider{
		Name: "google", IMAPHost: "imap.gmail.com", IMAPPort: 993, IMAPSecurity: TLS,
		SMTPHost: "smtp.gmail.com", SMTPPort: 587, SMTPSecurity: StartTLS, Auth: OAuth,
		Scopes:   []string{"https://mail.google.com/"},
		TokenURL: "https://oauth2.googleapis.com/token",
		Junk:     "[Gmail]/Spam", Sent: "[Gmail]/Sent Mail",
		IdleRestart: 9 * time.Minute, ThrottleFloor: 5 * time.Minute,
		SMTPConns: 1, PerDay: 2_000, SavesSent: true,
	}
)

// ProviderNamed gives the provider of that name; "" is Generic.
func ProviderNamed(name string) (Provider, bool) {
	switch name {
	case "", Generic.Name:
		return Generic, true
	case Microsoft365.Name:
		return Microsoft365, true
	case Google.Name:
		return Google, true
	}
	return Provider{}, false
}
