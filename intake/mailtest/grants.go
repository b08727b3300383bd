package mailtest

import (
	"crypto"
	"crypto/rsa"
	"crypto/sha256"
	"encoding/base64"
	"encoding/json"
	"errors"
	"fmt"
	"net/http"
	"strings"
	"time"
)

const (
	jwtBearer     = "urn:ietf:params:oauth:grant-type:jwt-bearer"            // RFC 7523, section 2.1
	jwtAssertion  = "urn:ietf:params:oauth:client-assertion-type:jwt-bearer" // section 2.2
	reasonTenant  = "AADSTS90002: Tenant '%s' not found."
	reasonApp     = "AADSTS700016: Application '%s' was not found in the directory."
	reasonSecret  = "AADSTS7000215: Invalid client secret provided."
	reasonKey     = "AADSTS700027: The certificate used to sign the client assertion is not registered: %v."
	reasonScope   = "AADSTS70011: The provided value for the input parameter 'scope' is not valid: %s."
	reasonGrant   = "AADSTS70003: The app requested an unsupported grant type."
	reasonSubject = "Client is unauthorized to retrieve access tokens using this method: %v"
)

// judge returns whose mailbox the requested token would open, or why there is
// none. The reasons are worded like Microsoft's.
func (o *Tokens) judge(r *http.Request) (string, *tokenFailure) {
	if tenant := r.PathValue("tenant"); tenant != o.Tenant {
		return "", &tokenFailure{http.StatusBadRequest, "invalid_request", fmt.Sprintf(reasonTenant, tenant)}
	}
	if r.PostFormValue("grant_type") == jwtBearer {
		return o.judgeService(r.PostFormValue("assertion"))
	}
	if r.PostFormValue("grant_type") != "client_credentials" {
		return "", &tokenFailure{http.StatusBadRequest, "unsupported_grant_type", reasonGrant}
	}
	id, secret, ok := r.BasicAuth()
	if !ok {
		id, secret = r.PostFormValue("client_id"), r.PostFormValue("client_secret")
	}
	app, found := o.app(id)
	if !found {
		return "", &tokenFailure{http.StatusBadRequest, "unauthorized_client", fmt.Sprintf(reasonApp, id)}
	}
	if r.PostFormValue("client_assertion_type") == jwtAssertion {
		claims, err := o.readAssertion(r.PostFormValue("client_assertion"))
		if err == nil && (claims.Issuer != id || claims.Subject != id) {
			err = errors.New("iss and sub are not the application")
		}
		if err != nil {
			return "", &tokenFailure{http.StatusUnauthorized, "invalid_client", fmt.Sprintf(reasonKey, err)}
		}
	} else if app.Secret == "" || secret != app.Secret {
		return "", &tokenFailure{http.StatusUnauthorized, "invalid_client", reasonSecret}
	}
	if scope := r.PostFormValue("scope"); scope != o.Scope {
		return "", &tokenFailure{http.StatusBadRequest, "invalid_scope", fmt.Sprintf(reasonScope, scope)}
	}
	return app.User, nil
}

// judgeService is Google's way: the assertion itself names the mailbox.
func (o *Tokens) judgeService(assertion string) (string, *tokenFailure) {
	claims, err := o.readAssertion(assertion)
	if err == nil && claims.Scope != o.Scope {
		err = fmt.Errorf("the scope %q is not granted", claims.Scope)
	}
	if err == nil && claims.Subject == "" {
		err = errors.New("the assertion names no mailbox")
	}
	if err != nil {
		return "", &tokenFailure{http.StatusUnauthorized, "unauthorized_client", fmt.Sprintf(reasonSubject, err)}
	}
	return claims.Subject, nil
}

type assertionClaims struct {
	Issuer   string `json:"iss"`
	Subject  string `json:"sub"`
	Audience string `json:"aud"`
	Scope    string `json:"scope"`
	Ends     int64  `json:"exp"`
}

// readAssertion checks an RS256 or PS256 signature against the issuer's key.
func (o *Tokens) readAssertion(text string) (assertionClaims, error) {
	var claims assertionClaims
	var header struct {
		Algorithm string `json:"alg"`
	}
	parts := strings.Split(text, ".")
	if len(parts) != 3 {
		return claims, errors.New("not a signed assertion")
	}
	signature, err := base64.RawURLEncoding.DecodeString(parts[2])
	if err = errors.Join(err, decodePart(parts[0], &header), decodePart(parts[1], &claims)); err != nil {
		return claims, err
	}
	app, found := o.app(claims.Issuer)
	if !found || app.Key == nil {
		return claims, fmt.Errorf("no key of %q is known", claims.Issuer)
	}
	sum := sha256.Sum256([]byte(parts[0] + "." + parts[1]))
	switch header.Algorithm {
	case "RS256":
		err = rsa.VerifyPKCS1v15(app.Key, crypto.SHA256, sum[:], signature)
	case "PS256":
		err = rsa.VerifyPSS(app.Key, crypto.SHA256, sum[:], signature, nil)
	default:
		err = fmt.Errorf("the algorithm %q is not taken", header.Algorithm)
	}
	if err == nil && claims.Audience != o.URL() {
		err = fmt.Errorf("made for %q, not for %q", claims.Audience, o.URL())
	}
	if err == nil && time.Now().Unix() > claims.Ends {
		err = errors.New("the assertion has ended")
	}
	return claims, err
}

func (o *Tokens) app(id string) (App, bool) {
	for _, a := range o.Apps {
		if a.ID == id {
			return a, true
		}
	}
	return App{}, false
}

func decodePart(part string, v any) error {
	text, err := base64.RawURLEncoding.DecodeString(part)
	if err != nil {
		return err
	}
	return json.Unmarshal(text, v)
}
