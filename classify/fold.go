package classify

import (
	"unicode"
	"unicode/utf8"
)

// foldRune returns the letter that r is compared as: in lower case, without
// accents. Zero means that r is dropped without ending the word (apostrophes,
// soft hyphens, zero-width and combining characters), -1 that it ends the word.
//
// Apostrophes are dropped because Welsh is typed with and without them: o'r and
// or, dwi'n and dwin, i'm and im are the same word here.
func foldRune(r rune) rune {
	if r < utf8.RuneSelf {
		return rune(foldByte[r])
	}
	if f, ok := foldTable[r]; ok {
		return f
	}
	switch {
	case r >= 0x300 && r <= 0x36f, r >= 0x200b && r <= 0x200f, r >= 0x202a && r <= 0x202e,
		r == 0x2060, r == 0xfeff, r == 0xad:
		return 0
	case r == 0x2018, r == 0x2019, r == 0x201b, r == 0x2bc, r == 0xb4, r == 0x2032:
		return 0
	case r >= 0xff01 && r <= 0xff5e: // full width
		return foldRune(r - 0xff01 + '!')
	case unicode.IsLetter(r), unicode.IsDigit(r):
		return unicode.ToLower(r)
	}
	return -1
}

// foldByte is foldRune for ASCII; for other bytes it is 0.
var foldByte = func() (t [256]int8) {
	for r := range utf8.RuneSelf {
		switch c := byte(r); {
		case 'a' <= c && c <= 'z', digit(c):
			t[r] = int8(c)
		case upper(c):
			t[r] = int8(c + 'a' - 'A')
		case c == '\'', c == '`':
			t[r] = 0
		default:
			t[r] = -1
		}
	}
	return t
}()

// foldTable removes the accents from the Latin letters of Welsh and of names.
var foldTable = makeFoldTable(map[rune]string{
	'a': "àáâãäåāăąÀÁÂÃÄÅĀĂĄ", 'c': "çćĉċčÇĆĈĊČ", 'd': "ďđĎĐ", 'e': "èéêëēĕėęěÈÉÊËĒĔĖĘĚẽẼ",
	'g': "ĝğġģĜĞĠĢ", 'h': "ĥħĤĦ", 'i': "ìíîïĩīĭįıÌÍÎÏĨĪĬĮİ", 'j': "ĵĴ", 'k': "ķĶ", 'l': "ĺļľłĹĻĽŁ",
	'n': "ñńņňÑŃŅŇ", 'o': "òóôõöøōŏőÒÓÔÕÖØŌŎŐ", 'r': "ŕŗřŔŖŘ", 's': "śŝşšŚŜŞŠ", 't': "ţťŢŤ",
	'u': "ùúûüũūŭůűųÙÚÛÜŨŪŬŮŰŲ", 'w': "ŵŴẁẃẅẀẂẄ", 'y': "ýÿŷỳÝŸŶỲ", 'z': "źżžŹŻŽ",
})

func makeFoldTable(groups map[rune]string) map[rune]rune {
	t := make(map[rune]rune, 256)
	for base, accented := range groups {
		for _, r := range accented {
			t[r] = base
		}
	}
	return t
}

// foldWord folds one word of the lexicon as the text is folded.
func foldWord(w string) string {
	b := make([]byte, 0, len(w))
	for _, r := range w {
		if f := foldRune(r); f > 0 {
			b = utf8.AppendRune(b, f)
		}
	}
	if v, ok := casual[string(b)]; ok {
		return v
	}
	return string(b)
}

// mutations returns the forms that a Welsh word takes after other words, itself
// first: soft, nasal, aspirate and the h before a vowel.
func mutations(w string) []string {
	forms := []string{w}
	for _, m := range mutationTable {
		if len(w) > len(m.radical) && w[:len(m.radical)] == m.radical {
			for _, to := range m.forms {
				forms = append(forms, to+w[len(m.radical):])
			}
			break
		}
	}
	return forms
}

