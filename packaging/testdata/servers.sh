#!/bin/sh
# In the guest: Dovecot and Postfix as Debian sets them up, with the mailbox
# governance, an account requestd that may send as it, and people who get mail.
set -e
cd /tmp
openssl req -x509 -newkey rsa:2048 -nodes -days 365 -subj /CN=localhost -addext subjectAltName=DNS:localhost -keyout /etc/ssl/private/mail.key -out /etc/ssl/certs/mail.pem 2>/dev/null
groupadd -f vmail; id vmail >/dev/null 2>&1 || useradd -r -g vmail -d /srv/mail vmail
install -d -o vmail -g vmail /srv/mail
cat > /etc/dovecot/local.conf <<C
protocols = imap lmtp
mail_location = maildir:/srv/mail/%n
ssl = required
ssl_cert = </etc/ssl/certs/mail.pem
ssl_key = </etc/ssl/private/mail.key
auth_username_format = %Ln
passdb {
  driver = passwd-file
  args = scheme=plain /etc/dovecot/people
}
userdb {
  driver = static
  args = uid=vmail gid=vmail home=/srv/mail/%n
}
service auth {
  unix_listener /var/spool/postfix/private/auth {
    mode = 0666
  }
}
service lmtp {
  unix_listener /var/spool/postfix/private/dovecot-lmtp {
    mode = 0666
  }
}
namespace inbox {
  mailbox Sent {
    auto = create
    special_use = \Sent
  }
  mailbox Junk {
    auto = create
    special_use = \Junk
  }
}
C
sed -i 's/^!include auth-system.conf.ext/#&/' /etc/dovecot/conf.d/10-auth.conf
printf 'governance:{plain}mailbox secret\nrequestd:{plain}smtp secret\nann:{plain}x\nofficer:{plain}x\nit:{plain}x\n' > /etc/dovecot/people
postconf -e 'myhostname=mx.example.org' 'mydestination=' 'virtual_mailbox_domains=cafcass.gov.uk, example.net, staff.example.org' 'virtual_transport=lmtp:unix:private/dovecot-lmtp' 'virtual_mailbox_maps=static:all' 'smtpd_sasl_type=dovecot' 'smtpd_sasl_path=private/auth' 'smtpd_tls_cert_file=/etc/ssl/certs/mail.pem' 'smtpd_tls_key_file=/etc/ssl/private/mail.key' 'smtpd_sender_login_maps=inline:{governance@cafcass.gov.uk=requestd}' 'inet_protocols=ipv4' 'inet_interfaces=loopback-only' 'compatibility_level=3.6'
postconf -M 'submission/inet=submission inet n - n - - smtpd -o smtpd_tls_security_level=encrypt -o smtpd_sasl_auth_enable=yes -o smtpd_sender_restrictions=reject_sender_login_mismatch -o smtpd_recipient_restrictions=permit_sasl_authenticated,reject'
systemctl restart dovecot postfix
systemctl is-active dovecot postfix
