package config

import (
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"requestd/deadlines"
	"requestd/intake/localca"
)

// onDisk loads the file from a directory that holds the given secrets.
func onDisk(t *testing.T, file string, files map[string]string) *Config {
	t.Helper()
	dir := t.TempDir()
	files["config.yaml"] = file
	for name, content := range files {
		if err := os.WriteFile(filepath.Join(dir, name), []byte(content), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	c, err := Load(filepath.Join(dir, "config.yaml"))
	if err != nil {
		t.Fatal(err)
	}
	return c
}

func TestCheckNamesEverySecretThatIsMissing(t *testing.T) {
	c := onDisk(t, baseFile(t), map[string]string{"entra-secret": "\n"})
	err := c.Check()
	if err == nil {
		t.Fatal("nothing is found missing")
	}
	got := strings.ReplaceAll(said(err), filepath.Dir(c.Source())+"/", "")
	const want = `smtp.password_file: smtp-password does not exist; write the password into the file, which only the daemon's user may read
mailboxes[0].imap.password_file: is missing; name the file that holds it, or set $REQUESTD_MAILBOX_CAFCASS_IMAP_PASSWORD
oauth[0].secret_file: entra-secret is empty; write the client secret into the file, or name a certificate_file and key_file`
	if got != want {
		t.Errorf("got\n%s\nwant\n%s", got, want)
	}
}

func TestCheckTakesSecretsFromFilesAndEnvironment(t *testing.T) {
	t.Setenv("REQUESTD_MAILBOX_CAFCASS_IMAP_PASSWORD", "x")
	c := onDisk(t, baseFile(t), map[string]string{"entra-secret": "x", "smtp-password": "x"})
	if err := c.Check(); err != nil {
		t.Error(err)
	}
}

func TestCheckLooksIntoFiles(t *testing.T) {
	t.Setenv("REQUESTD_MAILBOX_CAFCASS_IMAP_PASSWORD", "x")
	file := strings.NewReplacer(
		"  host: smtp.example.org\n", "  host: smtp.example.org\n  ca_file: ca.pem\n",
		"secret_file: entra-secret", "certificate_file: app.pem, key_file: app.key",
		"store: {path: requestd.db}\n", "store: {path: requestd.db}\ntemplates: {dir: config.yaml}\nholidays: {file: none.json}\n",
	).Replace(baseFile(t))
	c := onDisk(t, file, map[string]string{"smtp-password": "x", "ca.pem": "x", "app.pem": "x", "app.key": "x"})
	got := strings.ReplaceAll(said(c.Check()), filepath.Dir(c.Source())+"/", "")
	for _, want := range []string{
		"smtp.ca_file: ca.pem holds no certificate", "oauth[0].certificate_file: app.pem holds no certificate",
		"oauth[0].key_file: app.key is no PEM file", "templates.dir: config.yaml is no directory", "holidays.file: none.json does not exist",
	} {
		if !strings.Contains(got, want) {
			t.Errorf("%s is not said:\n%s", want, got)
		}
	}
}

func TestNotesSayWhatIsOffAndWhatIsOpen(t *testing.T) {
	c := onDisk(t, baseFile(t), map[string]string{"smtp-password": "x"})
	if err := os.Chmod(string(c.SMTP.Password.Path), 0o644); err != nil {
		t.Fatal(err)
	}
	var lines []string
	for _, n := range c.Notes(c.Mailboxes[0].Since - 1) {
		lines = append(lines, n.Error())
	}
	got := strings.Join(lines, "\n")
	for _, want := range []string{
		"mailboxes[0].trust.officers: names no authority: officers cannot decide by answering mail",
		"may be read by everybody on this machine; chmod 0600",
		"oauth[0].secret_expires: is not set",
		"staff[0].address: \"officer@staff.example.org\" is an example's",
		"since: 2026-11-01 lies ahead",
	} {
		if !strings.Contains(got, want) {
			t.Errorf("%s is not said:\n%s", want, got)
		}
	}
}

func TestCheckLooksAtTheDatabasesPassword(t *testing.T) {
	t.Setenv("REQUESTD_MAILBOX_CAFCASS_IMAP_PASSWORD", "x")
	file := strings.Replace(baseFile(t), "store: {path: requestd.db}", "store: {url: 'postgres://requestd@localhost/requestd', password_file: database}", 1)
	c := onDisk(t, file, map[string]string{"smtp-password": "x", "entra-secret": "x"})
	if got := said(c.Check()); !strings.Contains(got, "store.password_file: ") || !strings.Contains(got, "database does not exist") {
		t.Errorf("got %s", got)
	}
}

func TestNotesCompareWithTheCertificatesEnd(t *testing.T) {
	ca, err := localca.New(time.Date(2026, 11, 20, 0, 0, 0, 0, time.UTC))
	if err != nil {
		t.Fatal(err)
	}
	pair, err := ca.Issue(localca.Leaf{From: time.Date(2026, 11, 1, 0, 0, 0, 0, time.UTC), To: time.Date(2027, 10, 31, 12, 0, 0, 0, time.UTC)})
	if err != nil {
		t.Fatal(err)
	}
	for expires, want := range map[string]string{
		"":                             "oauth[0].secret_expires: is not set: nobody is warned before the certificate ends; write 2027-10-31",
		", secret_expires: 2028-10-31": "oauth[0].secret_expires: is 2028-10-31, and the certificate ends on 2027-10-31; write 2027-10-31",
		", secret_expires: 2027-10-31": "",
	} {
		file := strings.Replace(baseFile(t), "secret_file: entra-secret", "certificate_file: app.pem, key_file: app.key"+expires, 1)
		c := onDisk(t, file, map[string]string{"smtp-password": "x", "app.pem": string(pair.CertPEM), "app.key": string(pair.KeyPEM)})
		notes := func(today deadlines.Day) string {
			for _, n := range c.Notes(today) {
				if strings.HasPrefix(n.Key, "oauth") && strings.HasSuffix(n.Key, "secret_expires") {
					return n.Error()
				}
			}
			return ""
		}
		if got := notes(deadlines.NewDay(2026, 11, 20)); !strings.Contains(got, want) || (want == "") != (got == "") {
			t.Errorf("with %q: %s", expires, got)
		}
		if got := notes(deadlines.NewDay(2027, 11, 1)); !strings.Contains(got, "ended on 2027-10-31") {
			t.Errorf("after its end, with %q: %s", expires, got)
		}
	}
}
