package mailtest

import (
	"bufio"
	"bytes"
	"crypto/tls"
	"errors"
	"net"
	"strings"
)

// dialogue is one connection to a FaultySMTP.
type dialogue struct {
	server *FaultySMTP
	tcp    net.Conn // below TLS
	conn   net.Conn
	r      *bufio.Reader
	secure bool
	user   string
	from   string
	to     []string
}

var errDropped = errors.New("dropped on purpose")

func newDialogue(s *FaultySMTP, conn net.Conn) *dialogue {
	d := &dialogue{server: s, tcp: conn, conn: conn}
	if s.opts.TLS {
		d.upgrade()
	}
	d.r = bufio.NewReader(d.conn)
	return d
}

func (d *dialogue) upgrade() {
	d.conn, d.secure = tls.Server(d.tcp, d.server.config), true
	d.r = bufio.NewReader(d.conn)
}

// run returns when the client leaves or a fault has ended the connection.
func (d *dialogue) run() {
	err := d.answer(AtBanner, "", "220 localhost ESMTP")
	for err == nil {
		var line string
		if line, err = d.r.ReadString('\n'); err == nil {
			err = d.obey(strings.TrimRight(line, "\r\n"))
		}
	}
}

func (d *dialogue) obey(line string) error {
	verb, rest, _ := strings.Cut(line, " ")
	verb = strings.ToUpper(verb)
	d.note(verb, line)
	switch verb {
	case "EHLO", "HELO":
		return d.answer(AtEHLO, line, d.greeting())
	case "STARTTLS":
		err := d.answer(AtStartTLS, line, "220 2.0.0 go ahead")
		if err == nil {
			d.upgrade()
		}
		return err
	case "AUTH":
		return d.auth(line, rest)
	case "MAIL":
		d.from, d.to = angled(rest), nil
		return d.answer(AtMail, line, "250 2.1.0 ok")
	case "RCPT":
		return d.rcpt(line, rest)
	case "DATA":
		return d.data(line)
	case "RSET":
		d.from, d.to = "", nil
		return d.answer(AtRset, line, "250 2.0.0 ok")
	case "NOOP":
		return d.answer(AtNoop, line, "250 2.0.0 ok")
	case "QUIT":
		return errors.Join(d.answer(AtQuit, line, "221 2.0.0 bye"), errDropped)
	}
	return d.answer("", line, "502 5.5.1 unknown command")
}

func (d *dialogue) note(verb, line string) {
	d.server.mu.Lock()
	defer d.server.mu.Unlock()
	if verb == "AUTH" {
		d.server.signIns++
		words := strings.Fields(line)
		line = strings.Join(words[:min(2, len(words))], " ")
	}
	d.server.commands = append(d.server.commands, line)
}

func (d *dialogue) greeting() string {
	ext := d.server.opts.Extensions
	if ext == nil {
		ext = []string{"8BITMIME", "ENHANCEDSTATUSCODES", "SIZE 157286400", "AUTH PLAIN LOGIN XOAUTH2"}
	}
	lines := append([]string{"localhost"}, ext...)
	if !d.secure {
		lines = append(lines, "STARTTLS")
	}
	return "250-" + strings.Join(lines[:len(lines)-1], "\n250-") + "\n250 " + lines[len(lines)-1]
}

func (d *dialogue) rcpt(line, rest string) error {
	f := d.server.fault(AtRcpt, line)
	if f.Reply == "" || strings.HasPrefix(f.Reply, "2") {
		d.to = append(d.to, angled(rest))
	}
	return d.say(f, "250 2.1.5 ok")
}

func (d *dialogue) data(line string) error {
	f := d.server.fault(AtData, line)
	if len(d.to) == 0 && f.Reply == "" {
		f.Reply = "503 5.5.1 no recipient"
	}
	if err := d.say(f, "354 end with a dot"); err != nil || f.Reply != "" && !strings.HasPrefix(f.Reply, "354") {
		return err
	}
	raw, err := d.body()
	if err != nil {
		return err
	}
	f = d.server.fault(AtBody, string(raw))
	if f.CutBody > 0 {
		return d.drop(f.Reset)
	}
	if f.Reply == "" || strings.HasPrefix(f.Reply, "2") {
		d.server.mu.Lock()
		d.server.mails = append(d.server.mails, SMTPMail{From: d.from, To: d.to, Raw: raw, User: d.user})
		d.server.mu.Unlock()
	}
	return d.say(f, "250 2.0.0 taken")
}

// body reads up to the dot. If a fault cuts every body short, it stops there
// and does not wait for what the client will not be able to send.
func (d *dialogue) body() ([]byte, error) {
	cut := d.server.bodyCut()
	var raw bytes.Buffer
	for cut == 0 || raw.Len() < cut {
		line, err := d.r.ReadBytes('\n')
		if err != nil {
			return nil, err
		}
		if string(line) == ".\r\n" {
			break
		}
		raw.Write(bytes.TrimPrefix(line, []byte(".")))
	}
	return raw.Bytes(), nil
}

// bodyCut returns the length at which the next body may be cut; 0 for none.
func (s *FaultySMTP) bodyCut() int {
	s.mu.Lock()
	defer s.mu.Unlock()
	for _, f := range s.faults {
		if f.CutBody > 0 && f.met >= f.Skip && (f.Times == 0 || f.met < f.Skip+f.Times) {
			return f.CutBody
		}
	}
	return 0
}

func (d *dialogue) answer(at SMTPPhase, line, healthy string) error {
	f := d.server.fault(at, line)
	err := d.say(f, healthy)
	if err == nil && at == AtStartTLS && f.Reply != "" {
		return errDropped // no TLS, and nothing sensible in clear after it
	}
	return err
}

// say replies as the fault requires, or as a healthy server would.
func (d *dialogue) say(f SMTPFault, healthy string) error {
	if f.Wait != nil {
		select {
		case <-f.Wait:
		case <-d.server.closing:
			return errDropped
		}
	}
	if f.Drop {
		return d.drop(f.Reset)
	}
	if f.Reply != "" {
		healthy = f.Reply
	}
	return d.write(healthy, f.CutReply, f.Reset)
}

func (d *dialogue) write(reply string, cut int, reset bool) error {
	wire := strings.ReplaceAll(strings.TrimSuffix(reply, "\n"), "\n", "\r\n") + "\r\n"
	if cut > 0 && cut < len(wire) {
		if _, err := d.conn.Write([]byte(wire[:cut])); err != nil {
			return err
		}
		return d.drop(reset)
	}
	_, err := d.conn.Write([]byte(wire))
	return err
}

func (d *dialogue) drop(reset bool) error {
	if tcp, ok := d.tcp.(*net.TCPConn); ok && reset {
		if err := tcp.SetLinger(0); err != nil { // closing then sends RST
			return err
		}
	}
	return errors.Join(errDropped, d.tcp.Close())
}

func angled(text string) string {
	_, text, _ = strings.Cut(text, "<")
	addr, _, _ := strings.Cut(text, ">")
	return addr
}
