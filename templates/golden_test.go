package templates

import (
	"flag"
	"fmt"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"sync"
	"testing"
	"unicode/utf8"
)

var update = flag.Bool("update", false, "write the golden files anew")

func embeddedSet(t testing.TB) *Set {
	t.Helper()
	s, err := Load("")
	if err != nil {
		t.Fatal(err)
	}
	return s
}

// golden compares a mail with the file of that name, as staff and requesters
// would see it.
func golden(t *testing.T, name string, m Mail) {
	t.Helper()
	path := filepath.Join("testdata", name+".txt")
	got := fmt.Sprintf("Subject: %s\nContent-Language: %s\n\n%s", m.Subject, m.ContentLanguage, m.Body)
	if *update {
		if err := os.WriteFile(path, []byte(got), 0o644); err != nil {
			t.Fatal(err)
		}
		return
	}
	want, err := os.ReadFile(path)
	if err != nil {
		t.Fatalf("%v; go test ./templates -update writes it", err)
	}
	if string(want) != got {
		t.Errorf("%s differs from what was written:\n%s", path, got)
	}
}

// proper checks that a mail keeps the rules of plain text.
func proper(t *testing.T, m Mail) {
	t.Helper()
	if m.Subject == "" || strings.ContainsAny(m.Subject, "\r\n") || utf8.RuneCountInString(m.Subject) > maxSubject+2 {
		t.Errorf("subject %q: want one line that is not empty", m.Subject)
	}
	if !strings.HasSuffix(m.Body, "\n") || strings.Contains(m.Body, "\n\n\n") || strings.Contains(m.Body, "<no value>") || strings.Contains(m.Body, "{{") {
		t.Errorf("the body is not well laid out:\n%q", m.Body)
	}
	for line := range strings.SplitSeq(m.Body, "\n") {
		if n := utf8.RuneCountInString(line); n > 76 && !strings.HasPrefix(strings.TrimSpace(line), "<mailto:") {
			t.Errorf("a line of %d columns: %q", n, line)
		}
		if strings.TrimRight(line, " \t") != line {
			t.Errorf("a line ends in space: %q", line)
		}
		if line == "--" || line == "-- " {
			t.Error("a line would begin a signature, which mail programs hide")
		}
	}
}

func TestAcknowledgements(t *testing.T) {
	s := embeddedSet(t)
	for _, body := range []string{"Cafcass", "Cafcass Cymru"} {
		for _, language := range []string{English, Bilingual} {
			for variant, parts := range sampleParts() {
				l := Letter{Purpose: Acknowledgement, Language: language, Body: sampleBody(body), Regulator: sampleRegulator(),
					Ref: "REF26-00017", Name: "Siân O'Neill-Example", ReceivedOn: sampleDay(21), Parts: parts}
				name := fmt.Sprintf("acknowledgement-%s.%s.%s", variant, slug(body), language)
				t.Run(name, func(t *testing.T) { letterCase(t, s, name, l) })
			}
		}
	}
}

// TestWhomALetterSpeaksTo shows the acknowledgement of a request for personal
// information to each sort of reader.
func TestWhomALetterSpeaksTo(t *testing.T) {
	s := embeddedSet(t)
	for name, speak := range map[string]func(*Letter){
		"representative":          func(l *Letter) { l.Representative, l.TheirRef = true, "AE/1234" },
		"representative-enclosed": func(l *Letter) { l.Representative, l.Enclosed, l.TheirRef = true, true, "AE/1234" },
		"enclosed":                func(l *Letter) { l.Enclosed = true },
		"nobody":                  func(l *Letter) { l.Name = "" },
	} {
		for _, language := range []string{English, Bilingual} {
			l := Letter{Purpose: Acknowledgement, Language: language, Body: sampleBody("Cafcass Cymru"), Regulator: sampleRegulator(),
				Ref: "REF26-00017", Name: "Sam Example", ReceivedOn: sampleDay(21), Parts: sampleParts()["dsar"]}
			speak(&l)
			t.Run(name+"."+language, func(t *testing.T) { letterCase(t, s, "acknowledgement-to-"+name+"."+language, l) })
		}
	}
}

