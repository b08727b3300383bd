package daemon_test

import (
	"crypto/rand"
	"crypto/rsa"
	"crypto/x509"
	"crypto/x509/pkix"
	"encoding/json"
	"encoding/pem"
	"fmt"
	"math/big"
	"strings"
	"testing"
	"time"

	"requestd/intake/daemon"
	"requestd/intake/mailbox"
	"requestd/intake/mailtest"
	"requestd/intake/outbox"
)

// certificate makes a certificate for an application, and its key, both PEM.
func certificate(t *testing.T) (cert, private string, public *rsa.PublicKey) {
	t.Helper()
	key, err := rsa.GenerateKey(rand.Reader, 2048)
	if err != nil {
		t.Fatal(err)
	}
	template := &x509.Certificate{SerialNumber: big.NewInt(1), Subject: pkix.Name{CommonName: "requestd"}, NotAfter: time.Now().Add(time.Hour)}
	der, err := x509.CreateCertificate(rand.Reader, template, template, key.Public(), key)
	if err != nil {
		t.Fatal(err)
	}
	pkcs8, err := x509.MarshalPKCS8PrivateKey(key)
	if err != nil {
		t.Fatal(err)
	}
	block := func(kind string, b []byte) string {
		return string(pem.EncodeToMemory(&pem.Block{Type: kind, Bytes: b}))
	}
	return block("CERTIFICATE", der), block("PRIVATE KEY", pkcs8), &key.PublicKey
}

func serviceAccount(t *testing.T, private, tokenURL string) string {
	t.Helper()
	b, err := json.Marshal(map[string]string{
		"type": "service_account", "client_email": "app", "private_key": private, "private_key_id": "k1", "token_uri": tokenURL,
	})
	if err != nil {
		t.Fatal(err)
	}
	return string(b)
}

// Each way to get a token, from the configuration to a mailbox that is open for
// reading and for sending.
func TestEveryWayToAToken(t *testing.T) {
	cert, private, public := certificate(t)
	_, strange, _ := certificate(t)
	for _, c := range []struct {
		name, provider, mechanism, scope string
		entry                            string // of oauth, without its name
		files                            func(url string) map[string]string
		wrong                            map[string]string // a file that is wrong, and what is then said
		says                             string
	}{
		{
			name: "secret", provider: "microsoft365", mechanism: "xoauth2", scope: "https://outlook.office365.com/.default",
			entry: "kind: client-credentials, tenant: example.com, client_id: app, secret_file: secret, token_url: TOKENS",
			files: func(string) map[string]string { return map[string]string{"secret": "secret\n"} },
			wrong: map[string]string{"secret": "the-secret's-id"}, says: "secret_file must hold its value",
		},
		{
			name: "certificate", provider: "microsoft365", mechanism: "xoauth2", scope: "https://outlook.office365.com/.default",
			entry: "kind: client-credentials, tenant: example.com, client_id: app, certificate_file: cert.pem, key_file: key.pem, token_url: TOKENS",
			files: func(string) map[string]string { return map[string]string{"cert.pem": cert, "key.pem": private} },
			wrong: map[string]string{"key.pem": strange}, says: "the key is not the certificate's",
		},
		{
			name: "service account", provider: "google", mechanism: "oauthbearer", scope: "https://mail.google.com/",
			entry: "kind: google-service-account, key_file: key.json",
			files: func(url string) map[string]string {
				return map[string]string{"key.json": serviceAccount(t, private, url)}
			},
			wrong: map[string]string{"key.json": serviceAccount(t, strange, "http://127.0.0.1:1/token")}, says: "token endpoint cannot be used",
		},
	} {
		t.Run(c.name, func(t *testing.T) {
			tokens := mailtest.StartTokens(t, mailtest.TokenOptions{Scope: c.scope, Apps: []mailtest.App{{ID: "app", Secret: "secret", Key: public, User: governance}}})
			servers := mailtest.Start(t, mailtest.Options{OAuth: tokens, Mechanisms: c.mechanism})
			settings := fmt.Sprintf(`
store: {path: requestd.db, create: true}
control: {socket: control.sock}
staff: [{address: officer@staff.example.org}]
oauth: [{name: app, %s}]
mailboxes:
  - {name: cafcass, body: Cafcass, address: %s, language: en, reference: CAF, since: 2026-11-01, provider: %s, oauth: app,
     imap: {host: 127.0.0.1, port: %d, ca_file: %[5]q, junk_folder: Junk, sent_folder: Sent}, smtp: {host: 127.0.0.1, port: %[6]d, ca_file: %[5]q}}
`, strings.Replace(c.entry, "TOKENS", tokens.URL(), 1), governance, c.provider, servers.IMAPS, servers.CAFile, servers.Submission)

			read, send := probe(t, settings, c.files(tokens.URL()))
			if len(read.Problems)+len(send.Problems) > 0 || !send.SignedIn {
				t.Errorf("IMAP: %q; SMTP: %+v", read.Problems, send.Problems)
			}
			if n := len(tokens.Requests()); n != 1 {
				t.Errorf("%d tokens were asked for", n)
			}

			files := c.files(tokens.URL())
			for name, text := range c.wrong {
				files[name] = text
			}
			read, send = probe(t, settings, files)
			if len(read.Problems) == 0 || !strings.Contains(read.Problems[0], c.says) {
				t.Errorf("IMAP with a wrong file: %q", read.Problems)
			}
			if len(send.Problems) == 0 || !strings.Contains(send.Problems[0].Says+send.Problems[0].Mend, c.says) {
				t.Errorf("SMTP with a wrong file: %+v", send.Problems)
			}
		})
	}
}

// probe signs in to the servers of the only mailbox.
func probe(t *testing.T, settings string, files map[string]string) (mailbox.Report, outbox.Report) {
	t.Helper()
	connections, err := daemon.Connections(load(t, place(t, settings, files)))
	if err != nil {
		t.Fatal(err)
	}
	c := connections[0]
	return mailbox.Probe(t.Context(), c.Read), outbox.Probe(t.Context(), c.Send, []string{c.Mailbox.Address})
}
