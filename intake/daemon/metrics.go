package daemon

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"net"
	"net/http"
	"time"

	"github.com/prometheus/client_golang/prometheus"
	"github.com/prometheus/client_golang/prometheus/collectors"
	"github.com/prometheus/client_golang/prometheus/promhttp"

	"requestd/intake/health"
)

// listenMetrics listens on the address in metrics.listen; nil if there is none.
// The configuration makes sure that it is a loopback address.
func (d *Daemon) listenMetrics() (net.Listener, error) {
	if d.metrics == "" {
		return nil, nil
	}
	l, err := net.Listen("tcp", d.metrics)
	if err != nil {
		return nil, fmt.Errorf("metrics.listen: %w: name a port that is free, or \"\" for no metrics", err)
	}
	return l, nil
}

func (d *Daemon) serveMetrics(ctx context.Context, l net.Listener) error {
	m := http.NewServeMux()
	m.Handle("GET /metrics", d.metricsHandler())
	m.HandleFunc("GET /healthz", d.serveHealth)
	s := &http.Server{Handler: m, ReadHeaderTimeout: 10 * time.Second, WriteTimeout: time.Minute, MaxHeaderBytes: 16 << 10}
	context.AfterFunc(ctx, func() { _ = s.Close() })
	if err := s.Serve(l); !errors.Is(err, http.ErrServerClosed) {
		return err
	}
	return nil
}

// serveHealth answers 200, or 503 while there is a critical alarm, with the
// names of the alarms and nothing about any case.
func (d *Daemon) serveHealth(w http.ResponseWriter, r *http.Request) {
	answer := struct {
		Well   bool     `json:"well"` // no critical alarm
		Alarms []string `json:"alarms"`
	}{true, []string{}}
	s, err := d.Status(r.Context())
	if err != nil {
		http.Error(w, "the status cannot be told", http.StatusServiceUnavailable)
		return
	}
	for _, a := range s.Alarms {
		answer.Alarms = append(answer.Alarms, a.ID)
		answer.Well = answer.Well && a.Severity != health.Critical
	}
	w.Header().Set("Content-Type", "application/json")
	w.Header().Set("Cache-Control", "no-store")
	if !answer.Well {
		w.WriteHeader(http.StatusServiceUnavailable)
	}
	_ = json.NewEncoder(w).Encode(answer) // the client has gone; nobody is left to tell
}

func (d *Daemon) metricsHandler() http.Handler {
	reg := prometheus.NewRegistry()
	reg.MustRegister(&collector{d}, collectors.NewGoCollector(), collectors.NewProcessCollector(collectors.ProcessCollectorOpts{}))
	return promhttp.HandlerFor(reg, promhttp.HandlerOpts{})
}

// collector reports to Prometheus what Status tells people.
type collector struct{ d *Daemon }

func desc(name, help string, labels ...string) *prometheus.Desc {
	return prometheus.NewDesc("requestd_"+name, help, labels, nil)
}

var (
	metricBuild     = desc("build_info", "The program that runs; always 1.", "version")
	metricPoll      = desc("last_poll_timestamp_seconds", "When the mailbox was last read to its end.", "mailbox")
	metricSend      = desc("last_send_timestamp_seconds", "When a mail of the mailbox was last accepted.", "mailbox")
	metricConnected = desc("connected", "1 while a connection to the mailbox stands.", "mailbox")
	metricEnds      = desc("certificate_expiry_timestamp_seconds", "When the server's certificate ends.", "mailbox", "protocol")
	metricSecret    = desc("secret_expiry_timestamp_seconds", "The day on which an oauth secret ends.", "oauth")
	metricMessages  = desc("messages_total", "Mail taken in since the daemon started, by what was decided.", "decision")
	metricLetters   = desc("letters", "Letters in the outbox, by state.", "state")
	metricCases     = desc("cases", "Open cases, by state.", "state")
	metricOverdue   = desc("cases_overdue", "Open cases past their date.")
	metricUnsent    = desc("oldest_unsent_seconds", "For how long the oldest letter that is due waits; 0 when none does.")
	metricUnread    = desc("quarantined", "Mail that could not be read and waits for a decision.")
	metricHolidays  = desc("holidays_end_timestamp_seconds", "The day up to which bank holidays are known.")
	metricDiskFree  = desc("disk_free_bytes", "What the daemon may still use of the store's disk.")
	metricDiskTotal = desc("disk_total_bytes", "The size of the store's disk.")
	metricReload    = desc("last_reload_success", "1 when the configuration was last read with success, 0 when the old one stays in force.")
	metricReloaded  = desc("last_reload_timestamp_seconds", "When the configuration was last read.")
	metricStore     = desc("store_bytes", "The length of the store's file.")
	metricBackup    = desc("last_backup_timestamp_seconds", "When the store was last copied; 0 for never, left out where it lies in a database.")
	metricBreaker   = desc("breaker_open", "1 while letters to people outside wait because too many went out.")
	metricAlarm     = desc("alarm", "1 for each alarm that stands.", "alarm", "severity")
)

