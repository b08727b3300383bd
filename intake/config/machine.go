package config

import (
	"crypto/x509"
	"encoding/json"
	"encoding/pem"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"os/user"
	"slices"
	"strconv"
)

// Check checks what the configuration names on this machine: every secret that
// the daemon needs, certificates, directories. The error is a *Problems with
// everything that is wrong. Load does not do this, since commands that only ask
// the daemon need none of it.
func (c *Config) Check() error {
	k := &checker{}
	if !c.borrowed {
		k.checkServer("smtp", c.SMTP.Server)
	}
	for i := range c.Mailboxes {
		m, at := &c.Mailboxes[i], fmt.Sprintf("mailboxes[%d]", i)
		k.checkServer(at+".imap", m.IMAP.Server)
		if m.SMTP != &c.SMTP {
			k.checkServer(at+".smtp", m.SMTP.Server)
		}
	}
	if c.Store.Password.Path != "" {
		k.secret("store.password_file", c.Store.Password, "write the password into the file, which only the daemon's user may read")
	}
	for i := range c.OAuth {
		k.checkOAuth(fmt.Sprintf("oauth[%d]", i), &c.OAuth[i])
	}
	k.group("control.group", c.Control.Group)
	if c.Control.StatusSocket != "" {
		k.group("control.status_group", c.Control.StatusGroup)
	}
	if d := c.Templates.Dir; d != "" {
		if st, err := os.Stat(string(d)); err != nil {
			k.add("templates.dir", plainFileError(string(d), err).Error(), `make it, or write "" for the built-in texts`)
		} else if !st.IsDir() {
			k.add("templates.dir", string(d)+" is no directory", "name the directory that holds the texts")
		}
	}
	if f := c.Holidays.File; f != "" {
		k.readable("holidays.file", f, "put GOV.UK's bank-holidays.json there")
	}
	if len(k.problems) > 0 {
		return &Problems{File: c.source, List: k.problems}
	}
	return nil
}

// group checks whether this user could give a socket to a group. Root could,
// which says nothing about the daemon's user.
func (k *checker) group(key, name string) {
	if name == "" {
		return
	}
	g, err := user.LookupGroup(name)
	if err != nil {
		k.add(key, "there is no group "+show(name)+" on this machine", "make it: addgroup --system "+name)
		return
	}
	mine, err := os.Getgroups()
	if err != nil || os.Geteuid() == 0 || g.Gid == strconv.Itoa(os.Getegid()) {
		return
	}
	if !slices.ContainsFunc(mine, func(id int) bool { return strconv.Itoa(id) == g.Gid }) {
		mend := "systemctl edit requestd requestd-check: [Service] SupplementaryGroups=" + name + "; then systemctl restart requestd"
		if !inUnit() {
			mend = "see what the daemon itself finds: sudo requestd-check; one that this user is to run: sudo adduser NAME " + name
		}
		k.add(key, "the user that runs this is not in the group "+show(name)+" and cannot give it a socket", mend)
	}
}

// inUnit reports whether this process runs in one of the daemon's units:
// systemd gives each of them credentials.
func inUnit() bool { return os.Getenv(credentialsEnv) != "" }

func (k *checker) checkServer(at string, s Server) {
	if s.Host == "" {
		return
	}
	if s.Auth == AuthPassword {
		k.secret(at+".password_file", s.Password, "write the password into the file, which only the daemon's user may read")
	}
	k.authority(at+".ca_file", s.CAFile)
}

func (k *checker) secret(key string, s SecretFile, mend string) (Secret, bool) {
	if s.IsZero() {
		if s.Env != "" {
			mend = "name the file that holds it, or set $" + s.Env
		}
		k.missing(key, mend)
		return Secret{}, false
	}
	v, err := s.Read()
	if err != nil {
		if name := s.Path.credential(); name != "" && errors.Is(err, fs.ErrPermission) && !inUnit() {
			mend = "see what the daemon itself finds: sudo requestd-check"
		} else if name != "" {
			mend = "write it into the file that LoadCredential names in the unit, such as /etc/requestd/credentials/" + name
		}
		k.add(key, err.Error(), mend)
		return Secret{}, false
	}
	return v, true
}

func (k *checker) readable(key string, p Path, mend string) ([]byte, bool) {
	name, err := p.Open()
	if err != nil {
		k.add(key, err.Error(), mend)
		return nil, false
	}
	b, err := os.ReadFile(name)
	if err != nil {
		k.add(key, plainFileError(name, err).Error(), mend)
		return nil, false
	}
	return b, true
}

func (k *checker) authority(key string, p Path) {
	if p == "" {
		return
	}
	if b, ok := k.readable(key, p, "name the certificate authority's PEM file"); ok && !x509.NewCertPool().AppendCertsFromPEM(b) {
		k.add(key, string(p)+" holds no certificate", "name the certificate authority's PEM file")
	}
}

func (k *checker) checkOAuth(at string, o *OAuth) {
	k.authority(at+".ca_file", o.CAFile)
	switch {
	case o.Kind == FlowGoogleServiceAccount:
		const mend = "put the service account's key there, as Google's console gives it"
		if v, ok := k.secret(at+".key_file", o.Key, mend); ok {
			var account struct {
				Email string `json:"client_email"`
				Key   string `json:"private_key"`
			}
			if err := json.Unmarshal([]byte(v.Reveal()), &account); err != nil || account.Email == "" || account.Key == "" {
				k.add(at+".key_file", string(o.Key.Path)+" is no service account's key", mend)
			}
		}
	case o.Certificate != "":
		k.authority(at+".certificate_file", o.Certificate)
		const mend = "name the certificate's private key, a PEM file without a pass phrase"
		if v, ok := k.secret(at+".key_file", o.Key, mend); ok {
			if block, _ := pem.Decode([]byte(v.Reveal())); block == nil {
				k.add(at+".key_file", string(o.Key.Path)+" is no PEM file", mend)
			}
		}
	default:
		k.secret(at+".secret_file", o.Secret, "write the client secret into the file, or name a certificate_file and key_file")
	}
}
