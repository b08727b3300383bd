package main

import (
	"context"
	"fmt"
	"maps"
	"net/http"
	"os"
	"slices"
	"strings"
	"sync"
	"time"

	"requestd/deadlines"
	"requestd/intake/config"
	"requestd/intake/daemon"
	"requestd/intake/mailbox"
	"requestd/intake/outbox"
	"requestd/templates"
)

// probeTime limits how long one server is asked.
const probeTime = 2 * time.Minute

// probeServers signs in to every server, all at once.
func probeServers(ctx context.Context, c *config.Config) []Finding {
	connections, err := daemon.Connections(c)
	if err != nil {
		return []Finding{{Where: "mailboxes", Says: err.Error()}}
	}
	ctx, stop := context.WithTimeout(ctx, probeTime)
	defer stop()
	found := make([][]Finding, 2*len(connections))
	var all sync.WaitGroup
	for i, x := range connections {
		at := fmt.Sprintf("mailboxes[%d]", i)
		all.Go(func() {
			report := mailbox.Probe(ctx, x.Read)
			found[2*i] = append(imapFindings(at+".imap", &report), trustFindings(at+".trust.authserv", &report, x.Mailbox.Trust.Authserv)...)
		})
		if senders, key := sendersOf(c, i); len(senders) > 0 {
			all.Go(func() { found[2*i+1] = smtpFindings(key, outbox.Probe(ctx, x.Send, senders)) })
		}
	}
	all.Wait()
	var list []Finding
	for _, f := range found {
		list = append(list, f...)
	}
	return list
}

// sendersOf returns the addresses that send through the server of a mailbox. A
// server that several mailboxes share is asked once, at the first of them.
func sendersOf(c *config.Config, i int) (senders []string, key string) {
	if c.Mailboxes[i].SMTP != &c.SMTP {
		return []string{c.Mailboxes[i].Address}, fmt.Sprintf("mailboxes[%d].smtp", i)
	}
	for j := range c.Mailboxes {
		if c.Mailboxes[j].SMTP == &c.SMTP {
			if j < i {
				return nil, ""
			}
			senders = append(senders, c.Mailboxes[j].Address)
		}
	}
	return senders, "smtp"
}

// trustFindings says which servers' results are in the mailbox's own mail, and
// which are believed.
func trustFindings(key string, r *mailbox.Report, believed []string) []Finding {
	var list []Finding
	for _, v := range r.Vouchers {
		says := fmt.Sprintf("%d of the newest %d mails carry the word of %s on who sent them", v.Mails, r.Seen, v.ID)
		if slices.ContainsFunc(believed, func(id string) bool { return strings.EqualFold(id, v.ID) }) {
			says += ", which is believed"
		} else {
			says += ": name it here once you know that it takes such headers away from mail from outside"
		}
		list = append(list, Finding{Where: key, OK: true, Says: says})
	}
	if len(r.Vouchers) == 0 && r.Seen > 0 && len(believed) > 0 {
		list = append(list, Finding{Where: key, OK: true, Says: fmt.Sprintf("none of the newest %d mails carries the word of %s: forged senders are not noticed", r.Seen, strings.Join(believed, ", "))})
	}
	return list
}

func imapFindings(key string, r *mailbox.Report) []Finding {
	var list []Finding
	for _, p := range r.Problems {
		list = append(list, Finding{Where: key, Says: p})
	}
	if len(r.Mails) > 0 {
		list = append(list, Finding{Where: key, OK: true, Says: imapSummary(r)})
	}
	for _, n := range r.Notes {
		list = append(list, Finding{Where: key, OK: true, Says: n})
	}
	return list
}

func imapSummary(r *mailbox.Report) string {
	s := "signed in to " + r.Address
	if r.Server != "" {
		s += " (" + r.Server + ")"
	}
	for _, folder := range slices.Sorted(maps.Keys(r.Mails)) {
		s += fmt.Sprintf("; %d mails in %s", r.Mails[folder], folder)
	}
	if !r.CertEnds.IsZero() {
		s += "; certificate until " + r.CertEnds.Format(time.DateOnly)
	}
	return s + "; offers " + strings.Join(r.Capabilities, " ")
}

