package mailbox

import (
	"context"
	"crypto/tls"
	"crypto/x509"
	"errors"
	"fmt"
	"net"
	"regexp"
	"strconv"
	"strings"
	"time"

	"github.com/emersion/go-imap/v2"
)

// The kinds of failure, for errors.Is. They differ in who fixes them: nobody,
// the mailbox's administrator, or whoever wrote the configuration.
var (
	ErrNetwork     = errors.New("the server cannot be reached or broke off")
	ErrCertificate = errors.New("the server's certificate does not hold")
	ErrAuth        = errors.New("the server refused the sign-in")
	ErrAccess      = errors.New("signed in, but the mailbox is not open to us")
	ErrConfig      = errors.New("the configuration does not fit the server")
	ErrThrottled   = errors.New("the server asks us to wait")
	ErrProtocol    = errors.New("the server's answer makes no sense")
	ErrGone        = errors.New("the mail is not in the folder any more")
)

// Error says what went wrong with a mailbox and what to do about it.
type Error struct {
	Kind error         // one of the above
	What string        // what was tried, on what
	Mend string        // what to do; "" if waiting is enough
	Wait time.Duration // how long the server asked us to wait
	Err  error         // the cause; may be nil
}

func (e *Error) Error() string {
	s := e.What + ": " + e.Kind.Error()
	if e.Err != nil {
		s += ": " + clean(e.Err.Error())
	}
	if e.Mend != "" {
		s += "; " + e.Mend
	}
	return s
}

// Unwrap makes errors.Is find the kind and errors.As the cause.
func (e *Error) Unwrap() []error { return []error{e.Kind, e.Err} }

var (
	errSilent = errors.New("no answer in time")
	errShort  = errors.New("the connection ended in the middle of a mail")
	errHuge   = errors.New("the server announced a mail of impossible size")
)

// clean puts a server's words on one line and shortens them: they may contain
// anything.
func clean(s string) string {
	s = strings.Map(func(r rune) rune {
		if r < ' ' || r == 0x7f || (r >= 0x80 && r < 0xa0) || (r >= 0x202a && r <= 0x202e) || (r >= 0x2066 && r <= 0x2069) {
			return ' '
		}
		return r
	}, strings.ToValidUTF8(s, "?"))
	if len(s) > 400 {
		s = strings.ToValidUTF8(s[:400], "") + " …"
	}
	return strings.TrimSpace(s)
}

// refused reports whether the answer was NO or BAD, after which the connection
// is still usable.
func refused(err error) bool {
	_, no := errors.AsType[*imap.Error](err)
	return no
}

// Exchange Online states the wait in milliseconds.
var backoffTime = regexp.MustCompile(`(?i)backoff time:\s*(\d{1,9})\s*milliseconds`)

const longestWait = 30 * time.Minute

// throttled returns the wait that a server's words ask for, at least floor; 0
// if they ask for none.
func throttled(text string, floor time.Duration) time.Duration {
	low := strings.ToLower(text)
	var wait time.Duration
	if m := backoffTime.FindStringSubmatch(text); m != nil {
		ms, _ := strconv.Atoi(m[1])
		wait = time.Duration(ms) * time.Millisecond
	} else if !strings.Contains(low, "throttl") && !strings.Contains(low, "too many connections") &&
		!strings.Contains(low, "maximum number of connections") && !strings.Contains(low, "server unavailable") &&
		!strings.Contains(low, "bandwidth limit") && !strings.Contains(low, "server busy") {
		return 0
	}
	return min(max(wait, floor), longestWait)
}

// explain finds the kind of a failure and what to do about it, as far as they
// can be known.
func (o *Options) explain(what string, err error) error {
	if err == nil {
		return nil
	}
	if _, known := errors.AsType[*Error](err); known || errors.Is(err, context.Canceled) {
		return err
	}
	e := &Error{Kind: ErrNetwork, What: what, Err: err}
	var no *imap.Error
	if wait := throttled(err.Error(), o.Provider.ThrottleFloor); wait > 0 {
		e.Kind, e.Wait = ErrThrottled, wait
	} else if errors.As(err, &no) {
		e.Kind = ErrProtocol
		if strings.Contains(strings.ToLower(no.Text), "authenticated but not connected") {
			e.Kind, e.Mend = ErrAccess, o.accessMend()
		}
	} else {
		o.explainNetwork(e, err)
	}
	return e
}

func (o *Options) accessMend() string {
	m := fmt.Sprintf("check that the mailbox %q exists, that IMAP is enabled for it, and that the account may open it", o.Username)
	if o.Auth == OAuth {
		m += " (Microsoft 365: New-ServicePrincipal with the enterprise application's object id, then Add-MailboxPermission with FullAccess)"
	}
	return m
}

func (o *Options) explainNetwork(e *Error, err error) {
	var (
		dns     *net.DNSError
		name    x509.HostnameError
		unknown x509.UnknownAuthorityError
		invalid x509.CertificateInvalidError
		alert   tls.AlertError
		header  tls.RecordHeaderError
	)
	switch {
	case errors.As(err, &dns):
		e.Kind, e.Mend = ErrConfig, fmt.Sprintf("check imap.host %q and this machine's name service", o.Host)
		if dns.IsTimeout || dns.IsTemporary {
			e.Kind = ErrNetwork
		}
	case errors.As(err, &name):
		e.Kind, e.Mend = ErrCertificate, fmt.Sprintf("set imap.host to a name that the certificate holds (%s), or have the certificate renewed with %q",
			strings.Join(names(name.Certificate), ", "), o.Host)
	case errors.As(err, &unknown):
		e.Kind, e.Mend = ErrCertificate, "set imap.ca_file to the PEM file of the authority that signed the server's certificate"
	case errors.As(err, &invalid):
		e.Kind, e.Mend = ErrCertificate, "have the server's certificate renewed"
		if invalid.Reason == x509.Expired && invalid.Cert != nil {
			e.Mend += fmt.Sprintf(" (it holds from %s to %s), or set this machine's clock right",
				invalid.Cert.NotBefore.Format(time.DateOnly), invalid.Cert.NotAfter.Format(time.DateOnly))
		}
	case errors.As(err, &header):
		e.Kind, e.Mend = ErrConfig, fmt.Sprintf("port %d does not speak TLS at once: set imap.security to starttls, or imap.port to 993", o.Port)
	case errors.As(err, &alert), strings.Contains(err.Error(), "protocol version not supported"):
		e.Kind, e.Mend = ErrConfig, "the server must offer TLS 1.2 or better"
	case strings.Contains(err.Error(), "connection refused"):
		e.Mend = fmt.Sprintf("check imap.host and imap.port (%s), and that the server runs", o.address())
	case errors.Is(err, errSilent), errors.Is(err, context.DeadlineExceeded):
		e.Mend = fmt.Sprintf("check that a firewall lets %s through", o.address())
	}
}

func names(c *x509.Certificate) []string {
	if c == nil {
		return nil
	}
	n := append([]string(nil), c.DNSNames...)
	for _, ip := range c.IPAddresses {
		n = append(n, ip.String())
	}
	return n[:min(len(n), 10)]
}
