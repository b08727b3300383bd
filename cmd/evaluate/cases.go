package main

import (
	"fmt"
	"io"

	"requestd/classify"
	"requestd/classify/corpus"
	"requestd/intake"
	"requestd/intake/eml"
)

// runCases reads the hard cases of dir and prints how many were read rightly by
// kind of fault, and each one that was not.
func runCases(out io.Writer, dir string, verbose bool) error {
	cases, err := corpus.LoadCases(dir)
	if err != nil {
		return err
	}
	c, err := classify.New(classify.DefaultSettings())
	if err != nil {
		return err
	}
	var order []string
	right, told, untold := map[string]int{}, map[string]int{}, map[string]int{}
	for i := range cases {
		k := &cases[i]
		if told[k.Group]+untold[k.Group] == 0 {
			order = append(order, k.Group)
		}
		if !k.Told() {
			untold[k.Group]++
			continue
		}
		m := eml.Parse(k.Raw, true)
		r := c.Classify(m, intake.Thread{}, "")
		told[k.Group]++
		wrong := k.Wrong(m, r)
		if wrong == "" {
			right[k.Group]++
			continue
		}
		fmt.Fprintf(out, "%-44s %-22s %s\n", k.Name, r.Kind+" "+intake.Kind(r.Decision), wrong)
		if verbose {
			fmt.Fprintf(out, "    %s\n    text %q\n", r.Why, m.Text)
		}
	}
	fmt.Fprintf(out, "\n%s\n%-6s%10s%8s%18s\n", dir, "kind", "right", "of", "not told alone")
	var sum [3]int
	for _, g := range order {
		fmt.Fprintf(out, "%-6s%10d%8d%18d\n", g, right[g], told[g], untold[g])
		sum[0], sum[1], sum[2] = sum[0]+right[g], sum[1]+told[g], sum[2]+untold[g]
	}
	fmt.Fprintf(out, "%-6s%10d%8d%18d   %.1f %% right\n", "all", sum[0], sum[1], sum[2], 100*float64(sum[0])/float64(max(1, sum[1])))
	return nil
}
