package intake

import (
	"fmt"
	"regexp"
	"slices"
	"strings"
)

// The sections or regulations under which information can be withheld, each
// with its subsections. After a colon are the paragraphs, either the first and
// the last or each one. Subsections that only define something, or say how a
// Minister certifies, are no exemptions.
var (
	// foiExemptions are sections 12, 14 and 21 to 44 of the Freedom of Information
	// Act 2000, without section 25, which is about certificates. The last
	// subsection is usually the one on neither confirming nor denying.
	foiExemptions = map[string]string{
		"12": "1 2", "14": "1 2",
		"21": "1 2:a-b 3", "22": "1:a-c 2", "22A": "1:a-b 2", "23": "1 5", "24": "1 2", "26": "1:a-b 3", "27": "1:a-d 2 4:a-b", "28": "1 3",
		"29": "1:a-b 2", "30": "1:a-c 2:a-b 3", "31": "1:a-i 2:a-j 3", "32": "1:a-c 2:a-b 3", "33": "2 3", "34": "1 2", "35": "1:a-d 3",
		"36": "2:a-c 3", "37": "1:a,aa,ab,ac,ad,b 2", "38": "1:a-b 2", "39": "1:a-b 2", "40": "1 2:a-b 3A:a-b 3B 4A:a-b 5A 5B:a-d", "41": "1:a-b 2",
		"42": "1 2", "43": "1 2 3", "44": "1:a-c 2",
	}
	// eirExceptions are regulations 12 and 13 of the Environmental Information
	// Regulations 2004.
	eirExceptions = map[string]string{"12": "3 4:a-e 5:a-g 6", "13": "1 2A:a-b 2B 3A 5A 5B:a-d"}
	// dataExemptions are the paragraphs of Schedules 2 to 4 to the Data Protection
	// Act 2018 that exempt or restrict. The other paragraphs name the rights that
	// are restricted (Schedule 2, 1, 6 and 18), define something, or say when
	// something is taken to be reasonable.
	dataExemptions = map[string]string{
		"2": "2 3 4 5 7 8 9 10 11 12 13 14 15 16 19 20 21 22 23 24 25 26 27 28",
		"3": "3 4 5 6 9 10 11 12 18 19 20 21",
		"4": "2 3 4 5 6",
	}
)

var (
	provision = regexp.MustCompile(`^(?:s|ss|section|reg|regulation)?\.?\s*([0-9]{1,2}[A-Za-z]?)((?:\([0-9A-Za-z]{1,4}\))*)$`)
	schedule  = regexp.MustCompile(`(?i)^sch(?:edule)?\.?\s*([0-9])[\s,/.]*(?:para(?:graph)?)?\.?\s*([0-9]{1,2})((?:\([0-9A-Za-z]{1,4}\))*)$`)
	bracket   = regexp.MustCompile(`\(([0-9A-Za-z]+)\)`)
)

// Exemption parses one exemption, exception or restriction as it is written in
// the Act for a kind of request, and returns the form in which it is counted:
// 40(2) of the FOIA, 12(5)(b) of the EIR, sch 2 para 16 of the DPA 2018. For a
// review the Act is that of the request. The error says what is possible.
func Exemption(kind, of Kind, s string) (string, error) {
	if kind == Review {
		kind = of
	}
	s = strings.TrimSpace(s)
	switch kind {
	case FOI:
		if p, ok := readProvision(s, foiExemptions); ok {
			return p, nil
		}
		return "", fmt.Errorf("exemption %q: the Freedom of Information Act has none such; want one of sections 12, 14, 21 to 24 and 26 to 44 with its subsection, such as 40(2)", s)
	case EIR:
		if p, ok := readProvision(s, eirExceptions); ok {
			return p, nil
		}
		return "", fmt.Errorf("exception %q: the Environmental Information Regulations have none such; want regulation 12(3), 12(4)(a) to (e), 12(5)(a) to (g), 12(6) or 13", s)
	case DSAR, Rights:
		if m := schedule.FindStringSubmatch(s); m != nil {
			if slices.Contains(strings.Fields(dataExemptions[m[1]]), m[2]) {
				return "sch " + m[1] + " para " + m[2] + m[3], nil
			}
		}
		return "", fmt.Errorf("exemption %q: the Data Protection Act 2018 has none such; want a paragraph of its Schedules 2, 3 or 4 that exempts, such as \"sch 2 para 16\"", s)
	}
	return "", fmt.Errorf("exemption %q: say first what the request is", s)
}

// readProvision parses a section with its subsection and paragraph, and reports
// whether it is in list. Deeper levels are kept as written.
func readProvision(s string, list map[string]string) (string, bool) {
	m := provision.FindStringSubmatch(s)
	if m == nil {
		return "", false
	}
	section := strings.ToUpper(m[1])
	subsections, ok := list[section]
	if !ok {
		return "", false
	}
	parts := bracket.FindAllStringSubmatch(m[2], -1)
	if len(parts) == 0 {
		return section, section != "12" || len(list) > 2 // regulation 12 of the EIR alone says nothing
	}
	i := slices.IndexFunc(strings.Fields(subsections), func(f string) bool {
		sub, _, _ := strings.Cut(f, ":")
		return strings.EqualFold(sub, parts[0][1])
	})
	if i < 0 {
		return "", false
	}
	sub, letters, _ := strings.Cut(strings.Fields(subsections)[i], ":")
	out := section + "(" + sub + ")"
	for depth, p := range parts[1:] {
		letter := strings.ToLower(p[1])
		if depth == 0 && !paragraphs(letters, letter) {
			return "", false
		}
		out += "(" + letter + ")"
	}
	return out, true
}

// paragraphs reports whether a letter is among those of a subsection.
func paragraphs(letters, letter string) bool {
	if first, last, ok := strings.Cut(letters, "-"); ok {
		return len(letter) == 1 && letter >= first && letter <= last
	}
	return letters != "" && slices.Contains(strings.Split(letters, ","), letter)
}
