package mailbox

import "time"

// Provider holds the habits of a mail service that the reader must know. Its
// addresses and folders stand with the configuration's presets.
type Provider struct {
	Name          string
	IdleRestart   time.Duration // a longer IDLE is known to go quiet
	ThrottleFloor time.Duration // least wait once it says that it is throttling
	OAuthOnly     bool          // it takes no passwords
}

// The providers. A server of one's own is Generic.
var (
	Generic = Provider{Name: "generic", IdleRestart: 9 * time.Minute, ThrottleFloor: time.Minute}
	// Microsoft365 is Exchange Online. It offers no CONDSTORE, QRESYNC, ESEARCH
	// or SPECIAL-USE, and none of them is used here.
	Microsoft365 = Provider{Name: "microsoft365", IdleRestart: 5 * time.Minute, ThrottleFloor: 5 * time.Minute, OAuthOnly: true}
	Google       = Provider{Name: "google", IdleRestart: 9 * time.Minute, ThrottleFloor: 5 * time.Minute, OAuthOnly: true}
)

// ProviderNamed gives the provider of that name; "" is Generic.
func ProviderNamed(name string) (Provider, bool) {
	for _, p := range []Provider{Generic, Microsoft365, Google} {
		if p.Name == name || name == "" {
			return p, true
		}
	}
	return Provider{}, false
}
