package signin

import (
	"crypto"
	"crypto/rand"
	"crypto/rsa"
	"crypto/sha256"
	"crypto/x509"
	"encoding/base64"
	"encoding/json"
	"encoding/pem"
	"errors"
	"time"
)

// Certificate proves who an application is without sending a secret.
type Certificate struct {
	cert *x509.Certificate
	key  *rsa.PrivateKey
}

// ParseCertificate parses a certificate and its RSA key, both PEM. Both may be
// in one text, given twice. The first certificate counts.
func ParseCertificate(certPEM, keyPEM []byte) (*Certificate, error) {
	c := &Certificate{}
	var err error
	if der := block(certPEM, "CERTIFICATE"); der == nil {
		return nil, errors.New("no certificate in PEM form")
	} else if c.cert, err = x509.ParseCertificate(der); err != nil {
		return nil, err
	}
	if c.key, err = rsaKey(keyPEM); err != nil {
		return nil, err
	}
	if pub, ok := c.cert.PublicKey.(*rsa.PublicKey); !ok || !pub.Equal(c.key.Public()) {
		return nil, errors.New("the key is not the certificate's")
	}
	return c, nil
}

func rsaKey(text []byte) (*rsa.PrivateKey, error) {
	if der := block(text, "RSA PRIVATE KEY"); der != nil {
		return x509.ParsePKCS1PrivateKey(der)
	}
	der := block(text, "PRIVATE KEY")
	if der == nil {
		return nil, errors.New("no private key in PEM form without a passphrase")
	}
	key, err := x509.ParsePKCS8PrivateKey(der)
	if err != nil {
		return nil, err
	}
	k, ok := key.(*rsa.PrivateKey)
	if !ok {
		return nil, errors.New("the key is not an RSA key, and providers take no other")
	}
	return k, nil
}

// block returns the first PEM block of that kind.
func block(text []byte, kind string) []byte {
	for {
		var b *pem.Block
		if b, text = pem.Decode(text); b == nil {
			return nil
		}
		if b.Type == kind {
			return b.Bytes
		}
	}
}

// An assertion is used at once; this allows for clocks that differ.
const assertionLife = 10 * time.Minute

// assertion returns a signed statement that the bearer is the application (RFC
// 7523, 3). Of the OAuth library's two ways to sign, one is deprecated and the
// other cannot name a certificate, so the needed part of RFC 7515 is below.
func (c *Certificate) assertion(clientID, tokenURL string, now time.Time) (string, error) {
	sum := sha256.Sum256(c.cert.Raw)
	header := map[string]string{"typ": "JWT", "alg": "PS256", "x5t#S256": encode(sum[:])}
	claims := map[string]any{
		"aud": tokenURL, "iss": clientID, "sub": clientID, "jti": rand.Text(),
		"nbf": now.Add(-time.Minute).Unix(), "iat": now.Unix(), "exp": now.Add(assertionLife).Unix(),
	}
	h, err := json.Marshal(header)
	if err != nil {
		return "", err
	}
	p, err := json.Marshal(claims)
	if err != nil {
		return "", err
	}
	text := encode(h) + "." + encode(p)
	digest := sha256.Sum256([]byte(text))
	signature, err := rsa.SignPSS(rand.Reader, c.key, crypto.SHA256, digest[:], &rsa.PSSOptions{SaltLength: rsa.PSSSaltLengthEqualsHash})
	return text + "." + encode(signature), err
}

func encode(b []byte) string { return base64.RawURLEncoding.EncodeToString(b) }
