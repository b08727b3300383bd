package mailtest

// Tokens is an OAuth 2.0 endpoint.
type Tokens struct {
	EveryMailbox bool
}

func (o *Tokens) IntrospectURL() string { return "" }
