package outbox

import (
	"context"
	"crypto/tls"
	"crypto/x509"
	"errors"
	"fmt"
	"net"
	"net/textproto"
	"regexp"
	"strings"
	"time"

	"requestd/intake/signin"
)

// mend says what to do about an error, naming the thing to fix, for a mail in
// the name of from; "" if nothing is known.
func (o *Options) mend(p phase, err error, from string) string {
	var reply *textproto.Error
	var token *signin.Error
	switch {
	case errors.As(err, &token): // it is about the token endpoint, not the mail server
		return token.Mend
	case errors.As(err, &reply):
		return o.mendReply(p, reply, from)
	}
	return o.mendConnection(err)
}

// remedy is an answer that a server is known to give, and what it means.
type remedy struct {
	answer *regexp.Regexp
	mend   string
}

var remedies = []remedy{
	{regexp.MustCompile(`5\.7\.139.*(?i:SmtpClientAuthentication is disabled for the Tenant)`),
		"SMTP AUTH is off for the whole tenant: Set-CASMailbox -Identity ACCOUNT -SmtpClientAuthenticationDisabled $false switches it on for this mailbox alone"},
	{regexp.MustCompile(`5\.7\.139.*(?i:SmtpClientAuthentication is disabled)`),
		"SMTP AUTH is off for the mailbox: Set-CASMailbox -Identity ACCOUNT -SmtpClientAuthenticationDisabled $false"},
	{regexp.MustCompile(`\b5\.7\.30\b|5\.7\.139.*(?i:basic authentication)`),
		"this service takes no passwords any more: set smtp.auth to xoauth2 and name an oauth entry"},
	{regexp.MustCompile(`5\.7\.139.*(?i:security defaults|conditional access|locked|criteria)`),
		"a policy of the tenant refuses this way of signing in: use auth: xoauth2 with a registered application"},
	{regexp.MustCompile(`5\.7\.(3|139)`),
		"with xoauth2: grant the application SMTP.SendAsApp with an administrator's consent, register it with New-ServicePrincipal and give it the mailbox with Add-MailboxPermission; with a password: check it, and whether SMTP AUTH is allowed for the mailbox"},
	{regexp.MustCompile(`5\.7\.60|(?i:SendAsDenied)`),
		"the account ACCOUNT may not send as ADDRESS: Add-RecipientPermission ADDRESS -Trustee ACCOUNT -AccessRights SendAs"},
	{regexp.MustCompile(`(?i:not owned by user|sender address rejected: not logged in)`),
		"the account ACCOUNT may not send as ADDRESS: let it (in Postfix smtpd_sender_login_maps), or sign in as the mailbox itself; waiting letters go by themselves then"},
	{regexp.MustCompile(`5\.7\.57`), "the server wants a sign-in first: set smtp.auth"},
	{regexp.MustCompile(`5\.7\.8.*(?i:gsmtp|google)`),
		"Google takes no ordinary password: use an app password, or auth: xoauth2 with a service account that may act for the mailbox"},
	{regexp.MustCompile(`5\.7\.0.*(?i:STARTTLS)|(?i:must issue a STARTTLS)`), "set smtp.security to starttls"},
	{regexp.MustCompile(`(?i:too many concurrent|connections limit|throttl|rate limit|try again later)`), "wait: the server asks for it"},
}

func (o *Options) mendReply(p phase, reply *textproto.Error, from string) string {
	for _, r := range remedies {
		if r.answer.MatchString(reply.Msg) {
			return strings.NewReplacer("ADDRESS", from, "ACCOUNT", o.Username).Replace(r.mend)
		}
	}
	switch {
	case p == signingIn && reply.Code < 500:
		return "wait: the server cannot sign anybody in just now"
	case p == signingIn && (reply.Code == 534 || reply.Code == 504):
		return "the server does not take this way of signing in: set smtp.auth to another"
	case p == signingIn && o.Tokens != nil:
		return "check that the application has consent to send mail and access to this mailbox"
	case p == signingIn:
		return fmt.Sprintf("check smtp.username %q and the password in smtp.password_file", o.Username)
	case p == naming:
		return "let the account send as this address, or sign in as the mailbox itself"
	}
	return "ask whoever runs the mail server what its answer means"
}

func (o *Options) mendConnection(err error) string {
	var (
		dns     *net.DNSError
		name    x509.HostnameError
		unknown x509.UnknownAuthorityError
		invalid x509.CertificateInvalidError
		header  tls.RecordHeaderError
		alert   tls.AlertError
		timeout net.Error
	)
	text := err.Error()
	switch {
	case errors.As(err, &dns):
		return fmt.Sprintf("check smtp.host %q and this machine's name service", o.Host)
	case errors.As(err, &name):
		return "set smtp.host to a name that the server's certificate holds, or have it renewed with this one"
	case errors.As(err, &unknown):
		return "set smtp.ca_file to the PEM file of the authority that signed the server's certificate"
	case errors.As(err, &invalid) && invalid.Reason == x509.Expired:
		return fmt.Sprintf("have the server's certificate renewed (it ends on %s), or set this machine's clock right", invalid.Cert.NotAfter.Format(time.DateOnly))
	case errors.As(err, &invalid):
		return "have the server's certificate renewed"
	case errors.As(err, &header):
		return fmt.Sprintf("port %d does not speak TLS at once: set smtp.security to starttls, or smtp.port to 465", o.Port)
	case errors.As(err, &alert), strings.Contains(text, "protocol version"):
		return "the server must offer TLS 1.2 or better"
	case strings.Contains(text, "STARTTLS"):
		return fmt.Sprintf("the server offers no STARTTLS on port %d: set smtp.security to tls and smtp.port to 465, or have it offered", o.Port)
	case strings.Contains(text, "AUTH"), strings.Contains(text, "takes no tokens"):
		return "the server offers no such way to sign in: set smtp.auth to what it offers, and port 587 for submission"
	case strings.Contains(text, "connection refused"):
		return fmt.Sprintf("check smtp.host and smtp.port (%s:%d), and that the server runs", o.Host, o.Port)
	case errors.Is(err, context.DeadlineExceeded), errors.As(err, &timeout) && timeout.Timeout():
		return fmt.Sprintf("check that a firewall lets %s:%d through, and that smtp.security fits the port", o.Host, o.Port)
	}
	return ""
}