func smtpFindings(key string, r outbox.Report) []Finding {
	var list []Finding
	for _, p := range r.Problems {
		list = append(list, Finding{Where: key, Says: p.Says, Mend: p.Mend})
	}
	if len(list) == 0 {
		s := "reached " + r.Address
		if r.SignedIn {
			s = "signed in to " + r.Address
		}
		if r.Security != "" {
			s += " over " + r.Security + "; certificate until " + r.CertEnds.Format(time.DateOnly)
		}
		list = append(list, Finding{Where: key, OK: true, Says: s + "; offers " + strings.Join(r.Extensions, ", ")})
	}
	for _, n := range r.Notes {
		list = append(list, Finding{Where: key, OK: true, Says: n})
	}
	return list
}

// wrongClock is by how much this machine's clock may differ from a server's: a
// little beyond that, tokens and certificates are no longer accepted.
const wrongClock = 2 * time.Minute

// probeClock compares this machine's clock with those of the servers that tell
// the time.
func probeClock(ctx context.Context, c *config.Config) []Finding {
	var list []Finding
	asked := map[string]bool{}
	for i := range c.OAuth {
		if url := c.OAuth[i].TokenURL; url != "" && !asked[url] {
			asked[url] = true
			list = append(list, clockOf(ctx, fmt.Sprintf("oauth[%d].token_url", i), url)...)
		}
	}
	if c.Holidays.URL != "" {
		list = append(list, clockOf(ctx, "holidays.url", c.Holidays.URL)...)
	}
	return list
}

func clockOf(ctx context.Context, key, url string) []Finding {
	ctx, stop := context.WithTimeout(ctx, 20*time.Second)
	defer stop()
	r, err := http.NewRequestWithContext(ctx, http.MethodHead, url, nil)
	if err != nil {
		return nil // cannot be: the configuration was checked
	}
	res, err := http.DefaultClient.Do(r)
	if err != nil {
		return nil // another probe says whether it can be reached
	}
	_ = res.Body.Close() // a HEAD has no body
	at, err := http.ParseTime(res.Header.Get("Date"))
	if err != nil {
		return nil
	}
	off := time.Since(at).Round(time.Second)
	if off.Abs() > wrongClock {
		return []Finding{{Where: key, Says: fmt.Sprintf("this machine's clock is %s from that of %s", off, r.URL.Host), Mend: "have the clock set by NTP: timedatectl set-ntp true"}}
	}
	return []Finding{{Where: key, OK: true, Says: fmt.Sprintf("this machine's clock agrees with that of %s", r.URL.Host)}}
}

// checkTexts loads the letters as the daemon would.
func checkTexts(_ context.Context, c *config.Config) []Finding {
	if _, err := templates.Load(string(c.Templates.Dir)); err != nil {
		return []Finding{{Where: "templates.dir", Says: err.Error(), Mend: "mend the file, or remove it: the built-in text is used then"}}
	}
	if c.Templates.Dir == "" {
		return nil
	}
	return []Finding{{Where: "templates.dir", OK: true, Says: "every text of one's own holds"}}
}

// checkHolidays reads the file of bank holidays as the daemon would.
func checkHolidays(_ context.Context, c *config.Config) []Finding {
	if c.Holidays.File == "" {
		return nil
	}
	const mend = "put GOV.UK's bank-holidays.json there, whole"
	name, err := c.Holidays.File.Open()
	if err != nil {
		return []Finding{{Where: "holidays.file", Says: err.Error(), Mend: mend}}
	}
	b, err := os.ReadFile(name)
	if err != nil {
		return []Finding{{Where: "holidays.file", Says: err.Error(), Mend: mend}}
	}
	cal, added, err := deadlines.Default().Merge(b)
	if err != nil {
		return []Finding{{Where: "holidays.file", Says: err.Error(), Mend: mend}}
	}
	return []Finding{{Where: "holidays.file", OK: true, Says: fmt.Sprintf("%d bank holidays beyond the built-in ones; known until the end of %d", len(added), cal.LastDataYear())}}
}
