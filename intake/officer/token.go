package officer

import (
	"regexp"
	"slices"
	"strings"

	"requestd/intake"
)

// tokenLetters is Crockford's base 32: no letter looks like a digit.
const tokenLetters = "0123456789abcdefghjkmnpqrstvwxyz"

// TokenSize is how many random bytes make a token.
const TokenSize = 20

var tokenForm = regexp.MustCompile(`(?i)\brq-([0-9a-z]{20})\b`)

// Token writes random bytes as the word in the subject of an answer: five bits
// of each byte, 100 in all.
func Token(random []byte) string {
	var b strings.Builder
	b.WriteString("rq-")
	for _, c := range random {
		b.WriteByte(tokenLetters[c&31])
	}
	return b.String()
}

// maxTokens is how many tokens of one subject are looked at.
const maxTokens = 3

// Tokens returns the tokens in a subject, as they were written or typed from
// paper.
func Tokens(subject string) []string {
	var found []string
	for _, m := range tokenForm.FindAllStringSubmatch(subject, maxTokens) {
		plain := strings.NewReplacer("o", "0", "i", "1", "l", "1").Replace(strings.ToLower(m[1]))
		found = append(found, "rq-"+plain)
	}
	return found
}

// Automatic reports whether the subject or the header of a mail says that a
// machine wrote it, even if the classifier's marks of machines do not:
// answering such mail might begin a loop.
func Automatic(m *intake.Message) bool {
	if strings.EqualFold(strings.TrimSpace(m.Get("x-auto-response-suppress")), "all") {
		return true
	}
	s := fold(m.Subject)
	for cut := true; cut; { // [EXTERNAL] and the like come first
		s = strings.TrimSpace(s)
		if end := strings.IndexByte(s, ']'); strings.HasPrefix(s, "[") && end > 0 {
			s = s[end+1:]
			continue
		}
		cut = false
	}
	return slices.ContainsFunc([]string{"automatic reply", "auto reply", "autoreply", "auto-reply", "out of office", "out-of-office", "auto:",
		"ateb awtomatig", "ymateb awtomatig", "allan or swyddfa", "i ffwrdd or swyddfa", "automated response", "auto response",
		"automatische antwort", "abwesenheit", "abwesend", "réponse automatique", "absence du bureau", "respuesta automática", "fuera de la oficina",
		"risposta automatica", "fuori sede", "fuori ufficio", "resposta automática", "automatisch antwoord", "afwezig", "automatyczna odpowiedź",
		"odpowiedź automatyczna", "autosvar", "automatiskt svar", "automatisk svar", "automaattinen vastaus", "automatická odpověď", "automatická odpoveď",
		"automatikus válasz", "răspuns automat", "automatinis atsakymas", "automātiska atbilde", "автоматический ответ", "автоответ", "автоматична відповідь",
		"автоматичен отговор", "αυτόματη απάντηση", "otomatik yanıt", "自动回复", "自動回覆", "自動応答", "자동 회신", "رد تلقائي", "תשובה אוטומטית"}, func(p string) bool { return strings.HasPrefix(s, fold(p)) })
}

// Away reports whether a command is only a note that somebody is away, as
// machines' answers begin.
func (c Command) Away() bool {
	s := fold(c.Note)
	return c.Event == intake.Note && slices.ContainsFunc([]string{"i am away", "im away", "am currently away", "be away", "out of office", "out of the office", "on leave", "annual leave", "on holiday",
		"i ffwrdd", "allan or swyddfa", "ar wyliau"}, func(p string) bool { return strings.Contains(s, p) })
}
