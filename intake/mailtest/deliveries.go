package mailtest

import (
	"bytes"
	"context"
	"net/mail"
	"os"
	"slices"
	"strings"
	"time"
)

// Delivery is one mail that Postfix delivered to somebody outside Dovecot. A
// mail with two recipients is two deliveries.
type Delivery struct {
	From string    // the envelope's sender, empty for a bounce
	To   string    // the envelope's recipient
	At   time.Time // when it was delivered
	// Raw is what the client sent, without the lines that Postfix put on top;
	// line ends are bare LF, as Postfix stores them.
	Raw    []byte
	Header mail.Header
}

// MessageID returns the mail's Message-ID with its angle brackets.
func (d Delivery) MessageID() string { return strings.TrimSpace(d.Header.Get("Message-Id")) }

// Subject returns the mail's Subject as it was sent, still encoded.
func (d Delivery) Subject() string { return d.Header.Get("Subject") }

// Deliveries lists all mail delivered outside Dovecot so far, oldest first.
func (s *Servers) Deliveries() []Delivery {
	s.t.Helper()
	dir := s.path("out", "mail", "new")
	entries, err := os.ReadDir(dir)
	if os.IsNotExist(err) {
		return nil
	}
	s.must("reading the catch-all mailbox", err)
	var out []Delivery
	for _, e := range entries {
		text, err := os.ReadFile(dir + "/" + e.Name())
		s.must("reading a delivery", err)
		info, err := e.Info()
		s.must("reading a delivery", err)
		d, err := parseDelivery(text)
		s.must("reading a delivery", err)
		d.At = info.ModTime()
		out = append(out, d)
	}
	slices.SortStableFunc(out, func(a, b Delivery) int { return a.At.Compare(b.At) })
	return out
}

// DeliveriesTo lists the deliveries to one address, ignoring case.
func (s *Servers) DeliveriesTo(addr string) []Delivery {
	s.t.Helper()
	return slices.DeleteFunc(s.Deliveries(), func(d Delivery) bool { return !strings.EqualFold(d.To, addr) })
}

// WaitDeliveries waits until the deliveries satisfy enough and returns them;
// what names the condition, for the failure's text.
func (s *Servers) WaitDeliveries(ctx context.Context, what string, enough func([]Delivery) bool) []Delivery {
	s.t.Helper()
	var found []Delivery
	s.must("waiting", poll(ctx, s.t, nil, what, func() bool {
		found = s.Deliveries()
		return enough(found)
	}))
	return found
}

// parseDelivery removes the lines that virtual(8) and smtpd(8) put at the top:
// Return-Path, X-Original-To, Delivered-To and one Received.
func parseDelivery(text []byte) (Delivery, error) {
	var d Delivery
	for {
		name, value, rest := cutField(text)
		switch strings.ToLower(name) {
		case "return-path":
			d.From = strings.Trim(value, "<>")
		case "x-original-to":
			d.To = value
		case "delivered-to":
			if d.To == "" {
				d.To = value
			}
		case "received":
			text = rest
			fallthrough
		default:
			d.Raw = text
			m, err := mail.ReadMessage(bytes.NewReader(text))
			if err != nil {
				return d, err
			}
			d.Header = m.Header
			return d, nil
		}
		text = rest
	}
}

// cutField cuts the first field, with its folded lines, off a header.
func cutField(text []byte) (name, value string, rest []byte) {
	end := 0
	for {
		i := bytes.IndexByte(text[end:], '\n')
		if i < 0 {
			end = len(text)
			break
		}
		end += i + 1
		if end == len(text) || text[end] != ' ' && text[end] != '\t' {
			break
		}
	}
	name, value, _ = strings.Cut(string(text[:end]), ":")
	return name, strings.TrimSpace(value), text[end:]
}
