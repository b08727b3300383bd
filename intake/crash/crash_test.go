package crash

import (
	"os/exec"
	"path/filepath"
	"testing"

	"requestd/intake/mailtest"
)

// TestKills is a short run of what make crash does at length.
func TestKills(t *testing.T) {
	mailtest.Need(t)
	dir := t.TempDir()
	binary := filepath.Join(dir, "requestd")
	if out, err := exec.CommandContext(t.Context(), "go", "build", "-o", binary, "requestd/cmd/requestd").CombinedOutput(); err != nil {
		t.Fatalf("build the program: %v: %s", err, out)
	}
	tally := Run(t, Options{Binary: binary, Dir: dir, Kills: 12, Seed: 1, Say: t.Logf})
	for _, v := range tally.Violations {
		t.Error(v)
	}
	t.Log(tally)
}
