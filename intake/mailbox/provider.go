package mailbox

import "time"

// Provider holds what the reader must know about the behaviour of a mail
// service. Its addresses and folders are in the configuration's presets.
type Provider struct {
	Name          string
	IdleRestart   time.Duration // a longer IDLE is known to go silent
	ThrottleFloor time.Duration // shortest wait once it says that it is throttling
	OAuthOnly     bool          // it accepts no passwords
}

// The providers. A body's own server is Generic.
var (
	Generic = Provider{Name: "generic", IdleRestart: 9 * time.Minute, ThrottleFloor: time.Minute}
	// Microsoft365 is Exchange Online. It offers no CONDSTORE, QRESYNC, ESEARCH or
	// SPECIAL-USE; nothing here uses them.
	Microsoft365 = Provider{Name: "microsoft365", IdleRestart: 5 * time.Minute, ThrottleFloor: 5 * time.Minute, OAuthOnly: true}
	Google       = Provider{Name: "google", IdleRestart: 9 * time.Minute, ThrottleFloor: 5 * time.Minute, OAuthOnly: true}
)

// ProviderNamed returns the provider of that name; "" is Generic.
func ProviderNamed(name string) Provider {
	for _, p := range []Provider{Generic, Microsoft365, Google} {
		if p.Name == name || name == "" {
			return p
		}
	}
	return Provider{}
}
