package classify

import (
	"strings"
	"unicode"
	"unicode/utf8"

	"requestd/intake"
	"requestd/intake/phrases"
)

// lowered returns a text for the phrase lists of this package: small letters,
// straight apostrophes, single blanks, one at each end.
func lowered(s string) string {
	b := make([]byte, 1, len(s)+2)
	b[0] = ' '
	for i := 0; i < len(s); {
		c := s[i]
		if c < utf8.RuneSelf {
			i++
			switch {
			case c == ' ' || c >= '\t' && c <= '\r':
				if b[len(b)-1] != ' ' {
					b = append(b, ' ')
				}
			case c >= 'A' && c <= 'Z':
				b = append(b, c|0x20)
			default:
				b = append(b, c)
			}
			continue
		}
		r, n := utf8.DecodeRuneInString(s[i:])
		i += n
		switch {
		case r == '\u2019':
			b = append(b, '\'')
		case unicode.IsSpace(r):
			if b[len(b)-1] != ' ' {
				b = append(b, ' ')
			}
		default:
			b = utf8.AppendRune(b, unicode.ToLower(r))
		}
	}
	if b[len(b)-1] != ' ' || len(b) == 1 {
		b = append(b, ' ')
	}
	return string(b)
}

// What a notice says whose subject is a message that is waiting elsewhere, in
// the order of the phrases below.
const (
	noticeOfWhat  = iota // a secure message, shared files, mail held back
	noticeHeld           // mail held back: that alone is enough
	noticeOfNew          // merely a message: counts together with a place to log in
	noticeToYou          // it is for the reader
	noticeToOpen         // and must be opened
	noticeToLogIn        // in a place where the reader logs in
	askedByPerson        // a person who writes about such mail asks something
)

// noticeWords are the phrases of portals, secure mail and file transfers.
var noticeWords = phrases.New(
	[]string{
		"secure message", "secure email", "secure e-mail", "secure mail", "securemail", "secured message", "secured email", "secure document", "secure file", "secure package", "secure envelope", "secure link", "secure share", "securely sent", "sent securely", "sent you securely",
		"encrypted message", "encrypted email", "encrypted e-mail", "encrypted mail", "encrypted document", "encrypted file", "encrypted attachment", "end-to-end encrypted", "confidential email", "confidential e-mail", "confidential message", "protected message", "protected email", "protected e-mail", "message protected", "email protected", "protected document", "protected pdf", "rights-managed", "password-protected", "password protected",
		"shared a file", "shared a folder", "shared files", "shared a document", "shared documents", "shared the following", "shared with you", "sharing files", "sharing a file", "shared an item", "invited you to view", "invited you to edit", "invited you to a shared", "invited you to access", "sent you files", "sent you a file", "sent you some files", "sent files to you", "sent you a document", "sent you documents", "sent you a package", "sent you a transfer", "files sent to you", "files have been sent", "your files are ready", "file transfer", "large file", "files to download", "download your files", "document to review", "documents are ready", "document is ready",
		"secured by", "has been secured", "has encrypted this", "encrypted this message", "encrypted this email", "message encryption", "invited you to collaborate", "requests your signature", "signature requested", "asked you to sign", "review and sign", "shared a pdf", "wants to share",
		"neges ddiogel", "e-bost diogel", "ebost diogel", "neges wedi'i hamgryptio", "neges wedi ei hamgryptio", "e-bost wedi'i amgryptio", "ebost wedi'i amgryptio", "neges gyfrinachol", "wedi rhannu ffeil", "wedi rhannu ffolder", "wedi rhannu dogfen", "ffeiliau wedi'u hanfon", "mewn cwarantin",
	},
	[]string{
		"in quarantine", "quarantined message", "quarantined email", "quarantined e-mail", "quarantine summary", "quarantine digest", "quarantine report", "quarantine notification", "was quarantined", "were quarantined", "been quarantined", "messages on hold", "message on hold", "emails on hold", "held messages", "held message", "messages held", "emails held", "been held for", "is held for", "held for you", "spam digest", "junk digest", "email quarantine", "your quarantine", "mewn cwarantin",
	},
	[]string{"new message", "a message from", "message is waiting", "message waiting", "new document", "new correspondence", "neges newydd"},
	[]string{
		"sent you", "shared ", "sharing ", "invited you", "you have received", "you've received", "you received", "you have been sent", "you've been sent", "you have a ", "you have 1 ", "you have 2 ", "you have 3 ", "you have new", "you have one", "you have messages", "you've got", "you were sent", "been sent to you", "addressed to you", "waiting for you", "awaiting you", "is waiting", "are waiting", "for you to review", "held for", "being held", "on hold", "was quarantined", "been quarantined", "were quarantined", "in quarantine", "sent via", "sent using", "sent with", "sent through", "is available", "are available", "message protected", "email protected", "read your", "your messages", "requests your", "for you.", "to view this message", "to read this message", "wants to share", "secured by",
		"rydych wedi derbyn", "rydych chi wedi derbyn", "rydych chi wedi cael", "mae gennych", "wedi anfon", "wedi rhannu", "anfonodd", "rhannodd",
	},
	[]string{
		"unlock", "this link", " open ", "to read ", "to view", "to open", "to access", "to retrieve", "to see ", "to decrypt", "to unlock", "to release", "to download", "to sign in", "click", "tap ", "read message", "read the message", "read your", "view message", "view the message", "view file", "view document", "view folder", "open message", "open the ", "open in ", "open your", "open securely", "by opening", "opening the attachment", "opened in", "download", "log in", "login", "log on", "sign in", "signing in", "register", "passcode", "one-time", "one time", "pass code", "access code", "password", "expire", "portal", "release", "review message", "review these", "review document", "review and sign", "go to ", "show encrypted", "browser", "visit ", "follow this link", "get your files", "https://",
		"i ddarllen", "i weld", "i agor", "agorwch", "darllenwch", "cliciwch", "lawrlwyth", "mewngofnod", "dod i ben", "porth",
	},
	[]string{"log in to", "login to", "log on to", "sign in to", "logging in to", "in the portal", "via the portal", "on the portal", "in our portal", "on our portal", "client portal", "secure portal", "your portal", "secure inbox", "in your account", "mewngofnodwch"},
	[]string{
		" i would like", " i'd like", " i am writing", " i'm writing", " i want ", " i need ", " i request", " i wish", " please send me", " please provide", " please can you", " please could you", " could you ", " can you ", " under the freedom", " how many", " how much", " i attach", " i have ", " i am ", " i was ", " we act for", " we are instructed",
		" hoffwn", " rwy'n ", " rydw i", " dwi ", " anfonwch ", " a allwch", " allwch chi", " gaf i",
	},
)

