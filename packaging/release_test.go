package packaging

import (
	"bytes"
	"encoding/json"
	"maps"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"
)

// output runs a program in a folder and returns what it prints; the program
// must succeed.
func output(t *testing.T, dir string, args ...string) string {
	t.Helper()
	cmd := exec.CommandContext(t.Context(), args[0], args[1:]...)
	cmd.Dir = dir
	out, err := cmd.CombinedOutput()
	if err != nil {
		t.Fatalf("%s: %v\n%s", strings.Join(args, " "), err, out)
	}
	return string(out)
}

// TestAReleaseIsTheSameWhereverItIsMade: it is the same byte for byte, with
// packages for both processors, checksums that hold, and a list of each
// package's contents that agrees with the program.
func TestAReleaseIsTheSameWhereverItIsMade(t *testing.T) {
	asked(t)
	var made [2]map[string]string
	for i, place := range []string{"here", "another/place"} {
		dir := filepath.Join(t.TempDir(), place)
		output(t, ".", "git", "clone", "-q", "--no-tags", "..", dir)
		if i == 0 {
			refused(t, dir, "tag this commit first")
		}
		output(t, dir, "git", "tag", "v0.9")
		if i == 0 {
			changed := filepath.Join(dir, "README.md")
			if err := os.WriteFile(changed, []byte("changed\n"), 0o600); err != nil {
				t.Fatal(err)
			}
			refused(t, dir, "commit what was changed")
			output(t, dir, "git", "checkout", "-q", "README.md")
		}
		output(t, dir, "make", "--no-print-directory", "release")
		dist := filepath.Join(dir, "dist")
		made[i] = released(t, dist)
		output(t, dist, "sha256sum", "--check", "--strict", "SHA256SUMS")
		if i == 0 {
			listed(t, dist)
		}
	}
	names := slices.Sorted(maps.Keys(made[0]))
	want := []string{"SHA256SUMS", "requestd_0.9_amd64.cdx.json", "requestd_0.9_amd64.deb", "requestd_0.9_arm64.cdx.json", "requestd_0.9_arm64.deb"}
	if !slices.Equal(names, want) {
		t.Errorf("released %v, want %v", names, want)
	}
	for name, b := range made[0] {
		if made[1][name] != b {
			t.Errorf("%s differs between two builds of the same commit", name)
		}
	}
}

func refused(t *testing.T, dir, says string) {
	t.Helper()
	cmd := exec.CommandContext(t.Context(), "make", "--no-print-directory", "release")
	cmd.Dir = dir
	if out, err := cmd.CombinedOutput(); err == nil || !strings.Contains(string(out), says) {
		t.Errorf("make release: %v, want an error that says %q\n%s", err, says, out)
	}
}

// released returns the files of a release by their names.
func released(t *testing.T, dist string) map[string]string {
	t.Helper()
	entries, err := os.ReadDir(dist)
	if err != nil {
		t.Fatal(err)
	}
	files := map[string]string{}
	for _, e := range entries {
		if e.IsDir() {
			continue // the build's own
		}
		b, err := os.ReadFile(filepath.Join(dist, e.Name()))
		if err != nil {
			t.Fatal(err)
		}
		files[e.Name()] = string(b)
	}
	return files
}

var dependency = regexp.MustCompile(`(?m)^\s+dep\s+(\S+)\s+(\S+)`)

// listed compares the list of what is in the package that was built last with
// what its program says about itself.
func listed(t *testing.T, dist string) {
	t.Helper()
	b, err := os.ReadFile(filepath.Join(dist, "requestd_0.9_arm64.cdx.json"))
	if err != nil {
		t.Fatal(err)
	}
	var bom struct {
		BOMFormat, SpecVersion string
		Metadata               struct {
			Component struct{ Name, Version string }
		}
		Components []struct{ Name, Version, Purl string }
	}
	if err := json.NewDecoder(bytes.NewReader(b)).Decode(&bom); err != nil {
		t.Fatal(err)
	}
	if c := bom.Metadata.Component; bom.BOMFormat != "CycloneDX" || bom.SpecVersion == "" || c.Name != "requestd" || c.Version != "0.9" {
		t.Errorf("the list begins %+v", bom)
	}
	var got, want []string
	for _, c := range bom.Components {
		if !strings.HasPrefix(c.Purl, "pkg:golang/"+c.Name+"@") {
			t.Errorf("%s has the address %q", c.Name, c.Purl)
		}
		if c.Name != "stdlib" {
			got = append(got, c.Name+" "+c.Version)
		}
	}
	for _, m := range dependency.FindAllStringSubmatch(output(t, dist, "go", "version", "-m", "build/requestd"), -1) {
		want = append(want, m[1]+" "+m[2])
	}
	slices.Sort(want)
	slices.Sort(got)
	if len(want) == 0 || !slices.Equal(got, want) {
		t.Errorf("the list names\n%s\nand the program holds\n%s", strings.Join(got, "\n"), strings.Join(want, "\n"))
	}
}
