package mailtest

import (
	"fmt"
	"os"
	"os/user"
	"strconv"
)

const mainCf = `
compatibility_level = 3.6
config_directory = {dir}/postfix
queue_directory = {dir}/spool
data_directory = {dir}/data
mail_owner = postfix
setgid_group = postdrop
myhostname = mx.servers.invalid
mydestination =
myorigin = servers.invalid
inet_interfaces = 127.0.0.1
inet_protocols = ipv4
mynetworks = 127.0.0.0/8
disable_dns_lookups = yes
smtpd_peername_lookup = no
alias_maps =
alias_database =
biff = no
recipient_delimiter = +
local_header_rewrite_clients =
message_size_limit = 209715200
mailbox_size_limit = 0
virtual_mailbox_limit = 0
maillog_file = {dir}/postfix.log
maillog_file_prefixes = {dir}
default_transport = error:mail does not leave this machine
relay_transport = error:mail does not leave this machine
transport_maps = socketmap:inet:127.0.0.1:{lookups}:transport
virtual_alias_domains =
virtual_alias_maps = socketmap:inet:127.0.0.1:{lookups}:alias
virtual_mailbox_base = {dir}/out
virtual_mailbox_maps = static:mail/
virtual_uid_maps = static:{id}
virtual_gid_maps = static:{id}
virtual_minimum_uid = 1
smtpd_tls_cert_file = {dir}/cert.pem
smtpd_tls_key_file = {dir}/key.pem
smtpd_tls_security_level = may
smtpd_tls_auth_only = yes
smtpd_sasl_type = dovecot
smtpd_sasl_path = {dir}/run/auth-smtp
smtpd_sasl_auth_enable = yes
smtpd_recipient_restrictions = check_recipient_access socketmap:inet:127.0.0.1:{lookups}:access
smtpd_relay_restrictions = permit_mynetworks, permit_sasl_authenticated, reject_unauth_destination
smtpd_error_sleep_time = 0
smtpd_soft_error_limit = 10000
smtpd_hard_error_limit = 10000
smtpd_client_connection_count_limit = 0
default_process_limit = 50
in_flow_delay = 0
queue_run_delay = 1s
minimal_backoff_time = 1s
maximal_backoff_time = 2s
`

const masterCf = `
127.0.0.1:{smtp} inet n - n - - smtpd
127.0.0.1:{submission} inet n - n - - smtpd
  -o smtpd_tls_security_level=encrypt
  -o smtpd_client_restrictions=permit_sasl_authenticated,reject
127.0.0.1:{smtps} inet n - n - - smtpd
  -o smtpd_tls_wrappermode=yes
  -o smtpd_client_restrictions=permit_sasl_authenticated,reject
pickup unix n - n 60 1 pickup
cleanup unix n - n - 0 cleanup
qmgr unix n - n 300 1 qmgr
tlsmgr unix - - n 1000? 1 tlsmgr
rewrite unix - - n - - trivial-rewrite
bounce unix - - n - 0 bounce
defer unix - - n - 0 bounce
trace unix - - n - 0 bounce
verify unix - - n - 1 verify
flush unix n - n 1000? 0 flush
proxymap unix - - n - - proxymap
proxywrite unix - - n - 1 proxymap
error unix - - n - - error
retry unix - - n - - error
virtual unix - n n - - virtual
lmtp unix - - n - - lmtp
anvil unix - - n - 1 anvil
showq unix n - n - - showq
postlog unix-dgram n - n - 1 postlogd
`

// The directories that Postfix's own start script would make, with the owner
// and the mode that its programs require.
var spoolDirs = []struct {
	name  string
	mode  os.FileMode
	owner bool // mail_owner, else root
	group bool // setgid_group, else root
}{
	{"spool/active", 0o700, true, false}, {"spool/bounce", 0o700, true, false},
	{"spool/corrupt", 0o700, true, false}, {"spool/defer", 0o700, true, false},
	{"spool/deferred", 0o700, true, false}, {"spool/flush", 0o700, true, false},
	{"spool/hold", 0o700, true, false}, {"spool/incoming", 0o700, true, false},
	{"spool/maildrop", 0o730, true, true}, {"spool/pid", 0o755, false, false},
	{"spool/private", 0o700, true, false}, {"spool/public", 0o710, true, true},
	{"spool/saved", 0o700, true, false}, {"spool/trace", 0o700, true, false},
	{"data", 0o700, true, false},
}

func (s *Servers) writePostfix() error {
	owner, err := user.Lookup("postfix")
	if err != nil {
		return err
	}
	group, err := user.LookupGroup("postdrop")
	if err != nil {
		return err
	}
	uid, err := strconv.Atoi(owner.Uid)
	if err != nil {
		return fmt.Errorf("the user postfix: %w", err)
	}
	gid, err := strconv.Atoi(group.Gid)
	if err != nil {
		return fmt.Errorf("the group postdrop: %w", err)
	}
	for _, d := range []string{"postfix", "spool", "out"} {
		if err := os.Mkdir(s.path(d), 0o755); err != nil {
			return err
		}
	}
	if err := os.Chown(s.path("out"), mailID, mailID); err != nil {
		return err
	}
	for _, d := range spoolDirs {
		u, g := 0, 0
		if d.owner {
			u = uid
		}
		if d.group {
			g = gid
		}
		if err := makeDir(s.path(d.name), d.mode, u, g); err != nil {
			return err
		}
	}
	return s.writeFiles(map[string]string{
		"postfix/main.cf": s.fill(mainCf), "postfix/master.cf": s.fill(masterCf),
	})
}

func makeDir(dir string, mode os.FileMode, uid, gid int) error {
	if err := os.Mkdir(dir, mode); err != nil {
		return err
	}
	if err := os.Chown(dir, uid, gid); err != nil {
		return err
	}
	return os.Chmod(dir, mode)
}

func (s *Servers) launchPostfix() error {
	p, err := startProcess(s.path("postfix.log"), postfixMaster, "-d", "-c", s.path("postfix"))
	if err != nil {
		return err
	}
	s.postfix = p
	return s.watchdog.guard(s.dovecot, s.postfix)
}

func (s *Servers) awaitPostfix() error {
	return poll(s.t.Context(), s.t, s.postfix.done, "Postfix", func() bool {
		return greets(loopback(s.SMTP), "220 ") && greets(loopback(s.Submission), "220 ")
	})
}

// StopPostfix ends Postfix in order; what is queued stays queued.
func (s *Servers) StopPostfix() {
	s.t.Helper()
	s.must("stopping Postfix", s.postfix.stop())
}

// KillPostfix ends every process of Postfix at once.
func (s *Servers) KillPostfix() {
	s.t.Helper()
	s.must("killing Postfix", s.postfix.kill())
}

// StartPostfix brings Postfix back on the same ports, with its queue.
func (s *Servers) StartPostfix() {
	s.t.Helper()
	s.must("starting Postfix again", s.launchPostfix())
	s.must("starting Postfix again", s.awaitPostfix())
}