// sealedNames begin or end the names of files in which secure mail arrives.
var sealedNames = struct{ begin, end []string }{
	begin: []string{"securedoc", "secureemail", "securemessage", "secure_message", "secure-message", "secure message", "secure email", "encrypted_message", "encrypted-message", "encryptedmessage", "encrypted message", "protected_message", "protected message", "protected-message", "messageviewer", "readmessage", "message_zdm", "message.html.enc", "switch.", "securemail", "encrypted."},
	end:   []string{".rpmsg", ".pgp", ".gpg", ".switch", ".enc", ".p7m", ".egress", ".gxk", ".vmail", ".tdf.html", ".tdf"},
}

// waits reports whether the mail only says that somebody's message is behind a
// login, in a sealed attachment or in quarantine. Nobody has read that message
// yet, and a person must.
func (s *signs) waits(m *intake.Message) bool {
	if s.ctx.words > 300 || s.threaded() && s.ctx.known {
		return false
	}
	for _, p := range m.Parts {
		if p.Type == "application/x-microsoft-rpmsg-message" || p.Type == "application/x-zip-securemail" {
			return true
		}
	}
	text := noticeWords.In(lowered(m.Subject + ". " + m.Text + " " + m.Signature))
	for _, a := range m.Attachments {
		if sealedName(strings.ToLower(a.Name)) && (s.ctx.words < 150 && !text.Has(askedByPerson) || s.ctx.words < 20) {
			return true
		}
	}
	if text.Has(askedByPerson) || !text.Has(noticeToYou) {
		return false
	}
	return text.Has(noticeHeld) || text.Has(noticeOfWhat) && text.Has(noticeToOpen) || text.Has(noticeOfNew) && text.Has(noticeToLogIn)
}

func sealedName(name string) bool {
	if name == "smime.p7m" || name == "signature.asc" {
		return false // eml says whether it could be opened
	}
	for _, p := range sealedNames.begin {
		if strings.HasPrefix(name, p) {
			return true
		}
	}
	return hasSuffix(name, sealedNames.end...)
}

// reacting are the phrases with which mail programs report a reaction to a
// mail.
var reacting = phrases.New([]string{
	"reacted to your message", "reacted to your email", "reacted to your e-mail", "reacted via gmail", "reacted via outlook", "reacted to this message", "reacted with ", "liked your message", "liked your email", "loved your message", "loved your email", "laughed at your message", "disliked your message", "emphasised your message", "emphasized your message", "hearted your message", "celebrated your message", "is surprised by your message", "gave your message a",
	" liked \u201c", " loved \u201c", " disliked \u201c", " emphasized \u201c", " emphasised \u201c", " laughed at \u201c", " liked \"", " loved \"", " to \u201c",
	"wedi ymateb i'ch neges", "wedi ymateb i'ch e-bost", "wedi hoffi eich neges", "hat auf ihre nachricht reagiert", "hat auf deine nachricht reagiert", "a réagi à votre message", "a réagi à ton message", "reaccionó a tu mensaje", "ha reagito al tuo messaggio", "reagiu à sua mensagem", "zareagował", "heeft gereageerd op uw bericht", "would like to recall the message", "would like to recall this message", "hoffai alw'r neges yn ôl",
})

// reaction reports whether the mail is only a button pressed under a letter of
// ours: a reaction, or hardly more than an emoji in a reply.
func reaction(m *intake.Message) bool {
	for _, p := range m.Parts {
		if p.Type == "text/vnd.google.email-reaction+json" {
			return true
		}
	}
	if countWords(m.Text, 4000) > 40 || len(m.Attachments) > 0 && countWords(m.Text, 4000) > 20 {
		return false
	}
	text := lowered(m.Text)
	if reacting.Any(text) {
		return !strings.ContainsAny(text, "?")
	}
	reply := len(m.InReplyTo) > 0 || repliedSubject(m.Subject) || m.Quoted != ""
	return reply && text != "  " && len(m.Attachments) == 0 && !strings.ContainsFunc(text, func(r rune) bool {
		return unicode.IsLetter(r) || unicode.IsDigit(r) || r == '?' || r == '\uFFFD'
	})
}
