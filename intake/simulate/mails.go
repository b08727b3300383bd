package simulate

import (
	"fmt"
	"strings"
	"time"
)

// sort says what a mail really is.
type sort string

const (
	request  sort = "request"  // plain; must become a case
	vague    sort = "vague"    // a person's mail of any kind
	answer   sort = "answer"   // a person's, on a case
	machine  sort = "machine"  // bears a machine's signs; must never be acknowledged
	bounce   sort = "bounce"   // returns a letter of ours
	helpdesk sort = "helpdesk" // a machine without any sign of it
	ordered  sort = "order"    // an officer's, in answer to mail for staff
	forged   sort = "forged"   // in an officer's name, by somebody else
)

// letterIn is a mail to us.
type letterIn struct {
	n       int
	sort    sort
	from    string
	id      string
	raw     []byte
	bad     bool // breaks the connection of whoever fetches it
	returns string
	at      time.Time // when it arrives
	to      []target
	ref     string // of the case that it must have
	order   order  // what it says, of an officer's
}

// target is a folder in which it arrives, and how much later.
type target struct {
	box, folder int
	later       time.Duration
}

type text struct{ subject, body string }

var requests = []text{
	{"Freedom of Information request", "Dear Sir or Madam,\n\nUnder the Freedom of Information Act 2000 please send me the number of complaints about late reports that you received in each month of year %d, and your policy on them.\n\nYours faithfully,\n%s"},
	{"Freedom of Information request: agency staff", "Hello,\n\nThis is a request under the Freedom of Information Act 2000. How much did you spend on agency staff in each financial year since %d? Please send the figures as a spreadsheet.\n\nRegards\n%s"},
	{"Subject access request", "Dear Data Protection Officer,\n\nThis is a subject access request under Article 15 of the UK GDPR. Please send me a copy of all the personal data that you hold about me. My file number was %d.\n\nYours sincerely,\n%s"},
	{"Cais Rhyddid Gwybodaeth", "Annwyl Syr neu Fadam,\n\nHoffwn wneud cais o dan Ddeddf Rhyddid Gwybodaeth 2000. Faint o gwynion a gafwyd ym mhob blwyddyn ers %d?\n\nYn gywir,\n%s"},
	{"Cais gwrthrych am wybodaeth", "Annwyl Swyddog Diogelu Data,\n\nDyma gais gwrthrych am wybodaeth o dan Erthygl 15 o GDPR y DU. Anfonwch gopi o'r holl ddata personol sydd gennych amdanaf. Rhif fy ffeil oedd %d.\n\nYn gywir,\n%s"},
}

var vagues = []text{
	{"Question", "Hello, could you tell me whether your office %d is open on Saturdays? Thanks, %s"},
	{"my report", "Hi, I would like to see what was written in report %d. %s"},
	{"Diolch", "Diolch am eich help gyda %d. %s"},
	{"Information", "Could I have some information about the reports of %d please? %s"},
	{"Invoice", "Please find our invoice %d. Kind regards, %s"},
}

var people = []string{"jo", "sam", "alex", "nia", "rhys", "pat", "kim", "lee", "max", "ned", "una", "viv"}

func (w *world) person() string {
	return fmt.Sprintf("%s.%d@example.%s", pick(w, people), w.rng.IntN(60), pick(w, []string{"com", "net", "org"}))
}

// write composes a mail of those sorts that come by themselves.
func (w *world) write(s sort, from string, t text, head ...string) *letterIn {
	w.seq++
	m := &letterIn{n: w.seq, sort: s, from: from, at: w.now}
	m.id = fmt.Sprintf("m%d.%d@mail.example.net", w.seq, w.rng.Uint32())
	body := t.body
	if strings.Contains(body, "%d") {
		body = fmt.Sprintf(body, 1900+w.seq, strings.ToUpper(from[:1])+from[1:strings.IndexAny(from, ".@")])
	}
	lines := append([]string{
		"From: " + strings.SplitN(from, "@", 2)[0] + " <" + from + ">",
		"Date: " + w.now.Format(time.RFC1123Z), "Subject: " + t.subject, "Message-ID: <" + m.id + ">", "MIME-Version: 1.0",
	}, head...)
	if !strings.Contains(strings.Join(head, "\n"), "Authentication-Results") {
		lines = append(lines, "Authentication-Results: mx.example.org; dmarc=pass header.from="+from[strings.LastIndexByte(from, '@')+1:])
	}
	if !strings.Contains(strings.Join(head, "\n"), "Content-Type") {
		lines = append(lines, "Content-Type: text/plain; charset=utf-8")
	}
	lines = append(lines, "To: governance@cafcass.gov.uk", "", strings.ReplaceAll(body, "\n", "\r\n"), "")
	m.raw = []byte(strings.Join(lines, "\r\n"))
	return m
}

