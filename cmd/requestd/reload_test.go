package main

import (
	"bytes"
	"os"
	"path/filepath"
	"testing"
)

// TestAChangedSecretIsHandedOver: into the runtime directory, and nowhere else
// whatever stands there.
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
		if err := renewCredentials(cmd, sources); err != nil {
			t.Fatal(err)
		}
		return out.String()
	}
	const other = "other is not handed to the service: add LoadCredential=other:"
	if got := tell(); got != "the secret changed was taken over anew\n"+other+sources+"/other with systemctl edit requestd requestd-check, and restart\n" {
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

	if err := os.RemoveAll(runtime + "/credentials"); err != nil {
		t.Fatal(err)
	}
	if err := os.Symlink(dir, runtime+"/credentials"); err != nil {
		t.Fatal(err)
	}
	if err := renewCredentials(newReloadCmd(), sources); err == nil {
		t.Error("it went where the runtime directory pointed it")
	}
	if _, err := os.Stat(dir + "/changed"); err == nil {
		t.Error("a secret left the runtime directory")
	}
}
