package signin

import (
	"context"
	"crypto/x509"
	"encoding/json"
	"errors"
	"net"
	"net/http"
	"slices"
	"strings"

	"golang.org/x/oauth2"
)

// The kinds of failure, for errors.Is.
var (
	ErrSignIn      = errors.New("no token is given to this application")
	ErrUnavailable = errors.New("the token endpoint cannot be used for now")
)

// Error says why there is no token, and what to do.
type Error struct {
	Kind error // ErrSignIn or ErrUnavailable
	Said string
	Mend string
	Err  error
}

func (e *Error) Error() string {
	if e.Mend != "" {
		return e.Why() + ": " + e.Mend
	}
	return e.Why()
}

// Why returns the error without what to do about it.
func (e *Error) Why() string {
	if e.Said == "" {
		return e.Kind.Error()
	}
	return e.Kind.Error() + " (" + e.Said + ")"
}

// Unwrap makes errors.Is find the kind and errors.As the cause.
func (e *Error) Unwrap() []error { return []error{e.Kind, e.Err} }

// advice is what to do if the endpoint's answer contains one of the words. The
// numbers are Microsoft's; they stay the same while its wording changes.
type advice struct {
	words []string
	mend  string
}

var microsoftAdvice = []advice{
	{[]string{"AADSTS7000222"}, "the client secret has ended: make a new one in Entra ID and put it into secret_file"},
	{[]string{"AADSTS7000215"}, "the client secret is wrong: secret_file must hold its value, not its id"},
	{[]string{"AADSTS700016"}, "no such application in this tenant: check client_id and tenant"},
	{[]string{"AADSTS90002", "AADSTS900023"}, "no such tenant: check tenant"},
	{[]string{"AADSTS700027", "AADSTS700024"}, "the certificate is not accepted: upload certificate_file to the application in Entra ID, and check this machine's clock"},
	{[]string{"AADSTS70011", "AADSTS1002012", "AADSTS500011", "invalid_scope"}, "the scope is wrong: for client credentials it is https://outlook.office365.com/.default"},
	{[]string{"AADSTS7000112"}, "the application is disabled: enable it in Entra ID"},
	{[]string{"AADSTS53003"}, "conditional access blocks the application: exempt it, or admit this machine's address"},
	{[]string{"consent", "AADSTS65001"}, "an administrator must give consent to IMAP.AccessAsApp and SMTP.SendAsApp"},
	{[]string{"invalid_client"}, "check client_id, and secret_file or certificate_file"},
	{[]string{"unauthorized_client"}, "check client_id and tenant, and that the application may use client credentials"},
}

var googleAdvice = []advice{
	{[]string{"invalid_scope"}, "the scope is wrong: it is https://mail.google.com/"},
	{[]string{"unauthorized_client"}, "allow the service account's client id the scope https://mail.google.com/ under domain-wide delegation in the Admin console"},
	{[]string{"iat", "exp", "timeframe"}, "set this machine's clock by NTP"},
	{[]string{"invalid_grant"}, "check that the subject is an existing mailbox of the domain and the service account's key is still valid"},
}

// explainer returns a function that adds to an error what is wrong and what to
// do about it.
func explainer(list []advice) func(error) error {
	return func(err error) error {
		if _, own := errors.AsType[*Error](err); own || errors.Is(err, context.Canceled) {
			return err
		}
		var r *oauth2.RetrieveError
		if !errors.As(err, &r) || r.Response == nil || r.Response.StatusCode >= 500 || r.Response.StatusCode == http.StatusTooManyRequests {
			return unavailable(err, r)
		}
		said := answer(r)
		e := &Error{Kind: ErrSignIn, Said: said, Mend: "check the oauth entry of the configuration", Err: err}
		for _, a := range list {
			if slices.ContainsFunc(a.words, func(w string) bool { return strings.Contains(said, w) }) {
				e.Mend = a.mend
				break
			}
		}
		return e
	}
}

func unavailable(err error, r *oauth2.RetrieveError) error {
	e := &Error{Kind: ErrUnavailable, Err: err}
	var dns *net.DNSError
	var unknown x509.UnknownAuthorityError
	var name x509.HostnameError
	switch {
	case r != nil && r.Response != nil:
		e.Said = "it answered " + r.Response.Status
	case errors.Is(err, context.DeadlineExceeded):
		e.Said, e.Mend = "no answer in time", "check that a firewall lets this machine reach token_url"
	case errors.As(err, &dns):
		e.Said, e.Mend = oneLine(dns.Error()), "check token_url and this machine's name service"
	case errors.As(err, &unknown):
		e.Said, e.Mend = oneLine(unknown.Error()), "set ca_file of the oauth entry to the authority of token_url"
	case errors.As(err, &name):
		e.Said, e.Mend = oneLine(name.Error()), "check token_url"
	default:
		e.Said = oneLine(err.Error())
	}
	return e
}

// answer returns the endpoint's own words (RFC 6749, 5.2), without those of the
// request.
func answer(r *oauth2.RetrieveError) string {
	said := r.ErrorCode + " " + r.ErrorDescription
	if r.ErrorCode == "" {
		var body struct {
			Error       string `json:"error"`
			Description string `json:"error_description"`
		}
		if json.Unmarshal(r.Body, &body) == nil {
			said = body.Error + " " + body.Description
		}
	}
	said, _, _ = strings.Cut(said, "Trace ID:") // what follows is for Microsoft's support
	if strings.TrimSpace(said) == "" {
		said = r.Response.Status
	}
	return oneLine(said)
}

func oneLine(s string) string {
	s = strings.Map(func(r rune) rune {
		if r < ' ' || r == 0x7f || r >= 0x80 && r < 0xa0 || r >= 0x202a && r <= 0x202e || r >= 0x2066 && r <= 0x2069 {
			return ' '
		}
		return r
	}, strings.ToValidUTF8(s, "?"))
	if len(s) > 300 {
		s = strings.ToValidUTF8(s[:300], "") + " …"
	}
	return strings.Join(strings.Fields(s), " ")
}
