package main

import (
	"bytes"
	"errors"
	"os"
	"path/filepath"
	"testing"

	"requestd/intake/admin"
)

// TestAChangedSecretIsHandedOver: it is written into the runtime directory and
// nowhere else, whatever is in the directory.
func TestAChangedSecretIsHandedOver(t *testing.T) {
	dir := t.TempDir()
	sources, handed, runtime := filepath.Join(dir, "sources"), filepath.Join(dir, "handed"), filepath.Join(dir, "run")
	write := func(name, text string) {
		t.Helper()
		if err := os.MkdirAll(filepath.Dir(name), 0o755); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(name, []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	write(sources+"/same", "a")
	write(handed+"/same", "a")
	write(sources+"/changed", "new")
	write(handed+"/changed", "old")
	write(sources+"/other", "x")
	write(runtime+"/control.sock", "")
	t.Setenv("RUNTIME_DIRECTORY", runtime)
	t.Setenv("CREDENTIALS_DIRECTORY", handed)
	tell := func() string {
		t.Helper()
		var out bytes.Buffer
		cmd := newReloadCmd()
		cmd.SetOut(&out)
		if err := reloadWith(cmd, sources, func() error { return nil }); err != nil {
			t.Fatal(err)
		}
		return out.String()
	}
	const other = "other is not handed to the service: add LoadCredential=other:"
	if got := tell(); got != other+sources+"/other with systemctl edit requestd requestd-check, and restart\nthe secret changed was taken over anew\n" {
		t.Errorf("it tells %q", got)
	}
	if b, err := os.ReadFile(runtime + "/credentials/changed"); err != nil || string(b) != "new" {
		t.Errorf("the daemon finds %q, %v", b, err)
	}
	if _, err := os.Stat(runtime + "/credentials/same"); err == nil {
		t.Error("one that did not change was handed over")
	}
	if got := tell(); bytes.Contains([]byte(got), []byte("anew")) {
		t.Errorf("nothing changed, and it tells %q", got)
	}

	// A configuration that the daemon refuses changes nothing.
	write(sources+"/changed", "newer")
	write(sources+"/same", "b")
	refused := &admin.Problem{Failure: admin.Failure{Error: "smtp.port: is wrong"}}
	if err := reloadWith(newReloadCmd(), sources, func() error { return refused }); !errors.Is(err, refused) {
		t.Errorf("got %v", err)
	}
	if b, err := os.ReadFile(runtime + "/credentials/changed"); err != nil || string(b) != "new" {
		t.Errorf("refused, and the daemon finds %q, %v", b, err)
	}
	if left, err := os.ReadDir(runtime + "/credentials"); err != nil || len(left) != 1 {
		t.Errorf("refused, and %v, %v are left", left, err)
	}

	if err := os.RemoveAll(runtime + "/credentials"); err != nil {
		t.Fatal(err)
	}
	if err := os.Symlink(dir, runtime+"/credentials"); err != nil {
		t.Fatal(err)
	}
	if err := reloadWith(newReloadCmd(), sources, func() error { return nil }); err == nil {
		t.Error("it went where the runtime directory pointed it")
	}
	if _, err := os.Stat(dir + "/changed"); err == nil {
		t.Error("a secret left the runtime directory")
	}
}
