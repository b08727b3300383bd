package main

import (
	"bytes"
	"context"
	"errors"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/spf13/cobra"

	"requestd/intake/config"
)

// runCheck runs check on a configuration whose secrets are in place.
func runCheck(t *testing.T, edit func(string) string, args []string, probes ...prober) (string, error) {
	t.Helper()
	dir := t.TempDir()
	b, err := os.ReadFile("../../intake/config/testdata/minimal.yaml")
	if err != nil {
		t.Fatal(err)
	}
	text := strings.ReplaceAll(string(b), "tls/ca.pem", `""`)
	if edit != nil {
		text = edit(text)
	}
	file := filepath.Join(dir, "config.yaml")
	if err := os.MkdirAll(filepath.Join(dir, "secrets"), 0o700); err != nil {
		t.Fatal(err)
	}
	for name, content := range map[string]string{
		file: text, filepath.Join(dir, "secrets/smtp"): "s\n",
		filepath.Join(dir, "secrets/governance"): "g\n", filepath.Join(dir, "secrets/cymru"): "c\n",
	} {
		if err := os.WriteFile(name, []byte(content), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	var out bytes.Buffer
	root := &cobra.Command{Use: "requestd", SilenceErrors: true, SilenceUsage: true}
	root.PersistentFlags().String("config", "", "")
	root.AddCommand(newCheckCmd(probes...))
	root.SetOut(&out)
	root.SetArgs(append([]string{"check", "--config", file}, args...))
	err = root.ExecuteContext(t.Context())
	return out.String(), err
}

func TestCheckNamesEveryMistakeAndItsMend(t *testing.T) {
	out, err := runCheck(t, func(s string) string {
		return strings.NewReplacer("port: 2525", "port: 0", "secrets/cymru", "secrets/lost").Replace(s)
	}, nil)
	var e *exitError
	if !errors.As(err, &e) || e.code != exitUsage {
		t.Fatalf("check gave %v, want exit code %d", err, exitUsage)
	}
	if !strings.Contains(out, "smtp.port (line 3): 0 is out of range") || !strings.Contains(out, "from 1 to 65535") {
		t.Errorf("check said:\n%s", out)
	}
}

func TestCheckNamesAMissingSecret(t *testing.T) {
	out, err := runCheck(t, func(s string) string { return strings.ReplaceAll(s, "secrets/cymru", "secrets/lost") }, nil)
	if err == nil || !strings.Contains(out, "mailboxes[1].imap.password_file") || !strings.Contains(out, "secrets/lost does not exist") {
		t.Errorf("check gave %v and said:\n%s", err, out)
	}
}

func TestCheckAsksServersOnlyWhenTold(t *testing.T) {
	probe := func(_ context.Context, c *config.Config) []Finding {
		return []Finding{{Where: "mailboxes[0].imap", Says: "the server refuses " + c.Mailboxes[0].IMAP.Username, Mend: "renew the password"}}
	}
	if out, err := runCheck(t, nil, nil, probe); err != nil || strings.Contains(out, "refuses") {
		t.Errorf("check gave %v and said:\n%s", err, out)
	}
	out, err := runCheck(t, nil, []string{"--connect"}, probe)
	var e *exitError
	if err == nil || errors.As(err, &e) {
		t.Errorf("check --connect gave %v, want exit code %d", err, exitFailed)
	}
	if !strings.Contains(out, "refuses governance") || !strings.Contains(out, "renew the password") {
		t.Errorf("check --connect said:\n%s", out)
	}
	out, _ = runCheck(t, nil, []string{"--connect", "--json"}, probe)
	if !strings.Contains(out, `{"level":"wrong","key":"mailboxes[0].imap","line":0,"says":"the server refuses governance","mend":"renew the password"}`) {
		t.Errorf("check --json said:\n%s", out)
	}
}
