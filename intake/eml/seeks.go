package eml

import (
	"slices"
	"strings"

	"requestd/intake/phrases"
)

// begins are beginnings, in small letters, of sentences that ask for something.
// A footer's sentences do not begin so.
var begins = []string{
	"how many", "how much", "how often", "how long", "how do you", "how does", "how did", "how was", "how were", "what is", "what was", "what are", "what were", "what does", "what did", "what do you", "what has", "what have", "what percentage", "what proportion", "which of", "which companies", "which company", "which staff", "which team", "which regions", "which organisation", "which supplier", "which provider", "which firm", "which version", "which charit", "who is", "who was", "who are", "who were", "who has", "who had", "who provides", "who decides", "why ", "do you", "does your", "did you", "did your", "have you", "has your", "are you", "is your", "is there", "are there", "was there", "were there", "were any", "was any",
	"send ", "give me", "give the", "give a", "tell me", "list ", "state ", "supply ", "disclose ", "kindly ", "please send", "please give", "please tell me", "please list", "please state", "please say", "please supply", "please let me", "please disclose", "please release", "please share", "please forward me", "please may", "please can", "please would", "please explain", "please detail",
	"number of", "numbers of", "the number", "the total", "total number", "total spent", "total cost", "total paid", "copy of", "copies of", "a copy of", "details of", "figures", "a list of", "all correspondence", "all emails", "all e-mails", "all records", "any emails", "any records", "any correspondence", "every email",
	"foi ", "foi:", "foi.", "foi,", "under foi", "under the foi", "under the freedom", "under freedom", "freedom of information request", "freedom of information:", "subject access request", "sar ", "sar:", "dsar", "request:", "my question", "question",
	"faint", "sawl", "beth ", "pa ", "pryd ", "pwy ", "ble ", "pam ", "a oes", "oes ", "ydych", "ydy ", "anfonwch", "rhowch", "dywedwch", "rhestr", "nifer", "cyfanswm", "copi", "copïau", "manylion", "o dan y ddeddf", "dan y ddeddf", "cais ",
}

var seeking = phrases.New([]string{
	" tell me ", " send me ", " give me ", " let me know how", " let me have", " i ask", " i'm asking", " i seek", " under foi please", " foi please", " foi request for", " what is the total", " how many times", " how many ", " how much did", " how much was", " i'd be grateful", " i would be grateful", " i should like", " grateful if you", " like to know", " like to see", " need to know", " want to know", " want to see", " want to ask", " am requesting", " please provide", " everything you", " hoffwn", " gofyn am", " rhowch wybod", " faint o ",
})

// footerBegins are beginnings of sentences in footers that begins would take
// for asking.
var footerBegins = []string{"how we", "what we", "who we", "copies of this", "send it", "list-unsubscribe", "disclose this", "send spam"}

// seeks reports whether a text asks for something as a person does, sentence by
// sentence. Such a text is never a footer, whatever else it says.
func seeks(lines []string) bool {
	text := " " + plainWords(strings.Join(lines, " ")) + " "
	if asking.Any(text) || seeking.Any(text) || strings.HasSuffix(strings.TrimRight(text, " "), "?") {
		return true
	}
	start := 0
	for i := 0; i < len(text); i++ {
		switch text[i] {
		case '.', '?', '!', ':', ';':
			if i+1 < len(text) && text[i+1] == ' ' {
				if asks(text[start:i]) {
					return true
				}
				start = i + 1
			}
		}
	}
	return asks(text[start:]) || slices.ContainsFunc(lines[1:], func(l string) bool { return asks(plainWords(l)) })
}

func asks(sentence string) bool {
	sentence = strings.TrimLeft(sentence, " -*•>\"'()0123456789")
	return !beginsWith(sentence, footerBegins) && beginsWith(sentence, begins)
}

// ofOneself reports whether a paragraph speaks of its writer, which no footer
// does.
func ofOneself(text string) bool {
	text = " " + text + " "
	return strings.Contains(text, " i ") || strings.Contains(text, " my ") || strings.Contains(text, " i'm ") || strings.Contains(text, " i've ") || strings.Contains(text, " fy ")
}