// arrive makes a mail come in after a while.
func (w *world) arrive(m *letterIn, after time.Duration) {
	m.at = w.now.Add(after)
	if len(m.to) == 0 {
		m.to = []target{{box: w.rng.IntN(2)}}
	}
	w.byID[m.id] = m
	w.coming = append(w.coming, m)
}

// drop puts the mails that have arrived by now into the folders.
func (w *world) drop() {
	var still []*letterIn
	for _, m := range w.coming {
		var later []target
		for _, t := range m.to {
			if at := m.at.Add(t.later); at.After(w.now) {
				later = append(later, t)
			} else {
				w.boxes[t.box].folders[t.folder].add(m, at)
				w.report.Mails++
				w.say("mail %d (%s) of %s arrives in %s/%s", m.n, m.sort, m.from, w.boxes[t.box].cfg.Name, w.boxes[t.box].folders[t.folder].name)
			}
		}
		if m.to = later; len(later) > 0 {
			still = append(still, m)
		}
	}
	w.coming = still
}

// newMail makes a mail that nothing else caused.
func (w *world) newMail() {
	from := w.person()
	switch k := w.rng.IntN(20); {
	case k < 8:
		w.arrive(w.write(request, from, pick(w, requests)), 0)
	case k < 10: // to both mailboxes, the copy some polls later, perhaps first into the junk folder
		m := w.write(request, from, pick(w, requests))
		m.to = []target{{box: 0}, {box: 1, later: time.Duration(w.rng.IntN(300)) * time.Minute}}
		if w.chance(2) {
			m.to = []target{{box: 1, folder: 1}, {box: 1, later: 2 * hour}, {box: 0, later: 3 * hour}}
		}
		w.arrive(m, 0)
	case k < 12:
		for range 2 {
			w.arrive(w.write(vague, w.person(), pick(w, vagues)), 0)
		}
	case k < 14:
		w.arrive(w.write(machine, "news@lists.example.org", text{"Newsletter", "News number %d. From %s"}, "List-Id: <news.example.org>", "List-Unsubscribe: <https://example.org/u>", "Precedence: bulk"), 0)
	case k < 15:
		w.arrive(w.write(machine, from, text{"Automatic reply: " + pick(w, requests).subject, "I am out of the office. %d %s"}, "Auto-Submitted: auto-replied"), 0)
	case k < 16: // many in a short time from one person, as is their right
		for range 2 + w.rng.IntN(5) {
			w.arrive(w.write(request, from, pick(w, requests)), time.Duration(w.rng.IntN(90))*time.Minute)
		}
	case k < 17: // a helpdesk asks, and will answer everything that it gets
		w.arrive(w.write(request, fmt.Sprintf("desk%d@helpdesk.example.net", w.rng.IntN(5)), pick(w, requests)), 0)
	case k < 18:
		m := w.write(request, from, pick(w, requests))
		m.bad = true
		w.arrive(m, 0)
	case k < 19 && w.chance(3):
		w.peer.asks()
	case k < 19 && w.chance(2): // its server never answers the final dot
		w.arrive(w.write(request, fmt.Sprintf("slow%d@doubt.example.com", w.seq), pick(w, requests)), 0)
	case k < 19: // an address that will return what it is sent
		w.arrive(w.write(request, fmt.Sprintf("gone%d@bounce.example.com", w.seq), pick(w, requests)), 0)
	default:
		m := w.write(request, from, pick(w, requests))
		m.to = []target{{box: 1, folder: 1}}
		w.arrive(m, 0)
	}
}
