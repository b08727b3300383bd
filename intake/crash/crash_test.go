package crash

import (
	"os"
	"os/exec"
	"path/filepath"
	"testing"

	"requestd/intake/mailtest"
)

// TestKills is a short version of make crash.
func TestKills(t *testing.T) {
	mailtest.Need(t)
	dir := t.TempDir()
	binary := filepath.Join(dir, "requestd")
	build := exec.CommandContext(t.Context(), "go", "build", "-trimpath", "-o", binary, "requestd/cmd/requestd")
	build.Env = append(os.Environ(), "CGO_ENABLED=0") // as the released program is built, so that it is compiled only once
	if out, err := build.CombinedOutput(); err != nil {
		t.Fatalf("build the program: %v: %s", err, out)
	}
	tally := Run(t, Options{Binary: binary, Dir: dir, Kills: 12, Moves: 1, Seed: 1, Say: t.Logf})
	for _, v := range tally.Violations {
		t.Error(v)
	}
	t.Log(tally)
	if err := os.Mkdir(filepath.Join(dir, "several"), 0o700); err != nil {
		t.Fatal(err)
	}
	tally = RunSeveral(t, Options{Binary: binary, Dir: filepath.Join(dir, "several"), Kills: 3, Seed: 1, Say: t.Logf})
	for _, v := range tally.Violations {
		t.Error("with two daemons:", v)
	}
	t.Log(tally)
}
