package templates

import "strings"

// Checks returns the points that only a person can judge about a case, as mail
// to staff of a body says them, in English or Welsh, the dangers first.
func (s *Set) Checks(body string, c Case, language string) ([]string, error) {
	block := "checks"
	if language == Welsh {
		block += "-welsh"
	}
	var b strings.Builder
	if err := s.house(body).ExecuteTemplate(&b, block, Notice{Case: cleaned(c, true)}); err != nil {
		return nil, explain(err)
	}
	var list []string
	for line := range strings.Lines(b.String()) {
		if point, ok := strings.CutPrefix(strings.TrimSpace(line), "- "); ok {
			list = append(list, point)
		}
	}
	return list, nil
}
