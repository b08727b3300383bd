package eml

import (
	"regexp"
	"slices"
	"strings"

	"requestd/intake"
)

// mayBegin quickly rejects lines that cannot begin an earlier mail.
func mayBegin(l string) bool {
	l = strings.TrimLeft(l, " *\t")
	if l == "" {
		return false
	}
	switch l[0] {
	case '-', '_', '=', '<':
		return true
	}
	return strings.IndexByte(l, ':') > 0 || starter(l) || strings.IndexByte(l, '@') > 0 && len(l) < 200 || l[0] >= 0x80 && strings.Contains(l, "：")
}

// starters are the beginnings of lines above a quotation.
var starters = []string{"On ", "Ar ", "Le ", "Am ", "El ", "Il ", "W dniu ", "Dnia ", "Em ", "Op ", "At ", "Ysgrifennodd ", "Pe "}

func starter(l string) bool {
	return l != "" && l[0] >= 'A' && l[0] <= 'Z' && beginsWith(l, starters)
}

var verbs = []string{
	"wrote", "writes", "ysgrifennodd", "ysgrifennwyd", "schrieb", "écrit", "escribió", "scritto", "napisa", "escreveu", "schreef", "a scris",
	"geschrieben", "skrev", "skreiv", "skrifaði", "kirjoitti", "napsal", "napísal", "írta", "je napisal", "написа", "написав", "пише", "έγραψε", "yazdı", "كتب", "כתב", "写道", "寫道", "のメール", "님이 작성", "đã viết", "เขียน", "rašė", "rakstīja", "kirjutas", "scríobh", "va escriure", "menulis", "shkroi", "qoray", "escribiu",
}

type attributed struct {
	inner  intake.Inner
	strict bool // it contains an address or a time of day, which prose never has before "wrote:"
}

// attribution reads "On 3 May 2026, A B <a@b> wrote:" and the like, on one to
// four lines, and returns the number of lines it takes, or 0.
func attribution(lines []string) (attributed, int) {
	first := strings.Trim(lines[0], " \t-")
	known := starter(first) || hasVerb(first)
	joined := ""
	for k := 0; k < 4 && k < len(lines); k++ {
		l := strings.TrimSpace(lines[k])
		if len(l) > 300 {
			l = strings.TrimSpace(linkTargets.ReplaceAllString(l[:min(len(l), 4000)], ""))
		}
		if l == "" || isQuoted(l) || len(l) > 300 {
			break
		}
		joined = strings.TrimSpace(joined + " " + l)
		if !strings.HasSuffix(l, ":") && !strings.HasSuffix(l, ":*") && !strings.HasSuffix(l, "：") && !(strings.HasSuffix(l, "----") && hasVerb(l)) {
			continue
		}
		switch {
		case known && hasVerb(joined) && !strings.Contains(joined, " I "):
			return readAttribution(joined), k + 1
		case shaped(joined):
			a := readAttribution(joined)
			a.strict = true
			return a, k + 1
		}
		break
	}
	return attributed{}, 0
}

// linkTargets matches what programs write after the words of a link.
var linkTargets = regexp.MustCompile(`<mailto:[^>\s]*>|\[?<?https?://[^\s>\]]*[>\]]*`)

// shaped distinguishes an attribution in any language from prose: it has an
// address in angle brackets near its end, and a date or a time, in few words.
func shaped(s string) bool {
	s = linkTargets.ReplaceAllString(s, "")
	open, end := strings.LastIndexByte(s, '<'), strings.LastIndexByte(s, '>')
	if open < 0 || end < open || !strings.Contains(s[open:end], "@") || len(s)-end > 60 || !hasYear(s) && !hasTime(s) {
		return false
	}
	return len(strings.Fields(s)) <= 18 && len(strings.Fields(s[end:])) <= 7 && !strings.Contains(" "+s, " I ")
}

func hasVerb(s string) bool {
	return slices.ContainsFunc(verbs, func(v string) bool { return strings.Contains(s, v) }) || strings.HasPrefix(s, "Ysgrifennodd")
}

func readAttribution(s string) attributed {
	var a attributed
	s = strings.Trim(s, "- ")
	who := s
	for _, v := range verbs {
		if i := strings.Index(s, v); i >= 0 {
			// English has the name before the verb, Welsh after it.
			rest := strings.Trim(s[i+len(v):], " :*")
			switch {
			case len(rest) > 2 && strings.Contains(s[:i], "@") && !strings.Contains(rest, "@"):
				who, a.inner.DateText = s[:i], rest // A <a@b> wrote on 3 May
			case len(rest) > 2 && hasYear(rest) && !hasYear(s[:i]):
				who, a.inner.DateText = s[:i], rest // A schreef op 3-5-2026
			case len(rest) > 2 && v != "napisa":
				who, a.inner.DateText = rest, s[:i]
			default:
				who = s[:i]
			}
			break
		}
	}
	if a.inner.DateText == "" {
		a.inner.DateText, who = cutDate(who)
	}
	a.inner.DateText = intake.OneLine(strings.Trim(a.inner.DateText, " ,"), maxDateText)
	a.inner.Date = readDate(a.inner.DateText)
	a.inner.From = quotedAddress(who)
	a.strict = a.inner.From.Addr != "" || !a.inner.Date.IsZero() && strings.Contains(a.inner.DateText, ":") || dated(s) && !strings.Contains(s, " I ")
	return a
}

