package mailtest

import (
	"encoding/base64"
	"strings"
)

func (d *dialogue) auth(line, rest string) error {
	f := d.server.fault(AtAuth, line)
	if f.Drop {
		return d.say(f, "")
	}
	mech, initial, _ := strings.Cut(rest, " ")
	user, secret, err := d.credentials(strings.ToUpper(mech), initial)
	if err != nil {
		return err
	}
	if accept := d.server.opts.Accept; accept != nil && !accept(strings.ToUpper(mech), user, secret) && f.Reply == "" {
		f.Reply = "535 5.7.8 authentication failed"
	}
	if f.Reply == "" {
		d.user = user
	}
	return d.say(f, "235 2.7.0 welcome")
}

func (d *dialogue) credentials(mech, initial string) (user, secret string, err error) {
	ask := func(prompt string) (string, error) {
		if err := d.write("334 "+base64.StdEncoding.EncodeToString([]byte(prompt)), 0, false); err != nil {
			return "", err
		}
		line, err := d.r.ReadString('\n')
		return strings.TrimSpace(line), err
	}
	if mech == "LOGIN" {
		if user, err = ask("Username:"); err == nil {
			secret, err = ask("Password:")
		}
		return decode64(user), decode64(secret), err
	}
	if initial == "" {
		if initial, err = ask(""); err != nil {
			return "", "", err
		}
	}
	if mech == "XOAUTH2" {
		text := decode64(initial)
		user, text, _ = strings.Cut(strings.TrimPrefix(text, "user="), "\x01auth=Bearer ")
		return user, strings.TrimRight(text, "\x01"), nil
	}
	parts := strings.Split(decode64(initial), "\x00")
	if len(parts) != 3 {
		return "", "", nil
	}
	return parts[1], parts[2], nil
}

func decode64(text string) string {
	raw, err := base64.StdEncoding.DecodeString(text)
	if err != nil {
		return ""
	}
	return string(raw)
}
