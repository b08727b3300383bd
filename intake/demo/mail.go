package demo

import (
	"bytes"
	"errors"
	"fmt"
	"net/mail"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"time"

	"requestd/deadlines"
	"requestd/intake/demoserver"
)

// maxOwn is the largest size of the user's own mail, in bytes.
const maxOwn = 25 << 20

// ownMail reads the user's own mail. It comes in last, for Cafcass Cymru if it
// is addressed to them.
func ownMail(file string, now time.Time) (delivery, error) {
	st, err := os.Stat(file)
	if err != nil {
		return delivery{}, fmt.Errorf("read your mail: %w", err)
	}
	if st.Size() > maxOwn {
		return delivery{}, fmt.Errorf("read your mail: %s is larger than %d MB; requestd classify reads it", file, maxOwn>>20)
	}
	raw, err := os.ReadFile(file)
	if err != nil {
		return delivery{}, fmt.Errorf("read your mail: %w", err)
	}
	d := delivery{sample: sample{file: filepath.Base(file)}, raw: raw, boxes: []string{cafcass}, at: now.Add(-time.Minute).Truncate(time.Second)}
	if m, err := mail.ReadMessage(bytes.NewReader(raw)); err == nil && strings.Contains(strings.ToLower(m.Header.Get("To")), "cafcasscymru@") {
		d.boxes = []string{cymru}
	}
	return d, nil
}

// deliver puts a mail into its mailboxes, with its date of receipt.
func (p *player) deliver(d delivery) error {
	raw := d.raw
	if raw == nil {
		var err error
		if raw, err = p.dated(d); err != nil {
			return fmt.Errorf("prepare the sample %s: %w", d.file, err)
		}
	}
	for _, box := range d.boxes {
		if err := p.servers.imap.Append(box, raw, d.at); err != nil {
			return err
		}
		p.total++
	}
	return nil
}

var reference = regexp.MustCompile(`[A-Z]{3}\d\d-\d{5}`)

// dated fills in what is known of a sample only when it comes in: dates, and
// the acknowledgement that it answers.
func (p *player) dated(d delivery) ([]byte, error) {
	raw, err := mails.ReadFile("mails/" + d.file + ".eml")
	if err != nil {
		return nil, err
	}
	at := d.at.In(deadlines.London())
	fill := []string{
		"@date@", at.Add(-time.Minute).Format(time.RFC1123Z),
		"@earlier@", at.AddDate(0, 0, -d.earlier).Format("Monday, 2 January 2006 15:04"),
	}
	if d.answers != "" {
		ack, err := p.acknowledged(d.answers)
		if err != nil {
			return nil, err
		}
		fill = append(fill,
			"@ack-id@", strings.Trim(ack.Get("Message-Id"), "<>"), "@ack-subject@", ack.Get("Subject"),
			"@re@", "Re: "+ack.Get("Subject"), "@ack-date@", ack.Get("Date"), "@ref@", reference.FindString(ack.Get("Subject")))
	}
	return []byte(strings.NewReplacer(fill...).Replace(string(raw))), nil
}

// acknowledged finds the acknowledgement that went out for a sample.
func (p *player) acknowledged(file string) (mail.Header, error) {
	raw, err := mails.ReadFile("mails/" + file + ".eml")
	if err != nil {
		return nil, err
	}
	asked, err := mail.ReadMessage(bytes.NewReader(raw))
	if err != nil {
		return nil, err
	}
	for _, m := range p.servers.smtp.Mails() {
		got, err := mail.ReadMessage(bytes.NewReader(m.Raw))
		if err == nil && got.Header.Get("In-Reply-To") == asked.Header.Get("Message-Id") {
			return got.Header, nil
		}
	}
	return nil, errors.New(file + " was not acknowledged, and is to be answered")
}

// keepLetters writes every mail that went out into its own file.
func keepLetters(dir string, letters []demoserver.Mail) error {
	out := filepath.Join(dir, "sent")
	if err := os.Mkdir(out, 0o700); err != nil {
		return fmt.Errorf("keep the letters: %w", err)
	}
	for i, m := range letters {
		name := filepath.Join(out, fmt.Sprintf("%03d-%s.eml", i+1, strings.ReplaceAll(m.To, "/", "_")))
		if err := os.WriteFile(name, m.Raw, 0o600); err != nil {
			return fmt.Errorf("keep the letters: %w", err)
		}
	}
	return nil
}
