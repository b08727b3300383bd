package templates

import (
	"fmt"
	"strings"
	"text/template"

	"requestd/intake/holds"
	"requestd/templates/welsh"
)

// funcs are the functions that texts may use; docs/templates.md explains them.
var funcs = template.FuncMap{
	"day":        EnglishDay,
	"dydd":       WelshDay,
	"diwrnod":    WelshWeekday,
	"short":      ShortDay,
	"what":       what,
	"plural":     plural,
	"lines":      func(s string) []string { return strings.Split(s, "\n") },
	"unmeasured": unmeasured,
	"plainly":    func(code string) string { return strings.ReplaceAll(code, "-", " ") },
	"join":       func(s []string) string { return strings.Join(s, ", ") },
	"add":        func(a, b int) int { return a + b },
	"language":   language,
	"asked":      func(kinds []string) string { return listed(askedEn, kinds, " and ") },
	"gofyn":      func(kinds []string) string { return listed(askedCy, kinds, "; ") },
	"rights":     func(names []string) string { return listed(rightsEn, names, " and ") },
	"beth":       beth,
	"byr":        welsh.Short,
	"cyflwr":     welsh.Code,
	"nifer":      welsh.Count,
	"iaith":      iaith,
	"reason":     holds.Advice,
	"rheswm":     holds.AdviceWelsh,
	"hawliau":    func(names []string) string { return listed(rightsCy, names, " ac ") },
}

// what returns the name of a kind as staff know it.
func what(kind, of string) string {
	switch kind + " " + of {
	case "review foi":
		return "review of an FOI answer"
	case "review dsar":
		return "review of a DSAR (data-protection complaint)"
	case "review eir":
		return "review of an EIR answer (representations)"
	case "review rights":
		return "review of a rights answer (data-protection complaint)"
	}
	switch kind {
	case "foi":
		return "FOI request"
	case "dsar":
		return "DSAR"
	case "eir":
		return "EIR request"
	case "rights":
		return "data-protection right"
	case "review":
		return "review (of FOI or DSAR, not known which)"
	case "not-a-request":
		return "not a request"
	case "":
		return "kind not known"
	}
	return kind
}

// The names of what was asked for, as in letters.
var (
	askedEn = map[string]string{
		"foi":    "a request for recorded information",
		"dsar":   "a request for a copy of personal information",
		"review": "a request to look again at an earlier answer",
		"eir":    "a request for environmental information",
		"rights": "a request about your rights over personal information",
	}
	askedCy = map[string]string{
		"foi":    "cais am wybodaeth gofnodedig",
		"dsar":   "cais am gopi o wybodaeth bersonol",
		"review": "cais i edrych eto ar ateb cynharach",
		"eir":    "cais am wybodaeth amgylcheddol",
		"rights": "cais ynghylch eich hawliau dros wybodaeth bersonol",
	}
)

// The names of the rights, as in letters.
var (
	rightsEn = map[string]string{
		"erasure":       "to have personal information erased (Article 17)",
		"rectification": "to have personal information put right (Article 16)",
		"restriction":   "to have the use of personal information restricted (Article 18)",
		"portability":   "to have personal information in a form that can be passed on (Article 20)",
		"objection":     "to object to the use of personal information (Article 21)",
	}
	rightsCy = map[string]string{
		"erasure":       "i ddileu gwybodaeth bersonol (Erthygl 17)",
		"rectification": "i gywiro gwybodaeth bersonol (Erthygl 16)",
		"restriction":   "i gyfyngu ar y defnydd o wybodaeth bersonol (Erthygl 18)",
		"portability":   "i gael gwybodaeth bersonol ar ffurf y gellir ei throsglwyddo (Erthygl 20)",
		"objection":     "i wrthwynebu'r defnydd o wybodaeth bersonol (Erthygl 21)",
	}
)

func listed(known map[string]string, names []string, and string) string {
	var said []string
	for _, n := range names {
		said = append(said, known[n])
	}
	if len(said) < 2 {
		return strings.Join(said, "")
	}
	return strings.Join(said[:len(said)-1], ", ") + and + said[len(said)-1]
}

// plural returns "1 day", "2 days" and so on.
func plural(n int, word string) string {
	if n == 1 {
		return "1 " + word
	}
	return fmt.Sprintf("%d %ss", n, word)
}

func language(code string) string {
	switch code {
	case "cy":
		return "Welsh"
	case "bi":
		return "Welsh and English"
	case Bilingual:
		return "Welsh first, then English"
	case "en":
		return "English"
	}
	return code
}

// beth returns the Welsh name of a kind as staff know it.
func beth(kind, of string) (string, error) {
	switch kind + " " + of {
	case "review foi":
		return "adolygiad o ateb rhyddid gwybodaeth", nil
	case "review dsar":
		return "adolygiad o ateb am ddata personol (cwyn diogelu data)", nil
	case "review eir":
		return "adolygiad o ateb amgylcheddol (sylwadau)", nil
	case "review rights":
		return "adolygiad o ateb am hawl (cwyn diogelu data)", nil
	}
	switch kind {
	case "foi":
		return "cais rhyddid gwybodaeth", nil
	case "dsar":
		return "cais am ddata personol", nil
	case "eir":
		return "cais am wybodaeth amgylcheddol", nil
	case "rights":
		return "hawl diogelu data", nil
	case "review":
		return "adolygiad (nid yw'n hysbys o ba fath o ateb)", nil
	case "not-a-request":
		return "nid cais", nil
	case "", "unknown", "other":
		return "math anhysbys", nil
	}
	return "", fmt.Errorf("there is no Welsh for the kind %q", kind)
}

// iaith returns the Welsh name of a language.
func iaith(code string) string {
	switch code {
	case "cy":
		return "Cymraeg"
	case "bi":
		return "Cymraeg a Saesneg"
	case Bilingual:
		return "Cymraeg yn gyntaf, wedyn Saesneg"
	case "en":
		return "Saesneg"
	}
	return code
}
