package templates

import (
	"cmp"
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
	"language":   func(code string) string { return cmp.Or(languagesEn[code], code) },
	"asked":      func(kinds []string) string { return listed(askedEn, kinds, " and ") },
	"gofyn":      func(kinds []string) string { return listed(askedCy, kinds, "; ") },
	"rights":     func(names []string) string { return listed(rightsEn, names, " and ") },
	"beth":       beth,
	"byr":        welsh.Short,
	"cyflwr":     welsh.Code,
	"nifer":      welsh.Count,
	"iaith":      func(code string) string { return cmp.Or(languagesCy[code], code) },
	"reason":     holds.Advice,
	"rheswm":     holds.AdviceWelsh,
	"hawliau":    func(names []string) string { return listed(rightsCy, names, " ac ") },
}

// kindsEn and kindsCy name kinds, and reviews by what they are of, as staff know
// them.
var (
	kindsEn = map[string]string{
		"foi":           "FOI request",
		"dsar":          "DSAR",
		"eir":           "EIR request",
		"rights":        "data-protection right",
		"review foi":    "review of an FOI answer",
		"review dsar":   "review of a DSAR (data-protection complaint)",
		"review eir":    "review of an EIR answer (representations)",
		"review rights": "review of a rights answer (data-protection complaint)",
		"review":        "review (of FOI or DSAR, not known which)",
		"not-a-request": "not a request",
		"":              "kind not known",
	}
	kindsCy = map[string]string{
		"foi":           "cais rhyddid gwybodaeth",
		"dsar":          "cais am ddata personol",
		"eir":           "cais am wybodaeth amgylcheddol",
		"rights":        "hawl diogelu data",
		"review foi":    "adolygiad o ateb rhyddid gwybodaeth",
		"review dsar":   "adolygiad o ateb am ddata personol (cwyn diogelu data)",
		"review eir":    "adolygiad o ateb amgylcheddol (sylwadau)",
		"review rights": "adolygiad o ateb am hawl (cwyn diogelu data)",
		"review":        "adolygiad (nid yw'n hysbys o ba fath o ateb)",
		"not-a-request": "nid cais",
		"":              "math anhysbys",
		"unknown":       "math anhysbys",
		"other":         "math anhysbys",
	}
)

// what returns the name of a kind as staff know it.
func what(kind, of string) string { return cmp.Or(kindsEn[kind+" "+of], kindsEn[kind], kind) }

// beth returns that name in Welsh.
func beth(kind, of string) (string, error) {
	if cy := cmp.Or(kindsCy[kind+" "+of], kindsCy[kind]); cy != "" {
		return cy, nil
	}
	return "", fmt.Errorf("there is no Welsh for the kind %q", kind)
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

// languagesEn and languagesCy name languages.
var (
	languagesEn = map[string]string{"cy": "Welsh", "bi": "Welsh and English", Bilingual: "Welsh first, then English", "en": "English"}
	languagesCy = map[string]string{"cy": "Cymraeg", "bi": "Cymraeg a Saesneg", Bilingual: "Cymraeg yn gyntaf, wedyn Saesneg", "en": "Saesneg"}
)
