package classify

import (
	"strings"
	"unicode"

	"requestd/intake"
)

// foreignWords are short words, by language, that occur in nearly every text of
// a language and in none of English or Welsh.
var foreignWords = func() map[string]uint8 {
	m := map[string]uint8{}
	for i, list := range []string{
		"proszę nie jest się mnie mój moja moje oraz które który przez dla jestem chciałbym chciałabym dziękuję dzień dobry państwa wszystkie danych sprawie mojego mojej syna córki",
		"vă rog să îmi și este sunt pentru despre mine meu mea care nu din către toate datele bună ziua mulțumesc vreau aș dori fiica fiul copia dumneavoastră acest va imi si despre",
		"le les des une est pas pour dans que qui sur avec vous nous je mon ma mes votre vos bonjour merci veuillez madame monsieur souhaite toutes données concernant cordialement",
		"el los las una es por para que con del mi mis su sus usted ustedes quiero hola gracias estoy solicito todos datos sobre señor señora hijo hija saludos quisiera",
		"os uma não para com que meu minha meus por favor obrigado obrigada gostaria você vocês todos dados sobre filho filha bom dia boa tarde solicito cumprimentos",
		"der die das und ist nicht ich sie mir bitte mein meine für mit auf eine einen über alle daten sehr geehrte damen herren danke möchte kopie sohn tochter grüßen",
		"il lo gli una è non per con che mio mia miei di del della sono vorrei grazie buongiorno tutti dati figlio figlia cortesemente salve saluti",
		"de het een en is niet ik mijn voor met van dat deze alle gegevens graag wilt kunt dank geachte mevrouw heer zoon dochter groet groeten",
		"prašau man mano aš yra kad apie visus duomenis labas diena ačiū norėčiau sūnaus dukters kopiją gerbiami",
		"kérem nem van hogy az egy és vagyok szeretném köszönöm minden adatot rólam fiam lányom tisztelt jó napot másolatát",
		"prosím jsem není že mi můj moje pro všechny údaje děkuji dobrý den chtěl chtěla syna dcery kopii som prosim všetky údaje ďakujem",
		"bir ve bu için ben benim lütfen merhaba istiyorum teşekkür tüm bilgileri hakkımda oğlum kızım sayın saygılarımla kopyasını değil",
		"waxaan iyo ku ka waa fadlan ah oo in la wax ayaa mahadsanid xogta ilmahayga rabaa codsanayaa",
		"një dhe është për me nuk ju lutem unë im ime të gjitha dhënat faleminderit përshëndetje dua djali vajza",
		"molim vas sam je nije mi moj moja sve podatke hvala dobar dan želim kopiju sin kći ćerka poštovani",
		"jag och är inte för med att min mitt alla uppgifter tack hej vill ha en kopia ikke til jeg og vil gerne har alle mine",
	} {
		for _, w := range strings.Fields(list) {
			if _, ok := m[w]; !ok {
				m[w] = uint8(i)
			} else {
				m[w] = 0xff // of several languages
			}
		}
	}
	return m
}()

const (
	foreignWithin = 4096 // bytes of a text that are looked at
	foreignLeast  = 4    // words known to be of one other language
)

// foreign reports whether a text is in another language than English and Welsh,
// or not in Latin letters: then nobody has read it.
func foreign(t *text) bool {
	raw := t.raw[:min(len(t.raw), foreignWithin)]
	latin, other := 0, 0
	for _, r := range raw {
		switch {
		case !unicode.IsLetter(r):
		case unicode.Is(unicode.Latin, r):
			latin++
		default:
			other++
		}
	}
	if other > 8 && 3*other > latin {
		return true
	}
	known, found := 0, [17]int{}
	for _, tok := range t.toks {
		if int(tok.end) > len(raw) {
			break
		}
		w := strings.ToLower(raw[tok.start:tok.end])
		if tok.look != 0 && (englishWords[w] || welshWords[w]) {
			known++
		}
		if i, ok := foreignWords[w]; ok {
			if i == 0xff {
				found[16]++
			} else {
				found[i]++
			}
		}
	}
	most := 0
	for _, n := range found[:16] {
		most = max(most, n)
	}
	return most >= 2 && most+found[16] >= foreignLeast && most+found[16] > known
}

// unreadable says why there may be a request that nobody could read, or "". It
// is called for mail that would be filed away, and for mail whose request, if
// any, was not in words that could be read.
func (s *signs) unreadable(m *intake.Message, low string) (what, quote string) {
	switch {
	case foreign(s.text):
		return "in another language than English and Welsh", ""
	case gibberish(m.Text):
		return "the text could not be decoded", ""
	case m.Undecoded && s.ctx.words < 40:
		return "a part of the text could not be decoded", strings.Join(m.Faults, "; ")
	}
	unread := ""
	for i := range m.Attachments {
		if a := &m.Attachments[i]; !a.Read && !decoration(a, s.ctx.words) {
			unread = a.Name + " (" + a.Type + ")"
			break
		}
	}
	if unread == "" {
		return "", ""
	}
	switch {
	case s.ctx.words < 6,
		s.ctx.words < 45 && pointing(low) && !s.any("court", "court-sure", "job", "business", "press", "agency", "thanks", "complaint", "regulator"):
		return "an attachment could not be read", unread
	}
	return "", ""
}

func pointing(low string) bool {
	return containsAny(low, "attach", "enclos", "see letter", "see form", "see below", "see doc", "see file", "see scan", "see pic", "see photo", "see screenshot", "see video", "see my ", "see the ", "here is", "here's", "find my", "herewith", "filled in", "letter", "document", " form", "please read", "please open", "my request", "this request", "as requested in", "in the file", "ynghlwm", "amgae", "atod", "gweler", "llythyr", "dogfen", "ffurflen", "dyma")
}

// decoration reports whether an attachment says nothing itself: a picture in a
// mail that has words of its own, a signature, a visiting card.
func decoration(a *intake.Attachment, words int) bool {
	switch a.Type {
	case "application/pgp-signature", "application/pkcs7-signature", "application/x-pkcs7-signature", "text/calendar", "text/vcard", "text/x-vcard", "text/directory", "text/x-amp-html", "text/css", "application/pgp-keys", "message/rfc822", "message/global":
		return true
	}
	name := strings.ToLower(a.Name)
	if hasSuffix(name, ".ics", ".vcf", ".p7s", ".asc") {
		return true
	}
	return strings.HasPrefix(a.Type, "image/") && words >= 6 && (a.Inline || containsAny(name, "logo", "image0", "banner", "signature", "outlook-", "facebook", "twitter", "linkedin"))
}

// gibberish reports whether most of a text is not words, as after a wrong
// decoding.
func gibberish(s string) bool {
	s = s[:min(len(s), foreignWithin)]
	lost, long, all := 0, 0, 0
	for _, w := range strings.Fields(s) {
		all += len(w)
		if len(w) > 45 && !strings.Contains(w, "://") && !strings.Contains(w, "@") && !strings.Contains(w, "[") && !strings.ContainsFunc(w, func(r rune) bool { return r > unicode.MaxLatin1 }) {
			long += len(w)
		}
		lost += strings.Count(w, "\uFFFD") * len("\uFFFD")
	}
	return all > 40 && (2*long > all || 10*lost > all)
}
