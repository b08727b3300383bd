package simulate

import (
	"bytes"
	"crypto/sha256"
	"encoding/base64"
	"fmt"
	"io"
	"mime/quotedprintable"
	"net/mail"
	"regexp"
	"slices"
	"strings"

	"requestd/deadlines"
	"requestd/intake"
	"requestd/store"
)

// readLetters reads the letters to the requester in the outbox when they have
// just been written, and compares each date in them with the facts as they are
// then. A letter that is sent without having been read is a failure.
func (w *world) readLetters(f *file) {
	w.view(func(tx *store.Tx) error {
		for _, l := range tx.LettersOf(f.ref) {
			if !l.Purpose.Outside() || l.State != intake.LetterWaiting {
				continue
			}
			full, err := tx.Letter(l.ID)
			if err != nil {
				return err
			}
			sum := sha256.Sum256(full.Raw)
			if w.readAs[full.MessageID] != sum {
				w.readAs[full.MessageID] = sum
				if full.Purpose.NextStep() {
					w.readStep(f, &full)
				} else {
					w.readLetter(f, &full)
				}
			}
		}
		return nil
	})
}

var (
	months     = []string{"January", "February", "March", "April", "May", "June", "July", "August", "September", "October", "November", "December"}
	misoedd    = []string{"Ionawr", "Chwefror", "Mawrth", "Ebrill", "Mai", "Mehefin", "Gorffennaf", "Awst", "Medi", "Hydref", "Tachwedd", "Rhagfyr"}
	anyDate    = regexp.MustCompile(`\d{1,2} (?:` + strings.Join(append(slices.Clone(months), misoedd...), "|") + `) \d{4}`)
	receivedOn = regexp.MustCompile(`(?:Date received:|Your message came on) (\d+ \w+ \d+)`)
	derbyn     = regexp.MustCompile(`(?:Dyddiad derbyn:|Daeth dy neges ar) (\d+ \w+ \d+)`)
	replyBy    = regexp.MustCompile(`(?:(?:We|Part \d+: we) (?:will|aim to) reply|We will answer you|We will answer the other part of your message) by (\d+ \w+ \d+|a date)`)
	atebErbyn  = regexp.MustCompile(`(?:(?:(?:Byddwn|Rhan \d+: byddwn) yn|(?:Ein|Rhan \d+: ein) nod yw) ateb|Byddwn yn dy ateb|Byddwn yn ateb y rhan arall o dy neges) erbyn (\d+ \w+ \d+|dyddiad)`)
)

// toChild replaces, without dates, what a letter to a child says in its own
// words.
var toChild = strings.NewReplacer("We will tell you when we can answer", "We will answer you by a date",
	"Byddwn yn dweud wrthyt pryd y gallwn ateb", "Byddwn yn dy ateb erbyn dyddiad")

// tongue says how letters in a language state dates.
type tongue struct {
	months          []string
	received, reply *regexp.Regexp
	none            string // used instead of a date that cannot be given yet
	sign            string // of a letter in that language
}

var tongues = []tongue{
	{months, receivedOn, replyBy, "a date", ""},
	{misoedd, derbyn, atebErbyn, "dyddiad", "Mae'r llythyr hwn yn Gymraeg"},
}

func (t tongue) write(d deadlines.Day) string {
	if d == 0 {
		return t.none
	}
	is := date(d)
	return fmt.Sprintf("%d %s %d", is.Day(), t.months[is.Month()-1], is.Year())
}

// readLetter compares the dates of one letter.
func (w *world) readLetter(f *file, l *intake.Letter) {
	text, err := body(l.Raw)
	if err != nil {
		w.fail("letter %d cannot be read: %v", l.ID, err)
	}
	text = toChild.Replace(text)
	n := w.stand(f)
	w.report.Promises++
	stated := map[string]bool{}
	for _, t := range tongues {
		if !strings.Contains(text, t.sign) {
			continue
		}
		received, want := t.write(n.received), []string(nil)
		for _, c := range n.clocks {
			if statesDates(l) {
				want = append(want, t.write(c.RespondBy))
			}
		}
		on, by := firsts(t.received.FindAllStringSubmatch(text, -1)), firsts(t.reply.FindAllStringSubmatch(text, -1))
		if !slices.Equal(on, []string{received}) && l.Purpose != intake.ForNoRequest || !slices.Equal(by, want) {
			w.fail("the %s of %s says received %q and reply by %q; by its facts %q and %q", l.Purpose, f.ref, on, by, received, want)
		}
		for _, s := range append(want, received) {
			stated[s] = true
		}
	}
	for _, s := range anyDate.FindAllString(text, -1) {
		if !stated[s] && l.Purpose != intake.ForCorrection { // a correction names the day of the letter that was wrong
			w.fail("the %s of %s names %s, which is none of its dates", l.Purpose, f.ref, s)
		}
	}
	w.promisesAre(f, n, l)
}

// readStep compares the date that a letter of the next steps promises.
func (w *world) readStep(f *file, l *intake.Letter) {
	n := w.stand(f)
	for _, p := range l.Promises {
		if !slices.ContainsFunc(n.clocks, func(c deadlines.Result) bool { return c.RespondBy == p.Day }) {
			w.fail("the %s of %s promises %s, which is none of its dates", l.Purpose, f.ref, p.Day)
		}
	}
}

// promisesAre checks that the register has the dates that the letter states.
func (w *world) promisesAre(f *file, n now, l *intake.Letter) {
	var kept, stated []string
	for _, p := range l.Promises {
		kept = append(kept, p.Day.String())
	}
	for _, c := range n.clocks {
		if c.RespondBy != 0 && statesDates(l) {
			stated = append(stated, c.RespondBy.String())
		}
	}
	if !slices.Equal(kept, stated) {
		w.fail("the %s of %s states %v, and the register keeps %v as promised", l.Purpose, f.ref, stated, kept)
	}
}

// statesDates reports whether a letter says by when its reader is answered.
func statesDates(l *intake.Letter) bool {
	return l.Purpose == intake.ForAcknowledgement || l.Purpose == intake.ForCorrection
}

func firsts(found [][]string) (s []string) {
	for _, m := range found {
		s = append(s, m[1])
	}
	return s
}

// body returns the text of a mail, with every run of white space as one blank.
func body(raw []byte) (string, error) {
	m, err := mail.ReadMessage(bytes.NewReader(raw))
	if err != nil {
		return "", err
	}
	r := m.Body
	switch strings.ToLower(m.Header.Get("Content-Transfer-Encoding")) {
	case "quoted-printable":
		r = quotedprintable.NewReader(r)
	case "base64":
		r = base64.NewDecoder(base64.StdEncoding, r)
	}
	b, err := io.ReadAll(r)
	return strings.Join(strings.Fields(string(b)), " "), err
}