// mutationTable has the longer radicals before the shorter, so that rh and ll
// are not read as r and l.
var mutationTable = []struct {
	radical string
	forms   []string
}{
	{"ch", nil}, {"ph", nil}, {"th", nil}, {"dd", nil}, {"ff", nil}, {"ng", nil},
	{"rh", []string{"r"}}, {"ll", []string{"l"}},
	{"c", []string{"g", "ngh", "ch"}}, {"p", []string{"b", "mh", "ph"}}, {"t", []string{"d", "nh", "th"}},
	{"g", []string{"", "ng"}}, {"b", []string{"f", "m"}}, {"d", []string{"dd", "n"}}, {"m", []string{"f"}},
	{"a", []string{"ha"}}, {"e", []string{"he"}}, {"i", []string{"hi"}}, {"o", []string{"ho"}},
	{"u", []string{"hu"}}, {"w", []string{"hw"}}, {"y", []string{"hy"}},
}

// casual maps spellings on phones, and of people who spell by ear, to the words
// of the lexicon. It has only spellings that are no other word.
var casual = map[string]string{
	"u": "you", "ur": "your", "plz": "please", "pls": "please", "plse": "please", "pleas": "please",
	"thx": "thanks", "thnx": "thanks", "wud": "would", "cud": "could", "shud": "should", "wld": "would", "cld": "could",
	"wot": "what", "wat": "what", "wich": "which", "wen": "when", "hoo": "who", "sed": "said", "sez": "says", "rote": "wrote", "writen": "written",
	"rited": "wrote", "writ": "wrote", "fille": "file", "fyle": "file", "flie": "file", "noats": "notes", "recods": "records",
	"recordes": "records", "reccords": "records", "infomation": "information", "informashun": "information", "imformation": "information",
	"informations": "information", "infos": "info", "onley": "only", "becos": "because", "cos": "because", "coz": "because", "cuz": "because",
	"bout": "about", "abt": "about", "abowt": "about", "evrything": "everything", "everthing": "everything", "evreything": "everything",
	"reqest": "request", "requst": "request", "recieve": "receive", "recieved": "received", "recive": "receive", "recived": "received",
	"wanna": "want", "gimme": "give", "gonna": "going", "gotta": "got", "sumone": "someone", "tolled": "told", "toled": "told",
	"meny": "many", "menny": "many", "polacy": "policy", "polisy": "policy", "policys": "policies", "mony": "money", "nuthin": "nothing",
	"nothin": "nothing", "sory": "sorry", "ansers": "answers", "anser": "answer", "awnser": "answer", "anwser": "answer", "ansered": "answered",
	"cafcas": "cafcass", "caffcass": "cafcass", "sosial": "social", "woker": "worker", "propley": "properly", "propaly": "properly",
	"complane": "complain", "complant": "complaint", "complants": "complaints", "numba": "number",
	"childeren": "children", "chidren": "children", "kidz": "kids", "daugter": "daughter", "dauhgter": "daughter", "daughers": "daughters",
	"offica": "officer", "offiser": "officer", "repport": "report", "reprot": "report", "repot": "report", "copys": "copies", "copie": "copy",
	"subjet": "subject", "acces": "access", "acess": "access", "mesages": "messages", "msgs": "messages", "msg": "message", "txts": "texts", "txt": "text",
	"emial": "email", "emials": "emails", "hav": "have", "av": "have", "giv": "give", "shure": "sure", "corse": "course", "corts": "courts", "cort": "court",
	"wunt": "want", "lik": "like", "agen": "again", "agane": "again", "replie": "reply", "responce": "response", "responed": "respond",
	"rispons": "response", "isnt": "isnt", "wiv": "with", "lawer": "lawyer", "soliciter": "solicitor", "solictor": "solicitor", "gardian": "guardian", "guardien": "guardian",
	"intervew": "interview", "freedon": "freedom", "fredom": "freedom", "arnt": "arent", "eny": "any", "enything": "anything", "wether": "whether", "weather": "weather",
	"avarage": "average", "averidge": "average", "persentage": "percentage", "figers": "figures", "figurs": "figures", "statistic": "statistics", "stats": "statistics",
}
