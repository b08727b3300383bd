package config

import (
	"bytes"
	"encoding/json"
	"fmt"
	"log/slog"
	"os"
	"path/filepath"
	"strings"
	"testing"
)

func TestASecretIsNeverPrinted(t *testing.T) {
	const value = "hunter2"
	s := Secret{value}
	within := struct {
		S Secret
		P *Secret
	}{s, &s}
	var b bytes.Buffer
	for _, verb := range []string{"%v", "%+v", "%#v", "%s", "%q", "%x", "%d"} {
		fmt.Fprintf(&b, verb+"\n", s)
		fmt.Fprintf(&b, verb+"\n", within)
		fmt.Fprintf(&b, verb+"\n", []Secret{s})
	}
	slog.New(slog.NewTextHandler(&b, nil)).Info("x", "s", s, "within", within)
	slog.New(slog.NewJSONHandler(&b, nil)).Info("x", "s", s, "within", within)
	if err := json.NewEncoder(&b).Encode(within); err != nil {
		t.Fatal(err)
	}
	if err := json.NewEncoder(&b).Encode(map[string]Secret{"s": s}); err != nil {
		t.Fatal(err)
	}
	for _, leak := range []string{value, fmt.Sprintf("%x", value)} {
		if strings.Contains(b.String(), leak) {
			t.Errorf("%q was printed:\n%s", leak, b.String())
		}
	}
	if s.Reveal() != value {
		t.Error("the secret is lost")
	}
}

func TestSecretFiles(t *testing.T) {
	dir := t.TempDir()
	write := func(name, content string) Path {
		p := filepath.Join(dir, name)
		if err := os.WriteFile(p, []byte(content), 0o600); err != nil {
			t.Fatal(err)
		}
		return Path(p)
	}
	write("credential", "from systemd\n")
	t.Setenv("CREDENTIALS_DIRECTORY", dir)
	t.Setenv("REQUESTD_SMTP_PASSWORD", "from the environment")
	for _, x := range []struct {
		name       string
		file       SecretFile
		want, fail string
	}{
		{"with a line break", SecretFile{Path: write("a", "s3cret\n")}, "s3cret", ""},
		{"with that of Windows", SecretFile{Path: write("b", "s3cret\r\n")}, "s3cret", ""},
		{"with blanks of its own", SecretFile{Path: write("c", " s3cret \n\n")}, " s3cret \n", ""},
		{"from systemd", SecretFile{Path: "$CREDENTIALS_DIRECTORY/credential"}, "from systemd", ""},
		{"from systemd, braced", SecretFile{Path: "${CREDENTIALS_DIRECTORY}/credential"}, "from systemd", ""},
		{"of the service, in another unit", SecretFile{Path: "/run/credentials/requestd.service/credential"}, "from systemd", ""},
		{"from the environment", SecretFile{Env: "REQUESTD_SMTP_PASSWORD"}, "from the environment", ""},
		{"the file goes first", SecretFile{Path: write("d", "file"), Env: "REQUESTD_SMTP_PASSWORD"}, "file", ""},
		{"empty", SecretFile{Path: write("e", "\n")}, "", "is empty"},
		{"too long", SecretFile{Path: write("f", strings.Repeat("x", maxSecretBytes+1))}, "", "is it the right file?"},
		{"not there", SecretFile{Path: Path(filepath.Join(dir, "none"))}, "", "does not exist"},
		{"a directory", SecretFile{Path: Path(dir)}, "", "is a directory"},
		{"nowhere", SecretFile{Env: "REQUESTD_NOT_SET"}, "", "$REQUESTD_NOT_SET is not set"},
	} {
		t.Run(x.name, func(t *testing.T) {
			got, err := x.file.Read()
			if x.fail != "" {
				if err == nil || !strings.Contains(err.Error(), x.fail) {
					t.Errorf("got %v, want an error with %q", err, x.fail)
				}
				return
			}
			if err != nil || got.Reveal() != x.want {
				t.Errorf("got %q, %v; want %q", got.Reveal(), err, x.want)
			}
		})
	}
}

func TestACredentialOutsideTheService(t *testing.T) {
	t.Setenv("CREDENTIALS_DIRECTORY", "")
	_, err := SecretFile{Path: "$CREDENTIALS_DIRECTORY/x"}.Read()
	if err == nil || !strings.Contains(err.Error(), "is set by systemd for the service alone") {
		t.Errorf("got %v", err)
	}
}
