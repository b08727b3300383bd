package templates

import (
	"fmt"
	"strings"
	"text/template"
)

// funcs are the functions that texts may use; docs/templates.md explains them.
var funcs = template.FuncMap{
	"day":      EnglishDay,
	"dydd":     WelshDay,
	"diwrnod":  WelshWeekday,
	"short":    ShortDay,
	"what":     what,
	"plural":   plural,
	"lines":    func(s string) []string { return strings.Split(s, "\n") },
	"join":     func(s []string) string { return strings.Join(s, ", ") },
	"add":      func(a, b int) int { return a + b },
	"language": language,
}

// what names a kind as staff know it.
func what(kind, of string) string {
	switch kind + " " + of {
	case "review foi":
		return "review of an FOI answer"
	case "review dsar":
		return "review of a DSAR (data-protection complaint)"
	}
	switch kind {
	case "foi":
		return "FOI request"
	case "dsar":
		return "DSAR"
	case "review":
		return "review (of FOI or DSAR, not known which)"
	case "":
		return "kind not known"
	}
	return kind
}

// plural is 1 day, 2 days.
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
