package mailtest

// The configuration of Dovecot 2.3; {name} is filled in.
const dovecotConf = `
base_dir = {dir}/run
state_dir = {dir}/state
instance_name = {dir}
log_path = {dir}/dovecot.log
protocols = imap lmtp{relayproto}
listen = 127.0.0.1
ssl = yes
ssl_cert = <{dir}/cert.pem
ssl_key = <{dir}/key.pem
ssl_min_protocol = TLSv1.2
disable_plaintext_auth = no
auth_mechanisms = {mechanisms}
auth_username_format = %Lu
auth_failure_delay = 0
auth_cache_size = 0
first_valid_uid = 1
recipient_delimiter = +
mail_location = maildir:~/Maildir
mail_max_userip_connections = 1000
mail_plugins =
{capability}
namespace inbox {
  inbox = yes
  separator = /
  mailbox Sent {
    auto = create
    special_use = \Sent
  }
  mailbox Junk {
    auto = create
    special_use = \Junk
  }
}
{oauthdb}
passdb {
  driver = passwd-file
  args = {dir}/users
}
userdb {
  driver = passwd-file
  args = {dir}/users
}
service imap-login {
  service_count = 0
  process_min_avail = 1
  inet_listener imap {
    address = 127.0.0.1
    port = {imap}
  }
  inet_listener imaps {
    address = 127.0.0.1
    port = {imaps}
    ssl = yes
  }
}
service lmtp {
  inet_listener lmtp {
    address = 127.0.0.1
    port = {lmtp}
  }
}
service auth {
  unix_listener auth-smtp {
    mode = 0666
  }
}
# Failed sign-ins are not slowed down.
service anvil {
  unix_listener anvil-auth-penalty {
    mode = 0
  }
}
protocol lmtp {
  postmaster_address = postmaster@servers.invalid
}
{relay}
`

const relayConf = `
service submission-login {
  inet_listener submission {
    address = 127.0.0.1
    port = {relayport}
  }
}
submission_relay_host = 127.0.0.1
submission_relay_port = {smtp}
submission_relay_trusted = no
`

const oauthPassdb = `
passdb {
  driver = oauth2
  mechanisms = xoauth2 oauthbearer
  args = {dir}/oauth2.conf
}
`

// The user of a token is compared to the user who signs in; a format without
// a variable makes every comparison true, as for an application that was
// granted every mailbox.
const oauthConf = `
introspection_mode = post
introspection_url = {introspect}
username_attribute = username
username_format = {format}
active_attribute = active
active_value = true
timeout_msecs = 10000
`
