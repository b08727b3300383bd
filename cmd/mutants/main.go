// Command mutants puts small faults into packages, one at a time, and lists
// those that no test notices. All faults are compiled in at once and switched
// on by the environment, so that nothing is built between two of them. The
// tests of other packages can be run too, not only the packages' own.
package main

import (
	"bytes"
	"context"
	"encoding/json"
	"flag"
	"fmt"
	"math/rand/v2"
	"os"
	"os/exec"
	"os/signal"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"time"
)

func main() {
	tests := flag.String("tests", "", "packages whose tests are asked beside the packages' own, separated by spaces")
	only := flag.String("only", "", "places such as record.go or record.go:66, separated by spaces, in place of all")
	skip := flag.String("skip", "", "tests that take too long to be asked, as go test -skip takes them")
	lasts := flag.Duration("for", 12*time.Minute, "how long to try")
	seed := flag.Uint64("seed", 1, "which sample to try")
	flag.Parse()
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt)
	defer stop()
	dir, err := os.MkdirTemp("", "mutants-")
	if err == nil {
		defer os.RemoveAll(dir)
		err = run(ctx, dir, flag.Args(), strings.Fields(*tests), strings.Fields(*only), *skip, *lasts, *seed)
	}
	if err != nil {
		fmt.Fprintln(os.Stderr, "mutants:", err)
		os.RemoveAll(dir)
		os.Exit(1)
	}
}

type listed struct {
	Dir, ImportPath string
	GoFiles         []string
	TestGoFiles     []string
	XTestGoFiles    []string
}

func list(ctx context.Context, packages []string) (all []listed, err error) {
	out, err := exec.CommandContext(ctx, "go", append([]string{"list", "-json=Dir,ImportPath,GoFiles,TestGoFiles,XTestGoFiles"}, packages...)...).Output()
	if err != nil {
		return nil, fmt.Errorf("go list %v: %w", packages, err)
	}
	for d := json.NewDecoder(bytes.NewReader(out)); d.More(); {
		var l listed
		if err := d.Decode(&l); err != nil {
			return nil, err
		}
		all = append(all, l)
	}
	return all, nil
}

// suite is a compiled test of a package.
type suite struct{ program, dir, skip string }

func run(ctx context.Context, dir string, packages, tests, only []string, skip string, lasts time.Duration, seed uint64) error {
	mutated, err := list(ctx, packages)
	if err != nil {
		return err
	}
	root, err := os.Getwd()
	if err != nil {
		return err
	}
	m := mutator{}
	overlay := map[string]string{}
	put := func(path, text string) error {
		file := filepath.Join(dir, fmt.Sprintf("%d.go", len(overlay)))
		overlay[path] = file
		return os.WriteFile(file, []byte(text), 0o600)
	}
	if err := put(filepath.Join(root, "cmd/mutants/switched/switched.go"), switchSource); err != nil {
		return err
	}
	for _, p := range mutated {
		for _, name := range p.GoFiles {
			path := filepath.Join(p.Dir, name)
			src, err := os.ReadFile(path)
			if err != nil {
				return err
			}
			text, err := m.mutate(path, strings.TrimPrefix(path, root+"/"), src)
			if err == nil {
				err = put(path, text)
			}
			if err != nil {
				return err
			}
		}
	}
	file := filepath.Join(dir, "overlay.json")
	text, err := json.Marshal(map[string]any{"Replace": overlay})
	if err == nil {
		err = os.WriteFile(file, text, 0o600)
	}
	if err != nil {
		return err
	}
	suites, err := compile(ctx, dir, file, append(packages, tests...))
	if err != nil {
		return err
	}
	for i := range suites {
		suites[i].skip = skip
	}
	return try(ctx, dir, suites, m.mutants, only, lasts, seed)
}

func compile(ctx context.Context, dir, overlay string, packages []string) (suites []suite, err error) {
	all, err := list(ctx, packages)
	if err != nil {
		return nil, err
	}
	for i, p := range all {
		if len(p.TestGoFiles)+len(p.XTestGoFiles) == 0 {
			continue
		}
		s := suite{program: filepath.Join(dir, strconv.Itoa(i)+".test"), dir: p.Dir}
		if out, err := exec.CommandContext(ctx, "go", "test", "-c", "-vet=off", "-overlay", overlay, "-o", s.program, p.ImportPath).CombinedOutput(); err != nil {
			return nil, fmt.Errorf("compile the tests of %s: %w\n%s", p.ImportPath, err, out)
		}
		suites = append(suites, s)
	}
	return suites, nil
}

// notices reports whether a test fails while a mutant is switched on.
func notices(ctx context.Context, suites []suite, limit time.Duration, env ...string) bool {
	for _, s := range suites {
		c, stop := context.WithTimeout(ctx, limit)
		cmd := exec.CommandContext(c, s.program, "-test.failfast", "-test.short", "-test.skip="+s.skip)
		cmd.Dir, cmd.Env = s.dir, append(os.Environ(), env...)
		err := cmd.Run()
		stop()
		if err != nil {
			return true
		}
	}
	return false
}

// among reports whether a place is one of those asked for; all are if only is
// empty.
func among(only []string, at string) bool {
	return len(only) == 0 || slices.ContainsFunc(only, func(s string) bool {
		return strings.HasSuffix(at, "/"+s) || strings.Contains(at, "/"+s+":")
	})
}

func try(ctx context.Context, dir string, suites []suite, mutants []mutant, only []string, lasts time.Duration, seed uint64) error {
	reached := filepath.Join(dir, "reached")
	start := time.Now()
	if notices(ctx, suites, time.Hour, "MUTANT=0", "MUTANTS_REACHED="+reached) {
		return fmt.Errorf("the tests fail without any mutant")
	}
	limit := 4*time.Since(start) + 10*time.Second
	text, err := os.ReadFile(reached)
	if err != nil {
		return err
	}
	met := map[int]bool{}
	for line := range strings.FieldsSeq(string(text)) {
		n, _ := strconv.Atoi(line)
		met[n] = true
	}
	fmt.Printf("%d mutants, %d of them in places that tests come by; the tests took %v\n", len(mutants), len(met), time.Since(start).Round(time.Second))
	for i, x := range mutants {
		if !met[i+1] && among(only, x.At) {
			fmt.Printf("not reached  %s  %s\n", x.At, x.What)
		}
	}
	tried, lived := 0, 0
	end := time.Now().Add(lasts)
	for _, i := range rand.New(rand.NewPCG(seed, 0)).Perm(len(mutants)) {
		if !met[i+1] || !among(only, mutants[i].At) || time.Now().After(end) || ctx.Err() != nil {
			continue
		}
		tried++
		if !notices(ctx, suites, limit, fmt.Sprintf("MUTANT=%d", i+1)) {
			lived++
			fmt.Printf("lived  %s  %s\n", mutants[i].At, mutants[i].What)
		}
	}
	fmt.Printf("%d tried, %d lived\n", tried, lived)
	return nil
}