// Describe describes no metrics: which ones there are depends on the
// configuration in force.
func (c *collector) Describe(chan<- *prometheus.Desc) {}

// Collect reports the present state.
func (c *collector) Collect(ch chan<- prometheus.Metric) {
	s, err := c.d.Status(context.Background())
	if err != nil {
		ch <- prometheus.NewInvalidMetric(metricBuild, err)
		return
	}
	g := gauges{ch}
	g.status(s)
	for decision, n := range c.d.Engine.Taken() {
		ch <- prometheus.MustNewConstMetric(metricMessages, prometheus.CounterValue, float64(n), string(decision))
	}
	last := c.d.lastReload()
	g.set(metricReload, truth(!last.failed))
	g.set(metricReloaded, float64(last.at.Unix()))
}

type gauges struct{ ch chan<- prometheus.Metric }

func (g gauges) set(d *prometheus.Desc, v float64, labels ...string) {
	g.ch <- prometheus.MustNewConstMetric(d, prometheus.GaugeValue, v, labels...)
}

// at reports a time; an unknown one is left out.
func (g gauges) at(d *prometheus.Desc, t *time.Time, labels ...string) {
	if t != nil {
		g.set(d, float64(t.Unix()), labels...)
	}
}

func (g gauges) status(s *health.Status) {
	g.set(metricBuild, 1, s.Version)
	for i := range s.Mailboxes {
		g.mailbox(&s.Mailboxes[i])
	}
	g.register(s)
	for _, x := range s.Secrets {
		g.set(metricSecret, float64(x.Ends.Time(0, 0).Unix()), x.Name)
	}
	g.set(metricHolidays, float64(s.Holidays.Through.Time(0, 0).Unix()))
	g.set(metricDiskFree, float64(s.Disk.Free))
	g.set(metricDiskTotal, float64(s.Disk.Total))
	g.set(metricStore, float64(s.Disk.Store))
	g.set(metricBreaker, truth(s.Breaker))
	for _, a := range s.Alarms {
		g.set(metricAlarm, 1, a.ID, string(a.Severity))
	}
}

func (g gauges) mailbox(m *health.Mailbox) {
	g.at(metricPoll, m.LastPoll, m.Name)
	g.at(metricSend, m.LastSend, m.Name)
	g.set(metricConnected, truth(m.Connected), m.Name)
	g.at(metricEnds, m.IMAPCertificate, m.Name, "imap")
	g.at(metricEnds, m.SMTPCertificate, m.Name, "smtp")
}

func (g gauges) register(s *health.Status) {
	for _, x := range []struct {
		state string
		n     int
	}{
		{"waiting", s.Letters.Waiting}, {"sending", s.Letters.Sending}, {"in-doubt", s.Letters.InDoubt},
		{"held", s.Letters.Held}, {"failed", s.Letters.Failed},
	} {
		g.set(metricLetters, float64(x.n), x.state)
	}
	g.set(metricCases, float64(s.Cases.Triage), "triage")
	g.set(metricCases, float64(s.Cases.Open), "open")
	g.set(metricCases, float64(s.Cases.Waiting), "waiting")
	g.set(metricOverdue, float64(s.Cases.Overdue))
	g.set(metricUnread, float64(s.Cases.Unreadable))
	unsent := 0.0
	if s.OldestUnsent != nil {
		unsent = max(0, s.At.Sub(*s.OldestUnsent).Seconds())
	}
	g.set(metricUnsent, unsent)
	switch {
	case s.Database: // the daemon knows nothing about a database's copies
	case s.Backup != nil:
		g.at(metricBackup, s.Backup)
	default:
		g.set(metricBackup, 0)
	}
}

func truth(b bool) float64 {
	if b {
		return 1
	}
	return 0
}
