package eml

import (
	"strings"
	"unicode"
)

// blockField says what a line of a quoted header block holds.
type blockField int

const (
	noField blockField = iota
	fromField
	dateField
	toField
	subjectField
	otherField
)

// labels of quoted header blocks as mail programs write them, in English, Welsh
// and the languages in which people in Wales and England run them.
var labels = func() map[string]blockField {
	m := map[string]blockField{}
	for field, list := range map[blockField]string{
		fromField:    "from|oddi wrth|oddiwrth|gan|sender|anfonwr|von|absender|de|od|da|fra|från|frá|lähettäjä|van|afzender|expéditeur|remitente|de la|odesílatel|odosielateľ|feladó|пошиљалац|pošiljatelj|pošiljalac|от|от кого|від|από|kimden|gönderen|من|מאת|از|منجانب|发件人|寄件者|寄件人|差出人|送信者|보낸 사람|보낸사람|từ|người gửi|จาก|nuo|siuntėjas|no|sūtītājs|saatja|kellelt|nga|dërguesi|nork|dari|mittente|remetente|da parte di|ó|ka yimid|nadawca|expeditor",
		dateField:    "sent|date|anfonwyd|dyddiad|sent at|date sent|sent on|gesendet|datum|gesendet am|envoyé|envoyé le|date d'envoi|enviado|enviado el|enviado em|enviada em|enviada|fecha|fecha de envío|data|inviato|data invio|inviata|wysłano|wysłane|data wysłania|trimis|trimis la|dată|sendt|dato|skickat|lähetetty|päivämäärä|päiväys|verzonden|verzonden op|odesláno|odoslané|dátum|elküldve|küldve|küldés dátuma|poslano|poslato|datum slanja|отправлено|дата|надіслано|изпратено|στάλθηκε|ημερομηνία|αποστολή|gönderme|gönderildi|gönderilme tarihi|gönderim tarihi|tarih|tarihi|تم الإرسال|أرسلت|تاريخ|التاريخ|تاريخ الإرسال|נשלח|תאריך|فرستاده شده|ارسال شده|بھیجا گیا|发送时间|發送日期|日期|時間|时间|寄件日期|送信日時|日時|日付|보낸 날짜|날짜|đã gửi|ngày|ngày gửi|ส่งเมื่อ|ส่ง|วันที่|išsiųsta|data ir laikas|nosūtīts|datums|saadetud|kuupäev|dërguar|bidalia|dikirim|tanggal|enviat|sent date|la diray",
		toField:      "to|at|i|an|empfänger|à|a|para|do|komu|till|til|viðtakandi|vastaanottaja|aan|naar|către|catre|címzett|za|prima|primatelj|кому|до|προς|kime|alıcı|إلى|אל|به|بنام|收件人|收件者|宛先|받는 사람|받는사람|đến|tới|người nhận|ถึง|kam|skirta|gavėjas|adresāts|saaja|kellele|për|nori|kepada|a la atención de|destinataire|destinatario|destinatário|go|per",
		subjectField: "ogg|subject|pwnc|testun|betreff|objet|sujet|asunto|assunto|oggetto|temat|subiect|emne|ämne|efni|aihe|onderwerp|předmět|predmet|tárgy|тема|относно|предмет|θέμα|konu|الموضوع|موضوع|נושא|主题|主旨|主題|件名|제목|chủ đề|tiêu đề|เรื่อง|หัวเรื่อง|tema|temats|teema|subjekti|gaia|assumpte|perihal|subjek|re|ábhar|ujunta",
		otherField:   "cc|bcc|copi|copi at|reply-to|ateb i|importance|pwysigrwydd|priority|blaenoriaeth|attachments|attachment|atodiadau|sensitivity|sensitifrwydd|when|where|kopie|kopi|kopia|kópia|kopija|копия|копія|κοιν.|κοινοποίηση|bilgi|نسخة|עותק|抄送|副本|참조|måsolat|másolatot kap|dw|do wiadomości|anlagen|wichtigkeit|priorität|pièces jointes|importancia|adjuntos|datos adjuntos|allegati|priorità|załączniki|ważność|vedhæftede filer|bilagor|bijlagen|přílohy|prílohy|mellékletek|вложения|συνημμένα|ekler|المرفقات|附件|添付ファイル|organisation|organization|organizer|required|optional|mailed-by|signed-by|security|list-id|priorité|importanza",
	} {
		for _, name := range strings.Split(list, "|") {
			m[name] = field
		}
	}
	return m
}()

// label reads the label of a line such as "*From:* A B", "Oddi wrth / From: A B",
// "De : A B" or "发件人：A B".
func label(l string) (blockField, string) {
	name, value, ok := labelled(l)
	if !ok {
		return noField, ""
	}
	if f, ok := labels[name]; ok {
		return f, value
	}
	for part := range strings.SplitSeq(name, "/") {
		if f, ok := labels[strings.TrimSpace(part)]; ok {
			return f, value
		}
	}
	return noField, ""
}

// labelled splits "Label: value", whatever the label's language.
func labelled(l string) (name, value string, ok bool) {
	l = strings.TrimLeft(l, " *\t\u00a0\u200e\u200f")
	i, width := strings.IndexByte(l, ':'), 1
	if k := strings.Index(l, "："); k >= 0 && (i < 0 || k < i) {
		i, width = k, len("：")
	}
	if i < 1 || i > 50 {
		return "", "", false
	}
	name = strings.ToLower(strings.Trim(strings.ReplaceAll(l[:i], "\u00a0", " "), " *\t"))
	value = strings.Trim(strings.TrimLeft(strings.ReplaceAll(l[i+width:], "\u00a0", " "), "*"), " \t")
	return name, value, name != "" && strings.Count(name, " ") < 5
}

// bareLabel reads a line that consists of a label without its colon.
func bareLabel(l string) blockField {
	return labels[strings.ToLower(strings.Trim(l, " *:\t\u00a0"))]
}

// dated reports whether a text contains a year and a time of day, in any
// digits.
func dated(s string) bool { return hasYear(s) && hasTime(s) }

func hasYearOrTime(s string) bool { return hasYear(s) || hasTime(s) }

func hasYear(s string) bool {
	run, first := 0, 0
	for _, r := range s + " " {
		if d := digitOf(r); d >= 0 {
			if run++; run == 1 {
				first = d
			}
			continue
		}
		if run == 4 && (first == 1 || first == 2) {
			return true
		}
		run = 0
	}
	return false
}

func hasTime(s string) bool {
	digits, sep, after := 0, false, 0
	for _, r := range s + " " {
		switch {
		case digitOf(r) >= 0 && sep:
			after++
		case digitOf(r) >= 0:
			digits++
		case (r == ':' || r == '.' || r == '時' || r == '时') && !sep && (digits == 1 || digits == 2):
			sep, after = true, 0
		default:
			if sep && after == 2 {
				return true
			}
			digits, sep, after = 0, false, 0
		}
	}
	return false
}

// digitOf is the value of a digit of any script, or -1.
func digitOf(r rune) int {
	if r < '0' {
		return -1
	}
	if r <= '9' {
		return int(r - '0')
	}
	if r < 0x660 || !unicode.IsDigit(r) {
		return -1
	}
	zero := r
	for unicode.IsDigit(zero-1) && r-zero < 9 {
		zero--
	}
	return int(r - zero)
}
