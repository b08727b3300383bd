package intake

import "strings"

const (
	// ActorSelf is the actor of what the daemon did by itself.
	ActorSelf = "requestd"
	// ActorMail begins the actor of what a colleague decided by mail; the
	// address follows.
	ActorMail = "mail:"
	// ActorPage begins the actor of what somebody did on the officers' page; the
	// address follows.
	ActorPage = "page:"
)

// IsPerson reports whether an actor is a person and not the daemon itself.
func IsPerson(actor string) bool { return actor != ActorSelf }

// ActorName returns an actor as colleagues know them: the address of one who
// acted by mail or on the page.
func ActorName(actor string) string {
	return strings.TrimPrefix(strings.TrimPrefix(actor, ActorMail), ActorPage)
}