// TestDraftsOfTheNextSteps shows each draft for the parts for which it differs.
func TestDraftsOfTheNextSteps(t *testing.T) {
	s := embeddedSet(t)
	seen := map[string]string{}
	for _, language := range []string{English, Bilingual} {
		for _, l := range sampleSteps() {
			l.Language, l.Body, l.Regulator = language, sampleBody("Cafcass Cymru"), sampleRegulator()
			m, err := s.Letter(l)
			if err != nil {
				t.Fatal(err)
			}
			name := fmt.Sprintf("step-%s-%s", l.Purpose, l.Parts[0].Kind)
			if l.Words == "" {
				name += "-gaps"
			}
			if l.OnePart {
				name += "-one-part"
			}
			if same, ok := seen[language+m.Body]; ok && strings.HasPrefix(same, "step-"+string(l.Purpose)) {
				continue // it is the same for another part
			}
			seen[language+m.Body] = name
			golden(t, name+"."+language, m)
			proper(t, m)
			if gap := strings.Contains(m.Body, Gap); gap && l.Words != "" && language == English || !gap && l.Words == "" && (l.Purpose == AskClarification || l.Purpose == Extension) {
				t.Errorf("%s in %s: gap %v", name, language, gap)
			}
			if !strings.Contains(m.Body, "REF26-00017") || !strings.Contains(m.Body, "21 November 2026") {
				t.Errorf("%s lacks its reference or the date of receipt", name)
			}
		}
	}
}

// TestTheNextStepsToAChild are plain and short, in both languages, say what the
// ordinary letter must, and say nothing that it does not.
func TestTheNextStepsToAChild(t *testing.T) {
	s := embeddedSet(t)
	seen := map[string]bool{}
	for _, language := range []string{English, Bilingual} {
		for _, l := range sampleSteps() {
			l.Language, l.Body, l.Regulator, l.Child, l.Name = language, sampleBody("Cafcass Cymru"), sampleRegulator(), true, "Sam"
			m, err := s.Letter(l)
			if err != nil {
				t.Fatal(err)
			}
			ordinary := l
			ordinary.Child = false
			adult, err := s.Letter(ordinary)
			if err != nil {
				t.Fatal(err)
			}
			if l.Purpose == NewDate || l.Purpose == NoAnswer {
				of, as := l, ordinary
				of.Asked, as.Asked = "authority", "authority"
				told, err := s.Letter(of)
				want, errs := s.Letter(as)
				if err != nil || errs != nil || told.Body != want.Body {
					t.Errorf("%s about authority is written as to a child: %v", l.Purpose, err)
				}
			}
			if l.Purpose == AskAuthority {
				if m.Body != adult.Body {
					t.Error("whoever asks for somebody else is written to as a child")
				}
				continue
			}
			if m.Subject != adult.Subject || strings.Contains(m.Body, Gap) != strings.Contains(adult.Body, Gap) {
				t.Errorf("%s of %s to a child has another subject, or gaps where the ordinary one has none", l.Purpose, l.Parts[0].Kind)
			}
			if seen[m.Body] {
				continue
			}
			seen[m.Body] = true
			name := fmt.Sprintf("child-%s-%s", l.Purpose, l.Parts[0].Kind)
			if l.Words == "" {
				name += "-gaps"
			}
			if l.OnePart {
				name += "-one-part"
			}
			golden(t, name+"."+language, m)
			proper(t, m)
			english := m.Body[strings.LastIndex(m.Body, "Hello"):]
			text := strings.Join(strings.Fields(english), " ")
			for _, want := range []string{"REF26-00017", "21 November 2026", "Somebody you trust", "999", "0800 1111", l.Regulator.Name} {
				if !strings.Contains(text, want) {
					t.Errorf("%s lacks %q", name, want)
				}
			}
			if n := len(strings.Fields(english)); n > 240 {
				t.Errorf("a child is written %d words:\n%s", n, english)
			}
			for _, sentence := range regexp.MustCompile(`[.:] | - `).Split(text, -1) {
				if n := len(strings.Fields(sentence)); n > 32 {
					t.Errorf("%s has a sentence of %d words: %s", name, n, sentence)
				}
			}
			for _, no := range []string{"GDPR", "Article", "regulation ", "internal review", "utility", "bank statement"} {
				if strings.Contains(english, no) {
					t.Errorf("%s says %q to a child", name, no)
				}
			}
		}
	}
}