// cutDate splits "On Mon, 3 May 2026 at 10:12, A B <a@b>" after the date: at
// the last comma or blank that leaves no digit in the name.
func cutDate(s string) (date, who string) {
	name := s
	if i := strings.IndexByte(s, '<'); i >= 0 {
		name = s[:i]
	}
	end := strings.LastIndexAny(name, "0123456789")
	if end < 0 {
		return "", s
	}
	for _, mark := range []string{" AM", " PM", " am", " pm", "AM", "PM", "am", "pm", " a.m.", " p.m.", " BST", " GMT", " UTC"} {
		if strings.HasPrefix(name[end+1:], mark) {
			end += len(mark)
			break
		}
	}
	return s[:end+1], strings.TrimLeft(s[end+1:], " ,.;-)")
}

// quotedAddress reads a person as quoted blocks write them.
func quotedAddress(s string) intake.Address {
	s = strings.Trim(s, " *,:;\t")
	if i := strings.Index(s, "[mailto:"); i >= 0 {
		s = s[:i] + "<" + strings.Replace(s[i+len("[mailto:"):], "]", ">", 1)
	}
	a, _ := address(s)
	return a
}

// earlierMail reads what is above an earlier mail: a separator line, a block of
// From, Sent, To and Subject in any order, or both. It returns the block's
// content and where the text below it begins, or 0.
func earlierMail(lines []string) (intake.Inner, int) {
	sep := 0
	if separator(lines[0]) {
		sep = 1
		// Between a separator and its block there may be blank lines or a rule.
		for sep < len(lines) && sep < 6 && (strings.TrimSpace(lines[sep]) == "" || separator(lines[sep]) || isRule(lines[sep])) {
			sep++
		}
	} else if isRule(lines[0]) {
		k := skipBlank(lines, 1)
		if k > 3 || k == len(lines) {
			return intake.Inner{}, 0
		}
		in, n := fieldBlock(lines[k:], 2)
		if n == 0 {
			return intake.Inner{}, 0
		}
		return in, k + n
	} else if in, n := notesBlock(lines); n > 0 {
		return in, n
	} else if flat := flatHeading(lines[0]); flat != nil {
		if in, n := fieldBlock(flat, 3); n > 0 {
			return in, 1
		}
	}
	if sep == len(lines) {
		return intake.Inner{}, sep
	}
	need := 3
	if sep > 0 {
		need = 1
	}
	in, n := fieldBlock(lines[sep:], need)
	return in, sep + n
}

var flatLabels = regexp.MustCompile(`\s(?:Sent|Date|To|Cc|Subject|Anfonwyd|Dyddiad|At|Pwnc|Testun):\s`)

// flatHeading splits a header block that some program wrote on one line.
func flatHeading(l string) []string {
	if f, _ := label(l); f != fromField || len(l) > 1000 {
		return nil
	}
	at := flatLabels.FindAllStringIndex(l, 6)
	if len(at) < 2 {
		return nil
	}
	var lines []string
	from := 0
	for _, i := range at {
		lines, from = append(lines, l[from:i[0]]), i[0]+1
	}
	return append(lines, l[from:])
}

// isRule reports whether a line is the line of underscores that Outlook draws.
func isRule(l string) bool {
	l = strings.TrimSpace(l)
	return len(l) >= 10 && strings.Trim(l, "_") == "" || len(l) >= 20 && strings.Trim(l, "-") == ""
}

var separators = []string{
	"original message", "forwarded message", "begin forwarded message", "neges wreiddiol", "y neges wreiddiol",
	"neges a anfonwyd ymlaen", "neges wedi'i hanfon ymlaen", "dechrau neges a anfonwyd ymlaen", "dechrau'r neges a anfonwyd ymlaen",
	"your message", "eich neges", "original appointment", "forwarded by", "reply message", "below this line is a copy of the message",
	"původní zpráva", "pôvodná správa", "eredeti üzenet", "oprindelig meddelelse", "opprinnelig melding", "ursprungligt meddelande", "alkuperäinen viesti", "oorspronkelijk bericht", "doorgestuurd bericht", "messaggio originale", "messaggio inoltrato", "mensagem original", "mensagem encaminhada", "mensaje reenviado", "weitergeleitete nachricht", "original-nachricht", "wiadomość przekazana", "przekazana wiadomość", "mesaj redirecționat", "mesaj original", "videresendt", "vidarebefordrat", "исходное сообщение", "пересылаемое сообщение", "пересланное сообщение", "αρχικό μήνυμα", "orijinal ileti", "özgün ileti", "iletilen", "原始邮件", "原始郵件", "转发邮件", "元のメッセージ", "원본 메시지", "الرسالة الأصلية", "הודעה מקורית", "missatge original", "izvorna poruka", "originalna poruka", "izvirno sporočilo",
	"ursprüngliche nachricht", "message d'origine", "message transféré", "wiadomość oryginalna", "mensaje original", "mesajul original",
}

func separator(l string) bool {
	l = strings.TrimSpace(l)
	if len(l) < 10 || len(l) > 100 {
		return false
	}
	c := l[0]
	text := strings.ToLower(strings.ReplaceAll(strings.Trim(l, "-_=*:. "), "’", "'"))
	if c == '-' || c == '_' || c == '=' || c == '*' {
		return beginsWith(text, separators)
	}
	return strings.HasSuffix(l, ":") && (text == "begin forwarded message" || text == "dechrau neges a anfonwyd ymlaen" || text == "dechrau'r neges a anfonwyd ymlaen")
}
