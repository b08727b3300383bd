package config

import (
	"bytes"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"log/slog"
	"os"
	"path/filepath"
	"strings"
)

const (
	redacted       = "[secret]"
	maxSecretBytes = 64 << 10
	credentialsEnv = "CREDENTIALS_DIRECTORY"
)

// Secret is a value that is never printed, in whatever way.
type Secret struct{ value string }

// Reveal returns the value itself, for the one place that needs it.
func (s Secret) Reveal() string { return s.value }

// String, GoString, Format, LogValue and the marshallers hide the value.
func (s Secret) String() string { return redacted }

// GoString hides the value.
func (s Secret) GoString() string { return redacted }

// Format hides the value under every verb.
func (s Secret) Format(f fmt.State, _ rune) { _, _ = io.WriteString(f, redacted) }

// LogValue hides the value.
func (s Secret) LogValue() slog.Value { return slog.StringValue(redacted) }

// MarshalText hides the value, in JSON as well.
func (s Secret) MarshalText() ([]byte, error) { return []byte(redacted), nil }

// Path is a file or directory, relative to the configuration file's directory.
// It may begin with $CREDENTIALS_DIRECTORY, which systemd sets only for a
// service; see Open.
type Path string

// MarshalJSON leaves out the path: the JSON form of a configuration is for
// comparing it with that of another machine.
func (p Path) MarshalJSON() ([]byte, error) { return []byte(`""`), nil }

// The service's own credentials; another unit with the same credentials finds
// them in a directory of its own.
const serviceCredentials = "/run/credentials/requestd.service/"

// credential is the name of the systemd credential that p names, or "".
func (p Path) credential() string {
	for _, prefix := range []string{"$" + credentialsEnv + "/", "${" + credentialsEnv + "}/", serviceCredentials} {
		if name, ok := strings.CutPrefix(string(p), prefix); ok {
			return name
		}
	}
	return ""
}

// CredentialSources is where, in the package, root puts the passwords that
// systemd passes to the service.
const CredentialSources = "/etc/requestd/credentials"

// RenewedCredentials is the directory, within the service's runtime directory,
// of credentials that changed since it was started: systemd passes on a changed
// file only at a start, so a reload puts it there.
const RenewedCredentials = "credentials"

// Open returns the path to open. A credential is where the last reload put it,
// else where systemd put it at the start, else, for those who may read it
// there, at its source.
func (p Path) Open() (string, error) {
	name := p.credential()
	if name == "" {
		return string(p), nil
	}
	if dir := os.Getenv("RUNTIME_DIRECTORY"); dir != "" {
		if renewed := filepath.Join(dir, RenewedCredentials, name); exists(renewed) {
			return renewed, nil
		}
	}
	if source := filepath.Join(CredentialSources, name); os.Getenv(credentialsEnv) == "" && !exists(string(p)) && exists(source) {
		return source, nil
	}
	if dir := os.Getenv(credentialsEnv); dir != "" {
		return filepath.Join(dir, name), nil
	}
	if strings.HasPrefix(string(p), "$") {
		return "", fmt.Errorf("%s cannot be found: $%s is set by systemd for the service alone", p, credentialsEnv)
	}
	return string(p), nil
}

func exists(name string) bool {
	_, err := os.Stat(name)
	return err == nil
}

func (p Path) resolve(dir string) Path {
	if p == "" || strings.HasPrefix(string(p), "$") && p.credential() != "" {
		return p
	}
	if filepath.IsAbs(string(p)) {
		return Path(filepath.Clean(string(p)))
	}
	return Path(filepath.Join(dir, string(p)))
}

// SecretFile says where a secret is read from: the file or, if none is named,
// the environment variable Env. It is read at each use, so that a new password
// needs no restart.
type SecretFile struct {
	Path Path
	Env  string // "" if the secret is never taken from the environment
}

// IsZero reports whether no file is named and the variable is not set.
func (s SecretFile) IsZero() bool {
	return s.Path == "" && (s.Env == "" || os.Getenv(s.Env) == "")
}

// Read returns the secret, without a final line break. Its errors name the file
// or the variable, never the content.
func (s SecretFile) Read() (Secret, error) {
	if s.Path == "" {
		if v := os.Getenv(s.Env); s.Env != "" && v != "" {
			return Secret{v}, nil
		}
		return Secret{}, fmt.Errorf("no file is named and $%s is not set", s.Env)
	}
	name, err := s.Path.Open()
	if err != nil {
		return Secret{}, err
	}
	f, err := os.Open(name)
	if err != nil {
		return Secret{}, plainFileError(name, err)
	}
	defer f.Close()
	b, err := io.ReadAll(io.LimitReader(f, maxSecretBytes+1))
	switch {
	case err != nil:
		return Secret{}, plainFileError(name, err)
	case len(b) > maxSecretBytes:
		return Secret{}, fmt.Errorf("%s is longer than %d bytes: is it the right file?", name, maxSecretBytes)
	}
	b = bytes.TrimSuffix(bytes.TrimSuffix(b, []byte("\n")), []byte("\r"))
	if len(b) == 0 {
		return Secret{}, fmt.Errorf("%s is empty", name)
	}
	return Secret{string(b)}, nil
}

// notForUs says that this user may not read a file.
type notForUs string

func (f notForUs) Error() string { return string(f) + " may not be read by this user" }
func (notForUs) Unwrap() error   { return fs.ErrPermission }

// plainFileError says in words what is wrong with a file.
func plainFileError(name string, err error) error {
	switch {
	case errors.Is(err, fs.ErrNotExist):
		return fmt.Errorf("%s does not exist", name)
	case errors.Is(err, fs.ErrPermission):
		return notForUs(name)
	}
	var pe *fs.PathError
	if errors.As(err, &pe) {
		err = pe.Err
	}
	return fmt.Errorf("%s cannot be read: %w", name, err)
}
