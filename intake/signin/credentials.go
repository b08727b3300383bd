package signin

import (
	"cmp"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"net/url"
	"time"

	"golang.org/x/oauth2"
	"golang.org/x/oauth2/clientcredentials"
	"golang.org/x/oauth2/jwt"
)

// Application is an application that signs in as itself (RFC 6749, 4.4), with a
// secret or with a certificate.
type Application struct {
	TokenURL string
	ClientID string
	Scopes   []string
	// Secret is called for each request, so that a new secret is found; nil with a
	// certificate.
	Secret      func() (string, error)
	Certificate func() (*Certificate, error) // instead of Secret
	Endpoint    Endpoint
}

// Source returns the source of the application's tokens, which asks for none
// before the first use. The error names the key of the configuration that is
// wrong.
func (a Application) Source() (*Source, error) {
	if err := checkURL(a.TokenURL); err != nil {
		return nil, err
	}
	if a.ClientID == "" || (a.Secret == nil) == (a.Certificate == nil) {
		return nil, errors.New("an oauth entry needs client_id, and either secret_file or certificate_file")
	}
	return newSource(a.Endpoint, a.ask, explainer(microsoftAdvice)), nil
}

func (a Application) ask(ctx context.Context) (*oauth2.Token, error) {
	c := clientcredentials.Config{
		ClientID: a.ClientID, TokenURL: a.TokenURL, Scopes: a.Scopes, AuthStyle: oauth2.AuthStyleInParams,
	}
	if a.Secret != nil {
		secret, err := a.Secret()
		if err != nil {
			return nil, unreadable("secret_file", err)
		}
		c.ClientSecret = secret
		return c.Token(ctx)
	}
	cert, err := a.Certificate()
	if err != nil {
		return nil, unreadable("certificate_file and key_file", err)
	}
	signed, err := cert.assertion(a.ClientID, a.TokenURL, time.Now())
	if err != nil {
		return nil, unreadable("key_file", err)
	}
	// RFC 7523, 2.2.
	c.EndpointParams = url.Values{
		"client_assertion_type": {"urn:ietf:params:oauth:client-assertion-type:jwt-bearer"},
		"client_assertion":      {signed},
	}
	return c.Token(ctx)
}

// ServiceAccount is a Google service account that may act for the mailboxes of
// a domain.
type ServiceAccount struct {
	Key      func() ([]byte, error) // the JSON file that Google makes
	Subject  string                 // the mailbox
	Scopes   []string
	TokenURL string // "" for the one in the key
	Endpoint Endpoint
}

// Source returns a source of tokens for the mailbox, which asks for none before
// the first use.
func (a ServiceAccount) Source() (*Source, error) {
	if a.Key == nil || a.Subject == "" {
		return nil, errors.New("a service account needs key_file, and the mailbox as subject")
	}
	if a.TokenURL != "" {
		if err := checkURL(a.TokenURL); err != nil {
			return nil, err
		}
	}
	return newSource(a.Endpoint, a.ask, explainer(googleAdvice)), nil
}

func (a ServiceAccount) ask(ctx context.Context) (*oauth2.Token, error) {
	raw, err := a.Key()
	if err != nil {
		return nil, unreadable("key_file", err)
	}
	var key struct {
		Type     string `json:"type"`
		Email    string `json:"client_email"`
		Key      string `json:"private_key"`
		KeyID    string `json:"private_key_id"`
		TokenURI string `json:"token_uri"`
	}
	if err := json.Unmarshal(raw, &key); err != nil {
		return nil, unreadable("key_file", errors.New("it is no JSON")) // the error itself may quote the key
	}
	if key.Type != "service_account" || key.Email == "" || key.Key == "" {
		return nil, unreadable("key_file", fmt.Errorf("it is a key of type %q, not of a service account", key.Type))
	}
	key.TokenURI = cmp.Or(a.TokenURL, key.TokenURI)
	if err := checkURL(key.TokenURI); err != nil {
		return nil, unreadable("key_file", err)
	}
	c := jwt.Config{
		Email: key.Email, PrivateKey: []byte(key.Key), PrivateKeyID: key.KeyID,
		Subject: a.Subject, Scopes: a.Scopes, TokenURL: key.TokenURI,
	}
	return c.TokenSource(ctx).Token()
}

func unreadable(keys string, err error) error {
	return &Error{Kind: ErrSignIn, Said: oneLine(err.Error()), Mend: "set " + keys + " to what the provider gave, readable by the daemon", Err: err}
}