// TestALetterToAChild is short, and contains what every letter must.
func TestALetterToAChild(t *testing.T) {
	s := embeddedSet(t)
	for variant, parts := range map[string][]Part{"": sampleParts()["dsar"], "-two": sampleParts()["foi-and-dsar"], "-waiting": {{Kind: "dsar"}}} {
		for _, language := range []string{English, Bilingual} {
			l := Letter{Purpose: Acknowledgement, Language: language, Child: true, Body: sampleBody("Cafcass Cymru"), Regulator: sampleRegulator(),
				Ref: "REF26-00017", Name: "Sam", ReceivedOn: sampleDay(21), Parts: parts}
			m, err := s.Letter(l)
			if err != nil {
				t.Fatal(err)
			}
			golden(t, "child"+variant+"."+language, m)
			proper(t, m)
			english := m.Body[strings.LastIndex(m.Body, "Hello"):]
			if n := len(strings.Fields(english)); n > 125 {
				t.Errorf("a child is written %d words:\n%s", n, english)
			}
		}
	}
}

func TestCorrectionsAndReceipts(t *testing.T) {
	s := embeddedSet(t)
	for _, language := range []string{English, Bilingual} {
		l := Letter{Purpose: Correction, Language: language, Body: sampleBody("Cafcass Cymru"), Regulator: sampleRegulator(),
			Ref: "REF26-00017", ReceivedOn: sampleDay(21), Parts: sampleParts()["foi"],
			Corrects: Corrected{SentOn: sampleDay(24), Dates: true}}
		t.Run("dates", func(t *testing.T) { letterCase(t, s, "correction-dates."+language, l) })
		l.Parts, l.Corrects = sampleParts()["dsar"], Corrected{SentOn: sampleDay(24), Kind: true, Was: []string{"foi"}, Dates: true, Received: true}
		t.Run("kind", func(t *testing.T) { letterCase(t, s, "correction-kind."+language, l) })
		l.Parts, l.Corrects = nil, Corrected{SentOn: sampleDay(24), Kind: true, Was: []string{"dsar"}}
		t.Run("no request", func(t *testing.T) { letterCase(t, s, "correction-no-request."+language, l) })
		l.Purpose, l.Parts = Receipt, sampleParts()["foi-and-dsar"]
		t.Run("receipt", func(t *testing.T) { letterCase(t, s, "receipt."+language, l) })
	}
}

// TestNeutralLetters: a letter before anybody has decided, and those that may
// follow it.
func TestNeutralLetters(t *testing.T) {
	s := embeddedSet(t)
	for _, language := range []string{English, Bilingual} {
		l := Letter{Purpose: Neutral, Language: language, Body: sampleBody("Cafcass Cymru"), Regulator: sampleRegulator(),
			Ref: "REF26-00017", Name: "Siân O'Neill-Example", ReceivedOn: sampleDay(21)}
		for _, purpose := range []Purpose{Neutral, NoRequest} {
			l.Purpose = purpose
			t.Run(string(purpose), func(t *testing.T) {
				letterCase(t, s, string(purpose)+"."+language, l)
				m, err := s.Letter(l)
				if err != nil {
					t.Fatal(err)
				}
				for _, no := range []string{"Act", "GDPR", "20 working days", "a month", "Deddf", "subject access"} {
					if strings.Contains(m.Body, no) {
						t.Errorf("a letter that decides nothing says %q", no)
					}
				}
				for _, line := range strings.Split(m.Body, "\n") {
					if strings.Contains(strings.ReplaceAll(line, "REF26", ""), "2026") && !strings.Contains(line, "21 November 2026") && !strings.Contains(line, "21 Tachwedd 2026") {
						t.Errorf("it states another date than that of receipt: %q", line)
					}
				}
			})
		}
		l.Purpose, l.Again, l.Parts = Acknowledgement, true, sampleParts()["dsar"]
		t.Run("then the kind", func(t *testing.T) { letterCase(t, s, "acknowledgement-after-neutral."+language, l) })
	}
	for _, purpose := range []Purpose{Neutral, NoRequest} {
		l := Letter{Purpose: purpose, Language: English, Body: sampleBody("Cafcass"), Regulator: sampleRegulator(),
			Ref: "R26-1", ReceivedOn: sampleDay(21), Parts: sampleParts()["foi"]}
		if m, err := s.Letter(l); err == nil {
			t.Errorf("a %s letter named a kind:\n%s", purpose, m.Body)
		}
	}
}

func letterCase(t *testing.T, s *Set, name string, l Letter) {
	t.Helper()
	m, err := s.Letter(l)
	if err != nil {
		t.Fatal(err)
	}
	golden(t, name, m)
	proper(t, m)
	promises(t, l, m)
}

