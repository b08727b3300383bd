package daemon

import (
	"encoding/json"
	"net/http"
	"net/http/httptest"
	"os"
	"regexp"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/prometheus/client_golang/prometheus"

	"requestd/deadlines"
	"requestd/intake/health"
)

// told returns every metric that a daemon can report, with its labels.
func told(t *testing.T) map[string][]string {
	t.Helper()
	metrics := map[string][]string{"up": nil}
	add := func(name, labels string) {
		metrics[name] = append(metrics[name], "job", "instance") // added by Prometheus
		for _, m := range regexp.MustCompile(`(\w+)="`).FindAllStringSubmatch(labels, -1) {
			metrics[name] = append(metrics[name], m[1])
		}
	}
	sample := regexp.MustCompile(`(?m)^(\w+)(\{.*\})? `)

	d := newDesk(t, "")
	d.run()
	d.receive(1)
	w := httptest.NewRecorder()
	d.metricsHandler().ServeHTTP(w, httptest.NewRequestWithContext(t.Context(), http.MethodGet, "/metrics", nil))
	for _, m := range sample.FindAllStringSubmatch(w.Body.String(), -1) {
		add(m[1], m[2])
	}

	// The metrics of a daemon that knows everything are included.
	at := time.Now()
	full := &health.Status{
		Alarms:    []health.Alarm{{ID: "disk", Severity: health.Critical}},
		Mailboxes: []health.Mailbox{{Name: "cafcass", LastPoll: &at, LastSend: &at, IMAPCertificate: &at, SMTPCertificate: &at}},
		Secrets:   []health.Expiry{{Name: "microsoft", Ends: deadlines.NewDay(2027, 1, 1)}},
	}
	ch := make(chan prometheus.Metric, 100)
	gauges{ch}.status(full)
	close(ch)
	named := regexp.MustCompile(`fqName: "(\w+)".*variableLabels: \{([^}]*)\}`)
	for m := range ch {
		parts := named.FindStringSubmatch(m.Desc().String())
		if parts == nil {
			t.Fatalf("%s is written otherwise now", m.Desc())
		}
		add(parts[1], strings.ReplaceAll(parts[2]+",", ",", `="`))
	}
	return metrics
}

var (
	anyMetric = regexp.MustCompile(`\b(?:requestd|process|go)_\w+`)
	selector  = regexp.MustCompile(`(\w+)\{([^}]*)\}`)
	matcher   = regexp.MustCompile(`(\w+)\s*(?:=|!=|=~|!~)"`)
	grouping  = regexp.MustCompile(`\b(?:by|on)\s*\(([^)]*)\)`)
)

// asksFor fails if an expression uses a metric or a label that no daemon
// reports.
func asksFor(t *testing.T, metrics map[string][]string, expr string) {
	t.Helper()
	var labels []string
	names := anyMetric.FindAllString(expr, -1)
	for _, name := range names {
		if _, ok := metrics[name]; !ok {
			t.Errorf("%s: there is no metric %s", expr, name)
		}
		labels = append(labels, metrics[name]...)
	}
	for _, s := range selector.FindAllStringSubmatch(expr, -1) {
		for _, m := range matcher.FindAllStringSubmatch(s[2], -1) {
			if s[1] != "up" && !slices.Contains(metrics[s[1]], m[1]) {
				t.Errorf("%s: %s has no label %s", expr, s[1], m[1])
			}
		}
	}
	for _, g := range grouping.FindAllStringSubmatch(expr, -1) {
		for by := range strings.SplitSeq(g[1], ",") {
			if !slices.Contains(labels, strings.TrimSpace(by)) {
				t.Errorf("%s: no metric in it has the label %s", expr, by)
			}
		}
	}
}

// The dashboard in the package can be drawn by Grafana: its panels have
// different numbers, none overlaps another, and every metric in it is reported.
func TestTheDashboardShowsWhatTheDaemonTells(t *testing.T) {
	type place struct{ X, Y, W, H int }
	var board struct {
		UID, Title    string
		SchemaVersion int
		Templating    struct {
			List []struct{ Name string }
		}
		Panels []struct {
			ID          int
			Type, Title string
			GridPos     place
			Datasource  struct{ Type, UID string }
			Targets     []struct{ Expr, RefID, LegendFormat string }
		}
	}
	b, err := os.ReadFile("../../packaging/grafana/requestd.json")
	if err != nil {
		t.Fatal(err)
	}
	if err := json.Unmarshal(b, &board); err != nil {
		t.Fatal(err)
	}
	if board.UID == "" || board.Title == "" || board.SchemaVersion < 30 || len(board.Panels) == 0 {
		t.Fatalf("no dashboard: %+v", board)
	}
	variables := map[string]bool{"__rate_interval": true, "__interval": true, "__range": true}
	for _, v := range board.Templating.List {
		variables[v.Name] = true
	}
	for _, m := range regexp.MustCompile(`\$\{?(\w+)`).FindAllStringSubmatch(string(b), -1) {
		if !variables[m[1]] {
			t.Errorf("the variable %s is defined nowhere", m[0])
		}
	}
	metrics, ids := told(t), map[int]bool{}
	for i, p := range board.Panels {
		if p.ID == 0 || ids[p.ID] {
			t.Errorf("panel %q: the number %d is missing or another's", p.Title, p.ID)
		}
		ids[p.ID] = true
		if g := p.GridPos; g.X < 0 || g.W <= 0 || g.H <= 0 || g.X+g.W > 24 {
			t.Errorf("panel %q lies outside Grafana's 24 columns: %+v", p.Title, g)
		}
		for _, other := range board.Panels[:i] {
			a, b := p.GridPos, other.GridPos
			if a.X < b.X+b.W && b.X < a.X+a.W && a.Y < b.Y+b.H && b.Y < a.Y+a.H {
				t.Errorf("panel %q lies over %q", p.Title, other.Title)
			}
		}
		if p.Type != "row" && p.Type != "text" && (len(p.Targets) == 0 || p.Datasource.Type != "prometheus") {
			t.Errorf("panel %q asks no Prometheus", p.Title)
		}
		for _, q := range p.Targets {
			if q.Expr == "" || q.RefID == "" {
				t.Errorf("panel %q: a question without text or letter: %+v", p.Title, q)
			}
			asksFor(t, metrics, q.Expr)
			for _, m := range regexp.MustCompile(`\{\{\s*(\w+)`).FindAllStringSubmatch(q.LegendFormat, -1) {
				name := anyMetric.FindString(q.Expr)
				if !slices.Contains(metrics[name], m[1]) {
					t.Errorf("panel %q: the legend names %s, which %s has not", p.Title, m[1], name)
				}
			}
		}
	}
}

// promtool tests the alert rules with its own figures; this checks that a
// daemon reports such figures.
func TestTheAlertRulesAskForWhatTheDaemonTells(t *testing.T) {
	b, err := os.ReadFile("../../packaging/prometheus/requestd.rules.yml")
	if err != nil {
		t.Fatal(err)
	}
	rules := regexp.MustCompile(`(?m)^\s*expr: (.*)$`).FindAllStringSubmatch(string(b), -1)
	if len(rules) < 5 {
		t.Fatalf("found %d rules", len(rules))
	}
	metrics := told(t)
	for _, r := range rules {
		asksFor(t, metrics, r[1])
	}
}