// promises checks what the two bodies' own pages promise, and what no letter
// may say.
func promises(t *testing.T, l Letter, m Mail) {
	t.Helper()
	text := strings.Join(strings.Fields(m.Body), " ")
	want := []string{l.Ref, "21 November 2026", l.Body.Address}
	subject := l.Body.Name + ": our reference " + l.Ref
	if l.BothLanguages() {
		want = append(want, "21 Tachwedd 2026", "Mae croeso i chi ysgrifennu atom yn Gymraeg", "ni fydd hynny'n achosi unrhyw oedi")
		subject = l.Body.Name + ": ein cyfeirnod / our reference " + l.Ref
		if strings.Index(text, "Tachwedd") > strings.Index(text, "November") {
			t.Error("the Welsh does not stand first")
		}
	}
	if l.Purpose != Acknowledgement {
		want = want[:3]
	}
	if m.Subject != subject {
		t.Errorf("subject %q: want the body and the reference alone, %q", m.Subject, subject)
	}
	for _, p := range l.Parts {
		want = append(want, wanted(l, p)...)
	}
	if l.Purpose == Acknowledgement {
		want = append(want, l.Regulator.Name, l.Regulator.Email, l.Regulator.Phone, l.Regulator.Address[0])
	}
	for _, w := range want {
		if !strings.Contains(text, w) {
			t.Errorf("the letter lacks %q", w)
		}
	}
	for _, no := range []string{"token", "is known", "we hold information about you", "your child", "your file", "mailto:", "attach your", "please send us"} {
		if strings.Contains(strings.ToLower(text), no) {
			t.Errorf("the letter says %q", no)
		}
	}
}

// wanted returns what the letter must say about a part.
func wanted(l Letter, p Part) []string {
	var want []string
	if !p.RespondBy.IsZero() {
		date := EnglishDay(p.RespondBy)
		if p.Kind == "dsar" || p.Kind == "rights" {
			want = append(want, date+", if we need nothing more from you")
		} else if p.Aim() {
			want = append(want, "aim to reply by "+date)
		} else {
			want = append(want, "ill reply by "+date+" at the latest")
		}
	}
	if l.Purpose != Acknowledgement {
		return want
	}
	switch {
	case p.Kind == "foi":
		want = append(want, "Freedom of Information Act 2000", "What happens next", "within 40 working days of the answer", "section 50(2)(a)", "do not answer you at all")
	case p.Kind == "dsar":
		want = append(want, whoYouAre(l)...)
		want = append(want, "up to two more months", "before the first month is over", "section 164A", "within 30 days", "How you get the answer", "whether or not we hold information about any person")
		if l.Body.Name == "Cafcass Cymru" {
			want = append(want, "Objective Connect", "recorded delivery")
		}
	case p.Kind == "eir":
		want = append(want, "Environmental Information Regulations 2004", "20 working days", "regulation 11")
	case p.Kind == "rights":
		want = append(want, "UK GDPR", "two more months", "section 164A", "whether or not we hold information about any person")
		for _, r := range p.Right {
			want = append(want, rightsEn[r])
		}
		if l.BothLanguages() {
			for _, r := range p.Right {
				want = append(want, rightsCy[r])
			}
		}
	case p.Of == "eir":
		want = append(want, "regulation 11", "40 working days", "Who looks again")
	case p.Of == "dsar", p.Of == "rights":
		want = append(want, "complaint", "This letter acknowledges it", "Who looks again", "whether or not we hold information about any person")
	default:
		want = append(want, "review", "Who looks again")
	}
	return want
}

// whoYouAre returns what a letter says about proof: it asks for nothing that
// seems to be enclosed.
func whoYouAre(l Letter) []string {
	want := []string{"If we have reasonable doubt about who you are, we will ask"}
	if l.Representative {
		want[0] = "You seem to be asking for somebody else"
	}
	if l.Enclosed {
		return append(want, "You need not send again what you have sent. We will say if we need more")
	}
	return append(want, "please do not email copies of documents until we have told you how")
}

func slug(body string) string { return strings.ReplaceAll(strings.ToLower(body), " ", "-") }

func TestRegulatorComesFromConfigurationAlone(t *testing.T) {
	s := embeddedSet(t)
	for _, l := range sampleLetters() {
		m, err := s.Letter(l)
		if err != nil {
			t.Fatal(err)
		}
		for _, own := range []string{"ico.org.uk", "Information Commissioner", "Comisiynydd", "Wycliffe", "Wilmslow"} {
			if strings.Contains(m.Body, own) {
				t.Fatalf("the %s names a regulator of its own: %s", l.Purpose, own)
			}
		}
	}
}

func TestConfigurationComesBeforeTheHousesWords(t *testing.T) {
	s := embeddedSet(t)
	b := Body{Name: "Cafcass", Address: "governance@cafcass.gov.uk", Signoff: "The Records Team", SignoffCy: "Y Tîm Cofnodion",
		Website: "https://www.example.org", WebsiteCy: "https://www.example.org/cy", Contact: "01632 960001", ContactCy: "Ffôn 01632 960001",
		Delivery: "by pigeon.", DeliveryCy: "gyda cholomen.", CostPounds: 700, CostHours: 28,
		Privacy: "https://www.example.org/privacy", PrivacyCy: "https://www.example.org/cy/preifatrwydd"}
	m, err := s.Letter(Letter{Purpose: Acknowledgement, Language: Bilingual, Body: b, Regulator: sampleRegulator(), Ref: "R26-1",
		ReceivedOn: sampleDay(21), Parts: sampleParts()["foi-and-dsar"]})
	if err != nil {
		t.Fatal(err)
	}
	text := strings.Join(strings.Fields(m.Body), " ")
	for _, want := range []string{b.Signoff, b.SignoffCy, b.WebsiteCy + " * * *", b.Website, b.Contact + " https", b.ContactCy,
		"by pigeon.", "gyda cholomen.", "£700 (28 hours", "£700 (28 awr", "Annwyl geisydd,", "Dear requester,",
		"what you send us: " + b.Privacy, "anfon atom: " + b.PrivacyCy} {
		if !strings.Contains(text, want) {
			t.Errorf("the letter lacks %q", want)
		}
	}
}

func TestHostileNamesNeverSpoilALetter(t *testing.T) {
	s := embeddedSet(t)
	for name, greeting := range map[string]string{
		"Cafcass": "Dear Cafcass,", "our reference": "Dear our reference,", "a": "Dear a,",
		"Sam\r\nBcc: x@example.com\r\n\r\nYour child is known to us": "Dear requester,",
		"https://evil.example/?q=1":                                  "Dear requester,", "{{.Ref}}": "Dear requester,", "\u202eelpmaxE maS": "Dear elpmaxE maS,",
		strings.Repeat("Buy now ", 9000): "Dear requester,", "": "Dear requester,", "\xff\xfe": "Dear requester,",
	} {
		m, err := s.Letter(Letter{Purpose: Acknowledgement, Language: English, Body: sampleBody("Cafcass"), Regulator: sampleRegulator(),
			Ref: "R26-1", Name: name, ReceivedOn: sampleDay(21), Parts: sampleParts()["dsar"]})
		if err != nil {
			t.Errorf("%.40q: %v", name, err)
			continue
		}
		proper(t, m)
		if got, _, _ := strings.Cut(m.Body, "\n"); got != greeting || m.Subject != "Cafcass: our reference R26-1" {
			t.Errorf("%.40q is greeted %q under %q, want %q", name, got, m.Subject, greeting)
		}
	}
}

func TestOneSetServesManyAtOnce(t *testing.T) {
	s := embeddedSet(t)
	var wg sync.WaitGroup
	for range 8 {
		wg.Go(func() {
			for _, n := range scenarios() {
				if _, err := s.Staff(n); err != nil {
					t.Error(err)
				}
			}
			if _, err := s.Letter(sampleLetters()[0]); err != nil {
				t.Error(err)
			}
		})
	}
	wg.Wait()
}

func TestALetterWithoutWhatItMustSayIsRefused(t *testing.T) {
	s := embeddedSet(t)
	good := Letter{Purpose: Acknowledgement, Language: English, Body: sampleBody("Cafcass"), Regulator: sampleRegulator(),
		Ref: "R26-1", ReceivedOn: sampleDay(21), Parts: sampleParts()["foi"]}
	for name, spoil := range map[string]func(*Letter){
		"purpose":    func(l *Letter) { l.Purpose = "greeting" },
		"language":   func(l *Letter) { l.Language = "cy" },
		"reference":  func(l *Letter) { l.Ref = "" },
		"receipt":    func(l *Letter) { l.ReceivedOn = 0 },
		"parts":      func(l *Letter) { l.Parts = nil },
		"kind":       func(l *Letter) { l.Parts = []Part{{Kind: "other"}} },
		"of":         func(l *Letter) { l.Parts = []Part{{Kind: "review"}} },
		"regulator":  func(l *Letter) { l.Regulator.Name = "" },
		"correction": func(l *Letter) { l.Purpose = Correction },
	} {
		l := good
		spoil(&l)
		if m, err := s.Letter(l); err == nil {
			t.Errorf("without %s a letter was written:\n%s", name, m.Body)
		}
	}
}
